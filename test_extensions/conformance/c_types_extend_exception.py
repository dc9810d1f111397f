"""A C exception type with fields: raised by C and by Python, caught, chained, derived from."""

import gc
import weakref

import ext_builtins
from ext_builtins import Fault
from show import attempt

attempt("raised by C", ext_builtins.raise_fault, 5)
attempt("with a tuple of arguments", ext_builtins.raise_fault, (7, "second"))
attempt("with an instance", ext_builtins.raise_fault, Fault(9, "ready"))
try:
    ext_builtins.raise_fault((3, "arg"))
except Exception as error:
    print("caught:", type(error) is Fault, error.code, error.args, error.detail, repr(error), error.__traceback__ is not None)
    error.detail = {"more": 1}
    kept = error
print("kept:", kept.detail, kept.code)
try:
    try:
        raise Fault(1)
    except Fault as error:
        raise KeyError("second") from error
except KeyError as error:
    print("cause:", error.__cause__.code, error.__context__ is error.__cause__)
fault = Fault(4).with_traceback(None)
fault.add_note("a note")
print("notes:", fault.__notes__, str(fault), isinstance(fault, Exception), Fault.__mro__[1].__name__)


class Special(Fault):
    def __init__(self, code, extra):
        super().__init__(code)
        self.extra = extra

    def __str__(self):
        return f"special {super().__str__()} {self.extra}"


try:
    raise Special(8, "x")
except Fault as error:
    print("special:", error, error.code, error.extra, error.args)
attempt("C raises Python's", ext_builtins.raise_fault, Special(2, "y"))
fault = Special(0, "z")
fault.detail = fault
reference = weakref.ref(fault)
del fault
gc.collect()
print("cycle gone:", reference() is None)
try:
    raise ExceptionGroup("group", [Fault(1), ValueError()])
except* Fault as group:
    print("group:", [error.code for error in group.exceptions])
except* ValueError:
    print("and the rest")
