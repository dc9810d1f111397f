"""zstandard with its C backend: one-shot, streams, readers, writers, chunkers, iterators, dictionaries, parameters, segments, errors, threads.

No subclass here: the C code frees an instance of one past its collector header, which corrupts CPython's own heap.
"""

import gc
import io
import os
import struct
import sys
import tempfile
import threading

import zstandard
from zstandard import backend_c
from report import accelerated, digest, error

text = b"".join(b"line %d of the text that is compressed, %d\n" % (n, n * n % 97) for n in range(4000))
small = zstandard.ZstdCompressor(level=3).compress(text[:1000])
packed = zstandard.ZstdCompressor().compress(text)

print("-- one shot")
for data in [b"", b"a", text, bytes(1000000)]:
    for level in [-5, 1, 3, 19]:
        out = zstandard.ZstdCompressor(level=level).compress(data)
        print(len(data), level, digest(out), zstandard.ZstdDecompressor().decompress(out) == data)
print(zstandard.decompress(zstandard.compress(text, 5)) == text, digest(packed))
options = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False, write_dict_id=False)
out = options.compress(text)
print(zstandard.frame_content_size(out), zstandard.frame_content_size(packed), zstandard.frame_header_size(packed), zstandard.ZstdDecompressor().decompress(out, max_output_size=len(text)) == text)
frame = zstandard.get_frame_parameters(out)
print(frame.content_size == 2**64 - 1, frame.window_size, frame.dict_id, frame.has_checksum, type(frame).__name__)
for data in [bytearray(text), memoryview(text), memoryview(b"x" + text)[1:]]:
    print(type(data).__name__, zstandard.ZstdDecompressor().decompress(memoryview(zstandard.ZstdCompressor().compress(data))) == text)
print(zstandard.ZstdDecompressor().decompress(packed + packed, allow_extra_data=True) == text, zstandard.ZstdDecompressor().memory_size() > 0)

print("-- objects that stream")
compressor = zstandard.ZstdCompressor().compressobj(size=len(text))
parts = [compressor.compress(text[n : n + 9999]) for n in range(0, len(text), 9999)]
parts += [compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), compressor.flush()]
print(sum(map(len, parts)), zstandard.decompress(b"".join(parts)) == text)
error(compressor.compress, b"late")
error(compressor.flush)
decompressor = zstandard.ZstdDecompressor().decompressobj()
parts = [decompressor.decompress(packed[n : n + 100]) for n in range(0, len(packed), 100)]
print(b"".join(parts) == text, decompressor.eof, decompressor.unused_data, decompressor.unconsumed_tail, decompressor.flush())
error(decompressor.decompress, b"late")
decompressor = zstandard.ZstdDecompressor().decompressobj()
print(decompressor.decompress(small + b"tail") == text[:1000], decompressor.unused_data)
chunker = zstandard.ZstdCompressor().chunker(chunk_size=512)
chunks = [chunk for n in range(0, len(text), 5000) for chunk in chunker.compress(text[n : n + 5000])] + list(chunker.flush()) + list(chunker.finish())
print([len(chunk) for chunk in chunks][:5], zstandard.decompress(b"".join(chunks), max_output_size=len(text)) == text)
error(lambda: list(chunker.compress(b"late")))

print("-- readers, writers, iterators")
with zstandard.ZstdCompressor().stream_reader(io.BytesIO(text), size=len(text)) as reader:
    buffer = bytearray(1000)
    out = reader.read(10) + reader.read1(20)
    count = reader.readinto(buffer)
    out += bytes(buffer[:count]) + reader.read()
    print(reader.tell() == len(out), zstandard.decompress(out) == text, reader.readable(), reader.writable(), reader.seekable(), reader.closed)
print(reader.closed)
error(reader.read, 5)
with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
    print(reader.read(20), reader.seek(40), reader.read(20), reader.tell(), reader.readinto(buffer), reader.seek(5, os.SEEK_CUR), len(reader.readall()))
    error(reader.seek, 0)
    error(reader.write, b"")
    error(reader.readline)
print(list(io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed))))[-1])
sink = io.BytesIO()
with zstandard.ZstdCompressor().stream_writer(sink, size=len(text), closefd=False) as writer:
    print(writer.write(text[:5000]), writer.flush() > 0, writer.write(memoryview(text)[5000:]), writer.tell() > 0, writer.memory_size() > 0)
print(zstandard.decompress(sink.getvalue()) == text, writer.closed, sink.closed)
error(writer.write, b"late")
sink = io.BytesIO()
writer = zstandard.ZstdDecompressor().stream_writer(sink, write_size=100)
print([writer.write(packed[n : n + 3000]) for n in range(0, len(packed), 3000)], sink.getvalue() == text)
print(zstandard.decompress(b"".join(zstandard.ZstdCompressor().read_to_iter(io.BytesIO(text), size=len(text)))) == text)
print([len(chunk) for chunk in zstandard.ZstdDecompressor().read_to_iter(packed, write_size=40000)], b"".join(zstandard.ZstdDecompressor().read_to_iter(b"skip" + packed, skip_bytes=4)) == text)
sink = io.BytesIO()
print(zstandard.ZstdCompressor().copy_stream(io.BytesIO(text), sink, size=len(text)), zstandard.ZstdDecompressor().copy_stream(io.BytesIO(sink.getvalue()), io.BytesIO()))


class Source:
    def __init__(self, results):
        self.results = iter(results)

    def read(self, size):
        result = next(self.results)
        if isinstance(result, Exception):
            raise result
        return result


print(zstandard.decompress(b"".join(zstandard.ZstdCompressor(level=1).read_to_iter(Source([b"ab", b"cd", b""]))), max_output_size=9))
error(lambda: list(zstandard.ZstdCompressor().read_to_iter(Source([b"ab", LookupError("from read")]))))
error(zstandard.ZstdCompressor().copy_stream, Source([b"ab", KeyError("from read")]), io.BytesIO())
error(zstandard.ZstdCompressor().read_to_iter, 5)
error(zstandard.ZstdCompressor().copy_stream, 5, io.BytesIO())
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file.zst")
    with zstandard.open(path, "wt", encoding="utf-8") as file:
        file.write("caf\xe9\nline 2\n")
    with zstandard.open(path, "rt", encoding="utf-8") as file:
        print(ascii(file.readlines()))
    with zstandard.open(path, "rb") as file:
        print(file.read())

print("-- dictionaries and parameters")
samples = [b"sample %d: " % n + text[n * 37 : n * 37 + 150] for n in range(500)]
trained = zstandard.train_dictionary(4096, samples, k=64, d=8, dict_id=77)
print(len(trained), trained.dict_id(), digest(trained.as_bytes()), type(trained).__name__, trained.k, trained.d)
with_dict = zstandard.ZstdCompressor(dict_data=trained).compress(samples[3])
print(len(with_dict), zstandard.get_frame_parameters(with_dict).dict_id, zstandard.ZstdDecompressor(dict_data=trained).decompress(with_dict) == samples[3])
error(zstandard.ZstdDecompressor().decompress, with_dict)
again = zstandard.ZstdCompressionDict(trained.as_bytes())
again.precompute_compress(level=5)
print(zstandard.ZstdCompressor(dict_data=again).compress(samples[3]) == with_dict, len(again))
parameters = zstandard.ZstdCompressionParameters.from_level(10, source_size=len(text), window_log=15, threads=0)
print(parameters.window_log, parameters.hash_log, parameters.strategy, parameters.min_match, parameters.compression_level, parameters.write_content_size, parameters.estimated_compression_context_size() > 0)
print(digest(zstandard.ZstdCompressor(compression_params=parameters).compress(text)))
print(zstandard.decompress(zstandard.ZstdCompressor(level=1, threads=2).compress(text)) == text, zstandard.estimate_decompression_context_size() > 0)
magicless = zstandard.ZstdCompressionParameters(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
out = zstandard.ZstdCompressor(compression_params=magicless).compress(text)
print(zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS).decompress(out) == text)

print("-- segments")
collection = zstandard.ZstdCompressor().multi_compress_to_buffer([text, b"b" * 1000, memoryview(text)[:50]], threads=2)
print(type(collection).__name__, len(collection), [zstandard.decompress(collection[n]) == original for n, original in enumerate([text, b"b" * 1000, text[:50]])])
back = zstandard.ZstdDecompressor().multi_decompress_to_buffer(collection, threads=2)
print(len(back), back.size(), [len(segment) for segment in back], back[1].tobytes() == b"b" * 1000, bytes(memoryview(back[2])) == text[:50], back[2].offset >= 0)
segments = zstandard.BufferWithSegments(b"abcdef", struct.pack("=QQQQ", 0, 2, 2, 4))
print(len(segments), segments.size, segments[1].tobytes(), segments.tobytes(), bytes(segments.segments()), len(zstandard.BufferWithSegmentsCollection(segments, segments)))
error(lambda: segments[2])
error(lambda: segments["0"], message=False)
error(zstandard.BufferWithSegments, b"ab", struct.pack("=QQ", 0, 3))
error(zstandard.BufferWithSegments, b"ab", b"odd")
error(zstandard.BufferWithSegmentsCollection)
error(zstandard.BufferWithSegmentsCollection, b"no")

print("-- errors and types")
checked = zstandard.ZstdCompressor(write_checksum=True).compress(text)
for broken in [b"", b"\0" * 20, packed[:-1], packed[:100], checked[:50] + b"\xff\xff" + checked[52:]]:
    error(zstandard.ZstdDecompressor().decompress, broken)
for wrong in ["text", None, 5, memoryview(b"abcdef")[::2]]:
    error(zstandard.ZstdCompressor().compress, wrong, message=not isinstance(wrong, memoryview))
    error(zstandard.ZstdDecompressor().decompress, wrong, message=not isinstance(wrong, memoryview))
error(zstandard.ZstdCompressor, level=99)
error(zstandard.ZstdCompressor, level="3")
error(zstandard.ZstdCompressor, other=1)
error(zstandard.ZstdCompressor, compression_params=parameters, write_checksum=True)
error(zstandard.ZstdCompressor, dict_data=b"no")
error(zstandard.ZstdCompressionParameters, window_log=99)
error(zstandard.ZstdCompressionParameters.from_level)
error(zstandard.ZstdDecompressor().decompress, packed + b"extra", allow_extra_data=False)
error(zstandard.ZstdDecompressor(max_window_size=1024).stream_reader(packed).read, 10)
error(zstandard.get_frame_parameters, b"no")
error(zstandard.train_dictionary, 100, [b"a"])
error(zstandard.train_dictionary, 8192, 5)
print(type(frame).__name__, type(frame)().content_size)
error(setattr, frame, "dict_id", 5, message=False)
print([base.__name__ for base in zstandard.ZstdError.__mro__], zstandard.ZstdError.__module__, zstandard.ZstdCompressor.__name__, zstandard.ZstdCompressor.__module__)

print("-- threads")
results = []


def work():
    for _ in range(5):
        out = zstandard.ZstdCompressor(level=5).compress(text)
        results.append((len(out), zstandard.ZstdDecompressor().decompress(out) == text))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), set(results), gc.collect() >= 0)
print(zstandard.__version__, zstandard.ZSTD_VERSION, zstandard.MAX_COMPRESSION_LEVEL, zstandard.FRAME_HEADER, sorted(zstandard.backend_features))
accelerated(zstandard.backend == "cext" and zstandard.ZstdCompressor is backend_c.ZstdCompressor and sys.modules["zstandard.backend_c"] is backend_c, backend_c)
