"""Threads make cycles through C, with classes, finalisers and weak references, while others collect: nothing is lost or left."""

import gc
import itertools
import random
import threading
import time
import weakref

import ext_heap
import ext_threads
from ext_heap import Counted
from ext_lives import Node, take_events

gc.set_threshold(20)
stop = threading.Event()
problems = []
called = []
references = []


class Final(Node):
    def __del__(self):
        self.late = [Node("late") for _ in range(3)]


def churn(seed):
    choose = random.Random(seed)
    kept = []
    for step in itertools.count():
        if stop.is_set():
            break
        first = Node("first")
        second = Node("second", [first])
        first.child = {"second": second, "list": [second, (first,)]}
        kind = choose.randrange(6)
        if kind == 0:
            final = Final("final")
            final.child = [final]
            final.reference = weakref.ref(final, called.append)
        elif kind == 1:

            class Local(Counted):
                item = first

            Local.instance = Local()
            Local.instance.node = Node("in a class", Local)
        elif kind == 2:
            kept.append(second)
            del kept[:-30]
        elif kind == 3:
            first.closure = lambda: first
            first.generator = (item for item in [first, second])
            next(first.generator)
        elif kind == 4:
            made = ext_heap.make((Counted,))
            made.instance = made()
        else:
            try:
                raise ValueError(first)
            except ValueError as error:
                first.error = error
        if step % 50 == 0:
            references.append(weakref.ref(first))
        for item in kept:
            if item.name != "second" or item.child[0].name != "first":
                problems.append("lost")


def collecting():
    while not stop.is_set():
        gc.collect()


def from_c(number):
    node = Node(number, [Node(-number)])
    node.child.append(node)
    if node.child[0].name != -number:
        problems.append(number)


threads = [threading.Thread(target=churn, args=(seed,)) for seed in range(3)]
threads.append(threading.Thread(target=collecting))
for thread in threads:
    thread.start()
end = time.monotonic() + 1.5
while time.monotonic() < end:
    ext_threads.spawn(from_c, 3, 20)
stop.set()
for thread in threads:
    thread.join()
gc.collect()
print("problems:", problems, "some were looked at:", len(references) > 0)
print("gone:", all(reference() is None for reference in references))
take_events()
