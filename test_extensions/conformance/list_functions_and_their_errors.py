"""PyList_GetItem, SetItem, Insert, Append, SetSlice, Sort, Extend...: results, limits, wrong types."""

import ext_lists
from show import attempt, attempt_type

call = ext_lists.call


class Derived(list):
    def append(self, item):
        raise AssertionError("C must not call this")


for name, *arguments in (
    ("get", [1, 2], 1),
    ("get", [1, 2], 2),
    ("get", [1, 2], -1),
    ("get", (1, 2), 0),
    ("get_ref", ["a"], 0),
    ("get_ref", ["a"], 1),
    ("get_ref", "a", 0),
    ("size", [1, 2, 3]),
    ("size", ()),
    ("slice", [1, 2, 3, 4], 1, 3),
    ("slice", [1, 2, 3, 4], -5, 2),
    ("slice", [1, 2, 3, 4], 3, 1),
    ("tuple", [1, [2]]),
    ("tuple", (1,)),
    ("set", [1, 2], 0, 0, "new"),
    ("set", [1, 2], 2, 0, "new"),
    ("set", (1, 2), 0, 0, "new"),
    ("insert", [1, 2], 1, 0, "in"),
    ("insert", [1, 2], 100, 0, "end"),
    ("insert", [1, 2], -1, 0, "before the last"),
    ("insert", (), 0, 0, "x"),
    ("append", [], 0, 0, "x"),
    ("append", {}, 0, 0, "x"),
    ("append", Derived([1]), 0, 0, 2),
    ("set_slice", [1, 2, 3, 4], 1, 3, "abc"),
    ("set_slice", [1, 2, 3, 4], 1, 3),
    ("sort", [3, 1, 2]),
    ("sort", (3, 1, 2)),
    ("reverse", [3, 1, 2]),
    ("extend", [1], 0, 0, (2, 3)),
    ("clear", [1, 2]),
):
    attempt(f"{name}{arguments!r}", call, name, *arguments)
attempt_type("sort of unlike things", call, "sort", [1, "a"])
attempt_type("extend by no iterable", call, "extend", [1], 0, 0, 5)
