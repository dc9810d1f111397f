"""This module provides access to the Unicode Character Database which defines character properties for all Unicode characters."""

import _unicode_core as _core

_missing = object()


def _check(function, position, c):
    if not isinstance(c, str) or len(c) != 1:
        raise TypeError(f"{function}() argument{position} must be a unicode character, not {type(c).__name__}")


def _check_text(function, position, text):
    if not isinstance(text, str):
        raise TypeError(f"{function}() argument {position} must be str, not {type(text).__name__}")


def _asks(name):
    ask = getattr(_core, name)

    def method(self, chr, /):
        _check(name, "", chr)
        return ask(self._modern, chr)

    return _named(method, name)


def _asks_or(name, problem):
    ask = getattr(_core, name)

    def method(self, chr, default=_missing, /):
        _check(name, " 1", chr)
        answer = ask(self._modern, chr)
        if answer is not None:
            return answer
        if default is _missing:
            raise ValueError(problem)
        return default

    return _named(method, name)


def _named(method, name):
    method.__name__, method.__qualname__ = name, "UCD." + name
    return method


class UCD:
    __slots__ = ("_modern", "unidata_version")

    def __new__(cls, *args, **kw):
        raise TypeError("cannot create 'unicodedata.UCD' instances")

    category = _asks("category")
    bidirectional = _asks("bidirectional")
    east_asian_width = _asks("east_asian_width")
    decomposition = _asks("decomposition")
    mirrored = _asks("mirrored")
    combining = _asks("combining")
    digit = _asks_or("digit", "not a digit")
    decimal = _asks_or("decimal", "not a decimal")
    numeric = _asks_or("numeric", "not a numeric character")
    name = _asks_or("name", "no such name")

    def lookup(self, name, /):
        _check_text("lookup", "1", name)
        found = _core.lookup(self._modern, name)
        if found is None:
            raise KeyError(f"undefined character name '{name}'")
        return found

    def normalize(self, form, unistr, /):
        _check_text("normalize", 1, form)
        _check_text("normalize", 2, unistr)
        return _core.normalize(form, unistr)

    def is_normalized(self, form, unistr, /):
        _check_text("is_normalized", 1, form)
        _check_text("is_normalized", 2, unistr)
        return _core.is_normalized(form, unistr)


def _make(modern, version):
    made = object.__new__(UCD)
    made._modern, made.unidata_version = modern, version
    return made


unidata_version = _core.unidata_version
ucd_3_2_0 = _make(False, "3.2.0")
_now = _make(True, unidata_version)
bidirectional, category, combining, decimal = _now.bidirectional, _now.category, _now.combining, _now.decimal
decomposition, digit, east_asian_width = _now.decomposition, _now.digit, _now.east_asian_width
is_normalized, lookup, mirrored, name = _now.is_normalized, _now.lookup, _now.mirrored, _now.name
normalize, numeric = _now.normalize, _now.numeric
