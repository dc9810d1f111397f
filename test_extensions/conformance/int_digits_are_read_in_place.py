"""lv_tag and ob_digit of ints that Python made and of ints that C made, compact values, and bytes."""

import ext_ints
from show import attempt


class Derived(int):
    pass


for value in (0, 1, -1, 7, 2**30 - 1, 2**30, -(2**30), 2**60, -(2**60) - 5, 10**30, True, False, Derived(12), Derived(-(2**40))):
    print(repr(value), ext_ints.digits(value), "compact", ext_ints.compact(value), "sign, bits", ext_ints.signs(value))
print("made in C:", ext_ints.digits(ext_ints.factorial(25)))
value = 12345678901234567890
print("twice the same:", ext_ints.digits(value) == ext_ints.digits(value))
attempt("not an int", ext_ints.digits, 1.0)

for number, size, flags in ((1, 4, 1), (1, 4, 0), (-2, 4, 1), (2**31, 4, 1), (2**31, 4, 5), (255, 1, 5), (-1, 2, 1), (-1, 2, 8)):
    attempt(f"to_bytes({number}, {size}, {flags})", ext_ints.to_bytes, number, size, flags)
for data in (b"", b"\x01\x02", b"\xff\xfe", b"\x80" + bytes(12)):
    attempt(f"from_bytes({data})", ext_ints.from_bytes, data)
