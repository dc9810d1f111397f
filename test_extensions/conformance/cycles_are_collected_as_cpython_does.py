"""Cycles host -> C -> host of every shape: after gc.collect() exactly those have ended that end in CPython."""

import types
import weakref

import ext_cycles
from ext_cycles import Final, Knot, look_into, made_by_c
from probe import probe, tell


class Plain:
    pass


class Slots:
    __slots__ = ("knot", "__weakref__")


class WithDict(Knot):
    pass


class WithSlots(Knot):
    __slots__ = ("slot",)


class WithBoth(WithSlots):
    __slots__ = ("more", "__dict__")


print("- two members")


def itself(kind):
    knot = kind("itself")
    knot.child = knot
    return weakref.ref(knot)


def two(first, second):
    left, right = first("left"), second("right")
    left.child, right.child = right, left
    return weakref.ref(left), weakref.ref(right)


def through_host(kind, host):
    knot, thing = kind("knot"), host()
    knot.child, thing.knot = thing, knot
    return weakref.ref(knot), weakref.ref(thing)


made, unlike = ext_cycles.make_class(True), ext_cycles.make_class(True, (Knot,))
kinds = {"Knot": Knot, "Final": Final, "WithDict": WithDict, "WithSlots": WithSlots, "WithBoth": WithBoth, "Made": made, "Over": unlike}
for name, kind in kinds.items():
    probe(f"{name} itself", itself, kind)
    probe(f"{name} and Knot", two, kind, Knot)
    probe(f"{name} and a host object", through_host, kind, Plain)
    probe(f"{name} and one with slots", through_host, kind, Slots)


def by_attribute(kind, attribute):
    knot = kind("attribute")
    setattr(knot, attribute, knot)
    return weakref.ref(knot)


probe("by the instance's dict", by_attribute, WithDict, "anything")
probe("by a slot", by_attribute, WithSlots, "slot")
probe("by a slot of two", by_attribute, WithBoth, "more")
probe("by the dict beside slots", by_attribute, WithBoth, "anything")
probe("by the other field", by_attribute, WithBoth, "other")

print("- containers")


def generator_of(knot):
    yield knot
    yield knot


def started(knot):
    generator = generator_of(knot)
    next(generator)
    return generator


def part_of_iterator(knot):
    iterator = iter([1, knot])
    next(iterator)
    return iterator


def closure(knot):
    return lambda: knot


def default(knot):
    def function(value=knot, *, other=knot):
        return value, other

    return function


def plain(knot):
    thing = Plain()
    thing.knot = knot
    return thing


def bound(knot):
    return types.MethodType(lambda self: self, knot)


def annotated(knot):
    def function():
        pass

    function.knot = knot
    return function


def module(knot):
    made = types.ModuleType("made")
    made.knot = knot
    return made


def class_attribute(knot):
    return type("Holder", (), {"knot": knot})


def failed(knot):
    try:
        raise ValueError(knot)
    except ValueError as error:
        return error


def caused(knot):
    try:
        try:
            raise KeyError(knot)
        except KeyError as error:
            raise ValueError("caused") from error
    except ValueError as error:
        return error


def frozen(knot):
    return frozenset([knot])


def deep(knot):
    for _ in range(30):
        knot = [{"key": (knot,)}]
    return knot


shapes = {
    "a list": lambda knot: [knot],
    "a tuple": lambda knot: (knot,),
    "a dict's value": lambda knot: {"key": knot},
    "a dict's key": lambda knot: {knot: None},
    "a set": lambda knot: {knot},
    "a frozenset": frozen,
    "thirty deep": deep,
    "a dict view": lambda knot: {"key": knot}.values(),
    "an iterator": lambda knot: iter([knot]),
    "an iterator underway": part_of_iterator,
    "enumerate": lambda knot: enumerate([knot]),
    "map": lambda knot: map(knot.method, [1]),
    "zip": lambda knot: zip([knot], [knot]),
    "a slice": lambda knot: slice(knot, None),
    "a generator": started,
    "a generator not begun": generator_of,
    "a closure": closure,
    "defaults": default,
    "a function's attribute": annotated,
    "a bound method of Python's": bound,
    "a bound method of C's": lambda knot: knot.method,
    "a wrapper of a slot": lambda knot: knot.__init__,
    "an instance": plain,
    "a class": class_attribute,
    "a property": lambda knot: property(knot.method),
    "a static method": lambda knot: staticmethod(knot.method),
    "a class method": lambda knot: classmethod(knot.method),
    "super": lambda knot: super(type(knot), knot),
    "a mapping proxy": lambda knot: types.MappingProxyType({"key": knot}),
    "a namespace": lambda knot: types.SimpleNamespace(knot=knot),
    "a module": module,
    "an exception": lambda knot: ValueError(knot),
    "a raised exception": failed,
    "a cause": caused,
    "another member": lambda knot: Knot("second", knot),
    "one with a dict": lambda knot: WithDict("second", knot),
}


def through(shape, kind, seen):
    knot = kind("knot")
    knot.child = shape(knot)
    if seen:
        look_into(knot.child)
    return weakref.ref(knot)


for label, shape in shapes.items():
    probe(label, through, shape, Knot, False)
    probe(f"{label}, and C looked into it", through, shape, WithDict, True)

print("- made by C")


def by_c(kind, seen):
    knot = Knot("knot")
    knot.child = made_by_c(kind, knot)
    if seen:
        str(type(knot.child))
    return weakref.ref(knot)


for kind in ("list", "tuple", "dict", "nested", "set", "method", "function", "cell", "proxy", "iterator", "exception"):
    probe(f"C's {kind}", by_c, kind, False)
    probe(f"C's {kind}, that Python saw", by_c, kind, True)


def unseen_ring(kind, length, content):
    ext_cycles.ring(kind, length, content)


for name, kind in kinds.items():
    probe(f"a ring of three {name}", unseen_ring, kind, 3, None)


def ring_and_host(kind):
    thing = Plain()
    thing.back = [thing]
    ext_cycles.ring(kind, 2, thing)
    return weakref.ref(thing)


probe("a ring that holds a cycle of the host", ring_and_host, Knot)


def host_in_ring(kind):
    content = []
    ext_cycles.ring(kind, 2, content)
    content.append(content)
    content.append(Knot("in the list", content))


probe("a ring that holds a list that grows afterwards", host_in_ring, WithDict)

print("- what is held lives, and what it refers to")


def held_from(kind):
    knot = kind("held")
    knot.child = [Knot("reached", knot), knot]
    knot.other = Plain()
    knot.other.knot = knot
    ext_cycles.hold(knot)
    return weakref.ref(knot), weakref.ref(knot.child[0]), weakref.ref(knot.other)


for name, kind in kinds.items():
    references = held_from(kind)
    tell(f"C holds a {name}", *references)
    ext_cycles.hold(None)
    tell("C let go of it", *references)
    references = held_from(kind)
    kept = ext_cycles.hold(None)
    tell(f"Python holds a {name}", *references)
    del kept
    tell("Python let go of it", *references)


def held_container():
    knot = Knot("in a list that C holds")
    knot.child = [knot]
    ext_cycles.hold(knot.child)
    return weakref.ref(knot)


reference = held_container()
tell("C holds a list of the host's", reference)
ext_cycles.hold(None).clear()
tell("it was cleared", reference)


def neighbours():
    alive, dead = Knot("alive"), Knot("dead")
    alive.child, dead.child, dead.other = alive, dead, alive
    return alive


kept = neighbours()
tell("a dead cycle refers to one that lives")
kept.other = Knot("new", kept)
tell("it grows")
kept.child = None
tell("one way is cut")
del kept
tell("it is dropped")


def long_ring(length):
    first = last = Knot("0")
    for number in range(1, length):
        last.child = Knot(str(number)) if number % 3 else WithDict(str(number))
        last.other, last = [last], last.child
    last.child = {"first": first}
    return weakref.ref(first)


probe("a long one", long_ring, 20)

print("- classes")


def class_and_instance(base, visible):
    class Local(base):
        pass

    Local.instance = Local("instance of its class")
    if visible:
        look_into(Local)
    return weakref.ref(Local), weakref.ref(Local.instance)


def local_over(base):
    class Local(base):
        def method(self):
            return __class__

    instance = Local("bound to itself")
    instance.child = instance.method
    return weakref.ref(Local), weakref.ref(instance)


def heap_type(over):
    made = ext_cycles.make_class(True, over) if over else ext_cycles.make_class(True)
    made.instance = made("instance of a heap type")
    return weakref.ref(made), weakref.ref(made.instance)


def heap_over_local():
    class Local(Knot):
        pass

    made = ext_cycles.make_class(True, (Local,))
    Local.instance = made("over Python over C")
    return weakref.ref(made), weakref.ref(Local)


def local_over_heap():
    made = ext_cycles.make_class(True)

    class Local(made):
        __slots__ = ("slot",)

    instance = Local("Python over a heap type")
    instance.slot = made.local = Local
    Local.instance = instance
    return weakref.ref(made), weakref.ref(Local), weakref.ref(instance)


def mutual():
    first, second = ext_cycles.make_class(True), ext_cycles.make_class(True)
    first.of_second, second.of_first = second("of the second"), first("of the first")
    return weakref.ref(first), weakref.ref(second)


for name, kind in kinds.items():
    probe(f"a class over {name} and its instance", class_and_instance, kind, False)
    probe("and C looked into it", class_and_instance, kind, True)
    probe(f"a method of a class over {name}", local_over, kind)
probe("a heap type and its instance", heap_type, None)
probe("a heap type over Knot", heap_type, (Knot,))
probe("a heap type over a class", heap_over_local)
probe("a class over a heap type", local_over_heap)
probe("two heap types", mutual)
