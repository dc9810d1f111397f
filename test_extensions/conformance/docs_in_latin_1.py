"""Documentation that C has not written in UTF-8 raises when it is read, wherever it is read."""

import ext_latin_docs as c
from show import attempt


def tell(what, thing):
    for name in ("__doc__", "__text_signature__"):
        attempt(f"{what}.{name}", lambda: ascii(getattr(thing, name)))


tell("function", c.function)
for cls in (c.Static, c.Heap):
    for name in ("method", "signed", "of_class", "utf8"):
        tell(f"{cls.__name__}.__dict__[{name!r}]", cls.__dict__[name])
        tell(f"{cls.__name__}.{name}", getattr(cls, name))
        tell(f"{cls.__name__}().{name}", getattr(cls(), name))
    tell(f"{cls.__name__}.of_none", cls.of_none)
    for name in ("attribute", "member"):
        attempt(f"{cls.__name__}.{name}.__doc__", lambda: getattr(cls, name).__doc__)
