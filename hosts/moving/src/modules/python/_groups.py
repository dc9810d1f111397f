"""Exception groups: `split`, `subgroup`, and what `except*` does with them."""


def _condition(matcher):
    if callable(matcher) and not isinstance(matcher, type):
        return matcher
    if isinstance(matcher, type):
        allowed = issubclass(matcher, BaseException)
    else:
        allowed = isinstance(matcher, tuple) and all(isinstance(one, type) and issubclass(one, BaseException) for one in matcher)
    if not allowed:
        raise TypeError("expected a function, exception type or tuple of exception types")
    return lambda error: isinstance(error, matcher)


def _derive(group, errors):
    """A group of some of the errors, with the place and history of the old one."""
    if not errors:
        return None
    made = group.derive(errors)
    if not isinstance(made, BaseExceptionGroup):
        raise TypeError("derive must return an instance of BaseExceptionGroup")
    made.__traceback__ = group.__traceback__
    suppress = group.__suppress_context__
    made.__context__ = group.__context__
    made.__cause__ = group.__cause__
    made.__suppress_context__ = suppress
    notes = getattr(group, "__notes__", None)
    if isinstance(notes, (list, tuple)):
        made.__notes__ = list(notes)
    return made


def _parts(error, condition):
    if condition(error):
        return error, None
    if not isinstance(error, BaseExceptionGroup):
        return None, error
    matching, others = [], []
    for inner in error.exceptions:
        match, rest = _parts(inner, condition)
        if match is not None:
            matching.append(match)
        if rest is not None:
            others.append(rest)
    return _derive(error, matching), _derive(error, others)


def split(group, matcher):
    return _parts(group, _condition(matcher))


def subgroup(group, matcher):
    return _parts(group, _condition(matcher))[0]


def match(error, matcher):
    """What remains of `error` after an `except*` clause, and what the clause gets."""
    for one in matcher if isinstance(matcher, tuple) else (matcher,):
        if not isinstance(one, type) or not issubclass(one, BaseException):
            raise TypeError("catching classes that do not inherit from BaseException is not allowed")
        if issubclass(one, BaseExceptionGroup):
            raise TypeError("catching ExceptionGroup with except* is not allowed. Use except instead.")
    if error is None:
        return None, None
    if isinstance(error, matcher):
        if isinstance(error, BaseExceptionGroup):
            return None, error
        wrapped = BaseExceptionGroup("", (error,))
        return None, wrapped
    if not isinstance(error, BaseExceptionGroup):
        return error, None
    pair = error.split(matcher)
    if not isinstance(pair, tuple):
        raise TypeError(f"{type(error).__name__}.split must return a tuple, not {type(pair).__name__}")
    if len(pair) < 2:
        raise TypeError(f"{type(error).__name__}.split must return a 2-tuple, got tuple of size {len(pair)}")
    return pair[1], pair[0]


def _leaves(error, into):
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            _leaves(inner, into)
    elif error is not None:
        into.add(id(error))


def _same_history(one, other):
    fields = ("__traceback__", "__cause__", "__context__")
    notes = getattr(one, "__notes__", None) is getattr(other, "__notes__", None)
    return notes and all(getattr(one, field) is getattr(other, field) for field in fields)


def reraise(original, errors):
    """What an `except*` statement raises at its end: `errors` are what its clauses raised and what none of them took."""
    if not errors:
        return None
    if not isinstance(original, BaseExceptionGroup):
        return errors[0]
    raised, kept = [], set()
    for error in errors:
        if error is None:
            continue
        if _same_history(error, original):
            _leaves(error, kept)
        else:
            raised.append(error)
    again = _parts(original, lambda error: id(error) in kept)[0]
    if not raised:
        return again
    if again is not None:
        raised.append(again)
    return BaseExceptionGroup("", tuple(raised)) if len(raised) > 1 else raised[0]
