"""The concrete functions of lists, tuples, dicts and sets reach the items of Python classes that override every method."""

import collections

import ext_dicts
import ext_lists
from ext_builtins import as_builtin
from ext_containers import in_place
from show import attempt

KEPT = {"__new__", "__init__", "__class__", "__getattribute__", "__setattr__", "__init_subclass__", "__subclasshook__", "__class_getitem__", "__repr__"}


def refuse(*arguments):
    raise AssertionError("the concrete functions must not call this")


def overriding(base):
    names = [name for name in dir(base) if name not in KEPT and callable(getattr(base, name)) and not name.startswith("__re")]
    return type(f"Refusing{base.__name__.title()}", (base,), {name: refuse for name in names} | {"__hash__": base.__hash__})


class Changed(list):
    """One that answers otherwise than its items."""

    def __len__(self):
        return 77

    def __iter__(self):
        return iter("changed")

    def __getitem__(self, index):
        return "changed"

    def __contains__(self, item):
        return True


print("lists")
for cls in (overriding(list), Changed):
    values = cls([3, 1, 2])
    print(cls.__name__, ext_lists.total(values), in_place(values), ext_lists.call("size", values), ext_lists.call("get", values, 1), ext_lists.call("get_ref", values, 2))
    print(ext_lists.call("slice", values, 0, 2), type(ext_lists.call("slice", values, 0, 2)).__name__, ext_lists.call("tuple", values), as_builtin(values))
    ext_lists.append_inline(values, 9)
    ext_lists.double_in_place(values)
    for call in (("append", 0, 0, "x"), ("insert", 1, 0, "y"), ("set", 0, 0, 5), ("set_slice", 1, 3, [8, 9]), ("reverse",), ("extend", 0, 0, (1, 2))):
        ext_lists.call(call[0], values, *call[1:])
        print(call[0], list.__repr__(values), in_place(values))
    ext_lists.call("set_slice", values, 0, 100)
    ext_lists.call("extend", values, 0, 0, [2, 1])
    ext_lists.call("sort", values)
    print(list.__repr__(values), list.__len__(values))
    ext_lists.call("clear", values)
    list.append(values, "by Python")
    print(in_place(values), as_builtin(values))

print("tuples")
pair = overriding(tuple)((4, 5))
print(in_place(pair), ext_lists.tuple_total(pair), as_builtin(pair))
named = collections.namedtuple("Named", "a b")(6, 7)
print(in_place(named), ext_lists.tuple_total(named), as_builtin(named))

print("dicts")
for cls in (overriding(dict), overriding(collections.OrderedDict)):
    table = cls()
    print(cls.__name__)
    for call in (
        ("set", "a", 1), ("set_string", "b", 2), ("set_default", "c", 3), ("get", "a"), ("get_with_error", "b"), ("get_string", "c"), ("get_ref", "a"),
        ("contains", "a"), ("contains_string", "z"), ("size",), ("keys",), ("values",), ("items",), ("copy",), ("update", {"d": 4}), ("merge", {"a": 0, "e": 5}),
        ("merge_seq", [("f", 6)]), ("pop", "f"), ("get", "missing"),
    ):
        if cls.__name__ == "RefusingOrdereddict" and call[0] in ("copy", "update", "merge", "merge_seq", "items", "keys", "values"):
            continue
        try:
            result = ext_dicts.call(call[0], table, *call[1:])
        except Exception as error:
            print(call[0], type(error).__name__, str(error)[:60])
        else:
            print(call[0], dict.__repr__(result) if isinstance(result, dict) else [part if not isinstance(part, dict) else dict.__repr__(part) for part in result] if isinstance(result, tuple) else result)
    print(dict.__repr__(table), dict.__len__(table), ext_dicts.pairs(table) if cls.__name__ == "RefusingDict" else "")

print("sets")
for base in (set, frozenset):
    values = overriding(base)([1, 2])
    for name, *item in (("contains", 1), ("contains", 5), ("size",), ("add", 3), ("discard", 1), ("used",)):
        attempt(name, lambda: str(ext_dicts.set_call(name, values, *item)).replace("Refusing", ""))
    print(base.__len__(values), sorted(base.__iter__(values)))

print("values")
for base, value in ((int, 12345678901234567890), (int, 7), (float, 1.5), (str, "text"), (str, "t\u00ebxt\u20ac")):
    thing = overriding(base)(value)
    print(base.__name__, as_builtin(thing) if value != 12345678901234567890 else "big", type(as_builtin(thing) if value != 12345678901234567890 else 0).__name__)
