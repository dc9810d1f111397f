"""PyTuple_SET_ITEM on fresh tuples, resizing, tuples of Python's read inline, errors, and a tuple that C reuses."""

import collections

import ext_lists
from show import attempt


class Derived(tuple):
    pass


Point = collections.namedtuple("Point", "x y")
print("countdown:", ext_lists.countdown(0), ext_lists.countdown(5), hash(ext_lists.countdown(3)) == hash((3, 2, 1)))
for value in ((), (1, 2), Derived((3, 4)), Point(5, 6), tuple(range(100))):
    print("total:", ext_lists.tuple_total(value))
for name, *arguments in (
    ("get", (1, 2), 1),
    ("get", (1, 2), 2),
    ("get", (1, 2), -1),
    ("get", [1, 2], 0),
    ("get", Point(1, 2), 1),
    ("size", Derived("abc")),
    ("size", []),
    ("slice", (1, 2, 3), 1, 9),
    ("slice", (1, 2, 3), -3, 1),
):
    attempt(f"{name}{arguments!r}", ext_lists.tuple_call, name, *arguments)
whole = (1, 2, 3)
print("built:", ext_lists.tuple_built())
shared = tuple([1, 2])
also = shared
attempt("set on a shared one", ext_lists.tuple_set_fails, shared)
print("unharmed:", shared, also is shared)
attempt("set on a list", ext_lists.tuple_set_fails, [1])
print("empty:", ext_lists.empty_tuple(), ext_lists.empty_tuple()[0] is tuple())
print("reused:", ext_lists.reused_tuples())
