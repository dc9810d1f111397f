"""Python called by C calls C again, changes what C walks over, sorts, and fails on the way."""

import ext_callbacks
from ext_callbacks import bounce, key, map_list, sort_by
from show import attempt, attempt_type

print("map:", map_list(str, [1, 2]), map_list(lambda item: map_list(lambda other: item * other, [1, 2]), [3, 4]))
values = [1, 2, 3]


def grow(item):
    if len(values) < 6:
        values.append(item * 10)
    return item


print("grown under way:", map_list(grow, values), values)
values = [1, 2, 3, 4]
print("shrunk under way:", map_list(lambda item: values.pop(), values), values)
values = [[], []]
values[0].append(values[1])
print("cleared under way:", map_list(lambda item: (values.clear(), item)[1], values), values)
attempt("failing on the way", map_list, lambda item: [7, 8][item], [1, 2, 0])
print("sorted:", sort_by(["ccc", "a", "bb"], len, False), sort_by(range(5), key, True), sorted([3, 1, 2], key=key))
attempt("sort that fails", sort_by, [1, 2], lambda item: {}[item], False)
attempt_type("sort of unlike things", sort_by, [1, "a"], lambda item: item, False)
order = []
sort_by("cab", lambda item: (order.append(item), item)[1], False)
print("keys asked in order:", order)
print("bounced:", bounce(bounce, 50), bounce(lambda function, depth: bounce(function, depth), 20))


class Recursive:
    def __repr__(self):
        return "<" + ext_callbacks.repr_inside(self) + ">"


print("repr:", repr(Recursive()))
print("generators:", map_list(next, [iter("ab"), (c for c in "xy")]))
