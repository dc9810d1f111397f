"""Abstract classes: what a class leaves abstract keeps it from being instantiated."""

from _weakref import ref

_token = 0


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


class abstractclassmethod(classmethod):
    __isabstractmethod__ = True

    def __init__(self, function):
        function.__isabstractmethod__ = True
        super().__init__(function)


class abstractstaticmethod(staticmethod):
    __isabstractmethod__ = True

    def __init__(self, function):
        function.__isabstractmethod__ = True
        super().__init__(function)


class abstractproperty(property):
    __isabstractmethod__ = True


def _abstract_names(cls):
    names = {name for name, value in list(cls.__dict__.items()) if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                names.add(name)
    return frozenset(names)


def update_abstractmethods(cls):
    if hasattr(cls, "__abstractmethods__"):
        cls.__abstractmethods__ = _abstract_names(cls)
    return cls


def get_cache_token():
    """A number that changes with each registration."""
    return _token


class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **kw):
        cls = super().__new__(mcls, name, bases, namespace, **kw)
        cls.__abstractmethods__ = _abstract_names(cls)
        cls._abc_registry = []
        return cls

    def register(cls, subclass):
        global _token
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if issubclass(subclass, cls):
            return subclass
        if issubclass(cls, subclass):
            raise RuntimeError("Refusing to create an inheritance cycle")
        cls._abc_registry.append(ref(subclass))
        _token += 1
        return subclass

    def __instancecheck__(cls, instance):
        subclass = instance.__class__
        kind = type(instance)
        if subclass is kind:
            return cls.__subclasscheck__(kind)
        return cls.__subclasscheck__(subclass) or cls.__subclasscheck__(kind)

    def __subclasscheck__(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        answer = cls.__subclasshook__(subclass)
        if answer is not NotImplemented:
            if not isinstance(answer, bool):
                raise AssertionError("__subclasshook__ must return either False, True, or NotImplemented")
            return answer
        if cls in subclass.__mro__:
            return True
        for one in list(cls._abc_registry):
            other = one()
            if other is not None and issubclass(subclass, other):
                return True
        return any(issubclass(subclass, other) for other in cls.__subclasses__())

    def _abc_registry_clear(cls):
        cls._abc_registry.clear()

    def _abc_caches_clear(cls):
        pass


class ABC(metaclass=ABCMeta):
    __slots__ = ()
