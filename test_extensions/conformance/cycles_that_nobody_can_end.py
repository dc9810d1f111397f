"""Cycles that CPython cannot end live for ever elsewhere too: types without GC, without tp_clear, half shown, not tracked."""

import weakref

import ext_cycles
from ext_cycles import Blind, Final, Half, Knot, Stubborn, Talker, look_into, note
from probe import probe, tell


class Plain:
    def __init__(self, content=None):
        self.content = content


class BlindSlots(Blind):
    __slots__ = ("slot",)


class BlindNothing(Blind):
    __slots__ = ()


class BlindDict(Blind):
    pass


class StubbornDict(Stubborn):
    pass


class HalfDict(Half):
    pass


def by_child(kind, between):
    knot = kind(f"{kind.__name__}'s child")
    knot.child = between(knot) if between else knot
    return weakref.ref(knot)


def by_other(kind, between):
    knot = kind(f"{kind.__name__}'s other")
    knot.other = between(knot) if between else knot
    return weakref.ref(knot)


def by_slot(kind, between):
    knot = kind(f"{kind.__name__}'s slot")
    knot.slot = between(knot) if between else knot
    return weakref.ref(knot)


def in_knot(knot):
    return Knot("a knot", knot)


def in_final(knot):
    return Final("a knot", knot)


ways = {"itself": None, "a list": lambda knot: [knot], "an instance": Plain, "a knot": in_knot, "one with a finaliser": in_final}
print("- without GC")
for way, between in ways.items():
    for kind in (Blind, BlindNothing, BlindDict):
        probe(f"{kind.__name__} by {way}", by_child, kind, between)
    probe(f"a slot of {BlindSlots.__name__} by {way}", by_slot, BlindSlots, between)
    probe(f"the dict of {BlindDict.__name__} by {way}", by_slot, BlindDict, between)


def opened_by_hand(kind):
    knot, thing = kind("opened"), Plain()
    knot.child, thing.content = thing, knot
    return weakref.ref(knot), weakref.ref(thing)


for kind in (Blind, BlindSlots, BlindDict):
    references = opened_by_hand(kind)
    tell(f"a closed cycle with {kind.__name__}", *references)
    references[0]().child = None
    tell("and opened", *references)


def no_cycle():
    knot = Blind("holds")
    knot.child = [Knot("held", None)]
    knot.child.append(knot.child)
    return weakref.ref(knot), weakref.ref(knot.child[0])


probe("a tree with a cycle beyond it", no_cycle)


def blind_beside():
    """The blind one holds a dead cycle up as long as somebody holds it."""
    knot, blind = Knot("in the cycle"), Blind("beside")
    knot.child, blind.child = [knot], knot
    ext_cycles.hold(blind)
    return weakref.ref(knot), weakref.ref(blind)


references = blind_beside()
tell("a cycle held by a blind one that C holds", *references)
ext_cycles.hold(None)
tell("let go", *references)

print("- half shown")
for way, between in ways.items():
    for kind in (Half, HalfDict):
        probe(f"{kind.__name__} shows its child, {way}", by_child, kind, between)
        probe(f"{kind.__name__} hides the other, {way}", by_other, kind, between)
    probe(f"the dict of {HalfDict.__name__}, {way}", by_slot, HalfDict, between)

print("- without tp_clear")
probe("Stubborn itself", by_child, Stubborn, None)
probe("Stubborn by a list", by_child, Stubborn, lambda knot: [knot])
probe("Stubborn by a dict", by_child, Stubborn, lambda knot: {"key": knot})
probe("Stubborn by a tuple", by_child, Stubborn, lambda knot: (knot,))
probe("Stubborn by a tuple, in a list", by_child, Stubborn, lambda knot: (1, [knot]))
probe("Stubborn by an instance", by_child, Stubborn, Plain)
probe("Stubborn by a knot", by_child, Stubborn, in_knot)
probe("Stubborn by one with a finaliser", by_child, Stubborn, in_final)
probe("a class over Stubborn, itself", by_child, StubbornDict, None)
probe("a class over Stubborn, its dict", by_slot, StubbornDict, None)
probe("a class over Stubborn, a tuple", by_slot, StubbornDict, lambda knot: (knot,))

print("- not tracked")


def untracked(track):
    knot, thing = Knot("untracked"), Plain()
    knot.child, thing.content = thing, knot
    ext_cycles.untrack(knot)
    if track:
        ext_cycles.track(knot)
    return weakref.ref(knot), weakref.ref(thing)


references = untracked(False)
tell("an untracked member", *references)
ext_cycles.track(references[0]())
tell("tracked", *references)
probe("untracked for a while", untracked, True)

print("- classes that are not shown")


def made(visits, cycle):
    kind = ext_cycles.make_class(visits)
    kind.instance = kind("of its class")
    if cycle:
        kind.instance.child = kind.instance
    return weakref.ref(kind), weakref.ref(kind.instance)


def over_made(visits):
    kind = ext_cycles.make_class(visits)

    class Over(kind):
        pass

    Over.instance = Over("over it")
    return weakref.ref(kind), weakref.ref(Over), weakref.ref(Over.instance)


probe("instances show their class", made, True, True)
probe("instances hide their class", made, False, False)
probe("instances hide their class, and are cycles", made, False, True)
probe("a class over one that shows", over_made, True)
probe("a class over one that hides", over_made, False)


def instance_alone():
    kind = ext_cycles.make_class(False)
    instance = kind("alone")
    instance.child = [instance]
    return weakref.ref(instance)


probe("a cycle whose class is beside it", instance_alone)

print("- tp_clear that uses the API")
seen = []


def talk(name, content):
    note("talk", name)
    seen.append(len(content))
    Plain(content).content.append([Knot("fresh " + name, None)])


class Called(Plain):
    def __call__(self, name, content):
        talk(name, content)


def talker(between):
    """It refers to itself, so that nothing but tp_clear ends it, and to a cycle of the host's."""
    knot = Talker("talker")
    knot.child, knot.other = knot, Called()
    knot.other.content = between(knot) if between else knot
    return weakref.ref(knot)


for way in ("itself", "a list", "an instance"):
    tell(f"by {way}", talker(ways[way]))
print(seen)


class Stored(Talker):
    def __init__(self, name):
        super().__init__(name, self, self.talk)
        look_into(self)

    def talk(self, name, content):
        note("method", f"{name} {content[1]} {type(self).__name__}")


def stored():
    return weakref.ref(Stored("its own method"))


probe("a method of its own in tp_clear", stored)
