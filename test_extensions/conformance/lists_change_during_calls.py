"""Python changes lists while C goes through them inline, C changes them while Python looks: each sees what the other did."""

import heapq

import ext_lists
from show import attempt

CHANGES = {
    "clear": list.clear,
    "append": lambda values: values.append(99),
    "insert": lambda values: values.insert(0, 99),
    "pop": list.pop,
    "sort": list.sort,
    "sort by": lambda values: values.sort(key=lambda value: -value),
    "reverse": list.reverse,
    "swap": lambda values: values.__setitem__(slice(1, 3), [values[2], values[1]]),
    "last": lambda values: values.__setitem__(-1, 77),
    "slice": lambda values: values.__setitem__(slice(2, 4), [1, 2, 3]),
    "double": lambda values: values.__imul__(2),
    "heap": heapq.heapify,
    "nothing": lambda values: None,
}

for length in (5, 40, 300):
    for name, change in CHANGES.items():
        values = [(number * 7) % length for number in range(length)]
        seen = []

        def once(item):
            seen.append(item)
            if len(seen) == 2:
                change(values)

        ext_lists.each(values, once)
        print(length, name, len(seen), sum(seen), seen[:8], seen[-3:], sum(values))


class Stop(Exception):
    pass


def stop(item):
    raise Stop


attempt("raises", ext_lists.each, [1], stop)

print("-- many lists")
for count in (3, 30, 200, 2000):
    outer = [[number, number + 1] for number in range(count)]
    seen = []

    def cut(item):
        seen.append(item)
        if len(seen) == 3:
            outer[2].append(-5)
            del outer[3:]

    ext_lists.walk(outer, cut)
    print(count, seen, outer[:4])

    deep = [([number], (number, [number])) for number in range(count)]
    seen = []

    def grow(item):
        seen.append(item)
        if len(seen) < 7:
            deep[len(seen) // 3][1][1].append(100 + len(seen))

    ext_lists.walk(deep, grow)
    print(count, len(seen), sum(seen), seen[:16])

    again = [[number] for number in range(count)]
    seen = []
    ext_lists.walk(again, seen.append)
    again[count // 2][0] = -1
    again[-1].extend([-2, -3])
    ext_lists.walk(again, seen.append)
    print(count, len(seen), sum(seen), seen[-4:])

print("-- written inline")
for length in (4, 100, 3000):
    values = [None] * length
    ext_lists.set_each(values, lambda index: index + (values[index - 1] if index else 0) + values.count(None))
    print(length, values[:4], values[-1], None in values)
values = list(range(12))
print([ext_lists.pop_inline(values) for _ in range(5)], values, ext_lists.each(values, lambda item: values.pop() if item < 2 else item), values)

print("-- kept by C")
for count in (2, 20, 100):
    outer = [[number] for number in range(count)]
    ext_lists.keep(outer)
    print(count, ext_lists.kept_sum())
    outer[1][0] = 1000
    outer.append([5, 5])
    print(count, ext_lists.kept_sum())
    ext_lists.kept_set(0, 0, 7)
    ext_lists.kept_set(count, 1, -8)
    print(count, outer[0], outer[-1], ext_lists.kept_sum())
    ext_lists.keep(None)
