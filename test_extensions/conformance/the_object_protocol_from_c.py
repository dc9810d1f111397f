"""PyObject_GetAttr, SetAttr, HasAttr, IsInstance, Str, Repr, Format, Dir, RichCompare on Python's objects."""

import abc

from ext_callbacks import asked, attributes, compared, directory, texts
from show import attempt, attempt_type


class Plain:
    pass


class Slotted:
    __slots__ = ("value",)


class Guarded:
    def __getattr__(self, name):
        raise AttributeError(name)

    def __setattr__(self, name, value):
        super().__setattr__(name, (name, value))


for cls in (Plain, Slotted, Guarded):
    attempt(cls.__name__, attributes, cls())
attempt_type("on an int", attributes, 5)


class Abstract(abc.ABC):
    pass


class Registered:
    pass


Abstract.register(Registered)


class Meta(type):
    def __instancecheck__(cls, instance):
        return "yes"

    def __subclasscheck__(cls, other):
        return []


class Hooked(metaclass=Meta):
    pass


for value, cls in ((5, int), (True, int), (5, (str, int)), ("x", ()), (Registered(), Abstract), (5, Hooked), ([], list), (len, object), (5, int | str)):
    name = cls.__name__ if isinstance(cls, type) else cls
    attempt(f"{getattr(value, '__name__', type(value).__name__)} asked for {name}", asked, value, cls)
attempt_type("asked for a number", asked, 5, 5)


class Shown:
    def __str__(self):
        return "strä"

    def __repr__(self):
        return "repré"

    def __format__(self, spec):
        return f"format {spec!r}"


for value in (Shown(), 5, "é", None, [1, "é"], 1.5, b"x"):
    shown, representation, plain, cls, formatted = texts(value)
    print(shown, representation, plain, cls.__name__, formatted)
print("dir:", [name for name in directory(Slotted()) if not name.startswith("__")], directory(Plain()) == dir(Plain()))
print("compared:", compared(1, 2), compared("b", "a"), compared((1,), (1,)), compared({1}, {1, 2}))
attempt_type("not ordered", compared, 1j, 2j)
attempt_type("unlike", compared, 1, "a")


class Odd:
    def __eq__(self, other):
        return [other]

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__


print("odd:", compared(Odd(), 5), compared(5, Odd()))
