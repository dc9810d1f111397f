"""Signatures of C functions, methods and classes: what the docstrings say, and what the flags tell where they say nothing."""

import inspect
import pydoc

import ext_calls
from ext_calls import Described, Undescribed


def show(label, thing):
    try:
        signature = str(inspect.signature(thing))
    except (TypeError, ValueError) as error:
        signature = f"{type(error).__name__}: {str(error).split(' at 0x')[0]}"
    print(f"{label}: {getattr(thing, '__text_signature__', 'none')!r} {thing.__doc__!r} {signature}")


for name in ("of_module", "bare_noargs", "bare_one", "varargs", "fastcall"):
    show(name, getattr(ext_calls, name))


class Derived(Described):
    pass


class Initialised(Described):
    """Ours."""

    def __init__(self, one, two=2):
        self.one = one


for cls in (Described, Derived):
    instance = cls()
    for name, member in Described.__dict__.items():
        if not name.startswith("__") and name not in ("size", "bare"):
            show(f"{cls.__name__}.{name}", getattr(cls, name))
            show(f"{cls.__name__}().{name}", getattr(instance, name))
for name, member in Described.__dict__.items():
    if not name.startswith("__") and not isinstance(member, staticmethod):
        show(f"in the class: {name} {type(member).__name__}", member)
show("Described", Described)
show("Derived", Derived)
show("Initialised", Initialised)
show("Undescribed", Undescribed)
print(Described.size.__doc__, Described.bare.__doc__, Described.__dict__["size"].__name__, repr(Described.size))
print([str(parameter.kind) + " " + repr(parameter.default) for parameter in inspect.signature(Described).parameters.values()])
print(inspect.signature(Described.scale).parameters["factor"].default, inspect.signature(Described().scale).bind(3, unit="m").arguments)
print(inspect.getdoc(Described.scale), "|", inspect.getdoc(Derived), "|", inspect.getdoc(Derived().make))
print(pydoc.plain(pydoc.TextDoc().docroutine(Described.scale)), pydoc.plain(pydoc.TextDoc().docroutine(Derived.make)))
print(inspect.isroutine(Described.make), inspect.ismethoddescriptor(Described.__dict__["make"]), inspect.isbuiltin(Described.make), inspect.isbuiltin(Described.join))
print(Described.__dict__["join"].__func__.__name__, type(Described.join).__name__, Described.make.__self__ is Described, Derived.make.__self__ is Derived)
print([repr(member).split(' at 0x')[0] for member in (Described.make, Described.join, Described.scale, Derived().make)])
