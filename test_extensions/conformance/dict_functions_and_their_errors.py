"""PyDict_*: results, missing keys, unhashable keys, wrong types, subclasses."""

import sys

import ext_dicts
from show import attempt, attempt_type

call = ext_dicts.call


class Derived(dict):
    def __getitem__(self, key):
        raise AssertionError("the concrete functions must not call this")

    __setitem__ = __missing__ = __getitem__


class Broken:
    def __hash__(self):
        raise ValueError("broken hash")


def base():
    return {"a": 1, "b": 2}


for name, *arguments in (
    ("get", base(), "a"),
    ("get", base(), "x"),
    ("get", Derived(a=5), "a"),
    ("get", Derived(a=5), "x"),
    ("get", [], "a"),
    ("get_with_error", base(), "b"),
    ("get_with_error", base(), "x"),
    ("get_with_error", base(), []),
    ("get_with_error", [], "a"),
    ("get_string", base(), "a"),
    ("get_string", base(), "é"),
    ("get_ref", base(), "a"),
    ("get_ref", base(), "x"),
    ("get_ref", base(), []),
    ("set", base(), "c", 3),
    ("set", base(), "a", 9),
    ("set", base(), [], 3),
    ("set", Derived(), "k", "v"),
    ("set", (), "k", "v"),
    ("set_string", base(), "é", 3),
    ("set_default", base(), "a", 7),
    ("set_default", base(), "x", 7),
    ("set_default_ref", base(), "a", 7),
    ("set_default_ref", base(), "x", 7),
    ("delete", base(), "a"),
    ("delete", base(), "x"),
    ("delete", base(), {}),
    ("delete_string", base(), "b"),
    ("pop", base(), "a"),
    ("pop", base(), "x"),
    ("pop", {}, "x"),
    ("contains", base(), "a"),
    ("contains", base(), "x"),
    ("contains", base(), []),
    ("contains_string", base(), "a"),
    ("keys", base()),
    ("values", base()),
    ("items", base()),
    ("keys", []),
    ("copy", base()),
    ("update", base(), {"b": 3, "c": 4}),
    ("merge", base(), {"b": 3, "c": 4}),
    ("merge_seq", base(), [("b", 5), ["d", 6]]),
    ("merge_seq", base(), [("b", 5, 6)]),
    ("size", base()),
    ("size", []),
    ("clear", base()),
):
    # Pythons tell differently of keys that cannot be hashed.
    tell = attempt_type if [] in arguments[1:] or {} in arguments[1:] else attempt
    tell(f"{name}{arguments!r}", call, name, *arguments)
attempt_type("update by a list", call, "update", base(), [1])
attempt("a hash that fails, with_error", call, "get_with_error", base(), Broken())
attempt("a hash that fails, set", call, "set", base(), Broken(), 1)
said = []
sys.unraisablehook = lambda raised: said.append(raised.exc_type.__name__)
attempt("a hash that fails, without", call, "get", base(), Broken())
print("and it was reported:", said)
proxy = call("proxy", base())
print("proxy:", type(proxy).__name__, proxy["a"])
copy = call("copy", Derived(a=1))
print("the copy's type:", type(copy).__name__)
print("grouped:", ext_dicts.grouped("a bb cc d eee".split()))
for value in ({}, base(), Derived(x=1)):
    print("sizes:", ext_dicts.sizes(value))
grown = {}
grown.update(base())
print("sizes follow:", ext_dicts.sizes(grown)[:2], grown.pop("a"), ext_dicts.sizes(grown)[:2], grown.clear(), ext_dicts.sizes(grown)[:2])
