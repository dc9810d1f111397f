"""UTF-7, UTF-16 and UTF-32 in pieces, charmaps, the locale's encoding, escapes, by the functions that C has for each."""

import ext_codecs as c
from ext_codecs import charmap, decoded, encoded, escapes
from show import attempt, attempt_type


class Name(str):
    pass


TEXT = "aé€🎉"

for data in (b"", b"abc", b"a+AOkAZQ-b", b"+IKzYPN+J-", b"a+AO", b"a+", b"a+-b", b"+AOk", b"+2Dw", b"a\xffb", b"+@", b"abc+"):
    for errors in (None, "ignore", "replace"):
        attempt_type(f"UTF7 {data} {errors}", decoded, "UTF7", data, errors)
        attempt_type(f"UTF7Stateful {data} {errors}", decoded, "UTF7Stateful", data, errors)

for bits, codec in ((16, "utf-16"), (32, "utf-32")):
    little, big, marked = TEXT.encode(f"{codec}-le"), TEXT.encode(f"{codec}-be"), TEXT.encode(codec)
    for label, data in (
        ("little", little),
        ("big", big),
        ("marked", marked),
        ("cut", little[:-1]),
        ("cut more", little[:-3]),
        ("half a pair", little[: bits // 8 * 3 + 2]),
        ("lone surrogate", b"\x00\xdc" + bytes(bits // 8 - 2)),
        ("empty", b""),
        ("too large", b"\xff\xff\xff\xff" * 2),
        ("a mark alone", marked[: bits // 8]),
    ):
        for byteorder in (-1, 0, 1):
            attempt(f"UTF{bits} {label} {byteorder}", decoded, f"UTF{bits}Stateful", data, "replace", byteorder)
        attempt(f"UTF{bits} {label} strict", decoded, f"UTF{bits}Stateful", data, None, 0)
        attempt(f"UTF{bits} {label} finally", decoded, f"UTF{bits} finally", data, None, 0)
    for text in ("", "aé", TEXT, Name("n"), "\ud800x"):
        for byteorder in (-1, 0, 1):
            attempt(f"encode {bits} {ascii(text)} {byteorder}", encoded, bits, text, "surrogatepass" if byteorder else "replace", byteorder)
    attempt(f"encode {bits} strict", encoded, bits, "\udc80", None, 0)
    attempt(f"encode {bits} no text", encoded, bits, b"x", None, 0)

for function in (c.PyUnicode_AsUTF32String, c.PyUnicode_AsRawUnicodeEscapeString):
    for value in ("", "abc", TEXT, Name("né"), "\ud800", "\n\\u0041", b"x", 5, None):
        attempt(f"{function.__name__} {ascii(value)}", function, value)
for value in ("", TEXT, Name("né"), "\ud800", b"x"):
    for errors in (None, "replace", "surrogatepass", "surrogateescape"):
        attempt(f"_PyUnicode_AsUTF8String {ascii(value)} {errors}", c._PyUnicode_AsUTF8String, value, errors)

print("charmaps")
TABLE = "".join(chr(65 + i % 26) for i in range(200))
for label, mapping in (
    ("none", None),
    ("text", TABLE),
    ("dict", {97: "A", 98: 0x20AC, 99: None, 100: "xyz", 101: 0x110000, 102: "\ufffe", 103: 1.5, 104: "", 105: -1}),
    ("list", [65, 66]),
    ("NULL", ...),
    ("no mapping", 5),
):
    for data in (b"", b"ab", b"a\xff", b"abc", b"d", b"e", b"f", b"g", b"h", b"i", b"a" * 300):
        for errors in (None, "replace"):
            attempt_type(f"decode {label} {data[:3]} {errors}", charmap, data, mapping, errors)
attempt("decoded strictly", charmap, b"abz", {97: "x", 98: "y"}, None)
attempt("decoded to a surrogate of nothing", charmap, b"c", {99: None}, None)
for label, mapping in (("dict", {97: 1, 98: b"two", 99: None, 100: 300, 101: "text", 0xE9: 0xE8, 102: b"", 103: 1.5}), ("NULL", ...)):
    for text in ("", "a", "ab", "aé", "c", "d", "e", "f", "g", "z€", Name("ab")):
        attempt_type(f"encode {label} {text}", c.PyUnicode_AsCharmapString, text, mapping)
attempt("no text", c.PyUnicode_AsCharmapString, b"x", {})
attempt("encoded strictly", c.PyUnicode_AsCharmapString, "abz", {97: 1, 98: 2})
for text in ("", "a" * 255, "".join(map(chr, range(256))), "".join(map(chr, range(128))) + "é€" * 64, 5):
    attempt_type(f"map of {ascii(text)[:8]}", lambda text: c.PyUnicode_BuildEncodingMap(text) is not None, text)
built = c.PyUnicode_BuildEncodingMap("".join(map(chr, range(128))) + "€é" + "\ufffe" * 126)
print("through the map", c.PyUnicode_AsCharmapString("aé€", built))
attempt("not in the map", c.PyUnicode_AsCharmapString, "aß", built)

print("the locale's")
for data in (b"abc", b"", b"a\0b"):
    for errors in (None, "strict", "surrogateescape", "replace"):
        attempt(f"{data} {errors}", decoded, "LocaleAndSize", data, errors)
for text in ("abc", "", Name("x"), "a\0b", b"x"):
    for errors in (None, "strict", "surrogateescape", "replace"):
        attempt(f"{text!r} {errors}", c.PyUnicode_EncodeLocale, text, errors)
attempt("PyUnicode_DecodeFSDefault", c.PyUnicode_DecodeFSDefault, "name é")
attempt("PyUnicode_DecodeFSDefault of nothing", c.PyUnicode_DecodeFSDefault, "")

print("escapes")
for source in (
    b"",
    b"plain",
    rb"\n\x41\u20ac\U0001F389",
    rb"a\qb\w",
    rb"\N{BULLET}",
    rb"\N{NO SUCH}",
    rb"\x4",
    rb"\u20",
    rb"\U99999999",
    b"\\",
    rb"\400",
    rb"\8",
    "é".encode(),
    rb"\'\"\\",
):
    for errors in (None, "ignore", "replace"):
        attempt(f"text {source} {errors}", escapes, False, source, errors, False)
        attempt(f"in pieces {source} {errors}", escapes, False, source, errors, True)
        attempt(f"bytes {source} {errors}", escapes, True, source, errors, False)
