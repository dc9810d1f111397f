"""C code that calls methods and slots of its own types reaches the overriding Python methods, and super() leads back to C."""

from ext_levels import Lower, Upper, seen_by_c
from show import attempt

print("C's own:", Lower(2).run("x"), Upper(2).run("x"))


class Stepper(Upper):
    def step(self, argument):
        return f"python({super().step(argument)})"


class Loud(Stepper):
    def __repr__(self):
        return "Loud!" + super().__repr__()

    def __len__(self):
        return super().__len__() + 1000

    def __hash__(self):
        return super().__hash__() * 2

    def __eq__(self, other):
        return "equal" if isinstance(other, str) else super().__eq__(other)


print("stepper:", Stepper(1).run("x"))
print("seen:", seen_by_c(Lower(3)), seen_by_c(Loud(3)), seen_by_c(Stepper(0))[3])
loud = Loud(4)
print("eq:", loud == "magic", loud == Loud(4), loud == 1, Lower(4) == loud, loud != Loud(5))
print("hash:", hash(loud), {Lower(5): "found"}[Lower(5)])
loud.step = lambda argument: f"instance({argument})"
print("on the instance:", loud.run("x"))
Stepper.step = lambda self, argument: f"patched({argument})"
print("patched class:", Stepper(1).run("x"))
del Stepper.step
print("unpatched:", Stepper(1).run("x"))


class Failing(Lower):
    def step(self, argument):
        raise LookupError(argument)

    def __len__(self):
        return -1

    def __repr__(self):
        return 5


attempt("run", Failing().run, "lost")
try:
    seen_by_c(Failing())
except ValueError:
    print("a negative length is a ValueError")
Failing.__len__ = lambda self: 1
try:
    seen_by_c(Failing())
except TypeError:
    print("a repr that is no text is a TypeError")


class Other:
    def step(self, argument):
        return "other " + argument


class Multiple(Other, Lower):
    pass


class MultipleTwo(Lower, Other):
    def step(self, argument):
        return Other.step(self, Lower.step(self, argument))


print("multiple:", Multiple().run("x"), MultipleTwo().run("x"), [cls.__name__ for cls in Multiple.__mro__])
multiple = Multiple(3)
multiple.__class__ = type("Sibling", (Other, Lower), {"extra": 1})
print("class replaced:", multiple.extra, multiple.first, multiple, seen_by_c(multiple)[0])
