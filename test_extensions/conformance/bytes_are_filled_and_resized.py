"""bytes filled through PyBytes_AS_STRING, resized while C alone has them, joined, formatted."""

import ext_bytes
from show import attempt


class Derived(bytes):
    pass


for first, then in ((0, 0), (3, 3), (5, 2), (5, 0), (2, 6), (0, 4), (100, 3)):
    print("made", first, then, ext_bytes.made(first, then))
big = ext_bytes.made(100_000, 99_999)
print("big:", len(big), big[:3], big[-3:], hash(big) == hash(bytes(big)))
print("as a key:", {b"abc": 1}[ext_bytes.made(3, 3)])
for data in (b"", b"a", b"a\0b", Derived(b"derived"), bytes(300)):
    print("inspected", data[:8], ext_bytes.inspected(data))
attempt("inspected text", ext_bytes.inspected, "text")
attempt("without_zero", ext_bytes.without_zero, b"abc")
attempt("without_zero with one", ext_bytes.without_zero, b"a\0c")
attempt("joined", ext_bytes.joined, b"ab", b"cd")
attempt("joined with a view", ext_bytes.joined, b"ab", memoryview(b"xy"))
attempt("joined with text", ext_bytes.joined, b"ab", "cd")
print(ext_bytes.formats())
for value in (b"x", bytearray(b"y"), [1, 2, 255], (3,), memoryview(b"zz"), range(3)):
    attempt(f"from_object({type(value).__name__})", ext_bytes.from_object, value)
attempt("from_object(text)", ext_bytes.from_object, "x")
attempt("from_object([256])", ext_bytes.from_object, [256])
attempt("from_object(3)", ext_bytes.from_object, 3)
print("shown:", ext_bytes.shown(b"it's \x00"), ext_bytes.shown(b"plain"))
print("singles:", ext_bytes.singles())
print("encoded:", ext_bytes.encoded(list(range(65, 91))), ext_bytes.encoded([]))
attempt("encoded with a text", ext_bytes.encoded, [65, "x"])
