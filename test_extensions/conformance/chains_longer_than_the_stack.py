"""Py_TRASHCAN_BEGIN and END: a chain of C objects longer than C's stack is deep goes, and what a destructor finds meanwhile."""

import gc

import ext_lives
from ext_lives import Node, take_events


def gone(label):
    gc.collect()
    events = take_events()
    print(label, len(events), len(set(events)))


chain = ext_lives.chain(Node, 30_000)
del chain
gone("a chain:")
pair = [ext_lives.chain(Node, 30_000), Node("short", Node("shorter"))]
pair.clear()
gone("and a short one:")
outer = Node("outer", [ext_lives.chain(Node, 20_000)])
outer.child = None
gone("in a list:")
del outer
gone("what held it:")
