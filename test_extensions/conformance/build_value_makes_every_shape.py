"""Py_BuildValue: scalars, tuples, lists, dicts, counted strings, wide text, stolen and converted objects, NULL."""

import ext_args
from show import attempt

for value in ext_args.build():
    print(repr(value))
attempt("NULL without an error", ext_args.build_null, False)
attempt("NULL with an error", ext_args.build_null, True)
