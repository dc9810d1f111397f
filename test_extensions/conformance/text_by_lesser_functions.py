"""Wide copies, comparison with UTF-8, identifiers, digits of other scripts, interning, joining, the old writer, bytes found and repeated."""

import ext_texts as c
from show import attempt, attempt_type


class Name(str):
    pass


TEXTS = ("", "abc", "é", "a€", "🎉x", "\ud800", "a\0b", Name("näme"))
for text in TEXTS:
    label = ascii(text)
    attempt(f"{label} UTF-8 without NUL", c._PyUnicode_AsUTF8NoNUL, text)
    attempt(f"{label} wide copy", c.wide_copy, text)
    for room in (0, 1, 3, 10):
        attempt(f"{label} {room} wide characters", c.wide_characters, text, room)
    print(
        label,
        c._PyUnicode_EqualToASCIIString(text, "abc"),
        c._PyUnicode_EqualToASCIIString(text, ""),
        [
            c.equal(text, other)
            for other in (b"", b"abc", "é".encode(), "a€".encode(), "🎉x".encode(), b"a\0b", b"a", "näme".encode(), b"\xed\xa0\x80")
        ],
    )
    print(label, c.consistent(text), type(c._PyUnicode_Copy(text)).__name__, c._PyUnicode_Copy(text) == text)
for value in (b"abc", 5, None):
    attempt(f"{value!r} UTF-8", c._PyUnicode_AsUTF8NoNUL, value)
    attempt_type(f"{value!r} wide characters", c.wide_characters, value, 5)
    attempt_type(f"{value!r} copied", c._PyUnicode_Copy, value)
attempt("old size", c.PyUnicode_GetSize, "abc")

for text in ("", "name", "_x1", "1x", "a b", "né", "𝒜x", "a-", "xʰ", "℘", "·a", "a·", "\u0300a"):
    print("identifier", ascii(text), c._PyUnicode_ScanIdentifier(text))
for text in ("", "12", "٣٤", "１２", "\u20031\u3000", "é", "1é2", "²", Name("٣"), "a\u0085b"):
    print("digits", ascii(text), ascii(c._PyUnicode_TransformDecimalAndSpaceToASCII(text)))

for number, how in enumerate(("in place", "mortal", "immortal", "old")):
    text = "".join(["interned ", str(number), "!"])
    first, was = c.interned(how, text)
    second, again = c.interned(how, "".join(["interned ", str(number), "!"]))
    print(how, first, was, first is text, second is first, again)
    print(how, c.interned(how, "é")[1], c.interned(how, "")[1], c.interned(how, "x" * 3)[0])
attempt("a subclass", c.interned, "in place", Name("sub"))

for separator in (", ", "", Name("-"), ..., "€"):
    for items in ((), ("a",), ("a", "b", "ç"), (Name("n"), "x"), ("a", 5), (5,)):
        attempt(f"joined {separator!r} {items!r}", c.joined, separator, items)
attempt("no separator", c.joined, 5, ("a", "b"))
for text in ("", "bcd", "é", "€", "🎉", "x" * 100):
    for overallocate in (False, True):
        print("written", ascii(text)[:12], c.written(text, overallocate))
attempt_type("too much", c.too_much_room)

for haystack, needle in (
    (b"abcabc", b"bc"),
    (b"abc", b""),
    (b"", b""),
    (b"", b"x"),
    (b"a\0b\0", b"\0"),
    (b"abc", b"abcd"),
    (b"aaa", b"a"),
    (b"abc" * 40, b"ca"),
):
    for offset in (0, 5):
        print("found", haystack[:8], needle, c.found(haystack, needle, offset))
for piece, whole in ((b"x", 5), (b"ab", 6), (b"abc", 3), (b"abc", 0), (b"abcd", 30), (b"ab", 7)):
    print("repeated", c.repeated(piece, whole))
for first, second in (
    ("abc", "abc"),
    ("abc", "abd"),
    ("abc", "ABC"),
    ("", "abc"),
    ("name", "nmae"),
    ("é", "e"),
    ("x" * 50, "y" * 50),
    ("color", "colour"),
):
    print("cost", first[:8], second[:8], [c.cost(first, second, most) for most in (0, 2, 5, 1000, -1)])
