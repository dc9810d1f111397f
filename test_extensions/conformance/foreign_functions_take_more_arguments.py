"""Foreign functions take more arguments than their `argtypes` name, as C's variadic functions do; dicts of derived classes are
compared as dicts."""

import ctypes

from show import attempt, attempt_type

library = ctypes.CDLL(None)
snprintf = library.snprintf
snprintf.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]
text = ctypes.create_string_buffer(64)

attempt("three more", lambda: (snprintf(text, 64, b"%s %d %.2f", b"text", 42, ctypes.c_double(2.5)), text.value))
attempt("none more", lambda: (snprintf(text, 64, b"plain"), text.value))
attempt("a value that has a type", lambda: (snprintf(text, 64, b"%ld", ctypes.c_long(-7)), text.value))
attempt("argtypes stay", lambda: [kind.__name__ for kind in snprintf.argtypes])
snprintf.restype = ctypes.c_long
attempt("restype holds", lambda: snprintf(text, 64, b"%c%c", 65, 66))
attempt_type("too few", lambda: snprintf(text, 64))


class Evil(dict):
    def __getitem__(self, key):
        raise RuntimeError("not to be asked")

    def keys(self):
        raise RuntimeError("not to be asked")


attempt("equal", lambda: Evil(a=1) == {"a": 1})
attempt("equal, reversed", lambda: {"a": 1} == Evil(a=1))
attempt("not equal", lambda: Evil(a=1) != {"a": 1})
attempt("other value", lambda: Evil(a=1) == {"a": 2})
attempt("other key", lambda: Evil(a=1) == {"b": 1})
attempt_type("ordered", lambda: Evil(a=1) < {"a": 1})
