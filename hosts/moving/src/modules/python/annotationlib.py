"""Annotations: what `typing` and `functools` ask for. Names that are not defined yet cannot be put off on this host."""

import enum
import sys


class Format(enum.IntEnum):
    VALUE = 1
    VALUE_WITH_FAKE_GLOBALS = 2
    FORWARDREF = 3
    STRING = 4


_MISSING = object()


class ForwardRef:
    """A name that an annotation gave as text."""

    def __init__(self, arg, *, module=None, owner=None, is_argument=True, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__arg__ = arg
        self.__forward_arg__ = arg
        self.__forward_module__ = module
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class
        self.__owner__ = owner
        self.__forward_code__ = compile(arg, "<annotation>", "eval")

    def evaluate(self, *, globals=None, locals=None, type_params=None, owner=None, format=Format.VALUE):
        if format == Format.STRING:
            return self.__forward_arg__
        if globals is None:
            module = sys.modules.get(self.__forward_module__)
            globals = getattr(module, "__dict__", {})
        space = dict(locals or {})
        for one in type_params or ():
            space.setdefault(one.__name__, one)
        try:
            return eval(self.__forward_arg__, globals, space)
        except NameError:
            if format == Format.FORWARDREF:
                return self
            raise

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (self.__forward_arg__, self.__forward_module__) == (other.__forward_arg__, other.__forward_module__)

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))

    def __or__(self, other):
        import typing

        return typing.Union[self, other]

    def __ror__(self, other):
        import typing

        return typing.Union[other, self]

    def __repr__(self):
        module = "" if self.__forward_module__ is None else f", module={self.__forward_module__!r}"
        return f"ForwardRef({self.__forward_arg__!r}{module})"


def call_annotate_function(annotate, format, *, owner=None, _is_evaluate=False):
    if format == Format.STRING:
        raise NotImplementedError("annotations as text are not implemented on this host")
    return annotate(Format.VALUE.value)


def call_evaluate_function(evaluate, format, *, owner=None):
    return call_annotate_function(evaluate, format, owner=owner, _is_evaluate=True)


def get_annotate_from_class_namespace(namespace):
    return namespace.get("__annotate__") or namespace.get("__annotate_func__")


def get_annotations(obj, *, globals=None, locals=None, eval_str=False, format=Format.VALUE):
    if eval_str and format != Format.VALUE:
        raise ValueError("eval_str=True is only supported with format=Format.VALUE")
    if format == Format.STRING:
        return annotations_to_string(get_annotations(obj))
    found = getattr(obj, "__annotations__", _MISSING)
    if found is _MISSING or found is None:
        if not callable(obj) and not hasattr(obj, "__dict__"):
            raise TypeError(f"{obj!r} does not have annotations")
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    if not eval_str:
        return dict(found)
    if globals is None:
        globals = getattr(obj, "__globals__", None) or getattr(sys.modules.get(getattr(obj, "__module__", None)), "__dict__", {})
    return {name: eval(value, globals, locals or {}) if isinstance(value, str) else value for name, value in found.items()}


def type_repr(value):
    if isinstance(value, type):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    if value is ...:
        return "..."
    return repr(value)


def annotations_to_string(annotations):
    return {name: value if isinstance(value, str) else type_repr(value) for name, value in annotations.items()}
