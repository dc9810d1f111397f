"""C types made at run time over all kinds of builtin and library classes: the base goes on working, C's data lies behind."""

import array
import collections
import datetime
import decimal
import functools
import io
import random
import struct
import types
import weakref

from ext_descendants import extend, told
from show import attempt_type


class Plain:
    def __init__(self, *arguments):
        self.arguments = arguments

    def answer(self):
        return len(self.arguments)


class Slots:
    __slots__ = ("one", "__weakref__")


class Made:
    def __new__(cls, *arguments):
        self = super().__new__(cls)
        self.made_of = arguments
        return self


class MadeList(list):
    def __new__(cls, *arguments):
        self = super().__new__(cls)
        self.made_of = arguments
        return self

    def __init__(self, *arguments):
        super().__init__(arguments)


class ListBelow(list):
    def top(self):
        return self[-1]


TARGET = Plain()
CASES = [
    (object, (), lambda it: it is not None),
    (Plain, (1, 2), lambda it: (it.arguments, it.answer())),
    (Slots, (), lambda it: setattr(it, "one", 1) or it.one),
    (Made, (1, 2), lambda it: it.made_of),
    (MadeList, (1, 2), lambda it: (it.made_of, list(it))),
    (list, ([3, 1],), lambda it: (it.append(2), sorted(it), list(it), it + [1], it == [3, 1, 2])),
    (ListBelow, ([3, 1],), lambda it: (it.append(2), it.top(), list(it))),
    (dict, ({"a": 1},), lambda it: (it.update(b=2), dict(it), it.get("a"), "b" in it, list(it.items()))),
    (set, ([1, 2],), lambda it: (it.add(3), sorted(it), it | {9})),
    (frozenset, ([1, 2],), lambda it: (sorted(it), hash(it) == hash(frozenset([1, 2])))),
    (bytearray, (b"ab",), lambda it: (it.extend(b"c"), bytes(it), it.upper())),
    (str, ("text",), lambda it: (it.upper(), it + "!", len(it), it == "text", {it: 1}["text"])),
    (float, (1.5,), lambda it: (it + 1, float(it), it.is_integer(), hash(it) == hash(1.5))),
    (complex, (1, 2), lambda it: (it + 1, it.imag, abs(it))),
    (Exception, ("x", 1), lambda it: (it.args, str(it), it.with_traceback(None) is it)),
    (KeyError, ("k",), lambda it: (it.args, str(it))),
    (OSError, (2, "no", "file"), lambda it: (it.errno, it.filename, str(it), it.args)),
    (StopIteration, (5,), lambda it: (it.value, it.args)),
    (ImportError, ("no",), lambda it: (it.msg, it.name, it.path)),
    (SystemExit, (3,), lambda it: it.code),
    (UnicodeDecodeError, ("utf-8", b"abc", 1, 2, "why"), lambda it: (it.start, it.end, it.reason, str(it))),
    (BaseExceptionGroup, ("group", [ValueError(1)]), lambda it: (it.message, it.exceptions)),
    (property, (lambda self: 42, None, None, "doc"), lambda it: (type("C", (), {"p": it})().p, it.__doc__, it.fset)),
    (staticmethod, (len,), lambda it: type("C", (), {"s": it}).s("abc")),
    (classmethod, (lambda cls: cls.__name__,), lambda it: type("C", (), {"c": it}).c()),
    (types.ModuleType, ("name", "doc"), lambda it: (setattr(it, "x", 1), it.__name__, it.__doc__, it.x, sorted(vars(it))[-1])),
    (types.SimpleNamespace, (), lambda it: (setattr(it, "x", 1), it.x, vars(it))),
    (weakref.ref, (TARGET,), lambda it: (it() is TARGET, hash(it) == hash(weakref.ref(TARGET)) or True)),
    (collections.OrderedDict, ([("b", 1), ("a", 2)],), lambda it: (it.move_to_end("b"), list(it.items()))),
    (collections.defaultdict, (list,), lambda it: (it["k"].append(1), dict(it), it.default_factory)),
    (collections.deque, ([1, 2], 3), lambda it: (it.append(3), it.appendleft(0), list(it), it.maxlen)),
    (collections.Counter, ("abca",), lambda it: (it.most_common(1), it["z"], it.total())),
    (datetime.date, (2024, 2, 29), lambda it: (it.year, it.isoformat(), it < datetime.date(2025, 1, 1), it.weekday())),
    (datetime.timedelta, (1, 2), lambda it: (it.total_seconds(), it + it)),
    (decimal.Decimal, ("1.5",), lambda it: (it + 1, str(it))),
    (enumerate, ("ab",), lambda it: list(it)),
    (zip, ("ab", "cd"), lambda it: list(it)),
    (map, (str, [1, 2]), lambda it: list(it)),
    (filter, (None, [0, 1]), lambda it: list(it)),
    (io.StringIO, ("text",), lambda it: (it.read(2), it.getvalue(), it.write("!"), it.tell())),
    (io.BytesIO, (b"data",), lambda it: (it.read(2), it.getvalue())),
    (io.RawIOBase, (), lambda it: (it.readable(), it.closed, it.close(), it.closed)),
    (functools.partial, (int, "11"), lambda it: (it(base=2), it.func, it.args)),
    (array.array, ("i", [1, 2]), lambda it: (it.append(3), it.tolist(), it.itemsize)),
    (random.Random, (1,), lambda it: it.random() == random.Random(1).random()),
    (struct.Struct, ("<i",), lambda it: (it.pack(1), it.size)),
]



def try_out(base, arguments, use):
    cls = extend(base)
    thing = cls(*arguments)
    print(thing.bump(), thing.bumps, thing.held, isinstance(thing, base), cls.__mro__[1].__name__, told(thing))
    attempt_type("use", lambda: use(thing))
    thing.bumps = 7
    thing.bump(base)
    print(thing.bumps, thing.held is base, thing.bump("again"), thing.held)

    class Below(cls):
        def bump_twice(self):
            return self.bump(), self.bump([])

    below = Below(*arguments)
    print(below.bump_twice(), below.held, isinstance(below, base))
    attempt_type("use below", lambda: use(below))
    below.attribute = 1
    print(below.attribute, below.bumps, type(below).__name__, weakref.ref(below)() is below)

    class Second(cls):
        __slots__ = ("slot",)

    second = Second(*arguments)
    second.slot = second.bump()
    print(second.slot, second.bumps)
    twice = extend(cls)
    deeper = twice(*arguments)
    print(deeper.bump(), deeper.bump(), deeper.bumps, cls.bump(deeper), cls.bumps.__get__(deeper), twice.bumps.__get__(deeper))
    attempt_type("use deeper", lambda: use(deeper))


for base, arguments, use in CASES:
    print("--", base.__name__)
    try:
        try_out(base, arguments, use)
    except Exception as error:
        print("stopped by", type(error).__name__)
print(TARGET.answer())
