"""Every exported type: what C reads of it, and that objects of its kind have it by address; the singletons and constants."""

import collections
import contextvars
import sys
import weakref

import ext_capsules
from ext_kinds import install
from ext_symbols import constants, dropped, empty_storage, fields, is_subtype, singletons, symbol_of, types, which
from show import attempt

ASKED = (
    "base",
    "gc",
    "heap",
    "int",
    "list",
    "tuple",
    "bytes",
    "str",
    "dict",
    "exception",
    "type",
    "sequence",
    "mapping",
    "method",
    "ready",
    "no instances",
)


class Target:
    pass


install(Target, lambda: None)


class Old:
    def __getitem__(self, index):
        raise IndexError


token = contextvars.ContextVar("v")
ordered = collections.OrderedDict(a=1)
target = Target()
print("types of objects")
for label, value in {
    "None": None,
    "Ellipsis": ...,
    "NotImplemented": NotImplemented,
    "bytearray iterator": iter(bytearray()),
    "bytes iterator": iter(b""),
    "callable iterator": iter(int, 1),
    "ContextVar": token,
    "Token": token.set(1),
    "Context": contextvars.copy_context(),
    "dict iterators": iter({}),
    "values": iter({}.values()),
    "items": iter({}.items()),
    "reversed dict": reversed({}),
    "reversed values": reversed({}.values()),
    "reversed items": reversed({}.items()),
    "reversed list": reversed([]),
    "range iterator": iter(range(3)),
    "long range iterator": iter(range(10**30)),
    "sequence iterator": iter(Old()),
    "set iterator": iter(set()),
    "frozenset iterator": iter(frozenset()),
    "tuple iterator": iter(()),
    "str iterator": iter("é"),
    "alias": list[int],
    "union": int | str,
    "OrderedDict": ordered,
    "ref": weakref.ref(target),
    "proxy": weakref.proxy(target),
    "callable proxy": weakref.proxy(Target),
    "instance method": Target.__dict__["instance_method"],
    "module": sys,
    "enumerate": enumerate([]),
    "super": super(Target, target),
    "class method descriptor": dict.__dict__["fromkeys"],
    "capsule": ext_capsules.make(None),
}.items():
    print(label, symbol_of(value))

print("fields")
for symbol, cls in types().items():
    tp_name, base, flags = fields(cls)
    print(symbol, tp_name, base and base.__name__, [flag for flag in flags if flag in ASKED])

print("subclasses")
for symbol, cls in types().items():
    if "base" not in fields(cls)[2] or symbol == "PyReversed_Type":  # A function in RustPython, and its type no base.
        continue
    derived = type("Derived", (cls,), {})
    print(symbol, is_subtype(derived, cls), is_subtype(cls, derived), fields(derived)[0], "heap" in fields(derived)[2])

for pair in ((bool, int), (int, bool), (int, object), (object, int), (collections.OrderedDict, dict), (type, object), (str, str)):
    print("PyType_IsSubtype", pair[0].__name__, pair[1].__name__, is_subtype(*pair))
attempt("wrong type", is_subtype, 1, int)

print("singletons", singletons())
for value in (None, ..., NotImplemented, True, False, 0, 1, "None"):
    print(repr(value), which(value))
print("dropped", dropped(), None, True)
print("constants", constants())
grown = bytearray(b"x")
grown.clear()
print("empty storage", empty_storage(bytearray()), empty_storage(grown), empty_storage(bytearray(b"x"))[1:])
