"""PyType_FromModuleAndSpec and FromSpecWithBases: names, docs, state of the module, offsets by members, mutability."""

import gc
import weakref

import ext_heap
from ext_heap import Counted, Managed, Partial
from show import attempt, attempt_type

for cls in (Counted, Managed, Partial):
    for name, value in ext_heap.described(cls).items():
        print(f"{cls.__name__} {name}: {value!r}")
print("doc:", Counted.__doc__, Counted.__text_signature__, Counted.defining.__text_signature__, Managed.__doc__)
first, second = Counted(), Counted()
print("state:", second.number - first.number, first.defining())


class Derived(Counted):
    pass


class Deeper(Derived):
    __slots__ = ("x",)


deeper = Deeper()
print("derived:", deeper.number, deeper.defining())
first.attribute = "by the offset"
print("dict:", first.__dict__ if hasattr(first, "__dict__") else "not shown", first.attribute)
reference = weakref.ref(first)
del first
gc.collect()
print("weak:", reference() is None)
Counted.added = "a heap type takes attributes"
print(second.added, deeper.added)
Counted.method = lambda self: ("added", self.number)
print(second.method()[0])
del Counted.added
print("deleted:", hasattr(second, "added"))
attempt_type("an immutable type", setattr, Partial, "attribute", 1)
attempt("slots", ext_heap.slots_of, Counted)
attempt("slots of int", ext_heap.slots_of, int)
attempt("slots of a Python class", ext_heap.slots_of, Derived)

made = ext_heap.make((Counted,))
print("over Counted:", made.__name__, made.__module__, made.__qualname__, made.__mro__[1] is Counted, made().number > 100, repr(made))
made = ext_heap.make((dict,))
print("over dict:", made(a=1), isinstance(made(), dict), type(made()) is made)
made = ext_heap.make((made, Counted.__base__))
print("over two:", [cls.__name__ for cls in made.__mro__])
attempt_type("over bool", ext_heap.make, (bool,))
attempt_type("over an int", ext_heap.make, (5,))
attempt("no such slot", ext_heap.bad_spec, True)
attempt_type("too small", ext_heap.bad_spec, False)
reference = weakref.ref(ext_heap.make((object,)))
gc.collect()
print("a type goes too:", reference() is None)
