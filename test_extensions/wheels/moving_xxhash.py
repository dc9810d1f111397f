"""xxhash._xxhash, as such: known values, seeds, streaming, copies, attributes, every kind of buffer, the argument parser's errors."""

import gc
import sys

from as_such import Churn, error, load, section

xxhash = load("xxhash._xxhash")
NAMES = ["xxh32", "xxh64", "xxh3_64", "xxh3_128"]
FORMS = ("hexdigest", "intdigest", "digest")
base = bytes((n * 131 + n // 256) & 255 for n in range(2000)) * 10

section("values")
for name in NAMES:
    one_shot = [getattr(xxhash, f"{name}_{form}") for form in FORMS]
    for data in [b"", b"a", b"Nobody inspects the spammish repetition", base[:16], base[:17], base[:128], base[:240], base[:241], base]:
        print(name, len(data), [form(data) for form in one_shot])
    for seed in [0, 1, 2**32 - 1, 2**32, 2**64 - 1, 2**64, 2**64 + 7, -1, True]:
        print(name, "seed", seed, one_shot[0](b"seeded", seed), one_shot[0](data=b"seeded", seed=seed))
print(all(xxhash.xxh3_64_intdigest(base[:n]) == xxhash.xxh3_64(base[:n]).intdigest() for n in range(0, 300, 7)))

section("objects")
churn = Churn()
for name in NAMES:
    kind = getattr(xxhash, name)
    state = kind(seed=20)
    for start in range(0, len(base), 777):
        state.update(churn(base[start : start + 777]))
    print(state.hexdigest() == kind(base, 20).hexdigest(), state.hexdigest(), state.intdigest(), state.digest())
    copied = state.copy()
    copied.update(b"more")
    state.reset()
    gc.collect()
    print(state.name, state.digest_size, state.digestsize, state.block_size, state.seed, state.hexdigest(), copied.hexdigest())
    print(type(copied) is kind, state.update(b"x"), state.update(data=b"y"), state.intdigest() == kind(b"xy", seed=20).intdigest())
    print([getattr(kind(b"again", seed), form)() for seed in (0, 3) for form in FORMS])
    error(setattr, state, "seed", 1, message=False)
    error(setattr, state, "other", 1, message=False)
    error(getattr, state, "other")
    error(delattr, state, "seed", message=False)
    print(kind.__name__, kind.__module__, kind.__doc__.splitlines()[0], kind.update.__name__, kind.seed.__doc__)


class Index:
    def __index__(self):
        gc.collect()
        return 20


class Raises:
    def __index__(self):
        raise LookupError("from __index__")


class Bytes(bytes):
    pass


section("types that are final")
for name in NAMES:
    kind = getattr(xxhash, name)
    error(lambda: type("Sub", (kind,), {}), message=False)
    print(kind(Bytes(b"abcd"), seed=Index()).intdigest() == kind(b"abcd", 20).intdigest(), isinstance(kind(), kind), kind() == kind())

section("buffers")
for data in [bytearray(b"abcd"), memoryview(b"abcd"), memoryview(b"xabcdx")[1:5], memoryview(bytearray(b"abcd")), Bytes(b"abcd")]:
    print(type(data).__name__, xxhash.xxh64_hexdigest(data), xxhash.xxh3_128(data).hexdigest(), xxhash.xxh32_intdigest(data))
growing = bytearray(b"abcd")
state = xxhash.xxh32(growing)
for n in range(20):
    state.update(growing)
    growing.extend(f"released {n}".encode())
    growing[n] = n
print(len(growing), state.hexdigest(), xxhash.xxh32_hexdigest(b"", Index()), xxhash.xxh32_hexdigest(seed=20, data=b""))
window = memoryview(growing)
for start in range(0, 200, 13):
    state.update(window[start : start + 9])
print(state.hexdigest(), len(window))
window.release()
growing.append(1)
print(len(growing), xxhash.xxh64_hexdigest(growing))

section("errors")
for name in ["xxh32_digest", "xxh64_intdigest", "xxh3_64_hexdigest", "xxh3_128_digest"]:
    call = getattr(xxhash, name)
    error(call)
    error(call, "text")
    error(call, None)
    error(call, b"a", 0, 0)
    error(call, b"a", 0, data=b"b")
    error(call, b"a", 0, seed=1)
    error(call, b"a", sed=1)
    error(call, b"a", "0", message=False)
    error(call, b"a", 1.5, message=False)
    error(call, b"a", Raises())
    error(call, 5, message=False)
    error(call, memoryview(b"abcdef")[::2], message=False)
for name in NAMES:
    kind = getattr(xxhash, name)
    error(kind, "text")
    error(kind, b"a", 0, 0)
    error(kind, other=1)
    error(kind, b"a", seed="x", message=False)
    error(kind, b"a", Raises())
    error(kind().update)
    error(kind().update, "text")
    error(kind().update, b"a", b"b")
    error(kind().update, other=b"b")
    error(kind().copy, 1, message=False)
    error(kind.update, 5, b"a", message=False)
    error(kind.digest, message=False)

section("lives")
many = [churn(xxhash.xxh64(seed=n)) for n in range(300)]
gc.collect()
for state in many[::3]:
    state.update(b"third")
gc.collect()
print(many[299].seed, len({state.intdigest() for state in many}), many[3].hexdigest(), many[4].hexdigest())
copies = [state.copy() for state in many]
del many
gc.collect()
print(copies[3].hexdigest(), copies[4].seed, {kind: 1 for kind in [xxhash.xxh32, xxhash.xxh64]}[xxhash.xxh64])
holder = {}
holder["state"] = xxhash.xxh3_128(b"in a cycle")
holder["self"] = holder
update = holder["state"].update
del holder
gc.collect()
update(b" of the host")
print(update.__self__.hexdigest() == xxhash.xxh3_128_hexdigest(b"in a cycle of the host"), update.__name__)

section("past the size at which the lock is released")
large = base * 10
print(len(large) > xxhash._GIL_MINSIZE, [xxhash.xxh64_hexdigest(large), xxhash.xxh3_128(large).hexdigest()])
state = xxhash.xxh3_64()
for _ in range(4):
    state.update(large)
print(state.hexdigest() == xxhash.xxh3_64_hexdigest(large * 4))

section("the module")
print(xxhash.XXHASH_VERSION, xxhash.__name__, xxhash.__doc__, type(xxhash.xxh32_digest).__name__)
print(sorted(name for name in vars(xxhash) if not name.startswith("_")), sys.modules["xxhash._xxhash"] is xxhash)
