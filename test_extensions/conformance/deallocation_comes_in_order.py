"""tp_dealloc of C objects after Python's last reference and after C's, chains, and what is still alive meanwhile."""

import gc

import ext_lives
from ext_lives import Node, take_events


def show(label):
    gc.collect()
    print(label, take_events())


node = Node("one")
del node
show("one:")
outer = Node("outer", Node("middle", Node("inner")))
del outer
show("chain from outside in:")
node = Node("replaced")
node = Node("new")
show("replaced:")
node.__init__("renamed", Node("child"))
node.child = None
show("child let go:")
ext_lives.hold(node)
del node
show("held by C:")
ext_lives.drop_held()
show("dropped by C:")


def local():
    kept = Node("local")
    return kept.name


local()
show("local:")
nodes = [Node(number) for number in range(4)]
del nodes[1]
show("from a list:")
nodes.clear()
gc.collect()
print("the rest:", sorted(take_events()))
node = Node(("tuple", "name"))
del node
show("a tuple as name:")


class Derived(Node):
    def __del__(self):
        ext_lives.take_events().clear()
        print("__del__ of", self.name, self.attribute)


derived = Derived("derived")
derived.attribute = "still there"
del derived
show("then dealloc:")
chain = ext_lives.chain(Node, 2_000)
del chain
gc.collect()
events = take_events()
print("a long chain:", len(events), len(set(events)))
try:
    raise ValueError(Node("in an exception"))
except ValueError as error:
    pass
show("from an exception:")
