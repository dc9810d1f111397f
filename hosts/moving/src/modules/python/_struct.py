"""C values in bytes."""

import _struct_core as _core

__doc__ = "Functions to convert between Python values and C structs."


class error(Exception):
    pass


error.__module__ = "struct"
calcsize = _core.calcsize


def pack(format, /, *values):
    return _core.pack(format, values)


def pack_into(format, buffer, offset, /, *values):
    data = _core.pack(format, values)
    with _writable(buffer) as view:
        size, room = len(data), view.nbytes
        place = offset.__index__()
        if place < 0:
            if place + size > 0:
                raise error(f"no space to pack {size} bytes at offset {offset}")
            if place + room < 0:
                raise error(f"offset {offset} out of range for {room}-byte buffer")
            place += room
        if room - place < size:
            raise error(
                f"pack_into requires a buffer of at least {size + place} bytes for packing {size} bytes at offset {place} (actual buffer size is {room})"
            )
        view[place : place + size] = data


def _writable(buffer):
    """A view of the buffer's bytes."""
    try:
        with memoryview(buffer) as view:
            if view.c_contiguous and not view.readonly:
                return view.cast("B") if view.nbytes else memoryview(bytearray())
    except (TypeError, BufferError):
        pass
    raise TypeError(f"argument must be read-write bytes-like object, not {type(buffer).__name__}")


def unpack(format, buffer, /):
    return _core.unpack_from(format, buffer, 0, True)


def unpack_from(format, /, buffer, offset=0):
    return _core.unpack_from(format, buffer, offset, False)


def iter_unpack(format, buffer, /):
    size = calcsize(format)
    if size == 0:
        raise error("cannot iteratively unpack with a struct of length 0")
    if len(buffer) % size:
        raise error(f"iterative unpacking requires a buffer of a multiple of {size} bytes")
    return (unpack_from(format, buffer, place) for place in range(0, len(buffer), size))


def _clearcache():
    """Nothing is cached."""


class Struct:
    def __init__(self, format):
        if isinstance(format, (bytes, bytearray)):
            format = bytes(format).decode("ascii")
        self.size = calcsize(format)
        self.format = format

    def pack(self, *values):
        return pack(self.format, *values)

    def pack_into(self, buffer, offset, /, *values):
        pack_into(self.format, buffer, offset, *values)

    def unpack(self, buffer, /):
        return unpack(self.format, buffer)

    def unpack_from(self, buffer, offset=0):
        return unpack_from(self.format, buffer, offset)

    def iter_unpack(self, buffer, /):
        return iter_unpack(self.format, buffer)

    def __repr__(self):
        return f"{type(self).__name__}({self.format!r})"
