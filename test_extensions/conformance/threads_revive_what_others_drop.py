"""Threads get an object from a weak reference, or from its finaliser, while others drop it, and give it to C at once: it stays the
same object, with what was put on it, and its finaliser runs once."""

import gc
import sys
import threading
import weakref

import ext_heap
from ext_containers import Bag, Basket, Burst, Ledger
from ext_lives import Node

sys.setswitchinterval(1e-5)


def hammer(work):
    started = threading.Barrier(4)

    def run(me):
        started.wait()
        work(me)

    threads = [threading.Thread(target=run, args=(me,)) for me in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def makers(last_words):
    """What makes instances of classes with a finaliser, over C's and others."""

    def of(base, *arguments):
        class Named(base):
            def __del__(self):
                ended.append(self.name_given)
                last_words(self)

        def make(name):
            made = Named(*arguments)
            made.name_given = name
            names.append(name)
            return made

        return make

    return [of(Node, "n"), of(Basket), of(Ledger), of(Bag), of(Burst, "b"), of(ext_heap.Managed), of(ext_heap.Counted), of(list), of(ValueError), of(object)]


def summary():
    gc.collect()
    print("ended:", len(ended) == len(names), "each once:", len(ended) == len(set(ended)), "lost:", lost[:5])
    for kind in ended, names, lost:
        kind.clear()


ended, names, lost = [], [], []

print("-- by weak references")
make = makers(lambda self: None)
shared = {kind: make[kind](("first", kind)) for kind in range(len(make))}
references = {kind: weakref.ref(shared[kind]) for kind in shared}


def deref(me):
    for turn in range(1000):
        kind = (turn * 3 + me) % len(make)
        if turn % 4 == me:
            made = make[kind]((me, turn))
            references[kind] = weakref.ref(made, lambda reference: None)
            shared[kind] = made
            del made
            continue
        found = references[kind]()
        if found is not None:
            name = found.name_given
            holder = Node("holder", found)
            del found
            if holder.child.name_given != name:
                lost.append((kind, name))
            setattr(holder.child, f"mark{me}", turn)
            if getattr(holder.child, f"mark{me}", None) != turn:
                lost.append((kind, "mark"))
            del holder


hammer(deref)
shared.clear()
summary()
print(all(reference() is None for reference in references.values()))

print("-- by finalisers")
saved = {}


def save(self):
    saved[self.name_given] = self


make = makers(save)


def revive(me):
    mine = Node("mine", None)
    for turn in range(1000):
        if (turn + me) % 2:
            make[(turn + me) % len(make)]((me, turn))
        try:
            name, found = saved.popitem()
        except KeyError:
            continue
        mine.swap(found)
        del found
        if mine.child.name_given != name:
            lost.append(name)
        mine.child.mark = name
        if mine.child.mark != name:
            lost.append((name, "mark"))


hammer(revive)
saved.clear()
summary()
