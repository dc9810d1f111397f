"""PyMarshal_* in files and bytes, _Py_fopen_obj, PyFile_*, audit hooks, what C says about the build and the program."""

import io
import marshal
import os
import sys
import tempfile

import ext_running as c
from show import attempt, attempt_type


class Text(str):
    pass


class Path:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


for number in (0, 5, -1, 2**31 - 1, -(2**31)):
    print(c.marshalled(number, [1, "a", None], {"k": (1.5, b"x", frozenset([1]), ..., True)}, 4))
for version in (0, 1, 2, 3, 4):
    for value in (5, 2**70, -1.25, "é", b"b", (), [[]], {}, {1: 2}, None, 1j, "long " * 60):
        written, back = c.through_bytes(value, version)
        print(version, repr(back)[:40], back == value, type(back).__name__)
attempt_type("cannot be marshalled", c.through_bytes, object(), 4)
for base, value in ((str, "text"), (int, 5), (float, 1.5), (tuple, (1,)), (list, [1]), (dict, {1: 2}), (frozenset, [1]), (bytes, b"bytes")):
    derived = type("Derived", (base,), {})(value)
    attempt_type(f"a {base.__name__} of a derived class", c.through_bytes, derived, 4)
    attempt_type("inside a tuple", c.through_bytes, (1, (derived,)), 2)
    attempt_type("inside a list", marshal.dumps, [[], derived], 2)
    attempt_type("in a dict", marshal.dumps, {"key": derived}, 2)
    attempt_type("to a file", marshal.dump, [derived], io.StringIO(), 2)
attempt_type("an empty text", c.read_bytes, b"")
attempt_type("cut", c.read_bytes, b"(\x02\x00\x00\x00i")
attempt_type("unknown", c.read_bytes, b"?")
print(c.read_bytes(b"i\x05\x00\x00\x00more"))

folder = tempfile.mkdtemp()
path = os.path.join(folder, "fïle.txt")
with open(path, "wb") as file:
    file.write(b"content")
for value in (path, os.fsencode(path), Text(path), Path(path)):
    attempt_type(f"opened by {type(value).__name__}", c.opened, value, "rb")
attempt_type("not there", c.opened, path + "x", "rb")
attempt_type("no path", c.opened, 5, "rb")
attempt_type("a null", c.opened, "a\0b", "rb")
for function, value in ((c.PyFile_OpenCode, path), (c.PyFile_OpenCodeObject, path)):
    with function(value) as file:
        print(function.__name__, file.read(), file.mode)
    attempt_type("  not there", function, value + "x")
attempt_type("no path", c.PyFile_OpenCodeObject, 5)
fd = os.open(path, os.O_RDONLY)
print("descriptors", c._Py_IsValidFD(fd), c._Py_IsValidFD(-1), c._Py_IsValidFD(10**6))
for mode, buffering, encoding, errors, newline in (("r", -1, "utf-8", None, None), ("rb", 0, None, None, None), ("r", -1, "ascii", "replace", "\n")):
    with c.from_descriptor(os.dup(fd), mode, buffering, encoding, errors, newline, True) as file:
        os.lseek(fd, 0, os.SEEK_SET)
        print("  ", type(file).__name__, file.read())
attempt_type("wrong mode", c.from_descriptor, fd, "z", -1, None, None, None, False)
attempt_type("wrong descriptor", c.from_descriptor, 10**6, "r", -1, None, None, None, False)
os.close(fd)
print(c._Py_IsValidFD(fd))

print("sys", type(c.PySys_GetXOptions()).__name__, c.PySys_GetXOptions() is sys._xoptions)
heard = []


def hook(event, args):
    if event.startswith("tested"):
        heard.append((event, args))
        if event.endswith("refused"):
            raise PermissionError(event)


sys.addaudithook(hook)
attempt("audit", c.PySys_AuditTuple, "tested.tuple", (1, "two"))
attempt("audit without", c.PySys_AuditTuple, "tested.nothing", ...)
attempt("audit refused", c.PySys_AuditTuple, "tested.refused", (3,))
attempt("audit no tuple", c.PySys_AuditTuple, "tested.list", [1])
print(heard)
c.said_to_stderr("é")
print(c.arguments_given()[-len(sys.argv) :] == sys.argv, c.interactive(), c.PyOS_InterruptOccurred())
print(c.file_defaults(), c.Py_GetPlatform() == sys.platform, bool(c.Py_GetCopyright()), "[" in c.Py_GetCompiler(), bool(c.Py_GetBuildInfo()))
