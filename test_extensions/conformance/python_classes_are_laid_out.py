"""The sizes that classes written in Python tell C, of C's types and of builtin ones."""

from ext_mixed import Keeping, Number, Plain, sizes

BASES = (object, Plain, Number, Keeping, int, float, str, bytes, tuple, list, dict, set, frozenset, Exception, OSError, bytearray)
MORE = (("__dict__",), ("__weakref__",), ("a", "__dict__", "__weakref__"))
for base in BASES:
    for slots in (None, (), ("a",), ("a", "b", "c"), *(MORE if base in (object, Plain, Number) else ())):
        namespace = {} if slots is None else {"__slots__": slots}
        try:
            cls = type("Made", (base,), namespace)
        except TypeError as error:
            print(base.__name__, slots, "TypeError")
            continue
        below = type("Below", (cls,), {})
        empty = type("Empty", (cls,), {"__slots__": ()})
        print(base.__name__, slots, cls.__basicsize__ - base.__basicsize__, [each.__basicsize__ - cls.__basicsize__ for each in (below, empty)],
              cls.__itemsize__, sizes(cls)[:2] == (cls.__basicsize__, cls.__itemsize__))  # fmt: skip
