"""PyErr_WriteUnraisable and FormatUnraisable go through sys.unraisablehook; warnings through the warnings module."""

import sys
import warnings

import ext_errors
from show import attempt

said = []


def hook(raised):
    said.append((raised.exc_type.__name__, str(raised.exc_value), raised.err_msg, repr(raised.object)))


sys.unraisablehook = hook
print(ext_errors.unraisable(ValueError("lost"), [1]))
print(ext_errors.unraisable(KeyError("lost"), None))
print(ext_errors.unraisable(ValueError("lost"), "counting"))
for line in said:
    print(line)


def broken(raised):
    raise RuntimeError("the hook fails")


sys.unraisablehook = broken
stderr, sys.stderr = sys.stderr, open("/dev/null", "w")
print("a broken hook:", ext_errors.unraisable(ValueError("lost"), 5))
sys.stderr.close()
sys.stderr = stderr
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("warn:", ext_errors.warn(UserWarning, "careful"))
print([(warning.category.__name__, str(warning.message)) for warning in caught], caught[2].filename, caught[2].lineno)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    attempt("as an error", ext_errors.warn, DeprecationWarning, "old")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("ignore")
    print("ignored:", ext_errors.warn(ResourceWarning, "x"), len(caught))
