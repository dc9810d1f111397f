"""PySys_*, PyFile_*, PyErr_Print, frames, namespaces, hashes, context variables, signals."""

import io
import os
import signal
import sys

import ext_system
from show import attempt, attempt_type

print("sys:", ext_system.sys_object("modules") is sys.modules, ext_system.sys_object("maxsize") == sys.maxsize, ext_system.sys_object("missing"))
print("set:", ext_system.sys_object("set_by_c", [1]), sys.set_by_c)
out, sys.stdout, err, sys.stderr = sys.stdout, io.StringIO(), sys.stderr, io.StringIO()
ext_system.sys_write()
printed = ext_system.printed(ValueError("printed"))
written, complained = sys.stdout.getvalue(), sys.stderr.getvalue()
sys.stdout, sys.stderr = out, err
print("written:", written.splitlines(), complained.splitlines()[0])
print("printed:", printed, complained.splitlines()[-1], repr(sys.last_value))
said = []
sys.excepthook = lambda kind, value, trace: said.append((kind.__name__, str(value)))
print("excepthook:", ext_system.printed(KeyError("hooked")), said)
sys.excepthook = sys.__excepthook__
stream = io.StringIO()
ext_system.file_write(stream, "té")
print("file:", stream.getvalue())
attempt("a file that is none", ext_system.file_write, 5, "x")
print("line:", repr(ext_system.file_read(io.StringIO("first\nsecond"))), ext_system.file_read(io.BytesIO(b"bytes\n")))
attempt("at the end", ext_system.file_read, io.StringIO(""))
with open(os.devnull) as file:
    print("descriptor:", ext_system.descriptor(file) == file.fileno(), ext_system.descriptor(7))
attempt("descriptor -1", ext_system.descriptor, -1)
attempt("no descriptor", ext_system.descriptor, "x")


def outer():
    def inner():
        local = 5
        global_names, local_names, has_len = ext_system.namespaces()
        return ext_system.caller(), global_names is globals(), sorted(local_names), has_len, local

    return inner()


(name, line, has_back, is_frame, is_code), same_globals, local_names, has_len, local = outer()
print("caller:", name, line == outer.__code__.co_firstlineno + 4, has_back, is_frame, is_code)
print("namespaces:", same_globals, local_names, has_len)
print("code:", ext_system.code_made())
print("versions:", ext_system.versions())
for value in (5, -1, 2**61, 0.5, (), None, True, 1.5):
    own, floats = ext_system.hashes(value)
    print("hash of", value, own == hash(value), floats)
attempt_type("hash of a list", ext_system.hashes, [])
before = sys.getrecursionlimit()
print("limit:", ext_system.limits(5000), sys.getrecursionlimit() == before)
print("context:", ext_system.context_variables(lambda variable: (variable.name, variable.get())))
print("signals:", ext_system.signals())


def handler(number, frame):
    raise RuntimeError("handled in Python")


signal.signal(signal.SIGINT, handler)
attempt("interrupted", ext_system.interrupted)
signal.signal(signal.SIGINT, signal.SIG_IGN)
attempt("ignored", ext_system.interrupted)
print("paths:", ext_system.fs_converted("é", b"\xc3\xa9"))
attempt("a zero in a path", ext_system.fs_converted, "a\0b", "")
attempt("no path", ext_system.fs_converted, 5, "")
