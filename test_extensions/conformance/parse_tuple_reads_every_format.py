"""PyArg_ParseTuple: every format unit, its limits, and its errors in the API's words."""

import ext_args
from show import attempt

attempt("ints", ext_args.ints, 255, 256 + 7, -(2**15), 65536 + 5, -(2**31), 2**32 + 3, -(2**63), 2**64 - 1, 2**63 - 1, 2**64 + 9, -5)
attempt("one_byte(256)", ext_args.one_byte, 256)
attempt("one_byte(-1)", ext_args.one_byte, -1)
attempt("one_int(2**31)", ext_args.one_int, 2**31)
attempt("one_int(-2**31 - 1)", ext_args.one_int, -(2**31) - 1)
attempt("one_long(2**63)", ext_args.one_long, 2**63)
attempt("one_size(2**63)", ext_args.one_size, 2**63)
attempt("one_int('1')", ext_args.one_int, "1")
attempt("one_int(1.0)", ext_args.one_int, 1.0)
attempt("one_int(True)", ext_args.one_int, True)


class Index:
    def __index__(self):
        return 42


class Float:
    def __float__(self):
        return 0.25


attempt("one_int(Index())", ext_args.one_int, Index())
attempt("one_double(Index())", ext_args.one_double, Index())
attempt("one_double(Float())", ext_args.one_double, Float())
attempt("one_double('x')", ext_args.one_double, "x")
attempt("one_float(0.1)", ext_args.one_float, 0.1)
attempt("floats", ext_args.floats, 1, 0.5, 2)
attempt("floats of complex", ext_args.floats, 1.5, 2.5, 3 + 4j)
attempt("texts", ext_args.texts, "é", None, "a\0b", "€")
attempt("texts with a zero", ext_args.texts, "a\0b", None, "", "x")
attempt("texts of bytes", ext_args.texts, b"a", None, "", "x")
attempt("texts, long character", ext_args.texts, "", "", "", "xy")
attempt("bytes", ext_args.bytes, b"a", b"b\0c", b"d")
attempt("bytes with a zero", ext_args.bytes, b"a\0", b"", b"d")
attempt("bytes of text", ext_args.bytes, "a", b"", b"d")
attempt("buffers", ext_args.buffers, "é", None, bytearray(b"xyz"))
attempt("buffers of views", ext_args.buffers, memoryview(b"ab"), "z", memoryview(b"abcd")[1:3])
attempt("buffers of text", ext_args.buffers, "", "", "text")
target = bytearray(b"abc")
attempt("writable(bytearray)", ext_args.writable, target)
print("filled:", target)
attempt("writable(bytes)", ext_args.writable, b"abc")
attempt("objects", ext_args.objects, ..., [1], "text", b"bytes", bytearray(b"array"))
attempt("objects, no list", ext_args.objects, 1, (), "", b"", bytearray())
attempt("objects, no text", ext_args.objects, 1, [], b"", b"", bytearray())
attempt("objects, no bytes", ext_args.objects, 1, [], "", "", bytearray())
attempt("objects, no bytearray", ext_args.objects, 1, [], "", b"", b"")
attempt("converted", ext_args.converted, "ab", 1)
attempt("converted, then an error", ext_args.converted, "ab", "no number")
print("cleaned up:", ext_args.cleaned())
attempt("nested", ext_args.nested, 1, (2, (3, "x")))
attempt("nested, not a tuple", ext_args.nested, 1, 2)
attempt("nested, too short", ext_args.nested, 1, (2,))
attempt("truth", lambda: [ext_args.truth(value) for value in (0, 1, "", "a", [], None)])
attempt("optional(1)", ext_args.optional, 1)
attempt("optional(1, 2)", ext_args.optional, 1, 2)
attempt("optional()", ext_args.optional)
attempt("optional(1, 2, 3, 4)", ext_args.optional, 1, 2, 3, 4)
attempt("own_message()", ext_args.own_message)
attempt("own_message('x')", ext_args.own_message, "x")
attempt("encoded", ext_args.encoded, "é", "é€")
attempt("encoded, given bytes", ext_args.encoded, "a", b"raw")
attempt("old_parse(7)", ext_args.old_parse, 7)
attempt("old_parse('x')", ext_args.old_parse, "x")
attempt("wrong_format", ext_args.wrong_format, 1, 2)
