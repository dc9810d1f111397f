"""Warnings of C: the stack level names the place, beyond the outermost frame too."""

import warnings

from ext_protocols import warn, warn_format


def inner(function, level):
    function(level)


def outer(function, level):
    inner(function, level)


warnings.simplefilter("always")
for function in (warn, warn_format):
    for level in (-1, 0, 1, 2, 3, 4, 5, 50):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outer(function, level)
        for warning in caught:
            place = warning.filename if warning.filename.startswith("<") or warning.filename == "sys" else "here"
            print(level, warning.category.__name__, warning.message, place, warning.lineno)
warnings.simplefilter("error")
try:
    warn(1)
except UserWarning as error:
    print("raised", error)
try:
    warn_format(99)
except DeprecationWarning as error:
    print("raised", error)
