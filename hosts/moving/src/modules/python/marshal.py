"""Values as bytes, in the form that CPython 3.13's `marshal` has for them. Code objects are not CPython's here: they are refused."""

from struct import error as _error, pack as _pack, unpack as _unpack

version = 4

_DEPTH = 2000
_FLAG_REF = 0x80
_SINGLETONS = {"N": None, "T": True, "F": False, ".": Ellipsis, "S": StopIteration}
_NULL = object()


class _Writer:
    def __init__(self, version):
        self.version = version
        self.parts = []
        self.depth = 0
        # Where each object was written, by identity; whoever calls holds them all.
        self.written = {}

    def write(self, value):
        self.depth += 1
        if self.depth > _DEPTH:
            raise ValueError("object too deeply nested to marshal")
        for code, singleton in _SINGLETONS.items():
            if value is singleton:
                self.put(code, 0)
                break
        else:
            self.write_shared(value)
        self.depth -= 1

    def write_shared(self, value):
        flag = 0
        if self.version >= 3:
            at = self.written.get(id(value))
            if at is not None:
                self.put("r", 0)
                return self.long(at)
            self.written[id(value)] = len(self.written)
            flag = _FLAG_REF
        self.write_value(value, flag)

    def write_value(self, value, flag):
        kind = type(value)
        if kind is int:
            self.write_int(value, flag)
        elif kind is float:
            self.number("g" if self.version > 1 else "f", flag, value)
        elif kind is complex:
            self.number("y" if self.version > 1 else "x", flag, value.real, value.imag)
        elif kind is str:
            self.write_str(value, flag)
        elif kind is tuple:
            if self.version >= 4 and len(value) < 256:
                self.put(")", flag)
                self.parts.append(bytes([len(value)]))
            else:
                self.put("(", flag)
                self.long(len(value))
            self.items(value)
        elif kind is list or kind is set or kind is frozenset:
            self.put("[" if kind is list else "<" if kind is set else ">", flag)
            self.long(len(value))
            self.items(value)
        elif kind is dict:
            self.put("{", flag)
            for key, item in value.items():
                self.write(key)
                self.write(item)
            self.put("0", 0)
        elif kind.__name__ == "code":
            raise ValueError("code objects cannot be marshalled by this interpreter")
        else:
            self.write_buffer(value, flag)

    def write_int(self, value, flag):
        if -(1 << 31) <= value < 1 << 31:
            self.put("i", flag)
            return self.long(value)
        digits = []
        rest = abs(value)
        while rest:
            digits.append(rest & 0x7FFF)
            rest >>= 15
        self.put("l", flag)
        self.long(len(digits) if value > 0 else -len(digits))
        self.parts.append(_pack("<%dH" % len(digits), *digits))

    def write_str(self, value, flag):
        if self.version < 4 or not value.isascii():
            self.put("u", flag)
            return self.counted(value.encode("utf-8", "surrogatepass"))
        data = value.encode("ascii")
        if len(data) > 255:
            self.put("a", flag)
            return self.counted(data)
        self.put("z", flag)
        self.parts += (bytes([len(data)]), data)

    def write_buffer(self, value, flag):
        try:
            data = bytes(memoryview(value))
        except TypeError:
            raise ValueError("unmarshallable object") from None
        self.put("s", flag)
        self.counted(data)

    def number(self, code, flag, *parts):
        self.put(code, flag)
        for part in parts:
            if self.version > 1:
                self.parts.append(_pack("<d", part))
            else:
                text = repr(part).encode("ascii")
                self.parts += (bytes([len(text)]), text)

    def items(self, values):
        for value in values:
            self.write(value)

    def put(self, code, flag):
        self.parts.append(bytes([ord(code) | flag]))

    def long(self, value):
        try:
            self.parts.append(_pack("<i", value))
        except _error:
            raise ValueError("unmarshallable object") from None

    def counted(self, data):
        self.long(len(data))
        self.parts.append(data)


class _Reader:
    """Reads from what gives so many bytes, or raises."""

    def __init__(self, take):
        self.take = take
        self.shared = []
        self.depth = 0

    def value(self):
        """The next object; TypeError for the end of a dict in its place."""
        value = self.read()
        if value is _NULL:
            raise TypeError("NULL object in marshal data for object")
        return value

    def read(self):
        try:
            code = self.take(1)[0]
        except EOFError:
            raise EOFError("EOF read where object expected") from None
        self.depth += 1
        if self.depth > _DEPTH:
            raise ValueError("recursion limit exceeded")
        value = self.read_as(chr(code & ~_FLAG_REF), code & _FLAG_REF)
        self.depth -= 1
        return value

    def read_as(self, code, flag):
        if code == "0":
            return _NULL
        if code in _SINGLETONS:
            return _SINGLETONS[code]
        if code == "r":
            return self.reference()
        if code in "([{<>)":
            return self.container(code, flag)
        value = self.plain(code)
        if flag:
            self.shared.append(value)
        return value

    def plain(self, code):
        if code == "i":
            return self.long()
        if code == "I":
            return int.from_bytes(self.take(8), "little", signed=True)
        if code == "l":
            return self.digits()
        if code == "g":
            return _unpack("<d", self.take(8))[0]
        if code == "f":
            return self.text_number()
        if code == "y":
            return complex(*_unpack("<dd", self.take(16)))
        if code == "x":
            return complex(self.text_number(), self.text_number())
        if code == "s":
            return self.take(self.size("bytes object"))
        if code in "ut":
            return self.take(self.size("string")).decode("utf-8", "surrogatepass")
        if code in "aA":
            return self.take(self.size("string")).decode("latin-1")
        if code in "zZ":
            return self.take(self.take(1)[0]).decode("latin-1")
        if code == "c":
            raise ValueError("code objects cannot be unmarshalled by this interpreter")
        raise ValueError("bad marshal data (unknown type code)")

    def container(self, code, flag):
        if code == "{":
            return self.dict(flag)
        names = {"(": "tuple", ")": "tuple", "[": "list"}
        name = names.get(code, "set")
        count = self.take(1)[0] if code == ")" else self.size(name)
        if code == "[" or code == "<":
            made = [] if code == "[" else set()
            if flag:
                self.shared.append(made)
            add = made.append if code == "[" else made.add
            for _ in range(count):
                add(self.item(name))
            return made
        place = len(self.shared)
        if flag:
            self.shared.append(_NULL)
        items = [self.item(name) for _ in range(count)]
        made = frozenset(items) if code == ">" else tuple(items)
        if flag:
            self.shared[place] = made
        return made

    def item(self, name):
        value = self.read()
        if value is _NULL:
            raise TypeError(f"NULL object in marshal data for {name}")
        return value

    def dict(self, flag):
        made = {}
        if flag:
            self.shared.append(made)
        while (key := self.read()) is not _NULL:
            value = self.read()
            if value is _NULL:
                break
            made[key] = value
        return made

    def reference(self):
        at = self.long()
        if not 0 <= at < len(self.shared) or self.shared[at] is _NULL:
            raise ValueError("bad marshal data (invalid reference)")
        return self.shared[at]

    def digits(self):
        count = self.long()
        if abs(count) > 0x7FFFFFFF:
            raise ValueError("bad marshal data (long size out of range)")
        value = 0
        digits = _unpack("<%dH" % abs(count), self.take(2 * abs(count)))
        if digits and not digits[-1]:
            raise ValueError("bad marshal data (unnormalized long data)")
        for digit in reversed(digits):
            if digit > 0x7FFF:
                raise ValueError("bad marshal data (digit out of range in long)")
            value = value << 15 | digit
        return -value if count < 0 else value

    def text_number(self):
        return float(self.take(self.take(1)[0]))

    def size(self, name):
        size = self.long()
        if size < 0:
            raise ValueError(f"bad marshal data ({name} size out of range)")
        return size

    def long(self):
        return _unpack("<i", self.take(4))[0]


def dumps(value, version=version, /, *, allow_code=True):
    """Convert value to bytes."""
    writer = _Writer(version)
    writer.write(value)
    return b"".join(writer.parts)


def dump(value, file, version=version, /, *, allow_code=True):
    """Write the value on the open file."""
    return file.write(dumps(value, version, allow_code=allow_code))


def loads(bytes, /, *, allow_code=True):
    """Convert the bytes-like object to a value; what follows is ignored."""
    data = memoryview(bytes).cast("B")
    at = 0

    def take(count):
        nonlocal at
        if count > len(data) - at:
            raise EOFError("marshal data too short")
        at += count
        return data[at - count : at].tobytes()

    return _Reader(take).value()


def load(file, /, *, allow_code=True):
    """Read one value from the open file."""
    if not isinstance(found := file.read(0), bytes):
        raise TypeError(f"file.read() returned not bytes but {type(found).__name__}")

    def take(count):
        data = bytearray(count)
        read = file.readinto(data)
        if read > count:
            raise ValueError(f"read() returned too much data: {count} bytes requested, {read} returned")
        if read < count:
            raise EOFError("EOF read where not expected")
        return bytes(data)

    return _Reader(take).value()
