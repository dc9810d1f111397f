"""Primitives for the typing module.  What needs more of it than that is done by `typing` itself, imported when it is needed."""

import sys
from _types import GenericAlias
from _types import UnionType as Union


def _idfunc(x, /):
    return x


class NoDefaultType:
    """The type of the NoDefault singleton."""

    __slots__ = ()

    def __new__(cls):
        return NoDefault

    def __repr__(self):
        return "typing.NoDefault"

    def __reduce__(self):
        return "NoDefault"


NoDefault = object.__new__(NoDefaultType)


def _typing(function, *args):
    import typing

    return getattr(typing, function)(*args)


def _caller():
    """The module of whoever makes a type parameter."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return None if frame is None else frame.f_globals.get("__name__")


def _final(cls):
    """No classes may be derived from this one, and its instances are no bases of classes."""
    name = cls.__name__

    def __init_subclass__(cls, **kw):
        raise TypeError(f"type 'typing.{name}' is not an acceptable base type")

    def __mro_entries__(self, bases, /):
        raise TypeError(f"Cannot subclass an instance of {name}")

    cls.__init_subclass__, cls.__mro_entries__ = classmethod(__init_subclass__), __mro_entries__
    cls.__module__ = "typing"
    return cls


class _Evaluator:
    """What `evaluate_bound` and its kin give for a value that is there already."""

    __slots__ = ("_value",)

    def __init__(self, value):
        self._value = value

    def __call__(self, format, /):
        return _typing("_type_repr", self._value) if format == 4 else self._value

    def __repr__(self):
        return f"<constevaluator {self._value!r}>"


class _Lazy:
    """An attribute that a function computes when it is first asked for; a value is there already."""

    def __init__(self, field, absent=None):
        self._field, self._absent = field, absent

    def __get__(self, owner, cls=None):
        if owner is None:
            return self
        held, kept = owner.__dict__, "_" + self._field
        if kept not in held:
            evaluate = held.get("evaluate_" + self._field)
            held[kept] = self._absent if evaluate is None else evaluate(1)
        return held[kept]

    def __set__(self, owner, value):
        raise AttributeError("readonly attribute")


def _keep(owner, field, value):
    owner.__dict__["_" + field], owner.__dict__["evaluate_" + field] = value, _Evaluator(value)


class _Parameter:
    """What type parameters of all kinds share."""

    __default__ = _Lazy("default", NoDefault)
    evaluate_default = None

    def has_default(self):
        held = self.__dict__
        return held.get("evaluate_default") is not None or held.get("_default", NoDefault) is not NoDefault

    def _begin(self, name, default, module):
        if not isinstance(name, str):
            raise TypeError(f"{type(self).__name__}() argument 'name' must be str, not {type(name).__name__}")
        self.__name__, self.__module__ = name, module
        if default is not NoDefault:
            _keep(self, "default", default)

    def _vary(self, covariant, contravariant, infer_variance):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        if infer_variance and (covariant or contravariant):
            raise ValueError("Variance cannot be specified with infer_variance.")
        self.__covariant__, self.__contravariant__ = bool(covariant), bool(contravariant)
        self.__infer_variance__ = bool(infer_variance)

    def __repr__(self):
        if self.__infer_variance__:
            return self.__name__
        return ("+" if self.__covariant__ else "-" if self.__contravariant__ else "~") + self.__name__

    def __reduce__(self):
        return self.__name__

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


@_final
class TypeVar(_Parameter):
    """Type variable."""

    __bound__ = _Lazy("bound")
    __constraints__ = _Lazy("constraints", ())
    evaluate_bound = evaluate_constraints = None

    def __init__(
        self, name, *constraints, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False
    ):
        self._vary(covariant, contravariant, infer_variance)
        if bound is not None:
            bound = _typing("_type_check", bound, "Bound must be a type.")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        self._begin(name, default, _caller())
        if bound is not None:
            _keep(self, "bound", bound)
        if constraints:
            _keep(self, "constraints", constraints)

    def __typing_subst__(self, arg, /):
        return _typing("_typevar_subst", self, arg)

    def __typing_prepare_subst__(self, alias, args, /):
        index = alias.__parameters__.index(self)
        if index < len(args):
            return args
        if index > len(args) or not self.has_default():
            raise TypeError(f"Too few arguments for {alias}")
        return (*args, self.__default__)


@_final
class ParamSpec(_Parameter):
    """Parameter specification variable."""

    def __init__(self, name, *, bound=None, default=NoDefault, covariant=False, contravariant=False, infer_variance=False):
        self._vary(covariant, contravariant, infer_variance)
        self.__bound__ = None if bound is None else _typing("_type_check", bound, "Bound must be a type.")
        self._begin(name, default, _caller())

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)

    def __typing_subst__(self, arg, /):
        return _typing("_paramspec_subst", self, arg)

    def __typing_prepare_subst__(self, alias, args, /):
        return _typing("_paramspec_prepare_subst", self, alias, args)


class _Part:
    """`P.args` and `P.kwargs`."""

    __slots__ = ("__origin__",)

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        origin = self.__origin__
        return (origin.__name__ if isinstance(origin, ParamSpec) else repr(origin)) + self._tail

    def __eq__(self, other):
        return self.__origin__ == other.__origin__ if type(other) is type(self) else NotImplemented

    __hash__ = None


@_final
class ParamSpecArgs(_Part):
    """The args for a ParamSpec object."""

    __slots__ = ()
    _tail = ".args"


@_final
class ParamSpecKwargs(_Part):
    """The kwargs for a ParamSpec object."""

    __slots__ = ()
    _tail = ".kwargs"


@_final
class TypeVarTuple(_Parameter):
    """Type variable tuple."""

    def __init__(self, name, *, default=NoDefault):
        self._begin(name, default, _caller())

    def __repr__(self):
        return self.__name__

    def __iter__(self):
        yield _unpacked(self)

    def __typing_subst__(self, arg, /):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")

    def __typing_prepare_subst__(self, alias, args, /):
        return _typing("_typevartuple_prepare_subst", self, alias, args)

    __or__ = __ror__ = None


def _unpacked(parameter):
    import typing

    return typing.Unpack[parameter]


def _with_unpacked(parameters):
    return tuple(_unpacked(one) if isinstance(one, TypeVarTuple) else one for one in parameters)


@_final
class TypeAliasType:
    """Type alias."""

    __value__ = _Lazy("value")
    evaluate_value = None

    def __init__(self, name, value, *, type_params=()):
        if not isinstance(type_params, tuple):
            raise TypeError("type_params must be a tuple")
        self._begin(name, type_params)
        _keep(self, "value", value)

    def _begin(self, name, type_params):
        if not isinstance(name, str):
            raise TypeError(f"typealias() argument 'name' must be str, not {type(name).__name__}")
        self.__name__, self.__type_params__, self.__module__ = name, type_params, _caller()

    @property
    def __parameters__(self):
        return _with_unpacked(self.__type_params__)

    def __getitem__(self, parameters, /):
        if not self.__type_params__:
            raise TypeError("Only generic type aliases are subscriptable")
        return GenericAlias(self, parameters)

    def __iter__(self):
        yield _unpacked(self)

    def __repr__(self):
        return self.__name__

    def __reduce__(self):
        return self.__name__

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


class Generic:
    """Abstract base class for generic types."""

    __slots__ = ()

    def __class_getitem__(cls, *args, **kw):
        import typing

        return typing._generic_class_getitem(cls, *args, **kw)

    def __init_subclass__(cls, *args, **kw):
        import typing

        return typing._generic_init_subclass(cls, *args, **kw)


Generic.__module__ = NoDefaultType.__module__ = "typing"


# ---- what the loop does for `class C[T]`, `def f[T]` and `type X = ...`


def make_typevar(name, field=None, evaluate=None):
    made = TypeVar(name, infer_variance=True)
    if evaluate is not None:
        made.__dict__["evaluate_" + field] = evaluate
    return made


def make_paramspec(name):
    return ParamSpec(name, infer_variance=True)


def set_default(parameter, evaluate):
    parameter.__dict__["evaluate_default"] = evaluate
    return parameter


def set_type_params(function, parameters):
    function.__type_params__ = parameters
    return function


def subscript_generic(parameters):
    import typing

    return typing._GenericAlias(Generic, _with_unpacked(parameters))


def make_alias(parts):
    name, type_params, evaluate = parts
    made = TypeAliasType.__new__(TypeAliasType)
    made._begin(name, () if type_params is None else type_params)
    made.__dict__["evaluate_value"] = evaluate
    return made
