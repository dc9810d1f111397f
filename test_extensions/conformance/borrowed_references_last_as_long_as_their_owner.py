"""What PyDict_GetItem, PyList_GetItem and their like lend stays valid while the container has it."""

import gc
import weakref

import ext_borrowed


class Thing:
    def __repr__(self):
        gc.collect()
        return "Thing"


thing = Thing()
value, cls = ext_borrowed.from_dict({"key": thing}, "key")
print("from a dict:", value is thing, cls is Thing)
print("from a dict of fresh values:", ext_borrowed.from_dict({(1, 2): "".join(["fre", "sh"])}, (1, 2)))
print("missing:", ext_borrowed.from_dict({}, 1))
values = [object() for _ in range(50)]
held = ext_borrowed.held_at_once(values)
print("fifty at once:", all(a is b for a, b in zip(held, reversed(values))))
print("of unboxed things:", ext_borrowed.held_at_once([1, 2.5, "x", 10**20, None, b"y"]))

owner = [Thing()]
ext_borrowed.keep(owner)
expected = id(owner[0])
del owner
gc.collect()
item, same = ext_borrowed.kept()
print("kept over calls:", id(item) == expected, same)
alive = weakref.ref(item)
del item
gc.collect()
print("and gone with its owner:", alive() is None)

name, length, base, mro_length, own, major = ext_borrowed.from_namespaces(bool)
print("namespaces:", name, length is len, base, mro_length, own, major)

values = [Thing(), 2]
alive = weakref.ref(values[0])
item, same_list = ext_borrowed.outlives_owner(values, values.clear)
print("its owner let go, C did not:", item is alive(), same_list is values, values)
del item
gc.collect()
print("then it goes:", alive() is None)
target = Thing()
reference = weakref.ref(target)
status, found = ext_borrowed.from_weakref(reference)
print("weak:", status, found is target)
del found, target
gc.collect()
print("dead:", ext_borrowed.from_weakref(reference))
