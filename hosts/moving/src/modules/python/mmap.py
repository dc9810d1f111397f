"""`mmap`: a file in memory, or memory alone."""

import gc
import posix
import _mmap
from operator import index
from _mmap import *

ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY = range(4)
error = OSError


class mmap:
    """mmap(fileno, length[, flags[, prot[, access[, offset]]]])"""

    def __new__(cls, fileno, length, flags=MAP_SHARED, prot=PROT_WRITE | PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True):
        fileno, length, offset = map(index, (fileno, length, offset))
        if length < 0:
            raise OverflowError("memory mapped length must be positive")
        if offset < 0:
            raise OverflowError("memory mapped offset must be positive")
        access, flags, prot = _ways(access, flags, prot)
        self = object.__new__(cls)
        self._file = -1
        if fileno == -1:
            flags |= MAP_ANONYMOUS
        else:
            length = _length(posix.fstat(fileno), length, offset)
            if trackfd:
                self._file = posix.dup(fileno)
        self._access, self._offset, self._at = access, offset, 0
        self._memory = None
        try:
            self._memory = _mmap._map(fileno, length, flags, prot, offset)
        except BaseException:
            self._close_file()
            raise
        return self

    def _close_file(self):
        if self._file != -1:
            posix.close(self._file)
            self._file = -1

    def _view(self):
        if self._memory is None:
            raise ValueError("mmap closed or invalid")
        return self._memory

    def _writable(self):
        if self._access == ACCESS_READ:
            raise TypeError("mmap can't modify a readonly memory map.")
        return self._view()

    @property
    def closed(self):
        return self._memory is None

    def close(self):
        if self._memory is None:
            return
        if _mmap._views(self._memory) > 1:
            # Views that nobody has any more do not count.
            gc.collect()
        if _mmap._views(self._memory) > 1:
            raise BufferError("cannot close exported pointers exist")
        self._memory.release()
        self._memory = None
        self._close_file()

    def __del__(self):
        self._close_file()

    def __enter__(self):
        self._view()
        return self

    def __exit__(self, *args):
        self.close()

    def __buffer__(self, flags, /):
        view = self._view()
        if flags & 1 and self._access == ACCESS_READ:
            raise BufferError("Object is not writable.")
        return memoryview(view)

    def __release_buffer__(self, view, /):
        view.release()

    def __len__(self):
        return len(self._view())

    def __getitem__(self, index, /):
        view = self._view()
        if isinstance(index, slice):
            with view[index] as part:
                return bytes(part)
        return view[self._index(index)]

    def __setitem__(self, index, value, /):
        view = self._writable()
        if isinstance(index, slice):
            part, given = range(len(view))[index], bytes(memoryview(value))
            if len(given) != len(part):
                raise IndexError("mmap slice assignment is wrong size")
            if part.step == 1:
                view[part.start:part.stop] = given
                return
            for at, byte in zip(part, given):
                view[at] = byte
            return
        at = self._index(index)
        if not hasattr(value, "__index__"):
            raise TypeError("mmap item value must be an int")
        if not 0 <= value.__index__() <= 255:
            raise ValueError("mmap item value must be in range(0, 256)")
        view[at] = value.__index__()

    def __delitem__(self, index, /):
        raise TypeError("mmap object doesn't support item deletion")

    def _index(self, index):
        if not hasattr(index, "__index__"):
            raise TypeError("mmap indices must be integers")
        index, length = index.__index__(), len(self)
        if not -length <= index < length:
            raise IndexError("mmap index out of range")
        return index % length

    def tell(self):
        self._view()
        return self._at

    def seek(self, pos, whence=0, /):
        size = len(self._view())
        if whence not in (0, 1, 2):
            raise ValueError("unknown seek type")
        where = pos + (0, self._at, size)[whence]
        if not 0 <= where <= size:
            raise ValueError("seek out of range")
        self._at = where
        return where

    def read(self, n=None, /):
        left = max(len(self._view()) - self._at, 0)
        n = left if n is None or n < 0 or n > left else n
        self._at += n
        return self[self._at - n:self._at]

    def read_byte(self):
        if self._at >= len(self._view()):
            raise ValueError("read byte out of range")
        self._at += 1
        return self._memory[self._at - 1]

    def readline(self):
        end = self.find(b"\n", self._at)
        return self.read() if end < 0 else self.read(end + 1 - self._at)

    def write(self, bytes, /):
        view, given = self._writable(), memoryview(bytes).tobytes()
        if self._at + len(given) > len(view):
            raise ValueError("data out of range")
        view[self._at:self._at + len(given)] = given
        self._at += len(given)
        return len(given)

    def write_byte(self, byte, /):
        view = self._writable()
        if self._at >= len(view):
            raise ValueError("write byte out of range")
        view[self._at] = byte
        self._at += 1

    def find(self, view, start=None, end=None, /):
        return bytes(self._view()).find(view, self._at if start is None else start, len(self) if end is None else end)

    def rfind(self, view, start=None, end=None, /):
        return bytes(self._view()).rfind(view, self._at if start is None else start, len(self) if end is None else end)

    def move(self, dest, src, count, /):
        view, size = self._writable(), len(self)
        if dest < 0 or src < 0 or count < 0 or size - dest < count or size - src < count:
            raise ValueError("source, destination, or count out of range")
        view[dest:dest + count] = self[src:src + count]

    def size(self):
        self._view()
        return posix.fstat(self._file).st_size

    def flush(self, offset=0, size=None, /):
        view = self._view()
        size = len(view) - offset if size is None else size
        if self._access not in (ACCESS_READ, ACCESS_COPY):
            _mmap._flush(view, offset, size)

    def madvise(self, option, start=0, length=None, /):
        view = self._view()
        if not 0 <= start < len(view):
            raise ValueError("madvise start out of bounds")
        if length is not None and length < 0:
            raise ValueError("madvise length invalid")
        left = len(view) - start
        _mmap._advise(view, start, left if length is None else min(length, left), option)

    def resize(self, newsize, /):
        raise NotImplementedError("mmap.resize is not implemented on this host")

    def __repr__(self):
        if self._memory is None:
            return f"<{type(self).__module__}.{type(self).__name__} closed=True>"
        access = ("ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY")[self._access]
        return (f"<{type(self).__module__}.{type(self).__name__} closed=False, access={access}, length={len(self)}, "
                f"pos={self._at}, offset={self._offset}>")


def _ways(access, flags, prot):
    """The access, flags and protection that the three mean together."""
    both = PROT_READ | PROT_WRITE
    if access != ACCESS_DEFAULT and (flags != MAP_SHARED or prot != both):
        raise ValueError("mmap can't specify both access and flags, prot.")
    if access == ACCESS_READ:
        return access, MAP_SHARED, PROT_READ
    if access == ACCESS_WRITE:
        return access, MAP_SHARED, both
    if access == ACCESS_COPY:
        return access, MAP_PRIVATE, both
    if access != ACCESS_DEFAULT:
        raise ValueError("mmap invalid access parameter.")
    if prot & both == both:
        return access, flags, prot
    return ACCESS_WRITE if prot & PROT_WRITE else ACCESS_READ, flags, prot


def _length(status, length, offset):
    """How much of the file is mapped."""
    if status.st_mode & 0o170000 != 0o100000:
        return length
    size = status.st_size
    if length == 0:
        if size == 0:
            raise ValueError("cannot mmap an empty file")
        if offset >= size:
            raise ValueError("mmap offset is greater than file size")
        return size - offset
    if offset > size or size - offset < length:
        raise ValueError("mmap length is greater than file size")
    return length
