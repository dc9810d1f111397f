"""Whose a buffer is that a Python class exports, and when its end is told."""

import gc

from ext_mixed import hold, owner, release
from show import attempt, attempt_type


class Exporter:
    def __init__(self, answer=None):
        self.data = bytearray(b"python")
        self.answer = answer
        self.told = []

    def __buffer__(self, flags):
        self.told.append("asked")
        return memoryview(self.data) if self.answer is None else self.answer

    def __release_buffer__(self, view):
        self.told.append(f"released {type(view).__name__} of {len(view)}")


class Silent:
    def __buffer__(self, flags):
        return memoryview(b"silent")


class Stubborn(Exporter):
    def __release_buffer__(self, view):
        raise ValueError("no")


exporter = Exporter()
whose, kind, *_ = hold(exporter)
print("held:", whose, kind.__name__, exporter.told)
attempt_type("cannot grow", exporter.data.append, 1)
print("again:", hold(exporter)[0], exporter.told)
print("let go:", release(), exporter.told, release(), exporter.told)
attempt_type("can grow", exporter.data.append, 1)

view = memoryview(exporter)
kind, base = owner(view)
print("a view's:", kind.__name__, base is exporter, view.obj is exporter, type(view.obj).__name__)
part = view[1:3]
print("a part's:", owner(part)[0].__name__, part.obj is view.obj, exporter.told[4:])
view.release()
print("not yet:", exporter.told[4:])
part.release()
print("released:", exporter.told[4:])
silent = Silent()
print("silent:", hold(silent)[0], release())
view = memoryview(silent)
print("silent view:", bytes(view), owner(view)[0].__name__, view.obj is silent)
del view
for answer in (5, b"bytes", bytearray(b"array")):
    wrong = Exporter(answer)
    attempt_type(f"answers {answer!r}", hold, wrong)
    print("told:", wrong.told)
given = memoryview(b"the same")
same = Exporter(given)
print("its own view:", hold(same)[0], same.told, release(), same.told)
attempt_type("still there", bytes, given)


class Deriving(bytearray):
    told = []

    def __buffer__(self, flags):
        self.told.append("asked")
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        self.told.append("released")
        super().__release_buffer__(view)


deriving = Deriving(b"deriving")
print("deriving:", hold(deriving)[0], release(), deriving.told)
gc.collect()
