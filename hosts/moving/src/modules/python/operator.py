"""The operators as functions, and the getters."""

from _operator import *
from _operator import add as concat, and_, contains, delitem, getitem, iadd as iconcat, index, is_, is_not, length_hint, lt, not_, or_, setitem, truth

abs = abs
inv = invert


def countOf(a, b):
    return sum(1 for item in a if item is b or item == b)


def indexOf(a, b):
    for i, item in enumerate(a):
        if item is b or item == b:
            return i
    raise ValueError("sequence.index(x): x not in sequence")


def call(obj, /, *args, **kw):
    return obj(*args, **kw)


def _attribute(obj, path):
    for name in path.split("."):
        obj = getattr(obj, name)
    return obj


class attrgetter:
    def __init__(self, attr, /, *attrs):
        self._attrs = (attr, *attrs)
        if not all(isinstance(name, str) for name in self._attrs):
            raise TypeError("attribute name must be a string")

    def __call__(self, obj, /):
        found = tuple(_attribute(obj, path) for path in self._attrs)
        return found[0] if len(found) == 1 else found


class itemgetter:
    def __init__(self, item, /, *items):
        self._items = (item, *items)

    def __call__(self, obj, /):
        found = tuple(obj[item] for item in self._items)
        return found[0] if len(found) == 1 else found


class methodcaller:
    def __init__(self, name, /, *args, **kw):
        self._name, self._args, self._kw = name, args, kw

    def __call__(self, obj, /):
        return getattr(obj, self._name)(*self._args, **self._kw)
