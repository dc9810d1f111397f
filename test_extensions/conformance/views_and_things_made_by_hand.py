"""Buffers copied and seen by the old functions, slices, functions with a class, members, static struct sequences, data behind objects."""

import array
import gc
import traceback

import ext_views as c
from show import attempt, attempt_type


class Name(bytes):
    pass


class Derived(c.Numbered):
    pass


print("old buffers")
for value in (
    b"bytes",
    bytearray(b"array"),
    memoryview(b"view"),
    memoryview(bytearray(b"writable")),
    array.array("b", b"arr"),
    memoryview(b"abcdef")[::2],
    Name(b"sub"),
    "text",
    5,
    b"",
):
    label = type(value).__name__
    print(label, c.PyObject_CheckReadBuffer(value))
    for how in ("char", "read", "write"):
        attempt_type(f"  {how}", c.old_buffer, how, value)
attempt("no buffer", c.old_buffer, "read", 5)
attempt("not writable", c.old_buffer, "write", b"x")
for how in ("char", "read", "write"):
    attempt(f"NULL {how}", c.old_buffer, how, ...)

print("copied")
for size, content in ((6, b"abcdef"), (6, b"abc"), (0, b"")):
    target = bytearray(size)
    attempt("filled", c.filled, target, content, b"C")
    print("  ", target)
matrix = memoryview(bytearray(6)).cast("B", (2, 3))
for order in (b"C", b"F", b"A"):
    attempt("a matrix", c.filled, matrix, b"abcdef", order)
    print("  ", matrix.tolist())
target = bytearray(12)
attempt("every second", c.filled, memoryview(target)[::2], b"abcdef", b"C")
print(target)
target = bytearray(b"....")
attempt("copy", c.PyObject_CopyData, target, b"data")
attempt("copy of less", c.PyObject_CopyData, target, b"da")
print(target)
attempt("copy to bytes", c.PyObject_CopyData, b"data", target)
attempt("copy of more", c.PyObject_CopyData, target, b"too much")
attempt("copy of an int", c.PyObject_CopyData, target, 5)
target = memoryview(bytearray(6))
attempt("copy to another step", c.PyObject_CopyData, target[::2], b"xyz")
print(bytes(target))
for dimensions in (1, 2, 3):
    print("strides", c.strides(dimensions, (2, 3, 4), 8, b"C"), c.strides(dimensions, (2, 3, 4), 8, b"F"))
for format, dimensions, readonly in (("b", 1, 1), ("c", 1, 0), (None, 1, 0), ("B", 2, 0), ("B", 2, 1), ("B", 0, 0), ("B", 65, 0)):
    try:
        view = c.view_of_buffer(format, dimensions, readonly)
    except ValueError as error:
        print("refused", error)
        continue
    print(view.format, view.shape, view.strides, view.readonly, view.nbytes, view.obj, view.tolist() if dimensions else "")
    view.release()
attempt("view of nothing", c.view_of_nothing)

print("slices")
for slice_ in (
    slice(5),
    slice(1, 4, 2),
    slice(None),
    slice(-3, None),
    slice(None, None, -1),
    slice(20, 30),
    slice(-20, 3),
    slice(1, 2, 0),
    slice("a"),
    slice(1.5, 2),
):
    attempt(repr(slice_), c.slices, slice_, 10)

print("functions")
for how, self, module, cls in (
    ("simple", 5, ..., ...),
    ("simple", ..., "module", ...),
    ("of_class", 5, ..., Derived),
    ("of_class", ..., ..., Derived),
    ("of_class", 5, ..., ...),
    ("simple", 5, ..., Derived),
    ("wrong", 5, ..., ...),
):
    try:
        made = c.made_function(how, self, module, cls)
    except SystemError as error:
        print(how, "refused", error)
        continue
    print(how, made.__name__, made.__module__, made.__doc__ if how == "simple" else "", c.function_of(made))
    attempt("  called", made, 1)
    attempt_type("  called with a name", made, 1, a=2)
print(c.function_of(len))
attempt("no C function", c.function_of, lambda: 1)

member = c.member_descriptor()
made = Derived()
print(
    "member",
    type(member).__name__,
    member.__name__,
    member.__doc__,
    member.__objclass__.__name__,
    member.__get__(made),
    member.__set__(made, 9),
    member.__get__(made),
)
attempt_type("of another", member.__get__, 5)
for made in c.pair():
    print(
        type(made).__name__,
        type(made).__module__,
        type(made).__doc__,
        tuple(made),
        made.first,
        made.third,
        len(made),
        type(made).n_fields,
        type(made).n_sequence_fields,
    )

print("data")
for base in (object, Derived, dict, Exception):
    made, *facts = c.behind(base)
    print(base.__name__, type(made).__name__, type(made).__base__.__name__, facts)
print(c.items_at_end())
for value in (5, (1,), object(), int):
    attempt_type(f"items of {type(value).__name__}", c.item_data, value)

try:
    c.raised_at("some_function", "some_file.c", 33)
except ValueError as error:
    print("placed", traceback.extract_tb(error.__traceback__)[-1][:3], error)
gc.collect()
