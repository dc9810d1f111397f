"""Tuples that C has not filled, handed to Python code and back; the code looks at what is there."""

import gc
import sys

import ext_births as c
from show import attempt

for size, filled in ((1, 0), (3, 0), (3, 1), (3, 3), (40, 39)):
    made = c.holed(size, filled)
    print(size, filled, type(made).__name__, len(made), c.holes(made), repr(made)[-30:], c.completed(made)[:3])
    kept = [made, {"key": made}, (made, made)]
    gc.collect()
    print("kept", c.holes(kept[0]), c.holes(kept[1]["key"]), c.holes(kept[2]) == [], kept[2][0] is made, c.holes(made[:]), c.holes(kept[2][1]))
made = c.holed(4, 2)
print("what is there", made[0], made[1], made[:2], c.holes(made[:2]))
print("in others", str([made, "x"]))
held = [c.holed(2, 1) for _ in range(100)]
print(all(c.holes(item) == [1] for item in held), all(c.holes(item) == [1] for item in held))
del held[::2]
gc.collect()
print(sum(len(c.holes(item)) for item in held), sum(len(c.holes(c.completed(item))) for item in held))
for size, other in ((0, 2), (3, 3), (3, 1), (2, 4), (2, 0)):
    print("resized", size, other, c.resized(size, other), c.holes(c.resized(size, other)))
for size in (-1, sys.maxsize, -sys.maxsize - 1, sys.maxsize // 16, 1 << 55):
    attempt("empty", c.resized, 0, size)
    attempt("new", c.holed, size, 0)
