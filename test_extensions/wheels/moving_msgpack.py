"""msgpack's Cython module: every kind of value both ways, hooks that run Python and collect, packers and unpackers that are kept, subclasses, errors."""

import gc
import sys

from as_such import Churn, error, load, section

msgpack = load("msgpack._cmsgpack")
Packer, Unpacker, unpackb = msgpack.Packer, msgpack.Unpacker, msgpack.unpackb
ExtType, Timestamp = sys.modules["msgpack.ext"].ExtType, sys.modules["msgpack.ext"].Timestamp
churn = Churn()


def packb(value, **options):
    return Packer(**options).pack(value)


section("both ways")
VALUES = [
    None, True, False, 0, 1, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1, -1, -32, -33, -128, -129,
    -32768, -32769, -(2**31), -(2**31) - 1, -(2**63), 0.0, -0.0, 1.5, 1e308, float("inf"), float("-inf"), "", "a" * 31, "a" * 32, "a" * 256,
    "\xe9\u20ac\U0001f600", b"", b"b" * 255, b"b" * 256, bytearray(b"ba"), memoryview(b"view"), [], [1] * 15, [1] * 16, (), (1, (2, "x")), {},
    {"a": {"b": [None]}}, {1: 2, None: 3, (1, 2): 4, b"b": 5, 1.5: 6}, ExtType(5, b"x"), ExtType(127, b"y" * 16), ExtType(0, b"z" * 17),
    Timestamp(1, 0), Timestamp(2**33, 5), Timestamp(-1, 999999999), Timestamp(2**40),
]
for value in VALUES:
    packed = packb(value)
    back = unpackb(packed, strict_map_key=False, use_list=False)
    name = repr(bytes(value)) if isinstance(value, memoryview) else ascii(value)
    print(name[:60], "=>", packed[:24].hex(), len(packed), ascii(back)[:60])
print(packb(1.1, use_single_float=True), packb(b"raw", use_bin_type=False), unpackb(b"\xa3a\xff\xfe", raw=True), ascii(unpackb(b"\xa3a\xff\xfe", unicode_errors="replace")))
print(unpackb(b"\x93\x01\x02\x03"), unpackb(b"\x93\x01\x02\x03", use_list=False), unpackb(bytearray(b"\x92\xa1a\xc4\x01b")), unpackb(memoryview(b"\x05")))


class Number(int):
    pass


class Text(str):
    pass


class Items(list):
    pass


class Mapping(dict):
    pass


section("subclasses")
for value in [Number(7), Text("t"), Items([1]), Mapping(a=1), True]:
    print(repr(value), packb(value))
    error(packb, value, strict_types=True)
    print(packb(value, strict_types=True, default=lambda odd: churn(type(odd).__name__)))

section("hooks")


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Thing({self.name!r})"


def default(value):
    churn(value)
    if isinstance(value, Thing):
        gc.collect()
    if isinstance(value, Thing):
        return ExtType(42, packb(value.name))
    if isinstance(value, set):
        return sorted(value)
    raise TypeError(f"no way to pack {type(value).__name__}")


def ext_hook(code, data):
    churn(data)
    gc.collect()
    return Thing(unpackb(data)) if code == 42 else ExtType(code, data)


def hooked(kind):
    def hook(value):
        churn(value)
        return (kind, value)

    return hook


packed = packb({"things": [Thing("a"), {2, 1}, [Thing("b" * 40)]], "ext": ExtType(1, b"other"), "n": {"m": {}}}, default=default)
print(packed)
print(unpackb(packed, ext_hook=ext_hook))
print(unpackb(packed, ext_hook=ext_hook, object_hook=hooked("map"), list_hook=hooked("list")))
print(unpackb(packed, ext_hook=ext_hook, object_pairs_hook=hooked("pairs")))
error(packb, 1.5j, default=default)
error(packb, object, default=lambda value: value)
error(packb, 1j, default=lambda value: 1 / 0, message=False)
error(packb, 1, default=5)
error(unpackb, b"\xc0", object_hook=5)
error(unpackb, b"\xc0", list_hook=5)
error(unpackb, b"\xc0", ext_hook=5)
error(unpackb, b"\xc0", object_hook=dict, object_pairs_hook=dict)
error(unpackb, b"\x81\x01\x02", object_hook=lambda d: {}["absent"], strict_map_key=False)

section("errors")
for wrong in [2**64, -(2**63) - 1, [2**64], {"a": Thing("x")}, {1, 2}, 1j, range(3), "\ud800"]:
    error(packb, wrong, message=not isinstance(wrong, dict))
circle = []
circle.append(circle)
error(packb, circle)
for wrong in [b"", b"\xc1", b"\x93\x01", b"\xa5ab", b"\x01\x02", b"\xd9", b"\x81\xa1a", b"\xa1\xff", b"\x81\x01\x02", b"\x81\x90\x01", b"\xc4\x05ab", "text", 5, None]:
    error(unpackb, wrong)
error(unpackb, b"\x93\x01\x02\x03", max_array_len=2)
error(unpackb, b"\x82\x01\x02\x03\x04", max_map_len=1)
error(unpackb, b"\xa3abc", max_str_len=2)
error(unpackb, b"\xc7\x03\x05abc", max_ext_len=2)
error(unpackb)
error(unpackb, b"\xc0", nonsense=1)

section("Packer")
packer = Packer()
print(packer.pack(1), packer.pack_array_header(2), packer.pack_map_header(70000), packer.pack_ext_type(5, b"data"), packer.bytes())
print(packer.pack_map_pairs([("a", 1), ("b", 2)]))
own = Packer(autoreset=False)
print(own.pack([1]), own.pack("x"), own.bytes())
view = own.getbuffer()
tail = view[1:]
print(len(view), view.readonly, bytes(tail))
# On a host that counts no references it would go at some later time only.
tail.release()
error(own.reset)
view.release()
own.reset()
print(own.bytes(), own.pack_map_header(1), own.pack("k"), own.pack("v"), own.bytes())
error(packer.pack, Thing("x"), message=False)
print(packer.pack("after an error"))
error(Packer, unicode_errors=5, message=False)


class Loud(Packer):
    def __init__(self, **options):
        super().__init__(default=self.convert, **options)
        self.seen = []

    def convert(self, value):
        self.seen.append(churn(type(value).__name__))
        return repr(value)


loud = Loud(use_bin_type=False)
print(loud.pack([1j, b"x", {3}]), loud.seen, isinstance(loud, Packer))

section("Unpacker")
unpacker = Unpacker()
print(unpacker.feed(packb([1, 2]) + packb("next") + b"\x93\x01"), list(unpacker), unpacker.tell())
unpacker.feed(b"\x02\x03\x82\xa1a\x01\xa1b\x02\xa5raw")
print(unpacker.unpack(), unpacker.tell(), unpacker.read_map_header(), unpacker.unpack(), unpacker.skip(), unpacker.unpack(), unpacker.read_bytes(4), unpacker.tell())
error(unpacker.unpack)
error(unpacker.skip)
print(unpacker.read_bytes(10), list(unpacker))
error(next, unpacker)
unpacker = Unpacker(max_buffer_size=10)
error(unpacker.feed, b"x" * 11)
error(Unpacker, object())


class Slow:
    """A file that gives one byte at a time, and collects meanwhile."""

    def __init__(self, data):
        self.data = data

    def read(self, size):
        churn(size)
        first, self.data = self.data[:1], self.data[1:]
        return first


print(list(Unpacker(Slow(packb([1, "two", {"three": b"four"}]) * 2), read_size=7)))


class Broken:
    def read(self, size):
        raise OSError("the file is broken")


error(Unpacker(Broken()).unpack)


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

section("kept over collections")
kept = [(Packer(default=default), Unpacker(object_hook=churn)) for _ in range(5)]
for n in range(3):
    gc.collect()
    for index, (packer, unpacker) in enumerate(kept):
        unpacker.feed(packer.pack({"n": n, "index": [index, {index}]}))
        print(unpacker.unpack(), end=" ")
print()
big = {f"key {n} \u20ac": [n, n / 4, str(n), None, {"n": -n}, b"\xff" * (n % 50)] for n in range(20)}
text = packb(big)
print(len(text), unpackb(text) == big, unpackb(text, object_hook=churn, list_hook=churn) == big)
print(Packer.__name__, Packer.__module__, type(Packer.pack).__name__, unpackb.__name__)
