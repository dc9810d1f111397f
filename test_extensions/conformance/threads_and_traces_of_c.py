"""PyThread_start_new_thread with storage of both kinds, stack sizes, PyEval_SetTrace and PyEval_SetProfile."""

import sys
import threading

import ext_timing as c
from show import attempt

found = []
print(c.in_a_thread(lambda: found.append(threading.get_ident() != threading.main_thread().ident)), found)
info, *facts = c.thread_facts()
print(type(info).__name__, info.name, info == sys.thread_info, facts)


def t_inner(x):
    y = x + 1
    return len([y])


def t_outer():
    try:
        t_inner(None)
    except TypeError:
        pass
    return t_inner(1)


def t_raises():
    raise KeyError("out")


def t_generator():
    yield 1
    yield 2


for how in ("trace", "profile"):
    for call in (t_outer, t_raises, lambda: list(t_generator())):
        events, error = c.traced(how, call)
        print(how, call.__name__, repr(error))
        for event in events:
            print("  ", event)
print(c.traced("fail", t_outer))
print(sys.gettrace(), sys.getprofile(), t_outer())
