"""A type that Python calls through tp_vectorcall_offset, and classes derived from it."""

import functools

from ext_heap import Partial
from show import attempt

partial = Partial("first")
attempt("partial()", partial)
attempt("partial(1, 2)", partial, 1, 2)
attempt("partial(1, k=2)", partial, 1, k=2)
attempt("partial(*a, **k)", lambda: partial(*[1, 2], **{"x": 3}))
attempt("map", lambda: list(map(partial, [1, 2])))
attempt("functools.partial", functools.partial(partial, 1, z=1), 2)
attempt("__call__", partial.__call__, 5)


class Derived(Partial):
    pass


class Calling(Partial):
    def __call__(self, *arguments):
        return ("Calling", arguments, super().__call__("super"))


attempt("derived", Derived("d"), 1)
attempt("derived with its own call", Calling("c"), 1)
print("callable:", callable(partial), type(partial.__call__).__name__)
