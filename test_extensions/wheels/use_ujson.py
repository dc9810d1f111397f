"""ujson: both ways for every kind of value, options, hooks, subclasses, errors of the decoder and the encoder, files, threads."""

import decimal
import gc
import io
import math
import sys
import threading

import ujson
from report import accelerated, digest, error

print("-- encode")
VALUES = [
    None, True, False, 0, -1, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**40,
    -(10**40), 0.0, -0.0, 1.5, 0.1, 1e16, 1e-7, 1e308, 5e-324, 123456789.125, -3.0, float("inf"), float("-inf"), float("nan"),
    "", "text", "quote\" back\\ slash/ \b\f\n\r\t\0\x1f\x7f", "\xe9\u20ac\U0001f600", "\ud800", "<&>", [], [1, [2, [3]]], (), (1, "a"),
    {}, {"a": 1, "b": [True, None]}, {1: 2, None: 3, True: 4, 1.5: 5, b"b": 6}, decimal.Decimal("1.25"), [[]] * 3,
]
for value in VALUES:
    print(ascii(value), "=>", ascii(ujson.dumps(value)))
print(ascii(ujson.dumps("\xe9\u20ac\U0001f600\ud800", ensure_ascii=False)), ujson.dumps("<a&b>/", encode_html_chars=True))
print(ujson.dumps("a/b", escape_forward_slashes=False), ujson.dumps({"b": 1, "a": 2, "\u20ac": 3}, sort_keys=True))
print(ujson.dumps({"a": [1, {"b": 2}], "c": {}}, indent=2))
print(ujson.dumps([1, [2]], indent=-5), ujson.dumps({"a": [1, 2]}, separators=(" ; ", " = ")), ujson.dumps({"a": [1]}, separators=None))
print(ujson.dumps(b"bytes \xc3\xa9", reject_bytes=False), ujson.encode([1]), ujson.dumps(obj=[2]))


class Number(int):
    pass


class Text(str):
    pass


class Items(list):
    pass


class Mapping(dict):
    pass


class ToDict:
    def toDict(self):
        return {"inner": [1, ToJson()]}


class ToJson:
    def __json__(self):
        return '{"raw": "\u20ac"}'


class Bad:
    def __init__(self, result):
        self.result = result

    def toDict(self):
        return self.result


print("-- objects")
print(ascii(ujson.dumps([Number(5), Text("t"), Items([1]), Mapping(a=1), ToDict(), decimal.Decimal("NaN")])))
print(ujson.dumps({"set": {1}}, default=lambda value: sorted(value)), ujson.dumps([1j], default=str))
error(ujson.dumps, object, default=lambda value: value)
error(ujson.dumps, [1j], default=lambda value: 1 / 0, message=False)
error(ujson.dumps, Bad([1]))
error(ujson.dumps, 1j)
error(ujson.dumps, {"a": {1}})
error(ujson.dumps, b"bytes", message=False)
error(ujson.dumps, float("nan"), allow_nan=False)
error(ujson.dumps, [1], indent=1001)
error(ujson.dumps, [1], separators=[",", ":"])
error(ujson.dumps, [1], separators=(",",))
error(ujson.dumps, [1], separators=(1, ":"))
error(ujson.dumps, {1: 1, "a": 2}, sort_keys=True, message=False)
error(ujson.dumps)
error(ujson.dumps, [1], unknown=1)
circle = []
circle.append(circle)
error(ujson.dumps, circle)
deep = leaf = []
for _ in range(2000):
    leaf.append([])
    leaf = leaf[0]
error(ujson.dumps, deep)

print("-- decode")
TEXTS = [
    "null", "true", "false", "0", "-0", "1", "-1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "1" + "0" * 50, "1.5", "-2.5e-3",
    "1e400", "1E5", "NaN", "Infinity", "-Infinity", '""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u20ac\\ud83d\\ude00\\ud800"',
    '"\xe9\u20ac\U0001f600"', '"\\u0000"', "[]", "[1, [2, {}], \t\n\r null]", "{}", '{"a": {"b": [1.5, "x"]}, "a": 2}', " [ ] ",
]
for text in TEXTS:
    print(ascii(text), "=>", ascii(ujson.loads(text)))
print(ujson.loads(b'{"k": [1]}'), ujson.loads(bytearray(b"[2]")), ujson.decode("[4]"))
print(repr(ujson.loads("-0.0")), math.isnan(ujson.loads("NaN")), ujson.loads('"\xe9"'.encode()) == "\xe9")
print("keys shared:", len({id(key) for item in ujson.loads('[{"key1": 1}, {"key1": 2}]') for key in item}) <= 2)
WRONG = [
    "", " ", "nul", "tru", "falze", "NaM", "Infinitx", "-Infinitx", "[", "[1", "[1,", "[1,]", "[,1]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}',
    "{a:1}", "{1:1}", '"abc', '"\\x"', '"\\u12"', '"\\u12g4"', "[1] 2", "]", "-", "+1", "'a'", "1 2", "\0", "[" * 2000, "{" * 3,
]
for text in WRONG:
    error(ujson.loads, text)
for wrong in [b'"\xff"', b'"\x80"', b'"\xc3"', b'"\xf5\x80\x80\x80"', b'"\xe2\x82"', 5, None, [], memoryview(b"[1]"), memoryview(b"[1]x")[::2]]:
    error(ujson.loads, wrong)
error(ujson.loads)
print(ujson.JSONDecodeError.__mro__[1].__name__, ujson.JSONDecodeError.__name__, ujson.JSONDecodeError.__module__)

print("-- files and round trips")
file = io.StringIO()
ujson.dump({"a": [1, "\xe9"]}, file)
print(file.getvalue(), ujson.load(io.StringIO(file.getvalue())) == {"a": [1, "\xe9"]}, ujson.load(io.BytesIO(b"[1]")))
error(ujson.dump, [1], object())
error(ujson.load, object())
big = {f"key {n} \u20ac": [n, n / 3, str(n), None, {"n": -n}] for n in range(3000)}
text = ujson.dumps(big)
print(digest(text.encode()), ujson.loads(text) == big, ujson.loads(ujson.dumps(big, indent=3, ensure_ascii=False)) == big)
results = []


def work():
    for _ in range(5):
        results.append(ujson.loads(ujson.dumps(big)) == big)


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results), gc.collect() >= 0)

print(ujson.__name__, ujson.__version__, type(ujson.dumps).__name__, ujson.loads.__name__, ujson.loads.__doc__)
accelerated(sys.modules["ujson"] is ujson and ujson.__spec__.origin == ujson.__file__, ujson)
