"""C writes docs when the class is there: what __doc__ and __text_signature__ say then, of what is no text too; and what of an immutable class
cannot be set."""

from ext_heap import Counted
from ext_static import Amount, Base, Sealed, documented, inherited, set_doc
from show import attempt

CLASSES = (Amount, Base, Sealed, Counted)


def tell(what):
    for cls in CLASSES:
        print(what, cls.__name__, repr(cls.__doc__), cls.__text_signature__, repr(cls.__dict__.get("__doc__")))


tell("first:")
for text in ("{}(a, /, b=1)\n--\n\nIn two parts.", "{}(a)\n\nNo marker.", "{}(a)\n\nblank\n)\n--\n\nline.", "{}()\n--\n\n", "Another(a)\n--\n\nName.",
             "Without.", "", "\xe9\u20ac", None):
    for cls in CLASSES:
        set_doc(cls, text and text.format(cls.__name__))
    tell(repr(text))
set_doc(Base, "Base(x, y=2)\n--\n\nAgain.")


class Derived(Base):
    pass


class Told(Base):
    "Of its own."


print(Derived.__doc__, Derived.__text_signature__, Told.__doc__, Told.__text_signature__)
Derived.__doc__ = "Now."
print(Derived.__doc__, Base.__doc__)
for name in ("__doc__", "__name__", "__qualname__", "__module__", "__bases__", "other"):
    attempt(f"{name} deleted", delattr, Base, name)
    attempt(f"{name} set", setattr, Base, name, "set")
attempt("__doc__ deleted", delattr, Derived, "__doc__")
attempt("__doc__ set", setattr, Derived, "__doc__", None)
print(Base.__doc__, Derived.__doc__)


# What is not UTF-8 raises when it is read: at once where it is kept as a str.
for text in (b"\xff", b"{}(a)\n--\n\n\xff", b"{}(\xff)\n--\n\nDoc.", b"{}(a)\n--\n\nDoc.", b"cut \xe2\x82"):
    print(text)
    for cls in (Base, inherited):
        set_doc(cls, text.replace(b"{}", cls.__name__.encode()))
        attempt("__doc__", lambda: cls.__doc__)
        attempt("__text_signature__", lambda: cls.__text_signature__)
    for kind in ("heap", "static", "module"):
        attempt(kind, lambda: documented(text.replace(b"{}", b"Documented"), kind).__doc__)
