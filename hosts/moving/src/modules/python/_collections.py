"""Containers that `collections` is made with."""

from _generics import class_alias


class OrderedDict(dict):
    """A dict of which the order counts: dicts keep it anyway."""

    def move_to_end(self, key, last=True):
        value = dict.pop(self, key)
        if last:
            dict.__setitem__(self, key, value)
            return
        rest = list(dict.items(self))
        dict.clear(self)
        dict.__setitem__(self, key, value)
        dict.update(self, rest)

    def popitem(self, last=True):
        if not self:
            raise KeyError("dictionary is empty")
        key = next(reversed(self)) if last else next(iter(self))
        return key, self.pop(key)

    @classmethod
    def fromkeys(cls, iterable, value=None):
        made = cls()
        for key in iterable:
            made[key] = value
        return made

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}()"
        if id(self) in _shown:
            return "..."
        _shown.add(id(self))
        try:
            return f"{type(self).__name__}({dict(self.items())!r})"
        finally:
            _shown.discard(id(self))

    def __eq__(self, other):
        if isinstance(other, OrderedDict):
            return dict.__eq__(self, other) and all(a is b or a == b for a, b in zip(self, other))
        return dict.__eq__(self, other)

    def __ne__(self, other):
        equal = self == other
        return equal if equal is NotImplemented else not equal

    __hash__ = None

    def copy(self):
        return type(self)(self)

    __copy__ = copy

    def __or__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        made = type(self)(self)
        made.update(other)
        return made

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        made = type(self)(other)
        made.update(self)
        return made

    def __reduce__(self):
        state = self.__getstate__()
        return type(self), (), state, None, iter(self.items())


class defaultdict(dict):
    def __init__(self, default_factory=None, /, *args, **kw):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        super().__init__(*args, **kw)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict.__repr__(self)})"

    def copy(self):
        return type(self)(self.default_factory, self)

    __copy__ = copy

    def __reduce__(self):
        args = () if self.default_factory is None else (self.default_factory,)
        return type(self), args, None, None, iter(self.items())

    def __or__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other):
        if not isinstance(other, dict):
            return NotImplemented
        made = type(self)(self.default_factory, other)
        made.update(self)
        return made

    __class_getitem__ = classmethod(class_alias)


class _Ring:
    """Iterates over a deque, and sees when it changes."""

    def __init__(self, owner, backwards=False):
        self._owner, self._version, self._index, self._backwards = owner, owner._version, 0, backwards

    def __iter__(self):
        return self

    def __next__(self):
        owner = self._owner
        if owner is None:
            raise StopIteration
        if owner._version != self._version:
            self._owner = None
            raise RuntimeError("deque mutated during iteration")
        index = self._index
        if index >= len(owner):
            self._owner = None
            raise StopIteration
        self._index = index + 1
        return owner[-1 - index if self._backwards else index]

    def __length_hint__(self):
        return 0 if self._owner is None else max(len(self._owner) - self._index, 0)


class deque:
    """A double-ended queue: two stacks, that in front upside down."""

    def __new__(cls, *args, **kw):
        self = super().__new__(cls)
        self._front, self._back, self._version, self._maxlen = [], [], 0, None
        return self

    def __init__(self, iterable=(), maxlen=None):
        if maxlen is not None:
            if not isinstance(maxlen, int):
                raise TypeError("an integer is required")
            if maxlen < 0:
                raise ValueError("maxlen must be non-negative")
        self._maxlen = maxlen
        self.clear()
        self.extend(iterable)

    @property
    def maxlen(self):
        return self._maxlen

    def append(self, item, /):
        self._version += 1
        self._back.append(item)
        if self._maxlen is not None and len(self) > self._maxlen:
            self.popleft()

    def appendleft(self, item, /):
        self._version += 1
        self._front.append(item)
        if self._maxlen is not None and len(self) > self._maxlen:
            self.pop()

    def extend(self, iterable, /):
        for item in list(iterable) if iterable is self else iterable:
            self.append(item)

    def extendleft(self, iterable, /):
        for item in list(iterable) if iterable is self else iterable:
            self.appendleft(item)

    def pop(self):
        if not self:
            raise IndexError("pop from an empty deque")
        self._version += 1
        if not self._back:
            self._balance(len(self._front) // 2)
        return self._back.pop()

    def popleft(self):
        if not self:
            raise IndexError("pop from an empty deque")
        self._version += 1
        if not self._front:
            self._balance((len(self._back) + 1) // 2)
        return self._front.pop()

    def _balance(self, front):
        """Puts the first `front` items in front, the others behind."""
        items = self._items()
        self._front = items[:front][::-1]
        self._back = items[front:]

    def _items(self):
        return self._front[::-1] + self._back

    def rotate(self, n=1, /):
        if self:
            items = self._items()
            n %= len(items)
            self._front, self._back = [], items[-n:] + items[:-n]
            self._version += 1

    def reverse(self):
        self._front, self._back = self._back, self._front
        self._version += 1

    def clear(self):
        self._front, self._back = [], []
        self._version += 1

    def copy(self):
        return type(self)(self, self._maxlen) if self._maxlen is not None else type(self)(self)

    __copy__ = copy

    def count(self, item, /):
        return sum(1 for other in self if other is item or other == item)

    def index(self, item, start=0, stop=None, /):
        items = self._items()
        for i in range(*slice(start, stop).indices(len(items))):
            if items[i] is item or items[i] == item:
                return i
        raise ValueError(f"{item!r} is not in deque")

    def insert(self, index, item, /):
        if self._maxlen is not None and len(self) >= self._maxlen:
            raise IndexError("deque already at its maximum size")
        items = self._items()
        items.insert(index, item)
        self._front, self._back = [], items
        self._version += 1

    def remove(self, item, /):
        version = self._version
        for i, other in enumerate(self._items()):
            found = other is item or other == item
            if version != self._version:
                raise IndexError("deque mutated during remove().")
            if found:
                del self[i]
                return
        raise ValueError("deque.remove(x): x not in deque")

    def __len__(self):
        return len(self._front) + len(self._back)

    def __iter__(self):
        return _Ring(self)

    def __reversed__(self):
        return _Ring(self, True)

    def _place(self, index):
        if not hasattr(type(index), "__index__"):
            raise TypeError(f"sequence index must be integer, not '{type(index).__name__}'")
        index = index.__index__()
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError("deque index out of range")
        front = len(self._front)
        return (self._front, front - 1 - index) if index < front else (self._back, index - front)

    def __getitem__(self, index):
        side, place = self._place(index)
        return side[place]

    def __setitem__(self, index, value):
        side, place = self._place(index)
        side[place] = value

    def __delitem__(self, index):
        side, place = self._place(index)
        del side[place]
        self._version += 1

    def __contains__(self, item):
        return any(other is item or other == item for other in self)

    def __add__(self, other):
        if not isinstance(other, deque):
            raise TypeError(f'can only concatenate deque (not "{type(other).__name__}") to deque')
        made = self.copy()
        made.extend(other)
        return made

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __mul__(self, count):
        return type(self)(self._items() * count, self._maxlen)

    __rmul__ = __mul__

    def __imul__(self, count):
        items = self._items() * count
        self.clear()
        self.extend(items)
        return self

    def __eq__(self, other):
        return self._items() == other._items() if isinstance(other, deque) else NotImplemented

    def __lt__(self, other):
        return self._items() < other._items() if isinstance(other, deque) else NotImplemented

    def __le__(self, other):
        return self._items() <= other._items() if isinstance(other, deque) else NotImplemented

    def __gt__(self, other):
        return self._items() > other._items() if isinstance(other, deque) else NotImplemented

    def __ge__(self, other):
        return self._items() >= other._items() if isinstance(other, deque) else NotImplemented

    __hash__ = None

    def __repr__(self):
        if id(self) in _shown:
            return "[...]"
        _shown.add(id(self))
        try:
            tail = "" if self._maxlen is None else f", maxlen={self._maxlen}"
            return f"{type(self).__name__}({self._items()!r}{tail})"
        finally:
            _shown.discard(id(self))

    def __reduce__(self):
        state = {name: value for name, value in self.__dict__.items() if name not in _OWN} or None
        args = () if self._maxlen is None else ((), self._maxlen)
        return type(self), args, state, iter(self)

    __class_getitem__ = classmethod(class_alias)


_OWN = ("_front", "_back", "_version", "_maxlen")
_shown = set()
OrderedDict.__module__ = defaultdict.__module__ = deque.__module__ = "collections"
