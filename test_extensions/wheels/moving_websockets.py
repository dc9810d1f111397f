"""websockets.speedups, as such: masking of every length and kind of bytes-like object, results that are the host's, errors."""

import gc
import sys

from as_such import Churn, error, load, section

speedups = load("websockets.speedups")
apply_mask = speedups.apply_mask
mask = b"\x01\x23\xfe\xff"


def slow(data, mask):
    """As websockets.utils.apply_mask() does it."""
    data, mask = bytes(data), bytes(mask)
    repeated = mask * (len(data) // 4) + mask[: len(data) % 4]
    return (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(data), "big")


section("masking")
for length in [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65]:
    data = bytes(range(100, 100 + length))
    print(length, apply_mask(data, mask).hex(), apply_mask(data, mask) == slow(data, mask))
base = bytes((n * 31) & 255 for n in range(5000))
masked = apply_mask(base, mask)
print(len(masked), masked[:8], masked == slow(base, mask), apply_mask(masked, mask) == base, type(masked).__name__)
print(all(apply_mask(base[n : n + 50], mask) == slow(base[n : n + 50], mask) for n in range(20)))
for other in [b"\0\0\0\0", b"\xff\xff\xff\xff", b"abcd", bytes([128, 0, 0, 1])]:
    print(other, apply_mask(b"the payload", other))


class Bytes(bytes):
    pass


class Array(bytearray):
    pass


section("kinds of data and mask")
churn = Churn()
view = memoryview(base)
for data in [base, bytearray(base), Bytes(base), Array(base), view, memoryview(bytearray(base)), view[::1]]:
    gc.collect()
    print(type(data).__name__, apply_mask(data, mask) == masked, apply_mask(data=data, mask=bytearray(mask)) == masked)
for one in [mask, bytearray(mask), Bytes(mask), Array(mask), memoryview(mask), memoryview(b"x" + mask + b"y")[1:5]]:
    print(type(one).__name__, apply_mask(b"some payload", one), apply_mask(memoryview(bytearray(b"some payload")), one))
print(apply_mask(view[1:50], mask) == apply_mask(base[1:50], mask), apply_mask(view[4000:], mask) == slow(base[4000:], mask))
print(apply_mask(view[::3], mask) == apply_mask(base[::3], mask), apply_mask(view[::-1], mask) == apply_mask(base[::-1], mask))
print(apply_mask(bytearray(), bytearray(mask)), apply_mask(data=b"abc", mask=memoryview(mask)), apply_mask(b"abc", mask=Bytes(mask)))
array = bytearray(b"0123")
array += b"4567" * 10
del array[:3]
print(apply_mask(array, mask) == slow(array, mask), apply_mask(b"x", array[:4]), apply_mask(array[1:], array[:4]))
for n in range(20):
    array.extend(b"%")
    array[0] = n
    churn(apply_mask(array, mask))
print(array[0], len(array), churn.kept[-1][0] == slow(array, mask))

section("results are bytes of the host")
print(hash(masked) == hash(slow(base, mask)), {masked: 1}[slow(base, mask)], masked[5:9], masked + b"x" == slow(base, mask) + b"x")
print(apply_mask(apply_mask(b"there and back", mask), mask).decode(), b",".join([apply_mask(b"ab", mask), apply_mask(b"c", mask)]))
payload = apply_mask(b'{"type": "message"}', mask)
print(payload.hex(), apply_mask(memoryview(payload), mask).split(b'"'), payload.startswith(apply_mask(b"{", mask)))

section("errors")
error(apply_mask, b"abc", b"abc")
error(apply_mask, b"abc", b"abcde")
error(apply_mask, b"abc", b"")
error(apply_mask, "abc", mask)
error(apply_mask, b"abc", "abcd")
error(apply_mask, None, mask)
error(apply_mask, b"abc", 5)
error(apply_mask, [1, 2], mask)
error(apply_mask, b"abc")
error(apply_mask)
error(apply_mask, b"abc", mask, mask)
error(apply_mask, b"abc", other=mask)
error(apply_mask, b"abc", mask, mask=mask)
error(apply_mask, b"abc", memoryview(b"a-b-c-d-")[::2])
released = memoryview(b"abc")
released.release()
error(apply_mask, released, mask, message=False)
held = bytearray(b"data that is free again")
error(apply_mask, held, "mask")
held.append(33)
print(held, apply_mask(held, mask) == slow(held, mask))

section("frames, as the protocol makes them")


def frame(opcode, data):
    head = bytes([0x80 | opcode])
    if len(data) < 126:
        head += bytes([0x80 | len(data)])
    else:
        head += bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
    return head + mask + apply_mask(data, mask)


def parse(wire):
    size = wire[1] & 0x7F
    start = 2
    if size == 126:
        size = int.from_bytes(wire[2:4], "big")
        start = 4
    return wire[0] & 15, bytes(apply_mask(memoryview(wire)[start + 4 : start + 4 + size], wire[start : start + 4]))


for opcode, data in [(1, "caf\xe9".encode()), (2, base[:300]), (2, base), (9, b"ping"), (8, b"\x03\xe8bye"), (0, b"")]:
    wire = frame(opcode, data)
    print(opcode, len(wire), wire[:12].hex(), parse(wire) == (opcode, data), parse(bytearray(wire))[1] == data)

section("lives")
kept = [churn(apply_mask(f"message {n}".encode(), mask)) for n in range(200)]
gc.collect()
print(len(set(kept)), apply_mask(kept[150], mask), sum(map(len, kept)))
del kept[1::2]
gc.collect()
print(all(apply_mask(one, mask) == f"message {2 * n}".encode() for n, one in enumerate(kept)))

section("the module")
print(speedups.__name__, speedups.__doc__, apply_mask.__name__, apply_mask.__doc__, type(apply_mask).__name__)
print(sorted(name for name in vars(speedups) if not name.startswith("__")), sys.modules["websockets.speedups"] is speedups)
