"""PyFrame_Get* and PyEval_Get*: variables, globals, generators of running and finished frames."""

import sys

import ext_callables as c
import ext_habits
from show import attempt


class Name(str):
    pass


def running(argument):
    local, unset_later = [argument], 1
    del unset_later
    captured = "cell"

    def inner():
        return captured, sys._getframe()

    frame = sys._getframe()
    print(
        "variables",
        [c.PyFrame_GetVar(frame, name) for name in ("argument", "local", "captured", Name("local"))],
        c.PyFrame_GetVarString(frame, "captured"),
    )
    attempt("no such variable", c.PyFrame_GetVar, frame, "nowhere")
    attempt("an unset one", c.PyFrame_GetVarString, frame, "unset_later")
    attempt("no name", c.PyFrame_GetVar, frame, 5)
    print("free", c.PyFrame_GetVarString(inner()[1], "captured"))
    print(
        "globals",
        c.PyFrame_GetGlobals(frame) is globals(),
        c.PyEval_GetFrameGlobals() is globals(),
        "builtins",
        c.PyFrame_GetBuiltins(frame)["len"] is len,
    )
    locals_ = c.PyFrame_GetLocals(frame)
    print("locals", sorted(locals_), locals_["local"] is local)
    print(
        "of PyEval",
        sorted(c.PyEval_GetLocals()),
        sorted(c.PyEval_GetFrameLocals()),
        type(c.PyEval_GetLocals()).__name__,
        type(c.PyEval_GetFrameLocals()).__name__,
    )
    print("lasti", c.PyFrame_GetLasti(frame) > 0, c.PyFrame_GetGenerator(frame))
    print("fast", c.PyFrame_FastToLocalsWithError(frame), c.PyFrame_FastToLocals(frame))
    return frame


frame = running("given")
print("finished", c.PyFrame_GetVarString(frame, "argument"), c.PyFrame_GetGlobals(frame) is globals(), sorted(c.PyFrame_GetLocals(frame))[:2])


def generator(start):
    frame = sys._getframe()
    yield frame
    yield start


made = generator(5)
frame = next(made)
print("generator", c.PyFrame_GetGenerator(frame) is made, c.PyFrame_GetVarString(frame, "start"), c.PyFrame_GetGenerator(made.gi_frame) is made)


async def coroutine():
    return sys._getframe()


steps = coroutine()
print("coroutine", c.PyFrame_GetGenerator(steps.cr_frame) is steps)
try:
    steps.send(None)
except StopIteration as stop:
    print("finished coroutine", c.PyFrame_GetVarString(stop.value, "x") if "x" in stop.value.f_locals else "no variable")


class Body:
    frame = sys._getframe()
    inside = 5
    attempt("a class body has no variables", c.PyFrame_GetVarString, frame, "inside")
    print("class body", c.PyEval_GetLocals() is locals(), c.PyFrame_GetLocals(frame) is locals())


module = sys._getframe()
attempt("nor has a module", c.PyFrame_GetVarString, module, "Body")
print("module", c.PyFrame_GetLocals(module) is globals(), c.PyEval_GetLocals() is globals())
exec("print('exec', sorted(c.PyEval_GetLocals()), sorted(c.PyFrame_GetLocals(sys._getframe())))", {"c": c, "sys": sys}, {"there": 1})


def deep(levels):
    return deep(levels - 1) if levels else {}["no such key"]


try:
    deep(4)
except KeyError as error:
    print("entries", ext_habits.frames_of(error))
    error.__traceback__.tb_next = error.__traceback__.tb_next.tb_next.tb_next
    print("without two", ext_habits.frames_of(error))
    error.__traceback__.tb_next.tb_next = None
    print("with two", ext_habits.frames_of(error))
