"""Functions that take or give functions."""

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__")
_missing = object()


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=("__dict__",)):
    for name in assigned:
        try:
            setattr(wrapper, name, getattr(wrapped, name))
        except AttributeError:
            pass
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=("__dict__",)):
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


def reduce(function, sequence, initial=_missing, /):
    iterator = iter(sequence)
    if initial is _missing:
        try:
            value = next(iterator)
        except StopIteration:
            raise TypeError("reduce() of empty iterable with no initial value") from None
    else:
        value = initial
    for item in iterator:
        value = function(value, item)
    return value


class partial:
    def __new__(cls, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self = super().__new__(cls)
        self.func, self.args, self.keywords = func, args, keywords
        return self

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        shown = [repr(self.func), *map(repr, self.args), *(f"{k}={v!r}" for k, v in self.keywords.items())]
        return f"functools.partial({', '.join(shown)})"


def cmp_to_key(compare):
    class K:
        __slots__ = ("obj",)

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return compare(self.obj, other.obj) < 0

        def __eq__(self, other):
            return compare(self.obj, other.obj) == 0

    return K


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return lru_cache()(maxsize)

    def decorate(function):
        cache = {}

        @wraps(function)
        def wrapper(*args, **kw):
            key = (args, tuple(kw.items()), tuple(map(type, args)) if typed else ())
            if key in cache:
                value = cache.pop(key)
            else:
                value = function(*args, **kw)
                if maxsize is not None and len(cache) >= maxsize:
                    cache.pop(next(iter(cache)), None)
            cache[key] = value
            return value

        wrapper.cache_clear = cache.clear
        return wrapper

    return decorate


def cache(function):
    return lru_cache(maxsize=None)(function)


class cached_property:
    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = instance.__dict__[self.attrname] = self.func(instance)
        return value


def total_ordering(cls):
    def has(name):
        return getattr(cls, name) is not getattr(object, name)

    def refuse(result, negate):
        return result if result is NotImplemented else (not result if negate else result)

    if has("__lt__"):
        cls.__gt__ = lambda a, b: a.__lt__(b) if (r := a.__lt__(b)) is NotImplemented else not r and a != b
        cls.__le__ = lambda a, b: r if (r := a.__lt__(b)) is NotImplemented else r or a == b
        cls.__ge__ = lambda a, b: refuse(a.__lt__(b), True)
        return cls
    if has("__gt__"):
        cls.__lt__ = lambda a, b: r if (r := a.__gt__(b)) is NotImplemented else not r and a != b
        cls.__ge__ = lambda a, b: r if (r := a.__gt__(b)) is NotImplemented else r or a == b
        cls.__le__ = lambda a, b: refuse(a.__gt__(b), True)
        return cls
    raise ValueError("must define at least one ordering operation: < > <= >=")
