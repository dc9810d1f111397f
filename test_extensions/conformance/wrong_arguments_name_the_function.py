"""Wrong arguments, a NULL without an error and a result with one are reported in the API's own words."""

import ext_calls
from ext_calls import Probe
from show import attempt

attempt("noargs(1)", ext_calls.noargs, 1)
attempt("noargs(1, 2)", ext_calls.noargs, 1, 2)
attempt("noargs(a=1)", lambda: ext_calls.noargs(a=1))
attempt("one()", ext_calls.one)
attempt("one(1, 2)", ext_calls.one, 1, 2)
attempt("one(a=1)", lambda: ext_calls.one(a=1))
attempt("varargs(a=1)", lambda: ext_calls.varargs(a=1))
attempt("fastcall(a=1)", lambda: ext_calls.fastcall(a=1))
attempt("Probe().noargs(1)", Probe().noargs, 1)
attempt("Probe().one()", Probe().one)
attempt("Probe().varargs(a=1)", lambda: Probe().varargs(a=1))
attempt("Probe().fastcall(a=1)", lambda: Probe().fastcall(a=1))
attempt("Probe.noargs()", Probe.noargs)
attempt("Probe.noargs('not a probe')", Probe.noargs, "not a probe")
attempt("Probe.one(Probe())", Probe.one, Probe())
attempt("Probe.class_method()", Probe.class_method)
attempt("Probe(1)", Probe, 1)
# Called by map(): CPython's own call instructions may leave these two mistakes for later.
attempt("NULL without an error", lambda: list(map(ext_calls.null_without_error, "x")))
attempt("a result with an error", lambda: list(map(ext_calls.result_with_error, "x")))
try:
    list(map(ext_calls.result_with_error, "x"))
except SystemError as error:
    print("its cause:", repr(error.__cause__))
attempt("the next call is well", ext_calls.returns_none)
