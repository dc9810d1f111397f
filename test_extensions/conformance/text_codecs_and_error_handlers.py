"""Decoding and encoding with every named function, error handlers, and input cut in the middle of a character."""

import codecs

import ext_text
from show import attempt, attempt_type

decode, encode = ext_text.decode, ext_text.encode


def ascii_attempt(label, function, *arguments):
    attempt_type(label, lambda: ascii(function(*arguments)))


for encoding, data in (
    ("C:utf-8", "é€😀".encode()),
    ("C:latin-1", b"\xe9\xff"),
    ("C:ascii", b"plain"),
    ("C:utf-16", "é€".encode("utf-16")),
    ("C:utf-32", "é€".encode("utf-32")),
    ("C:fs", b"caf\xc3\xa9\xff"),
    ("C:escape", rb"\x41\u20ac\n"),
    ("C:raw", rb"\x41\u20ac"),
    ("cp1252", b"\x80"),
    ("rot13", b"x"),
    ("no-such-codec", b"x"),
):
    ascii_attempt(f"decode {encoding}", decode, data, encoding)
for errors in (None, "strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "no-such-handler"):
    ascii_attempt(f"decode a bad byte, {errors}", decode, b"a\xffb", "C:utf-8", errors)
    ascii_attempt(f"decode ascii, {errors}", decode, b"a\xffb", "C:ascii", errors)
for encoding, text in (
    ("C:utf-8", "é€😀"),
    ("C:latin-1", "éÿ"),
    ("C:latin-1", "€"),
    ("C:ascii", "plain"),
    ("C:ascii", "é"),
    ("C:fs", "caf\u00e9\udcff"),
    ("C:escape", "a€\n"),
    ("utf-16-be", "é"),
    ("idna", "bücher"),
):
    ascii_attempt(f"encode {encoding} {ascii(text)}", encode, text, encoding)
for errors in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace"):
    ascii_attempt(f"encode a euro, {errors}", encode, "a€b", "latin-1", errors)
codecs.register_error("test.stars", lambda error: ("*" * (error.end - error.start), error.end))
ascii_attempt("a handler made in Python", encode, "a€€b", "ascii", "test.stars")
ascii_attempt("the same, decoding", decode, b"a\xffb", "ascii", "test.stars")
try:
    decode(b"ab\xff\xfe", "C:utf-8")
except UnicodeDecodeError as error:
    print("decode error:", error.encoding, error.object, error.start, error.end, error.reason)
try:
    encode("ab€", "C:ascii")
except UnicodeEncodeError as error:
    print("encode error:", error.encoding, ascii(error.object), error.start, error.end)
whole = "aé€".encode()
for cut in range(len(whole) + 1):
    print("cut at", cut, ascii(ext_text.decode_in_pieces(whole[:cut])))
