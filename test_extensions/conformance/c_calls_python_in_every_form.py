"""PyObject_Call*, PyObject_Vectorcall* and method calls, on functions, methods, classes, builtins and callable instances."""

import functools

from ext_callbacks import by_slot, call, call_method, direct_vectorcall
from show import attempt


def function(*arguments, **keywords):
    return ("function", arguments, keywords)


class Callable:
    def __call__(self, *arguments, **keywords):
        return ("instance", arguments, keywords)

    def method(self, *arguments, **keywords):
        return ("method", arguments, keywords)

    @classmethod
    def of_class(cls, *arguments, **keywords):
        return ("of_class", arguments, keywords)


class Made:
    def __init__(self, *arguments, **keywords):
        self.made = ("made", arguments, keywords)

    def __repr__(self):
        return repr(self.made)


CALLABLES = [function, Callable(), Callable().method, Callable.of_class, Made, functools.partial(function, "partial"), lambda *a, **k: ("lambda", a, k)]
for callable_ in CALLABLES:
    attempt("Call", call, "Call", callable_, (1, 2), {"k": 3})
    attempt("Call without keywords", call, "Call", callable_, ())
    attempt("CallObject", call, "CallObject", callable_, (1,))
    attempt("CallObject NULL", call, "CallObject", callable_, ())
    attempt("CallNoArgs", call, "CallNoArgs", callable_, ())
    attempt("CallOneArg", call, "CallOneArg", callable_, (1,))
    attempt("CallFunctionObjArgs", call, "CallFunctionObjArgs", callable_, (1, "two"))
    attempt("CallFunction", call, "CallFunction", callable_, (1,))
    attempt("CallFunction tuple", call, "CallFunction tuple", callable_, (1, 2))
    attempt("CallFunction one tuple", call, "CallFunction one tuple", callable_, (1, 2))
    attempt("CallFunction NULL", call, "CallFunction NULL", callable_, ())
    attempt("Vectorcall", call, "Vectorcall", callable_, (1, 2))
    attempt("Vectorcall names", call, "Vectorcall names", callable_, (1, 2, 3), ("x", "y"))
    attempt("Vectorcall offset", call, "Vectorcall offset", callable_, (1, 2))
    attempt("VectorcallDict", call, "VectorcallDict", callable_, (1,), {"k": 2})
    attempt("by slot", by_slot, callable_, (1, 2))
attempt("a builtin", call, "CallOneArg", len, ([1, 2],))
attempt("a type", call, "CallOneArg", int, ("12",))
attempt("type itself", call, "CallOneArg", type, (5,))
attempt("print", call, "Vectorcall names", print, ("printed", "by C", "-"), ("sep",))
attempt("sorted", call, "Call", sorted, ([3, 1, 2],), {"reverse": True})
attempt("not callable", call, "CallNoArgs", 5, ())
attempt("not callable", call, "Call", "text", ())
attempt("not callable", call, "Vectorcall", None, ())
for how in ("CallMethod", "CallMethodObjArgs", "CallMethodNoArgs", "CallMethodOneArg", "VectorcallMethod"):
    attempt(how, call_method, how, Callable(), "method", 1, 2)
    attempt(how + " of a class", call_method, how, Callable, "of_class", 1, 2)
attempt("CallMethodOneArg of a builtin", call_method, "CallMethodOneArg", "a,b", "split", ",", None)
attempt("VectorcallMethod of a builtin", call_method, "VectorcallMethod", "banana", "replace", "a", "o")
attempt("CallMethodNoArgs, missing", call_method, "CallMethodNoArgs", [], "missing", 1, 2)
print("direct:", direct_vectorcall(function, 1), direct_vectorcall(len, "abc"), direct_vectorcall(Callable().method, 5))
print("no vectorcall:", direct_vectorcall(Callable(), 5), by_slot(5, ()), by_slot(len, ("abc",)))
instance = Callable()
instance.method = lambda *arguments: ("on the instance", arguments)
attempt("an attribute instead", call_method, "CallMethodObjArgs", instance, "method", 1, 2)
