"""sys.argv, sys.path and options set by C, where the program says that it is, and counts by functions."""

import os
import sys

from ext_program import add_option, counts, paths, said_too_late, set_argv, set_path
from show import attempt

prefix, exec_prefix, path, full, name, home = paths()
print(prefix == (sys.prefix, 1), exec_prefix == (sys.exec_prefix, 1), path[1], full == (sys.executable, 1), name[1], home)

before, here = list(sys.path), os.path.realpath(os.getcwd())
for arguments, update in (
    (("program", "é", ""), 0),
    ((), 0),
    (("-c", "x"), 1),
    (("-m",), 1),
    (("/some/folder/script.py", "a"), 1),
    (("script.py",), -1),
):
    sys.path[:] = ["first"]
    attempt(f"{arguments} {update}", set_argv, arguments, update)
    print("  ", sys.argv, ["here" if entry == here else entry for entry in sys.path])
for text in ("/one:/two", "", "é"):
    attempt(f"path {text}", set_path, text)
    print("  ", sys.path)
sys.path[:] = before

for how, text in (("X", "tested=5"), ("X", "plain"), ("X", "a=b=c"), ("W", "ignore::UserWarning"), ("U", "error")):
    attempt(f"{how} {text}", add_option, how, text)
print({key: value for key, value in sys._xoptions.items() if key in ("tested", "plain", "a")}, sys.warnoptions)
print(counts())
first, second = said_too_late()
print(first[4:], second[:3], second[4:], sys.path == before)
