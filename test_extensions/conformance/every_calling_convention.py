"""Functions and methods of every calling convention get what they were called with."""

import ext_calls
from ext_calls import Probe
from show import attempt

for owner in (ext_calls, Probe()):
    where = "function" if owner is ext_calls else "method"
    attempt(f"{where} noargs()", owner.noargs)
    attempt(f"{where} one(1)", owner.one, 1)
    attempt(f"{where} varargs()", owner.varargs)
    attempt(f"{where} varargs(1, 'b')", owner.varargs, 1, "b")
    attempt(f"{where} keywords()", owner.keywords)
    attempt(f"{where} keywords(1, b=2)", owner.keywords, 1, b=2)
    attempt(f"{where} keywords(**empty)", owner.keywords, **{})
    attempt(f"{where} fastcall()", owner.fastcall)
    attempt(f"{where} fastcall(1, 2, 3)", owner.fastcall, 1, 2, 3)
    attempt(f"{where} fastcall(*range(9))", owner.fastcall, *range(9))
    attempt(f"{where} fastcall_keywords()", owner.fastcall_keywords)
    attempt(f"{where} fastcall_keywords(1, x=2, y=3)", owner.fastcall_keywords, 1, x=2, y=3)
    attempt(f"{where} fastcall_keywords(*, **)", owner.fastcall_keywords, *[1, 2], **{"p": 3, "q": 4})

print("a module's function has the module as self:", ext_calls.own_self() is ext_calls)


class Derived(Probe):
    pass


print("METH_METHOD")
attempt("defining(1)", Probe().defining, 1)
attempt("defining(1, k=2) of a subclass", Derived().defining, 1, k=2)
attempt("Probe.defining(Derived())", Probe.defining, Derived())
print("METH_CLASS")
attempt("on the class", Probe.class_method, 1)
attempt("on an instance", Probe().class_method, 2)
attempt("on a subclass", Derived.class_method, 3)
print("METH_STATIC")
attempt("on the class", Probe.static_method, 1, 2)
attempt("on an instance", Probe().static_method)
print("METH_COEXIST")
print("in:", 1 in Probe(), "a" in Probe())
attempt("__contains__", Probe().__contains__, "a")

print("unbound and bound")
method = Probe().one
attempt("kept bound method", method, "kept")
attempt("Probe.one(Probe(), 1)", Probe.one, Probe(), 1)
attempt("map(one)", lambda: list(map(ext_calls.one, "ab")))
attempt("sorted(key=one)", lambda: sorted([3, 1, 2], key=ext_calls.one))

print("functions made by C")
made = ext_calls.make_function([1])
print(made.__name__, made(), made.__self__, made.__module__)
made = ext_calls.make_function("self", "some.module")
print(made.__name__, made(), made.__self__, made.__module__)
print(ext_calls.function_parts(made))
print(ext_calls.function_parts(ext_calls.make_function("x")))
print(ext_calls.function_parts(Probe.class_method)[:2])
attempt("parts of a lambda", ext_calls.function_parts, lambda: 0)
