"""multidict (C types that hash their own tables): the four dicts, istr, views, versions, proxies, pickles, copies, abc, changes while iterating."""

import collections.abc
import copy
import gc
import pickle
import sys
import threading
import warnings
import weakref

import multidict
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy, MultiMapping, MutableMultiMapping, getversion, istr, _multidict
from report import accelerated, error

KINDS = [MultiDict, CIMultiDict]
for kind in KINDS:
    print("--", kind.__name__, "made and read")
    d = kind([("A", 1), ("b", 2), ("a", 3)], B=4)
    print(d, len(d), list(d), list(d.items()), list(d.keys()), list(d.values()), bool(d), bool(kind()))
    print(d["a"], d.get("B"), d.get("none"), d.get("none", 5), d.getone("b"), d.getall("A"), d.getall("x", "default"), "a" in d, "x" in d, 5 in d)
    for source in [(), {"k": 1}, [("k", 1)], (("k", 1),), [["k", 1]], kind(k=1), MultiDictProxy(MultiDict(k=1)), CIMultiDictProxy(CIMultiDict(k=1)), {"k": 1}.items(), iter([("k", 1)]), None]:
        print(repr(kind(source) if source is not None else kind()), end=" ")
    print(kind({"a": 1}, a=2, b=3), kind(arg=5))
    for wrong in [5, [1], [("a",)], [("a", 1, 2)], ["ab", "cde"], [(1, 2)], {1: 2}, "ab", [None], [("a", 1), 5]]:
        error(kind, wrong)
    error(kind, 1, 2)
    for call in [lambda: d["none"], lambda: d[5], lambda: d.getone("none"), lambda: d.getall("none"), lambda: d.get(), lambda: d.getone(), lambda: d.getall(5), lambda: d.get(1, 2, 3), lambda: d.getone("a", x=1), lambda: d.get("a", "b", default=2),
                 lambda: hash(d), lambda: d.__setitem__(5, 1), lambda: d.__delitem__("none"), lambda: d.__delitem__(5), lambda: d.add(1, 2), lambda: d.add("x"), lambda: d.popone("none"), lambda: d.popall("none"), lambda: d.pop("none"),
                 lambda: kind().popitem(), lambda: d.setdefault(5), lambda: d.update(5), lambda: d.extend(5), lambda: d.update([(1, 2)]), lambda: d < d, lambda: d.add("a", 1, 2), lambda: d.nothing, lambda: setattr(d, "nothing", 1)]:
        error(call)

    print("-- changed")
    d["a"] = 10
    print(d)
    d.add("a", 11)
    d.add(key="c", value=12)
    d.add("A", 13)
    print(d, d.setdefault("c", 0), d.setdefault("new", []), d.setdefault("none"))
    d["a"] = 20
    print(d, d.popone("b"), d.pop("B", "gone"), d.popone("zzz", 0), d.popall("a"), d.popall("zzz", None), d)
    d.extend([("x", 1), ("x", 2)], y=3)
    d.extend(kind(x=4))
    print(d)
    d.update([("x", 9), ("z", 8)], y=7)
    print(d)
    d.update({"X": 5})
    print(d)
    d.merge([("x", 100), ("fresh", 1), ("fresh", 2)], y=200)
    print(d, d.popitem())
    del d["x"]
    print(d, d.clear(), d, len(d))
    d = kind((str(n % 10), n) for n in range(100))
    for n in range(0, 10, 2):
        del d[str(n)]
    print(len(d), d.getall("3"), d["1"], "0" in d)
    d.update((str(n), -n) for n in range(5))
    print(len(d), list(d.items())[:8], list(d.items())[-8:])

    print("-- compared, copied, pickled")
    one, two = kind(a=1, b=2), kind([("a", 1), ("b", 2)])
    print(one == two, one != two, one == {"a": 1, "b": 2}, {"a": 1, "b": 2} == one, one == kind([("b", 2), ("a", 1)]), one == [("a", 1), ("b", 2)], one == kind(a=1), one == MultiDictProxy(MultiDict(a=1, b=2)), kind(A=1) == kind(a=1), one == 5)
    copied = one.copy()
    copied["a"] = 5
    print(one, copied, type(copied) is kind, copy.copy(one) == one, copy.deepcopy(kind(a=[1]))["a"])
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(one, protocol))
        print(type(loaded).__name__, loaded, end=" ")
    print()

    print("-- views")
    d = kind([("a", 1), ("b", 2), ("A", 3)])
    keys, items, values = d.keys(), d.items(), d.values()
    print(keys, items, values, len(keys), len(items), "a" in keys, "z" in keys, ("a", 1) in items, ("a", 2) in items, ("a", 1, 2) in items, 5 in items, 2 in values, "x" in values)
    print(sorted(keys & {"a", "z"}), sorted(keys | {"z"}), sorted(keys - {"a"}), sorted(keys ^ ["b", "z"]), sorted({"a", "q"} - keys), sorted(["b"] & keys), keys.isdisjoint({"q"}), keys.isdisjoint(["b"]), items.isdisjoint([("a", 1)]))
    print(sorted(items & {("a", 1)}), sorted(items | {("z", 0)}), sorted(items - {("a", 1)}), sorted(items ^ {("b", 2), ("c", 1)}), sorted([("a", 1), ("q", 1)] & items), keys == {"a", "b", "A"}, keys <= {"a", "b", "A", "c"}, keys < {"a"}, keys >= {"a"}, items > set())
    print(keys == d.keys(), set(keys) == {"a"}, keys != 5, isinstance(keys, collections.abc.KeysView), isinstance(items, collections.abc.ItemsView), isinstance(values, collections.abc.ValuesView), type(keys).__name__)
    d["late"] = 4
    print(len(keys), list(values))
    for call in [lambda: keys & 5, lambda: 5 | keys, lambda: keys < 5, lambda: keys.isdisjoint(5), lambda: type(keys)(), lambda: hash(keys), lambda: keys[0], lambda: items - 5, lambda: items ^ None]:
        error(call)
    walk = iter(d)
    print(next(walk), walk.__length_hint__() if hasattr(walk, "__length_hint__") else "no hint", iter(walk) is walk)
    d.add("during", 1)
    error(next, walk)
    for view in (d.items(), d.values(), d.keys()):
        walk = iter(view)
        next(walk)
        d.add("more", 1)
        error(next, walk)

    print("-- subclasses")

    class Own(kind):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.log = []

        def add(self, key, value):
            self.log.append(key)
            super().add(key, value)

        def __getitem__(self, key):
            return ("own", super().__getitem__(key))

    own = Own(a=1)
    own.add("b", 2)
    print(own, own.log, own["a"], own.get("a"), own.copy().__class__.__name__, own == kind(a=1, b=2), isinstance(own, kind), MultiDictProxy(own)["a"] if kind is MultiDict else CIMultiDictProxy(own)["a"])
    gone = weakref.ref(own)
    own["self"] = own
    del own
    gc.collect()
    print(gone() is None)
    ring = kind()
    ring["ring"] = ring
    print(ring, repr([ring.values()]))
    del ring
    gc.collect()

    print("-- versions")
    d = kind()
    first = getversion(d)
    d.add("a", 1)
    second = getversion(d)
    d.get("a")
    print(second > first, getversion(d) == second, getversion(MultiDictProxy(d) if kind is MultiDict else CIMultiDictProxy(d)) == second)
error(getversion, {})
error(getversion)

print("-- proxies")
for kind, proxy_kind in [(MultiDict, MultiDictProxy), (CIMultiDict, CIMultiDictProxy)]:
    d = kind([("a", 1), ("A", 2)])
    p = proxy_kind(d)
    print(p, len(p), p["a"], p.get("A"), p.getall("a"), p.getone("a"), list(p), list(p.items()), p == d, d == p, p == {"a": 1}, type(p.copy()) is kind, "a" in p, p.keys() & {"a"})
    d["b"] = 3
    print(p, proxy_kind(p) == p)
    for call in [lambda: p.__setitem__("a", 1), lambda: p.add("a", 1), lambda: p.clear(), lambda: proxy_kind(5), lambda: proxy_kind(), lambda: proxy_kind({}), lambda: pickle.dumps(p), lambda: hash(p), lambda: proxy_kind(d, d), lambda: copy.deepcopy(p)]:
        error(call)
print(type(MultiDictProxy(CIMultiDict(a=1)).copy()).__name__, MultiDictProxy(CIMultiDict(a=1))["A"])
error(CIMultiDictProxy, MultiDict())

print("-- istr")
s = istr("Content-Type")
print(s, repr(s), isinstance(s, str), s == "Content-Type", s == "content-type", hash(s) == hash("Content-Type"), s.lower(), istr(s) is s, istr(), istr(5), istr(b"x", "utf-8"), istr(b"\xff", errors="replace", encoding="ascii") == "\ufffd", s + "x", {s: 1}["Content-Type"])
print(CIMultiDict([(s, 1)])["CONTENT-TYPE"], s in CIMultiDict({"content-TYPE": 1}), type(next(iter(CIMultiDict(a=1)))).__name__, type(next(iter(CIMultiDict([(s, 1)])))).__name__, pickle.loads(pickle.dumps(s)) == s, type(pickle.loads(pickle.dumps(s))).__name__)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(multidict.upstr is istr, [str(warning.message) for warning in caught])
error(istr, b"\xff", "ascii")
error(istr, 1, 2, 3, 4)
error(lambda: type("Derived", (istr,), {}))


class Key(str):
    def lower(self):
        raise ZeroDivisionError("lower was asked")

    def __hash__(self):
        raise ZeroDivisionError("hash was asked")


for call in [lambda: MultiDict([(Key("k"), 1)]), lambda: CIMultiDict([(Key("k"), 1)]), lambda: MultiDict(a=1)[Key("a")], lambda: CIMultiDict(a=1)[Key("a")]]:
    error(call)


class Equal:
    def __init__(self, result):
        self.result = result

    def __eq__(self, other):
        if self.result is None:
            raise ValueError("eq was asked")
        return self.result

    __hash__ = None


print(MultiDict(a=Equal(True)) == MultiDict(a=1), MultiDict(a=Equal(False)) == {"a": 1}, ("a", 0) in MultiDict(a=Equal(True)).items())
error(lambda: MultiDict(a=Equal(None)) == MultiDict(a=1))
error(lambda: ("a", 1) in MultiDict(a=Equal(None)).items())
error(lambda: 1 in MultiDict(a=Equal(None)).values())


class Drops:
    """A value whose end changes the dict that held it."""

    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        self.owner.add("dropped", len(self.owner))


owner = MultiDict()
owner["k"] = Drops(owner)
owner["k"] = 1
gc.collect()
print(owner)

print("-- abstract")
for kind in [MultiDict, CIMultiDict, MultiDictProxy, CIMultiDictProxy]:
    print(kind.__name__, issubclass(kind, MultiMapping), issubclass(kind, MutableMultiMapping), issubclass(kind, collections.abc.MutableMapping), issubclass(kind, collections.abc.Mapping), kind[int, str], kind.__module__)
print(isinstance(MultiDict(), collections.abc.Mapping), [base.__name__ for base in MutableMultiMapping.__mro__[:4]])


def match(subject):
    match subject:
        case {"a": value, **rest}:
            return value, rest
        case _:
            return "nothing"


print(match(MultiDict(b=1)))

print("-- in numbers")
d = CIMultiDict()
for n in range(5000):
    d.add(f"Key-{n % 500}", n)
print(len(d), d.getall("KEY-7"), sum(d.values()), len(set(d)), d.popall("key-7")[-1], len(d))
results = []


def work(number):
    own = MultiDict()
    for n in range(500):
        own.add(str(n % 50), n)
        own.get(str(n))
        d.get(f"key-{n}")
    results.append((len(own), sum(own.getall("7"))))


threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
print(multidict.__version__, MultiDict.__doc__, MultiDict.add.__doc__, type(MultiDict.add).__name__, sys.getsizeof(MultiDict()) > 0)
accelerated(MultiDict is _multidict.MultiDict and istr is _multidict.istr, sys.modules["multidict._multidict"])
