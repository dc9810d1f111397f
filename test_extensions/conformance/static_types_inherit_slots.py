"""PyType_Ready fills a static type from its base; __dict__, weak references, getset, tp_getattro by the base's own means."""

import gc
import weakref

import ext_static
from ext_static import Base, Derived, Sealed
from show import attempt, attempt_type

print("inherited:", ext_static.inherited())
print("mro:", [cls.__name__ for cls in Derived.__mro__], Derived.__base__ is Base, issubclass(Derived, Base), isinstance(Derived(), Base))
derived = Derived(1, 2, 3)
print("init:", derived.extra, derived, derived.who())
print("names:", Base.__name__, Base.__qualname__, Base.__module__, Derived.who is Base.who, type(Base).__name__)
derived.payload = [1]
print("getset:", derived.payload, derived.motto)
del derived.payload
print("deleted:", derived.payload)
attempt_type("motto = 1", setattr, derived, "motto", 1)
derived.free = "in the dict"
print("dict:", derived.__dict__, vars(derived) is derived.__dict__, "free" in dir(derived))
derived.__dict__ = {"other": 1}
print("replaced:", derived.other, hasattr(derived, "free"))
attempt("conjured", getattr, derived, "magic_hat")
attempt_type("not conjured", getattr, derived, "hat")
attempt("forbidden", setattr, derived, "forbidden", 1)
attempt("forbidden", delattr, derived, "forbidden")
attempt("__getattribute__", derived.__getattribute__, "magic_wand")
attempt("object.__getattribute__", lambda: hasattr(object, "x") or object.__getattribute__(derived, "other"))
reference = weakref.ref(derived, lambda dead: print("weakref called"))
print("weak:", reference() is derived)
del derived
gc.collect()
print("gone:", reference() is None)
one, two = Base(), Derived()
one.friend, two.friend, one.payload, two.payload = two, one, two, one
reference = weakref.ref(one)
del one, two
gc.collect()
print("cycle gone:", reference() is None)


class Python(Derived):
    """Python's own, with a slot and a dict of the C base."""

    __slots__ = ("slot",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.slot = "s"

    def __getattr__(self, name):
        return f"python {name}"


python = Python(1, 2)
python.attribute = 3
print("python:", python.extra, python.slot, python.attribute, python.__dict__, python.missing, python.magic_x, python)
print("type attributes:", attempt_type("Base.x = 1", setattr, Base, "x", 1))
attempt_type("Sealed()", Sealed)
attempt_type("class of Sealed", lambda: type("Sub", (Sealed,), {}))
print("sealed by C:", type(ext_static.make_sealed()) is Sealed)
