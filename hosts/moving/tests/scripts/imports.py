# Importing: modules, packages, relative names, what goes wrong.
import sys


def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error if not isinstance(error, SyntaxError) else "")


import helper_module
import helper_module as alias
from helper_module import *
from helper_module import hidden as renamed

print(helper_module.where(), alias is helper_module, public, renamed, Thing.__module__, "hidden" in globals(), helper_module.__doc__)
import helper_package
import helper_package.inner

print(helper_package.version, helper_package.first_name, helper_package.inner.above, helper_package.first.__name__, helper_package.__package__)
print("helper_package.first" in sys.modules, sys.modules["helper_module"] is helper_module)
attempt(lambda: __import__("no_such_module"))
attempt(lambda: __import__("helper_package.no_such"))
attempt(lambda: __import__("helper_module.sub"))
attempt(lambda: exec("from helper_module import missing") if False else "skipped")
attempt(lambda: __import__("helper_broken"))
print("helper_broken" in sys.modules)
attempt(lambda: __import__("helper_syntax"))
attempt(lambda: __import__("helper_package.inner.deep"))
attempt(lambda: exec("from . import x", {"__package__": "", "__name__": "top"}))
attempt(lambda: helper_module.missing)
print(__import__("helper_package.inner").__name__, __import__("helper_package.inner", fromlist=["above"]).__name__)
helper_module.added = 5
print(alias.added, hasattr(helper_module, "gone"), sorted(n for n in vars(helper_module) if not n.startswith("_")))
sys.modules["fake"] = alias
import fake

print(fake.public)
code = compile("a + b", "<here>", "eval")
print(eval(code, {"a": 1, "b": 2}), eval("x * 2", {"x": 4}), eval("[y for y in z]", {"z": [1]}, {"y": 5}))
space = {}
exec("def f(n):\n    return n + k\nk = 10", space)
print(space["f"](1), "__builtins__" in space)


def local_names(a, b=2):
    c = 3
    return sorted(locals().items())


print(local_names(1), "attempt" in globals())
