"""PyDict_Next: order, values replaced under it, deleted keys, Python called between two steps, instance and class dicts."""

import ext_dicts
from show import attempt


class Derived(dict):
    def items(self):
        raise AssertionError("C must not call this")

    __iter__ = keys = items


class Thing:
    def __init__(self):
        self.first, self.second = 1, 2


values = {number: str(number) for number in range(5)}
print(ext_dicts.pairs(values))
del values[0], values[3]
values[0] = "again"
print("after deleting:", ext_dicts.pairs(values))
print("empty:", ext_dicts.pairs({}), ext_dicts.pairs(Derived()))
print("derived:", ext_dicts.pairs(Derived(a=1, b=2)))
print("no dict:", ext_dicts.pairs([1, 2]))
counts = dict.fromkeys("abc", 0)
print("incremented:", ext_dicts.increment_all(counts), ext_dicts.increment_all(counts), counts)
thing = Thing()
print("instance dict:", ext_dicts.pairs(thing.__dict__))
ext_dicts.increment_all(thing.__dict__)
print("incremented:", thing.first, thing.second)
seen = []
ext_dicts.for_each({"x": [1], "y": [2]}, lambda key, value: seen.append((key, value)))
print("for_each:", seen)
shared = {"one": 1, "two": 2}


def change(key, value):
    shared[key] = value * 10
    seen.append(dict(shared))


seen.clear()
ext_dicts.for_each(shared, change)
print("changed under way:", seen)
attempt("an error under way", ext_dicts.for_each, {1: 0}, lambda key, value: key / value)
nested = []


def again(key, value):
    nested.append(key)
    if len(nested) < 4:
        ext_dicts.for_each(shared, again)


ext_dicts.for_each(shared, again)
print("nested loops:", nested)
big = {number: -number for number in range(3000)}
print("big:", ext_dicts.pairs(big) == list(big.items()))
print("same objects:", all(key is other for (key, _), other in zip(ext_dicts.pairs(big), big)))
