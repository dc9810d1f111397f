"""gc.collect() finds cycles host->C->host, C->C, through dicts, closures, subclasses, bound methods, types and modules."""

import gc
import weakref

import ext_lives
from ext_lives import Node, take_events


class Thing:
    pass


class Derived(Node):
    pass


def check(label, *objects):
    references = [weakref.ref(item) for item in objects]
    return label, references


def finish(label, references):
    gc.collect()
    print(label, [reference() is None for reference in references], sorted(take_events()))


node = Node("self")
node.child = node
found = check("itself:", node)
del node
finish(*found)
left, right = Node("left"), Node("right")
left.child, right.child = right, left
found = check("two:", left, right)
del left
gc.collect()
print("one of two is held:", [reference() is not None for reference in found[1]], right.child.name, right.child.child is right)
del right
finish(*found)
node, thing = Node("host"), Thing()
node.child, thing.node = thing, node
found = check("C -> host -> C:", node, thing)
del node, thing
finish(*found)
node = Node("dict")
node.attribute = {"list": [(node,)]}
found = check("through containers:", node)
del node
finish(*found)
derived = Derived("derived")
derived.bound = derived.swap
found = check("a bound method:", derived)
del derived
finish(*found)
node = Node("closure")
node.child = lambda: node
found = check("a closure:", node)
del node
finish(*found)


def in_generator():
    node = Node("generator")
    node.child = generator_of(node)
    next(node.child)
    return check("a generator:", node)


def generator_of(node):
    yield node
    yield node


found = in_generator()
finish(*found)


def in_a_class():
    class Local(Node):
        pass

    Local.instance = Local("class")
    return check("a class and its instance:", Local, Local.instance)


found = in_a_class()
finish(*found)
ext_lives.ring(10)
gc.collect()
print("a ring of C's own:", len(take_events()))
chain = ext_lives.chain(Derived, 50)
end = chain
while end.child is not None:
    end = end.child
end.child = chain
found = check("fifty in a ring:", chain, end)
del chain, end
gc.collect()
print(found[0], [reference() is None for reference in found[1]], len(take_events()))
kept, garbage = Node("kept"), Node("garbage")
garbage.itself, garbage.child = garbage, kept
found = check("garbage that holds something alive:", garbage)
del garbage
finish(*found)
print("still alive:", kept.name)
kept.child = kept
ext_lives.hold(kept)
found = check("held by C, in a cycle:", kept)
del kept
gc.collect()
print(found[0], found[1][0]() is not None, take_events(), ext_lives.held().child is ext_lives.held())
ext_lives.drop_held()
finish("let go by C:", found[1])
for _ in range(20):
    left, right = Node("many"), Thing()
    left.child, right.back, right.peer = right, left, Node("many", right)
del left, right
gc.collect()
print("many:", len(take_events()))
print("tracked:", ext_lives.gc_of_new(5), ext_lives.gc_of_new([]))
print("facts:", ext_lives.gc_facts(Node("x"))[:2], ext_lives.gc_facts(5)[:2], ext_lives.gc_facts([])[0])
gc.collect()
take_events()
node = Node("collected by C")
node.child = node
del node
print("PyGC_Collect:", ext_lives.collect(), take_events())
