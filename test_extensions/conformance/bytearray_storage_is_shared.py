"""A bytearray's storage seen from C is the one that Python sees, before and after either resizes it."""

import ext_buffers
import ext_bytes
from show import attempt, attempt_type

print("made:", ext_bytes.array_made())
array = bytearray(b"\x00\x01\xfe")
print("flipped:", ext_bytes.array_flipped(array), array)
array += b"more"
del array[0]
print("after Python grew it:", ext_bytes.array_flipped(array), array)
print("resized:", ext_bytes.array_resized(array, 2), array)
array.extend(b"tail")
print("extended:", array)
print("cleared:", ext_bytes.array_resized(array, 0), array, ext_bytes.array_flipped(array))
array[:] = bytes(range(10))
del array[:3]
print("front removed:", ext_bytes.array_flipped(array), array)
view = memoryview(array)
attempt("resized while exported", ext_bytes.array_resized, array, 100)
print("unchanged:", len(array), ext_bytes.array_flipped(array), bytes(view))
view.release()
attempt("resized after release", ext_bytes.array_resized, array, 1)
attempt("joined", ext_bytes.array_joined, bytearray(b"ab"), b"cd")
attempt("joined with text", ext_bytes.array_joined, b"ab", "x")
attempt("from_object", ext_bytes.array_from_object, b"xyz")
attempt("from_object(3)", ext_bytes.array_from_object, 3)
attempt_type("from_object(text)", ext_bytes.array_from_object, "x")
attempt("flipped bytes", ext_bytes.array_flipped, b"x")


class Derived(bytearray):
    pass


derived = Derived(b"abc")
derived.note = "kept"
print("derived:", ext_bytes.array_flipped(derived), bytes(derived), derived.note)

# However Python made it and grew it.
ends = set()
for size in range(100):
    array = bytearray(b"\xff" * size)
    ends.add(ext_bytes.array_end(array))
    for byte in b"\xfe" * 9:
        array.append(byte)
        ends.add(ext_bytes.array_end(array))
    del array[: size // 2]
    view = memoryview(array)
    ends.add(ext_bytes.array_end(array))
    view.release()
print("behind the bytes:", ends)

# And whoever views it, C too.
for size in (0, 1, 3, 8, 16, 100):
    for viewed_twice in (False, True):
        array = bytearray(b"\xff" * size)
        view = memoryview(array)
        ext_buffers.hold(view[:] if viewed_twice else view)
        ends.add(ext_bytes.array_end(array))
        same = ext_buffers.held_bytes() == bytes(array)
        ext_buffers.let_go()
        ends.add(ext_bytes.array_end(array))
        array = bytearray(b"\xfe" * size)
        ext_buffers.hold(array)
        ends.add(ext_bytes.array_end(array))
        if not same or ext_buffers.held_bytes() != bytes(array):
            print("C sees something else", size, viewed_twice)
        ext_buffers.let_go()
print("behind those viewed:", ends)
