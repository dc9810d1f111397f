"""Long chains host -> C -> host, alive, dropped and as dead cycles: no stack is exhausted, no time grows with their square."""

import gc
import time
import weakref

from ext_lives import Node, take_events

LINKS = 100_000


class Thing:
    __slots__ = ("next", "__weakref__")

    def __init__(self, next):
        self.next = next


def chain(links, last=None):
    """Host objects and C objects by turns; the first is a host object, the last refers to `last`."""
    ends = last
    for number in range(links // 2):
        node = Node("")
        node.child = ends
        ends = Thing(node)
    return ends


def length(first):
    count, at = 0, first
    while at is not None:
        count, at = count + 2, at.next.child
    return count


def took(links, use):
    start = time.perf_counter()
    use(links)
    return time.perf_counter() - start


def dropped(links):
    first = chain(links)
    gone = weakref.ref(first)
    assert length(first) == links
    del first
    gc.collect()
    assert gone() is None


def cycle(links):
    bottom = Node("")
    first = chain(links, Thing(bottom))
    bottom.child = first
    gone = weakref.ref(first)
    gc.collect()
    assert gone() is first
    del first, bottom
    gc.collect()
    assert gone() is None


def of_c_alone(links):
    first = Node("")
    at = first
    for _ in range(links):
        at.child = Node("")
        at = at.child
    at.child = first
    del first, at
    gc.collect()


def many(links):
    for _ in range(links):
        node = Node("")
        node.child = [node]
    del node
    gc.collect()


USES = {"dropped": dropped, "a dead cycle": cycle, "a dead cycle of C objects": of_c_alone, "a heap of dead cycles": many}
for name, use in USES.items():
    gc.disable()
    short, long = (min(took(links, use) for _ in range(3)) for links in (LINKS // 4, LINKS))
    gc.enable()
    take_events()
    # Four times the links: sixteen times the time would be their square. The rest is for a busy machine.
    print(name, "ends,", "not in proportion" if long > 12 * short + 0.5 else "in proportion")
