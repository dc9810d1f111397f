"""Tuples whose items have names, as `sys.flags` and `os.stat_result`."""


def structseq(name, fields, hidden=(), unnamed=0, module=None, doc=None):
    """A class with the items `fields`, then `unnamed` items without a name, then the attributes `hidden` that are no items."""
    length = len(fields) + unnamed
    total = length + len(hidden)
    names = tuple(fields)

    def __new__(cls, sequence, dict={}):
        items = tuple(sequence)
        if len(items) < length:
            raise TypeError(f"{name}() takes an at least {length}-sequence ({len(items)}-sequence given)")
        if len(items) > total:
            raise TypeError(f"{name}() takes an at most {total}-sequence ({len(items)}-sequence given)")
        made = tuple.__new__(cls, items[:length])
        more = list(items[length:])
        more += [dict.get(field) for field in hidden[len(more):]]
        for field, value in zip(hidden, more):
            made.__dict__[field] = value
        return made

    def __repr__(self):
        parts = ", ".join(f"{field}={value!r}" for field, value in zip(names, self))
        return f"{name}({parts})"

    def __reduce__(self):
        return type(self), (tuple(self), {field: self.__dict__[field] for field in hidden})

    def item(index):
        return property(lambda self: tuple.__getitem__(self, index))

    body = {field: item(index) for index, field in enumerate(names) if field not in hidden}
    body.update(
        __new__=__new__,
        __repr__=__repr__,
        __reduce__=__reduce__,
        __match_args__=names,
        __module__=module or name.rpartition(".")[0],
        __doc__=doc,
        n_fields=total,
        n_sequence_fields=length,
        n_unnamed_fields=unnamed,
    )
    return type(name.rpartition(".")[2], (tuple,), body)
