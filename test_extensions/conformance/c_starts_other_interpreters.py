"""Py_NewInterpreter and Py_NewInterpreterFromConfig: modules and globals of their own, an end, and the first one goes on."""

import sys

from ext_internals import another
from show import attempt

sys.of_the_first = True
for how in ("plain", "config"):
    attempt(how, another, how, "import sys; print('inside', hasattr(sys, 'of_the_first'), __name__, flush=True); kept = 5")
    attempt("another", another, how, "print('inside', 'kept' in globals(), flush=True)")
    attempt("one that raises", another, how, "raise SyntaxError")
print(sys.of_the_first, "kept" in globals())
