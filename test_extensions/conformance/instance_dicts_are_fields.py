"""C reads and sets the dict of an instance in its field, and both sides see one dict; a proxy's __dict__ is another's."""

import copy
import gc
import pickle

import ext_fields
from ext_fields import Bag, Proxy

bag = Bag()
print("nothing in it:", bag.__reduce__()[2])
bag.one = 1
print("an attribute:", bag.__reduce__()[2], bag.__dict__)
bag.__dict__["two"] = 2
print("through __dict__:", bag.__reduce__()[2], bag.two)
bag.put("three", 3)
print("put there by C:", bag.three, sorted(vars(bag)))
mine = {"four": 4}
bag.__dict__ = mine
print("another dict:", bag.__reduce__()[2], bag.four, bag.__dict__ is mine, hasattr(bag, "one"))
bag.five = 5
bag.put("six", 6)
print("the same for its owner:", mine)
del bag.four
print("an attribute less:", bag.__reduce__()[2])

born = Bag("made by C")
print("from the start:", born.given, born.__dict__, born.__reduce__()[2])
born.given = "changed"
print("changed:", born.__reduce__()[2])

twin = copy.copy(bag)
print("copied:", twin.five, twin.six, twin.__dict__ is bag.__dict__)
twin.five = "only here"
print("on its own:", bag.five, twin.__reduce__()[2])
print("pickled:", vars(pickle.loads(pickle.dumps(bag))))


class Derived(Bag):
    def __init__(self, *given):
        self.derived = given


derived = Derived("given")
print("a derived class:", derived.given, derived.derived, sorted(Bag.__reduce__(derived)[2]))
print("no attributes:", [name for name in dir(Bag) if "offset" in name and name in vars(Bag)])


class Plain:
    def __init__(self):
        self.of_the_wrapped = 1


proxy = Proxy(Plain())
proxy.own = 2
print("a proxy's __dict__:", proxy.__dict__, proxy.own, hasattr(proxy, "of_the_wrapped"))

ended = []


class Last:
    def __del__(self):
        ended.append(1)


for _ in range(3):
    looped = Bag()
    looped.itself, looped.last = looped, Last()
    looped.__reduce__()
del looped
gc.collect()
print("ended with their cycles:", len(ended))
for _ in range(3):
    Bag(Last())
    lone = Bag()
    lone.last = Last()
    lone.__reduce__()
del lone
gc.collect()
print("ended by themselves:", len(ended))
