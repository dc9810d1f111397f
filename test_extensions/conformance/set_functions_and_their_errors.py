"""PySet_* and PyFrozenSet_*: results, fresh frozensets, wrong types."""

import ext_dicts
from show import attempt, attempt_type

call = ext_dicts.set_call


class Derived(set):
    def add(self, item):
        raise AssertionError("C must not call this")


attempt("new()", call, "new", None)
attempt("new('aab')", lambda: sorted(call("new", "aab")))
attempt("new(1)", call, "new", 1)
attempt("frozen([1, 1])", call, "frozen", [1, 1])
attempt("filled", lambda: sorted(ext_dicts.frozen_filled()))
print("hash of a filled one:", hash(ext_dicts.frozen_filled()) == hash(frozenset({1000, 1001, 1002})))
values = {1, 2}
for name, *arguments in (
    ("add", values, 3),
    ("add", values, []),
    ("add", Derived(), 1),
    ("add", [], 1),
    ("discard", values, 3),
    ("discard", values, 3),
    ("contains", values, 1),
    ("contains", values, 9),
    ("contains", frozenset("a"), "a"),
    ("contains", [], 9),
    ("contains", values, {}),
    ("size", values),
    ("size", frozenset()),
    ("size", ()),
    ("used", values),
    ("used", frozenset("abc")),
    ("pop", {7}),
    ("pop", set()),
    ("clear", values),
):
    shown = [sorted(part, key=repr) if isinstance(part, (set, frozenset)) else part for part in arguments]
    # Pythons tell differently of keys that cannot be hashed.
    tell = attempt_type if [] in arguments[1:] or {} in arguments[1:] else attempt
    tell(f"{name}{shown}", call, name, *arguments)
frozen = frozenset([1])
attempt("add to a frozenset that Python has", call, "add", frozen, 2)
attempt("clear a frozenset", call, "clear", frozen)
print("unharmed:", frozen, values)
for value in (set(), frozenset(), Derived(), []):
    print("checks:", call("checks", value))
