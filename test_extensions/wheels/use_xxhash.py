"""xxhash: test values of all algorithms, seeds, streaming, copies, attributes, buffers, errors of the hand-made argument parser, threads."""

import array
import gc
import sys
import threading

import xxhash
from xxhash import _xxhash
from report import accelerated, error

NAMES = ["xxh32", "xxh64", "xxh3_64", "xxh3_128"]
base = bytes((n * 131 + n // 256) & 255 for n in range(200000))

print("-- values")
for name in NAMES:
    one_shot = [getattr(xxhash, f"{name}_{form}") for form in ("hexdigest", "intdigest", "digest")]
    for data in [b"", b"a", b"Nobody inspects the spammish repetition", base[:16], base[:17], base[:128], base[:240], base[:241], base]:
        print(name, len(data), [form(data) for form in one_shot])
    for seed in [0, 1, 2**32 - 1, 2**32, 2**64 - 1, 2**64, 2**64 + 7, -1, True]:
        print(name, "seed", seed, one_shot[0](b"seeded", seed), one_shot[0](data=b"seeded", seed=seed))
print(all(xxhash.xxh3_64_intdigest(base[:n]) == xxhash.xxh3_64(base[:n]).intdigest() for n in range(400)))
print(xxhash.xxh128 is xxhash.xxh3_128, xxhash.xxh128_hexdigest(b"a"), sorted(xxhash.algorithms_available))

print("-- objects")
for name in NAMES:
    kind = getattr(xxhash, name)
    state = kind(seed=20)
    for start in range(0, len(base), 777):
        state.update(base[start : start + 777])
    print(state.hexdigest() == kind(base, 20).hexdigest(), state.hexdigest(), state.intdigest(), state.digest())
    copied = state.copy()
    copied.update(b"more")
    state.reset()
    print(state.name, state.digest_size, state.digestsize, state.block_size, state.seed, state.hexdigest(), copied.hexdigest())
    print(type(copied) is kind, state.update(b"x"), state.update(data=b"y"), state.intdigest() == kind(b"xy", seed=20).intdigest())
    error(setattr, state, "seed", 1, message=False)
    error(setattr, state, "other", 1, message=False)
    print(kind.__name__, kind.__module__, kind.__doc__.splitlines()[0], kind.update.__name__, kind.seed.__doc__)


class Index:
    def __index__(self):
        return 20


class Bytes(bytes):
    pass


print("-- types that are final")
for name in NAMES:
    error(lambda: type("Sub", (getattr(xxhash, name),), {}), message=False)
    print(getattr(xxhash, name)(Bytes(b"abcd"), seed=Index()).intdigest() == getattr(xxhash, name)(b"abcd", 20).intdigest())

print("-- buffers")
for data in [bytearray(b"abcd"), memoryview(b"abcd"), memoryview(b"xabcdx")[1:5], array.array("B", b"abcd"), memoryview(b"abcd").cast("H")]:
    print(type(data).__name__, xxhash.xxh64_hexdigest(data), xxhash.xxh3_128(data).hexdigest())
growing = bytearray(b"abcd")
xxhash.xxh32(growing).update(growing)
growing.extend(b"released")
print(len(growing), xxhash.xxh32_hexdigest(b"", Index()), xxhash.xxh32_hexdigest(seed=20, data=b""))

print("-- errors")
for call in [xxhash.xxh32_digest, xxhash.xxh64_intdigest, xxhash.xxh3_64_hexdigest, xxhash.xxh3_128_digest]:
    error(call)
    error(call, "text")
    error(call, None)
    error(call, b"a", 0, 0)
    error(call, b"a", 0, data=b"b")
    error(call, b"a", 0, seed=1)
    error(call, b"a", sed=1)
    error(call, b"a", "0", message=False)
    error(call, b"a", 1.5, message=False)
    error(call, 5, message=False)
    error(call, memoryview(b"abcdef")[::2], message=False)
for name in NAMES:
    kind = getattr(xxhash, name)
    error(kind, "text")
    error(kind, b"a", 0, 0)
    error(kind, other=1)
    error(kind, b"a", seed="x", message=False)
    error(kind().update)
    error(kind().update, "text")
    error(kind().update, b"a", b"b")
    error(kind().update, other=b"b")
    error(kind().copy, 1, message=False)
    error(kind.update, 5, b"a", message=False)

print("-- threads, past the size at which the lock is released")
shared = xxhash.xxh3_64()
results = []


def work():
    for _ in range(20):
        shared.update(base)
        results.append((xxhash.xxh64_hexdigest(base), xxhash.xxh3_128(base).hexdigest(), len(shared.digest())))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(base) > _xxhash._GIL_MINSIZE, len(results), set(results), shared.hexdigest() == xxhash.xxh3_64_hexdigest(base * 80))
many = [xxhash.xxh64(seed=n) for n in range(5000)]
print(many[4999].seed, len({state.intdigest() for state in many}))
del many
print(gc.collect() >= 0, xxhash.XXHASH_VERSION, xxhash.VERSION, _xxhash.__name__)
accelerated(xxhash.xxh64 is _xxhash.xxh64 and sys.modules["xxhash._xxhash"] is _xxhash, _xxhash)
