"""A C container returns the same object each time; attributes and id() survive while only C holds a wrapper."""

import gc

import ext_lives
from ext_lives import Node

child = Node("child")
parent = Node("parent", child)
print("same child:", parent.child is child, parent.child is parent.child)
child.attribute = "set on the wrapper"
before = id(child)
del child
gc.collect()
print("only C holds it:", parent.child.attribute, id(parent.child) == before, parent.child.name)
for _ in range(3):
    gc.collect()
    parent.child.attribute += "+"
print("again:", parent.child.attribute)


class Thing:
    pass


class Derived(Node):
    __slots__ = ("slot",)


derived = Derived("derived")
derived.slot, derived.free = "in the slot", "in the dict"
parent.child = derived
del derived
gc.collect()
print("a Python subclass:", type(parent.child).__name__, parent.child.slot, parent.child.free)
thing = Thing()
thing.attribute = [1]
ext_lives.hold(thing)
before = id(thing)
del thing
gc.collect()
print("a Python object held by C:", ext_lives.held().attribute, id(ext_lives.held()) == before, ext_lives.same_as_held(ext_lives.held()))
for value in (12345678901, 1.5, 2j):
    ext_lives.hold(value)
    print("of", type(value).__name__, "no more than the value:", ext_lives.held() == value)
for value in ("text", (1, [2]), [3], {"k": 4}, {5}, b"bytes", len, Thing, range(3), lambda: 6, None, True):
    ext_lives.hold(value)
    gc.collect()
    print(type(value).__name__, ext_lives.held() is value, ext_lives.same_as_held(value), ext_lives.held() == value)
values = [Node(number) for number in range(100)]
holder = Node("holder", values)
identities = [id(value) for value in values]
del values, value
gc.collect()
print("a hundred in a list in C:", [id(value) for value in holder.child] == identities, [value.name for value in holder.child] == list(range(100)))
first = holder.swap("other")
print("swapped:", type(first).__name__, holder.child, holder.swap(first), holder.child is first)
keys = {Node(number): number for number in range(10)}
print("as keys:", all(keys[key] == key.name for key in keys))
