"""Many threads get from C an object that C alone holds, and drop it at once: it stays the same object, with what was put on it, and
its finaliser runs once, when C lets go of it."""

import gc
import sys
import threading

from ext_lives import Node

sys.setswitchinterval(1e-5)


class Named(Node):
    """Has a finaliser of Python's, which must not run while C holds it."""

    def __del__(self):
        ended.append(self.name)


class Listed(list):
    pass


def bound(holder):
    return holder.swap


ended = []
holders = []
for held in [Node("plain"), Named("named"), Node.swap, Node("bound").swap, ValueError("raised"), Listed([1, 2]), bound]:
    holder = Node("holder", held)
    if hasattr(held, "__dict__"):
        held.mark = ["put on it"]
    holders.append((holder, id(held)))
del held, holder
problems = []
started = threading.Barrier(4)


def work():
    started.wait()
    for turn in range(3000):
        for number, (holder, address) in enumerate(holders):
            held = holder.child
            if id(held) != address:
                problems.append((number, turn, "another object"))
            mark = getattr(held, "mark", None)
            if mark is not None and mark != ["put on it"]:
                problems.append((number, turn, mark))
            held = mark = None


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("problems:", problems[:5])
for holder, address in holders:
    print(type(holder.child).__name__, getattr(holder.child, "mark", None), getattr(holder.child, "name", None))
print("ended:", ended)
del holder, holders
gc.collect()
print("ended:", ended)

print("-- while others have C let go of it")
ended.clear()
holders = [Node("holder", Named(("first", number))) for number in range(3)]


def replace(me):
    started.wait()
    for turn in range(3000):
        holder = holders[turn % 3]
        held = holder.child
        held = held.name
        if turn % 4 == me:
            holder.swap(Named((me, turn)))
        held = holder.child
        held.mark = turn


threads = [threading.Thread(target=replace, args=(me,)) for me in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for holder in holders:
    holder.swap(None)
gc.collect()
print("ended:", len(ended), "each once:", len(ended) == len(set(ended)))
