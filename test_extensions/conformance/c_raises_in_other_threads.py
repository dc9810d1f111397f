"""PyThreadState_SetAsyncExc: which threads it finds, what they raise, where, and what takes it back."""

import itertools
import sys
import threading
import time

import ext_states as c
from show import attempt


class Stop(Exception):
    pass


class Told(Exception):
    def __init__(self, *args):
        super().__init__("told", *args)


# Seconds: more than any machine needs.
LONG = 100

said = []


def run(body):
    """A thread with `body(began)`; it has begun when this returns."""
    began = []
    thread = threading.Thread(target=body, args=(began,))
    thread.start()
    while not began:
        time.sleep(0.001)
    return thread


def stop(thread, exception=Stop, then=lambda: None):
    said.clear()
    found = c.set_async_exc(thread.ident, exception)
    then()
    thread.join(LONG)
    print(found, *said, "alive" if thread.is_alive() else "ended")


def spins(began):
    try:
        began.append(1)
        while True:
            pass
    except Stop as error:
        said.append(("spins", repr(error)))


def counts(began):
    total = 0
    try:
        began.append(1)
        for one in itertools.repeat(1):
            total += one
    except Stop:
        said.append(("counts", total >= 0))


def waits(began):
    try:
        c.wait(began)
        said.append(("went on",))
    except Stop:
        said.append(("waits",))


def holds(began):
    try:
        with lock:
            c.wait(began)
    except Stop:
        said.append(("held, now", lock.locked()))


def calls(began):
    def deeper(n):
        return deeper(n - 1) + 1 if n else 0

    try:
        began.append(1)
        while True:
            deeper(20)
    except Stop:
        said.append(("calls",))


def generates(began):
    def numbers():
        n = 0
        try:
            began.append(1)
            while True:
                yield n
                n += 1
        finally:
            said.append(("closed",))

    made = numbers()
    try:
        for _ in made:
            pass
    except Stop:
        made.close()
        said.append(("generates",))


def sorts(began):
    def key(x):
        began.append(1)
        time.sleep(0.001)
        return -x

    try:
        sorted(range(100000), key=key)
    except Stop:
        said.append(("sorts",))


def finishes(began):
    try:
        try:
            began.append(1)
            while True:
                time.sleep(0.001)
        finally:
            said.append(("finally",))
            total = sum(i for i in range(1000))
    except Stop:
        said.append(("finishes", total))


print("where a thread is")
lock = threading.Lock()
for body in (spins, counts, calls, generates, sorts, finishes):
    stop(run(body))
for body in (waits, holds):
    stop(run(body), then=c.go_on)

print("what is raised")


def tells(began):
    try:
        began.append(1)
        while True:
            time.sleep(0.001)
    except BaseException as error:
        kind = type(error).__name__
        said.append((kind, error.args, error.__cause__, error.__context__, error.__traceback__.tb_frame.f_code.co_name))


for exception in (Stop, Told, KeyboardInterrupt, GeneratorExit, StopIteration, ZeroDivisionError, SystemExit):
    stop(run(tells), exception)


def exits(began):
    began.append(1)
    while True:
        time.sleep(0.001)


stop(run(exits), SystemExit)
errors = []
threading.excepthook = lambda args: errors.append((args.exc_type.__name__, str(args.exc_value)))
stop(run(exits), Stop)
print(errors)


def handles(began):
    try:
        raise KeyError("handled")
    except KeyError:
        try:
            began.append(1)
            while True:
                time.sleep(0.001)
        except Stop as error:
            said.append(("context", repr(error.__context__)))


stop(run(handles))

print("what is no class of exceptions")
for exception in (Stop("made"), int, 3, None):
    stop(run(tells), exception)

print("which threads")
print(c.set_async_exc(0, Stop), c.set_async_exc(1, Stop), c.set_async_exc(2**64 - 1, Stop), c.set_async_exc(0), c.set_async_exc(1))
ended = run(lambda began: began.append(1))
ended.join()
print(c.set_async_exc(ended.ident, Stop), c.set_async_exc(ended.ident))


def once(exception):
    try:
        c.set_async_exc(threading.get_ident(), exception)
        for _ in range(1000):
            pass
    except BaseException as error:
        return repr(error)
    return "nothing"


print("the same thread", once(Stop), once(Told), once(5))
print("found", c.set_async_exc(threading.main_thread().ident))

print("called by C, with it waiting")


def told():
    for _ in range(1000):
        pass
    return "not told"


try:
    print(c.interrupt_and_call(threading.get_ident(), Stop, told))
    print("late", end=" ")
    time.sleep(0.01)
except Stop:
    print("raised after the call")

print("taken back and replaced")
got = []


def gated(began):
    try:
        c.wait(began)
        got.append("went on")
        for _ in range(1000):
            pass
    except BaseException as error:
        got.append(type(error).__name__)


for sent in ([Stop, None], [Stop, Told], [Stop, None, Told], [None], [Stop, Stop, None]):
    got.clear()
    thread = run(gated)
    found = [c.set_async_exc(thread.ident, *([] if exception is None else [exception])) for exception in sent]
    c.go_on()
    thread.join(LONG)
    print(found, got)

print("many at once")
over = False
result = []


def worker(began):
    n = 0
    try:
        began.append(1)
        while True:
            n += len([n])
    except Stop:
        result.append("stopped")
    except Told:
        result.append("told")


threads = [run(worker) for _ in range(6)]
for index, thread in enumerate(threads):
    assert c.set_async_exc(thread.ident, Told if index % 2 else Stop) == 1
for thread in threads:
    thread.join(LONG)
print(sorted(result), [thread.is_alive() for thread in threads])

print("others are not disturbed")
calm = []


def until_over(began):
    began.append(1)
    total = 0
    while not over:
        total += 1


def goes_on(began):
    # The loop is a function of its own: compilers leave a loop's jump back out of the `try` around it.
    try:
        until_over(began)
    except BaseException as error:
        calm.append(repr(error))
    else:
        calm.append("went on")


others = [run(goes_on) for _ in range(2)]
stop(run(spins))
stop(run(goes_on), SystemExit)
over = True
for thread in others:
    thread.join(LONG)
print(sorted(calm))

print("again, in code that was interrupted before")
for _ in range(3):
    stop(run(spins))
stop(run(waits), then=c.go_on)
print([sys.monitoring.get_tool(i) for i in range(6)] if hasattr(sys, "monitoring") else [None] * 6)
