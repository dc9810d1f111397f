"""Arguments that neither `__new__` nor `__init__` wants, for C classes and Python classes below them."""

import abc

from ext_calls import Both, Described, InitHandedOn, InitOnly, NewHandedOn, NewOnly, Probe
from show import attempt


def tell(label, function, *arguments, **keywords):
    """Print the type of what is made, or the error."""
    attempt(label, lambda: type(function(*arguments, **keywords)).__name__)


for cls in (Probe, Described, NewOnly, InitOnly, NewHandedOn, InitHandedOn, Both):
    name = cls.__name__

    class Empty(cls):
        pass

    class WithNew(cls):
        def __new__(cls, *arguments, **keywords):
            return super().__new__(cls, *arguments, **keywords)

    class WithPlainNew(cls):
        def __new__(cls, *arguments, **keywords):
            return super().__new__(cls)

    class WithInit(cls):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)

    class WithPlainInit(cls):
        def __init__(self, *arguments, **keywords):
            super().__init__()

    class WithBoth(cls):
        def __new__(cls, *arguments):
            return super().__new__(cls)

        def __init__(self, *arguments):
            super().__init__()

    for made in (cls, Empty, WithNew, WithPlainNew, WithInit, WithPlainInit, WithBoth):
        label = f"{name}/{made.__name__}"
        tell(f"{label}()", made)
        tell(f"{label}(1)", made, 1)
        tell(f"{label}(a=1)", made, a=1)
        tell(f"{label}.__new__(1)", lambda: made.__new__(made, 1))
        attempt(f"{label}().__init__(1)", lambda: made().__init__(1))
    tell(f"object.__new__({name})", object.__new__, cls)
    tell(f"object.__new__({name}, 1)", object.__new__, cls, 1)
    tell(f"object.__new__(Empty, 1)", object.__new__, Empty, 1)
    attempt(f"object.__init__({name}(), 1)", lambda: object.__init__(cls(), 1))

    class Abstract(cls, metaclass=abc.ABCMeta):
        @abc.abstractmethod
        def first(self):
            pass

        @abc.abstractmethod
        def second(self):
            pass

    class Half(Abstract):
        def first(self):
            return 1

    class Whole(Half):
        def second(self):
            return 2

    for made in (Abstract, Half, Whole):
        tell(f"{name}/{made.__name__}()", made)
