"""All of a program runs inside one call of C's: cycles through C that its calls leave are collected meanwhile."""

import gc

import ext_callbacks
from ext_lives import Node, take_events

gc.collect()
take_events()
ended = 0


def cycle(number):
    global ended
    node = Node(number)
    node.swap([node])
    if number % 1000 == 999:
        ended += len(take_events())
    return number % 2


before = sum(ext_callbacks.map_list(cycle, list(range(15000))))
print(before, "some went before it was over:", ended > 1000)
gc.collect()
print("all in the end:", ended + len(take_events()))
