"""Complex arithmetic with errno, ints by their digits, the converters of "O&", slice indices, hashes."""

import sys

import ext_numerics as c
from ext_numerics import digit_values, from_digits, hash_bytes, hash_function, hash_pointer
from show import attempt, attempt_type

BIG = 2**100


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Derived(int):
    def __index__(self):
        return 99


class Wide(complex):
    pass


class Convertible:
    def __complex__(self):
        return 3 + 4j


VALUES = (0j, 1, -2.5, 3 + 4j, -0.0, complex(0, -0.0), 1e200 + 1e200j, 5e-324j, float("inf"), complex("inf+nanj"), complex(1, float("nan")))
for a in VALUES:
    print(a, "neg", c._Py_c_neg(a), "abs", c._Py_c_abs(a))
    for b in VALUES:
        print(" ", b, c._Py_c_sum(a, b), c._Py_c_diff(a, b), c._Py_c_prod(a, b), c._Py_c_quot(a, b))
for a, b in (
    (0, 0),
    (0, 1),
    (0, -1),
    (0, 1j),
    (2, 3),
    (2, -3),
    (2j, 2),
    (-1, 0.5),
    (1 + 1j, 100),
    (1 + 1j, 101),
    (1e300, 2),
    (1e300j, 3),
    (2, 1j),
    (Wide(2), Convertible()),
):
    value, error = c._Py_c_pow(a, b)
    print(
        "pow",
        a if a.__class__ is not Wide else "wide",
        b if b.__class__ is not Convertible else "convertible",
        complex(round(value.real, 9), round(value.imag, 9)) if abs(value) < 1e9 else value,
        error,
    )
attempt("no number", c._Py_c_sum, "x", 1)

CONVERTERS = (
    c._PyLong_UnsignedShort_Converter,
    c._PyLong_UnsignedInt_Converter,
    c._PyLong_UnsignedLong_Converter,
    c._PyLong_UnsignedLongLong_Converter,
    c._PyLong_Size_t_Converter,
    c._Py_convert_optional_to_ssize_t,
    c._PyEval_SliceIndex,
    c._PyEval_SliceIndexNotNone,
    c.PyLong_AsSize_t,
    c._PyNumber_Index,
)
for function in CONVERTERS:
    print(function.__name__)
    for value in (
        0,
        7,
        True,
        65535,
        65536,
        2**32 - 1,
        2**32,
        2**63 - 1,
        2**63,
        2**64 - 1,
        2**64,
        -1,
        -(2**63),
        -(2**63) - 1,
        -BIG,
        BIG,
        1.5,
        "1",
        None,
        Index(5),
        Index(-5),
        Index(BIG),
        Index("x"),
        Derived(8),
        Derived(-8),
    ):
        shown = f"Index({value.value!r})" if isinstance(value, Index) else repr(value)
        attempt(f"  {shown}", function, value)
attempt_type("NULL size_t", c.PyLong_AsSize_t, ...)
attempt("NULL index", c._PyNumber_Index, ...)
print(type(c._PyNumber_Index(Derived(8))), type(c._PyNumber_Index(True)))

print("arithmetic")
for a in (0, 1, -7, 2**30, -(2**60), BIG, -BIG + 1):
    for b in (1, -2, 7, 2**31, BIG):
        print(a, b, c._PyLong_Add(a, b), c._PyLong_Subtract(a, b), c._PyLong_Multiply(a, b), c._PyLong_DivmodNear(a, b), c._PyLong_GCD(a, b))
print(c._PyLong_GCD(0, 0), c._PyLong_GCD(0, -5), c._PyLong_GCD(True, 2), c._PyLong_GCD(Derived(12), Derived(18)))
attempt_type("by zero", c._PyLong_DivmodNear, 1, 0)
attempt("divmod of strangers", c._PyLong_DivmodNear, 1.5, 1)
for a in (0, 1, -1, 5, -5, BIG, -BIG):
    print("shift", a, c._PyLong_Lshift(a, 0), c._PyLong_Lshift(a, 70), c._PyLong_Rshift(a, 1), c._PyLong_Rshift(a, 65), c._PyLong_Rshift(a, 1000))
for a in (0, 255, -255, BIG, True, Derived(10)):
    print("format", a, [c._PyLong_Format(a, base) for base in (2, 8, 10, 16)])
attempt("format of a stranger", c._PyLong_Format, "x", 10)
for a in (0, 1, -1, 3, 2**53 + 1, 2**54 - 1, BIG, -BIG, 10**400):
    attempt(f"frexp {a if a < 10**50 else 'huge'}", c._PyLong_Frexp, a)
attempt("frexp of a stranger", c._PyLong_Frexp, 1.5)
for digits in ([], [0], [5], [1, 0], [0, 1], [2**30 - 1, 2**30 - 1, 7]):
    for negative in (False, True):
        if any(digits) and digits[-1]:
            print("digits", negative, digits, from_digits(negative, digits))
for size in (1, 3, 8):
    attempt(f"new {size}", c._PyLong_New, size)
attempt("new, too large", c._PyLong_New, 2**61)
info = c.PyLong_GetInfo()
print(type(info).__name__, info.bits_per_digit, info.sizeof_digit, info.default_max_str_digits, info.str_digits_check_threshold)
print(list(digit_values()))

print("hashes")
for value in (b"", b"x", b"bytes", bytes(100)):
    print(value[:5], hash_bytes(value) == hash(value))
attempt("of a text", hash_bytes, "x")
for value in (0, 16, 17, 0x7F0000001230, 2**64 - 16, 15, 2**64 - 1):
    print(hex(value), hash_pointer(value))
name, *rest = hash_function(b"some bytes")
print(name == sys.hash_info.algorithm, rest[0] == sys.hash_info.hash_bits, rest[1] == sys.hash_info.seed_bits, rest[2])
same = object()
print(c.PyObject_GenericHash(same) == hash(same), c.PyObject_GenericHash(5) == 5)
keep = [[], [1]]
print(c.PyObject_GenericHash(keep[0]) == c.PyObject_GenericHash(keep[1]), c.PyObject_GenericHash(keep[0]) == c.PyObject_GenericHash(keep[0]))
attempt("unhashable list", c.PyObject_HashNotImplemented, [])
attempt("unhashable int", c.PyObject_HashNotImplemented, 5)
attempt("unhashable instance", c.PyObject_HashNotImplemented, Index(1))
