"""PyFunction_SetClosure: other cells, a subclass of tuple, none."""

import types

import ext_callables as c
from show import attempt


class Derived(tuple):
    pass


def outer():
    captured, other = "captured", 5
    return lambda: (captured, other)


inner = outer()
for cells in ((types.CellType("new"), types.CellType(99)), Derived((types.CellType(1), types.CellType(2)))):
    print(c.PyFunction_SetClosure(inner, cells), inner(), c.PyFunction_GetClosure(inner) is cells, inner.__closure__ is cells)


def without():
    return 1


attempt("none", c.PyFunction_SetClosure, without, None)
print(without(), c.PyFunction_GetClosure(without))
