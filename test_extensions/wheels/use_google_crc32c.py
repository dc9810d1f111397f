"""google-crc32c: values against the standard's test vectors, extension, the Checksum class, buffers, large inputs in threads."""

import io
import pickle
import threading

import google_crc32c
from google_crc32c import _crc32c
from report import accelerated, error

print("-- vectors of RFC 3720")
for data in [b"", b"\0" * 32, b"\xff" * 32, bytes(range(32)), bytes(range(31, -1, -1)), b"123456789", b"a"]:
    print(len(data), f"{google_crc32c.value(data):#010x}")

print("-- every length to 64 and each alignment")
base = bytes((n * 7 + 3) & 255 for n in range(4096))
print([google_crc32c.value(base[:n]) for n in range(65)])
print([google_crc32c.value(base[n : n + 1000]) for n in range(17)])

print("-- extension")
whole = google_crc32c.value(base)
for cut in [0, 1, 7, 8, 1024, 4095, 4096]:
    print(cut, google_crc32c.extend(google_crc32c.value(base[:cut]), base[cut:]) == whole)
print(google_crc32c.extend(0, b""), google_crc32c.extend(0xFFFFFFFF, b""), google_crc32c.extend(2**32 - 1, b"x"))
print("'k' masks:", google_crc32c.extend(2**32 + 5, b"x") == google_crc32c.extend(5, b"x"))
print(google_crc32c.extend(2**64 + 5, b"x") == google_crc32c.extend(5, b"x"), google_crc32c.extend(-1, b"abc"))
print(google_crc32c.extend(True, b"abc"), type(google_crc32c.value(b"abc")).__name__)

print("-- Checksum")
checksum = google_crc32c.Checksum(b"1234")
checksum.update(b"56789")
print(checksum.digest(), checksum.hexdigest(), checksum._crc)
other = checksum.copy()
other.update(b"!")
print(checksum.hexdigest(), other.hexdigest(), google_crc32c.Checksum().digest())
stream = google_crc32c.Checksum()
print([len(chunk) for chunk in stream.consume(io.BytesIO(base), 1000)], stream._crc == whole)


class Named(google_crc32c.Checksum):
    name = "crc32c"


named = Named(b"123456789")
print(type(named.copy()).__name__, named.copy().hexdigest(), named.name)


class Bytes(bytes):
    pass


class Index:
    def __index__(self):
        return 5


print(google_crc32c.value(Bytes(b"123456789")), google_crc32c.extend(google_crc32c.value(Bytes()), b"123456789"))
print(google_crc32c.value(pickle.dumps(b"abc", 2)), pickle.loads(pickle.dumps(named))._crc == named._crc)

print("-- errors")
for wrong in ["text", None, 5, [1], bytearray(b"1"), memoryview(b"12"), memoryview(b"abcdef")[::2]]:
    error(google_crc32c.value, wrong)
error(google_crc32c.value)
error(google_crc32c.value, b"a", b"b")
error(google_crc32c.value, data=b"a", message=False)
error(google_crc32c.extend, b"a")
error(google_crc32c.extend, "5", b"a")
error(google_crc32c.extend, 5.0, b"a")
error(google_crc32c.extend, Index(), b"a")
error(google_crc32c.Checksum, "text")

print("-- threads, past the size at which the lock is released")
large = bytes(range(256)) * 8192
expected = google_crc32c.value(large)
results = []


def work(count):
    for _ in range(count):
        results.append((google_crc32c.value(large), google_crc32c.extend(7, large), google_crc32c.value(b"123456789")))


threads = [threading.Thread(target=work, args=(20,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(large), expected, len(results), set(results))

print(_crc32c.__name__, _crc32c.__doc__, _crc32c.value.__doc__, _crc32c.extend.__name__)
accelerated(google_crc32c.implementation == "c" and google_crc32c.value is _crc32c.value, _crc32c)
