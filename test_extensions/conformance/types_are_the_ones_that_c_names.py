"""Py_TYPE(object) == &PyXxx_Type for every builtin kind: wheels compare types by address."""

import contextvars
import sys

from ext_kinds import kind


class Plain:
    __slots__ = ("member",)

    def method(self):
        super().__init__()
        return super()

    @property
    def prop(self):
        return sys._getframe()


def generator():
    yield 1


async def coroutine():
    pass


async def async_generator():
    yield 1


def traceback():
    try:
        1 / 0
    except ZeroDivisionError as error:
        return error.__traceback__


def cell():
    captured = 1
    return (lambda: captured).__closure__[0]


steps = coroutine()
for value in (
    5, True, 1.5, 2j, "x", b"x", bytearray(), [], (), {}, set(), frozenset(), range(1), slice(1), memoryview(b""), int, cell, len, Plain().method,
    generator(), steps, Plain.prop, sys, cell.__code__, Plain().prop, traceback(), cell(), staticmethod(cell), classmethod(cell), Plain().method(),
    object(), vars(Plain), {}.keys(), {}.values(), {}.items(), iter([]), str.join, type.__dict__["__dict__"], Plain.member, int.__add__,
    enumerate([]), zip(), map(len, []), filter(None, []), reversed(()), async_generator(), contextvars.copy_context(), Plain(), None,
):
    print(type(value).__name__, "is", kind(value))
steps.close()
