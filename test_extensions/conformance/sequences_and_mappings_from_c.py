"""PySequence_*, PyMapping_*, PyObject_GetItem, PySequence_Fast and slices on builtins and on Python classes."""

import collections

from ext_iterate import fast, mapping, sequence, slices
from show import attempt, attempt_type


class Own:
    def __init__(self, *items):
        self.items = list(items)

    def __repr__(self):
        return f"Own{self.items}"

    def __len__(self):
        return len(self.items)

    def __getitem__(self, key):
        return ("item", key) if isinstance(key, (slice, str)) else self.items[key]

    def __setitem__(self, key, value):
        self.items.append((key, value))

    def __delitem__(self, key):
        self.items.append(("deleted", key))

    def __add__(self, other):
        return ("add", other)

    def __mul__(self, other):
        return ("mul", other)

    def __contains__(self, item):
        return item == "magic"


class Plain:
    pass


for name, *arguments in (
    ("item", [1, 2], 1),
    ("item", [1, 2], -1),
    ("item", [1, 2], 5),
    ("item", "aé", 1),
    ("item", Own(5), 0),
    ("item", Own(5), -1),
    ("slice", [1, 2, 3], 0, 2),
    ("slice", "abc", -2, 3),
    ("slice", (1, 2, 3), 1, 100),
    ("slice", Own(5), 1, 2),
    ("concat", [1], 0, 0, [2]),
    ("concat", "a", 0, 0, "b"),
    ("concat", Own(1), 0, 0, [2]),
    ("concat in place", [1], 0, 0, (2,)),
    ("repeat", [1], 3),
    ("repeat", Own(1), 3),
    ("repeat in place", [1], 2),
    ("list", "ab"),
    ("list", Own(1, 2)),
    ("tuple", [1, 2]),
    ("tuple", {"a": 1}),
    ("size", Own(1, 2)),
    ("length", "é€"),
    ("count", [1, 2, 1], 0, 0, 1),
    ("index", [1, 2, 1], 0, 0, 2),
    ("index", [1], 0, 0, 9),
    ("contains", [1, 2], 0, 0, 2),
    ("contains", Own(1), 0, 0, "magic"),
    ("set", [1, 2], 0, 0, "new"),
    ("set", Own(1), -1, 0, "new"),
    ("del", [1, 2], 0),
    ("set slice", [1, 2, 3], 0, 2, "xy"),
    ("del slice", [1, 2, 3], 0, 2),
):
    attempt(f"{name} {arguments}", sequence, name, *arguments)
print("contains, generator:", sequence("contains", (c for c in "abc"), 0, 0, "b")[0], sequence("tuple", (c for c in "ab")))
print("hints:", sequence("hint", Plain())[0], sequence("hint", iter([1, 2, 3]))[0], sequence("hint", [1])[0])
for value in (5, {}, {1}, None):
    attempt("item of " + type(value).__name__, sequence, "item", value, 0)
    attempt("size of " + type(value).__name__, sequence, "size", value)
attempt("concat with others", sequence, "concat", 5, 0, 0, 6)
attempt("repeat of a set", sequence, "repeat", {1}, 2)
for name, *arguments in (
    ("get", {"a": 1}, "a"),
    ("get", {"a": 1}, "x"),
    ("get", [5, 6], 1),
    ("get", [5, 6], slice(0, 1)),
    ("get", Own(), "key"),
    ("get", collections.defaultdict(list), "made"),
    ("get string", {"ä": 1}, "ä"),
    ("get optional", {"a": 1}, "a"),
    ("get optional", {"a": 1}, "x"),
    ("get optional", [1], 5),
    ("set", {}, "k", 1),
    ("set", Own(), "k", 1),
    ("set", [1], 0, "new"),
    ("set string", {}, "ö", 1),
    ("del", {"a": 1}, "a"),
    ("del", Own(), "a"),
    ("del string", {"a": 1}, "a"),
    ("has", {"a": 1}, "a"),
    ("has", {"a": 1}, "x"),
    ("has string", {"a": 1}, "a"),
    ("size", {"a": 1}),
    ("keys", collections.OrderedDict(a=1)),
    ("values", collections.ChainMap({"a": 1})),
    ("items", {"a": 1}),
):
    attempt(f"{name} {arguments}", mapping, name, *arguments)
attempt("get of an int", mapping, "get", 5, 1)
attempt("get of a class", mapping, "get", list, int)
attempt_type("del of a tuple", mapping, "del", (1,), 0)
for value in ([1, 2], (1, 2), "ab", {"k": 1}, (c for c in "xy"), range(2), Own(1)):
    attempt("fast " + type(value).__name__, fast, value)
attempt("fast int", fast, 5)
for part, length in ((slice(None), 5), (slice(1, None, 2), 5), (slice(None, None, -1), 3), (slice(-2, 100), 4), (slice(5, 1), 9)):
    attempt(f"{part} of {length}", slices, part, length)
attempt("a step of zero", slices, slice(0, 1, 0), 5)
attempt_type("a slice of texts", slices, slice("a", "b"), 5)
