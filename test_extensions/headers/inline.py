"""Prints what the extension `inline` says of many objects; run.py compares what two builds of it print."""

import array
import datetime
import gc
import importlib.util
import sys

specification = importlib.util.spec_from_file_location("inline", sys.argv[1])
inline = importlib.util.module_from_spec(specification)
specification.loader.exec_module(inline)


class Text(str):
    pass


class Number(int):
    pass


def function(a, b, /, c, *, d):
    return lambda: (a, c)


utc = datetime.timezone.utc
for value in [
    0, 1, -1, 2**30 - 1, 2**30, -2**30, 2**100, Number(7), True, False, 1.5, 2j, "", "ascii", "é", "€", "😀", Text("é"), b"", b"a\0b",
    bytearray(b"xyz"), bytearray(), [], [1, "x"], (), (1, 2), {}, {1: 2}, {1, 2}, frozenset([3]), memoryview(b"abc"), len, [].append,
    function, slice(1, 2), int, list, type, inline.Thing, datetime.datetime(2024, 2, 29, 1, 2, 3, 456789, utc, fold=1),
    datetime.datetime(1, 1, 1), datetime.timedelta(-5, 6, 7), None, ..., ValueError("x"), function(1, 2, 3, d=4).__closure__[0],
    array.array("i"),
]:
    said = inline.describe(value)
    print(type(value).__name__, str(said).split(" at 0x")[0])
print(inline.counts([]), inline.counts(None), inline.counts("x" * 50), inline.pending(), inline.METH_O)
print(inline.fast(), inline.fast(1, "two", key=3))
thing, other = inline.Thing(), inline.Thing()
thing.number, other.number, thing.flag = 5, 6, True
thing.set([1])
print(thing.object, thing.double, thing < other, thing == other, thing != 5, thing.flag)
thing.set(thing)
nested = None
for _ in range(100_000):
    outer = inline.Thing()
    outer.set(nested)
    nested = outer
del thing, outer, nested, _
print(gc.collect() > 0)
