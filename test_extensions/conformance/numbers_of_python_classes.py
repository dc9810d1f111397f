"""PyNumber_* on ints, floats, lists, sets and Python classes: both operands, in place, NotImplemented, conversions."""

import fractions

import ext_numbers
from ext_numbers import as_size, binary, by_slot, power, to_base, unary
from show import attempt, attempt_type


class Logged:
    def __init__(self, value):
        self.value = value

    def __getattr__(self, name):
        raise AttributeError(name)

    def __repr__(self):
        return f"Logged({self.value})"


def operator_of(name):
    def method(self, *others):
        return (name, self.value, *others)

    return method


for name in "add sub mul matmul floordiv truediv mod divmod lshift rshift and xor or pow".split():
    for prefix in ("", "r", "i"):
        if (prefix, name) != ("i", "divmod"):
            setattr(Logged, f"__{prefix}{name}__", operator_of(prefix + name))
for name in "neg pos abs invert".split():
    setattr(Logged, f"__{name}__", operator_of(name))
for name in ext_numbers.names():
    attempt(f"{name}(7, 2)", binary, name, 7, 2) if "Matrix" not in name else attempt_type(name, binary, name, 7, 2)
    attempt(f"{name}(Logged, 1)", binary, name, Logged("l"), 1)
    attempt(f"{name}(1, Logged)", binary, name, 1, Logged("r"))
    attempt_type(f"{name}(1, 'x')", binary, name, 1, "x")
values = [1]
print("in place:", binary("InPlaceAdd", values, (2,)) is values, binary("InPlaceMultiply", values, 2) is values, values)
print("sets:", binary("Or", {1}, {2}), binary("And", {1, 2}, {2}), binary("Subtract", {1, 2}, {2}), binary("Or", {"a": 1}, {"b": 2}))
print("others:", binary("Add", "a", "b"), binary("Multiply", [0], 3), binary("Multiply", 3, (1,)), binary("Remainder", "%d!", 5), binary("Add", 1, 0.5))
print("big:", binary("Multiply", 10**20, 10**20), binary("Lshift", 1, 100), binary("FloorDivide", -(10**30), 7), binary("Add", 1, 2j))
for left, right in ((1, 0), (1.0, 0.0), (1, -1)):
    for name in ("FloorDivide", "TrueDivide", "Remainder", "Lshift"):
        attempt_type(f"{name}({left}, {right})", binary, name, left, right)
for value in (5, -5, True, 2.5, Logged("u"), fractions.Fraction(7, 2)):
    for name in ("Negative", "Positive", "Absolute", "Invert", "Index", "Long", "Float"):
        attempt_type(f"{name}({value!r})", unary, name, value)
print("power:", power(2, 10), power(2, 10, 1000), power(2, -1), power(Logged("p"), 2), power(2, Logged("p")), power(3, 2, None, True))
print("in place:", power(Logged("p"), 2, None, True))


class Index:
    def __index__(self):
        return 2**70


class Bad:
    def __index__(self):
        return "text"

    __int__ = __float__ = __index__


attempt("Long('12')", unary, "Long", "12")
attempt("Long(b'12')", unary, "Long", b"12")
attempt_type("Long('x')", unary, "Long", "x")
attempt("Float('1.5')", unary, "Float", "1.5")
attempt("Index(Index())", unary, "Index", Index())
for name in ("Index", "Long", "Float"):
    attempt_type(f"{name}(Bad())", unary, name, Bad())
attempt("as_size(5)", as_size, 5, None)
attempt("as_size(Index()), clipped", as_size, Index(), None)
attempt("as_size(-2**70), clipped", as_size, -(2**70), None)
attempt("as_size(2**70)", as_size, 2**70, OverflowError)
attempt("as_size(2**70), IndexError", as_size, 2**70, IndexError)
attempt("as_size(1.0)", as_size, 1.0, None)
print("to base:", [to_base(-255, base) for base in (2, 8, 10, 16)])
print("checks:", [ext_numbers.checks(value) for value in (1, 1.0, 1j, "x", Index(), Logged(1), None)])
print("by slot:", by_slot(1, 2), by_slot(0.5, 1), by_slot(Logged("s"), 1), by_slot(1, "x"), by_slot("a", "b"), by_slot(object(), 1))


class Both:
    def __add__(self, other):
        return NotImplemented

    __radd__ = __add__


attempt_type("neither", binary, "Add", Both(), Both())
