"""sq_ and mp_ slots, an iterator type of C, objects of variable size."""

import operator

from ext_static import Row
from show import attempt, attempt_type

row = Row("a", "b", 3, None)
print("length:", len(row), len(Row()), bool(Row()), bool(row))
for key in (0, -1, 3, 4, -5, "text", slice(1, 3), slice(None, None, -1), slice(0, 100, 2)):
    attempt(f"row[{key!r}]", operator.getitem, row, key)
attempt("row[1.5]", operator.getitem, row, 1.5)
attempt("row[2**70]", operator.getitem, row, 2**70)
row[0] = "changed"
row[-1] = "last"
print("changed:", list(row))
attempt("row[9] = 1", operator.setitem, row, 9, 1)
attempt("del row[0]", operator.delitem, row, 0)
print("in:", "b" in row, 3.0 in row, "x" in row)
attempt("row + 1", operator.add, row, 1)
attempt("row * 3", operator.mul, row, 3)
attempt("3 * row", operator.mul, 3, row)
attempt_type("row * 'x'", operator.mul, row, "x")
iterator = iter(row)
print("iterator:", type(iterator).__name__, iter(iterator) is iterator, next(iterator), next(iterator), list(iterator))
attempt("at the end", next, iterator)
attempt("still", next, iterator, "default")
first, *rest = row
print("unpacked:", first, rest, tuple(row), {*row} == set(row), max(Row(1, 5, 2)), sum(Row(1, 2)), dict(enumerate(Row("x"))))
print("zip:", list(zip(Row(1, 2), Row(3, 4))), list(map(str, Row(1, 2))), sorted(Row(3, 1, 2)), list(reversed(Row(1, 2, 3))))
print("dunders:", row.__len__(), row.__getitem__(1), row.__contains__("b"), row.__getitem__(slice(0, 1)))
row.__setitem__(1, "by dunder")
print("set:", row[1])


class Derived(Row):
    def __getitem__(self, key):
        return ("Derived", super().__getitem__(key))

    def __len__(self):
        return super().__len__() + 100


derived = Derived(1, 2)
print("derived:", derived[0], len(derived), list(derived), derived[0:1])
