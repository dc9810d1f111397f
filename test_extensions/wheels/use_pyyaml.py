"""pyyaml (Cython, `yaml._yaml` over libyaml): loading and dumping with the C loaders and dumpers, nodes, events, tokens, tags, marks, errors."""

import collections
import datetime
import gc
import io
import sys
import threading
import weakref

import yaml
from report import accelerated, digest, error
from yaml import _yaml

SCALARS = """
null_: ~
empty:
bools: [yes, No, on, OFF, true, False]
ints: [0, -1, +12, 0b101, 0o7, 017, 0x1F, 1_000, 190:20:30, 123456789012345678901234567890]
floats: [1.5, -.5, 1e3, 1.0e+3, .inf, -.INF, 6.8523015e+5, 190:20:30.15]
strings: [plain text, 'single ''quoted''', "double \\"quoted\\" \\t \\u20ac \\U0001F600 \\x41", "", '', 1a]
dates: [2024-02-29, 2001-12-14t21:59:43.10-05:00, 2001-12-15 2:59:43.1Z]
literal: |
  two
  lines
folded: >-
  folded
  text

  paragraph
keep: |+
  kept

binary: !!binary aGVsbG8=
set: !!set {a, b}
omap: !!omap [x: 1, y: 2]
pairs: !!pairs [x: 1, x: 2]
unicode: \u00e9\u20ac\U0001f600
? [complex, key]
: value
"""

print("-- load")
loaded = yaml.load(SCALARS.replace("? [complex, key]", "? !!python/tuple [complex, key]"), Loader=yaml.CUnsafeLoader)
for key, value in loaded.items():
    print(ascii(key), "=>", ascii(sorted(value) if isinstance(value, set) else value))
both = yaml.load(SCALARS.split("? [")[0], Loader=yaml.CSafeLoader)
print(both == yaml.load(SCALARS.split("? [")[0], Loader=yaml.SafeLoader), list(both) == list(loaded)[:-1])
ANCHORS = """
base: &base {a: 1, b: [1, 2]}
derived:
  <<: *base
  b: 3
same: *base
many:
  <<: [*base, {c: 5}]
self: &self
  inner: [*self]
"""
data = yaml.load(ANCHORS, Loader=yaml.CLoader)
print(data["derived"], data["same"] is data["base"], data["many"], data["self"]["inner"][0] is data["self"])
STREAM = "%YAML 1.1\n%TAG !e! tag:example.com,2000:\n---\n- 1\n...\n---\ntext\n--- {a: b} # comment\n---\n"
print(list(yaml.load_all(STREAM, Loader=yaml.CSafeLoader)))


class Slow:
    """A stream that gives a few characters at a time, as text or as bytes."""

    def __init__(self, text, step):
        self.text, self.step = text, step

    def read(self, size):
        piece, self.text = self.text[: self.step], self.text[self.step :]
        return piece


for source in ["a: \xe9", "a: \xe9".encode(), "\ufeffa: \xe9", "a: \xe9".encode("utf-16"), "a: \xe9".encode("utf-8-sig"), io.StringIO("a: \xe9"),
               io.BytesIO("a: \xe9".encode()), Slow("a: \xe9", 2), Slow("a: \xe9".encode(), 1), "a: b"]:
    print(ascii(yaml.load(source, Loader=yaml.CSafeLoader)))
print(yaml.load("", Loader=yaml.CSafeLoader), yaml.load("# nothing", Loader=yaml.CSafeLoader), list(yaml.load_all("", Loader=yaml.CSafeLoader)))

print("-- errors of loading")
WRONG = [
    "[1, 2", "{a: b", "a: b: c", "- a\nb", "'unclosed", '"bad \\q"', "*unknown", "&a", "&a &b c", "a: &a 1\nb: *c", "\tkey: value", "%YAML 2.0\n---\n", "%YAML 1.1\n%YAML 1.1\n--- a",
    "%TAG ! !\n%TAG ! !\n--- a", "!e!x y", "!<unclosed", "? a\n? b\n  c: d\n - e", "a\n...\nb: c", "key: [a, b]]", "@reserved", "`tick", "a: |x\n  b", "--- >\n a\n---x", "\x00", "a\x07b",
    "\ud800", "{[a]: b}", "{{a: b}: c}", "!!int text", "!!float x", "!!binary '*'", "!unknown {a: 1}", "!!python/object:os.system {}", "!!timestamp x", "!!set [a]", "!!omap {a: b}",
    "!!pairs [a]", "<<: 5", "<<: [5]", "a: !!null x\nb: !!bool maybe",
]
for text in WRONG:
    try:
        print("no error:", ascii(yaml.load(text, Loader=yaml.CSafeLoader)))
    except Exception as raised:
        print(ascii(text), type(raised).__name__, ascii(str(raised)))
for source in [b"a: \xff", b"\xc3", b"\xe2\x82", "a: \xe9".encode("utf-16-le")[:-1], 5, None, [], b"\xed\xa0\x80"]:
    error(yaml.load, source, Loader=yaml.CSafeLoader)
error(yaml.load, Slow([1], 1), Loader=yaml.CSafeLoader)


class Broken:
    def read(self, size):
        raise OSError("the stream is broken")

    def write(self, data):
        raise OSError("the sink is broken")


error(yaml.load, Broken(), Loader=yaml.CSafeLoader)
named = io.StringIO("a: [")
named.name = "some.yaml"
error(yaml.load, named, Loader=yaml.CSafeLoader)
try:
    yaml.load("one: 1\ntwo: [\nthree: }", Loader=yaml.CSafeLoader)
except yaml.MarkedYAMLError as raised:
    print(type(raised.problem_mark), raised.problem_mark.line, raised.problem_mark.column, raised.problem_mark.index, raised.problem_mark.name)
    print(raised.context, raised.context_mark, raised.problem, raised.problem_mark.get_snippet())
try:
    yaml.load(b"ok: \xff\xfe", Loader=yaml.CSafeLoader)
except yaml.reader.ReaderError as raised:
    print(raised.name, raised.position, raised.encoding, raised.reason)

print("-- tokens, events, nodes")
TEXT = "%TAG !e! tag:e,2000:\n---\n&a key: !e!t [1, 'two', \"three\", *a]\n? |\n  literal\n: {x: y}\nlast: >\n folded\n...\n--- end\n"


def place(thing):
    return f"{thing.start_mark.line}:{thing.start_mark.column}-{thing.end_mark.line}:{thing.end_mark.column}"


for token in yaml.scan(TEXT, Loader=yaml.CLoader):
    print(place(token), token)
for event in yaml.parse(TEXT, Loader=yaml.CLoader):
    print(place(event), event)
print(yaml.serialize(yaml.compose("a: [1, {b: c}]", Loader=yaml.CLoader), Dumper=yaml.CDumper))
node = yaml.compose(TEXT.split("...")[0], Loader=yaml.CLoader)
print(type(node).__name__, node.tag, node.flow_style, [(key.value, value.tag, value.style if isinstance(value, yaml.ScalarNode) else value.flow_style) for key, value in node.value])
error(yaml.compose, "a\n---\nb", Loader=yaml.CLoader)
loader = yaml.CSafeLoader("- a\n- b")
print(loader.check_data(), loader.get_data(), loader.check_data(), loader.get_data())
loader = yaml.CLoader("a: 1")
print(loader.peek_event(), loader.check_event(yaml.StreamStartEvent), loader.get_event(), loader.check_event(yaml.StreamStartEvent, yaml.DocumentStartEvent))
print(loader.check_event(), loader.dispose())
loader = yaml.CLoader("- a")
print(loader.peek_token(), loader.check_token(yaml.StreamStartToken), [loader.get_token() for _ in range(3)])
loader = yaml.CLoader("x")
print(loader.check_node(), loader.get_node(), loader.check_node(), loader.get_node())
print(yaml.CLoader("x").get_single_node(), yaml.CLoader("").get_single_node())
error(yaml.CLoader("x\n--- y").get_single_node)

print("-- dump")
OBJECTS = [
    None, True, 0, -5, 10**30, 1.5, 1e30, float("inf"), float("nan"), "", "text", "two\nlines\n", " leading", "trailing ", "yes", "1", "~", "a: b", "- x", "#c", "\xe9\u20ac\U0001f600",
    "tab\t", "\x07", "quote'", 'double"', "%", "@", "word " * 30, b"bytes\xff", [], [1, [2, []]], {}, {"a": {"b": [1, {"c": None}]}}, {1: 2, None: 3}, {"x", }, (1, 2), 1 + 2j,
    datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30, 15, 500000), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    collections.OrderedDict([("b", 1), ("a", 2)]), len, datetime.date, yaml, sys.maxsize,
]
for value in OBJECTS:
    print(ascii(value) if value is not yaml else "yaml", "=>", ascii(yaml.dump(value, Dumper=yaml.CDumper)))
for value in OBJECTS[:40]:
    try:
        text = yaml.dump(value, Dumper=yaml.CSafeDumper)
        back = yaml.load(text, Loader=yaml.CSafeLoader)
        print(back == value or back != back, text == yaml.dump(value, Dumper=yaml.SafeDumper))
    except yaml.YAMLError as raised:
        print(type(raised).__name__, raised)
sample = {"name": "x", "list": [1, "two", {"three": 3.0}], "text": "line one\nline two\n", "uni": "\xe9\u20ac", "long": "word " * 30}
OPTIONS = [
    {}, {"default_flow_style": True}, {"default_flow_style": None}, {"default_style": '"'}, {"default_style": "'"}, {"default_style": "|"}, {"default_style": ">"}, {"indent": 6, "width": 40}, {"width": 20},
    {"allow_unicode": True}, {"line_break": "\r\n"}, {"line_break": "\r"}, {"explicit_start": True, "explicit_end": True}, {"version": (1, 1)}, {"tags": {"!e!": "tag:e,2000:"}}, {"canonical": True}, {"sort_keys": False},
    {"encoding": "utf-8"}, {"encoding": "utf-16-le"}, {"encoding": "utf-16-be", "allow_unicode": True},
]
for options in OPTIONS:
    print(options, ascii(yaml.dump(sample, Dumper=yaml.CDumper, **options)))
shared = [1]
print(yaml.dump({"a": shared, "b": shared}, Dumper=yaml.CDumper), yaml.dump_all([1, [2], "x"], Dumper=yaml.CDumper, explicit_start=True))
ring = []
ring.append(ring)
print(yaml.dump(ring, Dumper=yaml.CDumper), yaml.load(yaml.dump(ring, Dumper=yaml.CDumper), Loader=yaml.CLoader)[0][0] is not None)
sink, binary = io.StringIO(), io.BytesIO()
print(yaml.dump(sample, sink, Dumper=yaml.CDumper), yaml.dump(sample, binary, Dumper=yaml.CDumper, encoding="utf-8"), len(sink.getvalue()), len(binary.getvalue()))
for wrong in [{"version": 5}, {"encoding": 5}, {"indent": "x"}, {"width": None}, {"version": (1, 5)}, {"encoding": "latin-1"}, {"nonsense": 1}, {"tags": {"e": "x"}}, {"tags": {"!e!": ""}}]:
    error(yaml.dump, [1], Dumper=yaml.CDumper, message="nonsense" not in wrong, **wrong)
error(yaml.dump, [1], Broken(), Dumper=yaml.CDumper)
error(yaml.dump, object(), Dumper=yaml.CSafeDumper, message=False)
error(yaml.dump, {1: 2, "a": 3}, Dumper=yaml.CDumper, message=False)
error(yaml.dump, "\ud800", Dumper=yaml.CDumper)
error(yaml.serialize, yaml.ScalarNode("tag:yaml.org,2002:str", 5), Dumper=yaml.CDumper)
error(yaml.serialize, "no node", Dumper=yaml.CDumper)

print("-- emit")
E = yaml
EVENTS = [
    E.StreamStartEvent(), E.DocumentStartEvent(explicit=True, version=(1, 1), tags={"!x!": "tag:x,1:"}), E.MappingStartEvent(None, None, True, flow_style=False),
    E.ScalarEvent("anchor", None, (True, False), "key"), E.SequenceStartEvent(None, "tag:x,1:seq", False, flow_style=True), E.ScalarEvent(None, None, (True, False), "1", style='"'), E.AliasEvent("anchor"),
    E.SequenceEndEvent(), E.ScalarEvent(None, "!local", (False, False), "k2", style="'"), E.ScalarEvent(None, None, (True, True), "a\nb", style="|"), E.MappingEndEvent(), E.DocumentEndEvent(explicit=True), E.StreamEndEvent(),
]
print(yaml.emit(EVENTS, Dumper=yaml.CDumper))
for wrong in [EVENTS[1:], EVENTS[:3] + EVENTS[-2:], [5], EVENTS[:1] + [E.DocumentStartEvent(version=(2, 0))], EVENTS[:2] + [E.ScalarEvent("", None, (True, True), "x")], EVENTS[:2] + [E.AliasEvent("b c")],
              EVENTS[:2] + [E.ScalarEvent(None, None, (False, False), "x")], EVENTS[:2] + [E.ScalarEvent(None, None, (True, True), None)], EVENTS[:2] + [E.AliasEvent(None)]]:
    error(yaml.emit, wrong, Dumper=yaml.CDumper)
dumper = yaml.CDumper(io.StringIO())
error(dumper.serialize, yaml.ScalarNode("tag:yaml.org,2002:str", "x"))
print(dumper.open(), dumper.represent([1]), dumper.close(), dumper.close())
error(dumper.open)
error(dumper.represent, 1)
error(yaml.CDumper(5).represent, [1])
error(yaml.CDumper)
error(_yaml.CParser, 5)
error(_yaml.CEmitter)

print("-- own tags and classes")


class Point(yaml.YAMLObject):
    yaml_loader = yaml.CSafeLoader
    yaml_dumper = yaml.CSafeDumper
    yaml_tag = "!Point"

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


class Loader(yaml.CSafeLoader):
    def __init__(self, stream):
        super().__init__(stream)
        self.seen = []


def construct_join(loader, node):
    loader.seen.append((node.tag, node.start_mark.line))
    return "".join(map(str, loader.construct_sequence(node, deep=True)))


Loader.add_constructor("!join", construct_join)
Loader.add_multi_constructor("!multi:", lambda loader, suffix, node: (suffix, loader.construct_scalar(node)))
Loader.add_implicit_resolver("!dice", __import__("re").compile(r"^\d+d\d+$"), list("123456789"))
Loader.add_constructor("!dice", lambda loader, node: tuple(map(int, node.value.split("d"))))
loader = Loader("a: !join [x, 1, !join [y]]\nb: !multi:kind text\nc: 3d6\nd: !Point {x: 1, y: 2}")
print(loader.get_single_data(), loader.seen)
print(yaml.dump([Point(1, [2])], Dumper=yaml.CSafeDumper), yaml.load("!Point {x: 5, y: 6}", Loader=yaml.CSafeLoader))


class Dumper(yaml.CDumper):
    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        raise AssertionError("the C emitter does not ask Python")


Dumper.add_representer(set, lambda dumper, data: dumper.represent_sequence("!sorted", sorted(data), flow_style=True))
Dumper.add_representer(str, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None))
Dumper.add_multi_representer(Exception, lambda dumper, data: dumper.represent_scalar("!error", str(data)))
print(yaml.dump({"s": {3, 1}, "t": "a\nb", "x": [shared, shared], "e": ValueError("bad")}, Dumper=Dumper))


class Plain:
    def __init__(self):
        self.attribute = [1, "two"]


Plain.__module__ = "somewhere"
sys.modules["somewhere"] = type(sys)("somewhere")
sys.modules["somewhere"].Plain = Plain
text = yaml.dump(Plain(), Dumper=yaml.CDumper)
print(text, vars(yaml.load(text, Loader=yaml.CUnsafeLoader)))
error(yaml.load, text, Loader=yaml.CFullLoader)
error(yaml.load, text, Loader=yaml.CSafeLoader)

print("-- marks and whole data")
mark = _yaml.Mark("name", 1, 2, 3, None, None)
print(mark, mark.name, mark.index, mark.line, mark.column, mark.get_snippet())
error(_yaml.Mark)
print(_yaml.get_version(), _yaml.get_version_string(), yaml.__version__, yaml.__with_libyaml__)
big = {f"key {n} \u20ac": [n, n / 4, str(n), None, {"n": -n, "t": "\n" * (n % 3)}] for n in range(300)}
text = yaml.dump(big, Dumper=yaml.CSafeDumper)
print(digest(text.encode()), yaml.load(text, Loader=yaml.CSafeLoader) == big)
results = []


def work():
    for _ in range(2):
        results.append(yaml.load(yaml.dump(big, Dumper=yaml.CSafeDumper), Loader=yaml.CSafeLoader) == big)


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results))


class Holder:
    pass


holder = Holder()
loader = Loader("a: 1")
loader.holder, holder.loader = holder, loader
gone = weakref.ref(holder)
del holder, loader
gc.collect()
print("a cycle through a loader was collected:", gone() is None)
print([base.__name__ for base in yaml.CLoader.__mro__[:4]], _yaml.CParser.__module__, yaml.CSafeLoader.__bases__[0] is _yaml.CParser, type(_yaml.CParser.raw_scan).__name__)
accelerated(issubclass(yaml.CLoader, _yaml.CParser) and yaml.__with_libyaml__, sys.modules["yaml._yaml"])
