"""Time lists that C has met: what a crossing costs, and what Python's own operations cost on them.

    lists.py DIR [--samples N]

DIR holds the compiled `crossing.c`. Prints a line for each number: what, how many items, nanoseconds; tabs in between. The columns of
`docs/decisions/013-lists-in-c-storage.md` are this script's, of two programs.
"""

import sys
from time import perf_counter_ns as now

sys.path.insert(0, sys.argv[1])
import crossing

ENOUGH = 20_000_000
SAMPLES = int(sys.argv[sys.argv.index("--samples") + 1]) if "--samples" in sys.argv else 5


def timed(step, setup):
    """The least of the samples, for one step; what `setup` makes is made for each."""
    best, times = None, 1
    for _ in range(SAMPLES):
        made = setup()
        begin = now()
        for _ in range(times):
            step(made)
        took = (now() - begin) / times
        best = took if best is None else min(best, took)
        times = max(times, min(100_000, int(ENOUGH // max(took, 1))))
    return best


def fresh(values):
    """One step over lists that cross for the first time: made before, which is taken off."""
    one = crossing.one
    return timed(lambda values: one(values[:]), lambda: values) - timed(lambda values: values[:], lambda: values)


def walk(values):
    for _ in values:
        pass


def put(values):
    for i in range(len(values)):
        values[i] = i


def put_texts(values):
    text = "a text"
    for i in range(len(values)):
        values[i] = text


def push(values):
    for i in range(1000):
        values.append(i)
    del values[-1000:]


OPERATIONS = {
    "for item in list": walk,
    "list[i] = int": put,
    "list[i] = str": put_texts,
    "1000 appends": push,
    "list[:]": lambda values: values[:],
    "x in list": lambda values: None in values,
    "list.sort()": lambda values: values.sort(),
    "list.reverse()": lambda values: values.reverse(),
    "len(list)": len,
    "list == copy": lambda values: values == values[:],
}
KINDS = {
    "ints": lambda size: list(range(1000, 1000 + size)),
    "texts": lambda size: [f"text {i}" for i in range(size)],
    "floats": lambda size: [i + 0.5 for i in range(size)],
}


def crossed(values):
    crossing.one(values)
    return values


def say(what, size, nanoseconds):
    print(what, size, f"{nanoseconds:.1f}", sep="\t", flush=True)


for kind, make in KINDS.items():
    for size in (1, 100, 10_000):
        say(f"crossing again, {kind}", size, timed(crossing.one, lambda: crossed(make(size))))
        say(f"crossing first, {kind}", size, fresh(make(size)))
for name, step in OPERATIONS.items():
    for kind, make in KINDS.items():
        if kind == "floats" and name != "for item in list":
            continue
        say(f"{name}, {kind}, own", 1000, timed(step, lambda: make(1000)))
        say(f"{name}, {kind}, crossed", 1000, timed(step, lambda: crossed(make(1000))))
