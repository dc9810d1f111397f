"""Dicts of derived classes are compared as dicts, whatever their methods do."""

from show import attempt, attempt_type


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
