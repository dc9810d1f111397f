"""Attributes with another dict, long slice indices, wrappers made by hand, perf's map, lines asked for."""

import os
import tempfile

import ext_states as c
from show import attempt


class Data:
    """A descriptor with both functions."""

    def __get__(self, object, owner=None):
        return "data", type(object).__name__, owner.__name__

    def __set__(self, object, value):
        print("set", value)

    def __delete__(self, object):
        print("deleted")


class Other:
    """A descriptor that does not set."""

    def __get__(self, object, owner=None):
        return "other"


class Sneaky:
    def __get__(self, object, owner=None):
        raise AttributeError("sneaky")


class Failing:
    def __get__(self, object, owner=None):
        raise KeyError("failing")


class C:
    data = Data()
    other = Other()
    sneaky = Sneaky()
    failing = Failing()
    plain = "of the class"

    def method(self):
        return "method"


print("attributes")
x = C()
x.own = "own"
table = {"data": 1, "other": 2, "plain": 3, "key": 4, "method": 5}
for name in ("data", "other", "plain", "key", "method", "own", "missing", "sneaky", "failing", "__class__"):
    for dict in (table, {}, None):
        for suppress in (0, 1):
            attempt(name, lambda: c.get_attr(x, name, dict, suppress) if name != "method" or dict is table else c.get_attr(x, name, dict, suppress)())
for name in (3, None, b"own"):
    attempt("get", c.get_attr, x, name, table, 0)
    attempt("get", c.get_attr, x, name, table, 1)
    attempt("set", c.set_attr, x, name, table, 1)
for target in (5, "text", C, object()):
    attempt("get", c.get_attr, target, "nothing", {}, 0)
    attempt("get", c.get_attr, target, "nothing", {"nothing": "here"}, 0)
    attempt("get", c.get_attr, target, "nothing", None, 0) if target is not C else None
    attempt("set", c.set_attr, target, "nothing", table, "in the dict")
    attempt("set", c.set_attr, target, "__doc__", {}, "doc") if target is not C else None
print(table.pop("nothing"))
for name in ("data", "other", "plain", "key", "new"):
    attempt("set", c.set_attr, x, name, table, "set")
    print(table.get(name))
    attempt("delete", c.set_attr, x, name, table)
    attempt("delete again", c.set_attr, x, name, table)
attempt("set", c.set_attr, x, "own", None, "changed")
attempt("delete", c.set_attr, x, "own", None)
attempt("delete", c.set_attr, x, "own", None)
print(table, vars(x))

print("slices")
big = 2**70
for s in (slice(None), slice(1, 5, 2), slice(-3, None), slice(None, None, -1), slice(big, -big, -3), slice(-big, big, big), slice(5, 2)):
    for length in (0, 1, 7, big):
        attempt(s, c.long_indices, s, length)
for s in (slice(None, None, 0), slice("a"), slice(None, 1.5), slice(None, None, "x")):
    attempt(s, c.long_indices, s, 5)


class Index:
    def __index__(self):
        return 3


attempt("index", c.long_indices, slice(Index(), Index(), Index()), 9)

print("wrappers")


class Base:
    pass


class Derived(Base):
    def __repr__(self):
        return "derived"


plain, keyed, failing = c.wrappers(Base)
for wrapper in (plain, keyed, failing):
    print(type(wrapper).__name__, wrapper.__name__, wrapper.__objclass__ is Base)
d = Derived()
attempt("plain", plain, d)
attempt("plain", plain, d, 1, "two")
attempt("plain", plain, d, key=1)
attempt("plain", plain)
attempt("plain", plain, 5)
attempt("keyed", keyed, d)
attempt("keyed", keyed, d, 1, key=2)
attempt("failing", failing, d)
Derived.bound = plain
attempt("bound", lambda: d.bound(3))
print(type(d.bound).__name__)

print("memory", c.born_again())

print("perf")
with tempfile.TemporaryDirectory() as folder:
    parent = os.path.join(folder, "parent.map")
    with open(parent, "w") as file:
        file.write("1 2 of the parent\n")
    print(c.perf_map(parent))
    path = f"/tmp/perf-{os.getpid()}.map"
    with open(path) as file:
        print(repr(file.read()), oct(os.stat(path).st_mode & 0o777))
    os.unlink(path)

    print("lines")
    lines = os.path.join(folder, "lines")
    for text in (b"", b"one\n", b"one\n\ntwo", b"tab\t\xff\n" + b"x" * 5000 + b"\n"):
        with open(lines, "wb") as file:
            file.write(text)
        print([(line[:20], len(line)) if len(line) > 20 else line for line in c.read_lines(lines, None)])
