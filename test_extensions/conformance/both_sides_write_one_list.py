"""One list that Python and C have at once: what either writes, C without a call, the other finds at once, and it dies with its cycle."""

import gc
import weakref

import ext_items
from ext_items import Box, Counted
from show import attempt, attempt_type


class Derived(list):
    """A list made in Python, with a __dict__."""


print("-- written inline, read by Python")
for made in ([], [1], list(range(10)), [None, True, 2.5, "text", b"bytes", (1, 2), 10**30, -(2**62)]):
    before = list(made)
    for place in range(len(made)):
        ext_items.put(made, place, ("put", place))
    print(len(made), before, made, made[-1:] == made[len(made) - 1 :])
values = [0] * 1000
for place in range(0, 1000, 7):
    ext_items.put(values, place, place)
print(sum(values), values.count(0), values.index(994), max(values), ext_items.shape(values))
attempt("beyond the end", ext_items.put, values, 1000, None)
attempt("no list", ext_items.put, (1, 2), 0, None)

print("-- written by Python, read inline")
values = [1, 2, 3]
ext_items.keep(values)
for change in (
    lambda: values.append(10),
    lambda: values.insert(0, 20),
    lambda: values.extend([1, 2]),
    lambda: values.extend(values),
    lambda: values.__setitem__(slice(1, 3), [5, 5, 5]),
    lambda: values.__setitem__(slice(None, None, 3), [7] * len(values[::3])),
    lambda: values.__delitem__(slice(None, None, 4)),
    lambda: values.__delitem__(-1),
    lambda: values.pop(2),
    lambda: values.remove(7),
    lambda: values.reverse(),
    lambda: values.sort(),
    lambda: values.__iadd__(range(3)),
    lambda: values.__imul__(3),
    lambda: values.__imul__(0),
    lambda: values.extend(number for number in range(4)),
    lambda: values.__setitem__(slice(2, 2), values),
    lambda: values.clear(),
    lambda: values.__init__([4, 5, 6]),
):
    change()
    print(values, ext_items.shape(values), ext_items.give() is values)
ext_items.put_kept(1, "kept")
print(values, values.copy(), values[:], values + values, values * 2, [*values], tuple(values), values == [4, "kept", 6], values < [5])
print(4 in values, "kept" in values, 5 in values, list(reversed(values)), sorted(map(str, values)), [4, "kept", 6] == values)
ext_items.keep(None)

print("-- identity")
thing, text, number, nan = object(), "".join(["a", "b"] * 10), 2.5 * 3, float("nan")
values = [thing, text, number, nan, 10**20]
again = [item for item in values]
print(ext_items.is_at(values, 0, thing), all(a is b for a, b in zip(values, again)), nan in values, values.index(nan), values == again)
print([ext_items.is_at(values, place, item) for place, item in enumerate([thing, text])], values[2] is values[2])
values[0] = values[1] = thing
print(ext_items.is_at(values, 0, thing), ext_items.is_at(values, 1, thing), values[0] is values[1])
ext_items.put(values, 0, nan)
print(values[0] is nan, values[0] is values[0], nan in values)
for item in (1.25, 10**25, "t" * 3, b"b" * 3, (1,), [1], {1: 2}, len, Derived, Box):
    ext_items.put(values, 1, item)
    # A number that crosses is the same number, not the same object.
    print(values[1] == item, values[1] is values[1], isinstance(item, (int, float)) or values[1] is item)

print("-- growth on either side")
values = []
for number in range(40):
    if number % 3:
        values.append(number)
    else:
        ext_items.grow(values, number)
print(values == list(range(40)), len(values), ext_items.shape(values))
while values:
    last = ext_items.shrink(values)
    if last % 5 == 0:
        print(last, len(values), values.pop() if values else None, values[-2:])
attempt("empty", ext_items.shrink, values)
values += "ab"
print(ext_items.grow(values, "c"), values, "".join(values))
ext_items.turn(values)
print(values)

print("-- lists in lists")
outer = [[1, [2, [3, [4]]]], [5], (6, [7])]
ext_items.keep(outer)
print(ext_items.shape(outer))
outer[0][1][1][1][0] = 40
outer[1].append(50)
print(ext_items.shape(outer), outer)
ext_items.put(outer[0][1], 0, 20)
ext_items.put_kept(1, outer[0][1][1])
print(ext_items.shape(outer), outer, outer[1] is outer[0][1][1])
inner = outer[1]
del outer[:]
gc.collect()
inner[0] = 30
print(ext_items.shape(outer), outer, inner, ext_items.shape(inner))
ext_items.keep(None)
itself = [1]
itself.append(itself)
ext_items.put(itself, 0, itself)
print(itself, itself[0] is itself[1] is itself, ext_items.shape(itself)[0])
itself.clear()
rows = [[0] * 5 for _ in range(300)]
for number, row in enumerate(rows):
    ext_items.put(row, number % 5, number)
print(sum(map(sum, rows)), ext_items.shape(rows))

print("-- changed while C goes through it")
values = list(range(6))
ext_items.between(values, lambda item: item * 10)
print(values)
ext_items.between(values, lambda item: values.append(item) if item < 30 else values.pop())
print(values)
ext_items.between(values, lambda item: values.clear())
print(values)
values = ["b", "c", "a"]
ext_items.between(values, lambda item: values.sort() or item.upper())
print(values)

print("-- changed while Python goes through it")
values = [1, 2, 3, 4]
seen = []
for item in values:
    seen.append(item)
    if len(seen) < 4:
        ext_items.grow(values, item * 10)
        ext_items.put(values, len(seen), ("next", item))
print(seen, values)
iterator = iter(values)
print(next(iterator), iterator.__length_hint__(), ext_items.shrink(values), iterator.__length_hint__(), list(iterator), list(iterator))
print([(ext_items.put(values, 0, item), item)[1] for item in reversed(values)], values)


class Odd:
    def __init__(self, name, change):
        self.name, self.change = name, change

    def __eq__(self, other):
        self.change()
        return NotImplemented

    __hash__ = None

    def __repr__(self):
        self.change()
        return f"<{self.name}>"


values = [1, 2, 3]
values[1] = Odd("odd", lambda: ext_items.put(values, 2, len(values)) if len(values) > 2 else None)
print(3 in values, values, values.count(3), values[2])
values[1] = Odd("shorter", lambda: ext_items.shrink(values) if len(values) > 1 else None)
print(7 in values, values)

print("-- sorted while C writes")
values = [5, 3, 9, 1]
ext_items.shape(values)
values.sort(key=lambda item: (ext_items.shape(values), -item)[1])
print(values)
attempt("grown", values.sort, key=lambda item: ext_items.grow(values, item))
print(sorted(values), len(values))


def fails(item):
    if item == 9:
        raise KeyError(item)
    return item


attempt("the key raises", values.sort, key=fails)
print(sorted(values))
values.sort(reverse=True)
print(values, ext_items.shape(values))
words = ["b", "A", "c", "B"]
ext_items.keep(words)
words.sort(key=str.lower)
ext_items.put_kept(0, "Z")
words.sort()
print(words)
ext_items.keep(None)

print("-- lists of other types")
for kind in (Derived, Counted, type("Both", (Counted,), {})):
    made = kind("abcd")
    made.append("e")
    ext_items.put(made, 0, "A")
    ext_items.grow(made, 6)
    print(kind.__name__, made, len(made), ext_items.shape(made), made == list(made), type(made[:]).__name__, made[1:3])
    made.sort(key=str)
    made.reverse()
    print(made, made.index("A"), "zz" in made, made + ["x"])
    if kind is not Counted:
        made.note = "noted"
        print(made.note, made.__dict__)
    if kind is not Derived:
        print(made.put(2, kind), made[2] is kind, made.beside is kind, made.last(), made.put(0, made[1]), made.last())
    del made[:]
    print(made, ext_items.shape(made), bool(made))
    gc.collect()
print(ext_items.alive()[0])

print("-- the end")
gc.collect()


class Noted(list):
    def __del__(self):
        print("ends with", len(self), "items")


noted = Noted([1, 2])
ext_items.grow(noted, 3)
del noted
gc.collect()
derived = Derived([Derived()])
ext_items.shape(derived)
reference, inner = weakref.ref(derived, lambda _: print("gone")), weakref.ref(derived[0])
del derived
gc.collect()
print(reference(), inner())
values = [Box() for _ in range(5)]
ext_items.shape(values)
gc.collect()
print(ext_items.alive())
values.pop()
values[0] = None
del values[1:3]
gc.collect()
print(ext_items.alive(), len(values))
ext_items.put(values, -0, Box(values))
values.append(values)
kept = values[1]
del values
gc.collect()
print(ext_items.alive(), kept.inside)
del kept
gc.collect()
print(ext_items.alive())
for _ in range(3):
    made = ext_items.knotted()
    made.append(Counted([made, Box(made)]))
    made[2].put(0, made)
    print(made[0].inside is made, made[1] is made, made[2][0] is made, made[2].beside is made)
    del made
gc.collect()
print(ext_items.alive())
deep = []
for _ in range(2000):
    deep = [deep, Box(deep)]
ext_items.shape(deep)
gc.collect()
print(ext_items.alive(), len(deep))
del deep
gc.collect()
for _ in range(5):
    gc.collect()
print(ext_items.alive())
attempt_type("too long", lambda: [1] * (1 << 62))
