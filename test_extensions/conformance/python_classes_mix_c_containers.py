"""Python classes with C containers among their bases: mixins, diamonds, layouts, `__class__`, abstract and generic classes."""

import abc
import collections
import copy
import enum
import functools
import pickle
import typing

from ext_containers import Bag, Basket, Burst, Hamper, Ledger, in_place
from show import attempt_type


class Mixin:
    def append(self, item):
        self.log = [*getattr(self, "log", []), item]
        super().append(item)


class Before(Mixin, Basket):
    pass


class After(Basket, Mixin):
    pass


class Loud:
    def __setitem__(self, key, value):
        super().__setitem__(key, f"{value}!")

    def __getitem__(self, key):
        return super().__getitem__(key)

    def __len__(self):
        return super().__len__() + 100

    def __iter__(self):
        return (f"<{item}>" for item in super().__iter__())


class LoudBasket(Loud, Basket):
    pass


class LoudLedger(Loud, Ledger):
    pass


class Left(Basket):
    def __init__(self, *arguments, left=1, **rest):
        super().__init__(*arguments, **rest)
        self.left = left


class Right(Basket):
    def __init__(self, *arguments, right=2, **rest):
        super().__init__(*arguments, **rest)
        self.right = right


class Diamond(Left, Right):
    pass


before, after = Before([1]), After([1])
before.append(2)
after.append(2)
before.add(3)
after.add(3)
print(before, before.log, after, hasattr(after, "log"), in_place(before), before.total(), Before.__mro__[1:3])
loud = LoudBasket([1, 2])
loud[0] = 5
loud.add(6)
print(len(loud), list(loud), loud[0], in_place(loud), loud.changes, sorted(loud), bool(loud), [*loud])
ledger = LoudLedger(a=1)
ledger["b"] = 2
print(len(ledger), ledger.note("c", 3), ledger.read("b"), ledger["c"], list(ledger), ledger.entries(), ledger == {"a": 1, "b": "2!", "c": 3})
diamond = Diamond([1], left=3, right=4)
diamond.add(2)
print(diamond, diamond.left, diamond.right, diamond.total(), [cls.__name__ for cls in Diamond.__mro__])
attempt_type("two layouts", type, "Bad", (Basket, Ledger), {})
attempt_type("list and dict", type, "Bad", (Basket, dict), {})
attempt_type("deeper first", lambda: type("Fine", (Hamper, Basket), {})([1]).total())
attempt_type("deeper last", type, "Bad", (Basket, Hamper), {})
attempt_type("with list", lambda: type("Fine", (Basket, list), {})([1]).total())
attempt_type("exceptions", lambda: type("Fine", (Burst, LookupError), {})("x").hold(1))

basket = Left([1])
basket.label = "kept"
basket.__class__ = Right
print(type(basket).__name__, basket.label, basket.total(), basket.left, isinstance(basket, Left))
attempt_type("to C", setattr, basket, "__class__", Hamper)
attempt_type("to list", setattr, basket, "__class__", list)
attempt_type("from list", setattr, [], "__class__", Left)


class Abstract(Basket, abc.ABC):
    @abc.abstractmethod
    def use(self):
        pass


class Concrete(Abstract):
    def use(self):
        return self.total()


print(Concrete([1, 2]).use(), isinstance(Concrete(), collections.abc.MutableSequence), isinstance(Ledger(), collections.abc.Mapping), isinstance(Bag(), collections.abc.Set))

T = typing.TypeVar("T")


class Typed(Basket, typing.Generic[T]):
    pass


print(Typed[int]([1, 2]).total(), Typed[int].__origin__ is Typed, list[int], Basket([1]) + Basket([2]))


class Colour(Bag, enum.Enum):
    RED = ()
    BLUE = ([1, 2],)


print(Colour.RED.name, sorted(Colour.BLUE), Colour.BLUE.has(1))


@functools.total_ordering
class Ordered(Basket):
    def __eq__(self, other):
        return len(self) == len(other)

    def __lt__(self, other):
        return len(self) < len(other)

    def __hash__(self):
        return len(self)


print(Ordered([9]) < Ordered([1, 2]), Ordered([9]) >= Ordered([1, 2]), {Ordered([1]): "one"}[Ordered([2])], sorted([Ordered([1, 2]), Ordered([5])]), max(Ordered("a"), Ordered("bc")))


class Remade(Basket):
    def __new__(cls, *arguments, tag="none"):
        self = super().__new__(cls, *arguments)
        self.tag = tag
        return self

    def __init__(self, *arguments, tag="none"):
        super().__init__(*arguments)

    def __reduce__(self):
        return functools.partial(Remade, tag=self.tag), (list(self),)

    def __copy__(self):
        return Remade(self, tag="copied")


remade = Remade([1, 2], tag="mine")
remade.add(3)
for value in (pickle.loads(pickle.dumps(remade)), copy.copy(remade), copy.deepcopy(remade)):
    value.add(4)
    print(value, value.tag, value.total())


class Counted(Ledger):
    made = 0

    def __init_subclass__(cls, **keywords):
        cls.given = keywords

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"

    def __contains__(self, key):
        return key == "always" or super().__contains__(key)

    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


class Further(Counted, keyword=1):
    def __delitem__(self, key):
        super().__delitem__(key)
        type(self).made += 1


further = Further({"a": 1})
print(Further.given, Further["x"], "always" in further, further["q"], further.read("q"), further.read("none"), len(further))
del further["q"]
print(further.edit("delete", "a"), Further.made, further.setdefault("s", 5), further.get("nothing"), further.pop("s"), further | {"z": 1}, {**further})
