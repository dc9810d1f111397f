"""Names of the interpreter's own classes, and making classes by hand."""

from _types import *


def new_class(name, bases=(), kwds=None, exec_body=None):
    kwds = dict(kwds or {})
    bases = resolve_bases(bases)
    meta = kwds.pop("metaclass", type(bases[0]) if bases else type)
    namespace = meta.__prepare__(name, bases, **kwds) if hasattr(meta, "__prepare__") else {}
    if exec_body is not None:
        exec_body(namespace)
    return meta(name, bases, namespace, **kwds)


def resolve_bases(bases):
    resolved = []
    for base in bases:
        if isinstance(base, type) or not hasattr(base, "__mro_entries__"):
            resolved.append(base)
        else:
            resolved.extend(base.__mro_entries__(bases))
    return tuple(resolved)


class DynamicClassAttribute(property):
    pass
