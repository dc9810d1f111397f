"""What classes written in Python get of the C types they derive from and join: powers, comparisons with their hashes, dicts, sizes."""

import itertools
import operator

from ext_mixed import Again, Compared, Hashed, Keeping, Number, Plain, in_field, sizes, slots_from
from show import attempt, attempt_type


class Derived(Number):
    pass


class Reflected(Number):
    def __rpow__(self, *others):
        return ("__rpow__", *[type(other).__name__ for other in others])


class Powered(Number):
    def __pow__(self, *others):
        return ("__pow__", *[type(other).__name__ for other in others])


class Refusing(Number):
    def __pow__(self, *others):
        return NotImplemented


for cls in (Number, Derived, Reflected, Powered, Refusing):
    it = cls()
    for operands in ((it, 2), (2, it), (it, 2, 3), (2, it, 3), (2, 3, it), (it, it, it), (2.0, 3, it), ("2", 3, it), (2, Number(), it), (Derived(), 2, it)):
        attempt_type(f"pow of {cls.__name__} at {[each is it for each in operands]}", pow, *operands)
    attempt_type("**", operator.pow, 2, it)
    attempt_type("**=", operator.ipow, it, 2)

COMPARISONS = (operator.lt, operator.eq, operator.ne)
for bases in itertools.permutations((Number, Compared, Again, Hashed, Plain), 2):
    Both = type("Both", bases, {})
    label = " and ".join(base.__name__ for base in bases)
    print(label, slots_from(Both))
    it, other = Both(), Both()
    for compare in COMPARISONS:
        attempt_type(f"    {compare.__name__}", compare, it, other)
    attempt_type("    hash", lambda: hash(it) in (11, 22) and hash(it))
    Below = type("Below", (Both,), {})
    print("    below:", slots_from(Below))
for namespace in ({"__eq__": lambda self, other: "Python"}, {"__hash__": lambda self: 33}, {"__hash__": None}, {"__lt__": lambda self, other: "less"},
                  {"__eq__": lambda self, other: "Python", "__hash__": lambda self: 33}):
    for bases in ((Number, Compared), (Compared, Number), (Again,), (Hashed, Compared), (Hashed, Again)):
        Own = type("Own", bases, dict(namespace))
        print(sorted(namespace), [base.__name__ for base in bases], slots_from(Own))
        it = Own()
        for compare in COMPARISONS:
            attempt_type(f"    {compare.__name__}", compare, it, Own())
        attempt_type("    hash", lambda: hash(it) in (11, 22, 33) and hash(it))


class Kept(Keeping):
    pass


class Slotted(Keeping):
    __slots__ = ("one",)


for cls in (Keeping, Kept, Slotted):
    kept = cls()
    attempt("nothing", in_field, kept)
    attempt_type("set", setattr, kept, "one", 1)
    attempt("then", in_field, kept)
    attempt_type("set", setattr, kept, "two", 2)
    attempt("then", in_field, kept)
    attempt_type("__dict__", lambda: kept.__dict__)
    attempt_type("the same", lambda: kept.__dict__ is in_field(kept))
    attempt_type("vars", vars, kept)
    attempt_type("another", setattr, kept, "__dict__", {"three": 3})
    attempt("then", in_field, kept)
    attempt_type("three", lambda: kept.three)
    attempt_type("not a dict", setattr, kept, "__dict__", 5)
    attempt_type("none", delattr, kept, "__dict__")
    attempt("then", in_field, kept)
    print("in the class:", "__dict__" in cls.__dict__, "__weakref__" in cls.__dict__, sorted(set(dir(kept)) - set(dir(Plain()))))
