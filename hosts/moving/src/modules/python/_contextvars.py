"""Context variables."""

from _generics import class_alias
from _thread import get_ident

_MISSING = object()
_current = {}


class Context:
    """What context variables are set to: a mapping, copied cheaply enough."""

    def __init__(self):
        self._values = {}
        self._entered = None

    def _enter(self):
        if self._entered is not None:
            raise RuntimeError(f"cannot enter context: {self!r} is already entered")
        ident = get_ident()
        self._entered = (_current.get(ident),)
        _current[ident] = self

    def _exit(self):
        ident = get_ident()
        if self._entered is None:
            raise RuntimeError(f"cannot exit context: {self!r} has not been entered")
        if _current.get(ident) is not self:
            raise RuntimeError(f"cannot exit context: thread state references a different context object")
        before = self._entered[0]
        self._entered = None
        if before is None:
            del _current[ident]
        else:
            _current[ident] = before

    def run(self, callable, /, *args, **kw):
        self._enter()
        try:
            return callable(*args, **kw)
        finally:
            self._exit()

    def copy(self):
        made = Context()
        made._values = dict(self._values)
        return made

    def __getitem__(self, var):
        return self._values[_variable(var)]

    def __contains__(self, var):
        return _variable(var) in self._values

    def get(self, var, default=None, /):
        return self._values.get(_variable(var), default)

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()

    def __eq__(self, other):
        return self._values == other._values if isinstance(other, Context) else NotImplemented

    __hash__ = None


def _variable(var):
    if not isinstance(var, ContextVar):
        raise TypeError(f"a ContextVar key was expected, got {var!r}")
    return var


def _context():
    ident = get_ident()
    context = _current.get(ident)
    if context is None:
        context = _current[ident] = Context()
    return context


def copy_context():
    return _context().copy()


class ContextVar:
    def __init__(self, name, /, *, default=_MISSING):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self._name = name
        self._default = default

    @property
    def name(self):
        return self._name

    def get(self, default=_MISSING, /):
        found = _context()._values.get(self, _MISSING)
        for value in (found, default, self._default):
            if value is not _MISSING:
                return value
        raise LookupError(self)

    def set(self, value, /):
        context = _context()
        token = Token(_KEY, self, context, context._values.get(self, _MISSING))
        # Others that hold the mapping keep the old one.
        context._values = {**context._values, self: value}
        return token

    def reset(self, token, /):
        if not isinstance(token, Token):
            raise TypeError(f"expected an instance of Token, got {token!r}")
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        if token._var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        context = _context()
        if token._context is not context:
            raise ValueError(f"{token!r} was created in a different Context")
        token._used = True
        values = dict(context._values)
        if token._old is _MISSING:
            values.pop(self, None)
        else:
            values[self] = token._old
        context._values = values

    def __repr__(self):
        default = "" if self._default is _MISSING else f" default={self._default!r}"
        return f"<ContextVar name={self._name!r}{default} at {id(self):#x}>"

    __class_getitem__ = classmethod(class_alias)


_KEY = object()


class _Missing:
    def __repr__(self):
        return "<Token.MISSING>"


class Token:
    MISSING = _Missing()

    def __init__(self, key=None, var=None, context=None, old=None):
        if key is not _KEY:
            raise RuntimeError("Tokens can only be created by ContextVars")
        self._var, self._context, self._old, self._used = var, context, old, False

    @property
    def var(self):
        return self._var

    @property
    def old_value(self):
        return Token.MISSING if self._old is _MISSING else self._old

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._var.reset(self)

    def __repr__(self):
        used = " used" if self._used else ""
        return f"<Token{used} var={self._var!r} at {id(self):#x}>"

    __hash__ = None
    __class_getitem__ = classmethod(class_alias)


for _class in (Context, ContextVar, Token):
    _class.__module__ = "_contextvars"


def enter(context):
    context._enter()


def leave(context):
    context._exit()
