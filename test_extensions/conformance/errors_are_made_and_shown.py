"""Errors chained, with errno and names, of keys, shown on stderr, with a place in source; exc_info set by C; explicit warnings."""

import contextlib
import io
import os
import re
import sys
import tempfile
import warnings

import ext_formats as c
from ext_system import printed
from show import attempt, attempt_type


def chain(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        print(type(error).__name__, error, repr(error.__cause__), repr(error.__context__), error.__suppress_context__)


class Custom(Exception):
    pass


for pending in (KeyError("first"), Custom("own", 2)):
    for cls in (ValueError, Custom, StopIteration):
        chain(c.from_cause, pending, cls)
for key in (5, "text", (1, 2), (), None, Custom):
    chain(c.key_error, key)
attempt("internal", c.internal_call)

for how, number, cls, first, second in (
    ("WithFilename", 2, OSError, "näme", None),
    ("WithFilename", 2, OSError, None, None),
    ("WithFilename", 17, Custom, "name", None),
    ("WithFilename", 11, OSError, "name", None),
    ("Objects", 2, OSError, "one", "two"),
    ("Objects", 13, OSError, b"bytes", None),
    ("Objects", 1, OSError, None, None),
    ("Objects", 4, OSError, 5, [6]),
    ("Objects", 2, Custom, "one", "two"),
    ("Objects", 0, OSError, "one", "two"),
):
    try:
        c.errno_error(how, number, cls, first, second)
    except Exception as error:
        print(how, number, type(error).__name__, error.args, getattr(error, "filename", "-"), getattr(error, "filename2", "-"), str(error))


def inside():
    kind, value, traceback = sys.exc_info()
    print("  inside", kind, repr(value), traceback, repr(sys.exception()))


print("exc_info")
c.with_exc_info(KeyError, KeyError("k"), None, inside)
c.with_exc_info(None, None, None, inside)
try:
    raise ValueError("outer")
except ValueError as error:
    c.with_exc_info(KeyError, KeyError("k"), None, inside)
    print(sys.exception() is error)


def raises_inside():
    raise IndexError("new")


try:
    c.with_exc_info(KeyError, set_by_c := KeyError("k"), None, raises_inside)
except IndexError as error:
    print("context", error.__context__ is set_by_c)

print("shown")


def deep():
    raise ValueError("shown é")


def shown(how, error):
    with contextlib.redirect_stderr(io.StringIO()) as text:
        attempt(how, c.displayed, how, error)
    lines = text.getvalue().splitlines()
    print([re.sub(r'File ".*?", line \d+', "File", line) for line in lines if not re.fullmatch(r"[ ~^]*", line)])


class Bad(Exception):
    def __str__(self):
        raise ZeroDivisionError


for make in (deep, lambda: int("x"), lambda: (_ for _ in ()).throw(KeyError("k"))):
    try:
        make()
    except Exception as error:
        for how in ("Exception", "Three"):
            shown(how, error)
for error in (ValueError("no traceback"), Custom(), Custom("a", "b"), Bad()):
    for how in ("Exception", "Three"):
        shown(how, error)
try:
    try:
        deep()
    except ValueError as error:
        raise Custom("second") from error
except Custom as error:
    shown("Exception", error)
for value in (5, None):
    shown("Exception", value)


def hook(*details):
    raise LookupError("the hook failed")


sys.excepthook = hook
with contextlib.redirect_stderr(io.StringIO()) as text:
    printed(ValueError("printed"))
sys.excepthook = sys.__excepthook__
print([line for line in text.getvalue().splitlines() if not line.startswith(" ")])

print("import errors")


class OwnImportError(ImportError):
    pass


for cls, message, name, path in (
    (ImportError, "text", "name", "path"),
    (OwnImportError, "text", ..., ...),
    (ModuleNotFoundError, "text", "n", ...),
    (ValueError, "text", "n", "p"),
    (ImportError, ..., "n", "p"),
    (5, "text", "n", "p"),
):
    try:
        c.import_error(cls, message, name, path)
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "name", "-"), getattr(error, "path", "-"))

print("places")
source = tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8")
source.write("first\nsecond é\nthird")
source.flush()
for how in ("Location", "LocationEx", "LocationObject"):
    for line, column in ((2, 3), (1, -1), (3, 0), (99, 1)):
        error = c.located(how, SyntaxError("message"), source.name, source.name, line, column)
        print(
            how,
            line,
            column,
            type(error).__name__,
            error.msg,
            error.filename == source.name,
            error.lineno,
            error.offset,
            repr(error.text),
            getattr(error, "print_file_and_line", None),
        )
error = c.located("LocationEx", SyntaxError("message"), "/no/such/file", None, 2, 3)
print(error.filename, error.lineno, error.text)
error = c.located("LocationEx", ValueError("message"), "/no/such/file", None, 2, 3)
print(type(error).__name__, error.filename, error.lineno)
for line in (0, 1, 2, 3, 4):
    attempt(f"line {line}", c.PyErr_ProgramText, source.name, line)
    attempt(f"line {line}", c.PyErr_ProgramTextObject, source.name, line)
attempt("no file", c.PyErr_ProgramText, "/no/such/file", 1)
attempt("no name", c.PyErr_ProgramText, None, 1)
attempt("no name", c.PyErr_ProgramTextObject, ..., 1)

print("warnings")
registry = {}
for arguments in (
    (UserWarning, "text", "file.py", 5, "module", registry),
    (UserWarning, "text", "file.py", 5, "module", registry),
    (UserWarning, UserWarning("instance"), "file.py", 6, ..., ...),
    (DeprecationWarning, "text", "file.py", 7, "module", ...),
):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        attempt("explicit", c.warned, *arguments)
    print([(str(one.message), one.category.__name__, one.filename, one.lineno) for one in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    attempt("an error", c.warned, UserWarning, "text", "file.py", 5, "module", {})
    attempt("resource", c.resource_warned, [1])
attempt_type("no category", c.warned, int, "text", "file.py", 5, "module", {})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(
        c.resource_warned("thing"),
        [(str(one.message), one.category.__name__, one.source, os.path.basename(one.filename) == os.path.basename(__file__)) for one in caught],
    )
