"""PyErr_Fetch, NormalizeException, Restore, GetRaisedException: what is pending, traceback kept, chained on the way."""

import traceback

import ext_errors
from ext_errors import Custom
from show import attempt


class Mean(Exception):
    def __init__(self):
        raise TypeError("no instance for you")


def fail(error):
    def function():
        raise error

    return function


(kind, value, none_left, normal, has_traceback), again = ext_errors.fetched(fail(KeyError("k")))
print("fetched:", kind.__name__, repr(value), none_left, normal, has_traceback, again)
print("traceback:", [frame.name for frame in traceback.extract_tb(value.__traceback__)])
(kind, value, *rest), again = ext_errors.fetched(fail(ValueError))
print("a class raised:", kind.__name__, repr(value), rest, again)
attempt("a class that makes no instance", ext_errors.set, "object", Mean, None)
print("no error:", ext_errors.fetched(lambda: "fine"))
error = LookupError("same")
try:
    ext_errors.raised_again(fail(error))
except LookupError as caught:
    print("raised again:", caught is error, [frame.name for frame in traceback.extract_tb(caught.__traceback__)][-1])
attempt("raised again by C", ext_errors.raised_again, lambda: ext_errors.set("string", Custom, "inner"))
try:
    ext_errors.wrapped(fail(error))
except Custom as caught:
    print("wrapped:", caught, caught.__cause__ is error, caught.__context__ is error, caught.__suppress_context__)
try:
    ext_errors.put_aside(fail(KeyError("second")))
except KeyError as caught:
    print("put aside:", repr(caught), repr(caught.__context__))
attempt("put aside, no second", ext_errors.put_aside, lambda: None)
try:
    try:
        raise ValueError("handled")
    except ValueError:
        ext_errors.set("string", KeyError, "during")
except KeyError as caught:
    print("context of a C error:", repr(caught.__context__))
attempt("traceback added", ext_errors.traceback_added)
try:
    ext_errors.traceback_added()
except ValueError as caught:
    print("its lines:", [(frame.name, frame.lineno) for frame in traceback.extract_tb(caught.__traceback__)][-1])
first, second, third = ValueError(1), KeyError(2), TypeError(3)
ext_errors.chain(first, second, third)
print("chained:", first.__cause__ is second, first.__context__ is third, first.__suppress_context__, first.args)
name, arguments, cause, context, has_traceback = ext_errors.parts(first)
print("parts:", name, arguments, cause is second, context is third, has_traceback)
print("parts:", ext_errors.parts(Custom("x", 1)))
here, elsewhere = ValueError("here"), KeyError("elsewhere")
try:
    raise elsewhere
except KeyError:
    pass
print("traceback set:", ext_errors.with_traceback(here, elsewhere.__traceback__) is here.__traceback__ is elsewhere.__traceback__)
print("taken away:", ext_errors.with_traceback(here, None), here.__traceback__)
attempt("no traceback", ext_errors.with_traceback, here, "text")
