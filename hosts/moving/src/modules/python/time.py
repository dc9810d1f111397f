"""Time: clocks, and moments in fields."""

from _structseq import structseq
from _time_core import (
    broken_down, formatted, monotonic, monotonic_ns, perf_counter, perf_counter_ns, seconds_of, sleep, time, time_ns,
)

struct_time = structseq(
    "time.struct_time",
    ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"),
    ("tm_zone", "tm_gmtoff"),
)

_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_STARTS = [broken_down(moment, True) for moment in (1704067200, 1719792000)]
_winter, _summer = sorted(_STARTS, key=lambda fields: fields[8])
timezone, altzone = -_winter[10], -_summer[10]
daylight = int(timezone != altzone)
tzname = (_winter[9], _summer[9])


def _moment(seconds):
    import math
    import operator

    if seconds is None:
        return int(time())
    moment = math.floor(seconds) if isinstance(seconds, float) else operator.index(seconds)
    if not -(1 << 63) <= moment < 1 << 63:
        raise OverflowError("timestamp out of range for platform time_t")
    return moment


def gmtime(seconds=None, /):
    return struct_time(broken_down(_moment(seconds), False))


def localtime(seconds=None, /):
    return struct_time(broken_down(_moment(seconds), True))


def _fields(fields):
    if fields is None:
        fields = localtime()
    if not isinstance(fields, tuple):
        raise TypeError("Tuple or struct_time argument required")
    if len(fields) != 9:
        raise TypeError(f"function takes exactly 9 arguments ({len(fields)} given)")
    return tuple(fields)


def mktime(fields, /):
    return float(seconds_of(_fields(fields)))


def strftime(format, fields=None, /):
    if not isinstance(format, str):
        raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")
    fields = _fields(fields)
    for number, low, high, what in zip(
        fields[1:8], (0, 0, 0, 0, 0, -1, 0), (12, 31, 23, 59, 61, 6, 366),
        ("month", "day of month", "hour", "minute", "seconds", "day of week", "day of year"),
    ):
        if not low <= number <= high:
            raise ValueError(f"{what} out of range")
    return formatted(format, tuple(max(number, 1) if place in (1, 2, 7) else number for place, number in enumerate(fields)))


def asctime(fields=None, /):
    fields = _fields(fields)
    day, month = _DAYS[fields[6] % 7], _MONTHS[(fields[1] or 1) - 1]
    return f"{day} {month}{fields[2]:3} {fields[3]:02}:{fields[4]:02}:{fields[5]:02} {fields[0]}"


def ctime(seconds=None, /):
    return asctime(localtime(seconds))
