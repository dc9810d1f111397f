"""PyObject_GetBuffer of bytes, bytearray, memoryview, array and Python's own exporters: every field, locks on resizing."""

import array

import ext_buffers
from ext_buffers import PyBUF_CONTIG_RO, PyBUF_FORMAT, PyBUF_FULL_RO, PyBUF_ND, PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, copied, described, fill_with
from show import attempt, attempt_type

FLAGS = {"SIMPLE": PyBUF_SIMPLE, "WRITABLE": PyBUF_WRITABLE, "ND": PyBUF_ND, "STRIDES": PyBUF_STRIDES, "FULL_RO": PyBUF_FULL_RO, "CONTIG_RO": PyBUF_CONTIG_RO, "FORMAT": PyBUF_FORMAT}


class Array(array.array):
    pass


class Own:
    def __buffer__(self, flags):
        return memoryview(b"own").cast("b")


EXPORTERS = {
    "bytes": b"abcdef",
    "empty": b"",
    "bytearray": bytearray(b"abc"),
    "array of h": array.array("h", [1, -2, 3]),
    "array of d": array.array("d", [0.5]),
    "derived array": Array("i", [7]),
    "view": memoryview(b"abcdef")[1:4],
    "strided view": memoryview(b"abcdef")[::2],
    "reversed view": memoryview(b"abc")[::-1],
    "cast view": memoryview(bytes(12)).cast("i", [3, 1]),
    "text": "no buffer",
    "list": [1],
}
for name, exporter in EXPORTERS.items():
    for flag, flags in FLAGS.items():
        attempt(f"{name} {flag}", described, exporter, flags)
    attempt(f"{name} copied", copied, exporter)
    print("checks:", ext_buffers.checks(exporter))
attempt("own FORMAT", described, Own(), PyBUF_FORMAT)
target = bytearray(4)
print("filled:", fill_with(target, 65), target)
attempt("filled bytes", fill_with, b"abc", 65)
attempt("filled array", fill_with, array.array("B", [1, 2]), 7)
with memoryview(target) as whole, whole[1:3] as view:
    fill_with(view, 66)
print("filled view:", target)
with memoryview(target) as whole, whole.toreadonly() as view:
    attempt("read-only view", fill_with, view, 0)
print("held")
ext_buffers.hold(target)
attempt_type("append", target.append, 1)
attempt_type("clear", target.clear)
target[0] = 90
print("seen by C:", ext_buffers.held_bytes())
ext_buffers.let_go()
target.append(1)
print("after release:", target)
text = bytes(range(65, 75))
ext_buffers.hold(text)
del text
print("kept alive:", ext_buffers.held_bytes())
ext_buffers.let_go()
numbers = array.array("i", [1, 2])
ext_buffers.hold(numbers)
attempt_type("array append", numbers.append, 3)
ext_buffers.let_go()
numbers.append(3)
print("array:", numbers)
for exporter in (b"bytes", bytearray(b"array"), memoryview(b"view")):
    view, memory, contiguous, length, base = ext_buffers.views(exporter)
    print("views:", bytes(view), bytes(memory), bytes(contiguous), length, base)
writable, other = ext_buffers.writable_memory()
writable[2:4] = b"!!"
print("C's memory:", bytes(other), writable.readonly, other.readonly)
attempt("released twice", lambda: (writable.release(), writable.release()))
for format in ("i", "2h", "d", "<q"):
    attempt(f"size of {format}", ext_buffers.item_size, format)
