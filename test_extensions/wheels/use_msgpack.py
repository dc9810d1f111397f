"""msgpack (Cython): every kind of value both ways, Packer and Unpacker with their options, hooks, subclasses, timestamps, buffers, errors."""

import array
import collections
import datetime
import fractions
import gc
import io
import sys
import threading
import weakref

import msgpack
from msgpack import ExtType, Packer, Timestamp, Unpacker, _cmsgpack, packb, unpackb
from report import accelerated, digest, error

print("-- pack")
VALUES = [
    None, True, False, 0, 1, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1, -1, -32, -33, -128, -129,
    -32768, -32769, -(2**31), -(2**31) - 1, -(2**63), 0.0, -0.0, 1.5, 1e308, float("inf"), float("-inf"), "", "a" * 31, "a" * 32, "a" * 256,
    "\xe9\u20ac\U0001f600", b"", b"b" * 255, b"b" * 256, bytearray(b"ba"), memoryview(b"view"), memoryview(bytearray(b"abcdef"))[1:4], [],
    [1] * 15, [1] * 16, (), (1, (2, "x")), {}, {"a": {"b": [None]}}, {1: 2, None: 3, (1, 2): 4, b"b": 5, 1.5: 6}, ExtType(5, b"x"),
    ExtType(127, b"y" * 16), ExtType(0, b"z" * 17), Timestamp(1, 0), Timestamp(2**33, 5), Timestamp(-1, 999999999), Timestamp(2**40),
]
for value in VALUES:
    packed = packb(value)
    back = unpackb(packed, strict_map_key=False, use_list=False)
    name = repr(bytes(value)) if isinstance(value, memoryview) else ascii(value)
    print(name[:60], "=>", packed[:24].hex(), len(packed), ascii(back)[:60])
nan = unpackb(packb(float("nan")))
print(nan != nan, packb(1.1, use_single_float=True), unpackb(packb(1.1, use_single_float=True)), packb(b"raw", use_bin_type=False))
print(packb("\ud800x", unicode_errors="surrogatepass"), ascii(unpackb(b"\xa3\xed\xa0\x80", unicode_errors="surrogatepass")))
print(ascii(unpackb(b"\xa3a\xff\xfe", unicode_errors="replace")), ascii(unpackb(b"\xa3a\xff\xfe", unicode_errors="surrogateescape")))
print(unpackb(b"\xa3a\xff\xfe", raw=True), unpackb(b"\x93\x01\x02\x03"), unpackb(b"\x93\x01\x02\x03", use_list=False))


class Number(int):
    pass


class Text(str):
    pass


class Data(bytes):
    pass


class Items(list):
    pass


class Pair(tuple):
    pass


class Mapping(dict):
    pass


class Backwards(dict):
    def items(self):
        return [("z", 26)]


Point = collections.namedtuple("Point", "x y")
print("-- subclasses")
ODD = [Number(7), Text("t"), Data(b"d"), Items([1]), Pair((1,)), Mapping(a=1), Point(1, 2), collections.OrderedDict([("b", 1), ("a", 2)]), True]
for value in ODD:
    print(repr(value), packb(value))
    error(packb, value, strict_types=True)
    print(packb(value, strict_types=True, default=lambda odd: type(odd).__name__))
print(packb(Backwards(a=1)), packb(collections.defaultdict(int, a=1)), packb(collections.Counter("aab")))

print("-- default")


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Thing({self.name!r})"

    def __eq__(self, other):
        return isinstance(other, Thing) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


def default(value):
    if isinstance(value, Thing):
        return ExtType(42, packb(value.name))
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, complex):
        return {"__complex__": [value.real, value.imag]}
    raise TypeError(f"no way to pack {type(value).__name__}")


def ext_hook(code, data):
    return Thing(unpackb(data)) if code == 42 else ExtType(code, data)


packed = packb({"things": [Thing("a"), {2, 1}, 1 + 2j], "ext": ExtType(1, b"other")}, default=default)
print(packed)
print(unpackb(packed, ext_hook=ext_hook))
print(unpackb(packed, object_hook=lambda d: complex(*d["__complex__"]) if "__complex__" in d else d, ext_hook=ext_hook))
print(unpackb(packed, object_pairs_hook=lambda pairs: ("pairs", pairs), list_hook=tuple, ext_hook=ext_hook))
print(unpackb(packb({"b": 1, "a": [{"c": 2}]}), object_pairs_hook=collections.OrderedDict))
print(unpackb(packb({Thing("k"): 1, 5: 2}, default=default), ext_hook=ext_hook, strict_map_key=False))
error(packb, fractions.Fraction(1), default=default)
error(packb, fractions.Fraction(1))
error(packb, object, default=lambda value: value)
error(packb, 1j, default=lambda value: 1 / 0, message=False)
error(packb, 1, default=5)
error(unpackb, b"\xc0", object_hook=5)
error(unpackb, b"\xc0", list_hook=5)
error(unpackb, b"\xc0", ext_hook=5)
error(unpackb, b"\xc0", object_hook=dict, object_pairs_hook=dict)
error(unpackb, b"\x81\x01\x02", object_hook=lambda d: {}["absent"], strict_map_key=False)
error(unpackb, b"\xc7\x01\x05x", ext_hook=lambda code, data: 1 // 0, message=False)

print("-- errors of packing")
for wrong in [2**64, -(2**63) - 1, [2**64], {"a": object()}, object(), {1, 2}, 1j, range(3), Point, "\ud800", ExtType(5, b"") and (i for i in ())]:
    error(packb, wrong)
circle = []
circle.append(circle)
error(packb, circle)
deep = []
for _ in range(600):
    deep = [deep]
error(packb, deep)
error(packb)
error(packb, 1, unknown=2)
error(packb, 1, autoreset=5, buf_size=-1)
error(packb, "\xe9", unicode_errors="nonsense", message=False)
error(ExtType, 128, b"")
error(ExtType, -1, b"")
error(ExtType, "1", b"")
error(ExtType, 1, "text")
for wrong in [(1.5,), (1, 10**9), (1, -1), (1, 1.5)]:
    error(Timestamp, *wrong)


class Lying(list):
    def __len__(self):
        return 1


print(packb(Lying([1, 2, 3])), packb(array.array("i", [1, 2]).tobytes()))
error(packb, array.array("i", [1, 2]))
error(packb, memoryview(b"abcdef")[::2])

print("-- errors of unpacking")
for wrong in [b"", b"\xc1", b"\x93\x01", b"\xa5ab", b"\x01\x02", b"\xd9", b"\x81\xa1a", b"\xa1\xff", b"\x81\x01\x02", b"\x81\x90\x01", b"\xc4\x05ab"]:
    error(unpackb, wrong)
error(unpackb, b"\x91" * 2000 + b"\x01")
for wrong in ["text", 5, None, [1]]:
    error(unpackb, wrong)
error(unpackb, b"\x93\x01\x02\x03", max_array_len=2)
error(unpackb, b"\x82\x01\x02\x03\x04", max_map_len=1)
error(unpackb, b"\xa3abc", max_str_len=2)
error(unpackb, b"\xc4\x03abc", max_bin_len=2)
error(unpackb, b"\xc7\x03\x05abc", max_ext_len=2)
error(unpackb, b"\xd6\xff" + b"\xff" * 4, timestamp=9)
error(unpackb, b"\xc7\x0c\xff" + b"\xff" * 12, message=False)
error(unpackb, b"\xc7\x0c\xff" + b"\xff" * 12, timestamp=3, message=False)
error(unpackb)
error(unpackb, b"\xc0", nonsense=1)
error(unpackb, memoryview(b"\x93\x01\x01\x02\x01\x03")[::2])
try:
    unpackb(b"\x01rest")
except msgpack.ExtraData as raised:
    print(raised.unpacked, raised.extra, raised)
for name in ["UnpackException", "BufferFull", "OutOfData", "FormatError", "StackError", "UnpackValueError", "ExtraData"]:
    kind = getattr(msgpack, name, None) or getattr(msgpack.exceptions, name)
    print(name, [base.__name__ for base in kind.__mro__])

print("-- buffers")
for kind in [bytes, bytearray, memoryview, lambda data: array.array("B", data), lambda data: memoryview(bytearray(b"xx" + data))[2:]]:
    print(unpackb(kind(b"\x92\xa1a\xc4\x01b")))
held = bytearray(b"\x93\x01\x02\x03")
unpackb(held)
held.append(1)
print(len(held))

print("-- timestamps")
UTC = datetime.timezone.utc
moments = [datetime.datetime(1970, 1, 1, tzinfo=UTC), datetime.datetime(2024, 2, 29, 23, 59, 59, 999999, UTC), datetime.datetime(1900, 1, 1, tzinfo=UTC)]
for moment in moments:
    packed = packb(moment, datetime=True)
    print(moment, packed.hex(), unpackb(packed), unpackb(packed, timestamp=1), unpackb(packed, timestamp=2), unpackb(packed, timestamp=3) == moment)
print(packb(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2))), datetime=True).hex())
print(packb(Timestamp(5, 6), datetime=True).hex(), Timestamp(1, 5) == Timestamp(1, 5), Timestamp.from_bytes(b"\0\0\0\5"), Timestamp(3, 4).to_unix())
error(packb, datetime.datetime(2024, 1, 1), datetime=True)
error(packb, moments[0])

print("-- Packer")
packer = Packer()
print(packer.pack(1), packer.pack_array_header(2), packer.pack_map_header(70000), packer.pack_ext_type(5, b"data"), packer.bytes())
print(packer.pack_map_pairs([("a", 1), ("b", 2)]), packer.pack_map_pairs(iter({"k": 2}.items()) and [("k", 2)]))
own = Packer(autoreset=False)
print(own.pack([1]), own.pack("x"), own.bytes(), own.getbuffer().tobytes(), own.bytes()[:2])
view = own.getbuffer()
print(len(view), view.readonly, view.format, view.itemsize, bytes(view[1:]))
error(own.reset)
view.release()
own.reset()
print(own.bytes(), own.pack_map_header(1), own.pack("k"), own.pack("v"), own.bytes())
error(packer.pack_array_header, 2**32)
error(packer.pack_map_header, -1, message=False)
error(packer.pack_ext_type, 5, "text", message=False)
error(packer.pack_ext_type, "5", b"", message=False)
error(packer.pack, object())
print(packer.pack("after an error"))
error(Packer, 1, 2, 3)
error(Packer, unicode_errors=5, message=False)


class Loud(Packer):
    def __init__(self, **options):
        super().__init__(default=self.convert, **options)
        self.seen = []

    def convert(self, value):
        self.seen.append(type(value).__name__)
        return repr(value)


loud = Loud(use_bin_type=False)
print(loud.pack([1j, b"x", {3}]), loud.seen, isinstance(loud, Packer), Loud.__mro__[1] is _cmsgpack.Packer)
nested = Packer(default=lambda value: nested.pack(1))
error(nested.pack, 1j, message=False)

print("-- Unpacker")
unpacker = Unpacker()
print(unpacker.feed(packb([1, 2]) + packb("next") + b"\x93\x01"), list(unpacker), unpacker.tell())
unpacker.feed(b"\x02\x03\x82\xa1a\x01\xa1b\x02\xa5raw")
print(unpacker.unpack(), unpacker.tell(), unpacker.read_map_header(), unpacker.unpack(), unpacker.skip(), unpacker.unpack(), unpacker.read_bytes(4), unpacker.tell())
error(unpacker.unpack)
error(unpacker.skip)
error(unpacker.read_array_header)
print(unpacker.read_bytes(10), list(unpacker))
error(next, unpacker)
unpacker.feed(b"\x01")
error(unpacker.read_array_header)
unpacker = Unpacker(io.BytesIO(b"".join(packb(n) for n in range(5)) + packb("last")))
print([item for item in unpacker], iter(unpacker) is unpacker, unpacker.tell())
error(unpacker.feed, b"\x01")
unpacker = Unpacker(max_buffer_size=10)
error(unpacker.feed, b"x" * 11)
unpacker.feed(b"\xa9123456789")
error(unpacker.feed, b"\x01")
print(unpacker.unpack())
error(Unpacker, object())
error(Unpacker, io.BytesIO(), max_buffer_size=5, read_size=6)
error(Unpacker, io.StringIO("text").read)


class Slow:
    """A file that gives one byte at a time."""

    def __init__(self, data):
        self.data = data
        self.asked = set()

    def read(self, size):
        self.asked.add(size)
        first, self.data = self.data[:1], self.data[1:]
        return first


slow = Slow(packb([1, "two", {"three": b"four"}]) * 2)
print(list(Unpacker(slow, read_size=7)), slow.asked)


class Broken:
    def read(self, size):
        raise OSError("the file is broken")


error(Unpacker(Broken()).unpack)
unpacker = Unpacker(Slow(["a", "b"][:0] or "text"))
error(unpacker.unpack, message=False)


class Counting(Unpacker):
    def __init__(self, *args, **options):
        super().__init__(*args, object_hook=self.count, **options)
        self.maps = 0

    def count(self, value):
        self.maps += 1
        return value


counting = Counting(strict_map_key=False)
counting.feed(packb([{1: {}}, {2: 3}]))
print(counting.unpack(), counting.maps)
again = Unpacker(object_hook=lambda value: again.feed(b"\x05") or value)
again.feed(b"\x80\x80")
try:
    print(list(again))
except Exception as raised:
    print(type(raised).__name__, raised)

print("-- whole data")
big = {f"key {n} \u20ac": [n, n / 3, str(n), None, {"n": -n}, b"\xff" * (n % 50)] for n in range(3000)}
text = packb(big)
print(digest(text), unpackb(text) == big, unpackb(text, raw=True)[b"key 5 \xe2\x82\xac"])
file = io.BytesIO()
msgpack.pack(big, file)
file.seek(0)
print(msgpack.unpack(file) == big, msgpack.loads(msgpack.dumps([1])), msgpack.load(io.BytesIO(b"\x05")), msgpack.version)
interned = unpackb(packb([{"key": 1}, {"key": 2}]))
print("keys interned:", next(iter(interned[0])) is next(iter(interned[1])))
results = []


def work():
    packer = Packer()
    for _ in range(4):
        results.append(unpackb(packer.pack(big)) == big)


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results))


class Holder:
    def hook(self, value):
        return value


holder = Holder()
holder.unpacker = Unpacker(object_hook=holder.hook)
holder.packer = Packer(default=holder.hook)
gone = weakref.ref(holder)
del holder
gc.collect()
print("a cycle through both was collected:", gone() is None)

print(Packer.__name__, Packer.__module__, Unpacker.__doc__.split("\n")[0], type(packb).__name__, type(Packer.pack).__name__, unpackb.__name__)
accelerated(msgpack.Packer is _cmsgpack.Packer and msgpack.unpackb is _cmsgpack.unpackb, sys.modules["msgpack._cmsgpack"])
