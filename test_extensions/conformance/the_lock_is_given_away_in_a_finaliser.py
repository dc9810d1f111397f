"""Py_BEGIN_ALLOW_THREADS in what ends with an exception that has been handled, while other threads run and collect."""

import gc
import threading

import ext_threads

met = []


class Meets:
    def __init__(self, me):
        self.me = me

    def __del__(self):
        met.append((self.me, ext_threads.meet(self.me)))


def handled(me):
    try:
        raise ValueError(Meets(me))
    except ValueError:
        pass
    gc.collect()


def attribute(me):
    error = KeyError("with more")
    error.more = Meets(me)
    try:
        raise error
    except KeyError as caught:
        del error, caught
    gc.collect()


def in_generator(me):
    try:
        raise OSError(Meets(me))
    except OSError:
        yield me
    gc.collect()


for function in (handled, attribute, lambda me: list(in_generator(me))):
    threads = [threading.Thread(target=function, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(met))
    met.clear()
