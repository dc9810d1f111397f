"""_PyObject_GC_New and its kind, long chains through the trashcan, counts by functions, finalizers by hand, members, allocators, tracers."""

import gc
import weakref

import ext_allocated as c
from show import attempt, attempt_type

print("fresh", c.fresh(), c.ended_so_far())
attempt_type("too large", c.too_large, 2**50)
print("counted", c.counted())
gc.collect()
print("brought back", c.lasting())
gc.collect()
c.ended_so_far()

made = c.node(5, c.node(0, None))
print("nodes", type(made).__name__, made.below.below, gc.is_tracked(made))
holder = [made]
holder.append(c.node(1, holder))
del made, holder
gc.collect()
print("a cycle through them", c.ended_so_far())
head = c.chain(100000)
gc.collect()
print("a chain", c.ended_so_far())
del head
gc.collect()
print("gone", c.ended_so_far())
keep = [c.node(0, None) for _ in range(3)]
print("visited", c.visited())
del keep


class Plain:
    pass


class Slotted:
    __slots__ = ("a",)  # A class with a dict may have its values where the data comes to lie.


for cls, extra in ((Slotted, 0), (Slotted, 100), (Slotted, 5000)):
    made, zero, kept = c.with_extra(cls, extra)
    print("extra data", cls.__name__, extra, type(made).__name__, zero, kept)
    made.a = 5
    gc.collect()
    print(made.a)
    del made


target = c.node(0, None)
print("finalizers", c.finalized(target), c.finalized(c.node(1, None)), c.finalized([]))

first, second = weakref.ref(target), weakref.ref(target)
print("weakly", c.weakly(first) is target, c.weakly(second) is target)
del target
gc.collect()
print(first(), second(), c.weakly(first))
attempt("no reference", c.weakly, 5)

print("members")
for name, values in {
    "number": (5, -1, 2**40, "x", 1.5, True, ...),
    "text": ("x", ...),
    "object": ("kept", ..., ...),
    "in_place": ("x",),
    "size": (7, 2**70, "x"),
    "flag": (True, 0, 5, False),
    "real": (2.5, 3, "x", ...),
    "locked": (5,),
    "odd": (5,),
}.items():
    attempt(f"{name}", c.member, name)
    for value in values:
        attempt(f"  {name} = {value!r}", c.member, name, value)
    attempt(f"{name}", c.member, name)

print("allocators", c.allocators())
print("tracemalloc", c.trace_malloc())
print("tracers", c.tracers())
