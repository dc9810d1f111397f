"""C types over dict, list and tuple: the base's functions and slots go on working, and Python classes below them."""

import gc
import json
import weakref

from ext_builtins import Pair, Registry, Stack, as_builtin
from show import attempt, attempt_type

print("dict")
registry = Registry(a=1)
registry["b"] = 2
registry["c"] = 3
del registry["c"]
print(registry, registry.set_count, registry.last, len(registry), registry["a"], registry.get("x"), "b" in registry, registry == {"a": 1, "b": 2})
registry.update(d=4)
registry.setdefault("e", 5)
print(registry.set_count, registry.direct("f"), sorted(registry), list(registry.items())[0], as_builtin(registry) == dict(registry), {**registry} == registry)
print(Registry([("x", 1)]), Registry.fromkeys("ab"), json.dumps(registry), registry.pop("a"), registry.copy() == registry, registry | {"z": 1} == {**registry, "z": 1})
attempt("missing", lambda: registry["missing"])
attempt_type("unhashable", registry.__setitem__, [], 1)


class Counting(Registry):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)

    def __missing__(self, key):
        return f"no {key}"


counting = Counting()
counting["k"] = 5
counting.attribute = counting
print(counting, counting.set_count, counting["other"], counting.direct("d"))
counting["self"] = [counting]
reference = weakref.ref(counting)
del counting
gc.collect()
print("cycle gone:", reference() is None)

print("list")
stack = Stack([1, 2])
print(stack, stack.push(3), stack.top, stack.pushed, stack.pop(), stack.top, len(stack), stack == [1, 2], stack + [9], type(stack + [9]) is list)
stack.append("end")
stack += ["more"]
stack.sort(key=str)
print(stack, stack[0], stack[-1:], stack.index("end"), as_builtin(stack), sum(Stack([1, 2])), list(reversed(stack)), [*stack], Stack("abc"))
stack[0:2] = []
stack.pushed = 50
print(stack, stack.pushed, stack.push("x"), stack.pushed, Stack() == [])


class Bounded(Stack):
    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def push(self, item):
        return super().push(item) if len(self) < self.limit else "full"


bounded = Bounded(1)
print(bounded.push("a"), bounded.push("b"), bounded, bounded.top, as_builtin(bounded))

print("tuple")
pair = Pair(1, "two")
print(pair, pair[1], len(pair), pair == (1, "two"), hash(pair) == hash((1, "two")), pair.swapped(), type(pair.swapped()).__name__, pair + (3,))
left, right = pair
print(left, right, isinstance(pair, tuple), as_builtin(pair), {(1, "two"): "found"}[pair], "%s-%s" % pair, pair.count(1))
attempt("Pair(1)", Pair, 1)


class Point(Pair):
    def __new__(cls, x, y=0):
        self = super().__new__(cls, x, y)
        self.label = "point"
        return self

    @property
    def x(self):
        return self[0]


point = Point(4)
print(point, point.x, point.label, point.swapped(), point.swapped().label, as_builtin(point))
