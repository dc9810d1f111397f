"""A C type that keeps dead objects and revives them by PyObject_Init; an object in static memory."""

import gc

import ext_lives
from ext_lives import Pooled


class Derived(Pooled):
    pass


first = Pooled()
serial = first.serial
del first
gc.collect()
print("pool:", ext_lives.pool_state())
second = Pooled()
print("revived:", second.serial == serial + 1, ext_lives.pool_state(), type(second) is Pooled)
kept = [Pooled() for _ in range(10)]
serials = [item.serial for item in kept]
print("fresh ones differ:", len(set(map(id, kept))) == 10, serials == list(range(serials[0], serials[0] + 10)))
kept.clear()
gc.collect()
print("pool:", ext_lives.pool_state())
again = [Pooled() for _ in range(6)]
print("pool:", ext_lives.pool_state(), [item.serial - serials[-1] for item in again])
holder = ext_lives.Node("holder", Pooled())
print("held by C:", holder.child.serial == holder.child.serial, holder.child is holder.child)
for _ in range(1000):
    holder.child = Pooled()
gc.collect()
print("a thousand lives:", ext_lives.pool_state()[0] > 0, holder.child.serial > 1000)
derived = Derived()
derived.attribute = "derived are not pooled"
before = ext_lives.pool_state()[0]
del derived
gc.collect()
print("derived:", ext_lives.pool_state()[0] == before)
static = ext_lives.static_instance()
print("static:", static.serial, static is ext_lives.static_instance(), type(static) is Pooled)
holder.child = static
print("static, in C:", holder.child is static, ext_lives.static_instance() is holder.child)
first = ext_lives.recycle("first")
print("recycled:", first.content, ext_lives.gc_facts(first)[:2])
del first
gc.collect()
second = ext_lives.recycle(["second"])
print("again:", second.content, ext_lives.gc_facts(second)[:2], type(second).__name__)
third = ext_lives.recycle(second)
second.content = third
del second, third
gc.collect()
print("after a cycle of two:", ext_lives.recycle("third").content)
holder.child = ext_lives.recycle("in C")
print("in C:", holder.child.content, holder.child is holder.child)
