"""tstate->current_exception and the handled exception, read and written by hand as Cython does."""

import sys

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


def look():
    return repr(sys.exception()), repr(handled()[0])


def look_around():
    """What is handled before, inside and after a handler of Python's own, and in a generator that handles something else."""
    steps = generator()
    try:
        fail()
    except KeyError:
        inside = look()
    return look()[0], inside, repr(next(steps)), look(), repr(next(steps))


def give_out():
    try:
        fail()
    except KeyError:
        ext_errors.while_handling_inline(IndexError("inner"), fail, pushed)


def take_context_away():
    try:
        fail()
    except KeyError as error:
        error.__context__ = None
        raise


def chain(error):
    while error:
        yield repr(error)
        error = error.__context__


for pushed in (False, True):
    print("-- by hand,", "in an item of its own" if pushed else "in the item that is there")
    call = ext_errors.while_handling_inline
    print("seen by Python:", call(IndexError("C's"), look, pushed), look())
    print("around:", call(IndexError("C's"), look_around, pushed))
    attempt("raised again", call, IndexError("C's"), reraise, pushed)
    try:
        call(IndexError("C's"), fail, pushed)
    except KeyError as error:
        print("context:", list(chain(error)))
    try:
        call(IndexError("C's"), take_context_away, pushed)
    except KeyError as error:
        print("taken away:", list(chain(error)))
    same = IndexError("C's, both times")
    print("none between:", call(same, lambda: call(None, lambda: (look(), call(same, look, pushed)), pushed), pushed), look())
    try:
        call(IndexError("C's"), give_out, pushed)
    except KeyError as error:
        print("contexts:", list(chain(error)))
    try:
        raise TypeError("outside")
    except TypeError:
        print("in a handler:", call(IndexError("C's"), look, pushed), look())
        print("in two:", call(IndexError("C's"), lambda: call(OSError("C's, too"), look_around, not pushed), pushed), look())
    print("none again:", look())

    def steps_of_python():
        yield call(IndexError("C's"), look, pushed)
        yield look()

    steps = steps_of_python()
    try:
        raise TypeError("outside")
    except TypeError:
        print("from a generator:", next(steps), look())
    print("later:", next(steps), look())
