"""What stands in for parts of CPython's source tree that an installed CPython does not have.

`test.test_clinic` imports Argument Clinic from the tree's `Tools` before it comes to the classes that call functions which
Clinic generated. Those need none of it, so it gets modules that have every name and do nothing.
"""

import contextlib
import sys
import types

CLINIC = [
    "clinic",
    "libclinic",
    *(
        f"libclinic.{part}"
        for part in (
            "block_parser",
            "clanguage",
            "cli",
            "codegen",
            "converter",
            "converters",
            "dsl_parser",
            "function",
            "return_converters",
        )
    ),
]


class Anything(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def install():
    """Be `test.test_tools`, which is imported first by what needs the tree."""
    tools = types.ModuleType("test.test_tools")
    tools.skip_if_missing = lambda tool=None: None
    tools.imports_under_tool = imports_under_tool
    sys.modules[tools.__name__] = tools


@contextlib.contextmanager
def imports_under_tool(name, *subdirs):
    assert name == "clinic", f"no stand-in for {name}"
    sys.modules.update({module: Anything(module) for module in CLINIC})
    try:
        yield
    finally:
        for module in CLINIC:
            del sys.modules[module]
