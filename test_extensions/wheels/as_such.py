"""What the scripts moving_*.py share: loading a wheel's extension module by itself, and printing. It needs a host's builtins alone.

Everything printed is compared with what CPython 3.13 printed, so nothing here may depend on addresses, time or paths.
"""

import sys
from types import ModuleType


def load(name):
    """Import the extension module `name` without the Python code of the packages around it."""
    package, _, last = name.rpartition(".")
    if package:
        around = ModuleType(package)
        around.__path__ = [folder + "/" + package.replace(".", "/") for folder in sys.path]
        around.__package__ = package
        sys.modules[package] = around
    module = __import__(name, fromlist=[last])
    origin = module.__file__.rsplit("/", 1)[-1]
    print("loaded:", module.__name__, "from", origin, "as such:", origin.endswith(".so") and sys.modules[name] is module)
    return module


def error(call, *args, message=True, **kwargs):
    """Call and print the error it raises. `message=False` where the words are the host's, not the C code's."""
    try:
        result = call(*args, **kwargs)
    except Exception as raised:
        words = f": {raised}" if message else ""
        print(f"{type(raised).__module__}.{type(raised).__name__}{words}")
    else:
        print("no error:", repr(result))


def section(title):
    print("--", title)


class Churn:
    """Makes garbage and reaches into a list, so that objects of every age are about when the host moves them."""

    def __init__(self):
        self.kept = []

    def __call__(self, value=None):
        self.kept.append([value, str(len(self.kept))])
        if len(self.kept) > 20:
            del self.kept[:10]
        return value
