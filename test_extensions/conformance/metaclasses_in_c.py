"""A metaclass made in C with data of its own per class; classes of it made by Python and by PyType_FromMetaclass."""

import ext_heap
from ext_heap import Meta
from show import attempt, attempt_type


class Made(metaclass=Meta):
    def __init__(self, value):
        self.value = value


print("made:", type(Made) is Meta, Made.mark, Made(5).value, Made.last_made)
Made.mark = 7


class Below(Made, object):
    pass


print("below:", type(Below).__name__, Below.mark, Made.mark, hasattr(Below, "last_made"))
by_call = Meta("ByCall", (Made,), {"x": 1})
print("by call:", by_call.__name__, by_call.x, by_call.mark, isinstance(by_call, type), issubclass(by_call, Made))
plain = ext_heap.make_with_meta(type, (object,))
print("from a metaclass:", plain.__name__, plain.__module__, type(plain) is type)


class PythonMeta(type):
    def __call__(cls, *arguments):
        return ("called", cls.__name__, super().__call__(*arguments))


made = ext_heap.make_with_meta(PythonMeta, (object,))
print("of Python's metaclass:", type(made) is PythonMeta, made()[:2])
print("checks:", isinstance(Made, Meta), issubclass(Meta, type), Meta.__mro__[1] is type, Meta.__basicsize__ > type.__basicsize__)
attempt_type("a metaclass conflict", lambda: PythonMeta("Conflict", (Made,), {}))


class MetaWithNew(type):
    def __new__(metaclass, *arguments):
        return super().__new__(metaclass, *arguments)


# Which is looked at first.
for bases in ((object,), (), (5,), (bool,), (int, list), (Made, MetaWithNew("Own", (), {}))):
    attempt(f"a metaclass with __new__, {len(bases)} bases", ext_heap.make_with_meta, MetaWithNew, bases)
    attempt_type(f"type, {len(bases)} bases", lambda: ext_heap.make_with_meta(type, bases).__mro__)
