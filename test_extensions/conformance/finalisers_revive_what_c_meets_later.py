"""An object that its finaliser revived before C ever met it: C takes it, Python drops it, and it lives on in C; the finaliser ran once."""

import gc

import ext_heap
from ext_containers import Bag, Basket, Burst, Ledger, Octets, Phasor
from ext_lives import Node

ended, saved = [], []


def of(base, *arguments):
    class Named(base):
        def __del__(self):
            ended.append(base.__name__)
            saved.append(self)

    return lambda: Named(*arguments)


for make in [of(Node, "n"), of(Basket), of(Ledger), of(Bag), of(Octets, b"abc"), of(Phasor, 1), of(Burst, "b"), of(ext_heap.Managed), of(list), of(ValueError), of(object)]:
    holders = [Node("holder", None) for _ in range(3)]
    # The class has instances in C from the second on.
    for holder in holders:
        make()
        holder.swap(saved.pop())
        holder.child.mark = ["put on it"]
        print(type(holder.child).__base__.__name__, holder.child.mark, end="; ")
        gc.collect()
    print(len(ended))
    del holder, holders
    gc.collect()
    print(len(ended), len(saved))
