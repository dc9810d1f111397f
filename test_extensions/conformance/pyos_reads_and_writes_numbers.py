"""PyOS_string_to_double, PyOS_double_to_string, PyOS_snprintf, PyOS_strtol, comparisons without case, PyOS_FSPath."""

import pathlib

import ext_floats
from show import attempt, attempt_type

for text in ("1.5", "1e400", "-1e400", "nan", "  1", "1_0", "", "0x10", "12abc"):
    attempt(f"string_to_double({text!r})", ext_floats.string_to_double, text, False)
    attempt(f"string_to_double({text!r}) with end", ext_floats.string_to_double, text, True)
for code, precision, flags in (("r", 0, 0), ("r", 0, 2), ("g", 3, 0), ("f", 2, 1), ("e", 4, 0), ("E", 1, 0), ("g", 17, 4)):
    for value in (0.1, -0.0, 1e22, float("inf"), float("nan"), 123456.0):
        attempt(f"double_to_string({value}, {code}, {precision}, {flags})", ext_floats.double_to_string, value, code, precision, flags)
attempt_type("double_to_string with a wrong code", ext_floats.double_to_string, 1.0, "q", 0, 0)
print(ext_floats.os_strings())


class Path:
    def __fspath__(self):
        return "from fspath"


attempt("fs_path(str)", ext_floats.fs_path, "a/b")
attempt("fs_path(bytes)", ext_floats.fs_path, b"a/b")
attempt("fs_path(Path)", ext_floats.fs_path, Path())
attempt("fs_path(pathlib)", ext_floats.fs_path, pathlib.PurePosixPath("x") / "y")
attempt("fs_path(1)", ext_floats.fs_path, 1)
