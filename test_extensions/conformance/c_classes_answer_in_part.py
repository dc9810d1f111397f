"""What Python makes of C types that have some slots of a protocol and lack others, and what such classes show in `__dict__`."""

import collections.abc
import operator

import ext_protocols
from show import attempt, attempt_type


def store(target, key, value):
    target[key] = value


def remove(target, key):
    del target[key]


def add_in_place(target, other):
    target += other
    return target


def multiply_in_place(target, count):
    target *= count
    return target


def kind(subject):
    match subject:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"
    return "neither"


classes = [value for value in vars(ext_protocols).values() if isinstance(value, type)]
for cls in classes:
    thing = cls()
    print("--", cls.__name__)
    for key in (0, -1, 3, True, "x", 1.5, slice(0, 2), None, 10**30):
        attempt(f"[{key}]", operator.getitem, thing, key)
    for key in (0, -1, "x", slice(1)):
        attempt(f"[{key}] = 1", store, thing, key, 1)
        attempt_type(f"del [{key}]", remove, thing, key)
    attempt("len", len, thing)
    attempt("bool", bool, thing)
    attempt("length_hint", operator.length_hint, thing, 7)
    if cls is not ext_protocols.Both:
        # Of its two ways to items CPython takes `sq_item` here, a host may take the other.
        attempt("reversed", lambda: list(reversed(thing)))
    attempt("iter", lambda: type(iter(thing)).__name__)
    attempt("list", lambda: list(thing))
    attempt_type("10 in", lambda: 10 in thing)
    attempt_type("'a' in", lambda: "a" in thing)
    attempt("+", lambda: thing + [1])
    attempt_type("[] +", lambda: [1] + thing)
    attempt("* 2", lambda: thing * 2)
    attempt("2 *", lambda: 2 * thing)
    attempt("* 'a'", lambda: thing * "a")
    attempt("+=", add_in_place, thing, [1])
    attempt("*=", multiply_in_place, thing, 3)
    attempt_type("unpack", lambda: [*thing])
    attempt("call", lambda: thing())
    attempt("index", operator.index, thing)
    attempt_type("int", int, thing)
    attempt_type("await", lambda: type(thing).__await__)
    attempt_type("with", lambda: thing.__enter__)
    attempt_type("hash", lambda: hash(thing) == hash(thing))
    attempt("<", lambda: thing < thing)
    attempt_type("dict", dict, thing)
    attempt_type("**", lambda: dict(**thing))
    print("match", kind(thing), [name for name in ("Iterable", "Sized", "Container", "Reversible", "Hashable") if isinstance(thing, getattr(collections.abc, name))])
    print("shows", sorted(vars(cls).keys() - {"__del__"}), cls.__module__, cls.__qualname__, cls.__doc__)

    class Below(cls):
        pass

    below = Below()
    attempt("below [0]", lambda: below[0])
    attempt("below ['x']", lambda: below["x"])
    attempt("below reversed", lambda: list(reversed(below)))
    attempt("below len", lambda: len(below))
print(ext_protocols.Items().last())
