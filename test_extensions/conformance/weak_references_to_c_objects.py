"""weakref.ref, proxies, callbacks, WeakKeyDictionary on C objects; PyWeakref_* on C's and Python's."""

import gc
import weakref

import ext_lives
from ext_lives import Node, Pooled, referent, weak
from show import attempt, attempt_type

said = []
node = Node("node")
reference = weakref.ref(node, lambda dead: said.append(("dead", dead is reference, dead())))
print("alive:", reference() is node, weakref.getweakrefcount(node), hash(reference) == hash(node), reference == weakref.ref(node))
proxy = weakref.proxy(node)
proxy.attribute = 5
print("proxy:", proxy.name, node.attribute)
holder = Node("holder", node)
del node
gc.collect()
print("C keeps it alive:", reference().name, said)
holder.child = None
gc.collect()
print("gone:", reference(), said)
attempt_type("dead proxy", lambda: proxy.name)
registry = weakref.WeakKeyDictionary()
values = weakref.WeakValueDictionary()
key = Node("key")
registry[key], values["v"] = "data", key
holder.child = key
del key
gc.collect()
print("weak dicts:", len(registry), values["v"].name, registry[holder.child])
del holder
gc.collect()
print("weak dicts:", len(registry), len(values))


class Thing:
    pass


for make in (Thing, lambda: Node("target"), lambda: lambda: 5, lambda: Thing):
    said.clear()
    target = make()
    reference, proxy, checks = weak(target, lambda dead: said.append("called"))
    kinds = [kind for kind in ("ProxyType", "CallableProxyType") if type(proxy) is getattr(weakref, kind)]
    print("made by C:", referent(reference) is target, reference() is target, checks, *kinds)
    if target is Thing:
        break
    del target
    gc.collect()
    print("  dead:", referent(reference), said)
attempt("an int", weak, 5)
attempt("no weak references", weak, Pooled())
attempt("referent of no reference", referent, 5)
finaliser = weakref.finalize(Node("finalized"), said.append, "finalize called")
gc.collect()
print("finalize:", said[-1], finaliser.alive)


class Derived(Node):
    pass


derived = Derived("cycle")
derived.child = derived
reference = weakref.ref(derived, lambda dead: said.append("from a cycle"))
del derived
gc.collect()
print("from a cycle:", reference(), said[-1])
