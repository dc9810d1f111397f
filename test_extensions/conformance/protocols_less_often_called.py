"""The object, mapping, sequence and call protocols, and dicts, sets and iterators, by functions that few extensions call."""

import collections
import contextvars
import gc
import types

import ext_abstract as c
from show import attempt, attempt_type


class Bytes:
    def __init__(self, result):
        self.result = result

    def __bytes__(self):
        return self.result


class DerivedBytes(bytes):
    pass


class Shy:
    """Attributes and items that answer by errors."""

    def __getattr__(self, name):
        raise (AttributeError if name == "missing" else ZeroDivisionError)(name)

    def __getitem__(self, key):
        raise (KeyError if key == "missing" else ZeroDivisionError)(key)

    def __delattr__(self, name):
        raise LookupError(name)

    def __delitem__(self, key):
        raise LookupError(key)

    def __len__(self):
        raise OverflowError("length")

    def __contains__(self, key):
        raise OverflowError("contains")

    def __repr__(self):
        return "shy"

    def __str__(self):
        raise ZeroDivisionError("str")


class Record:
    def __init__(self):
        self.here = 1


class DerivedDict(dict):
    def __missing__(self, key):
        return "made for " + key

    def __contains__(self, key):
        return True


class Name(str):
    pass


print("PyObject_Bytes")
for value in (
    b"x",
    DerivedBytes(b"y"),
    bytearray(b"z"),
    memoryview(b"m"),
    [1, 2],
    (3,),
    Bytes(b"made"),
    Bytes(DerivedBytes(b"d")),
    Bytes("text"),
    "text",
    5,
    None,
    [256],
    ["a"],
    range(3),
):
    attempt(f"  {type(value).__name__} {getattr(value, 'result', '')!r}", c.PyObject_Bytes, value)
attempt("  NULL", c.PyObject_Bytes, ...)
print("  same", c.PyObject_Bytes(exact := b"exact") is exact, type(c.PyObject_Bytes(DerivedBytes(b"x"))).__name__)

print("attributes")
record = Record()
print(
    c.PyObject_HasAttrStringWithError(record, "here"),
    c.PyObject_HasAttrStringWithError(record, "gone"),
    c.PyObject_DelAttr(record, "here"),
    vars(record),
)
attempt("gone", c.PyObject_DelAttr, record, "here")
attempt("gone by text", c.PyObject_DelAttrString, record, "here")
attempt("no name", c.PyObject_DelAttr, record, 5)
attempt("of an int", c.PyObject_DelAttr, 5, "real")
attempt("refused", c.PyObject_DelAttr, Shy(), "x")
attempt_type("read-only", c.PyObject_DelAttr, record, "__class__")
for name in ("missing", "other"):
    attempt(f"has {name}", c.PyObject_HasAttrStringWithError, Shy(), name)
print(
    c._PyObject_FunctionStr(len),
    c._PyObject_FunctionStr(Record),
    c._PyObject_FunctionStr(Shy().__len__),
    c._PyObject_FunctionStr(5),
    c._PyObject_FunctionStr([].append),
    c._PyObject_FunctionStr(dict.keys),
)
print(c.Py_Is(record, record), c.Py_Is(record, 5), c.Py_Is(None, None))
print("by identifier", c.by_identifier(5), c.by_identifier(True))
attempt("no such attribute", c.by_identifier, "text")

print("mappings")
MAPPINGS = (
    {"here": 1},
    collections.OrderedDict(here=2),
    DerivedDict(here=3),
    types.MappingProxyType({"here": 4}),
    Shy(),
    [1],
    "here",
    5,
    None,
    collections.ChainMap({"here": 5}),
)
for mapping in MAPPINGS:
    label = type(mapping).__name__
    for key in ("here", "missing"):
        attempt(f"{label} optional {key}", c.PyMapping_GetOptionalItemString, mapping, key)
        attempt(f"{label} has {key}", c.PyMapping_HasKeyStringWithError, mapping, key)
    attempt(f"{label} length", c.PyMapping_Length, mapping)
print(
    "has, errors ignored",
    [c.PyMapping_HasKey(mapping, "here") for mapping in MAPPINGS[:4]],
    c.PyMapping_HasKey({}, "here"),
    c.PyMapping_HasKey([1], 0),
    c.PyMapping_HasKey([1], 5),
)
for mapping in ({"here": 1}, DerivedDict(here=1), collections.OrderedDict(here=1), [1], 5, "text"):
    attempt(f"delete {type(mapping).__name__}", c.PyObject_DelItemString, mapping, "here")
    attempt(f"again {type(mapping).__name__}", c.PyObject_DelItemString, mapping, "here")
attempt("delete of shy", c.PyObject_DelItemString, Shy(), "x")

print("sequences")
for sequence, value in (([1, 2], 2), ((1,), 5), ("text", "ex"), ({1: 2}, 1), (range(5), 3), (iter([1, 2]), 2), ("text", 5), (5, 5), (Shy(), 1)):
    (attempt_type if sequence == 5 else attempt)(f"{type(sequence).__name__} has {value!r}", c.PySequence_In, sequence, value)

print("printed")
for value in ("text", Name("name"), 5, [1, "é"], None, Shy(), ..., record.__class__):
    for raw in (0, 1):
        attempt(f"  {raw}", c.printed, value, raw)


class Slow:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


class Wrong:
    def __aiter__(self):
        return 5


async def agen():
    yield 1


print("asynchronous")
made = agen()
for value in (Slow(), Wrong(), made, [], 5):
    print(type(value).__name__, c.PyAIter_Check(value))
    attempt_type("  iterator", lambda: type(c.PyObject_GetAIter(value)).__name__)
attempt("not iterable", c.PyObject_GetAIter, 5)
attempt_type("not an iterator", c.PyObject_GetAIter, Wrong())

print("dicts")
for make in (dict, collections.OrderedDict, DerivedDict):
    made = make(a=1, b=2, c=3)
    print(
        make.__name__,
        c.PyDict_PopString(made, "a"),
        c.PyDict_PopString(made, "a"),
        c.popped_away(made, "b"),
        c.popped_away(made, "b"),
        dict.__len__(made),
    )
    attempt("  _PyDict_Pop", c._PyDict_Pop, made, "c", ...)
    attempt("  again", c._PyDict_Pop, made, "c", ...)
    attempt("  with default", c._PyDict_Pop, made, "c", "default")
for value in ([], 5, types.MappingProxyType({})):
    attempt(f"pop of {type(value).__name__}", c.PyDict_PopString, value, "a")
    attempt("  away", c.popped_away, value, "a")
attempt("unhashable", c._PyDict_Pop, {"a": 1}, [], "default")
for value in ({"a": 1}, {}, DerivedDict(), DerivedDict(a=2)):
    attempt(f"item of {value}", c._PyDict_GetItemStringWithError, value, "a")
attempt("no dict", c._PyDict_GetItemStringWithError, [], "a")
for locked in (False, True):
    made = {}
    print(
        c.set_known_hash(made, "key", "value", hash("key"), locked),
        c.set_known_hash(made, "key", "other", hash("key"), locked),
        made,
        made.get("key"),
    )
ordered = c.PyODict_New()
print(
    type(ordered).__name__,
    c.PyODict_SetItem(ordered, "b", 1),
    c.PyODict_SetItem(ordered, "a", 2),
    c.PyODict_SetItem(ordered, "b", 3),
    list(ordered.items()),
    c.PyODict_DelItem(ordered, "b"),
    list(ordered),
)
attempt("not in it", c.PyODict_DelItem, ordered, "z")
attempt("unhashable", c.PyODict_SetItem, ordered, [], 1)

print("sets")
for value in ([1, 2], {3: 4}, "ab", set(), frozenset({5}), 5, None):
    found = {0}
    attempt(f"update by {type(value).__name__}", c._PySet_Update, found, value)
    print("  ", sorted(found, key=str))
attempt_type("unhashable", c._PySet_Update, {0}, [[]])
attempt("no set", c._PySet_Update, [0], [1])

print(
    "joined",
    c._PyBytes_Join(b", ", [b"a", bytearray(b"b"), memoryview(b"c")]),
    c._PyBytes_Join(b"", []),
    c._PyBytes_Join(b"x", iter([b"1", b"2"])),
    c._PyBytes_Join(DerivedBytes(b"-"), (b"a", b"b")),
)
print(c._PyBytes_Join(b"-", [exact]) is exact)
attempt("text in it", c._PyBytes_Join, b"-", [b"a", "b"])
attempt_type("not iterable", c._PyBytes_Join, b"-", 5)

print("namespaces", c._PyNamespace_New({"a": 1, "b": 2}), c._PyNamespace_New(...), type(c._PyNamespace_New({})).__name__)

print("what StopIteration carries")
for error in (None, StopIteration(), StopIteration(5), StopIteration((1, 2)), StopIteration(1, 2), StopIteration(KeyError("x"))):
    print(error, c.fetched(error))
attempt("another exception", c.fetched, KeyError("x"))
for value in (5, None, (1, 2), KeyError("x"), StopIteration(3)):
    try:
        c._PyGen_SetStopIterationValue(value)
    except StopIteration as stop:
        print("set", repr(value), repr(stop.value), len(stop.args))

print("calls")


def shown(*positional, **named):
    return positional, named


for function in (c.PyCFunction_Call, c.PyEval_CallObjectWithKeywords):
    attempt(function.__name__, function, shown, (1, 2), {"a": 3})
    attempt("  no keywords", function, shown, (1,), ...)
    print("  a class", type(function(Record, (), {})).__name__)
    attempt_type("  not callable", function, 5, (), ...)
    attempt("  of C's", function, sorted, ([3, 1],), {"reverse": True})
attempt("no arguments", c.PyEval_CallObjectWithKeywords, shown, ..., ...)
attempt("no tuple", c.PyEval_CallObjectWithKeywords, shown, [1], ...)
attempt("no dict", c.PyEval_CallObjectWithKeywords, shown, (), [1])


class Taker:
    def take(self, data):
        return "took", data


print(c.called_by_format(shown, Taker(), "take"))
attempt("no such method", c.called_by_format, shown, Taker(), "give")
method = c.PyInstanceMethod_New(shown)
print(type(method).__name__, c.PyInstanceMethod_Function(method) is shown, method(1))
attempt("no instance method", c.PyInstanceMethod_Function, shown)

print(
    "types",
    c.PyType_GetDict(Record)["__init__"] is vars(Record)["__init__"],
    "append" in c.PyType_GetDict(list),
    c._PyType_LookupRef(DerivedDict, "__missing__") is vars(DerivedDict)["__missing__"],
    c._PyType_LookupRef(DerivedDict, "keys") is dict.__dict__["keys"],
    c._PyType_LookupRef(Record, "nothing"),
)
print([c.PyDescr_IsData(value) for value in (property(), vars(Record)["__init__"], len, vars(Record)["__dict__"], classmethod(len), 5)])

variable = contextvars.ContextVar("variable", default=0)
context = c.PyContext_New()
context.run(variable.set, 5)
copied = c.PyContext_Copy(context)
copied.run(variable.set, 6)
print("contexts", type(context).__name__, len(context), context.run(variable.get), copied.run(variable.get), variable.get())
attempt("no context", c.PyContext_Copy, 5)
print("freed", c.freed([1]), c.freed("x"))
gc.collect()
