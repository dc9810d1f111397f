"""tp_alloc, tp_new, tp_init, tp_free and the like, called by C for builtin classes and for classes that Python derived from them."""

import gc
import weakref

import ext_births as c
from show import attempt, attempt_type


class Plain:
    kind = "plain"

    def __init__(self, *values):
        self.values = values


class Slotted:
    __slots__ = ("a", "b")


class Weak:
    def __del__(self):
        ended.append(type(self).__name__)


class List(list):
    def __init__(self, *values):
        super().__init__(values)
        self.begun = True


class Deep(List):
    pass


class Set(set):
    pass


class Error(ValueError):
    pass


class Missing(KeyError):
    def __str__(self):
        return f"missing {self.args!r}"


class Float(float):
    pass


class Tuple(tuple):
    pass


class Bytes(bytes):
    pass


class Finalised(list):
    def __del__(self):
        ended.append(f"{type(self).__name__} of {len(self)}")


class Both(List, Plain):
    pass


ended = []

print("allocated")
for cls in (Plain, Slotted, object, list, List, Deep, Both):
    made = c.allocated(cls)
    print(cls.__name__, type(made) is cls, isinstance(made, list), made == [] if issubclass(cls, list) else None)
    print("  others", type(c.generic(cls)) is cls, type(c.generic_new(cls)) is cls)
made = c.allocated(Plain)
print(made.kind, made.__dict__, hasattr(made, "values"))
made.other = 5
print(made.__dict__, vars(c.by_init(made, (1, 2))))
made = c.allocated(Slotted)
attempt_type("no value", lambda: made.a)
made.a, made.b = 1, [made]
print(made.a, made.b[0] is made)

print("lists")
made = c.allocated(List)
made.append(1)
made.extend([2, 3])
made.more = "yes"
print(made, made.more, hasattr(made, "begun"))
print(c.by_init(made, (4, 5)), made.begun, c.by_init(made, ()) is made)
print(c.together(List, (1, 2, 3)), c.together(list, ((1, 2, 3),)))
attempt("no list of it", c.together, list, (5,))
for cls in (list, List, Deep):
    made = c.filled(cls, (1, "two", [3], None))
    print(cls.__name__, made, type(made) is cls, len(made), made[::-1])

print("values")
made = c.tuple_of(Tuple, (1, "two", made))
print(made, type(made).__name__, made == (1, "two", made[2]), hash(made[:2]) == hash((1, "two")))
made = c.float_of(Float, 2.5)
print(made, type(made).__name__, made + 1, {made: 1}[2.5])
made = c.bytes_of(Bytes, b"a\0b")
print(made, type(made).__name__, made == b"a\0b", made[1:])

print("exceptions")
for cls in (ValueError, Error, Missing, StopIteration, ImportError):
    arguments = (2, "words")
    made = c.together(cls, arguments)
    print(cls.__name__, type(made) is cls, made.args, str(made), made.__cause__, made.__traceback__)
    try:
        raise made
    except cls as caught:
        print("  raised", caught is made)

print("by tp_new and tp_init")
for cls, arguments in (
    (list, ((1, 2),)),
    (List, (1, 2)),
    (dict, ({"a": 1},)),
    (set, ((1, 2),)),
    (Set, ((1, 2),)),
    (int, ("5",)),
    (str, (b"x", "ascii")),
    (bytes, ((1, 2),)),
    (tuple, ((1, 2),)),
    (Tuple, ((1, 2),)),
    (frozenset, ((1,),)),
    (bytearray, (b"x",)),
    (Error, (1, 2)),
    (Plain, (1, 2)),
):
    made = c.by_new(cls, arguments)
    print(cls.__name__, type(made) is cls, made.args if cls is Error else len(made) if hasattr(made, "__len__") else vars(made) if cls is Plain else made)
    made = c.by_init(made, () if cls in (int, str, bytes, tuple, Tuple, frozenset) else arguments)
    print("  then", made.args if cls is Error else vars(made) if cls is Plain else made)
attempt_type("too many", c.by_new, object, (1,))
attempt_type("a keyword", c.by_new, int, (), {"no": 1})
attempt_type("no such keyword", c.by_init, [], (), {"no": 1})

print("ended unseen")
for cls in (Plain, Slotted, list, List, Deep, Set, dict, Error, Float, Tuple, Bytes, set, bytearray, ValueError):
    print(cls.__name__, c.unseen(cls), c.freed(cls))

for cls in (Weak, Finalised):
    seen = c.unseen(cls)[:3]
    gc.collect()
    print(cls.__name__, seen, ended)
    ended.clear()

print("ended after they were seen")
made = c.allocated(Weak)
tells = weakref.ref(made, lambda reference: ended.append("weakly"))
del made
gc.collect()
print(sorted(ended), tells())
ended.clear()
made = c.allocated(Finalised)
made += [1, made]
del made
gc.collect()
print(ended)
ended.clear()
made = c.filled(Finalised, (1, 2)), 5
del made
gc.collect()
made = [c.allocated(Finalised)]
del made
gc.collect()
print(ended)
