"""Py_TPFLAGS_MANAGED_DICT and MANAGED_WEAKREF: attributes, replaced dicts, cycles through them, subclasses."""

import gc
import weakref

from ext_heap import Managed

thing = Managed()
thing.name, thing.held = "thing", [1]
print("attributes:", thing.name, thing.held, thing.__dict__, thing.dict_of() is thing.__dict__)
thing.__dict__["by dict"] = 1
print("through the dict:", getattr(thing, "by dict"), sorted(vars(thing)))
thing.__dict__ = {"fresh": True}
print("replaced:", thing.fresh, hasattr(thing, "name"))
del thing.fresh
print("deleted:", thing.__dict__)
reference = weakref.ref(thing, lambda dead: print("called back"))
proxy = weakref.proxy(thing)
proxy.via_proxy = 1
print("weak:", reference() is thing, thing.via_proxy)
del thing
gc.collect()
print("gone:", reference() is None)

one, two = Managed(), Managed()
one.other, two.held = two, one
one.itself = one
reference = weakref.ref(two)
del one, two
gc.collect()
print("cycle gone:", reference() is None)


class Derived(Managed):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, self.__dict__)


derived = Derived("derived")
derived.held = derived
del derived
gc.collect()
print("finalised")


class Slotted(Managed):
    __slots__ = ("slot",)


slotted = Slotted()
slotted.slot, slotted.free = 1, 2
print("slotted:", slotted.slot, slotted.__dict__)
kept = [Managed() for _ in range(1000)]
for number, item in enumerate(kept):
    item.number = number
print("a thousand:", sum(item.number for item in kept))

visited, stopped = [], [None]
thing = Managed()
thing.name = ["value"]
of_thing = thing.__dict__
print("visited:", thing.visited(visited), [item is of_thing or item is thing.name for item in visited], thing.visited(stopped), len(stopped))
visited.clear()
thing.__dict__ = replaced = {"name": 1}
print("after it was replaced:", thing.visited(visited), [item is replaced for item in visited])
