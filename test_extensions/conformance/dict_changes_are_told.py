"""PyDict_Watch: what changes a dict is told before it happens, whoever does it: the event, the items so far, key and value."""

import gc

import ext_tools as t

EVENTS = ["added", "modified", "deleted", "cloned", "cleared", "deallocated"]


def seen(label):
    print(label, [(EVENTS[event], size, key, value) for event, size, key, value in t.take_seen()])


t.take_seen()
watcher = t.add_dict_watcher()
d = {}
other = {"untouched": 1}
t.watch_dict(watcher, d)
d["a"] = 1
d["a"] = 2
d["a"] = 2
other["untouched"] = 2
seen("stored")
del d["a"]
d.setdefault("b")
d.setdefault("b", 3)
seen("deleted, and by default")
d.update(b=4, c=5)
d.update([("c", 5), ("x", 6)])
d |= {"y": 7}
seen("updated")
print(d.pop("x"), d.pop("none", None), d.popitem())
seen("popped")
d.clear()
d.clear()
seen("cleared")
d.update({"k": 1, "l": 2})
seen("cloned")
dict.__setitem__(d, "m", 3)
dict.update(d, n=4)
dict.__delitem__(d, "m")
dict.pop(d, "n")
seen("by the class")
print("C changes it", t.change_dict(d))
seen("by C")


def loop():
    for number in range(300):
        d["count"] = number


loop()
print("often", len(t.take_seen()), d)
namespace = {}
t.watch_dict(watcher, namespace)
exec("x = 1\nx = 2\ndef f():\n    global y\n    y = 3\nf()\ndel x", namespace)
names = [(EVENTS[event], key) for event, _, key, _ in t.take_seen() if key not in ("__builtins__", "f")]
print("globals", names)

print(isinstance(d, dict), repr(d), d == {"count": 299}, sorted(d), list(d.items()), {**d}, dict(d), d.copy())
t.unwatch_dict(watcher, d)
d["more"] = 1
seen("watched no more")
print(type(d) is dict)
t.watch_dict(watcher, d)
del d
# A host that does not count references finds out at a collection.
gc.collect()
seen("gone")
t.clear_dict_watcher(watcher)
