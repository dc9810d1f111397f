"""PyTime_*: the clocks, and times in every other form, rounded in every way."""

import time
import time as fields
import ext_timing as c
from show import attempt

FLOOR, CEILING, HALF_EVEN, UP = range(4)


class Index:
    def __index__(self):
        return 3


class Derived(int):
    pass


class Real(float):
    def __index__(self):
        return 99


print("clocks", c.clocks())
for time in (0, 1, -1, 1500, -1500, 2500, 999_999_999, 1_000_000_000, 1_500_000, 2_500_000, -2_500_001, -1_000_000_001, 2**63 - 1, -(2**63)):
    for rounding in (FLOOR, CEILING, HALF_EVEN, UP):
        print(time, rounding, c.times(time, rounding))
for value in (
    0,
    5,
    -5,
    1.5,
    -1.5,
    1e-10,
    -1e-10,
    2.5e-9,
    3.5e-9,
    1e10,
    1e300,
    float("nan"),
    float("inf"),
    2**40,
    -(2**63),
    True,
    Derived(7),
    Index(),
    "1",
    None,
    Real(2.5),
):
    for rounding in (FLOOR, CEILING, HALF_EVEN, UP):
        attempt(f"from {value!r:.60} {rounding}" if not isinstance(value, Index) else f"from an index {rounding}", c.from_seconds, value, rounding)
for value in (0, -5, 2**63 - 1, 2**63, Derived(7), True, 1.5, "1", None):
    attempt(f"long {value!r}", c.from_long, value)
    attempt(f"time_t {value!r}", c.through_time_t, value)
attempt("an index", c.through_time_t, Index())

# Moments in fields, as the library's `time` has them.
print(fields.gmtime(0), tuple(fields.gmtime(1e9)), fields.gmtime(0).tm_gmtoff)
print(fields.strftime("%Y-%m-%d %H:%M:%S %j", fields.gmtime(86400 * 59)), fields.mktime(fields.localtime(12345)), fields.asctime(fields.gmtime(0)))
