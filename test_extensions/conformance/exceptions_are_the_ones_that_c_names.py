"""Every PyExc_*: the class that it is, its place among the others, and that C raises it."""

import builtins

from ext_symbols import exceptions, fields, is_subtype, raised
from show import attempt

BASES = (BaseException, Exception, Warning, OSError, LookupError, ArithmeticError)
CALLS = {
    UnicodeDecodeError: ("ascii", b"x", 0, 1, "why"),
    UnicodeEncodeError: ("ascii", "x", 0, 1, "why"),
    UnicodeTranslateError: ("x", 0, 1, "why"),
    BaseExceptionGroup: ("text", [KeyError()]),
}

found = exceptions()
print(len(found), "symbols")
for symbol, cls in found.items():
    name = symbol.removeprefix("PyExc_")
    known = getattr(builtins, name, None)
    print(symbol, cls.__name__, "no builtin" if known is None else known is cls, cls.__base__.__name__)
    tp_name, tp_base, flags = fields(cls)
    print(" ", tp_name, tp_base is cls.__base__, "gc" in flags, "exception" in flags, "base" in flags)
    print(" ", [base.__name__ for base in BASES if is_subtype(cls, base)])
    made = cls(*CALLS.get(cls, ("text",)))
    derived = type("Derived", (cls,), {})
    again = derived(*CALLS.get(cls, ("text",)))
    print(" ", type(made) is cls, str(made) == str(again), isinstance(again, cls))
    attempt("  C", raised, cls, "said by C")
    try:
        raised(cls, "again")
    except cls as error:
        print("  caught", type(error) is cls)
    except TypeError:
        print("  another call is needed")

attempt("instance", raised, KeyError("x"), "not a class")
attempt("no exception", raised, int, "not one")
