"""C types over lists of some length, below Python classes too: however it is changed, both sides see one content."""

import gc
import weakref

from ext_containers import Basket, Hamper, in_place, keep, show_kept


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


class Tall(Hamper):
    def append(self, item):
        super().append(item)
        self.log = [*getattr(self, "log", []), item]


for size in (10, 40, 300, 5000):
    for kind in (Basket, Tall):
        basket = kind(range(size))
        for step in range(3):
            basket.add(step)
            basket[size // 2] = -step
            basket.append(10 * step)
            basket.swap(1, size - 2)
            basket.remove(3)
            basket.insert(2, 3)
            basket[5:7] = [9, 9, 9]
        print(kind.__name__, size, len(basket), basket.total() == sum(basket), basket[:10], in_place(basket)[-30:], basket.changes)
        inner = kind([1, 2])
        basket[:] = [0] * size + [inner]
        inner.append(3)
        print(in_place(basket)[-12:], basket[-1] is inner, in_place(inner))
        basket.sort(key=str)
        things = [Thing("a"), Thing("b")]
        references = [weakref.ref(thing) for thing in things]
        basket.extend(things)
        things = None
        in_place(basket)
        basket.pop()
        in_place(basket)
        # C may hold single items of a long list a little longer.
        gc.collect()
        print(references[0](), references[1]())
        basket.append(basket)
        print(in_place(basket)[-20:], basket[-1] is basket)
        del basket
        gc.collect()
        print(references[0]())
both = [Basket(range(50)), Hamper(range(60))]
both += both
keep(both)
for basket in both:
    basket.append("x")
print([len(part) for part in show_kept().split("]")], in_place(both[0])[-12:])
table = {"basket": Basket(range(40)), "small": Basket("ab")}
for name in table:
    keep(table[name])
    table[name].append("end")
    print(show_kept()[-12:])
keep([])
del both, basket, table
