"""Arrays of C values: over a bytearray, which also keeps its size while somebody views it."""

import operator
from struct import calcsize, pack, unpack_from

# The types that an int is converted to in turn: what they are called, and their bits.
_SIGNED = {
    "b": [("signed short integer", 16), ("signed char", 8)],
    "h": [("signed short integer", 16)],
    "i": [("signed integer", 32)],
    "l": [],
}
_TEXT = {"u", "w"}
typecodes = "bBuwhHiIlLqQfd"


def _format(typecode):
    return "I" if typecode in _TEXT else typecode


def _exported(change):
    """A change of the size, which views forbid."""

    def changing(self, *arguments):
        try:
            return change(self, *arguments)
        except BufferError:
            raise BufferError("cannot resize an array that is exporting buffers") from None

    changing.__name__, changing.__doc__ = change.__name__, change.__doc__
    return changing


class array:
    """array(typecode [, initializer]) -> array"""

    __slots__ = ("typecode", "_data", "__weakref__")

    def __new__(cls, typecode, initializer=(), /):
        if not isinstance(typecode, str) or len(typecode) != 1:
            raise TypeError(f"array() argument 1 must be a unicode character, not {type(typecode).__name__}")
        if typecode not in typecodes:
            raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        if isinstance(initializer, str) and typecode not in _TEXT:
            raise TypeError(f"cannot use a str to initialize an array with typecode '{typecode}'")
        self = super().__new__(cls)
        object.__setattr__(self, "typecode", typecode)
        object.__setattr__(self, "_data", bytearray())
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        else:
            self.extend(initializer)
        return self

    def __setattr__(self, name, value):
        if name in ("typecode", "itemsize", "_data"):
            raise AttributeError(f"attribute '{name}' of 'array.array' objects is not writable")
        object.__setattr__(self, name, value)

    @property
    def itemsize(self):
        """The size, in bytes, of one array item."""
        return calcsize(_format(self.typecode))

    def _packed(self, value):
        code = self.typecode
        if code in _TEXT:
            if not isinstance(value, str):
                raise TypeError(f"array item must be a unicode character, not {type(value).__name__}")
            if len(value) != 1:
                raise TypeError(f"array item must be a string of length 1, not a string of length {len(value)}")
            return pack("I", ord(value))
        if code in "fd":
            return pack(code, self._number(value))
        return pack(code, self._checked(operator.index(value)))

    def _checked(self, value):
        """The int, if it has a place in an item."""
        code = self.typecode
        if code in "qQ":
            if code == "Q" and value < 0:
                raise OverflowError("can't convert negative int to unsigned")
            if not (-(2**63) <= value < 2**63 if code == "q" else value < 2**64):
                raise OverflowError("int too big to convert")
        elif code in "IL":
            if value < 0:
                raise OverflowError("can't convert negative value to unsigned int")
            if value >= 2**64:
                raise OverflowError("Python int too large to convert to C unsigned long")
            self._within("unsigned int", 0, 2 ** (8 * self.itemsize), value)
        else:
            if not -(2**63) <= value < 2**63:
                raise OverflowError("Python int too large to convert to C long")
            if code == "B":
                self._within("unsigned byte integer", 0, 2**8, value)
            elif code == "H":
                self._within("signed integer", -(2**31), 2**31, value)
                self._within("unsigned short", 0, 2**16, value)
            else:
                for name, bits in _SIGNED[code]:
                    self._within(name, -(2 ** (bits - 1)), 2 ** (bits - 1), value)
        return value

    @staticmethod
    def _within(name, least, end, value):
        if value >= end:
            raise OverflowError(f"{name} is greater than maximum")
        if value < least:
            raise OverflowError(f"{name} is less than minimum")

    @staticmethod
    def _number(value):
        if isinstance(value, (str, bytes, bytearray)):
            raise TypeError(f"must be real number, not {type(value).__name__}")
        return float(value)

    def _at(self, index):
        value = unpack_from(_format(self.typecode), self._data, index * self.itemsize)[0]
        return chr(value) if self.typecode in _TEXT else value

    def _index(self, index, what):
        index = operator.index(index)
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(f"array {what} out of range")
        return index

    def _like(self, data):
        made = array(self.typecode)
        made._data.extend(data)
        return made

    def _places(self, indices):
        size = self.itemsize
        return b"".join(bytes(self._data[index * size : (index + 1) * size]) for index in indices)

    def __len__(self):
        return len(self._data) // self.itemsize

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self._like(self._places(range(*index.indices(len(self)))))
        if not hasattr(type(index), "__index__"):
            raise TypeError("array indices must be integers")
        return self._at(self._index(index, "index"))

    @_exported
    def __setitem__(self, index, value):
        size = self.itemsize
        if not isinstance(index, slice):
            place = self._index(index, "assignment index") * size
            self._data[place : place + size] = self._packed(value)
            return
        if not isinstance(value, array):
            raise TypeError(f'can only assign array (not "{type(value).__name__}") to array slice')
        if value.typecode != self.typecode:
            raise TypeError("bad argument type for built-in operation")
        start, stop, step = index.indices(len(self))
        if step == 1:
            self._data[start * size : max(start, stop) * size] = bytes(value._data)
            return
        places = range(start, stop, step)
        if len(places) != len(value):
            raise ValueError(f"attempt to assign array of size {len(value)} to extended slice of size {len(places)}")
        items = bytes(value._data)
        for number, place in enumerate(places):
            self._data[place * size : (place + 1) * size] = items[number * size : (number + 1) * size]

    @_exported
    def __delitem__(self, index):
        size = self.itemsize
        if not isinstance(index, slice):
            place = self._index(index, "assignment index") * size
            del self._data[place : place + size]
            return
        gone = set(range(*index.indices(len(self))))
        self._data[:] = self._places(place for place in range(len(self)) if place not in gone)

    def __iter__(self):
        place = 0
        while place < len(self):
            yield self._at(place)
            place += 1

    def __contains__(self, value):
        return any(item is value or item == value for item in self)

    def __buffer__(self, flags, /):
        return memoryview(self._data).cast(_format(self.typecode))

    def __release_buffer__(self, view, /):
        view.release()

    def __repr__(self):
        if not self:
            return f"{type(self).__name__}('{self.typecode}')"
        items = repr("".join(self)) if self.typecode in _TEXT else repr(list(self))
        return f"{type(self).__name__}('{self.typecode}', {items})"

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        if other.typecode != self.typecode:
            raise TypeError("bad argument type for built-in operation")
        return self._like(self._data + other._data)

    @_exported
    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, count):
        return self._like(self._data * operator.index(count))

    __rmul__ = __mul__

    @_exported
    def __imul__(self, count):
        self._data *= operator.index(count)
        return self

    def _compared(self, other, compare):
        if not isinstance(other, array):
            return NotImplemented
        return compare(list(self), list(other))

    def __eq__(self, other):
        return self._compared(other, operator.eq)

    def __ne__(self, other):
        return self._compared(other, operator.ne)

    def __lt__(self, other):
        return self._compared(other, operator.lt)

    def __le__(self, other):
        return self._compared(other, operator.le)

    def __gt__(self, other):
        return self._compared(other, operator.gt)

    def __ge__(self, other):
        return self._compared(other, operator.ge)

    __hash__ = None

    def __copy__(self):
        return self._like(self._data)

    def __deepcopy__(self, memo, /):
        return self._like(self._data)

    def __reduce_ex__(self, protocol, /):
        return type(self), (self.typecode, list(self))

    @_exported
    def append(self, value, /):
        """Append new value v to the end of the array."""
        self._data.extend(self._packed(value))

    @_exported
    def extend(self, values, /):
        """Append items to the end of the array."""
        if isinstance(values, array):
            if values.typecode != self.typecode:
                raise TypeError("can only extend with array of same kind")
            self._data.extend(bytes(values._data))
            return
        for value in values:
            self.append(value)

    @_exported
    def insert(self, index, value, /):
        """Insert a new item v into the array before position i."""
        place = range(len(self))[:index].stop * self.itemsize
        self._data[place:place] = self._packed(value)

    @_exported
    def pop(self, index=-1, /):
        """Return the i-th element and delete it from the array."""
        if not self:
            raise IndexError("pop from empty array")
        index = self._index(index, "index") if -len(self) <= index < len(self) else -1
        if index < 0:
            raise IndexError("pop index out of range")
        value = self._at(index)
        del self[index]
        return value

    def index(self, value, start=0, stop=None, /):
        """Return index of first occurrence of v in the array."""
        for place in range(*slice(start, stop).indices(len(self))):
            if self._at(place) == value:
                return place
        raise ValueError("array.index(x): x not in array")

    def remove(self, value, /):
        """Remove the first occurrence of v in the array."""
        if value not in self:
            raise ValueError("array.remove(x): x not in array")
        del self[self.index(value)]

    def count(self, value, /):
        """Return number of occurrences of v in the array."""
        return sum(item is value or item == value for item in self)

    @_exported
    def reverse(self):
        """Reverse the order of the items in the array."""
        self._data[:] = self._places(range(len(self) - 1, -1, -1))

    def byteswap(self):
        """Byteswap all items of the array."""
        size = self.itemsize
        for place in range(0, len(self._data), size):
            self._data[place : place + size] = bytes(self._data[place : place + size])[::-1]

    def tolist(self):
        """Convert array to an ordinary list with the same items."""
        return list(self)

    @_exported
    def fromlist(self, values, /):
        """Append items to array from list."""
        if not isinstance(values, list):
            raise TypeError("arg must be list")
        self._data.extend(b"".join(map(self._packed, values)))

    def tobytes(self):
        """Convert the array to an array of machine values and return the bytes representation."""
        return bytes(self._data)

    @_exported
    def frombytes(self, data, /):
        """Appends items from the string, interpreting it as an array of machine values."""
        with memoryview(data) as view:
            if view.nbytes % self.itemsize:
                raise ValueError("bytes length not a multiple of item size")
            self._data.extend(view.tobytes())

    def tounicode(self):
        """Convert the array to a unicode string."""
        if self.typecode not in _TEXT:
            raise ValueError("tounicode() may only be called on unicode type arrays ('u' or 'w')")
        return "".join(self)

    def fromunicode(self, text, /):
        """Extends this array with data from the unicode string ustr."""
        if self.typecode not in _TEXT:
            raise ValueError("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
        self.extend(text)

    def tofile(self, file, /):
        """Write all items (as machine values) to the file object f."""
        file.write(self.tobytes())

    def fromfile(self, file, count, /):
        """Read n objects from the file object f and append them to the end of the array."""
        data = file.read(count * self.itemsize)
        self.frombytes(data)
        if len(data) != count * self.itemsize:
            raise EOFError("read() didn't return enough bytes")


array.__module__ = "array"
ArrayType = array
