"""Abstract classes: what a class leaves abstract keeps it from being instantiated."""


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


def _abstract_names(cls):
    names = {name for name, value in cls.__dict__.items() if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                names.add(name)
    return frozenset(names)


class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **kw):
        cls = super().__new__(mcls, name, bases, namespace, **kw)
        cls.__abstractmethods__ = _abstract_names(cls)
        cls._abc_registry = []
        return cls

    def register(cls, subclass):
        cls._abc_registry.append(subclass)
        return subclass

    def __instancecheck__(cls, instance):
        return cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass):
        answer = cls.__subclasshook__(subclass)
        if answer is not NotImplemented:
            return answer
        if cls in subclass.__mro__:
            return True
        if any(issubclass(subclass, other) for other in cls._abc_registry):
            return True
        return any(issubclass(subclass, other) for other in cls.__subclasses__())


class ABC(metaclass=ABCMeta):
    __slots__ = ()
