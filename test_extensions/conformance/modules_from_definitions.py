"""PyModule_FromDefAndSpec2, PyModule_ExecDef, PyModule_Create2, PyState_AddModule: modules that C makes outside of an import."""

import importlib.machinery
import types

import ext_running as c
from show import attempt, attempt_type


class Spec:
    name = "given"


class NoName:
    pass


spec = importlib.machinery.ModuleSpec("package.named", None)
for how in ("made", "fails", "without", "leaves"):
    module = c.from_spec(how, spec, 1013)
    print(how, type(module).__name__, module.__name__, module.__doc__, hasattr(module, "executed"), module.state())
    attempt("  executed", c.exec_definition, module, how)
    print("  ", getattr(module, "executed", None), module.state(), module.state())
    attempt("  again", c.exec_definition, module, how)
    print("  ", module.state())
print(c.from_spec("made", Spec(), 1013).__name__, c.from_spec("made", Spec(), 3).__name__)
attempt_type("no name", c.from_spec, "made", NoName(), 1013)
attempt_type("no module", c.exec_definition, 5, "made")
plain = types.ModuleType("plain_python")
attempt("a module of Python's", c.exec_definition, plain, "made")
attempt("one phase", c.from_spec, "plain", spec, 1013)
print(c.from_spec("plain", spec, 1013).state())

for how in ("plain", "negative"):
    for version in (1013, 3):
        module = c.created(how, version)
        print(how, version, module.__name__, module.__doc__, module.state(), module.state())
attempt("with slots", c.created, "made", 1013)
print("found by definition", c.state_modules(c.created("plain", 1013)))
attempt("file name", c.PyModule_GetFilename, plain)
plain.__file__ = "some/where.py"
attempt("file name", c.PyModule_GetFilename, plain)
plain.__file__ = 5
attempt("file name", c.PyModule_GetFilename, plain)
attempt_type("no module", c.PyModule_GetFilename, 5)
