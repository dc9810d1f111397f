"""What counted references give: tp_dealloc runs when the last reference goes, from the outside in, without a collection."""

import gc
import weakref

import ext_lives
from ext_lives import Node, take_events

gc.disable()
node = Node("one")
del node
print("one:", take_events())
node = Node("replaced")
node = Node("new")
print("replaced:", take_events())
outer = Node("outer", Node("middle", Node("inner")))
del outer
print("from outside in:", take_events())
node.child = Node("child")
node.child = None
print("child let go:", take_events())
ext_lives.hold(node)
del node
print("held by C:", take_events())
ext_lives.drop_held()
print("dropped by C:", take_events())


def local():
    kept = Node("local")
    return kept.name


local()
print("local:", take_events())
Node("an argument").swap(None)
print("an argument:", take_events())
nodes = [Node(number) for number in range(4)]
del nodes[1]
print("from a list:", take_events())
nodes.clear()
print("the rest:", sorted(take_events()))


class Derived(Node):
    def __del__(self):
        print("__del__ of", self.name)


derived = Derived("derived")
reference = weakref.ref(derived)
del derived
print("then dealloc:", take_events(), reference())
try:
    raise ValueError(Node("in an exception"))
except ValueError:
    pass
print("from an exception:", take_events())
