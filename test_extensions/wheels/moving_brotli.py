"""_brotli: one shot and streaming both ways, parameters, limits, subclasses, states that refuse, buffers, objects kept across collections."""

import gc
import sys

from as_such import Churn, error, load, section

brotli = load("_brotli")
text = b"".join([f"line {n} of the text that is compressed, {n * n % 97}\n".encode() for n in range(600)])
noise = bytes((n * n * 31 + n // 7) & 255 for n in range(3000))


def compress(data, **options):
    """As brotli.py's compress() is written."""
    compressor = brotli.Compressor(**options)
    return compressor.process(data) + compressor.finish()


section("one shot")
for data in [b"", b"a", b"abc" * 100, text, noise, b"\0" * 100000]:
    packed = compress(data, quality=5)
    print(len(data), len(packed), packed[:12].hex(), brotli.decompress(packed) == data)
for mode in [brotli.MODE_GENERIC, brotli.MODE_TEXT, brotli.MODE_FONT]:
    print(mode, [len(compress(text[:5000], mode=mode, quality=quality)) for quality in range(12)])
print([len(compress(text, quality=3, lgwin=lgwin)) for lgwin in range(10, 25, 2)])
print([len(compress(text, quality=5, lgblock=lgblock)) for lgblock in [0, 16, 20, 24]])
print(len(compress(text)), brotli.decompress(compress(text)) == text, brotli.decompress(string=b";"))

section("streaming")
churn = Churn()
compressor = brotli.Compressor(quality=6)
parts = []
for start in range(0, len(text), 1500):
    parts.append(compressor.process(churn(text[start : start + 1500])))
    if start % 6000 == 0:
        parts.append(compressor.flush())
        gc.collect()
parts.append(compressor.finish())
packed = b"".join(parts)
print(len(parts), sum(1 for part in parts if part), len(packed), brotli.decompress(packed) == text)
decompressor = brotli.Decompressor()
out = []
for start in range(0, len(packed), 41):
    out.append(churn(decompressor.process(packed[start : start + 41])))
    done = decompressor.is_finished()
print(b"".join(out) == text, done, decompressor.can_accept_more_data())
decompressor = brotli.Decompressor()
out = [decompressor.process(packed, output_buffer_limit=2000)]
error(decompressor.process, b"more")
decompressor = brotli.Decompressor()
sizes = [len(decompressor.process(packed, output_buffer_limit=2000))]
while not decompressor.is_finished():
    sizes.append(len(decompressor.process(b"", output_buffer_limit=2000)))
print(sizes, sum(sizes) == len(text), decompressor.can_accept_more_data())
print(brotli.Decompressor().process(compress(b""))), print(brotli.Compressor().finish())


class Compressor(brotli.Compressor):
    def __init__(self, **options):
        super().__init__(**options)
        self.options = options

    def process(self, data):
        return super().process(data.upper())


class Refusing(brotli.Decompressor):
    def __new__(cls, name):
        self = super().__new__(cls)
        self.name = name
        return self

    def __init__(self, name):
        super().__init__()


section("subclasses")
compressor = Compressor(quality=1)
churn(compressor)
gc.collect()
print(brotli.decompress(compressor.process(b"shout") + compressor.finish()), compressor.options, type(compressor).__mro__[1].__name__)
print(Refusing("n").process(compress(b"x")), Refusing("n").name, isinstance(Refusing("n"), brotli.Decompressor))
print(brotli.Compressor._module is brotli, brotli.Compressor.__module__, brotli.Compressor.__name__, Compressor._module is brotli)
print(brotli.Compressor.__doc__.splitlines()[0], "|", brotli.decompress.__doc__.splitlines()[0], "|", brotli.__doc__)
print(brotli.error.__name__, brotli.error.__module__, brotli.error.__doc__, brotli.error.__bases__)

section("buffers")
for data in [bytearray(text), memoryview(text), memoryview(bytearray(text)), memoryview(b"x" + text)[1:]]:
    packed = compress(data, quality=2)
    print(type(data).__name__, brotli.decompress(bytearray(packed)) == text, brotli.decompress(memoryview(packed)) == text)
growing = bytearray()
compressor = brotli.Compressor(quality=2)
out = bytearray()
for n in range(15):
    growing.extend(b"more and more ")
    out += compressor.process(growing)
out += compressor.finish()
print(len(brotli.decompress(out)), brotli.decompress(out)[-20:])

section("errors")
for wrong in ["text", None, 5, [b"a"], memoryview(b"abcdef")[::2]]:
    error(brotli.Compressor().process, wrong)
    error(brotli.decompress, wrong)
    error(brotli.Decompressor().process, wrong)
for options in [dict(mode=-1), dict(mode=3), dict(quality=12), dict(quality=-1), dict(lgwin=9), dict(lgwin=25), dict(lgblock=15), dict(lgblock=25)]:
    error(brotli.Compressor, **options)
error(brotli.Compressor, quality="5")
error(brotli.Compressor, quality=2**40)
error(brotli.Compressor, other=1)
error(brotli.Compressor, 0, 5, 22, 0, 0)
error(brotli.Decompressor, 1)
error(brotli.decompress, b"a", b"b")
error(brotli.Compressor().process)
error(brotli.Decompressor().process, b"", unknown=1)
packed = compress(text, quality=2)
for broken in [b"", b"\xff", b"garbage", packed[:-1], packed + b"x", packed[:50] + b"\0\0\0" + packed[53:]]:
    error(brotli.decompress, broken)
try:
    brotli.decompress(b"garbage")
except brotli.error as raised:
    print(type(raised) is brotli.error, isinstance(raised, Exception), raised.args)
decompressor = brotli.Decompressor()
error(decompressor.process, b"\xff" * 20)
error(decompressor.process, b"")
error(decompressor.is_finished)
error(decompressor.can_accept_more_data)
compressor = brotli.Compressor()
compressor.finish()
error(compressor.process, b"late")
error(compressor.process, b"later")
error(compressor.flush)
compressor = brotli.Compressor.__new__(brotli.Compressor)
error(compressor.__init__, quality=99)
error(compressor.process, b"a")

section("lives")
many = [brotli.Compressor(quality=1) for _ in range(40)]
packs = [(number, churn(one.process(f"number {number} ".encode() * number))) for number, one in enumerate(many)]
gc.collect()
packs = [(number, part + many[number].finish()) for number, part in packs]
print(all(brotli.decompress(part) == f"number {number} ".encode() * number for number, part in packs), sum(len(part) for _, part in packs))
del many[::2], packs[1::2]
print(gc.collect() >= 0, len(many), brotli.decompress(packs[-1][1])[-10:])
many = [brotli.Decompressor() for _ in range(100)]
half = [one.process(packed[:100]) for one in many]
gc.collect()
print(len(set(half)), many[50].is_finished(), half[0] + many[99].process(packed[100:]) == text, many[99].is_finished())
del many

section("the module")
print(brotli.__version__, brotli.__name__, sys.modules["_brotli"] is brotli, type(brotli.decompress).__name__)
print(sorted(name for name in vars(brotli) if not name.startswith("__")))
