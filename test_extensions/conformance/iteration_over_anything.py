"""PyObject_GetIter, PyIter_Next, tp_iternext, PyIter_Send, PySeqIter_New, PyCallIter_New over Python's iterables and generators."""

import gc

import ext_iterate
from ext_iterate import by_slot, iterators, sent, taken
from show import attempt, attempt_type


class Counting:
    def __init__(self, stop):
        self.at, self.stop = 0, stop

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        if self.at > self.stop:
            raise StopIteration("done")
        return self.at


class Old:
    def __getitem__(self, index):
        if index > 2:
            raise IndexError(index)
        return index * 10


class Broken:
    def __iter__(self):
        return 5


def generator():
    try:
        received = yield "first"
        while received != "stop":
            received = yield ("got", received)
    finally:
        closed.append("closed")
    return "result"


closed = []
for name, iterable in (
    ("list", [1, 2]),
    ("text", "aé"),
    ("dict", {"k": 1}),
    ("range", range(3)),
    ("class", Counting(3)),
    ("old", Old()),
    ("map", map(str, [1, 2])),
    ("file-like", iter(["line\n"])),
    ("bytes", b"ab"),
    ("zip", zip("ab", [1, 2])),
    ("reversed", reversed([1, 2])),
    ("enumerate", enumerate("x")),
):
    attempt(name, taken, iterable, 100)
attempt("stopped early", taken, Counting(100), 2)
attempt("an int", taken, 5, 1)
attempt_type("broken", taken, Broken(), 1)
attempt("failing", taken, ([1][number] for number in (0, 1)), 9)
attempt("generator", taken, generator(), 1)
gc.collect()
print("closed when dropped:", closed)
steps = Counting(2)
print("by slot:", by_slot(steps), by_slot(steps), by_slot(steps), by_slot(steps))
print("by slot:", by_slot(iter([1])), by_slot(iter([])), by_slot(c for c in "g"), by_slot(map(len, [])), by_slot(5))
attempt("by slot, failing", by_slot, ([][0] for _ in "x"))
steps = generator()
attempt("send None", sent, steps, None)
attempt("send 5", sent, steps, 5)
attempt("send stop", sent, steps, "stop")
attempt("send to the dead", sent, steps, None)
attempt("send to an iterator", sent, iter([7]), None)
attempt("send to an ended iterator", sent, iter([]), None)
attempt_type("send a value at the start", sent, generator(), 1)


async def coroutine():
    return 5


attempt("coroutine", sent, coroutine(), None)
indexed, called = iterators(Old(), iter([1, 2, 3, None]).__next__, 3)
print("made by C:", list(indexed), list(called), type(indexed).__name__, type(called).__name__)
print("checks:", [ext_iterate.checks(value) for value in ([], iter([]), {}, "x", 5, (c for c in ""), Counting(1), Old())])
