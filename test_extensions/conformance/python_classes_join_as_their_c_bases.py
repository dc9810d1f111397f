"""Python classes below C sequences concatenate and repeat as those do, unless they say otherwise; static types' modules."""

import operator
import pickle

from ext_fields import Named
from ext_protocols import Joining, JoiningInPlace
from show import attempt


def forms(label, left):
    print(f"-- {label}")
    for other in [left, type(left)(), 2, "text", None]:
        shown = "itself" if other is left else type(other).__name__
        attempt(f"+ {shown}", lambda: plain(left + other))
    attempt("* 3", lambda: plain(left * 3))
    attempt("3 *", lambda: plain(3 * left))
    attempt("* True", lambda: plain(left * True))
    for form in (operator.iadd, operator.imul):
        attempt(f"{form.__name__} 2", lambda: plain(form(left, 2)))
    attempt("__add__", lambda: plain(left.__add__(1)))
    attempt("__mul__", lambda: plain(left.__mul__(2)))


def plain(value):
    return tuple(type(one).__name__ if not isinstance(one, (str, int)) else one for one in value)


for base in (Joining, JoiningInPlace):
    forms(base.__name__, base())

    class Derived(base):
        pass

    forms("derived", Derived())

    class Further(Derived):
        def __init__(self):
            self.attribute = 1

    forms("derived twice", Further())

    class Multiplies(base):
        def __mul__(self, other):
            return ("multiplied", type(other).__name__)

    forms("multiplies by itself", Multiplies())

    class Adds(base):
        def __add__(self, other):
            return ("added", type(other).__name__)

        def __radd__(self, other):
            return ("added to", type(other).__name__)

    forms("adds by itself", Adds())
    attempt("1 +", lambda: 1 + Adds())
    attempt("base +", lambda: plain(base() + Adds()))


class Adding:
    def __radd__(self, other):
        return ("the other's", type(other).__name__)

    def __rmul__(self, other):
        return ("the other's product", type(other).__name__)


class Derived(Joining):
    pass


print("the other operand first:", Joining() + Adding(), Derived() + Adding(), Joining() * Adding(), Derived() * Adding())

print("modules:", Named.__module__, Named().__module__, Named.__name__, Named)
print("pickled:", pickle.loads(pickle.dumps(Named)) is Named)


class Below(Named):
    pass


print("below:", Below.__module__, Below().__module__)
