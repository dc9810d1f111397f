"""C types over containers, at one and two levels and below Python classes: both sides see one content, as long as it lives."""

import copy
import gc
import pickle
import weakref

from ext_containers import Bag, Basket, Burst, Hamper, Ledger, Octets, Phasor, Sealed, in_place, items_at_end, keep, show_kept
from show import attempt, attempt_type


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


class Slotted(Basket):
    __slots__ = ("owner",)


class Tall(Hamper):
    def append(self, item):
        super().append(item)
        self.log = [*getattr(self, "log", []), item]


print("list")
for kind in (Basket, Hamper, Slotted, Tall):
    basket = kind([3, 1])
    basket.append(2)
    basket.add(5)
    print(kind.__name__, basket, len(basket), basket.total(), in_place(basket), basket == [3, 1, 2, 5], basket.changes)
    basket += [9, 8]
    basket[1:3] = [7]
    basket.add(4)
    basket.swap(0, 1)
    print(basket, in_place(basket), sorted(basket), list(reversed(basket)), basket[::2], sum(basket), max(basket), basket.changes)
    print(basket.edit("extend", range(2)), basket.edit("slice", (6, 6), 1, 3), basket.edit("order"), basket.edit("reverse"))
    print(basket.edit("insert", "x", 1), basket.edit("put", 0, 0), basket, [item for item in basket], 6 in basket, basket.index("x"))
    basket.remove("x")
    basket.sort(key=lambda item: -item)
    del basket[0]
    print(in_place(basket), basket.total(), basket * 2, [0] + basket, basket + [0], basket.copy(), basket < [99], basket.count(6))
    basket.label = basket.extend
    basket.label([1])
    print(in_place(basket), basket.pop(), basket.pop(0), in_place(basket), basket.edit("clear"), basket, bool(basket))

slotted = Slotted("ab")
slotted.owner = "me"
slotted.add("c")
print(slotted, slotted.owner, hasattr(slotted, "__dict__"))
tall = Tall()
tall.append(1)
tall.add(2)
tall.lid = "shut"
print(tall, tall.log, tall.lid, tall.__dict__)
attempt("total of text", Basket(["a"]).total)

print("made by C")
print(Basket.born(1, 2), Hamper.born("a"), Slotted.born(), type(Tall.born(1)), in_place(Basket.born(1, 2)))
loop = Basket.with_itself()
print(loop[0] is loop, loop[1], len(loop), loop)
loop.clear()
born = Basket.born(1)
born.append(2)
born.add(3)
print(born, born.total(), born == Basket([1, 2, 3]), Basket.born([1], (2,), {3: Basket.born(4)}))

print("kept by C")
basket = Basket("ab")
keep(basket)
basket.append("c")
print(show_kept())
del basket[0]
basket += "de"
print(show_kept())
del basket
print(show_kept())
gc.collect()  # Of other baskets that nobody holds, none shall end last.
keep([1])
gc.collect()
print(items_at_end(), show_kept())
nested = [Basket([1]), (Basket([2]),)]
keep(nested)
nested[0].append(3)
nested[1][0].append(4)
print(show_kept(), in_place(nested[0]))
keep([])

print("copies")
for value in (Basket([1, [2]]), Hamper("xy"), Tall([1])):
    for copied in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value)), pickle.loads(pickle.dumps(value, 2))):
        copied.add("new")
        print(type(copied).__name__, copied, value, in_place(copied))

print("items end")
basket = Basket([Thing("one"), Thing("two"), Thing("three")])
references = [weakref.ref(item) for item in basket]
in_place(basket)
basket.pop()
gc.collect()
print([reference() for reference in references], in_place(basket))
basket[:] = basket[:1]
gc.collect()
print([reference() for reference in references], basket)
basket.add(Thing("four"))
references.append(weakref.ref(basket[-1]))
basket.clear()
gc.collect()
print([reference() for reference in references], in_place(basket))
basket.add(Thing("five"))
references = [weakref.ref(basket[0])]
del basket
gc.collect()
print(references[0](), items_at_end())

print("cycles")
for kind in (Basket, Hamper, Slotted, Tall):
    basket = kind()
    basket.add(basket)
    thing = Thing("in a cycle")
    thing.basket = basket
    basket.append(thing)
    basket.label = [basket]
    reference = weakref.ref(thing)
    del basket, thing
    gc.collect()
    print(kind.__name__, reference() is None)

print("dict")


class Book(Ledger):
    __slots__ = ("page",)

    def __missing__(self, key):
        return key


for kind in (Ledger, Book):
    ledger = kind(a=1)
    ledger["b"] = 2
    print(ledger.note("c", 3), ledger, ledger.read("b"), ledger.read("z"), ledger.entries(), ledger.looked_up, len(ledger))
    ledger.update(d=4)
    del ledger["a"]
    print(ledger.note("e", 5), sorted(ledger), ledger.edit("update", {"f": 6}), ledger.edit("delete", "b"), ledger.edit("set default", "g"))
    print(ledger, ledger == dict(ledger), ledger | {1: 1}, ledger.get("f"), ledger.pop("f"), list(ledger.items()), ledger.read("f"))
    print(pickle.loads(pickle.dumps(ledger)), copy.copy(ledger) == ledger, ledger.edit("clear"), ledger, bool(ledger), kind.born("k"))
print(Book()["missing"])
attempt("delete", Ledger().edit, "delete", "x")
ledger = Ledger(thing=Thing("held"))
reference = weakref.ref(ledger["thing"])
ledger.read("thing")
ledger.entries()
del ledger["thing"]
gc.collect()
print(reference(), ledger)

print("set")


class Sack(Bag):
    pass


for kind in (Bag, Sack):
    bag = kind([1])
    bag.add(2)
    print(bag.put(3), bag, bag.has(2), bag.drop(1), bag.drop(9), len(bag), bag.added, sorted(bag), bag == {2, 3}, bag | {4}, bag - {2})
    bag |= {7}
    bag.update([8])
    print(bag.put(9), sorted(bag), bag.has(8), type(bag).__name__, 7 in bag, pickle.loads(pickle.dumps(bag)) == bag, bag.added)
attempt_type("unhashable", Bag().put, [])
sealed = Sealed.of(1, 2, 2)
print(type(sealed).__name__, sorted(sealed), sealed == {1, 2}, hash(sealed) == hash(frozenset([1, 2])), Sealed([5]), Sealed.of())

print("bytearray")


class Bytes(Octets):
    pass


for kind in (Octets, Bytes):
    octets = kind(b"abc")
    octets.extend(b"d")
    print(octets.raise_(1), octets, octets.reads, len(octets), octets[0], octets == b"bcde", bytes(octets), octets.resize(2), octets)
    octets += b"zz"
    octets[0:1] = b"__"
    print(octets.raise_(1), octets, octets.find(b"{"), octets.upper(), memoryview(octets)[1], octets.hex(), octets.reads)
    print(kind.born(3), kind.born(2) + b"x", type(kind.born(0)).__name__, pickle.loads(pickle.dumps(octets)) == octets)

print("complex")
phasor = Phasor.polar(1, 2)
print(phasor, phasor + 1, phasor.real, abs(Phasor(3, 4)), phasor == 1 + 2j, type(phasor).__name__, hash(phasor) == hash(1 + 2j))

print("exception")


class Blast(Burst):
    pass


for kind in (Burst, Blast):
    burst = kind("x", 1)
    print(burst.hold(1), repr(burst), str(burst), burst.args)
    burst.args = ("new",)
    burst.held.append(2)
    print(burst.hold(3), burst.held, repr(burst))
    try:
        raise burst
    except ValueError as caught:
        print(caught is burst, caught.hold(4), caught.held, caught.__traceback__ is not None)
