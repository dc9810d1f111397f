"""Streams: in memory, and of files by their descriptors."""

import abc

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase(metaclass=abc.ABCMeta):
    """What all streams have."""

    closed = False

    def _unsupported(self, name):
        raise UnsupportedOperation(f"{self.__class__.__name__}.{name}() not supported")

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    _checkClosed = _check

    def seek(self, pos, whence=0):
        self._unsupported("seek")

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, pos=None):
        self._unsupported("truncate")

    def flush(self):
        self._check()

    def close(self):
        if not self.closed:
            try:
                self.flush()
            finally:
                self.closed = True

    def seekable(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def fileno(self):
        self._unsupported("fileno")

    def isatty(self):
        self._check()
        return False

    def readline(self, size=-1):
        line = b""
        while size is None or size < 0 or len(line) < size:
            byte = self.read(1)
            if not byte:
                break
            line += byte
            if byte == b"\n":
                break
        return line

    def readlines(self, hint=None):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def writelines(self, lines):
        self._check()
        for line in lines:
            self.write(line)

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *details):
        self.close()


class RawIOBase(IOBase):
    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        room = bytearray(size)
        got = self.readinto(room)
        return None if got is None else bytes(room[:got])

    def readall(self):
        parts = []
        while part := self.read(DEFAULT_BUFFER_SIZE):
            parts.append(part)
        return b"".join(parts)

    def readinto(self, room):
        self._unsupported("readinto")

    def write(self, data):
        self._unsupported("write")


class BufferedIOBase(IOBase):
    def read(self, size=-1):
        self._unsupported("read")

    def read1(self, size=-1):
        return self.read(size)

    def readinto(self, room):
        data = self.read(len(room))
        room[: len(data)] = data
        return len(data)

    readinto1 = readinto

    def write(self, data):
        self._unsupported("write")

    def detach(self):
        self._unsupported("detach")


class TextIOBase(IOBase):
    encoding = errors = newlines = None

    def read(self, size=-1):
        self._unsupported("read")

    def write(self, text):
        self._unsupported("write")


class _Memory:
    """The data and the place in it."""

    _empty = None

    def __init__(self, initial=None):
        self._data = self._empty if initial is None else self._own(initial)
        self._at = 0
        self.closed = False

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


class StringIO(_Memory, TextIOBase):
    _empty, _newline, _zero = "", "\n", "\0"

    def __init__(self, initial_value="", newline="\n"):
        super().__init__(initial_value)

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _own(self, data):
        if not isinstance(data, str):
            raise TypeError(f"string argument expected, got {type(data).__name__!r}")
        return data


class BytesIO(_Memory, BufferedIOBase):
    _empty, _newline, _zero = b"", b"\n", b"\0"

    def __init__(self, initial_bytes=b""):
        super().__init__(initial_bytes)

    def _own(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return bytes(data)

    def getbuffer(self):
        return memoryview(bytearray(self._data))


class FileIO(RawIOBase):
    """A file by its descriptor."""

    def __init__(self, file, mode="r", closefd=True, opener=None):
        import posix
        import sys

        self._posix = posix
        kind = mode.replace("b", "")
        flags = {"r": posix.O_RDONLY, "w": posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, "x": posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL,
                 "a": posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND}.get(kind[:1])
        if flags is None or kind[1:] not in ("", "+"):
            raise ValueError(f"invalid mode: {mode}")
        sys.audit("open", file, mode, flags)
        self._reads = kind[0] == "r" or "+" in kind
        self._writes = kind[0] != "r" or "+" in kind
        if "+" in kind:
            flags = flags & ~posix.O_WRONLY | posix.O_RDWR
        self.closed = True
        self.mode = {"rb": "rb", "wb": "wb", "ab": "ab", "xb": "xb"}.get(kind + "b", kind[0] + "b+" if kind[0] != "w" else "rb+")
        self.name = file
        self.closefd = closefd
        if isinstance(file, int) and not isinstance(file, bool):
            if file < 0:
                raise ValueError("negative file descriptor")
            self._fd = file
            posix.fstat(file)
        else:
            if not closefd:
                raise ValueError("Cannot use closefd=False with file name")
            self._fd = posix.open(file, flags, 0o666) if opener is None else opener(file, flags)
        self.closed = False
        if posix.fstat(self._fd).st_mode & 0o170000 == 0o040000:
            if not isinstance(file, int):
                self.close()
            raise IsADirectoryError(21, "Is a directory", file)
        if kind[0] == "a":
            try:
                posix.lseek(self._fd, 0, 2)
            except OSError:
                pass

    def fileno(self):
        self._check()
        return self._fd

    def isatty(self):
        self._check()
        return self._posix.isatty(self._fd)

    def readable(self):
        self._check()
        return self._reads

    def writable(self):
        self._check()
        return self._writes

    def seekable(self):
        self._check()
        try:
            self._posix.lseek(self._fd, 0, 1)
        except OSError:
            return False
        return True

    def read(self, size=-1):
        self._check()
        if not self._reads:
            raise UnsupportedOperation("File not open for reading")
        if size is None or size < 0:
            return self.readall()
        return self._posix.read(self._fd, size)

    def readinto(self, room):
        data = self.read(len(room))
        room[: len(data)] = data
        return len(data)

    def write(self, data):
        self._check()
        if not self._writes:
            raise UnsupportedOperation("File not open for writing")
        return self._posix.write(self._fd, data)

    def seek(self, pos, whence=0):
        self._check()
        return self._posix.lseek(self._fd, pos, whence)

    def truncate(self, size=None):
        self._check()
        size = self.tell() if size is None else size
        self._posix.ftruncate(self._fd, size)
        return size

    def close(self):
        if not self.closed:
            self.closed = True
            if self.closefd:
                self._posix.close(self._fd)

    def __del__(self):
        if not self.closed:
            self.close()

    def __repr__(self):
        if self.closed:
            return "<_io.FileIO [closed]>"
        return f"<_io.FileIO name={self.name!r} mode={self.mode!r} closefd={self.closefd!r}>"


class _Around:
    """A stream around another, `_inner`, which says of both how they are."""

    @property
    def closed(self):
        return self._inner.closed

    @property
    def name(self):
        return self._inner.name

    def flush(self):
        self._check()
        self._inner.flush()

    def close(self):
        self._inner.close()

    def fileno(self):
        return self._inner.fileno()

    def isatty(self):
        return self._inner.isatty()

    def readable(self):
        return self._inner.readable()

    def writable(self):
        return self._inner.writable()

    def seekable(self):
        return self._inner.seekable()


class _Buffered(_Around, BufferedIOBase):
    """Reads ahead; what is written goes out at once."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if buffer_size <= 0:
            raise ValueError("buffer size must be strictly positive")
        self.raw = raw
        self._ahead = b""

    @property
    def _inner(self):
        return self.raw

    @property
    def mode(self):
        return self.raw.mode

    def _readable(self):
        self._check()
        if not self.raw.readable():
            raise UnsupportedOperation("read")

    def read(self, size=-1):
        self._readable()
        if size is None or size < 0:
            data, self._ahead = self._ahead + (self.raw.readall() or b""), b""
            return data
        while len(self._ahead) < size:
            part = self.raw.read(max(DEFAULT_BUFFER_SIZE, size - len(self._ahead)))
            if not part:
                break
            self._ahead += part
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def read1(self, size=-1):
        self._readable()
        if not self._ahead:
            self._ahead = self.raw.read(DEFAULT_BUFFER_SIZE if size < 0 else size) or b""
        size = len(self._ahead) if size < 0 else size
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def peek(self, size=0):
        self._readable()
        if not self._ahead:
            self._ahead = self.raw.read(DEFAULT_BUFFER_SIZE) or b""
        return self._ahead

    def readline(self, size=-1):
        self._readable()
        while b"\n" not in self._ahead and (size is None or size < 0 or len(self._ahead) < size):
            part = self.raw.read(DEFAULT_BUFFER_SIZE)
            if not part:
                break
            self._ahead += part
        end = self._ahead.find(b"\n") + 1 or len(self._ahead)
        if size is not None and size >= 0:
            end = min(end, size)
        line, self._ahead = self._ahead[:end], self._ahead[end:]
        return line

    def write(self, data):
        self._check()
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        if not self.raw.writable():
            raise UnsupportedOperation("write")
        self._forget()
        data = bytes(data)
        done = 0
        while done < len(data):
            done += self.raw.write(data[done:])
        return done

    def _forget(self):
        if self._ahead:
            self.raw.seek(-len(self._ahead), 1)
            self._ahead = b""

    def seek(self, pos, whence=0):
        self._check()
        if whence == 1:
            pos -= len(self._ahead)
        self._ahead = b""
        return self.raw.seek(pos, whence)

    def tell(self):
        return self.raw.tell() - len(self._ahead)

    def truncate(self, size=None):
        return self.raw.truncate(self.tell() if size is None else size)

    def detach(self):
        raw, self.raw = self.raw, None
        return raw

    def __repr__(self):
        return f"<_io.{type(self).__name__} name={self.name!r}>"


class BufferedReader(_Buffered):
    pass


class BufferedWriter(_Buffered):
    pass


class BufferedRandom(_Buffered):
    pass


class TextIOWrapper(_Around, TextIOBase):
    """Text over bytes. What is read is decoded as a whole: the rest of the file at the first reading."""

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        if newline not in (None, "", "\n", "\r", "\r\n"):
            raise ValueError(f"illegal newline value: {newline!r}")
        self.buffer = buffer
        self.encoding = "utf-8" if encoding in (None, "locale") else encoding
        self.errors = errors or "strict"
        self.line_buffering = line_buffering
        self._newline = newline
        self._text = None
        self._at = 0
        "".encode(self.encoding)

    @property
    def _inner(self):
        return self.buffer

    def _fill(self):
        self._check()
        if not self.buffer.readable():
            raise UnsupportedOperation("not readable")
        if self._text is None:
            text = self.buffer.read().decode(self.encoding, self.errors)
            if self._newline is None:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            self._text, self._at = text, 0

    def read(self, size=-1):
        self._fill()
        end = len(self._text) if size is None or size < 0 else self._at + size
        part = self._text[self._at : end]
        self._at += len(part)
        return part

    def readline(self, size=-1):
        self._fill()
        text, at = self._text, self._at
        if self._newline == "":
            ends = [text.find(mark, at) + len(mark) for mark in ("\r\n", "\n", "\r") if mark in text[at:]]
            carriage = text.find("\r", at)
            ends = [end for end in ends if not (end == carriage + 1 and text[end : end + 1] == "\n")]
            end = min(ends, default=len(text))
        else:
            mark = self._newline or "\n"
            found = text.find(mark, at)
            end = len(text) if found < 0 else found + len(mark)
        if size is not None and size >= 0:
            end = min(end, at + size)
        self._at = end
        return text[at:end]

    def write(self, text):
        self._check()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not self.buffer.writable():
            raise UnsupportedOperation("not writable")
        if self._text is not None:
            raise NotImplementedError("writing text after reading it is not implemented on this host")
        length = len(text)
        if self._newline in ("\r", "\r\n"):
            text = text.replace("\n", self._newline)
        self.buffer.write(text.encode(self.encoding, self.errors))
        return length

    def seek(self, pos, whence=0):
        self._check()
        if pos and whence != 0:
            raise UnsupportedOperation("can't do nonzero cur-relative seeks" if whence == 1 else "can't do nonzero end-relative seeks")
        if whence == 1:
            return self.tell()
        self._text = None
        return self.buffer.seek(pos, whence)

    def tell(self):
        if self._text is None:
            return self.buffer.tell()
        raise NotImplementedError("the place in text that is being read is not implemented on this host")

    def truncate(self, size=None):
        return self.buffer.truncate(size)

    def detach(self):
        buffer, self.buffer = self.buffer, None
        return buffer

    def __repr__(self):
        return f"<_io.TextIOWrapper name={self.name!r} mode={getattr(self, 'mode', 'r')!r} encoding={self.encoding!r}>"


def text_encoding(encoding, stacklevel=2, /):
    return "utf-8" if encoding is None else encoding


def open_code(path):
    return open(path, "rb")


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if not isinstance(file, int):
        import posix

        file = posix.fspath(file)
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    kinds = [c for c in mode if c in "rwxa"]
    if set(mode) - set("rwxabt+") or len(set(mode)) != len(mode):
        raise ValueError(f"invalid mode: {mode!r}")
    binary = "b" in mode
    if binary and "t" in mode:
        raise ValueError("can't have text and binary mode at once")
    if len(kinds) != 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if binary and encoding is not None:
        raise ValueError("binary mode doesn't take an encoding argument")
    if binary and errors is not None:
        raise ValueError("binary mode doesn't take an errors argument")
    if binary and newline is not None:
        raise ValueError("binary mode doesn't take a newline argument")
    if not binary and buffering == 0:
        raise ValueError("can't have unbuffered text I/O")
    plus = "+" in mode
    raw = FileIO(file, kinds[0] + ("+" if plus else ""), closefd, opener)
    if buffering == 0:
        return raw
    buffer = (BufferedRandom if plus else BufferedReader if kinds[0] == "r" else BufferedWriter)(raw)
    if binary:
        return buffer
    text = TextIOWrapper(buffer, encoding, errors, newline, buffering == 1)
    text.mode = mode
    return text


for _class in (UnsupportedOperation, RawIOBase, BufferedIOBase, TextIOBase, IOBase):
    _class.__module__ = "io"
for _class in (FileIO, BufferedReader, BufferedWriter, BufferedRandom, TextIOWrapper, BytesIO, StringIO):
    _class.__module__ = "_io"
