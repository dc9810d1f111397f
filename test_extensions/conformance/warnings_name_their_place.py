"""Warnings of C: the stack level names the place, beyond the outermost frame too; and any class can be the category."""

import warnings

from ext_errors import warn as told
from ext_protocols import warn, warn_format
from show import attempt


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


class Odd:
    """What stands for a category need not be a class of exceptions."""

    def __init__(self, message):
        self.message = message

    def __str__(self):
        return f"odd {self.message}"


# A category may be any class; one that a filter makes an error is raised as it is.
for category in (Warning, ValueError, KeyError, Odd, str):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", category)
        attempt(category.__name__, told, category, "5")
    for warning in caught:
        print(warning.category.__name__, type(warning.message).__name__, str(warning.message), warning.lineno)
for category in (ValueError, KeyError):
    with warnings.catch_warnings():
        warnings.simplefilter("error", category)
        attempt(f"{category.__name__} as an error", told, category, "5")
# The frames of the import system do not count.
for place in ("<frozen importlib._bootstrap>", "<frozen importlib>", "<frozen importlib._bootstrap_external>"):
    names = {}
    exec(compile("def through(function, *given):\n\n    function(*given)\n", place, "exec"), names)
    for level in (0, 1, 2, 3):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outer(lambda level: names["through"](inner, warn, level), level)
            outer(lambda level: names["through"](warn, level), level)
        print(place, level, [(each.filename[:9], each.lineno) for each in caught if each.filename.startswith("<")], [each.lineno for each in caught])
