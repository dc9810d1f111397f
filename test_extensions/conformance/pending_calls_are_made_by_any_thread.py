"""Py_AddPendingCall and _PyEval_AddPendingCall: which thread makes the calls, how many wait, what they raise, what they ask for."""

import threading
import time

import ext_threads as c
from show import attempt

main = threading.get_ident()


def wait_for(condition):
    """Let pending calls run in this thread until it holds."""
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.005)
    return False


made = []


def make():
    made.append(threading.get_ident())


print("asked", c.soon(make, True), c.soon(make, False), wait_for(lambda: len(made) == 2), set(made) == {main})

# The main thread waits in a lock, and looks for nothing.
made.clear()
done = threading.Event()
others = set()


def work():
    others.add(threading.get_ident())
    wait_for(done.is_set)


def again():
    if threading.get_ident() == main:
        c.soon(again, False)
        return
    made.append(threading.get_ident())
    if len(made) == 10:
        done.set()


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
print("for any", {c.soon(again, False) for _ in range(10)})
for thread in threads:
    thread.join()
print("by others", len(made), set(made) <= others)

# What is the main thread's waits for it, whatever others make of it.
made.clear()
tried = []


def other():
    tried.append(c.soon(make, True))
    tried.append(c.make_pending())
    time.sleep(0.05)
    tried.append(len(made) == 0 or main in made)


thread = threading.Thread(target=other)
thread.start()
thread.join()
print("for the main thread", tried, wait_for(lambda: made), made == [main])

# Those that come of calls wait for the next time; a call that asks for itself ends.
count = 0


def ask_again():
    global count
    count += 1
    if count < 50:
        c.soon(ask_again, count % 2)


c.soon(ask_again, False)
print("again and again", wait_for(lambda: count == 50), count)


class Wrong(Exception):
    pass


def wrong():
    raise Wrong("made soon")


def ask_and_raise():
    c.soon(wrong, True)
    wait_for(lambda: False)


attempt("raises", ask_and_raise)
print("the rest works", wait_for(lambda: True))

many = []
print("most for the main thread", sum(c.soon(lambda: many.append(1), True) == 0 for _ in range(5)) == 5, wait_for(lambda: len(many) == 5))
