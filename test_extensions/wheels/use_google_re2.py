"""google-re2 (pybind11): compiling, matching in text and bytes, options, groups, replacing, sets, filters, enums and methods as pybind11 makes them, errors."""

import gc
import operator
import pickle
import sys
import threading
import weakref

import re2
from re2 import _re2
from report import accelerated, digest, error

print("-- matching")
CASES = [
    (r"a(b*)c", "xxabbbcyy"), (r"(?P<year>\d{4})-(?P<month>\d\d)", "on 2024-02-29"), (r"(\w+) (\w+)", "hello \u20acworld again"), (r"^$", ""), (r"x*", "axb"), (r"(?i)HELLO", "say hello"), (r"\b\w", "ab cd"), (r"(a)|(b)", "b"),
    ("[\xe9\u20ac]+", "caf\xe9\u20ac!"), (r"\pL+", "\xe9t\xe9 1"), (r"(?s).+", "a\nb"), (r"(?m)^b", "a\nb"), (r".", "\U0001f600"), (b"\xff+".decode("latin-1"), "\xff\xff"), (r"nope", "text"),
]
for pattern, text in CASES:
    match = re2.search(pattern, text)
    if match is None:
        print(ascii(pattern), None)
        continue
    print(ascii(pattern), ascii(match.group()), match.span(), ascii(match.groups()), match.groupdict(), match.lastindex, match.lastgroup, match.start(), match.end(), match.pos, match.endpos)
    print("   ", re2.match(pattern, text) is not None, re2.fullmatch(pattern, text) is not None, [ascii(found) for found in re2.findall(pattern, text)], [found.span() for found in re2.finditer(pattern, text)], ascii(re2.split(pattern, text)), ascii(re2.sub(pattern, "<\\g<0>>", text)))
for pattern, data in [(b"a(b*)c", b"xxabbbcyy"), (b"\xc3\xa9", "caf\xe9".encode()), (rb"(?P<n>\d+)", b"12 34"), (b".", b"\xe2\x82\xac")]:
    match = re2.search(pattern, data)
    print(match.group(), match.span(), match.groups(), match.groupdict(), re2.findall(pattern, data), re2.sub(pattern, rb"[\g<0>]", data), re2.split(pattern, data))
compiled = re2.compile(r"(\d+)(?P<unit>[a-z]+)?")
print(compiled.pattern, compiled.groups, compiled.groupindex, compiled.programsize > 0, compiled.reverseprogramsize > 0, compiled.programfanout, compiled.reverseprogramfanout, compiled.possiblematchrange(5))
print(compiled.search("a12px 5", 2).span(), compiled.search("a12px", 1, 2).group(), compiled.match("12", 5), compiled.fullmatch("5").group("unit"), compiled.search("7em")["unit"], compiled.search("7em")[1], compiled.search("7").groups("none"))
print(compiled.subn(lambda match: str(int(match[1]) * 2) + (match["unit"] or ""), "3px 4 5em", 2), compiled.sub(r"\2\1", "3px"), compiled.split("a1b2px c", 1), re2.subn("x", "\\\\n\\t\\101", "axb"))
print(compiled.search("12px").expand(r"\1-\g<unit>-\g<1>"), compiled.search("x1").expand("plain"), re2.escape("a.b*\u20ac\0"), re2.escape(b"[\xff]"), re2.compile(compiled) is compiled, re2.compile(r"(\d+)(?P<unit>[a-z]+)?") is compiled)
loaded = pickle.loads(pickle.dumps(compiled))
print(loaded.pattern, loaded.search("9mm").group("unit"), re2.purge())

print("-- errors")
quiet = re2.Options()
quiet.log_errors = False
for pattern in ["(", ")", "[", "a**", "(?P<n>a)(?P<n>b)", r"\q", "a{1001}", "x{2,1}", "(?=a)", r"(a)\1", "(?P<", b"\xff", "[z-a]", "*", "(?z)a", "a" * 5 + "("]:
    error(lambda: re2.compile(pattern, quiet).pattern)
for call in [lambda: re2.compile(5), lambda: re2.search("a", 5), lambda: re2.search("a", b"a").span(), lambda: re2.search(b"a", "a").span(), lambda: compiled.search("1")["none"], lambda: compiled.search("1")[3], lambda: re2.compile(compiled, options=re2.Options()),
             lambda: re2.escape(5), lambda: compiled.possiblematchrange(-1), lambda: re2.compile("\ud800")]:
    error(call, message=False)
print(re2.error.__name__, re2.error.__module__, [base.__name__ for base in re2.error.__mro__])
OPTIONS = {"case_sensitive": False, "literal": True, "dot_nl": True, "never_capture": True, "longest_match": True, "posix_syntax": True, "never_nl": True, "max_mem": 1 << 20}
for name, value in OPTIONS.items():
    options = re2.Options()
    options.log_errors = False
    before = getattr(options, name)
    setattr(options, name, value)
    try:
        match = re2.search("(a.+?)", "xA.+?)a\n.\n", options)
        print(name, before, getattr(options, name), match and ascii(match.group()), match and match.groups())
    except re2.error as raised:
        print(name, before, getattr(options, name), "error", raised)
latin = re2.Options()
latin.encoding = re2.Options.Encoding.LATIN1
print(re2.search(b"\xff.", b"a\xff\xfe", latin).group(), re2.Options().encoding, latin.encoding)
error(re2.compile, "text", latin)
small = re2.Options()
small.log_errors = False
small.max_mem = 100
error(re2.compile, "((a{100}){100}){100}", quiet)
error(re2.compile, "a{500}b{500}", small)

print("-- what pybind11 makes")
Encoding = _re2.RE2.Options.Encoding
print(Encoding.UTF8, repr(Encoding.LATIN1), int(Encoding.LATIN1), Encoding.UTF8.name, Encoding.UTF8.value, Encoding(2), Encoding.__members__, Encoding.UTF8 == Encoding(1), Encoding.UTF8 != Encoding.LATIN1, hash(Encoding.UTF8) == hash(1), {Encoding.UTF8: "key"}[Encoding(1)])
print(Encoding.__name__, Encoding.__qualname__, Encoding.__module__, Encoding.UTF8 == 1, operator.index(Encoding.LATIN1), Encoding.__doc__, pickle.loads(pickle.dumps(Encoding.LATIN1)), isinstance(Encoding.UTF8, int))
Anchor = _re2.RE2.Anchor
print([str(member) for member in Anchor.__members__.values()], Anchor.UNANCHORED.__int__(), list(map(int, Anchor.__members__.values())), Anchor.ANCHOR_BOTH is Anchor.__members__["ANCHOR_BOTH"])
for call in [lambda: Encoding(5), lambda: Encoding("x"), lambda: Encoding(), lambda: setattr(Encoding.UTF8, "name", "x"), lambda: Encoding.NONE, lambda: Encoding.UTF8 < Encoding.LATIN1, lambda: Encoding(1, 2), lambda: Encoding(value=1.5), lambda: Encoding.UTF8 + 1]:
    error(call)
raw = _re2.RE2(b"(a)(?P<n>b)?", re2.Options())
print(raw.ok(), raw.error(), raw.NumberOfCapturingGroups(), raw.NamedCapturingGroups(), raw.Match(Anchor.UNANCHORED, b"xab", 0, 3), raw.Match(Anchor.ANCHOR_START, b"xab", 0, 3), raw.options().case_sensitive, type(raw.options()).__name__)
print(raw.Match(Anchor.UNANCHORED, bytearray(b"xab"), 0, 3), raw.Match(Anchor.UNANCHORED, memoryview(b"xab"), 0, 3), _re2.RE2.QuoteMeta(b"a.b"), _re2.CharLenToBytes("\xe9\u20ac".encode(), 0, 2), _re2.BytesToCharLen("\xe9\u20ac".encode(), 0, 5))
for call in [lambda: _re2.RE2(), lambda: _re2.RE2("a"), lambda: _re2.RE2(5, re2.Options()), lambda: _re2.RE2(b"a", 5), lambda: raw.Match(), lambda: raw.Match(0, b"a", 0, 1), lambda: raw.Match(Anchor.UNANCHORED, "text", 0, 1), lambda: raw.Match(Anchor.UNANCHORED, 5, 0, 1), lambda: raw.Match(Anchor.UNANCHORED, b"a", "0", 1), lambda: raw.Match(Anchor.UNANCHORED, b"a", 0, 2**70),
             lambda: raw.Match(Anchor.UNANCHORED, b"a", 1.5, 2), lambda: _re2.RE2.QuoteMeta(), lambda: _re2.RE2.QuoteMeta(5), lambda: raw.nothing, lambda: setattr(raw, "nothing", 1), lambda: _re2.RE2.Match(5, Anchor.UNANCHORED, b"a", 0, 1), lambda: setattr(re2.Options(), "max_mem", "x"), lambda: setattr(re2.Options(), "literal", 5), lambda: setattr(re2.Options(), "encoding", 1), lambda: pickle.dumps(raw)]:
    try:
        print("no error:", repr(call())[:60])
    except Exception as raised:
        print(type(raised).__name__, "|".join(line for line in str(raised).splitlines() if "0x" not in line))
print(type(_re2.RE2).__name__, type(_re2.RE2).__module__, type(raw.Match).__name__, type(_re2.RE2.Match).__name__, _re2.RE2.Match.__name__, _re2.RE2.Match.__doc__, _re2.CharLenToBytes.__doc__, _re2.CharLenToBytes.__name__, _re2.CharLenToBytes.__module__)
print(_re2.RE2.__mro__[1].__name__, _re2.RE2.__mro__[1].__module__, _re2.RE2.Options.max_mem.__class__.__name__, _re2.RE2.Options.__qualname__, sorted(name for name in dir(_re2.RE2.Options) if not name.startswith("_")))


class Own(_re2.RE2):
    def __init__(self, pattern, extra):
        super().__init__(pattern, re2.Options())
        self.extra = extra

    def Match(self, anchor, text, pos, endpos):
        return ("own", super().Match(anchor, text, pos, endpos))


own = Own(b"b", [1])
print(own.Match(Anchor.UNANCHORED, b"abc", 0, 3), own.extra, own.ok(), isinstance(own, _re2.RE2))
own.extra.append(own)
gone = weakref.ref(own)
del own
gc.collect()
print("a cycle was collected:", gone() is None)


class Lazy(_re2.RE2):
    def __init__(self):
        pass


error(Lazy)
watched = _re2.RE2(b"x", re2.Options())
gone = weakref.ref(watched)
del watched
gc.collect()
print(gone() is None)
error(lambda: type("Derived", (Encoding,), {})(1) and None)

print("-- sets and filters")
for kind in ["SearchSet", "MatchSet", "FullMatchSet"]:
    patterns = getattr(re2.Set, kind)()
    print(kind, [patterns.Add(pattern) for pattern in ["foo", r"ba\w", b"\\d+", "(?P<n>z)"]], patterns.Compile(), patterns.Match("foo bar 5"), patterns.Match(b"bar"), patterns.Match("nothing"), patterns.Match(""))
error(re2.Set.SearchSet(quiet).Add, "(")
patterns = re2.Set.SearchSet(quiet)
error(patterns.Compile, 1, message=False)
filtered = re2.Filter()
print([filtered.Add(pattern) for pattern in ["hello.*world", "abcdef", r"\d+xyz"]], filtered.Compile())
print(filtered.Match("say hello, world"), filtered.Match("99xyz"), filtered.Match("99xyz abcdef", potential=True), filtered.re(0).pattern if hasattr(filtered.re(0), "pattern") else type(filtered.re(0)).__name__, filtered.Match("none"))
error(filtered.re, 7)
error(re2.Filter().Match, "x")
error(re2.Filter().Add, "(", quiet)

print("-- in numbers")
text = " ".join(f"key{n}=\u20ac{n * n}" for n in range(2000))
found = re2.findall("(\\w+)=\u20ac(\\d+)", text)
print(len(found), found[-1], digest(re2.sub(r"(\w+)=", r"\1:", text).encode()))
results = []


def work():
    for _ in range(3):
        results.append(len(re2.findall("(\\w+)=\u20ac(\\d+)", text)))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
accelerated(re2.error is _re2.Error, sys.modules["re2._re2"])
