"""Names, docs and text signatures of C functions, methods and their types."""

import inspect

import ext_calls
from ext_calls import Probe

for name in ("noargs", "one", "varargs", "keywords", "fastcall"):
    function = getattr(ext_calls, name)
    print(name, function.__name__, function.__qualname__, function.__module__, repr(function.__doc__), function.__text_signature__)
for name in ("noargs", "defining", "class_method", "static_method"):
    member = getattr(Probe, name)
    print("Probe." + name, member.__name__, member.__qualname__, repr(member.__doc__), member.__text_signature__)
print("signature of noargs:", inspect.signature(ext_calls.noargs))
print("signature of one:", inspect.signature(ext_calls.one))
print("signature of Probe.one:", inspect.signature(Probe.one))
print("signature of Probe().one:", inspect.signature(Probe().one))
print("types:", type(ext_calls.one).__name__, type(Probe.one).__name__, type(Probe().one).__name__)
print("in the class:", type(Probe.__dict__["class_method"]).__name__, type(Probe.__dict__["static_method"]).__name__)
print("builtin:", inspect.isbuiltin(ext_calls.one), inspect.ismethoddescriptor(Probe.one), callable(ext_calls.one))
print("repr:", repr(ext_calls.one), repr(Probe.one))
print("self:", ext_calls.one.__self__ is ext_calls, type(Probe().one.__self__).__name__)
print("objclass:", Probe.one.__objclass__ is Probe)
print("equal:", ext_calls.one == ext_calls.one, ext_calls.one == ext_calls.noargs)
probe = Probe()
print("bound equal:", probe.one == probe.one, probe.one == Probe().one, hash(probe.one) == hash(probe.one))
one, again = probe.one, probe.one
print("two at once:", one is again, one == again, hash(one) == hash(again), len({one, again}))
print("module doc:", ext_calls.__doc__, ext_calls.__name__)
print("empty doc:", repr(ext_calls.returns_none.__doc__))
try:
    ext_calls.one.attribute = 1
except AttributeError:
    print("a builtin function takes no attributes")
