# Weak references, __del__, resurrection, identities: what a collector has to get right.
import gc
import weakref


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(f"del {self.name}")

    def __repr__(self):
        return f"Node({self.name})"


log = []


def collect():
    gc.collect()
    taken, log[:] = sorted(log), []
    return taken


a = Node("a")
r = weakref.ref(a)
print(r() is a, weakref.ref(a) is r, weakref.getweakrefcount(a), r == weakref.ref(a), hash(r) == hash(a))
a = None
print(collect(), r())

x, y = Node("x"), Node("y")
x.other, y.other = y, x
died = []
rx = weakref.ref(x, lambda ref: died.append(("callback", ref() is None)))
del x, y
print(collect(), rx(), died)


class Phoenix:
    def __del__(self):
        saved.append(self)


saved = []
p = Phoenix()
p.self = p
del p
gc.collect()
print(len(saved), saved[0].self is saved[0])
saved.clear()
gc.collect()
print(len(saved))

values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()
members = weakref.WeakSet()
k1, k2 = Node("k1"), Node("k2")
values["one"], values["two"] = k1, k2
keys[k1], keys[k2] = "first", "second"
members.add(k1)
members.add(k2)
print(len(values), len(keys), len(members), values["one"], keys[k2])
k1 = None
print(collect(), sorted(values.keys()), list(keys.values()), len(members))


class Callback:
    pass


c = Callback()
finalizer = weakref.finalize(c, lambda word: log.append(word), "finalized")
print(finalizer.alive)
c = None
print(collect(), finalizer.alive)


class Method:
    def go(self):
        return "went"


m = Method()
wm = weakref.WeakMethod(m.go)
print(wm()())
m = None
gc.collect()
print(wm())

p = Method()
proxy = weakref.proxy(p)
print(proxy.go())
proxy.attr = 5
print(p.attr)
p = None
gc.collect()
try:
    proxy.go()
except ReferenceError as error:
    print(error)

for thing in (5, "text", (1,), None):
    try:
        weakref.ref(thing)
    except TypeError as error:
        print(error)

objects = [object() for _ in range(50)]
ids = [id(o) for o in objects]
table = {o: i for i, o in enumerate(objects)}
gc.collect()
print(ids == [id(o) for o in objects], all(table[o] == i for i, o in enumerate(objects)), len(set(ids)))


def generator():
    try:
        yield 1
    finally:
        log.append("generator closed")


class Slots:
    __slots__ = ("a", "__weakref__")


s = Slots()
s.a = [s]
ws = weakref.ref(s)
del s
gc.collect()
print(ws())


class Angry:
    def __del__(self):
        raise ValueError("in del")


import sys

hooked = []
sys.unraisablehook = lambda info: hooked.append((type(info.exc_value).__name__, str(info.exc_value)))
angry = Angry()
angry.self = angry
del angry
gc.collect()
print(hooked)
sys.unraisablehook = sys.__unraisablehook__ if hasattr(sys, "__unraisablehook__") else None

order = []


class Ordered:
    def __init__(self, n):
        self.n = n


refs = [Ordered(i) for i in range(5)]
weak = [weakref.ref(o, lambda ref, i=o.n: order.append(i)) for o in refs]
refs = None
o = None
gc.collect()
print(sorted(order), [w() for w in weak])


def chain(n):
    head = None
    for i in range(n):
        head = [head, i]
    return head


long = chain(1000)
gc.collect()
count = 0
while long:
    long, _ = long
    count += 1
print(count)


class Tree:
    def __init__(self, depth):
        self.left = Tree(depth - 1) if depth else None
        self.right = Tree(depth - 1) if depth else None

    def size(self):
        return 1 + (self.left.size() if self.left else 0) + (self.right.size() if self.right else 0)


print(Tree(6).size())


def left_open():
    try:
        yield 1
    finally:
        log.append("closed by the collector")


opened = left_open()
next(opened)
del opened
print(collect())
