"""Py_TRASHCAN_BEGIN and END where little is left of C's stack: objects wait, and go when another has gone."""

import gc

import ext_lives
from ext_lives import Node, take_events

for deep in (["one"], ["one", "two", "three"], []):
    there, here, events = ext_lives.near_the_limit(deep, "flat")
    print(f"{len(deep)} deep:", there, here, len(events), events[:1], sorted(events[1:]))
    take_events()


class Derived(Node):
    def __str__(self):
        return "what held one"


there, here, events = ext_lives.near_the_limit([Derived("inside"), Derived("another")], "flat")
gc.collect()
print("with objects in them:", there, here, sorted(events))
take_events()
chain = ext_lives.chain(Node, 500)
del chain
gc.collect()
print("a chain afterwards:", len(take_events()))
