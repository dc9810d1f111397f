"""orjson (Rust, PyO3's ffi): every kind of value both ways, options, subclasses, dataclasses, enums, dates, UUIDs, fragments, errors."""

import collections
import dataclasses
import datetime
import enum
import gc
import json
import sys
import threading
import typing
import uuid
import weakref
import zoneinfo

import orjson
from orjson import orjson as extension
from report import accelerated, digest, error

print("-- dumps")
VALUES = [
    None, True, False, 0, -1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**64 - 1, -(2**63), 0.0, -0.0, 1.5, 0.1, 1e16, 1e-7, 1e308, 5e-324, 123456789.125,
    float("inf"), float("-inf"), float("nan"), "", "text", "quote\" back\\ slash/ \b\f\n\r\t\0\x1f\x7f", "\xe9\u20ac\U0001f600", "\xff" * 40, "\u20ac" * 40,
    "<&>", [], [1, [2, [3]]], (), (1, "a"), {}, {"a": 1, "b": [True, None]}, [[]] * 3, "x" * 1000,
]
for value in VALUES:
    packed = orjson.dumps(value)
    print(ascii(value)[:60], "=>", ascii(packed)[:80], type(packed).__name__, orjson.loads(packed) == json.loads(packed))


class Number(int):
    pass


class Real(float):
    pass


class Text(str):
    pass


class Items(list):
    pass


class Pair(tuple):
    pass


class Mapping(dict):
    pass


class Color(enum.Enum):
    RED = "red"
    DATE = datetime.date(2024, 1, 1)
    ODD = object()


class Level(enum.IntEnum):
    LOW = 1


class Flags(enum.Flag):
    A = 1


class Name(str, enum.Enum):
    ONE = "one"


@dataclasses.dataclass
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list)
    _hidden: int = 5
    shared: typing.ClassVar[int] = 7


@dataclasses.dataclass(slots=True)
class Slots:
    a: int
    b: "Slots | None" = None


@dataclasses.dataclass
class Keyed(Point):
    z: str = "z"


Coordinates = collections.namedtuple("Coordinates", "x y")
Typed = typing.TypedDict("Typed", {"a": int})
print("-- kinds of objects")
UTC = datetime.timezone.utc
OBJECTS = [
    Number(5), Text("sub"), Items([1]), Mapping(a=1), Color.RED, Color.DATE, Level.LOW, Flags.A, Name.ONE, Point(1, [Point(2)]), Slots(1, Slots(2)), Keyed(1), Typed(a=1),
    collections.OrderedDict([("b", 1), ("a", 2)]), collections.defaultdict(int, a=1), datetime.date(1, 2, 3), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3), datetime.datetime(2024, 2, 29, 1, 2, 3, 45),
    datetime.datetime(2024, 2, 29, tzinfo=UTC), datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))), datetime.datetime(1, 1, 1, microsecond=999999), datetime.time(1, 2, 3, 4), datetime.time(23, 59),
    uuid.UUID(int=2**127 + 5), uuid.UUID("{12345678-1234-5678-1234-567812345678}"),
]
for value in OBJECTS:
    print(value, "=>", orjson.dumps(value))
error(orjson.dumps, Coordinates(1, 2))
for value in [Color.ODD, Pair((1,)), Real(1.5), Flags.A]:
    error(orjson.dumps, value)
print(orjson.dumps(Coordinates(1, 2), default=lambda value: value._asdict()), orjson.dumps(datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("UTC"))))
point = Point(1)
point.extra = "added"
print(orjson.dumps(point), orjson.dumps(dataclasses.replace(point, x=2)))


class Zone(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(hours=3)


class OddZone(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(hours=1, seconds=30)


print(orjson.dumps(datetime.datetime(2024, 1, 1, tzinfo=Zone())), orjson.dumps(datetime.datetime(2024, 1, 1, tzinfo=OddZone())))
error(orjson.dumps, datetime.time(1, tzinfo=UTC))

print("-- options")
moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 678)
sample = {"b": [1, {"c": None}], "a": moment, "e": [], "d": {}}
OPTIONS = {
    "OPT_APPEND_NEWLINE": sample, "OPT_INDENT_2": sample, "OPT_NAIVE_UTC": sample, "OPT_NON_STR_KEYS": {1: 1, None: 2, True: 3, 1.5: 4, moment: 5, Color.RED: 6, uuid.UUID(int=1): 7, "s": 8, datetime.date(2024, 1, 1): 9, Level.LOW: 10, datetime.time(1): 11},
    "OPT_OMIT_MICROSECONDS": sample, "OPT_PASSTHROUGH_DATACLASS": 5, "OPT_PASSTHROUGH_DATETIME": 5, "OPT_PASSTHROUGH_SUBCLASS": 5, "OPT_SORT_KEYS": {"b": 1, "a": {"d": 1, "c": 2}, "\xe9": 3, "B": 4},
    "OPT_STRICT_INTEGER": 2**53 - 1, "OPT_UTC_Z": datetime.datetime(2024, 1, 1, tzinfo=UTC), "OPT_SERIALIZE_NUMPY": [1], "OPT_SERIALIZE_DATACLASS": Point(1), "OPT_SERIALIZE_UUID": uuid.UUID(int=5),
}
for name, value in OPTIONS.items():
    print(name, getattr(orjson, name), orjson.dumps(value, option=getattr(orjson, name)))
print(orjson.dumps({2: [1], 1: {}}, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), orjson.dumps([], option=None), orjson.dumps([], None, 0))
for value, option in [(Point(1), orjson.OPT_PASSTHROUGH_DATACLASS), (moment, orjson.OPT_PASSTHROUGH_DATETIME), (Text("x"), orjson.OPT_PASSTHROUGH_SUBCLASS), (Items(), orjson.OPT_PASSTHROUGH_SUBCLASS), (2**53, orjson.OPT_STRICT_INTEGER), ({(1,): 1}, orjson.OPT_NON_STR_KEYS)]:
    error(orjson.dumps, value, option=option)
    print(orjson.dumps([value] if not isinstance(value, (dict, int)) else [], default=lambda value: type(value).__name__, option=option))

print("-- default")
seen = []


def default(value):
    seen.append(type(value).__name__)
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, complex):
        return {"re": value.real, "nested": {3}}
    raise TypeError(f"no way: {value!r}")


print(orjson.dumps([{2, 1}, 1j, {"k": {5}}], default=default), seen)
try:
    orjson.dumps([b"bytes"], default=default)
except orjson.JSONEncodeError as raised:
    print(type(raised).__name__, raised, type(raised.__cause__).__name__, raised.__cause__)
error(orjson.dumps, 1j, default=lambda value: value)
error(orjson.dumps, 1j, default=5)
error(orjson.dumps, 1j, default=None)
print(orjson.dumps(1j, default=lambda value: None))


class Callable:
    def __call__(self, value):
        return "called"


print(orjson.dumps({1}, Callable()), orjson.dumps({1}, default=list))

print("-- errors of dumps")
circle = []
circle.append(circle)
deep = []
for _ in range(300):
    deep = [deep]
for wrong in [2**64, -(2**63) - 1, b"bytes", bytearray(b"x"), memoryview(b"x"), {1}, 1j, object, len, {1: 1}, {None: 1}, {(1,): 1}, {b"b": 1}, "\ud800", ["\ud800"], {"\ud800": 1}, circle, deep, range(3), NotImplemented, ..., type, iter([]), collections.deque([1])]:
    error(orjson.dumps, wrong)
error(orjson.dumps)
error(orjson.dumps, 1, 2, 3, 4)
error(orjson.dumps, 1, option="x")
error(orjson.dumps, 1, option=2**20)
error(orjson.dumps, 1, option=-1)
error(orjson.dumps, 1, unknown=2)
error(orjson.dumps, 1, default=None, option=True)
print(issubclass(orjson.JSONEncodeError, TypeError), issubclass(orjson.JSONDecodeError, ValueError), issubclass(orjson.JSONDecodeError, json.JSONDecodeError), orjson.JSONEncodeError is TypeError)

print("-- loads")
TEXTS = [
    "null", "true", "false", "0", "-0", "1", "-1", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1" + "0" * 50,
    "1.5", "-2.5e-3", "1E5", "0.1", "1.7976931348623157e308", "5e-324", '""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u20ac\\ud83d\\ude00"', '"\xe9"', '"\u20ac"', '"\U0001f600"', '"\xe9\u20ac\U0001f600"', '"\\u0000"', "[]", "[1, [2, {}], \t\n\r null]",
    "{}", '{"a": {"b": [1.5, "x"]}, "a": 2}', " [ ] ", '{"": 0}', '"' + "a" * 200 + '"', '{"' + "k" * 100 + '": 1}',
]
for text in TEXTS:
    value = orjson.loads(text)
    print(ascii(text)[:60], "=>", ascii(value)[:60], type(value).__name__)
for kind in [str, str.encode, lambda text: bytearray(text.encode()), lambda text: memoryview(text.encode()), Text]:
    try:
        print(orjson.loads(kind('{"k": ["\xe9", 1]}')))
    except orjson.JSONDecodeError as raised:
        print(raised)
WRONG = [
    "", " ", "nul", "tru", "falze", "NaN", "Infinity", "-Infinity", "[", "[1", "[1,", "[1,]", "[,1]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "{a:1}", "{1:1}", '"abc', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\ud800"', '"\\ud800\\u0041"', '"\\udc00"', "[1] 2", "]", "-", "+1", "01", "1.", ".5", "1e", "'a'",
    "1e400", "1 2", "\0", "[" * 2000, '"\n"', '"\x01"', "[1\n,2\n,x]", "\ufeff[]", "// c\n1", "[\"\xe9\u20ac\", x]",
]
for text in WRONG:
    try:
        print("no error:", ascii(orjson.loads(text)))
    except orjson.JSONDecodeError as raised:
        print(ascii(text)[:40], raised.msg, raised.pos, raised.lineno, raised.colno, raised.doc == text, ascii(str(raised))[:100])
for wrong in [b'"\xff"', b'"\x80"', b'"\xc3"', b'"\xed\xa0\x80"', b"\xff", "\ud800", '"\ud800"', 5, None, [], memoryview(b"[1]x")[::2], 1.5, memoryview(bytearray(b"[1]"))]:
    error(orjson.loads, wrong)
error(orjson.loads)
error(orjson.loads, "1", "2")
error(orjson.loads, obj="1")
print("keys cached:", len({id(key) for item in orjson.loads('[{"key1": 1}, {"key1": 2}]') for key in item}) == 1)

print("-- Fragment")
print(orjson.dumps({"a": orjson.Fragment(b'{"raw": 1}'), "b": [orjson.Fragment('"text \xe9"')]}), orjson.dumps(orjson.Fragment(b"not checked")), type(orjson.Fragment(b"")).__name__)
error(orjson.dumps, orjson.Fragment(5))
error(orjson.Fragment)
error(orjson.Fragment, b"a", b"b")
error(orjson.Fragment, x=1)
error(orjson.dumps, orjson.Fragment("\ud800"))
error(lambda: type("Derived", (orjson.Fragment,), {}))


class Holder:
    pass


holder = Holder()
holder.fragment = orjson.Fragment(b"1")
gone = weakref.ref(holder)
del holder
gc.collect()
print(gone() is None)

print("-- what runs while it is written")

print(orjson.dumps({"x": 1, "y": [{1}]}, default=lambda value: [gc.collect() * 0]))


@dataclasses.dataclass
class Descriptor:
    value: object

    @property
    def other(self):
        return 1 // 0


print(orjson.dumps(Descriptor([Descriptor(None)])))

print("-- whole data")
big = {f"key {n} \u20ac": [n, n / 3, str(n), None, {"n": -n, "t": "\xe9" * (n % 50)}] for n in range(3000)}
text = orjson.dumps(big)
print(digest(text), orjson.loads(text) == big, orjson.loads(orjson.dumps(big, option=orjson.OPT_INDENT_2)) == big, json.loads(text) == big)
results = []


def work():
    for _ in range(4):
        results.append(orjson.loads(orjson.dumps(big)) == big)


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results))
print(orjson.__version__, orjson.dumps.__name__, type(orjson.dumps).__name__, orjson.loads.__doc__, orjson.dumps.__module__, sorted(orjson.__all__))
accelerated(orjson.dumps is extension.dumps, sys.modules["orjson.orjson"])
