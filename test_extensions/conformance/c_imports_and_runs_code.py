"""PyImport_*, Py_CompileString, PyEval_EvalCode, PyRun_String: modules and code that C asks for."""

import json
import sys

import ext_system
from ext_system import executed, imports, run
from show import attempt, attempt_type

print("import:", imports("ImportModule", "json") is json, imports("Import", "json.decoder") is json.decoder, imports("ImportModule", "json.decoder").__name__)
print("loaded:", imports("GetModule", "json") is json, imports("GetModule", "no_such_module"))
print("by level:", imports("Level", "json.decoder") is json, imports("Level", "json.decoder", ["JSONDecoder"]) is json.decoder)
print("by level:", imports("LevelObject", "json.decoder") is json, imports("LevelObject", "json.decoder", ["x"]).__name__)
for way in ("ImportModule", "Import", "Level", "LevelObject"):
    print("with its capsule:", way, type(imports(way, "datetime").datetime_CAPI).__name__)
attempt_type("no such module", imports, "ImportModule", "no_such_module")
try:
    imports("ImportModule", "no_such_module")
except ModuleNotFoundError as error:
    print("its name:", error.name)
made = imports("AddModule", "made_by_c")
print("added:", made is sys.modules["made_by_c"], imports("AddModuleRef", "made_by_c") is made, made.__name__, type(made).__name__)
print("reloaded:", imports("Reload", "json") is json)
module = executed("executed_by_c", "def double(x):\n    return 2 * x\nvalue = double(21)\n")
print("executed:", module.value, module.double(2), module.__name__, sys.modules["executed_by_c"] is module, module.double.__code__.co_filename)
attempt_type("a module that fails", executed, "failing_by_c", "1 / 0")
print("not left over:", "failing_by_c" in sys.modules)
scope = {"x": 20}
print("eval:", run("eval", "x + 1", scope, scope), run("code eval", "x * 2", scope, {"x": 3}))
run("exec", "y = x + 5\ndef f(): return y", scope, scope)
print("exec:", scope["y"], scope["f"](), "__builtins__" in scope)
run("code exec", "class C:\n    z = 7\n", scope, scope)
print("code:", scope["C"].z, scope["C"].__name__)
attempt_type("a syntax error", run, "exec", "def (", {}, {})
try:
    run("exec", "first = 1\nsecond = = 2\n", {}, {})
except SyntaxError as error:
    print("its line:", error.lineno)
attempt_type("an error in it", run, "eval", "missing", {}, {})
print("simple:", run("simple", "simple_value = 5", {}, {}), sys.modules["__main__"].simple_value)
