"""C fills what it had `bytes(size)` make, which nobody else has: blosc2 does."""

import ext_habits

for size in (5, 200, 5000):
    part, whole = ext_habits.filled_bytes(size)
    print(part, len(whole), whole == b"x" * size, bytes(size) == b"\0" * size)
