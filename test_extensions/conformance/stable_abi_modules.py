"""Extensions built with Py_LIMITED_API for 3.6, and one with a plain suffix: found by their suffixes, and used."""

import gc
import weakref

import ext_plain
import ext_stable
from ext_stable_type import Counter
from show import attempt

print("suffixes:", ext_stable.__file__.endswith(".abi3.so"), ext_plain.__file__.endswith("/ext_plain.so"), ext_plain.suffix())
print("summed:", ext_stable.summed([1, 2, 3]), ext_stable.summed(n / 2 for n in range(4)))
attempt("summed text", ext_stable.summed, 5)
ext_stable.drift(10_000)
print("None is still there:", None is ext_stable.drift(1), [None, True] * 2)
print("container:", ext_stable.container(), ext_stable.sizes([1], ()))
attempt("sizes of others", ext_stable.sizes, (), [])
attempt("sizes of others", ext_stable.sizes, [], [])
attempt("fails", ext_stable.fails)
counter = Counter(3, lambda count, itself: (count, type(itself).__name__))
print("counter:", counter(), counter.count, list(counter), counter.count)
counter.count = 2
print("set:", list(counter))
del counter.count
print("deleted:", counter.count, Counter(9)())
counter.__init__(5, None)
attempt("a callback that is none", counter)


class Derived(Counter):
    def __call__(self, *arguments):
        return "derived", super().__call__(*arguments)


derived = Derived(1, print)
derived.__init__(1, lambda count, itself: itself)
print("derived:", derived()[1] is derived, derived.count)
derived.__init__(1, derived)
reference = weakref.ref(derived)
del derived
gc.collect()
print("cycle gone:", reference() is None)
