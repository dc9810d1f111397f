"""A few containers: what scripts use most."""

import sys
from _collections import OrderedDict, defaultdict, deque
from operator import itemgetter


class Counter(dict):
    def __init__(self, iterable=None, /, **kw):
        super().__init__()
        self.update(iterable, **kw)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, /, **kw):
        if isinstance(iterable, dict):
            for key, count in iterable.items():
                self[key] = self[key] + count
        elif iterable is not None:
            for key in iterable:
                self[key] = self[key] + 1
        for key, count in kw.items():
            self[key] = self[key] + count

    def most_common(self, n=None):
        ranked = sorted(self.items(), key=itemgetter(1), reverse=True)
        return ranked if n is None else ranked[:n]

    def elements(self):
        return (key for key, count in self.items() for _ in range(count))

    def total(self):
        return sum(self.values())

    def __repr__(self):
        if not self:
            return "Counter()"
        return f"Counter({dict(self.most_common())!r})"


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    fields = tuple(map(str, field_names))
    for name in fields:
        if not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"Type names and field names must be valid identifiers: {name!r}")
    if len(set(fields)) != len(fields):
        raise ValueError("Encountered duplicate field name")
    defaults = dict(zip(reversed(fields), reversed(tuple(defaults or ()))))

    def __new__(cls, *args, **kw):
        if len(args) > len(fields):
            most = len(fields) + 1
            takes = f"from {most - len(defaults)} to {most}" if defaults else most
            raise TypeError(f"{typename}.__new__() takes {takes} positional arguments but {len(args) + 1} were given")
        values = dict(defaults)
        values.update(zip(fields, args))
        for name, value in kw.items():
            if name not in fields:
                raise TypeError(f"{typename}.__new__() got an unexpected keyword argument {name!r}")
            values[name] = value
        missing = [name for name in fields if name not in values]
        if missing:
            plural = "s" if len(missing) > 1 else ""
            names = " and ".join(map(repr, missing)) if len(missing) < 3 else ", ".join(map(repr, missing[:-1])) + f", and {missing[-1]!r}"
            raise TypeError(f"{typename}.__new__() missing {len(missing)} required positional argument{plural}: {names}")
        return tuple.__new__(cls, [values[name] for name in fields])

    def __repr__(self):
        return type(self).__name__ + "(" + ", ".join(f"{n}={v!r}" for n, v in zip(fields, self)) + ")"

    def _replace(self, /, **kw):
        return type(self)(**{**self._asdict(), **kw})

    def _asdict(self):
        return dict(zip(fields, self))

    namespace = {
        "__slots__": (),
        "_fields": fields,
        "_field_defaults": defaults,
        "__new__": __new__,
        "__repr__": __repr__,
        "_replace": _replace,
        "_asdict": _asdict,
        "_make": classmethod(lambda cls, iterable: tuple.__new__(cls, iterable)),
        "__match_args__": fields,
        "__module__": module or sys._getframe(1).f_globals.get("__name__", "__main__"),
    }
    for i, name in enumerate(fields):
        namespace[name] = property(itemgetter(i))
    return type(typename, (tuple,), namespace)


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        del self.maps[0][key]

    def __iter__(self):
        merged = {}
        for mapping in reversed(self.maps):
            merged.update(mapping)
        return iter(merged)

    def __len__(self):
        return len(list(iter(self)))

    def new_child(self, m=None):
        return ChainMap({} if m is None else m, *self.maps)
