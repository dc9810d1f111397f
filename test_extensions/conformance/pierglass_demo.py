"""The demo's extension: functions, a C type, its Python subclass, callbacks both ways, and a cycle that the collector breaks."""

import gc
import weakref

import pierglass_demo
from pierglass_demo import Mirror

print("functions in C")
print("  reflect('pier glass') =", repr(pierglass_demo.reflect("pier glass")))
print("  reflect('ΓΥΑΛΙ')      =", repr(pierglass_demo.reflect("ΓΥΑΛΙ")))
print("  reflect((1, 2, 3))    =", pierglass_demo.reflect((1, 2, 3)))
print("  reflect(42)           =", pierglass_demo.reflect(42))
print("  dot([1, 2], [3, 4.5]) =", pierglass_demo.dot([1, 2], [3, 4.5]))

print("C calls Python")
print("  tally(len, ...)       =", pierglass_demo.tally(len, ["a", "bb", "c", "dd", "eee"]))
print("  tally of a generator  =", pierglass_demo.tally(lambda n: n % 3, (n * n for n in range(10))))
try:
    pierglass_demo.tally(lambda n: 1 / n, [1, 0])
except ZeroDivisionError as error:
    print("  an exception passes through C:", type(error).__name__)
try:
    pierglass_demo.dot([1.0], [])
except ValueError as error:
    print("  an exception made in C:", error)

print("a type in C")
mirror = Mirror([1, 2, 3], on_glance=lambda n, seen: print(f"  glance {n} sees {seen}"))
mirror.glance()
mirror.thing = "Pierglass"
mirror.glance()
print(" ", mirror, "of length", len(mirror))
print("  compared:", Mirror(1) < Mirror(2), Mirror("a") == Mirror("a"), Mirror(()) != Mirror(()))


class Window(Mirror):
    """Python derives from the C type, and C calls what it overrides."""

    def __init__(self, thing, panes):
        super().__init__(thing)
        self.panes = panes

    def glance(self):
        return f"{self.panes} panes show {super().glance()}"


window = Window("garden", panes=4)
print(" ", window.glance(), "after", window.glances, "glance")

print("two mirrors that face each other, and nobody looks")
left, right = Mirror(None), Mirror(None)
left.thing, right.thing = right, left
gone = weakref.ref(Window([], 0))
gc.collect()
print("  a window without owner is gone:", gone() is None)
hall = Window(left, panes=1)
left_alive = weakref.ref(hall)
left.thing = hall
del left, right, hall
gc.collect()
print("  the collector broke the cycle:", left_alive() is None)
print(pierglass_demo.motto)
