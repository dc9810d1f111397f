"""Exceptions through many C and Python frames, swallowed by either, BaseException, StopIteration, generators."""

import traceback

import ext_errors
from ext_errors import swallow, through
from show import attempt


def descend(depth):
    if depth <= 0:
        raise LookupError("bottom")
    return through(descend, depth)


error = None
try:
    through(descend, 6)
except LookupError as caught:
    error = caught
print("through 6:", error, [frame.name for frame in traceback.extract_tb(error.__traceback__)].count("descend"))
print("swallowed:", swallow(lambda: through(descend, 3), LookupError))
attempt("not swallowed", swallow, lambda: through(descend, 3), ValueError)
print("swallowed by Python:", end=" ")


def catching(depth):
    try:
        return through(descend, depth)
    except LookupError:
        return ("caught in Python", depth)


print(through(catching, 3))


def exit_now():
    raise SystemExit(7)


attempt("system exit", swallow, exit_now, Exception)

def fail_twice():
    try:
        through(descend, 1)
    except LookupError:
        raise ValueError("second")


try:
    ext_errors.raised_again(fail_twice)
except ValueError as caught:
    print("context kept:", repr(caught.__context__))


def steps():
    yield 1
    yield ext_errors.set("string", Custom_error, "in a generator")


Custom_error = ext_errors.Custom
attempt("in a generator", lambda: list(steps()))
attempt("stop from C in a generator", lambda: list(ext_errors.set("none", StopIteration) for _ in "x"))
finals = []


def with_finally():
    try:
        return through(descend, 2)
    finally:
        finals.append("finally ran")


attempt("finally", with_finally)
print(finals)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        finals.append((kind.__name__, str(value), trace is not None))
        return True


with Manager():
    ext_errors.set("string", ValueError, "inside with")
print("with:", finals[-1])
print("result of a call after all this:", swallow(lambda: "well", Exception))
