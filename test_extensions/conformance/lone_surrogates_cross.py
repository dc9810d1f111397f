"""Strings with lone surrogates keep them on the way to C and back, and refuse UTF-8."""

import ext_text
from show import attempt_type

for text in ("\ud800", "a\udcffb", "\udfff\ud800", "x\ud83d", "\ud83d\ude00", "😀\udc80"):
    print(ascii(text), ext_text.storage(text))
    back = ext_text.shifted(text, 0)
    print("  back:", ascii(back), back == text, len(back))
    attempt_type("  utf8", ext_text.utf8, text)
    print("  surrogatepass:", ext_text.encode(text, "utf-8", "surrogatepass"))
    print("  concat:", ascii(ext_text.call("concat", text, "!")), ext_text.call("find", text + "z", "z"))
print("made in C:", ascii(ext_text.shifted("a", 0xD800 - 97)), ascii(ext_text.shifted("é", 0xDC00)))
print("as keys:", {"\udcff": 1}[ext_text.shifted("\udcfe", 1)])
