"""PyRun_*, Py_CompileString*, PyImport_ExecCodeModule*, PyEval_MergeCompilerFlags: source from texts and from files of C's."""

import __future__

import sys

import ext_running as c
from show import attempt, attempt_type

ANNOTATIONS = __future__.annotations.compiler_flag


class DerivedDict(dict):
    def __missing__(self, key):
        if key.startswith("made"):
            return "made " + key
        raise KeyError(key)


for how in ("StringFlags", "StringFlags without", "FileExFlags", "FileEx", "FileFlags", "File"):
    space = {"base": 40}
    attempt(f"{how} eval", c.run, how, "base + 2", "eval", space, space)
    attempt(f"{how} file", c.run, how, "x = base\ndef f(a: int): return a\n", "file", space, {})
    local = {}
    c.run(how, "y = base\nglobal z\nz = 7\n", "file", space, local)
    print("  ", local, space["z"])
    attempt(f"{how} single", c.run, how, "found = [base]\n", "single", space, space)
    print("  ", space.get("found"))
    attempt(f"{how} mapping", c.run, how, "made_up", "eval", {}, DerivedDict())
    attempt(f"{how} raises", c.run, how, "[][5]", "eval", {}, {})
    attempt_type(f"{how} syntax", c.run, how, "a b", "eval", {}, {})
    attempt_type(f"{how} empty", c.run, how, "", "file", {}, {})
    attempt_type(f"{how} no dict", c.run, how, "1", "eval", 5, {})
    attempt_type(f"{how} exits", c.run, how, "raise SystemExit(5)", "file", {}, {})
space = {}
c.run("StringFlags", "def f(a: undefined): pass", "file", space, space, ANNOTATIONS)
print("future annotations", space["f"].__annotations__)
c.run("FileExFlags", "def g(a: undefined): pass", "file", space, space, ANNOTATIONS)
print("from a file", space["g"].__annotations__)

main = sys.modules["__main__"]
for how in ("SimpleStringFlags", "SimpleFileExFlags", "SimpleFileEx", "SimpleFile"):
    print(how, c.run(how, f"run_by = {how!r}\nfile_then = globals().get('__file__')", "file", {}, {}), main.run_by)
    print("  raises", c.run(how, "raise KeyError('shown on stderr')", "file", {}, {}))
    print("  syntax", c.run(how, "a b", "file", {}, {}))
print(main.file_then == __file__)

print("compiled")
for source, name, kind, optimize in (
    ("1 + 1", "name.py", "eval", -1),
    ("assert False", "name.py", "file", 1),
    ("assert False", "name.py", "file", 0),
    ('"""Doc."""', "nämé.py", "file", 2),
    ("x", ("nämé.py",), "eval", 0),
    ("5", "n", "eval", -2),
):
    code = c.compiled(source, name, kind, optimize)
    print(type(code).__name__, code.co_filename, code.co_name)
    attempt("  run", eval, code, {"x": 1})
attempt_type("syntax", c.compiled, "a b", "name.py", "eval", -1)
code = c.compiled("x: undefined = 1", "name.py", "file", -1, ANNOTATIONS)
exec(code, space)
print(space["x"])
print("merged", c.merged(0), c.merged(ANNOTATIONS))
exec(compile("from __future__ import annotations\nprint(c.merged(0)[1] == ANNOTATIONS)", "x", "exec"), {"c": c, "ANNOTATIONS": ANNOTATIONS})

print("modules of code")
code = compile("value = __name__\nfile = globals().get('__file__')\ncached = globals().get('__cached__')", "inner.py", "exec")
for how in ("Ex", "WithPathnames", "Object"):
    for path, cached in ((None, None), ("given.py", None), ("given.py", "given.pyc"), (None, "given.pyc")):
        name = f"made_{how}"
        module = c.executed(how, name, code, path, cached)
        print(how, path, cached, module.__name__, module.value, module.file, module.cached, sys.modules[name] is module)
        again = c.executed(how, name, compile("more = value", "x", "exec"), None, None)
        print("  again", again is module, module.more)
        del sys.modules[name]
bad = compile("1 / 0", "x", "exec")
attempt_type("raises", c.executed, "Ex", "made_bad", bad, None, None)
print("made_bad" in sys.modules)
attempt_type("no code", c.executed, "Ex", "made_bad", "text", None, None)
print(c.PyImport_AddModuleObject("made_added").__name__, sys.modules["made_added"] is c.PyImport_AddModuleObject("made_added"))
print(
    c.PyImport_ImportModuleNoBlock("sys") is sys,
    c.PyImport_GetImporter("/nowhere/at/all"),
    c.PyImport_ImportFrozenModule("no_such_frozen"),
    c.PyImport_ImportFrozenModuleObject("no_such_frozen"),
)
attempt("no such module", c.PyImport_ImportModuleNoBlock, "no_such_module_at_all")
