"""memoryview over C's memory and Python's: formats, up to three axes, strides, suboffsets; indices, slices, assignment,
comparison, hash, cast, release with exports; what C sees of the views."""

import gc
import struct

import ext_layouts
from ext_layouts import Array, anonymous, asked, contiguous, flat, inside, item, unflat
from show import attempt, attempt_type

SIMPLE, WRITABLE, FORMAT, ND, STRIDES, C, F, ANY, INDIRECT = 0, 1, 4, 8, 0x18, 0x38, 0x58, 0x98, 0x118
FULL, FULL_RO = INDIRECT | FORMAT | WRITABLE, INDIRECT | FORMAT


def facts(view):
    return (view.format, view.itemsize, view.ndim, view.shape, view.strides, view.suboffsets, view.nbytes, view.readonly,
            view.c_contiguous, view.f_contiguous, view.contiguous)


def ints(*extents, **more):
    count = 1
    for extent in extents:
        count *= extent
    room = count + 8 * ("strides" in more)
    return Array(struct.pack(f"{room}i", *range(room)), "i", 4, extents, **more)


print("# formats")
ITEMS = [("c", b"x"), ("b", -3), ("B", 200), ("?", True), ("h", -300), ("H", 60000), ("i", -70000), ("I", 1 << 31),
         ("l", -1 << 40), ("L", 1 << 63), ("q", -5), ("Q", 5), ("n", -6), ("N", 6), ("e", 1.5), ("f", 0.25), ("d", -0.5),
         ("P", 4096), ("@i", 9), ("@d", 2.5)]
for format, value in ITEMS:
    size = struct.calcsize(format)
    array = Array(struct.pack(format.strip("@"), value) * 3, format, size, (3,))
    view = memoryview(array)
    view[1] = view[0]
    print(format, view.tolist(), view[-1], list(view) == view.tolist(), view == array, view == memoryview(array), view[::-2].tolist())
for format, good, bad in [("B", 5, (-1, 256, "x", 1.5, None)), ("c", b"y", (b"", b"yy", "y", 1)), ("b", -1, (128, b"x")),
                          ("h", 7, (40000, "h")), ("L", 3, (-1, 1 << 64)), ("d", 3, ("d", b"d", None)), ("e", 3, (1e9, "e")),
                          ("?", [], ()), ("P", 1, (-1 << 70, "p"))]:
    view = memoryview(Array(bytes(16), format, struct.calcsize(format), (2,)))
    view[0] = good
    print(format, view[0])
    for value in bad:
        attempt(f"{format} = {value!r}", view.__setitem__, 0, value)
for format, size in [("<i", 4), (">h", 2), ("=I", 4), ("ii", 8), ("3s", 3), ("T{i:x:h:y:}", 6), ("Zd", 16), ("u", 4), ("", 1), ("g", 16), ("i ", 4)]:
    array = Array(bytes(range(96)), format, size, (2,))
    view = memoryview(array)
    print(repr(format), facts(view), view.tobytes() == bytes(range(size * 2)), view[1:].tobytes().hex())
    attempt("tolist", view.tolist)
    attempt("item", view.__getitem__, 0)
    attempt("set", view.__setitem__, 0, 1)
    attempt("iter", lambda: type(iter(view)).__name__)
    attempt("hash", hash, memoryview(Array(bytes(96), format, size, (2,), readonly=True)))
    print("equal:", view == array, view == memoryview(array), view == bytes(range(size * 2)), view != array, array == view)
    same = memoryview(Array(bytes(range(96)), format, size, (2,)))
    attempt("copied", same.__setitem__, slice(1, None), view[:1])
    print(same.tobytes().hex())
    attempt("cast", lambda: view.cast("B").tolist()[:4])

print("# axes")
for array in (ints(), ints(3), ints(0), ints(2, 3), ints(2, 0, 3), ints(2, 2, 2), ints(1, 3), ints(3, 1),
              ints(2, 3, strides=(4, 8)), ints(2, 2, strides=(24, 8)), ints(3, strides=(-4,), offset=8), ints(3, strides=(0,)),
              ints(2, 2, 2, strides=(-16, 8, -4), offset=20)):
    view = memoryview(array)
    print(facts(view), view.obj is array, view.__sizeof__())
    print("items:", view.tolist(), view.hex(), [view.tobytes(order).hex() for order in ("C", "F", "A", None)])
    print("C sees:", inside(view)[:3], inside(view)[3] is array)
    attempt("len", len, view)
    attempt("iter", lambda: list(view))
    attempt("first", lambda: view[(0,) * view.ndim])
    attempt("last", lambda: view[(-1,) * view.ndim])
    for key in (0, -1, 5, 1 << 64, -1 << 64, (), ..., (0,), (0, 0, 0, 0), (0, 9), slice(None), slice(None, None, -1), slice(0, 1),
                (slice(0), slice(1)), (slice(0), 1), "x", 1.5, None):
        attempt(f"[{key!r}]", lambda: getattr(view[key], "tolist", lambda: view[key])())
        attempt(f"[{key!r}] = 7", view.__setitem__, key, 7)
    attempt("del", view.__delitem__, 0)
    print("after:", view.tolist(), view == array)

print("# suboffsets")
for array in (ints(3, 2, indirect=True), ints(2, 2, 2, indirect=True), ints(3, 2, indirect=True, offset=4, strides=(8, -4)),
              ints(3, indirect=True, readonly=True)):
    view = memoryview(array)
    print(facts(view), view.tolist(), view.hex(), view.tobytes("F").hex(), flat(view, "C").hex(), flat(view, "F").hex())
    print("C sees:", inside(view)[:3])
    print("slice:", view[::-1].tolist(), view[1:].suboffsets, view[1:][0:1].tolist(), view[::-2] == view[::2], view == array)
    print("copies:", bytes(view).hex(), bytearray(view).hex(), b"".join([view.toreadonly()]).hex() if view.c_contiguous else "")
    index = (1,) * view.ndim
    print("item:", view[index], item(view, index).hex())
    attempt("assigned", view.__setitem__, index, -1)
    print("after:", view.tolist())
    attempt("cast", view.cast, "B")
    for order in "CFA":
        copy = contiguous(view, False, order)
        print(order, facts(copy), copy.tolist(), type(copy.obj).__name__)
    attempt("writing", contiguous, view, True, "C")
    for flags in (SIMPLE, ND, STRIDES, C, ANY, INDIRECT, FULL_RO, FULL):
        attempt(hex(flags), asked, view, flags)

print("# what is asked for")
for array in (ints(2, 3), ints(2, 3, strides=(4, 8)), ints(2, 2, strides=(16, 8)), ints(2, readonly=True), ints()):
    view = memoryview(array)
    for flags in (SIMPLE, WRITABLE, FORMAT, ND, ND | FORMAT, STRIDES, C, F, ANY, INDIRECT, FULL_RO, FULL, 0x100, 0x200):
        attempt(hex(flags), asked, view, flags)
        attempt(f"from {flags:#x}", lambda: facts(memoryview._from_flags(array, flags)))
print(facts(memoryview._from_flags(b"abc", FULL_RO)), memoryview._from_flags(object=b"abc", flags=0).tolist())
attempt("bytes to write", memoryview._from_flags, b"abc", WRITABLE)
for readonly in (False, True):
    for flags in (SIMPLE, WRITABLE, FULL_RO, ND, 0x100, 0x200):
        attempt(f"filled {flags:#x} {readonly}", ext_layouts.filled, b"", readonly, flags)

print("# comparison and hash")
one = memoryview(ints(4))
print(one == ints(4), one == ints(3), one == ints(2, 2), one == memoryview(struct.pack("4q", *range(4))).cast("q"), one != ints(4))
print(one == b"no", one == "no", one == 3, one == [0, 1, 2, 3], one.__eq__(3), one.__lt__(one), one.__ge__(b""))
attempt_type("<", lambda: one < one)
nan = struct.pack("d", float("nan"))
nans = memoryview(Array(nan, "d", 8, (1,)))
print(nans == nans, nans == memoryview(nan).cast("d"), memoryview(b"") == ints(0), memoryview(ints(0)) == Array(b"", "d", 8, (0,)))
print(memoryview(Array(b"\1\2", "b", 1, (2,))) == b"\1\2", memoryview(Array(b"\xff", "b", 1, (1,))) == b"\xff")
print(memoryview(Array(b"\1\0", "<h", 2, (1,))) == Array(b"\0\1", ">h", 2, (1,)), Array(b"\1\0", "h", 2, (1,)) == memoryview(b"\1"))
for format in "cbB":
    view = memoryview(Array(b"abcdef", format, 1, (3,), (2,), readonly=True))
    print(format, hash(view) == hash(b"ace"), hash(view) == hash(view), hash(view.toreadonly()) == hash(b"ace"))
attempt("writable", hash, memoryview(Array(b"abc", "B", 1, (3,))))
attempt("read-only view of it", hash, memoryview(Array(b"abc", "B", 1, (3,))).toreadonly())
attempt("ints", hash, memoryview(ints(3, readonly=True)))
attempt("bytearray's", hash, memoryview(bytearray(b"abc")).toreadonly())

print("# cast")
for source in (memoryview(bytearray(range(24))), memoryview(Array(bytes(range(24)), "B", 1, (24,)))):
    for format in ("B", "@b", "c", "H", "i", "@d", "q"):
        view = source.cast(format)
        print(facts(view), view[-1] == view[len(view) - 1])
    for shape in ([24], [2, 12], (2, 3, 4), [], (0,), (-1, 24), (5, 5), [2.0, 12], "24", 24, (1 << 62, 8), (1 << 70,), (True, 24), [1] * 65):
        attempt(f"{str(shape)[:40]}", lambda: facts(source.cast("B", shape)))
    grid = source.cast("i", [2, 3])
    print(grid.tolist(), grid[1, 2], grid.cast("B") == source, grid.cast("B").shape)
    for arguments in (("h",), ("B", [2, 12]), ("B", [24]), ("d",), ("<i",), ("",), ("ii",), ("x",), ("\xe9",), (3,), (), ("B", [1], 2)):
        attempt_type(f"grid.cast{arguments}", lambda: facts(grid.cast(*arguments)))
    attempt("odd", source[1:].cast, "i")
    attempt("steps", source[::2].cast, "B")
    attempt("empty", lambda: facts(source[:0].cast("i")))
    attempt("empty with shape", source[:0].cast, "B", [0])
    attempt("keywords", lambda: source.cast(format="H", shape=[3, 4]).tolist())
attempt("no bytes", memoryview(Array(bytes(8), "<i", 4, (2,))).cast, "i")
one = memoryview(ints())
print(one.cast("B").tolist(), one.cast("B").cast("i", ()).tolist(), facts(one.cast("B").cast("i", [])))
attempt("two to none", memoryview(bytes(8)).cast, "i", ())

print("# assignment")
for make in (lambda: memoryview(bytearray(b"abcdefgh")), lambda: memoryview(Array(b"abcdefgh", "B", 1, (8,)))):
    view = make()
    view[2:] = view[:6]
    print(view.tobytes())
    view[::2] = b"1234"
    view[::-2] = view[:4]
    print(view.tobytes())
    view[3:3] = b""
    view[1:3] = Array(b"xyz", "@B", 1, (2,), (2,))
    view[5] = True
    print(view.tobytes())
    for key, value in ((slice(0, 2), b"abc"), (slice(0, 2), memoryview(bytes(4)).cast("H")), (slice(0, 2), "ab"), (slice(0, 2), 5),
                       (slice(0, 8, 0), b""), (slice("a"), b""), (slice(0, 2), memoryview(b"ab").cast("c")), (0, b"a"), (8, 1), (0, 256)):
        attempt(f"{key} = {type(value).__name__}", view.__setitem__, key, value)
    readonly = view.toreadonly()
    attempt("read-only", readonly.__setitem__, 0, 1)
    attempt("read-only del", readonly.__delitem__, 0)
    attempt("del", view.__delitem__, slice(0))
    view[0] = 90
    print(readonly[0], readonly.readonly, view.readonly, readonly.obj is view.obj)
    print(view.hex("-"), view.hex(":", 3), view.hex(sep=" ", bytes_per_sep=-3), view[::3].hex())
    attempt("order", view.tobytes, "X")
grid = ints(2, 3)
unflat(grid, struct.pack("6i", *range(10, 16)), "F")
print(memoryview(grid).tolist(), flat(grid, "F") == struct.pack("6i", *range(10, 16)))
attempt("rows", memoryview(grid).__setitem__, slice(0, 1), memoryview(grid)[1:])
struct.pack_into("2i", grid, 4, -1, -2)
print(memoryview(grid).tolist(), struct.unpack_from("3i", grid, 12))

print("# release")


class Odd:
    def __init__(self, view):
        self.view = view

    def __index__(self):
        self.view.release()
        return 1


array = ints(4)
first = memoryview(array)
second, third = memoryview(first), first[1:]
print(array.exports)
first.release()
first.release()
print(array.exports, second.tolist(), third.tolist(), repr(first).startswith("<released memory at 0x"))
with second as same:
    print(same is second, array.exports)
with third:
    holder = memoryview(third.cast("B"))
print(array.exports, holder[0])
for name in ("obj", "nbytes", "readonly", "itemsize", "format", "ndim", "shape", "strides", "suboffsets", "c_contiguous",
             "f_contiguous", "contiguous", "tolist", "tobytes", "hex", "toreadonly", "__enter__", "__len__", "__hash__"):
    attempt(name, lambda: getattr(first, name)() if name[0] == "_" or name[0] == "t" or name == "hex" else getattr(first, name))
attempt("item", lambda: first[0])
attempt("set", lambda: first.__setitem__(0, 1))
attempt("cast", lambda: first.cast("B"))
attempt("view", memoryview, first)
attempt("bytes", bytes, first)
attempt("asked", asked, first, SIMPLE)
print(first == first, first == array, first != second)
holder.release()
gc.collect()
print(array.exports)
for source in (bytearray(4), Array(bytes(4), "B", 1, (4,))):
    view = memoryview(source)
    attempt("index that releases", lambda: view[Odd(view)])
    view = memoryview(source)
    attempt("set that releases", lambda: view.__setitem__(0, Odd(view)))
    view = memoryview(source)
    attempt("slice that releases", lambda: view.__setitem__(slice(Odd(view)), b"a"))
view = anonymous(grid)
gc.collect()
print(view.obj, view.tolist(), inside(view)[3], grid.exports)
held = view.__buffer__(FULL_RO)
print(held.tolist(), held.obj is view)
attempt("exported", view.release)
held.release()
attempt("no longer", view.release)

print("# Python's exporters")


class Lends:
    def __init__(self, lent):
        self.lent, self.given, self.back = lent, [], 0

    def __buffer__(self, flags):
        self.given.append(flags)
        return memoryview(self.lent)

    def __release_buffer__(self, view):
        self.back += 1
        view.release()


lends = Lends(ints(2, 3))
with memoryview(lends) as view:
    print(facts(view), view.tolist(), view[1:].tolist(), lends.lent.exports, lends.back)
gc.collect()
print(lends.given, lends.back, lends.lent.exports)
print(asked(lends, FULL_RO), bytes(lends) == lends.lent.data, memoryview(lends) == lends.lent)
lends = Lends(bytearray(b"abc"))
print(memoryview(lends).tolist(), asked(lends, SIMPLE), lends.given)
attempt_type("no view", memoryview, type("N", (), {"__buffer__": lambda self, flags: 3})())


class Sub(Array):
    def __buffer__(self, flags):
        print("asked", hex(flags))
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        print("back")
        super().__release_buffer__(view)


sub = Sub(b"abcd", "B", 1, (4,))
with memoryview(sub) as view:
    print(view.tolist(), sub.exports)
print(sub.exports)
plain = type("Plain", (Array,), {})(b"abcd", "B", 1, (2,), (2,))
print(memoryview(plain).tolist(), memoryview(plain).obj is plain, bytes(plain))
gc.collect()
print(plain.exports)
array = ints(3)
view = array.__buffer__(FULL)
print(view.tolist(), view.obj is array, array.exports)
attempt("another's", ints(3).__release_buffer__, view)
attempt("no view", array.__release_buffer__, b"")
array.__release_buffer__(view)
print(array.exports)
attempt("again", array.__release_buffer__, view)
attempt("read", lambda: array.__buffer__(0x100).tolist())
attempt("large", array.__buffer__, 1 << 40)
attempt("larger", array.__buffer__, 1 << 70)
attempt("no view of", memoryview, 3)
attempt_type("nothing", memoryview)
print(memoryview(object=b"ab").tolist(), type(iter(memoryview(ints(1)))).__name__)
