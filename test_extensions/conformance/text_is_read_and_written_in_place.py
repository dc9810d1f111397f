"""PyUnicode_New, KIND, DATA, READ and WRITE: storage of strings that Python made and that C made."""

import ext_text
from show import attempt


class Derived(str):
    pass


TEXTS = ["", "a", "abc", "é", "ÿ", "€uro", "Ω", "😀 x", "\0\x7f\x80\xff", Derived("derived")]
for text in TEXTS:
    print(ascii(text), ext_text.storage(text))
for text, shift in (("abc", 1), ("xyz", 0x80), ("abc", 0x2000), ("é", 0x1F600), ("", 1), ("😀", 1)):
    result = ext_text.shifted(text, shift)
    print(ascii(text), "+", shift, ascii(result), len(result), result == "".join(chr(ord(c) + shift) for c in text), result in {result: 1})
print([ascii(text) for text in ext_text.from_kinds()], [ext_text.storage(text)[:5] for text in ext_text.from_kinds()])
print(ascii(ext_text.assembled("wxyz")))
attempt("read_char(0)", ext_text.read_char, "é", 0)
attempt("read_char(1)", ext_text.read_char, "é", 1)
attempt("read_char(bytes)", ext_text.read_char, b"x", 0)
print("utf8:", ext_text.utf8("plain"), ext_text.utf8("é€😀"), ext_text.utf8("a\0b"))
print("wide:", ascii(ext_text.wide("é€😀\0x")))
print("ucs4:", ext_text.ucs4("😀"), ext_text.ucs4("a"), ext_text.ucs4(""))
print("resized:", ext_text.resized())
print("interned:", ext_text.interned())
made = ext_text.shifted("key", 0)
print("a key made by C is found:", {"key": 1}[made], hash(made) == hash("key"), made == "key")


class Owner:
    def __init__(self):
        self.name = "".join(["late", "ly ", "made"])


print("the owner keeps its text:", ext_text.utf8_of_name(Owner()))
