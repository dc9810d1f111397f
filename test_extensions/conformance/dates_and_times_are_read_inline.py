"""What lies in dates and times, whatever classes derived from them have under the names of the fields."""

import datetime
from datetime import date, time, timedelta, timezone

import ext_habits

ONE = timezone(timedelta(hours=1))
GIVEN = (
    (date, (2020, 2, 29)),
    (datetime.datetime, (2020, 12, 31, 23, 59, 58, 999999)),
    (datetime.datetime, (1, 1, 1, 0, 0, 0, 0, timezone.utc)),
    (time, (1, 2, 3, 70000, ONE)),
    (timedelta, (-5, 3, 1)),
)


def derived(base, attribute):
    """A class that has something else under the names of the fields, as pandas' NaT."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond", "fold", "tzinfo", "days", "seconds", "microseconds")
    return type("Derived", (base,), {name: attribute(name) for name in names if hasattr(base, name)})


def fails(name):
    def get(self):
        raise RuntimeError(name)

    return property(get)


for base, arguments in GIVEN:
    print(base.__name__, arguments)
    print("  itself", ext_habits.moment(base(*arguments)))
    for attribute in (fails, lambda name: float("nan"), lambda name: property(lambda self: name)):
        print("  derived", ext_habits.moment(derived(base, attribute)(*arguments)))
    below = type("Below", (derived(base, fails),), {"__slots__": ("more",)})
    print("  below", ext_habits.moment(below(*arguments)))
print("folded", ext_habits.moment(datetime.datetime(2020, 1, 1, fold=1)), ext_habits.moment(time(1, fold=1)), ext_habits.moment(5))
