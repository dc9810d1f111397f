"""Weak references, and proxies that forward to what they refer to."""

from _weakref_core import ReferenceType, getweakrefcount, getweakrefs, ref


_BINARY = "add sub mul truediv floordiv mod divmod pow lshift rshift and or xor matmul"
_OPERATORS = [f"__{how}{name}__" for name in _BINARY.split() for how in ("", "r", "i") if how + name != "idivmod"]
_OTHERS = "str eq ne lt le gt ge len getitem setitem delitem contains iter next neg pos abs invert int float index bytes reversed"


def _remove_dead_weakref(dict, key, /):
    """Removes the entry if the weak reference that it holds is dead."""
    found = dict.get(key)
    if isinstance(found, ref) and found() is None:
        del dict[key]


def _forward(name):
    def method(self, *args):
        target = object.__getattribute__(self, "_reference")()
        if target is None:
            raise ReferenceError("weakly-referenced object no longer exists")
        function = getattr(type(target), name, None)
        if function is None:
            if name in _OPERATORS:
                return NotImplemented
            raise TypeError(f"'{type(target).__name__}' object does not support {name}")
        return function(target, *args)

    return method


class ProxyType:
    def __init__(self, obj, callback=None):
        object.__setattr__(self, "_reference", ref(obj, callback))

    def __getattribute__(self, name):
        target = object.__getattribute__(self, "_reference")()
        if target is None:
            raise ReferenceError("weakly-referenced object no longer exists")
        return getattr(target, name)

    def __setattr__(self, name, value):
        target = object.__getattribute__(self, "_reference")()
        if target is None:
            raise ReferenceError("weakly-referenced object no longer exists")
        setattr(target, name, value)

    def __delattr__(self, name):
        target = object.__getattribute__(self, "_reference")()
        if target is None:
            raise ReferenceError("weakly-referenced object no longer exists")
        delattr(target, name)

    __hash__ = None

    def __repr__(self):
        where = repr(object.__getattribute__(self, "_reference")).split(";", 1)[1].strip(" >")
        return f"<weakproxy at {id(self):#x}; {where}>"

    def __bool__(self):
        target = object.__getattribute__(self, "_reference")()
        if target is None:
            raise ReferenceError("weakly-referenced object no longer exists")
        return bool(target)

    for _name in _OPERATORS + [f"__{name}__" for name in _OTHERS.split()]:
        locals()[_name] = _forward(_name)
    del _name


class CallableProxyType(ProxyType):
    __call__ = _forward("__call__")


def proxy(obj, callback=None):
    return (CallableProxyType if callable(obj) else ProxyType)(obj, callback)
