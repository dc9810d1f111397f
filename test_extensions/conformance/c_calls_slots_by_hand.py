"""C calls slots through Py_TYPE(object): of Python's classes, whose methods they find, and of builtins, whose own code they run."""

import ext_slots
from ext_slots import call, filled, subclass_flags
from show import attempt, attempt_type


class Full:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __repr__(self):
        return f"Full{self.arguments}"

    def __hash__(self):
        return 77

    def __eq__(self, other):
        return ("eq", other)

    def __call__(self, *arguments, **keywords):
        return ("call", arguments, keywords)

    def __getattr__(self, name):
        return ("getattr", name)

    def __iter__(self):
        return iter("ab")

    def __next__(self):
        return "next"

    def __get__(self, instance, owner):
        return ("get", instance, owner)

    def __len__(self):
        return 3

    def __getitem__(self, key):
        return ("item", key)

    def __setitem__(self, key, value):
        self.set = (key, value)

    def __delitem__(self, key):
        self.set = ("deleted", key)

    def __contains__(self, item):
        return item == 5

    def __add__(self, other):
        return ("add", other)

    def __bool__(self):
        return False

    def __index__(self):
        return 9

    def __int__(self):
        return 10

    def __float__(self):
        return 0.5

    def __iadd__(self, other):
        return ("iadd", other)

    def __neg__(self):
        return "neg"

    def __mul__(self, other):
        return ("mul", other)


class Empty:
    pass


class Derived(list):
    def __len__(self):
        return 100

    def __getitem__(self, key):
        return ("derived", key)


CALLS = [
    ("tp_repr",),
    ("tp_str",),
    ("tp_hash",),
    ("tp_call", (1,), {"k": 2}),
    ("tp_getattro", "missing"),
    ("tp_setattro", "attribute", 5),
    ("tp_richcompare", 1),
    ("tp_iternext",),
    ("tp_descr_get", 1, int),
    ("tp_init", (7,)),
    ("sq_length",),
    ("sq_item", 1),
    ("sq_contains", 5),
    ("mp_length",),
    ("mp_subscript", "key"),
    ("mp_ass_subscript", "key", "value"),
    ("mp_ass_subscript", "key"),
    ("nb_add", 1),
    ("nb_multiply", 2),
    ("nb_negative",),
    ("nb_bool",),
    ("nb_index",),
    ("nb_int",),
    ("nb_float",),
    ("nb_inplace_add", 1),
    ("nb_or", 1),
]
full = Full(1)
for slot, *arguments in CALLS:
    attempt("Full " + slot, call, slot, full, *arguments)
print("and it was set:", full.attribute, full.set, list(call("tp_iter", full)))
for slot, *arguments in CALLS:
    if slot not in ("tp_repr", "tp_str", "tp_hash", "tp_setattro", "tp_iternext"):
        attempt_type("Empty " + slot, call, slot, Empty(), *arguments)
for value, calls in (
    ([1, 2], [("sq_length",), ("sq_item", 1), ("sq_concat", [3]), ("sq_repeat", 2), ("mp_subscript", slice(0, 1)), ("sq_contains", 2), ("tp_call", ()), ("nb_add", [1])]),
    ("text", [("sq_length",), ("sq_concat", "x"), ("mp_subscript", 0), ("tp_str",), ("nb_add", "x"), ("tp_iternext",)]),
    ({"k": 1}, [("mp_subscript", "k"), ("mp_length",), ("sq_contains", "k"), ("nb_or", {"l": 2}), ("sq_item", 0)]),
    (5, [("nb_add", 2), ("nb_add", "x"), ("nb_index",), ("nb_float",), ("nb_power", 2), ("nb_inplace_add", 1), ("sq_length",), ("tp_repr",)]),
    (1.5, [("nb_add", 1), ("nb_int",), ("nb_index",), ("nb_bool",)]),
    (len, [("tp_call", ("abc",)), ("tp_repr",)]),
    (int, [("tp_call", ("12",)), ("tp_repr",), ("nb_or", str)]),
    (iter([7]), [("tp_iternext",)]),
    (Derived([1]), [("sq_length",), ("mp_subscript", 0), ("sq_contains", 1), ("tp_richcompare", [1]), ("mp_length",)]),
):
    for slot, *arguments in calls:
        attempt(f"{type(value).__name__} {slot}", call, slot, value, *arguments)
print("hash of a text:", call("tp_hash", "text") == hash("text"))
attempt_type("hash of a list", lambda: call("tp_hash", [1]))
Full.__len__ = lambda self: 50
print("a class changed later:", call("sq_length", full), call("mp_length", full))
Empty.__call__ = lambda self: "called"
print("a method added later:", call("tp_call", Empty(), ()))
del Empty.__call__
print("and taken away:", call("tp_call", Empty(), ()))
for cls in (Full, Empty, Derived, int, list, dict, str, bytes, type, object, type(len), type(lambda: 0), type(c for c in "")):
    print("filled:", cls.__name__, filled(cls))


class Error(ValueError, KeyError):
    pass


for value in (5, True, [], Derived(), (), "x", {}, int, Full, Error(), Empty()):
    print("flags:", type(value).__name__, subclass_flags(value))


class Root:
    pass


class Middle(Root):
    pass


class Leaf(Middle):
    def __len__(self):
        return 7


class WatchfulMeta(type):
    def __setattr__(cls, name, value):
        super().__setattr__(name, value)


class Watched(metaclass=WatchfulMeta):
    pass


class Unhashable:
    def __eq__(self, other):
        return True


class Number(int):
    pass


class Told:
    def __repr__(self):
        return "Told"


class Both(Number, Told):
    pass


for cls in (Root, Middle, Leaf, Watched):
    filled(cls)
Root.__len__ = lambda self: 5
print("a base changed:", call("sq_length", Middle()), call("sq_length", Leaf()), call("mp_length", Root()))
del Root.__len__
print("and back:", call("sq_length", Middle()), call("sq_length", Leaf()))
Watched.__bool__ = lambda self: False
print("through a metaclass:", call("nb_bool", Watched()))
attempt("unhashable", call, "tp_hash", Unhashable())
print("the builtin base comes first:", call("tp_repr", Both(4)), call("nb_add", Both(4), 5))
