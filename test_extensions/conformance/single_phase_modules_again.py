"""A module made in a single phase, imported a second time: a copy of what it was, or made anew where it has state."""

import importlib
import importlib.util
import sys

import ext_single
import ext_tools


def import_again(name):
    del sys.modules[name]
    return importlib.import_module(name)


first = ext_tools
functions = sorted(name for name in vars(first) if not name.startswith("_"))
first.added = "after its initialisation"
del first.__doc__
second = import_again("ext_tools")
print("without state:", second is first, sys.modules["ext_tools"] is second, "added" in vars(second), "added" in vars(first))
print("the same functions:", all(getattr(second, name) is getattr(first, name) for name in functions), "__doc__" in vars(second))
print("names:", second.__name__, second.__spec__.name, second.__file__ == first.__file__)

second.kept = 1
delattr(second, functions[0])
third = importlib.util.module_from_spec(second.__spec__)
print("into the one that is there:", third is second, third.kept, hasattr(third, functions[0]))

before = ext_single
print("with state:", before.calls(), before.calls())
after = import_again("ext_single")
print("made anew:", after is before, sys.modules["ext_single"] is after, after.calls(), before.calls())
print("found by its definition:", after.found(), before.found())
another = importlib.util.module_from_spec(after.__spec__)
print("and again:", another is after, sys.modules["ext_single"] is another, another.calls(), after.calls())
