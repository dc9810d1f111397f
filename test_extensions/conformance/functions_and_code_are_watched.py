"""PyFunction_AddWatcher and PyCode_AddWatcher: what they see, their numbers, and that there are so many."""

import gc

from ext_callables import watch, watched, watcher_numbers


def seen(body):
    watch()
    try:
        body()
    finally:
        # What C was shown lasts as long as a call of C's: there is none while the body runs.
        events = watched()
    return events


def body():
    def watched_function(a, b=1):
        return a

    watched_function.__defaults__ = (5,)
    watched_function.__kwdefaults__ = {"c": 1}
    watched_function.__code__ = other.__code__
    watched_function.__name__ = "watched_later"
    del watched_function
    gc.collect()

    def other_name():
        pass

    other_name.__defaults__ = (6,)


def other(a):
    return a


print(seen(body))
print(seen(lambda: eval("lambda: 1")))
print(watcher_numbers())


def fails():
    raise KeyError("x")


try:
    seen(fails)
except KeyError as error:
    print("raised", error)
