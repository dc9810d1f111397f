"""Extract, format and print information about Python stack traces.

The library's own wants the compiler's syntax trees, for carets under what failed; this one shows lines.
"""

import sys

__all__ = [
    "FrameSummary", "StackSummary", "TracebackException", "clear_frames", "extract_stack", "extract_tb", "format_exc",
    "format_exception", "format_exception_only", "format_list", "format_stack", "format_tb", "print_exc", "print_exception",
    "print_last", "print_list", "print_stack", "print_tb", "walk_stack", "walk_tb",
]

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_HEADING = "Traceback (most recent call last):\n"
_missing = object()


class FrameSummary:
    """Information about a single frame from a traceback."""

    __slots__ = ("filename", "lineno", "name", "_line")

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, **places):
        self.filename, self.lineno, self.name, self._line = filename, lineno, name, line

    @property
    def line(self):
        if self._line is None:
            self._line = _source_line(self.filename, self.lineno).strip()
        return self._line

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __getitem__(self, index):
        return tuple(self)[index]

    def __len__(self):
        return 4

    def __eq__(self, other):
        return tuple(self) == tuple(other) if isinstance(other, (FrameSummary, tuple)) else NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


def _source_line(filename, lineno):
    try:
        with open(filename, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if number == lineno:
                    return line
    except OSError:
        pass
    return ""


class StackSummary(list):
    """A list of FrameSummary objects, representing a stack of frames."""

    @classmethod
    def extract(klass, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        places = [FrameSummary(frame.f_code.co_filename, lineno, frame.f_code.co_name) for frame, lineno in frame_gen]
        return klass(_limited(places, limit))

    @classmethod
    def from_list(klass, a_list):
        return klass(one if isinstance(one, FrameSummary) else FrameSummary(*one[:3], line=one[3]) for one in a_list)

    def format_frame_summary(self, frame_summary, **kwargs):
        line = f"    {frame_summary.line}\n" if frame_summary.line else ""
        return f'  File "{frame_summary.filename}", line {frame_summary.lineno}, in {frame_summary.name}\n{line}'

    def format(self, **kwargs):
        return [self.format_frame_summary(one) for one in self]


def _limited(places, limit):
    if limit is None:
        limit = getattr(sys, "tracebacklimit", None)
        limit = max(limit, 0) if limit is not None else None
    if limit is None:
        return places
    return places[:limit] if limit >= 0 else places[limit:]


def walk_tb(tb):
    """Walk a traceback yielding the frame and line number for each frame."""
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def walk_stack(f):
    """Walk a stack yielding the frame and line number for each frame."""
    if f is None:
        f = sys._getframe(1)
    while f is not None:
        yield f, f.f_lineno
        f = f.f_back


def extract_tb(tb, limit=None):
    return StackSummary.extract(walk_tb(tb), limit=limit)


def extract_stack(f=None, limit=None):
    stack = StackSummary.extract(walk_stack(sys._getframe(1) if f is None else f), limit=limit)
    stack.reverse()
    return stack


def format_list(extracted_list):
    return StackSummary.from_list(extracted_list).format()


def format_tb(tb, limit=None):
    return extract_tb(tb, limit).format()


def format_stack(f=None, limit=None):
    return extract_stack(sys._getframe(1) if f is None else f, limit).format()


def _write(lines, file):
    file = sys.stderr if file is None else file
    for line in lines:
        file.write(line)


def print_list(extracted_list, file=None):
    _write(format_list(extracted_list), file)


def print_tb(tb, limit=None, file=None):
    _write(format_tb(tb, limit), file)


def print_stack(f=None, limit=None, file=None):
    _write(format_stack(sys._getframe(1) if f is None else f, limit), file)


class TracebackException:
    """An exception ready for rendering."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, **options):
        self.stack = StackSummary.extract(walk_tb(exc_traceback), limit=limit)
        self.exc_type, self._exception, self._limit = exc_type, exc_value, limit
        self._traced = exc_traceback is not None
        self.__suppress_context__ = exc_value is not None and exc_value.__suppress_context__
        self.__cause__ = self._of(exc_value and exc_value.__cause__)
        self.__context__ = self._of(exc_value and exc_value.__context__)

    def _of(self, other):
        return None if other is None else type(self).from_exception(other, limit=self._limit)

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    def __str__(self):
        return _text(self._exception)

    def format_exception_only(self, **kwargs):
        if self.exc_type is None:
            yield "NoneType: None\n"
            return
        name, module = self.exc_type.__qualname__, self.exc_type.__module__
        if module not in ("builtins", "__main__"):
            name = f"{module}.{name}"
        words = str(self)
        if isinstance(self._exception, SyntaxError):
            yield from _of_syntax(self._exception)
            words = self._exception.msg or "<no detail available>"
        yield f"{name}: {words}\n" if words else f"{name}\n"
        for note in getattr(self._exception, "__notes__", None) or ():
            yield from (f"{line}\n" for line in str(note).split("\n"))

    def format(self, *, chain=True, **kwargs):
        if chain and self.__cause__ is not None:
            yield from self.__cause__.format()
            yield _CAUSE
        elif chain and self.__context__ is not None and not self.__suppress_context__:
            yield from self.__context__.format()
            yield _CONTEXT
        if self._traced:
            yield _HEADING
            yield from self.stack.format()
        yield from self.format_exception_only()

    def print(self, *, file=None, chain=True, **kwargs):
        _write(self.format(chain=chain), file)


def _text(exception):
    try:
        return str(exception)
    except Exception:
        return "<exception str() failed>"


def _of_syntax(error):
    if error.lineno is None:
        return
    yield f'  File "{error.filename or "<string>"}", line {error.lineno}\n'
    if error.text:
        yield f"    {error.text.strip()}\n"
        if error.offset is not None and error.offset > 0:
            skipped = len(error.text) - len(error.text.lstrip())
            yield f"    {' ' * max(error.offset - 1 - skipped, 0)}^\n"


def _rendered(exc, value, tb, limit):
    if value is _missing and tb is _missing:
        if exc is not None and not isinstance(exc, BaseException):
            raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
        value, tb = exc, getattr(exc, "__traceback__", None)
    elif value is _missing or tb is _missing:
        raise ValueError("Both or neither of value and tb must be given")
    return TracebackException(type(value) if value is not None else None, value, tb, limit=limit)


def format_exception_only(exc, /, value=_missing, **kwargs):
    return list(_rendered(exc if value is _missing else value, _missing, _missing, None).format_exception_only())


def format_exception(exc, /, value=_missing, tb=_missing, limit=None, chain=True, **kwargs):
    return list(_rendered(exc, value, tb, limit).format(chain=chain))


def print_exception(exc, /, value=_missing, tb=_missing, limit=None, file=None, chain=True, **kwargs):
    _rendered(exc, value, tb, limit).print(file=file, chain=chain)


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def print_last(limit=None, file=None, chain=True):
    if not hasattr(sys, "last_exc") and not hasattr(sys, "last_value"):
        raise ValueError("no last exception")
    print_exception(getattr(sys, "last_exc", None) or sys.last_value, limit=limit, file=file, chain=chain)


def clear_frames(tb):
    """Frames that ended keep no variables here."""
