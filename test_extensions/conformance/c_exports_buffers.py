"""bf_getbuffer and bf_releasebuffer of a C type under memoryview, bytes, slices and struct; exports and releases are counted."""

import gc
import io
import struct

import ext_buffers
from ext_buffers import Fixed, Grid
from show import attempt, attempt_type

grid = Grid(2, 3)
view = memoryview(grid)
print("view:", view.format, view.shape, view.strides, view.itemsize, view.nbytes, view.ndim, view.readonly, view.obj is grid, view.c_contiguous)
print("items:", view[1, 2], view.tolist(), bytes(view) == struct.pack("6i", *range(6)))
view[1, 0] = 77
print("written:", ext_buffers.item(grid, 1, 0), memoryview(grid)[1, 0])
gc.collect()
print("counts:", grid.exports, grid.releases)
flat = view.cast("B").cast("i")
flat[0] = -1
print("flat:", flat.tolist(), view[0, 0])
flat.release()
view.release()
gc.collect()
print("released:", grid.exports == grid.releases, grid.exports > 2)
attempt_type("after release", lambda: view[0, 0])
with memoryview(grid) as view:
    sliced = view[1:]
    print("sliced:", sliced.shape, sliced.tolist())
    sliced.release()
print("bytes:", bytes(grid)[:4], bytearray(grid)[-4:], b"".join([grid])[4:8], len(bytes(grid)))
gc.collect()
print("all released:", grid.exports == grid.releases)
grid.refuse = True
attempt("refused", memoryview, grid)
attempt("refused", bytes, grid)
grid.refuse = False
print("still all released:", grid.exports == grid.releases)
view = memoryview(Grid(1, 4))
print("the view keeps its exporter:", view.tolist(), view.obj.exports)
print("fixed:", bytes(Fixed()), memoryview(Fixed()).readonly, bytes(memoryview(Fixed())[2:5]), memoryview(Fixed()).tobytes())
attempt_type("fixed is read-only", lambda: memoryview(Fixed()).__setitem__(0, 1))


class Derived(Grid):
    pass


derived = Derived(1, 2)
derived.name = "derived"
print("derived:", memoryview(derived).tolist(), memoryview(derived).obj is derived, derived.name)
stream = io.BytesIO()
print("file.write:", stream.write(Fixed()), stream.getvalue())
print("int.from_bytes:", int.from_bytes(Fixed(), "little") == int.from_bytes(b"fixed text", "little"), b"x" in bytes(Fixed()))
