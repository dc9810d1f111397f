"""C finds a module from any type, calls itself to the limit, reads buffers that need no release, and asks for later calls."""

import array
import gc
import mmap

import ext_fields
from show import attempt

print("of its own type:", ext_fields.module_of_type(ext_fields.Bag()) is ext_fields)
for other in [5, "text", 1.5, None, (), [], {}, b"", 1j, True, object(), len]:
    attempt(f"of {type(other).__name__}", ext_fields.module_of_type, other)


class Derived(ext_fields.Bag):
    pass


print("of a derived class:", ext_fields.module_of_type(Derived()) is ext_fields)

try:
    ext_fields.call_first(ext_fields.call_first)
except RecursionError:
    print("C calls itself: RecursionError")
print("and goes on:", ext_fields.call_first(lambda itself: "called"))


class Exporter:
    def __buffer__(self, flags):
        return memoryview(b"exported")


class Counting(Exporter):
    def __release_buffer__(self, view):
        view.release()


with mmap.mmap(-1, 4) as mapped:
    for buffer in [b"bytes", bytearray(b"x"), array.array("b", [1]), memoryview(b"x"), mapped, Exporter(), Counting()]:
        attempt(type(buffer).__name__, ext_fields.read_quickly, buffer)

asked = ext_fields.call_later(False)
for _ in range(1000):
    pass
print("asked for before:", asked)
try:
    ext_fields.call_later(True)
    for _ in range(1000):
        pass
    print("nothing happened")
except ValueError as error:
    print("a call that fails:", error)

for _ in range(3):
    ext_fields.Meta("Ended", (), {"itself": ext_fields})
gc.collect()
Ended = ext_fields.Meta("Ended", (), {})
Ended.itself = Ended
del Ended
gc.collect()
print("classes of a C metaclass ended")
