"""How objects are taken apart for `copy` and `pickle`: `object.__reduce_ex__`, `object.__getstate__`."""

from _reduce_core import cannot_be_made, has_own_state, type_name


def _copyreg():
    import copyreg

    return copyreg


def _slot_names(cls):
    names = cls.__dict__.get("__slotnames__")
    if names is None:
        names = _copyreg()._slotnames(cls)
    return names


def get_state(obj, required=False):
    """The instance's attributes, or a pair of them and its slots; None if there is nothing."""
    cls = type(obj)
    if required and (getattr(cls, "__itemsize__", 0) or has_own_state(obj)):
        raise TypeError(f"cannot pickle '{type_name(cls)}' object")
    state = getattr(obj, "__dict__", None) or None
    slots = {}
    for name in _slot_names(cls) or ():
        try:
            slots[name] = getattr(obj, name)
        except AttributeError:
            pass
    return (state, slots) if slots else state


def _new_arguments(obj):
    cls = type(obj)
    get = getattr(obj, "__getnewargs_ex__", None)
    if get is not None:
        pair = get()
        if not isinstance(pair, tuple):
            raise TypeError(f"__getnewargs_ex__ should return a tuple, not '{type(pair).__name__}'")
        if len(pair) != 2:
            raise ValueError(f"__getnewargs_ex__ should return a tuple of length 2, not {len(pair)}")
        args, kw = pair
        if not isinstance(args, tuple):
            raise TypeError(f"first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{type(args).__name__}'")
        if not isinstance(kw, dict):
            raise TypeError(f"second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{type(kw).__name__}'")
        return args, kw
    get = getattr(obj, "__getnewargs__", None)
    if get is not None:
        args = get()
        if not isinstance(args, tuple):
            raise TypeError(f"__getnewargs__ should return a tuple, not '{type(args).__name__}'")
        return args, None
    return None, None


def _state_of(obj, required):
    if type(obj).__getstate__ is object.__getstate__ and "__getstate__" not in getattr(obj, "__dict__", ()):
        return get_state(obj, required)
    return obj.__getstate__()


def reduce_2(obj):
    """Protocol 2 and above."""
    cls = type(obj)
    if cannot_be_made(cls):
        raise TypeError(f"cannot pickle '{type_name(cls)}' object")
    args, kw = _new_arguments(obj)
    if kw:
        new, call = _copyreg().__newobj_ex__, (cls, args, kw)
    else:
        new, call = _copyreg().__newobj__, (cls, *(args or ()))
    items = iter(obj) if isinstance(obj, list) else None
    pairs = iter(obj.items()) if isinstance(obj, dict) else None
    has_args = args is not None
    state = _state_of(obj, not has_args and not isinstance(obj, (list, dict)))
    return new, call, state, items, pairs


def reduce_default(obj, protocol):
    if protocol >= 2:
        return reduce_2(obj)
    return _copyreg()._reduce_ex(obj, protocol)


def reduce_ex(obj, protocol):
    """`__reduce_ex__`: a class's own `__reduce__` comes first."""
    reduce = getattr(type(obj), "__reduce__", None)
    if reduce is not None and reduce is not object.__reduce__:
        return obj.__reduce__()
    return reduce_default(obj, protocol)


# ---- builtin classes that know better


def reduce_set(self):
    return type(self), (list(self),), get_state(self)


def reduce_bytearray(self):
    return type(self), (bytes(self),), get_state(self)


def reduce_range(self):
    return type(self), (self.start, self.stop, self.step)


def reduce_exception(self):
    state = getattr(self, "__dict__", None)
    return (type(self), self.args, state) if state else (type(self), self.args)


def set_exception_state(self, state):
    if state is None:
        return
    if not isinstance(state, dict):
        raise TypeError("state is not a dictionary")
    for name, value in state.items():
        setattr(self, name, value)


def reduce_alias(self):
    return type(self), (self.__origin__, self.__args__)


def reduce_union(self):
    import functools
    import operator

    return functools.reduce, (operator.or_, self.__args__)


def reduce_namespace(self):
    return type(self), (), self.__dict__


def reduce_function(self):
    """Of builtin functions and methods, bound or not."""
    owner = getattr(self, "__objclass__", None) or getattr(self, "__self__", None)
    if owner is None or isinstance(owner, type(_copyreg())):
        return self.__qualname__
    return getattr, (owner, self.__name__)
