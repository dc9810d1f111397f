"""In a dead cycle weak callbacks come first, then all finalisers, then the ends; who is brought back is not finalised again."""

import gc
import sys
import weakref

import ext_cycles
from ext_cycles import Final, Knot, note
from probe import probe, tell


class Host:
    def __init__(self, name, child=None):
        self.name, self.child = name, child

    def __del__(self):
        note("finalise", f"__del__ of {self.name}, who refers to {self.child and self.child.name}")


class Derived(Final):
    """__del__ in Python over tp_finalize in C."""

    def __del__(self):
        note("finalise", f"__del__ of {self.name}, who refers to {self.child.name}")
        super().__del__()


class Late(Knot):
    """__del__ over a type that has no finaliser."""

    def __del__(self):
        note("finalise", f"__del__ of {self.name}, who refers to {self.child.name}")


class LateSlots(Knot):
    __slots__ = ("slot",)

    def __del__(self):
        note("finalise", f"__del__ of {self.name}, who has {self.slot.name}")


def called(reference, name):
    note("callback", f"{name} {reference()}")


kept = []


def watched(thing, name):
    """A weak reference from outside, whose callback lies outside."""
    reference = weakref.ref(thing, lambda reference: called(reference, name))
    kept.append(reference)
    return reference


print("- order")


def pair(first, second):
    left, right = first("left"), second("right")
    left.child, right.child = right, left
    return watched(left, "left"), watched(right, "right")


for first in (Final, Derived, Late, Host, Knot):
    for second in (Final, Late, Host):
        probe(f"{first.__name__} and {second.__name__}", pair, first, second)
        kept.clear()


def slots():
    knot = LateSlots("late")
    knot.slot = knot
    return watched(knot, "late")


probe("slots", slots)
kept.clear()


def three():
    first, second, third = Final("first"), Host("second"), Derived("third")
    first.child, second.child, third.child = second, third, first
    first.other = note_names
    return watched(second, "second")


def note_names(knot):
    note("finalise", f"{knot.name} > {knot.child.name} > {knot.child.child.name} > {knot.child.child.child.name}")


probe("all is there in the finaliser", three)
kept.clear()


class Holder:
    def __init__(self, held):
        self.held = held


def unseen(kind, refers_back):
    """C knows the holder alone. What it holds has a finaliser, and refers back or does not."""
    knot = kind("knot")
    thing = Host("unseen", knot if refers_back else None)
    knot.child, knot.other = knot, Holder({"thing": [thing, knot]})
    return watched(knot, "knot"), watched(thing, "thing")


for kind in (Knot, Final, Derived, Late):
    probe(f"an object that C never saw and {kind.__name__}", unseen, kind, True)
    probe("that does not refer back", unseen, kind, False)
    kept.clear()


def failing():
    knot = Final("failing")
    knot.child, knot.other = knot, lambda knot: 1 / 0
    late = Late("unlucky")
    late.child, late.other = None, late


said = []
sys.unraisablehook = lambda raised: said.append(raised.exc_type.__name__)
probe("finalisers that fail", failing)
print(sorted(said))


def alone(kind):
    return weakref.ref(kind("alone", Knot("held")))


for kind in (Final, Derived, Late, Host):
    probe(f"no cycle, {kind.__name__}", alone, kind)
    kept.clear()

print("- resurrection")
saved = []


def save(knot):
    saved.append(knot)


class Phoenix(Host):
    def __del__(self):
        super().__del__()
        saved.append(self)


class DerivedPhoenix(Derived):
    def __del__(self):
        super().__del__()
        saved.append(self)


def by_c():
    knot = Final("by C")
    knot.child, knot.other = Knot("reached", knot), save
    return watched(knot, "by C"), watched(knot.child, "reached")


def by_host():
    thing = Phoenix("by the host")
    thing.child = Final("reached", thing)
    return watched(thing, "host"), watched(thing.child, "reached")


def by_derived():
    knot = DerivedPhoenix("by a class over C")
    knot.child = Late("reached", knot)
    return watched(knot, "derived"), watched(knot.child, "reached")


def another():
    """The finaliser of one brings back another one of the cycle alone."""
    first, second = Final("first"), Knot("second")
    first.child, second.child = second, first
    first.other = save_child
    return watched(first, "first"), watched(second, "second")


def save_child(knot):
    saved.append(knot.child)
    knot.child.child = None


def one_of_two_cycles():
    first, second = Final("saved"), Final("lost")
    first.child, second.child = first, second
    first.other = save
    return watched(first, "saved"), watched(second, "lost")


def tail():
    """What hangs on a cycle is saved by the cycle."""
    first, last = Final("head"), Late("tail")
    last.child = Knot("end of the tail")
    first.child, first.other = [first, last], save
    return watched(first, "head"), watched(last, "tail")


def bring_back(make):
    tell(make.__name__, *make())


for make in (by_c, by_host, by_derived, another, one_of_two_cycles, tail):
    bring_back(make)
    back = saved[0]
    references = [watched(back, "back")]
    print("back:", back.name, back.child is not None, len(saved), ext_cycles.is_finalised(back))
    del back
    tell("held")
    saved.clear()
    tell("dropped again", *references)
    kept.clear()
    ext_cycles.forget()


def again_and_again():
    knot = Final("stubborn")
    knot.child, knot.other = knot, save
    return watched(knot, "stubborn")


again_and_again()
tell("once")
saved[0].child = [saved[0]]
saved.clear()
tell("not twice, in another cycle")
kept.clear()


def resurrect_in_callback():
    """The callback brings back nothing of what its reference named, but what it holds itself."""
    knot = Knot("named")
    knot.child = knot
    partner = Knot("partner")
    partner.child = partner
    kept.append(weakref.ref(knot, lambda reference: saved.append(partner)))
    return kept[0], weakref.ref(partner)


probe("a callback saves what it holds", resurrect_in_callback)
print([knot.name for knot in saved])
saved.clear()
kept.clear()
tell("dropped")

print("- made in finalisers")


def makes_garbage():
    knot = Final("maker")
    knot.child, knot.other = knot, make_garbage


def make_garbage(knot):
    fresh = Final("fresh")
    fresh.child = [fresh]


makes_garbage()
gc.collect()
tell("finalisers make garbage of their own")


def collects_inside():
    knot = Final("collector")
    knot.child, knot.other = knot, lambda knot: gc.collect()
    other = Knot("bystander")
    other.child = other


probe("a finaliser collects", collects_inside)


def opens_the_cycle():
    first, second = Final("first"), Final("second")
    first.child, second.child = second, first
    first.other = second.other = open_cycle


def open_cycle(knot):
    knot.child = None


probe("finalisers open the cycle", opens_the_cycle)
print("- generators")


def finishing(knot):
    try:
        yield knot
    finally:
        note("finally", knot.name)


def suspended(kind):
    knot = kind("in a generator")
    knot.child = finishing(knot)
    next(knot.child)
    return watched(knot, "generator")


class Named(Knot):
    pass


for kind in (Knot, Named):
    probe(f"finally in a generator over {kind.__name__}", suspended, kind)
    kept.clear()


def saved_by_generator():
    knot = Knot("saved by finally")
    knot.child = saving(knot)
    next(knot.child)


def saving(knot):
    try:
        yield
    finally:
        saved.append(knot)


probe("a generator saves", saved_by_generator)
print([knot.name for knot in saved])
saved.clear()
gc.collect()
