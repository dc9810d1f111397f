"""Regular expressions on text: the parts of `re` that rest on a backtracking matcher."""

import _regex
from _generics import class_alias

I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
U = UNICODE = 32
X = VERBOSE = 64
A = ASCII = 256
NOFLAG = 0
T = TEMPLATE = 1
L = LOCALE = 4
DEBUG = 128
_END = 1 << 60


class PatternError(Exception):
    def __init__(self, msg, pattern=None):
        super().__init__(msg)
        self.msg, self.pattern = msg, pattern


error = PatternError


class Match:
    def __init__(self, pattern, string, pos, endpos, spans):
        self.re, self.string, self.pos, self._spans = pattern, string, pos, spans
        self.endpos = min(endpos, len(string))

    def _index(self, group):
        if isinstance(group, str):
            if group not in self.re.groupindex:
                raise IndexError("no such group")
            return self.re.groupindex[group]
        if not 0 <= group < len(self._spans):
            raise IndexError("no such group")
        return group

    def span(self, group=0):
        return self._spans[self._index(group)]

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def _get(self, group, default=None):
        start, end = self.span(group)
        if start < 0:
            return default
        part = self.string[start:end]
        return part if isinstance(part, (str, bytes)) else bytes(part)

    def group(self, *groups):
        if len(groups) < 2:
            return self._get(*groups or (0,))
        return tuple(self._get(group) for group in groups)

    def __getitem__(self, group):
        return self._get(group)

    __class_getitem__ = classmethod(class_alias)

    def groups(self, default=None):
        return tuple(self._get(i, default) for i in range(1, len(self._spans)))

    def groupdict(self, default=None):
        return {name: self._get(i, default) for name, i in self.re.groupindex.items()}

    @property
    def lastindex(self):
        best = None
        for i in range(1, len(self._spans)):
            if self._spans[i][1] >= 0 and (best is None or self._spans[i][1] > self._spans[best][1]):
                best = i
        return best

    @property
    def lastgroup(self):
        last = self.lastindex
        return next((name for name, i in self.re.groupindex.items() if i == last), None)

    @property
    def regs(self):
        return tuple(self._spans)

    def expand(self, template):
        return _expand(template, self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<re.Match object; span={self.span()!r}, match={self.group()!r}>"


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "f": "\f", "v": "\v", "\\": "\\"}


def _expand(template, match):
    if isinstance(template, str):
        return _expand_text(template, match._get)
    if not isinstance(match.string, str):
        get = lambda group, default: match._get(group, b"").decode("latin-1")
        return _expand_text(bytes(template).decode("latin-1"), get).encode("latin-1")
    raise TypeError(f"expected str instance, {type(template).__name__} found")


def _expand_text(template, get):
    parts, i = [], 0
    while i < len(template):
        c = template[i]
        i += 1
        if c != "\\":
            parts.append(c)
            continue
        if i == len(template):
            raise error("bad escape (end of pattern)")
        c = template[i]
        i += 1
        if c == "g":
            if template[i : i + 1] != "<" or ">" not in template[i:]:
                raise error("missing <")
            end = template.index(">", i)
            name = template[i + 1 : end]
            i = end + 1
            try:
                parts.append(get(int(name) if name.isdigit() else name, ""))
            except IndexError:
                raise IndexError(f"unknown group name {name!r}") if not name.isdigit() else error(f"invalid group reference {name}") from None
        elif c in "123456789":
            number = c
            if template[i : i + 1].isdigit():
                number += template[i]
                i += 1
            try:
                parts.append(get(int(number), ""))
            except IndexError:
                raise error(f"invalid group reference {number}") from None
        elif c in _ESCAPES:
            parts.append(_ESCAPES[c])
        elif c == "0":
            parts.append("\0")
        elif c.isalpha():
            raise error(f"bad escape \\{c}")
        else:
            parts.append("\\" + c)
    return "".join(parts)


class Pattern:
    def __init__(self, pattern, flags):
        self._text, flags = (pattern, flags) if isinstance(pattern, str) else (bytes(pattern).decode("latin-1"), flags | A)
        self._empty = "" if isinstance(pattern, str) else b""
        try:
            self.groups, self.groupindex, self._flags = _regex.info(self._text, flags)
        except ValueError as wrong:
            raise error(str(wrong), pattern) from None
        self.pattern = pattern
        self.flags = self._flags | U if isinstance(pattern, str) and not self._flags & A else self._flags
        if not isinstance(pattern, str):
            self.flags &= ~A

    def _find(self, string, pos, endpos, how):
        text = string
        if isinstance(self.pattern, str):
            if not isinstance(string, str):
                if isinstance(string, (bytes, bytearray, memoryview)):
                    raise TypeError("cannot use a string pattern on a bytes-like object")
                raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'")
        elif isinstance(string, str):
            raise TypeError("cannot use a bytes pattern on a string-like object")
        else:
            try:
                text = bytes(memoryview(string)).decode("latin-1")
            except TypeError:
                raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'") from None
        spans = _regex.find(self._text, self._flags, text, pos, endpos, how)
        return spans and Match(self, string, pos, endpos, spans)

    def scanner(self, string, pos=0, endpos=_END):
        return _Scanner(self, string, pos, endpos)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return compile, (self.pattern, self.flags & ~U)

    def __eq__(self, other):
        return (self.pattern, self.flags) == (other.pattern, other.flags) if isinstance(other, Pattern) else NotImplemented

    def __hash__(self):
        return hash((self.pattern, self.flags))

    __class_getitem__ = classmethod(class_alias)

    def search(self, string, pos=0, endpos=_END):
        return self._find(string, pos, endpos, 0)

    def match(self, string, pos=0, endpos=_END):
        return self._find(string, pos, endpos, 1)

    def fullmatch(self, string, pos=0, endpos=_END):
        return self._find(string, pos, endpos, 2)

    def finditer(self, string, pos=0, endpos=_END):
        how = 0
        while pos <= len(string):
            found = self._find(string, pos, endpos, how)
            if found is None:
                return
            yield found
            start, pos = found.span()
            how = 3 if start == pos else 0

    def findall(self, string, pos=0, endpos=_END):
        if self.groups == 0:
            return [found.group() for found in self.finditer(string, pos, endpos)]
        if self.groups == 1:
            return [found._get(1, self._empty) for found in self.finditer(string, pos, endpos)]
        return [found.groups(self._empty) for found in self.finditer(string, pos, endpos)]

    def subn(self, repl, string, count=0):
        parts, at, done = [], 0, 0
        for found in self.finditer(string):
            if count and done == count:
                break
            start, end = found.span()
            parts.append(string[at:start])
            parts.append(repl(found) if callable(repl) else _expand(repl, found))
            at, done = end, done + 1
        parts.append(string[at:])
        return self._empty.join(parts), done

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def split(self, string, maxsplit=0):
        parts, at, done = [], 0, 0
        for found in self.finditer(string):
            if maxsplit and done == maxsplit:
                break
            start, end = found.span()
            parts.append(string[at:start])
            parts.extend(found.groups())
            at, done = end, done + 1
        parts.append(string[at:])
        return parts

    def __repr__(self):
        return f"re.compile({self.pattern!r})"


class _Scanner:
    """Finds one match after the other."""

    def __init__(self, pattern, string, pos, endpos):
        self.pattern, self._string, self._pos, self._endpos, self._how = pattern, string, pos, endpos, 0

    def _next(self, how):
        if self._pos is None:
            return None
        found = self.pattern._find(self._string, self._pos, self._endpos, how)
        if found is None:
            self._pos = None
            return None
        start, self._pos = found.span()
        self._how = 3 if start == self._pos else 0
        return found

    def search(self):
        return self._next(self._how)

    def match(self):
        return self._next(1)


_cache = {}


def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, (str, bytes)):
        raise TypeError("first argument must be string or compiled pattern")
    flags = int(flags)
    key = type(pattern), pattern, flags
    if key not in _cache:
        _cache[key] = Pattern(pattern, flags)
    return _cache[key]


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def escape(text):
    if not isinstance(text, str):
        return escape(bytes(text).decode("latin-1")).encode("latin-1")
    return "".join("\\" + c if c in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f" else c for c in text)


def purge():
    _cache.clear()
