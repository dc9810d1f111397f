"""PyFunction_*, PyCode_Get*, PyEval_EvalCodeEx, PyEval_GetFuncName: functions made, read, changed and called by C."""

import types

import ext_callables as c
from show import attempt, attempt_type


def plain(a, b=2, *rest, d=4, e, **more):
    """Text."""
    return a, b, rest, d, e, more


def outer():
    captured, other = "captured", 5

    def inner(x):
        local = x
        return captured, other, local, (lambda: x)()

    return inner


def annotated(a: int, b: "str" = "x") -> list:
    return [a, b]


class Derived(tuple):
    pass


class DerivedDict(dict):
    pass


inner = outer()
FUNCTIONS = {"plain": plain, "inner": inner, "annotated": annotated, "lambda": lambda: None}
GETTERS = (c.PyFunction_GetModule, c.PyFunction_GetKwDefaults, c.PyFunction_GetAnnotations)
for name, function in FUNCTIONS.items():
    print(
        name,
        [getter(function) for getter in GETTERS],
        c.PyFunction_GetGlobals(function) is globals(),
        c.PyFunction_GetClosure(function) is function.__closure__ or c.PyFunction_GetClosure(function),
    )
for getter in (*GETTERS, c.PyFunction_GetGlobals, c.PyFunction_GetClosure):
    for value in (len, plain.__get__(1), types.FunctionType, None):
        attempt_type(f"{getter.__name__} of {type(value).__name__}", getter, value)

print("made")
made = c.PyFunction_New(plain.__code__, {"__name__": "elsewhere", "__builtins__": {}})
print(type(made).__name__, made.__name__, made.__qualname__, made.__module__, made.__doc__, made.__defaults__, made.__kwdefaults__, made.__closure__)
named = c.PyFunction_NewWithQualName(plain.__code__, globals(), "Some.Where")
print(named.__name__, named.__qualname__, named.__module__ == __name__, named.__globals__ is globals(), named(1, 2, e=3, d=4))
print(c.PyFunction_NewWithQualName(plain.__code__, {}, ...).__qualname__, c.PyFunction_GetModule(c.PyFunction_New(plain.__code__, {})))
attempt_type("called without its default", made, 1, e=5)

print("changed")
for value in ((10, 20), Derived((30,)), None, (), [1], "x", 5):
    attempt(f"defaults {value!r}", c.PyFunction_SetDefaults, named, value)
    print("  ", named.__defaults__)
c.PyFunction_SetDefaults(named, (10, 20))
for value in ({"d": 7}, DerivedDict(d=8, e=9), None, {}, (), 5):
    attempt(f"keyword defaults {value!r}", c.PyFunction_SetKwDefaults, named, value)
    print("  ", named.__kwdefaults__, c.PyFunction_GetKwDefaults(named))
c.PyFunction_SetKwDefaults(named, {"d": 0, "e": 1})
print(named(), named(5))
for value in ({"a": int}, None, {}, ("a", int), 5):
    attempt(f"annotations {value!r}", c.PyFunction_SetAnnotations, named, value)
    print("  ", named.__annotations__)
for value in (5, [1], "x"):
    attempt(f"closure {value!r}", c.PyFunction_SetClosure, inner, value)
for setter in (c.PyFunction_SetDefaults, c.PyFunction_SetKwDefaults, c.PyFunction_SetClosure, c.PyFunction_SetAnnotations):
    attempt_type(f"{setter.__name__} of another", setter, len, None)

print("names")
for value in (plain, len, [].append, plain.__get__(5), str, 5, "x", Derived(), Derived, (lambda: 0), types.SimpleNamespace()):
    print(type(value).__name__, c.PyEval_GetFuncName(value), repr(c.PyEval_GetFuncDesc(value)))

print("code")
for name, function in {**FUNCTIONS, "outer": outer, "generator": (x for x in ()).gi_frame.f_code}.items():
    code = getattr(function, "__code__", function)
    print(
        name,
        c.PyCode_GetVarnames(code),
        c.PyCode_GetCellvars(code),
        c.PyCode_GetFreevars(code),
        isinstance(c.PyCode_GetCode(code), bytes),
        c.PyCode_GetCode(code) == code.co_code,
    )
print(
    "line",
    c.PyCode_Addr2Line(plain.__code__, -1) == plain.__code__.co_firstlineno,
    c.PyCode_Addr2Line(plain.__code__, 0) == plain.__code__.co_firstlineno,
)

print("evaluated")


def call(function, positional=(), named=(), defaults=(), keyword_defaults=None, closure=None, locals=None):
    return c.evaluated(
        function.__code__,
        globals(),
        ... if locals is None else locals,
        positional,
        named,
        defaults,
        ... if keyword_defaults is None else keyword_defaults,
        ... if closure is None else closure,
    )


attempt("all", call, plain, (1, 2, 3), ("e", 5, "more", 6), (), {"d": 4})
attempt("defaults", call, plain, (1,), ("e", 5), (2,), {"d": 4})
attempt("more defaults than wanted", call, annotated, (), (), (7, 8))
attempt_type("missing", call, plain, (), ("e", 5), (2,))
attempt_type("missing keyword", call, plain, (1, 2), (), (), {"d": 4})
attempt_type("twice", call, annotated, (1, 2), ("a", 3))
attempt_type("too many", call, annotated, (1, 2, 3))
attempt_type("unknown", call, annotated, (1, 2), ("c", 3))
attempt("closure", call, inner, (1,), (), (), None, (types.CellType(1), types.CellType(2)))
attempt("module code", c.evaluated, compile("found = base + 1", "x", "exec"), {"base": 41}, ..., (), (), (), ..., ...)
space = {}
c.evaluated(compile("found = base + 1", "x", "exec"), {"base": 41}, space, (), (), (), ..., ...)
print(space)
attempt("a body that raises", call, lambda: [][1])
