"""ujson: every kind of value both ways, options, hooks that run Python (default=, toDict, __json__) and collect, errors, files."""

import gc
import sys

from as_such import Churn, error, load, section

ujson = load("ujson")
dumps, loads = ujson.dumps, ujson.loads

section("encode")
VALUES = [
    None, True, False, 0, -1, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**40,
    -(10**40), 0.0, -0.0, 1.5, 0.1, 1e16, 1e-7, 1e308, 5e-324, 123456789.125, -3.0, float("inf"), float("-inf"), float("nan"),
    "", "text", "quote\" back\\ slash/ \b\f\n\r\t\0\x1f\x7f", "\xe9\u20ac\U0001f600", "\ud800", "<&>", [], [1, [2, [3]]], (), (1, "a"),
    {}, {"a": 1, "b": [True, None]}, {1: 2, None: 3, True: 4, 1.5: 5, b"b": 6}, [[]] * 3, ((), [()], {"t": ((1,),)}),
]
for value in VALUES:
    print(ascii(value), "=>", ascii(dumps(value)))
print(ascii(dumps("\xe9\u20ac\U0001f600\ud800", ensure_ascii=False)), dumps("<a&b>/", encode_html_chars=True))
print(dumps("a/b", escape_forward_slashes=False), dumps({"b": 1, "a": 2, "\u20ac": 3}, sort_keys=True))
print(dumps({"a": [1, {"b": 2}], "c": {}}, indent=2))
print(dumps([1, [2]], indent=-5), dumps({"a": [1, 2]}, separators=(" ; ", " = ")), dumps({"a": [1]}, separators=None))
print(dumps(b"bytes \xc3\xa9", reject_bytes=False), ujson.encode([1]), dumps(obj=[2]), dumps(*[[3]], **{"indent": 1}))


class Number(int):
    pass


class Real(float):
    pass


class Text(str):
    pass


class Items(list):
    pass


class Mapping(dict):
    pass


class ToJson:
    def __json__(self):
        return '{"raw": "\u20ac"}'


class ToDict:
    def toDict(self):
        return {"inner": [1, ToJson()]}


class Result:
    def __init__(self, result):
        self.result = result

    def toDict(self):
        return self.result


class Raises:
    def toDict(self):
        raise KeyError("from toDict")


class RaisesJson:
    def __json__(self):
        raise LookupError("from __json__")


class NoText:
    def __json__(self):
        return 5


churn = Churn()


class Collects:
    """Objects die and move while the encoder holds its iterators and a half-written text."""

    def __init__(self, name):
        self.name = name

    def toDict(self):
        gc.collect()
        return churn({"name": self.name, "list": [self.name, Shouts(self.name)]})


class Shouts:
    def __init__(self, name):
        self.name = name

    def __json__(self):
        churn()
        return '"' + self.name.upper() + '"'


section("objects and callbacks")
print(ascii(dumps([Number(5), Real(2.5), Text("t"), Items([1]), Mapping(a=1), ToDict()])))
print(dumps([Collects("one"), {"k": Collects("two")}, (Collects("three"),)]))
print(dumps({"set": {1}}, default=lambda value: sorted(value)), dumps([1j, frozenset()], default=str))
print(dumps([{3, 1, 2}, 2j], default=lambda value: churn(sorted(value) if isinstance(value, set) else {"imag": value.imag})))
calls = []


def default(value):
    calls.append(type(value).__name__)
    gc.collect()
    return [repr(value), {"depth": len(calls)}]


print(dumps({"a": 1j, "b": [2j, {"c": range(3)}]}, default=default), calls)
print(dumps({Text("key"): Number(1), Number(7): Text("v"), 2.5: None}), dumps({"nested": Mapping(x=Items([Mapping()]))}))
error(dumps, object, default=lambda value: value, message=False)
error(dumps, [1j], default=lambda value: 1 / 0, message=False)
error(dumps, [1j], default=5)
error(dumps, Result([1]))
error(dumps, Result(None))
error(dumps, [Raises()])
error(dumps, {"a": RaisesJson()})
error(dumps, NoText())
error(dumps, 1j)
error(dumps, {"a": {1}})
error(dumps, b"bytes", message=False)
error(dumps, float("nan"), allow_nan=False)
error(dumps, [float("-inf")], allow_nan=False)
error(dumps, [1], indent=1001)
error(dumps, [1], separators=[",", ":"])
error(dumps, [1], separators=(",",))
error(dumps, [1], separators=(1, ":"))
error(dumps, {1: 1, "a": 2}, sort_keys=True, message=False)
error(dumps)
error(dumps, [1], unknown=1)
error(dumps, [1], indent="2", message=False)
circle = []
circle.append(circle)
error(dumps, circle)
ring = {}
ring["again"] = [ring]
error(dumps, ring)
deep = leaf = []
for _ in range(1100):
    leaf.append([])
    leaf = leaf[0]
error(dumps, deep)
error(dumps, Result({"self": Result({"deeper": Raises()})}))

section("decode")
TEXTS = [
    "null", "true", "false", "0", "-0", "1", "-1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1" + "0" * 50, "1.5", "-2.5e-3",
    "1e400", "1E5", "NaN", "Infinity", "-Infinity", '""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u20ac\\ud83d\\ude00\\ud800"',
    '"\xe9\u20ac\U0001f600"', '"\\u0000"', "[]", "[1, [2, {}], \t\n\r null]", "{}", '{"a": {"b": [1.5, "x"]}, "a": 2}', " [ ] ",
]
for text in TEXTS:
    print(ascii(text), "=>", ascii(loads(text)))
print(loads(b'{"k": [1]}'), loads(bytearray(b"[2]")), ujson.decode("[4]"), repr(loads("-0.0")), loads('"\xe9"'.encode()) == "\xe9")
for wrong in [memoryview(b"[3]"), memoryview(b"x[4]x")[1:4]]:
    error(loads, wrong)
WRONG = [
    "", " ", "nul", "tru", "falze", "NaM", "Infinitx", "-Infinitx", "[", "[1", "[1,", "[1,]", "[,1]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}',
    "{a:1}", "{1:1}", '"abc', '"\\x"', '"\\u12"', '"\\u12g4"', "[1] 2", "]", "-", "+1", "'a'", "1 2", "\0", "[" * 2000, "{" * 3,
]
for text in WRONG:
    error(loads, text)
for wrong in [b'"\xff"', b'"\x80"', b'"\xc3"', b'"\xf5\x80\x80\x80"', b'"\xe2\x82"', 5, None, [], memoryview(b"[1]x")[::2]]:
    error(loads, wrong)
error(loads)
error(loads, "1", "2", message=False)
print(ujson.JSONDecodeError.__mro__[1].__name__, ujson.JSONDecodeError.__name__, ujson.JSONDecodeError.__module__)
try:
    loads("[1,")
except ujson.JSONDecodeError as raised:
    print(isinstance(raised, ValueError), raised.args)

section("decoded objects belong to the host")
document = loads('{"list": [1, 2.5, "three", null, [true, false]], "dict": {"k": {"k": {}}}, "big": 123456789012345678901234567890}')
document["list"].append(churn("four"))
document["dict"]["k"]["new"] = document["list"]
gc.collect()
print(document, document["big"] + 1, sorted(document), type(document["list"][4][0]).__name__)
document["dict"]["k"]["k"] = document
error(dumps, document)
again = loads(dumps([f"item {n}" for n in range(200)]))
print(len(again), again[::50], len(set(again)))

section("files")


class Reader:
    def __init__(self, text):
        self.text = text

    def read(self):
        gc.collect()
        return self.text


class Writer:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


class Broken:
    def read(self):
        raise OSError("no reading")

    def write(self, text):
        raise OSError("no writing")


out = Writer()
ujson.dump({"a": [1, "\xe9", Collects("file")]}, out)
ujson.dump([2], out, indent=1)
print(out.parts, ujson.load(Reader("".join(out.parts[:1]))), ujson.load(Reader(b"[1]")))
error(ujson.dump, [1], object())
error(ujson.load, object())
error(ujson.dump, [1], Broken())
error(ujson.load, Broken())
error(ujson.load, Reader("{"))
error(ujson.load, Reader(5))

section("round trips")
big = {f"key {n} \u20ac": [n, n / 3, str(n), None, {"n": -n}] for n in range(60)}
text = dumps(big)
print(len(text), loads(text) == big, loads(dumps(big, indent=3, ensure_ascii=False)) == big, dumps(loads(text)) == text)
print(all(loads(dumps(n)) == n for n in [2**k + d for k in range(0, 70, 3) for d in (-1, 0, 1)]))
print(all(loads(dumps(x)) == x for x in [n / 7 for n in range(-40, 40)]), gc.collect() >= 0)

section("the module")
print(ujson.__name__, ujson.__version__, type(dumps).__name__, loads.__name__, loads.__doc__)
print(sorted(name for name in vars(ujson) if not name.startswith("__")), sys.modules["ujson"] is ujson)
