"""brotli: one-shot and streaming both ways, parameters, limits, subclasses, the states in which objects refuse, buffers, threads."""

import gc
import sys
import threading

import _brotli
import brotli
from report import accelerated, digest, error

text = b"".join(b"line %d of the text that is compressed, %d\n" % (n, n * n % 97) for n in range(4000))
noise = bytes((n * n * 31 + n // 7) & 255 for n in range(50000))

print("-- one shot")
for data in [b"", b"a", b"abc" * 100, text, noise, b"\0" * 1000000]:
    packed = brotli.compress(data, quality=5)
    print(len(data), digest(packed), brotli.decompress(packed) == data)
for mode in [brotli.MODE_GENERIC, brotli.MODE_TEXT, brotli.MODE_FONT]:
    print(mode, [len(brotli.compress(text[:20000], mode=mode, quality=quality)) for quality in range(12)])
print([len(brotli.compress(text, quality=3, lgwin=lgwin)) for lgwin in range(10, 25, 2)])
print([len(brotli.compress(text, quality=5, lgblock=lgblock)) for lgblock in [0, 16, 20, 24]])
print(digest(brotli.compress(text)), brotli.decompress(brotli.compress(text)) == text, brotli.decompress(string=b";"))

print("-- streaming")
compressor = brotli.Compressor(quality=6)
parts = []
for start in range(0, len(text), 5000):
    parts.append(compressor.process(text[start : start + 5000]))
    if start % 20000 == 0:
        parts.append(compressor.flush())
parts.append(compressor.finish())
packed = b"".join(parts)
print(len(parts), sum(1 for part in parts if part), digest(packed), brotli.decompress(packed) == text)
decompressor = brotli.Decompressor()
out = b""
for start in range(0, len(packed), 7):
    out += decompressor.process(packed[start : start + 7])
    done = decompressor.is_finished()
print(out == text, done, decompressor.can_accept_more_data())
decompressor = brotli.Decompressor()
out = [decompressor.process(packed, output_buffer_limit=10000)]
error(decompressor.process, b"more")
decompressor = brotli.Decompressor()
sizes = [len(decompressor.process(packed, output_buffer_limit=10000))]
while not decompressor.is_finished():
    sizes.append(len(decompressor.process(b"", output_buffer_limit=10000)))
print(sizes, sum(sizes) == len(text), decompressor.can_accept_more_data())
print(brotli.Decompressor().process(brotli.compress(b""))), print(brotli.Compressor().finish())


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


print("-- subclasses")
compressor = Compressor(quality=1)
print(brotli.decompress(compressor.process(b"shout") + compressor.finish()), compressor.options, type(compressor).__mro__[1].__name__)
print(Refusing("n").process(brotli.compress(b"x")), Refusing("n").name, isinstance(Refusing("n"), brotli.Decompressor))
print(brotli.Compressor._module is _brotli, brotli.Compressor.__module__, brotli.Compressor.__name__, Compressor._module is _brotli)
print(brotli.Compressor.__doc__.splitlines()[0], "|", brotli.decompress.__doc__.splitlines()[0], "|", _brotli.__doc__)
print(brotli.error.__name__, brotli.error.__module__, brotli.error.__doc__, brotli.error.__bases__)

print("-- buffers")
for data in [bytearray(text), memoryview(text), memoryview(bytearray(text)), memoryview(b"x" + text)[1:]]:
    packed = brotli.compress(data, quality=2)
    print(type(data).__name__, brotli.decompress(bytearray(packed)) == text, brotli.decompress(memoryview(packed)) == text)
print(brotli.decompress(brotli.compress(memoryview(b"abcdefgh").cast("I"))), brotli.decompress(brotli.compress(memoryview(bytes(6)).cast("B", (2, 3)))))

print("-- errors")
for wrong in ["text", None, 5, [b"a"], memoryview(b"abcdef")[::2]]:
    error(brotli.compress, wrong)
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
for broken in [b"", b"\xff", b"garbage", packed[:-1], packed + b"x", packed[:50] + b"\0\0\0" + packed[53:]]:
    error(brotli.decompress, broken)
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

print("-- threads")
results = []


def work():
    for _ in range(5):
        packed = brotli.compress(text, quality=4)
        results.append((len(packed), brotli.decompress(packed) == text))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), set(results))
many = [brotli.Decompressor() for _ in range(300)]
del many
print(gc.collect() >= 0, brotli.__version__, _brotli.__name__)
accelerated(brotli.Compressor is _brotli.Compressor and sys.modules["_brotli"] is _brotli, _brotli)
