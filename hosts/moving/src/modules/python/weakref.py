"""Weak references, and the containers built on them."""

from _weakref import CallableProxyType, ProxyType, ReferenceType, getweakrefcount, getweakrefs, proxy, ref


class WeakMethod(ref):
    def __new__(cls, method, callback=None):
        try:
            obj, function = method.__self__, method.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(method)}") from None
        self = ref.__new__(cls, obj, callback)
        self._function = ref(function)
        self._class = type(method)
        return self

    def __call__(self):
        obj, function = super().__call__(), self._function()
        return None if obj is None or function is None else self._class(function, obj)


class WeakValueDictionary:
    def __init__(self, other=(), /, **kw):
        self.data = {}
        self.update(other, **kw)

    def _hold(self, key, value):
        owner = ref(self)

        def gone(reference):
            mapping = owner()
            if mapping is not None and mapping.data.get(key) is reference:
                del mapping.data[key]

        return ref(value, gone)

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self.data[key] = self._hold(key, value)

    def __delitem__(self, key):
        del self.data[key]

    def __contains__(self, key):
        return key in self.data and self.data[key]() is not None

    def __len__(self):
        return sum(1 for reference in self.data.values() if reference() is not None)

    def __iter__(self):
        return iter([key for key, reference in self.data.items() if reference() is not None])

    keys = __iter__

    def values(self):
        return iter([value for reference in self.data.values() if (value := reference()) is not None])

    def items(self):
        return iter([(key, value) for key, reference in self.data.items() if (value := reference()) is not None])

    def get(self, key, default=None):
        return self[key] if key in self else default

    def pop(self, key, *default):
        if key in self:
            value = self[key]
            del self.data[key]
            return value
        if default:
            return default[0]
        raise KeyError(key)

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, other=(), /, **kw):
        for key, value in dict(other, **kw).items():
            self[key] = value

    def clear(self):
        self.data.clear()


class WeakKeyDictionary:
    def __init__(self, other=()):
        self.data = {}
        for key, value in dict(other).items():
            self[key] = value

    def _hold(self, key):
        owner = ref(self)

        def gone(reference):
            mapping = owner()
            if mapping is not None:
                mapping.data.pop(reference, None)

        return ref(key, gone)

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self.data[self._hold(key)] = value

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __contains__(self, key):
        try:
            return ref(key) in self.data
        except TypeError:
            return False

    def __len__(self):
        return sum(1 for reference in self.data if reference() is not None)

    def __iter__(self):
        return iter([key for reference in self.data if (key := reference()) is not None])

    keys = __iter__

    def values(self):
        return iter([value for reference, value in self.data.items() if reference() is not None])

    def items(self):
        return iter([(key, value) for reference, value in self.data.items() if (key := reference()) is not None])

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def pop(self, key, *default):
        return self.data.pop(ref(key), *default)

    def setdefault(self, key, default=None):
        return self.data.setdefault(self._hold(key), default)


class WeakSet:
    def __init__(self, items=()):
        self.data = set()
        for item in items:
            self.add(item)

    def add(self, item):
        owner = ref(self)

        def gone(reference):
            own = owner()
            if own is not None:
                own.data.discard(reference)

        self.data.add(ref(item, gone))

    def discard(self, item):
        self.data.discard(ref(item))

    def remove(self, item):
        self.data.remove(ref(item))

    def __contains__(self, item):
        try:
            return ref(item) in self.data
        except TypeError:
            return False

    def __len__(self):
        return sum(1 for reference in self.data if reference() is not None)

    def __iter__(self):
        return iter([item for reference in self.data if (item := reference()) is not None])


class finalize:
    _live = {}

    def __init__(self, obj, func, /, *args, **kw):
        self._call = (func, args, kw)
        self._ref = ref(obj, self)
        finalize._live[self] = self._ref
        if not finalize._registered:
            import atexit

            atexit.register(finalize._at_exit)
            finalize._registered = True

    _registered = False
    atexit = True

    @property
    def alive(self):
        return self in finalize._live

    def __call__(self, _=None):
        if finalize._live.pop(self, None) is None:
            return None
        func, args, kw = self._call
        return func(*args, **kw)

    def detach(self):
        reference = finalize._live.pop(self, None)
        obj = reference and reference()
        return (obj, *self._call) if obj is not None else None

    def peek(self):
        reference = finalize._live.get(self)
        obj = reference and reference()
        return (obj, *self._call) if obj is not None else None

    @staticmethod
    def _at_exit():
        for one in reversed(list(finalize._live)):
            if one.atexit:
                one()
