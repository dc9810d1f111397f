"""tp_finalize, __del__ and PyObject_CallFinalizerFromDealloc: once only, in order, and objects that come back."""

import gc
import sys

import ext_lives
from ext_lives import Final, Node, rescue, take_events

final = Final("plain")
del final
gc.collect()
print("plain:", take_events())
final = Final("rescued", rescue)
final.attribute = "kept"
before = id(final)
del final
gc.collect()
print("rescued:", take_events())
final = rescue(None)
print("it is the same:", final.name, final.attribute, id(final) == before, type(final).__name__, ext_lives.gc_facts(final)[2])
del final
gc.collect()
print("not finalised twice:", take_events())


class Derived(Final):
    def __del__(self):
        print("  __del__", self.name, self.attribute)
        super().__del__()


derived = Derived("derived")
derived.attribute = 5
del derived
gc.collect()
print("derived:", take_events())


class Phoenix(Node):
    ashes = []

    def __del__(self):
        self.ashes.append(self)


phoenix = Phoenix("phoenix")
phoenix.attribute = "feather"
phoenix.child = [phoenix]
del phoenix
gc.collect()
print("phoenix:", take_events(), Phoenix.ashes[0].attribute, Phoenix.ashes[0].child[0] is Phoenix.ashes[0])
Phoenix.ashes[0].child = None
Phoenix.ashes.clear()
gc.collect()
print("phoenix gone:", take_events(), len(Phoenix.ashes))
said = []
sys.unraisablehook = lambda raised: said.append(raised.exc_type.__name__)
final = Final("failing", lambda itself: 1 / 0)
del final
gc.collect()
print("failing:", take_events(), said)
cycle = Final("cycle", lambda itself: said.append(itself.name))
cycle.itself = cycle
del cycle
gc.collect()
print("cycle:", take_events(), said)
rescued = Final("rescued from a cycle", rescue)
rescued.itself = rescued
del rescued
gc.collect()
print("rescued from a cycle:", take_events())
back = rescue(None)
print("back:", back.name, back.itself is back)
del back.itself, back
gc.collect()
print("and gone:", take_events())
try:
    raise KeyError("pending")
except KeyError as error:
    final = Final("while handling", lambda itself: None)
    del final
    print("the handled exception is untouched:", repr(error), repr(sys.exception()))
