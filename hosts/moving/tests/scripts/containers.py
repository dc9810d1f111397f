# Lists, tuples, dicts, sets, ranges and slices, with what they refuse.
def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


a = [3, 1, 2]
a.append(5)
a.extend((7, 8))
a.insert(1, "x")
print(a, len(a), a[0], a[-1], a[1:4], a[::-1], a[::2])
a[1:3] = [10, 20, 30]
print(a)
del a[0], a[-2:]
print(a, a.pop(), a.index(20), a.count(10), 20 in a, 99 in a)
a[::2] = ["p", "q"]
print(a, a + [1], a * 2, [0] * 3)
print(sorted([3, 1, 2], reverse=True), sorted("bca"), sorted([(1, "b"), (1, "a")], key=lambda p: p[0]))
b = [[1]]
b.append(b)
print(b)
attempt(lambda: a[100])
attempt(lambda: a["x"])
attempt(lambda: [].pop())
attempt(lambda: [1].remove(2))
attempt(lambda: [1, "a"] < [1, 2])
attempt(lambda: [] + ())
attempt(lambda: [1] * "x")
attempt(lambda: sorted([1, "a"]))
print([1, 2] < [1, 3], [1] == [1], (1, 2) <= (1, 2), [] != [1])

t = (1, "two", 3.5, None, True)
print(t, t[1:3], (1,), (), t + (6,), hash((1, 2)) == hash((1, 2)), t.index(3.5), t.count(1))

d = {"a": 1, "b": 2, 3: [4]}
d["c"] = d.get("zz", "none")
print(d, len(d), "a" in d, 7 in d, list(d), list(d.values()), list(d.items()))
del d["a"]
d["a"] = "again"
print(d, d.pop("b"), d.pop("q", None), d.setdefault("n", []), d.popitem())
print({**d, "x": 1} | {"y": 2}, dict(a=1, b=2), dict([("k", "v")]), dict.fromkeys("ab", 0))
print({1: "int", 1.0: "float", True: "bool"}, {i: i * i for i in range(5)})
attempt(lambda: d["missing"])
attempt(lambda: {[]: 1})
attempt(lambda: d.pop("missing"))


def grow():
    e = {1: 1}
    for k in e:
        e[k + 1] = 1


attempt(grow)
print(list(reversed({"x": 1, "y": 2})), d.keys() & {"n"}, d.keys() == {3, "c", "a"})

s = {1, 2, 3}
s.add(4)
s.discard(1)
print(sorted(s), sorted(s | {9}), sorted(s & {2, 3}), sorted(s - {2}), sorted(s ^ {2, 7}), s <= {2, 3, 4, 5}, s.isdisjoint({8}))
print(frozenset([1]) == {1}, {frozenset([1]): "f"}[frozenset([1])], set(), frozenset(), {1, 1.0, True})
attempt(lambda: {1}.remove(2))
attempt(lambda: {[]})

r = range(2, 20, 3)
print(list(r), len(r), r[2], r[-1], r[1:3], 8 in r, 9 in r, r.index(11), r, range(5), list(range(5, 0, -2)), list(reversed(r)))
attempt(lambda: range(1, 2, 0))
print(slice(1, 2), slice(None, 5).indices(3), slice(1, 2) == slice(1, 2), [*range(10)][slice(2, 8, 2)])
print(list(zip("abc", [1, 2, 3])), list(enumerate("ab", 5)), list(map(lambda x, y: x + y, [1, 2], [10, 20])), list(filter(None, [0, 1, "", "x"])))
print(max([3, 9, 2]), min("hello"), max(1, 5, 3), max([], default="none"), sum([1, 2, 3]), sum([[1], [2]], []), any([0, 1]), all([]))
attempt(lambda: max([]))
attempt(lambda: list(zip([1], [1, 2], strict=True)))
i = iter([1, 2])
print(next(i), next(i), next(i, "end"))
attempt(lambda: next(i))
print([x for x in range(20) if x % 3 == 0 if x % 2], {x % 3 for x in range(10)}, [(x, y) for x in range(2) for y in "ab"])
print(list(iter([5, 6, 0, 7].__iter__().__next__, 0)))
