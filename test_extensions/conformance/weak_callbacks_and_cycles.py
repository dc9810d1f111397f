"""Weak references to members of dead cycles: emptied before any finaliser runs; a callback runs if its reference lives."""

import gc
import sys
import weakref

import ext_cycles
from ext_cycles import Final, Knot, note, weak
from probe import probe, tell


class Plain:
    pass


class WithDict(Knot):
    pass


class WithSlots(Knot):
    __slots__ = ("slot",)


class Late(Knot):
    def __del__(self):
        note("finalise", f"{self.name} {all(reference() is None for reference in watching)}")


watching = []


def callback(reference):
    note("callback", f"{reference()}")


def named(name):
    return lambda reference: note("callback", f"{name} {reference()}")


makers = {"Python's": weakref.ref, "C's": weak}
kinds = (Knot, Final, WithDict, WithSlots, Late)


def outside(make, kind):
    knot = kind("watched")
    knot.child = [knot]
    watching.append(make(knot, callback))
    return watching[0]


def inside(make, kind):
    """The reference dies with what it names: no callback."""
    knot = kind("watched")
    knot.child = [make(knot, callback), knot]
    return weakref.ref(knot)


def inside_and_outside(make, kind):
    knot = kind("watched")
    knot.child = [make(knot, named("inside")), knot]
    watching.append(make(knot, named("outside")))


def held_by_partner(make, kind):
    """It names one member and is another one's."""
    first, second = kind("first"), Plain()
    first.child, second.knot = [second, make(second, named("second"))], first
    second.reference = make(first, named("first"))


def held_by_callback(make, kind):
    """The callback, not the reference, is in the cycle: then the reference is what keeps it alive."""
    knot, other = kind("kept by a callback"), Knot("named")
    knot.child, other.child = [knot], other
    watching.append(make(other, lambda reference, knot=knot: note("callback", knot.name)))


def several(make, kind):
    knot = kind("watched")
    knot.child = knot
    watching.extend(make(knot, named(str(number))) for number in range(3))


def without_callback(make, kind):
    knot = kind("watched")
    knot.child = knot
    watching.append(make(knot))
    return watching[0]


for word, make in makers.items():
    print(f"- {word}")
    for kind in kinds:
        for case in (outside, inside, inside_and_outside, held_by_partner, several, without_callback):
            probe(f"{kind.__name__}, {case.__name__}", case, make, kind)
            watching.clear()
            tell("and afterwards")
        held_by_callback(make, kind)
        # A reference may keep its callback after the call.
        gc.collect()
        watching.clear()
        tell(f"{kind.__name__}, {held_by_callback.__name__}")

print("- what callbacks do")


def one(callback, kind=Knot):
    knot = kind("watched")
    knot.child = knot
    watching.append(weakref.ref(knot, callback))
    return watching[0]


def failing(reference):
    note("callback", "fails")
    raise ValueError


def collecting(reference):
    gc.collect()
    note("callback", "collected")


def making(reference):
    fresh = Knot("fresh")
    fresh.child = fresh
    note("callback", "made")


def dropping(reference):
    watching.clear()
    note("callback", f"dropped {reference()}")


said = []
sys.unraisablehook = lambda raised: said.append(raised.exc_type.__name__)
for function in (failing, collecting, making, dropping):
    one(function)
    # What a callback makes goes with the first collection or with the second one.
    gc.collect()
    tell(function.__name__)
    watching.clear()
    tell("and afterwards")
print(said)

print("- other ways to refer weakly")


def proxied():
    knot = WithDict("proxied")
    knot.child = knot
    watching.append(weakref.proxy(knot, lambda proxy: note("callback", "proxy")))


probe("a proxy", proxied)
try:
    watching[0].name
except ReferenceError as error:
    print(type(error).__name__)
watching.clear()
values, keys, members = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet()


def collected_weakly(kind):
    knot = kind("in weak containers")
    knot.child = [knot]
    values["knot"], keys[knot] = knot, "value"
    members.add(knot)
    print(len(values), len(keys), len(members))


for kind in kinds:
    probe(f"weak containers of {kind.__name__}", collected_weakly, kind)
    print(len(values), len(keys), len(members))


def value_in_key():
    """The value of a weak key refers to the key: it is held for ever, by the dictionary."""
    knot = Knot("key")
    keys[knot] = [knot]
    return weakref.ref(knot)


references = value_in_key()
tell("a weak key's value that refers to the key", references)
keys.clear()
tell("cleared", references)


def finalized(kind):
    knot = kind("finalized")
    knot.child = knot
    weakref.finalize(knot, note, "callback", "weakref.finalize")


for kind in kinds:
    probe(f"weakref.finalize of {kind.__name__}", finalized, kind)


def method():
    knot = WithDict("of a method")
    knot.child = knot.method
    watching.append(weakref.WeakMethod(Holder.of(knot).go))
    return weakref.ref(knot)


class Holder:
    @classmethod
    def of(cls, knot):
        holder = cls()
        holder.knot, knot.other = knot, holder
        return holder

    def go(self):
        return self.knot


probe("a weak method", method)
print(watching[0]())
watching.clear()


def subclass():
    class Reference(weakref.ref):
        pass

    knot = Knot("of a derived reference")
    reference = Reference(knot, callback)
    reference.knot = [reference]
    knot.child = knot
    watching.append(reference)
    return weakref.ref(knot), weakref.ref(Reference)


probe("a derived reference", subclass)
watching.clear()
tell("dropped")


def reference_in_c():
    """C holds the reference, and with it what its callback needs."""
    knot, other = Knot("named"), Knot("the callback's")
    knot.child, other.child = knot, other
    ext_cycles.hold(weak(knot, lambda reference: note("callback", other.name)))


reference_in_c()
gc.collect()
ext_cycles.hold(None)
tell("C held the reference")
