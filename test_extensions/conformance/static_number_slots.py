"""nb_ slots of a static type: both operands, NotImplemented, conversions, in place, comparison, hash, call."""

import operator

from ext_static import Amount
from show import attempt, attempt_type

ten = Amount(10)
BINARY = "add sub mul mod divmod lshift rshift and_ xor or_ floordiv truediv matmul pow".split()
for name in BINARY:
    function = {"divmod": divmod}.get(name) or getattr(operator, name)
    attempt(f"{name}(ten, 3)", function, ten, 3)
    attempt(f"{name}(3, ten)", function, 3, ten)
    attempt_type(f"{name}(ten, 'x')", function, ten, "x")
attempt("pow with modulus", pow, ten, 2, 7)
attempt("__add__", ten.__add__, 1)
attempt("__radd__", ten.__radd__, 1)
attempt("__add__ of a stranger", ten.__add__, "x")
attempt("__rpow__", ten.__rpow__, 2)
print("unary:", -ten, +ten is ten, abs(Amount(-4)), ~ten)
print("conversions:", int(ten), float(ten), bool(ten), bool(Amount(0)), hex(ten), [1, 2, 3][Amount(1)], range(3)[Amount(2)])
attempt("neither true nor false", bool, Amount(666))
attempt("not", operator.not_, Amount(666))
same = amount = Amount(1)
amount += 5
print("in place:", amount, amount is same)
amount -= 2
print("without an in-place slot:", amount)
print("repr, str, format:", repr(ten), str(ten), f"{ten}", "%s|%r" % (ten, ten))
print("compare:", ten == 10, ten != 10, ten < 11, 9 < ten, ten >= Amount(10), ten == "x", ten != "x")
attempt_type("ten < 'x'", operator.lt, ten, "x")
print("hash:", hash(ten), hash(Amount(-1)), {Amount(5): "found"}[Amount(5)], Amount(3) in {1, 2, 3}, sorted([Amount(3), 1, Amount(2)]))
print("call:", ten(), ten(1, 2, key=3), callable(ten))
attempt("Amount('x')", Amount, "x")
attempt("Amount(1, 2)", Amount, 1, 2)
print("keyword:", Amount(value=4), Amount(), Amount.LARGEST, Amount.__doc__, Amount.__text_signature__)


class Rich(Amount):
    def __add__(self, other):
        return ("Rich.__add__", super().__add__(other))

    def __radd__(self, other):
        return "Rich.__radd__"

    def __bool__(self):
        return False


rich = Rich(7)
print("overridden:", rich + 1, 1 + rich, ten + rich, rich - 1, bool(rich), int(rich), -rich, type(-rich).__name__)
