"""PyFloat_* and PyComplex_*: conversion, values read inline, packing, special values."""

import math

import ext_floats
from show import attempt, attempt_type


class Derived(float):
    pass


class AsFloat:
    def __float__(self):
        return 3.0


class AsComplex:
    def __complex__(self):
        return 1 - 2j


class Index:
    def __index__(self):
        return 5


for value in (1.0, 3, True, Derived(5.0), AsFloat(), Index(), -0.0, math.inf, math.nan, 2**1000):
    attempt(f"half({value if isinstance(value, (int, float)) else type(value).__name__})", ext_floats.half, value)
attempt("half('1')", ext_floats.half, "1")
attempt("half(1j)", ext_floats.half, 1j)
attempt("half(10**400)", ext_floats.half, 10**400)
attempt("inline_sum", ext_floats.inline_sum, [0.5, 0.25, Derived(0.125)])
attempt("inline_sum of ints", ext_floats.inline_sum, [0.5, 1])
for text in ("1.5", " -1e3 ", b"2.5", "nan", "-inf"):
    attempt(f"from_text({text!r})", ext_floats.from_text, text)
attempt_type("from_text('x')", ext_floats.from_text, "x")
largest, smallest, info = ext_floats.limits()
print("limits:", largest, smallest, info.max == largest, info.mant_dig, type(info).__name__)
for value in (1.0, -0.5, 0.1, math.inf):
    attempt(f"packed({value})", ext_floats.packed, value)
attempt("packed(1e300)", ext_floats.packed, 1e300)
for value in (1 + 2j, 1.5, 2, AsComplex(), AsFloat()):
    attempt(f"complex_parts({value if isinstance(value, (int, float, complex)) else type(value).__name__})", ext_floats.complex_parts, value)
attempt("complex_parts('1j')", ext_floats.complex_parts, "1j")
attempt("complex_made(1, -0.0)", ext_floats.complex_made, 1, -0.0)
