"""Private functions of 3.13 that wheels bind, code objects made by hand, frames, mutexes, every exception class by its C name."""

import builtins
import io
import sys

import ext_generated
from show import attempt_type


class Thing:
    def __init__(self):
        self.attribute = 5


class Slotted:
    __slots__ = ()


print("texts:", ascii(ext_generated.texts()))
for text in ("abc", "äbc", "€uro", "😀 smile"):
    print("written:", ascii(ext_generated.written(text)))
print("dicts:", ext_generated.dicts("key"), ext_generated.dicts(5)[1:])
print("no instance dict:", ext_generated.dict_pointer(Slotted()), ext_generated.dict_pointer(5))
for number in (0, -1, 2**100, -(2**127)):
    print("longs:", *ext_generated.longs(number))
attempt_type("too big", ext_generated.longs, 2**127)
print("code:", ext_generated.code())
module = ext_generated.module_made("made")
print("module:", module.__name__, module.__doc__, type(module).__name__)
print("frames:", ext_generated.frames())


def generator():
    yield 1


print("generator:", ext_generated.generator_code(generator()), ext_generated.generator_code(5))
try:
    1 / 0
except ZeroDivisionError as error:
    stream = io.StringIO()
    ext_generated.traceback_printed(error.__traceback__, stream)
    print("traceback:", stream.getvalue().splitlines()[0], "line" in stream.getvalue())
attempt_type("no traceback", ext_generated.traceback_printed, 5, sys.stdout)
stderr, sys.stderr = sys.stderr, io.StringIO()
ext_generated.printed(ValueError("to stderr"))
complained, sys.stderr = sys.stderr.getvalue(), stderr
print("printed:", complained.splitlines()[-1])
print("mutex:", ext_generated.mutexes(lambda: "inside"))
made = ext_generated.allocated(Thing)
print("allocated:", type(made) is Thing, made.__dict__)
for name, cls in ext_generated.exceptions().items():
    if getattr(builtins, name) is not cls:
        print("another class:", name, cls)
print("exceptions:", len(ext_generated.exceptions()))
