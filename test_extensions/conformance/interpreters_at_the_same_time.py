"""Interpreters that threads of Python make, use and destroy at the same time: collections meet all of them, calls stay in their own."""

import _interpreters
import gc
import threading

import ext_elsewhere as c

SOURCE = """
import threading
import ext_elsewhere as c

def work():
    for _ in range(50):
        place = c.call(c.here)
        if (place["number"], place["agrees"]) != (NUMBER, 1):
            raise AssertionError((NUMBER, place))

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
work()
for thread in threads:
    thread.join()
kept = [c.call, c]
kept.append(kept)
"""
results = []


def work():
    for _ in range(3):
        number = _interpreters.create("legacy")
        results.append(_interpreters.exec(number, f"NUMBER = {number}\n{SOURCE}"))
        _interpreters.destroy(number)
        results.append(c.here()["number"])


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
print(sorted(map(str, results)))
print([number for number, *_ in _interpreters.list_all()], c.here()["agrees"])
