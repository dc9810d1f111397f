"""PyLong_From* and PyLong_As*: values, limits, overflow, and the errors in the API's words."""

import ext_ints
from show import attempt, attempt_type

print(ext_ints.made())


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Derived(int):
    pass


NAMES = "long int long_long unsigned unsigned_long_long size double mask mask_long_long".split()
VALUES = [0, -1, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, Index(9), Derived(8), True, 1.5, "7", None]
for name in NAMES:
    for value in VALUES:
        shown = f"Index({value.value})" if isinstance(value, Index) else repr(value)
        attempt(f"as_{name}({shown})", getattr(ext_ints, "as_" + name), value)
for value in (0, 2**63, -(2**63) - 1, -(2**63), 2**200):
    attempt(f"with_overflow({value})", ext_ints.with_overflow, value)
attempt("with_overflow('x')", ext_ints.with_overflow, "x")
attempt("as_double(10**400)", ext_ints.as_double, 10**400)
attempt_type("an index that is no int", ext_ints.as_long, Index("x"))
print("pointers:", ext_ints.pointer())
print("bools:", ext_ints.bools())
print("checks:", [ext_ints.checks(value) for value in (1, True, Derived(1), 1.0)])
print("small ints:", [ext_ints.is_small(value) for value in (-5, 0, 1, 255, 256)])
attempt("text_to_int('-7f', 16)", ext_ints.text_to_int, "-7f", 16)
attempt("text_to_int('٣', 10)", ext_ints.text_to_int, "٣", 10)
attempt_type("text_to_int('x', 10)", ext_ints.text_to_int, "x", 10)
print("40! =", ext_ints.factorial(40))
