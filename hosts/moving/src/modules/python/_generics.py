"""Type variables in generic aliases and unions."""

from _types import GenericAlias


def parameters(items):
    """The type variables in `items`, each once."""
    found = []
    for item in items:
        if isinstance(item, type):
            continue
        if isinstance(item, (tuple, list)):
            inner = parameters(item)
        elif hasattr(item, "__typing_subst__"):
            inner = (item,)
        else:
            inner = getattr(item, "__parameters__", ())
        for one in inner:
            if one not in found:
                found.append(one)
    return tuple(found)


def substitute(alias, given):
    """`alias[given]`: the alias with its type variables replaced."""
    return type(alias)(alias.__origin__, _replaced(alias, given))


def substitute_union(union, given):
    """`(list[T] | T)[given]`."""
    return type(union)[_replaced(union, given)]


def _replaced(alias, given):
    """The arguments of an alias with its type variables replaced."""
    if not isinstance(given, tuple):
        given = (given,)
    variables = alias.__parameters__
    if not variables:
        raise TypeError(f"{alias!r} is not a generic class")
    for variable in variables:
        prepare = getattr(type(variable), "__typing_prepare_subst__", None)
        if prepare is not None:
            given = prepare(variable, alias, given)
    if len(given) != len(variables):
        many = "many" if len(given) > len(variables) else "few"
        raise TypeError(f"Too {many} arguments for {alias!r}; actual {len(given)}, expected {len(variables)}")
    table = dict(zip(variables, given))
    made = []
    for item in alias.__args__:
        if isinstance(item, type):
            made.append(item)
        elif hasattr(item, "__typing_subst__"):
            made.append(item.__typing_subst__(table[item]))
        elif inner := getattr(item, "__parameters__", ()):
            made.append(item[tuple(table[one] for one in inner)])
        else:
            made.append(item)
    return tuple(made)


def class_alias(cls, item):
    """`__class_getitem__` of classes in Python."""
    return GenericAlias(cls, item)
