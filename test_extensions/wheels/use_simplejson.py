"""simplejson: the C scanner and encoder through every option, against its own pure Python; subclasses, hooks, errors with their positions, threads."""

import collections
import decimal
import gc
import io
import pickle
import sys
import threading

import simplejson as json
from simplejson import _speedups, decoder, encoder, scanner
from report import accelerated, digest, error

VALUES = [
    None, True, False, 0, -1, 2**31, -(2**63), 2**63, 10**40, 0.0, -0.0, 1.5, 0.1, 1e16, 1e-7, 5e-324, 1e308, "", "plain", "\"\\/\b\f\n\r\t\0\x7f",
    "\xe9\u20ac\U0001f600", "\ud800", "\u2028\u2029", "<&>", b"bytes", [], [1, [2, []]], (1, (2,)), {}, {"a": {"b": [1]}}, {1: 2, None: 3, False: 4, 1.5: 5, "x": 6},
    decimal.Decimal("1.10"), {"d": [decimal.Decimal("-0.0")]}, [[[]]] * 3,
]

print("-- encode")
for value in VALUES:
    print(ascii(value), "=>", ascii(json.dumps(value)))
options = [
    dict(ensure_ascii=False), dict(sort_keys=True), dict(indent=2), dict(indent="\t"), dict(separators=(",", ":")), dict(for_json=True),
    dict(use_decimal=False, default=str), dict(namedtuple_as_object=False), dict(tuple_as_array=False, default=repr), dict(bigint_as_string=True),
    dict(int_as_string_bitcount=31), dict(item_sort_key=lambda item: str(item[1])), dict(skipkeys=True), dict(iterable_as_array=True), dict(encoding=None, default=repr),
]
Point = collections.namedtuple("Point", "x y")


class ForJson:
    def for_json(self):
        return {"for": [self.__class__.__name__]}


class Asdict(dict):
    pass


class Int(int):
    def __repr__(self):
        return "Int!"


class Float(float):
    def __repr__(self):
        return "Float!"


class Text(str):
    pass


class Items(list):
    pass


mixed = {"b": Point(1, 2**40), "a": (2**53, [Int(5), Float(2.5), Text("t\xe9")]), "c": Asdict(z=1, y=Items([2**64])), "raw": json.RawJSON("{ raw }")}
for option in options:
    print(sorted(option), ascii(json.dumps(mixed, **option)))
print(json.dumps(ForJson(), for_json=True), json.dumps([ForJson()], default=lambda value: value.for_json()), json.dumps((n for n in range(3)), iterable_as_array=True))
print(json.dumps({(1, 2): 3, "k": 4, b"b": 5}, skipkeys=True), json.dumps(float("nan"), ignore_nan=True), json.dumps([float("inf"), float("-inf"), float("nan")], allow_nan=True))
print(json.dumps(collections.OrderedDict([("z", 1), ("a", 2)])), json.dumps({"html": "</script>&"}, cls=json.JSONEncoderForHTML))
print(list(json.JSONEncoder(indent=1).iterencode({"a": [1, {"b": ()}]})))
print(all(json.dumps(chr(c)) == encoder.py_encode_basestring_ascii(chr(c)) for c in [*range(0x300), 0x2028, 0xD7FF, 0xD800, 0xFFFF, 0x10000, 0x10FFFF]))
print(_speedups.encode_basestring_ascii("\xe9\"\U0001f600"), _speedups.encode_basestring_ascii(b"caf\xc3\xa9"))

print("-- encode errors")
circle = {}
circle["a"] = [circle]
error(json.dumps, circle)
error(json.dumps, 1j)
error(json.dumps, {"a": [object]}, message=False)
error(json.dumps, {(1,): 2})
error(json.dumps, b"\xff", message=False)
error(json.dumps, float("nan"), allow_nan=False)
error(json.dumps, [1j], default=lambda value: 1 / 0, message=False)
error(json.dumps, {1: 1, "a": 2, None: 3}, item_sort_key=lambda item: item[0], message=False)
error(json.dumps, [1], int_as_string_bitcount=-1)
error(json.dumps, [ForJson()])
deep = []
for _ in range(20000):
    deep = [deep]
error(json.dumps, deep, message=False)
error(json.loads, "[" * 20000, message=False)
while deep:
    deep = deep[0]
try:
    json.dumps({"outer": [1, {"inner": object}]})
except TypeError as raised:
    print(len(getattr(raised, "__notes__", [])), [note for note in getattr(raised, "__notes__", [])])

print("-- decode")
TEXTS = [
    "null", "true", "false", "0", "-0", "-12", "9223372036854775808", "1" + "0" * 40, "1.5", "-0.0", "1e3", "1E-3", "NaN", "Infinity", "-Infinity", '""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\\u00e9\\u20ac\\ud83d\\ude00\\ud800x"', '"\xe9\u20ac\U0001f600"', "[]", "[1, [2,{}]\n]", '{"a": 1, "b": {"a": [null]}, "a": 2}', " [ 1 , 2 ] ", '{"": ""}',
]
for text in TEXTS:
    print(ascii(text), "=>", ascii(json.loads(text, allow_nan=True)))
print(json.loads(b'{"k": "\xc3\xa9"}') == {"k": "\xe9"}, json.loads("[1.10, 1]", use_decimal=True), json.loads("[1.5, 2]", parse_float=str, parse_int=float))
print(json.loads('{"b": 1, "a": {"c": 2}}', object_pairs_hook=list), json.loads('{"b": 1}', object_hook=sorted), json.loads("[NaN, -Infinity]", parse_constant=repr, allow_nan=True))
print(json.loads('{"b": 1}', object_pairs_hook=collections.OrderedDict), json.loads("[1, [2]]", array_hook=tuple) if "array_hook" in decoder.JSONDecoder.__init__.__code__.co_varnames else None)
print(json.JSONDecoder().raw_decode("[1] tail"), json.JSONDecoder().raw_decode("   [1] tail", 3), json.loads('"a\tb"', strict=False))
keys = json.loads('[{"key": 1}, {"key": 2}]')
print(len({id(key) for item in keys for key in item}), _speedups.scanstring('abc"def', 0, "utf-8", True), _speedups.scanstring('x"', 0))
WRONG = [
    "", " ", "nul", "[", "[1", "[1,", "[1,]", "[,1]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "{a:1}", '"abc', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\ud800\\u', '"a\nb"', "[1] 2", "]", "-", "+1",
    "01", "1.", "'a'", "NaN", "[\n\n  1,\n x]", '["\xe9\u20ac", x]',
]
for text in WRONG:
    error(json.loads, text)
for wrong in [5, None, [], b'"\xff"']:
    error(json.loads, wrong, message=False)
error(json.loads, "{}", object_hook=5, message=False)
error(json.loads, "[1.5]", parse_float=lambda text: 1 / 0, message=False)
error(json.loads, "{}", object_pairs_hook=lambda pairs: {}["missing"])
try:
    json.loads('{"a": 1,\n "b": x}')
except json.JSONDecodeError as raised:
    print(raised.msg, raised.pos, raised.lineno, raised.colno, raised.end, str(pickle.loads(pickle.dumps(raised))) == str(raised))
error(_speedups.scanstring, "abc", 5)
error(_speedups.scanstring, 5, 0, message=False)
error(_speedups.scanstring)
error(_speedups.encode_basestring_ascii, 5)
error(_speedups.make_scanner, 5, message=False)
error(_speedups.make_encoder, message=False)

print("-- with and without the C code, files, threads")
big = {f"key {n} \u20ac": [n, n / 3, str(n) * 3, None, True, {"n": [-n]}] for n in range(2000)}
text = json.dumps(big)
with_c = (json.dumps(big, indent=1), json.dumps(mixed), json.loads(text))
json._toggle_speedups(False)
print(scanner.make_scanner is scanner.py_make_scanner, (json.dumps(big, indent=1), json.dumps(mixed), json.loads(text)) == with_c)
json._toggle_speedups(True)
print(digest(text.encode()), with_c[2] == big, scanner.make_scanner is scanner.c_make_scanner)
file = io.StringIO()
json.dump([1, {"a": "\xe9"}], file)
print(file.getvalue(), json.load(io.StringIO(file.getvalue())) == [1, {"a": "\xe9"}], json.load(io.BytesIO(b"[1]")))
results = []


def work():
    for _ in range(3):
        results.append(json.loads(json.dumps(big)) == big)


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results), gc.collect() >= 0)
scan = scanner.c_make_scanner(json.JSONDecoder())
print(type(scan).__name__, type(scan).__module__, scan("[1, 2] x", 0), scan.strict, scan.encoding, scan.parse_float("1.5"), scan.object_hook)
error(setattr, scan, "strict", False, message=False)
error(scan, "[1]", 7, message=False)
error(scan, "[1]", -1, message=False)
error(scan)
encode = encoder.c_make_encoder(
    {}, None, encoder.encode_basestring_ascii, None, ":", ",", False, True, False, {}, True, True, True, None, None, "utf-8", False, False, decimal.Decimal, False
)
print(type(encode).__name__, encode([1, {"a": None}], 0), encode.key_separator, encode.item_separator, encode.skipkeys, gc.is_tracked(encode))
print(json.__version__, _speedups.__name__, _speedups.__doc__, type(_speedups.scanstring).__name__)
print(encoder.encode_basestring_ascii is _speedups.encode_basestring_ascii, decoder.scanstring is _speedups.scanstring)
accelerated(encoder.c_make_encoder is _speedups.make_encoder and scanner.c_make_scanner is not None and sys.modules["simplejson._speedups"] is _speedups, _speedups)
