"""What code that Cython, pybind11, cffi, PyO3 and numpy bring relies on."""

import gc
import pickle
import sys
import weakref

import ext_generators
from show import attempt

print("-- memory that C frees by itself")
for _ in range(3):
    made = [ext_generators.make_raw() for _ in range(50)]
    weak = [weakref.ref(one) for one in made]
    del made
    gc.collect()
    print([one() for one in weak].count(None))
    noise = [bytearray(56) for _ in range(200)]
    gc.collect()

print("-- builtin types made ready again")
values = [1.5, 1j, b"b", "u", True, enumerate(()), reversed(()), property(), frozenset(), memoryview(b""), zip(), super(object), classmethod(print)]
types = ext_generators.ready_builtins()
print([one.__name__ for one in types], [type(value) is one for value, one in zip(values, types)])
print([isinstance(value, one) for value, one in zip(values, types)].count(True), repr(b"x"), float.__repr__(1.5), 2.5 + 1)

print("-- a C base first, then a builtin, whose functions it took")
Real = ext_generators.Real
real = Real(2.5)
print(Real.__mro__[1:], isinstance(real, float), real == 2.5, real != 2.5, real < 3, hash(real) == hash(2.5), {real: 1}[2.5], real)
print(sorted(name for name in vars(Real) if name in ("__hash__", "__repr__", "__eq__", "__str__")), Real.__hash__(real) == hash(2.5), float(real))


class Derived(Real):
    pass


class Loud(Real):
    def __hash__(self):
        return 7


print(hash(Derived(1.5)) == hash(1.5), repr(Derived(1.5)), hash(Loud(1)), Derived(2) == 2)

print("-- what a dict of C's holds C uses by its address alone")
print([ext_generators.store_and_use(f"name {n % 7}", n + 0.5) for n in range(100)] == [n + 0.5 for n in range(100)])
held = {n: (n, str(n)) for n in range(40)}
print(ext_generators.remember_values(held))
for _ in range(3):
    noise = [(n, str(n), {n: n}) for n in range(300)]
    gc.collect()
    print(ext_generators.are_the_same())

print("-- a metaclass that passes on to type's slot; a class made by hand")
Made = ext_generators.make_class("Inner", "Outer.Inner")
print(Made.__name__, Made.__qualname__, Made.__module__, type(Made).__name__, Made.__mro__[1] is object)
Made.attribute = 5
print(Made.attribute, vars(Made)["attribute"])
del Made.attribute
attempt("refused", setattr, Made, "refused", 1)
attempt("gone", getattr, Made, "attribute")
outer = type("Outer", (), {"Inner": Made})
sys.modules["a_module"] = type(sys)("a_module")
sys.modules["a_module"].Outer = outer
print(pickle.loads(pickle.dumps(Made)) is Made)


class Below(Made):
    pass


Below.attribute = 6
attempt("refused", setattr, Below, "refused", 1)
print(Below.attribute, type(Below).__name__)

print("-- tp_vectorcall stored late")
Late = ext_generators.Late
print(type(Late()).__name__)
ext_generators.set_late(True)
print(Late(), Late(1, 2, a=3), Late(*[1, 2]), Late(**{"k": 1}), list(map(Late, [5])))


class Under(Late):
    pass


print(type(Under()).__name__, type(Late.__new__(Late)).__name__)
ext_generators.set_late(False)
print(type(Late()).__name__)

print("-- functions that know their module by name")
for name in ("a.module", "builtins", None):
    echo, nothing = ext_generators.functions_of(name)
    print(echo.__module__, echo(5), nothing())
    attempt("too few", echo)
    attempt("too many", echo, 1, 2)
    attempt("keyword", echo, x=1)
    attempt("arguments", nothing, 1)
    attempt("keyword", nothing, x=1)
