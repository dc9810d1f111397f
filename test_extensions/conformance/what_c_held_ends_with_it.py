"""What C objects, lists and exceptions of C types hold ends with them, at once, however it is nested."""

import weakref

import ext_containers
import ext_items
import ext_lives


class Held:
    alive = 0

    def __init__(self):
        Held.alive += 1

    def __del__(self):
        Held.alive -= 1


HOLDERS = {
    "C object": lambda held: ext_lives.Node("n", held),
    "box": ext_items.Box,
    "list": lambda held: ext_containers.Basket((held,)),
}
INSIDE = {
    "itself": lambda held: held,
    "tuple": lambda held: (held,),
    "tuples": lambda held: (((held,), held), held),
    "list": lambda held: [held],
    "dict": lambda held: {"key": held},
    "C object": lambda held: ext_lives.Node("n", (held,)),
}

for holder, hold in HOLDERS.items():
    for inside, wrap in INSIDE.items():
        held = Held()
        seen = weakref.ref(held)
        outer = hold(wrap(held))
        del held
        alive = seen() is not None
        del outer
        print(holder, inside, alive, seen() is None, Held.alive)

for holder, hold in HOLDERS.items():
    for inside, wrap in INSIDE.items():
        outer = Held()
        for _ in range(60):
            outer = hold(wrap(outer))
        del outer
        print("60 of", holder, inside, Held.alive)
