"""Streams in memory. Files are not implemented on this host."""

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


class UnsupportedOperation(OSError, ValueError):
    pass


class _Memory:
    _empty = None

    def __init__(self, initial=None):
        self._data = self._empty if initial is None else self._own(initial)
        self._at = 0
        self.closed = False

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _own(self, data):
        return data

    def write(self, data):
        self._check()
        data = self._own(data)
        before = self._data[: self._at]
        missing = self._at - len(before)
        self._data = before + self._zero * missing + data + self._data[self._at + len(data) :]
        self._at += len(data)
        return len(data)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def read(self, size=-1):
        self._check()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = self._data[self._at : end]
        self._at += len(part)
        return part

    def readline(self, size=-1):
        self._check()
        found = self._data.find(self._newline, self._at)
        line = self._data[self._at : found + 1] if found >= 0 else self._data[self._at :]
        self._at += len(line)
        return line

    def readlines(self):
        return list(self)

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def getvalue(self):
        self._check()
        return self._data

    def tell(self):
        self._check()
        return self._at

    def seek(self, position, whence=0):
        self._check()
        self._at = position + (0, self._at, len(self._data))[whence]
        return self._at

    def truncate(self, size=None):
        self._check()
        size = self._at if size is None else size
        self._data = self._data[:size]
        return size

    def readable(self):
        return True

    writable = seekable = readable

    def isatty(self):
        return False

    def flush(self):
        self._check()

    def close(self):
        self.closed = True

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *details):
        self.close()


class StringIO(_Memory):
    _empty, _newline, _zero = "", "\n", "\0"

    def __init__(self, initial_value="", newline="\n"):
        super().__init__(initial_value)

    def _own(self, data):
        if not isinstance(data, str):
            raise TypeError(f"string argument expected, got {type(data).__name__!r}")
        return data


class BytesIO(_Memory):
    _empty, _newline, _zero = b"", b"\n", b"\0"

    def __init__(self, initial_bytes=b""):
        super().__init__(initial_bytes)

    def _own(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return bytes(data)

    def getbuffer(self):
        return memoryview(bytearray(self._data))


def open(*args, **kw):
    raise NotImplementedError("files are not implemented on this host")
