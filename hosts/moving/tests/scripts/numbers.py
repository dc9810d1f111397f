# Ints of any size, floats, complex numbers, bools.
def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


print(1 + 2, 7 // 2, -7 // 2, 7 % -3, -7 % 3, divmod(-7, 2), 2**10, 2**-1, 7 / 2, -7 // -2)
big = 2**100
print(big, -big, big // 7, big % 1000007, big * big, big >> 90, big << 3, big & 0xFFFF, ~big, big ^ (big - 1))
print(4611686018427387903 + 1, -4611686018427387904 - 1, 4611686018427387904 * 2, 9223372036854775807 + 1)
print(int("123"), int("-0x1f", 16), int("1_000"), int(" 42 "), int("0b101", 0), int(3.99), int(-3.99), int(True))
print(hash(2**61 - 1), hash(2**61), hash(-1), hash(1.0) == hash(1), hash(0.5), hash(big) == hash(float(big)))
print(bin(10), oct(64), hex(255), hex(-255), (255).bit_length(), (5).to_bytes(2, "big").hex() if hasattr(b"", "hex") else "0005")
print(True + True, True & False, True | 2, not 1, bool([]), bool("x"), True == 1, repr(True), int.__name__)
print(1.5 + 2, 3.0, 1e100, 1e-7, 0.1 + 0.2, -0.0, float("inf"), float("-inf"), float("nan"), 1e16, 123456789.125)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, divmod(7.5, 2), 2.0**0.5, round(2.5), round(3.5), round(2.675, 2), round(1234, -2))
print(1 < 1.5, 2**53 == 2.0**53, 2**53 + 1 == 2.0**53, 1 == 1.0, 1.0 != 2, float("nan") == float("nan"))
print((1.5).is_integer(), (2.0).is_integer(), (0.75).as_integer_ratio(), (1.5).hex(), float.fromhex("0x1.8p+0"))
print(1j * 1j, (1 + 2j) * (3 - 1j), abs(3 + 4j), (1 + 2j).conjugate(), complex("1+2j"), complex(1, 2) == 1 + 2j, -1j, (2j) ** 2)
print(f"{3.14159:.2f}|{42:5d}|{42:<5d}|{42:^5d}|{255:x}|{255:#X}|{1e6:,}|{1234567:_}|{0.5:%}|{5:+d}|{3.0:g}|{1e10:e}")
attempt(lambda: 1 / 0)
attempt(lambda: 1 // 0)
attempt(lambda: 1 % 0)
attempt(lambda: 1.0 / 0)
attempt(lambda: 1 + "x")
attempt(lambda: "x" + 1)
attempt(lambda: -"x")
attempt(lambda: 1 < "x")
attempt(lambda: int("x"))
attempt(lambda: int(None))
attempt(lambda: float("x"))
attempt(lambda: int(float("nan")))
attempt(lambda: int(float("inf")))
attempt(lambda: 1 << -1)
attempt(lambda: 0**-1)
attempt(lambda: pow(3, -1, 7))
attempt(lambda: pow(2, 100, 1000007))
attempt(lambda: 1j < 2j)
attempt(lambda: 10.0**400)
attempt(lambda: f"{1:z}")
print(max(1, 2.5), sum([0.1] * 3), sum(range(1000)), abs(-5), pow(2, 3), 10**20 // 3**5, (10**30) % (10**15 + 7))
n = 1
for i in range(1, 60):
    n *= i
print(n, len(str(n)))
