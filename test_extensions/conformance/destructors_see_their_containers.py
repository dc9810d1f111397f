"""A destructor of a C type over a container sees the content that Python gave it, and may empty it."""

import gc

from ext_endings import Failure, Heap, Row, Table, briefly, watch

seen = []
gone = []
watch(seen)


def ended(label):
    gc.collect()
    print(label, seen, gone)
    seen.clear()
    gone.clear()


class Item:
    def __repr__(self):
        return "item"

    def __del__(self):
        gone.append("an item ended")


for kind in (Table, type("Python", (Table,), {}), type("Slots", (Table,), {"__slots__": ()})):
    table = kind(one=1, two=[2])
    table.mark = 5
    table["item"] = "last"
    del table["two"]
    del table
    ended(kind.__name__)
    table = kind(thing=Item())
    del table
    ended(kind.__name__)
    table = kind()
    table["self"] = 1
    del table
    ended(kind.__name__)
    kind()
    ended(kind.__name__)
for kind in (Row, type("Python", (Row,), {}), type("Slots", (Row,), {"__slots__": ()})):
    row = kind([1, "two", Item()])
    row.mark = 6
    row.append(4)
    del row
    ended(kind.__name__)
    row = kind(range(100))
    row.sort(reverse=True)
    del row[3:]
    del row
    ended(kind.__name__)
    kind()
    ended(kind.__name__)
for kind in (Heap, type("Python", (Heap,), {})):
    heap = kind([1, 2])
    heap.mark = 7
    heap.add(3)
    del heap
    ended(kind.__name__)
    kind()
    ended(kind.__name__)
for kind in (Failure, type("Python", (Failure,), {})):
    failure = kind("text", 2)
    failure.mark = 8
    del failure
    ended(kind.__name__)
    try:
        raise kind("raised")
    except kind as failure:
        failure.mark = 9
        failure.args = ("changed", failure.mark)
        failure.mark += 1
    ended(kind.__name__)
for kind in (Table, Row, Heap):
    briefly(kind)
    ended("brief " + kind.__name__)
table = Table(one=Row([Heap([1])]))
del table
gc.collect()
# What C was lent of a container may live until the destructor returns.
seen.sort()
ended("nested")
watch([])
