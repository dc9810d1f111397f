"""tstate->current_exception and the handled exception, read and written by hand as Cython does."""

import ext_errors
from ext_errors import handled, in_thread_state, while_handling
from show import attempt


def fail():
    raise KeyError("python")


name, error = in_thread_state(fail)
print("pending from Python:", name, repr(error), error.__traceback__ is not None)
name, error = in_thread_state(lambda: ext_errors.set("string", ValueError, "set by C"))
print("pending from C:", name, repr(error))
name, error = in_thread_state(lambda: ext_errors.set("object", ValueError, (1, 2)))
print("normalised at once:", name, repr(error))
print("none pending:", in_thread_state(lambda: 5))
attempt("put there by hand", ext_errors.by_hand, LookupError("by hand"))
print("nothing left over:", in_thread_state(lambda: "clean"))
print("handled, none:", handled())
try:
    fail()
except KeyError as error:
    now, same = handled()
    print("handled:", now is error, same)
    try:
        raise ValueError("inner")
    except ValueError as inner:
        now, same = handled()
        print("inner:", now is inner, same)
    print("outer again:", handled()[0] is error)
print("none again:", handled())


def generator():
    try:
        raise OSError("in the generator")
    except OSError:
        yield handled()[0]
        yield handled()[0]


try:
    raise TypeError("outside")
except TypeError:
    steps = generator()
    print("in a generator:", repr(next(steps)), repr(handled()[0]), repr(next(steps)))


def reraise():
    raise


attempt("C handles, Python raises again", while_handling, IndexError("C's"), reraise)
print("seen by Python:", while_handling(IndexError("C's"), lambda: repr(handled()[0])))
try:
    while_handling(IndexError("C's"), fail)
except KeyError as error:
    print("context from C:", repr(error.__context__))
print("and gone:", handled()[0])
