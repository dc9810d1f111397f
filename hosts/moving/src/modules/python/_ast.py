"""`_ast`: the classes of syntax trees. The nodes that `compile` makes are put together by `modules/syntax_tree.rs`."""

PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000
PyCF_ONLY_AST = 0x0400
PyCF_OPTIMIZED_AST = 0x8400
PyCF_TYPE_COMMENTS = 0x1000

# Each line: the kind, its attributes, then its nodes. A field's type is followed by `*` if there are any number of it, by `?` if
# it may be None.
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")
_GRAMMAR = {
    ("mod", ()): """
        Module(stmt* body, type_ignore* type_ignores)
        Interactive(stmt* body)
        Expression(expr body)
        FunctionType(expr* argtypes, expr returns)""",
    ("stmt", _PLACE): """
        FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
        AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
        ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)
        Return(expr? value)
        Delete(expr* targets)
        Assign(expr* targets, expr value, string? type_comment)
        TypeAlias(expr name, type_param* type_params, expr value)
        AugAssign(expr target, operator op, expr value)
        AnnAssign(expr target, expr annotation, expr? value, int simple)
        For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
        AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
        While(expr test, stmt* body, stmt* orelse)
        If(expr test, stmt* body, stmt* orelse)
        With(withitem* items, stmt* body, string? type_comment)
        AsyncWith(withitem* items, stmt* body, string? type_comment)
        Match(expr subject, match_case* cases)
        Raise(expr? exc, expr? cause)
        Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
        TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
        Assert(expr test, expr? msg)
        Import(alias* names)
        ImportFrom(identifier? module, alias* names, int? level)
        Global(identifier* names)
        Nonlocal(identifier* names)
        Expr(expr value)
        Pass
        Break
        Continue""",
    ("expr", _PLACE): """
        BoolOp(boolop op, expr* values)
        NamedExpr(expr target, expr value)
        BinOp(expr left, operator op, expr right)
        UnaryOp(unaryop op, expr operand)
        Lambda(arguments args, expr body)
        IfExp(expr test, expr body, expr orelse)
        Dict(expr?* keys, expr* values)
        Set(expr* elts)
        ListComp(expr elt, comprehension* generators)
        SetComp(expr elt, comprehension* generators)
        DictComp(expr key, expr value, comprehension* generators)
        GeneratorExp(expr elt, comprehension* generators)
        Await(expr value)
        Yield(expr? value)
        YieldFrom(expr value)
        Compare(expr left, cmpop* ops, expr* comparators)
        Call(expr func, expr* args, keyword* keywords)
        FormattedValue(expr value, int conversion, expr? format_spec)
        JoinedStr(expr* values)
        Constant(constant value, string? kind)
        Attribute(expr value, identifier attr, expr_context ctx)
        Subscript(expr value, expr slice, expr_context ctx)
        Starred(expr value, expr_context ctx)
        Name(identifier id, expr_context ctx)
        List(expr* elts, expr_context ctx)
        Tuple(expr* elts, expr_context ctx)
        Slice(expr? lower, expr? upper, expr? step)""",
    ("expr_context", ()): "Load Store Del",
    ("boolop", ()): "And Or",
    ("operator", ()): "Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv",
    ("unaryop", ()): "Invert Not UAdd USub",
    ("cmpop", ()): "Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn",
    ("excepthandler", _PLACE): "\n ExceptHandler(expr? type, identifier? name, stmt* body)",
    ("pattern", _PLACE): """
        MatchValue(expr value)
        MatchSingleton(constant value)
        MatchSequence(pattern* patterns)
        MatchMapping(expr* keys, pattern* patterns, identifier? rest)
        MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
        MatchStar(identifier? name)
        MatchAs(pattern? pattern, identifier? name)
        MatchOr(pattern* patterns)""",
    ("type_ignore", ()): "\n TypeIgnore(int lineno, string tag)",
    ("type_param", _PLACE): """
        TypeVar(identifier name, expr? bound, expr? default_value)
        ParamSpec(identifier name, expr? default_value)
        TypeVarTuple(identifier name, expr? default_value)""",
}
# Kinds with one node, which has the kind's name.
_ALONE = {
    "comprehension(expr target, expr iter, expr* ifs, int is_async)": (),
    "arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)": (),
    "arg(identifier arg, expr? annotation, string? type_comment)": _PLACE,
    "keyword(identifier? arg, expr value)": _PLACE,
    "alias(identifier name, identifier? asname)": _PLACE,
    "withitem(expr context_expr, expr? optional_vars)": (),
    "match_case(pattern pattern, expr? guard, stmt* body)": (),
}
_OPTIONAL_PLACES = ("end_lineno", "end_col_offset")


class AST:
    _fields = ()
    _attributes = ()
    _field_types = {}
    _kinds = {}
    __match_args__ = ()

    def __init__(self, /, *args, **keywords):
        cls = type(self)
        fields = cls._fields
        if len(args) > len(fields):
            s = "" if len(fields) == 1 else "s"
            raise TypeError(f"{cls.__name__} constructor takes at most {len(fields)} positional argument{s}")
        given = dict(zip(fields, args))
        for name, value in keywords.items():
            if name in given:
                raise TypeError(f"{cls.__name__} got multiple values for argument {name!r}")
            if name not in fields and name not in cls._attributes:
                _warn(f"{cls.__name__}.__init__ got an unexpected keyword argument {name!r}. "
                      "Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.")
            given[name] = value
        for name in fields:
            if name not in given:
                _fill_in(cls, name, given)
        for name, value in given.items():
            setattr(self, name, value)

    def __reduce__(self):
        return type(self), (), self.__dict__

    def __replace__(self, /, **changes):
        cls = type(self)
        known = {*cls._fields, *cls._attributes, *self.__dict__}
        for name in changes:
            if name not in known:
                raise TypeError(f"{cls.__name__}.__replace__ got an unexpected keyword argument {name!r}.")
        return cls(**{**self.__dict__, **changes})


def _fill_in(cls, name, given):
    """What a field is that was not given: None, an empty list or Load, if it can be."""
    kind = cls._kinds.get(name, "?")
    if kind.endswith("*"):
        given[name] = []
    elif kind == "expr_context":
        given[name] = _singletons["Load"]
    elif not kind.endswith("?"):
        _warn(f"{cls.__name__}.__init__ missing 1 required positional argument: {name!r}. "
              "This will become an error in Python 3.15.")


def _warn(message):
    import warnings

    warnings.warn(message, DeprecationWarning, stacklevel=4)


_NAMES = {"identifier": str, "string": str, "int": int, "constant": object}
_singletons = {}


def _field_type(kind):
    plain = kind.rstrip("?*")
    found = _NAMES.get(plain) or globals()[plain]
    if kind.endswith("*"):
        return list[found]
    return found | None if kind.endswith("?") else found


def _make(name, bases, fields, attributes, doc):
    names = tuple(field for _, field in fields)
    space = {"_fields": names, "__match_args__": names, "__module__": "ast", "__doc__": doc}
    if attributes is not None:
        space["_attributes"] = attributes
    # A class finds None for what may be missing.
    space.update({field: None for kind, field in fields if kind.endswith("?")})
    space["_kinds"] = dict((field, kind) for kind, field in fields)
    made = globals()[name] = type(name, bases, space)
    return made


def _parse(line):
    name, _, fields = line.strip().rstrip(")").partition("(")
    return name, [tuple(field.split()) for field in fields.split(", ") if field], line.strip().replace("?*", "*")


def _make_all():
    made = []
    for (kind, attributes), nodes in _GRAMMAR.items():
        lines = nodes.strip().split("\n") if "\n" in nodes else nodes.split()
        parsed = [_parse(line) for line in lines]
        doc = f"{kind} = " + f"\n{' ' * (len(kind) + 1)}| ".join(doc for _, _, doc in parsed)
        base = _make(kind, (AST,), [], attributes, doc)
        for name in _OPTIONAL_PLACES:
            if name in attributes:
                setattr(base, name, None)
        for name, fields, doc in parsed:
            node = _make(name, (base,), fields, None, doc)
            if "\n" not in nodes:
                _singletons[name] = node()
            made.append(node)
    for line, attributes in _ALONE.items():
        name, fields, doc = _parse(line)
        node = _make(name, (AST,), fields, attributes, doc)
        for name in _OPTIONAL_PLACES:
            if name in attributes:
                setattr(node, name, None)
        made.append(node)
    for node in made:
        node._field_types = {field: _field_type(kind) for field, kind in node._kinds.items()}


AST.__module__ = "ast"
_make_all()
