"""Types of C over builtins that fill one of two slots for an operation: the builtin's other one comes first, or the C type's."""

import operator

import ext_partial as c
from show import attempt, attempt_type

values = {list: [1, 2], tuple: (1, 2), str: "ab", float: 2.0, bytes: b"ab", dict: {0: 1}, object: ()}


def instance(cls, base):
    return cls() if base is object else cls(values[base])


OPERATIONS = {
    "[1]": lambda x: x[1],
    "[-1]": lambda x: x[-1],
    "[0:1]": lambda x: x[0:1],
    "[0] =": lambda x: operator.setitem(x, 0, 9),
    "len": len,
    "* 2": lambda x: x * 2,
    "+ self": lambda x: x + x,
    "reversed": lambda x: list(reversed(x)),
}
for base, *slots in (
    (list, "sq_item"),
    (tuple, "sq_item"),
    (str, "sq_item"),
    (object, "sq_item"),
    (object, "sq_item", "mp_subscript", "mp_length"),
    (object, "sq_item", "mp_length"),
    (list, "mp_subscript"),
    (list, "sq_ass_item"),
    (dict, "sq_ass_item"),
    (tuple, "mp_length"),
    (list, "sq_length"),
    (float, "sq_repeat"),
    (float, "sq_concat"),
    (list, "sq_concat", "sq_repeat"),
    (object, "sq_concat"),
):
    made = c.make(base, *slots)
    below = type("Below", (made,), {})
    for cls in made, below:
        for name, operation in OPERATIONS.items():
            if name == "reversed" and base is not object:
                continue  # Builtins' `__reversed__` differ among Pythons.
            attempt_type(f"{base.__name__} with {slots}, {cls.__name__}: {name}", lambda: operation(instance(cls, base)))

for base in float, str, tuple, list, bytes, object:
    for slot in "tp_hash", "no hash":
        made = c.make(base, slot)
        for cls in made, type("Below", (made,), {}):
            one, other = instance(cls, base), instance(cls, base)
            print(base.__name__, slot, cls.__name__, one == one, one == other, one != other, [type(cls.__hash__).__name__, cls.__hash__ is None])
            attempt_type("hash", lambda: hash(one) == 77)
            attempt_type("less", lambda: one < other)
            attempt_type("set", lambda: len({one, other}))

Error = c.make(Exception, "tp_getattr")
try:
    raise Error("message")
except Error as error:
    print("attributes by C:", error.args, error.__context__, error.anything, str(error))
    try:
        raise ValueError from error
    except ValueError as second:
        print("chained:", type(second.__context__) is Error, type(second.__cause__) is Error)
        attempt("fetched", lambda: [type(part).__name__ for part in c.fetched(2)])

for base in list, tuple, str, bytes:
    for name in "__add__", "__radd__", "__iadd__", "__mul__", "__rmul__", "__imul__", "__len__":
        cls = type("Class", (base,), {name: lambda self, *rest: 7 if name == "__len__" else f"{name} in Python"})
        one, plain = instance(cls, base), base(values[base])
        said = f"{base.__name__} {name}"
        for function in c.PySequence_Concat, c.PySequence_InPlaceConcat:
            for left, right in (one, plain), (base(plain), one), (instance(cls, base), one), (one, 5), (base(plain), 5):
                attempt_type(f"{said}: {function.__name__} {type(left).__name__} {type(right).__name__}", function, left, right)
        for function in c.PySequence_Repeat, c.PySequence_InPlaceRepeat:
            attempt_type(f"{said}: {function.__name__}", function, instance(cls, base), 2)
        if base is not bytes:
            attempt_type(f"{said}: item -1", c.PySequence_GetItem, instance(cls, base), -1)
attempt_type("what cannot be concatenated", c.PySequence_Concat, [], 5)
attempt_type("what cannot be concatenated", c.PySequence_Concat, (), [])

made = c.make(object, "tp_hash")
for label, cls in (
    ("no slots", type("A", (made,), {"__slots__": ()})),
    ("slots", type("B", (made,), {"__slots__": ("a",)})),
    ("slots below", type("C", (type("B", (made,), {"__slots__": ("a",)}),), {"__slots__": ()})),
    ("dict", type("D", (made,), {})),
    ("Python's, slots", type("E", (), {"__slots__": ("a",)})),
    ("Python's, no slots", type("F", (), {"__slots__": ()})),
):
    print("collected,", label, c.is_gc(cls()))
