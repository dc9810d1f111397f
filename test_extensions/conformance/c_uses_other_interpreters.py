"""Interpreters that C starts, several at a time: what each has of its own, turns between them, extension modules, threads, ends."""

import gc
import sys

import ext_lives
import ext_states as c
from show import attempt

sys.whose = "the main one's"


def between(interpreter, turn):
    """Called in the main interpreter after each turn of another."""
    print("main:", interpreter, turn, sys.whose, "mine" in globals(), flush=True)


FIRST = [
    """
import sys, builtins
mine = "first"
print("first:", __name__, hasattr(sys, "whose"), sorted(sys.modules) == sorted(set(sys.modules)), flush=True)
sys.whose = builtins.whose = "the first's"
""",
    """
import ext_lives, ext_states
ext_states.whose = "the first's"
node = ext_lives.Node("of the first")
node.child = [node]
print("first:", mine, sys.whose, whose, node.name, type(node) is ext_lives.Node, flush=True)
""",
    """
import atexit, threading
atexit.register(print, "first: at exit", mine, flush=True)
thread = threading.Thread(target=lambda: print("first: a thread", mine, flush=True))
thread.start()
thread.join()
""",
    "class Late:\n    def __del__(self): print('first: __del__', flush=True)\nlate = Late()",
]
SECOND = [
    "import sys; print('second:', hasattr(sys, 'whose'), 'whose' in dir(__builtins__), flush=True)",
    "raise ValueError('of the second')",
    """
import ext_states, ext_lives
print("second:", hasattr(ext_states, "whose"), flush=True)
try:
    ext_states.set_async_exc("not a number")
except TypeError as error:
    print("second:", error, flush=True)
print("second:", [ext_lives.Node(number).name for number in range(3)], flush=True)
""",
    """
import json, decimal, struct
print("second:", json.loads('[1, {"a": 2.5}]'), struct.pack("<h", 5), flush=True)
sys.exit
def generator():
    yield from range(3)
print("second:", list(generator()), [*map(str, range(3))], {1: 2} | {3: 4}, flush=True)
""",
]

print(c.others(between, FIRST, SECOND))
gc.collect()
print("ended:", sorted(event for event in ext_lives.take_events() if "first" in str(event)))
print(c.others(between, ["import sys; print('again:', hasattr(sys, 'whose'), flush=True)"]))
print(sys.whose, hasattr(c, "whose"))

print("several of them, one after another")
for number in range(5):
    print(c.others(lambda *turn: None, [f"import ext_states; print({number}, flush=True)"]))

print("what they may do")
for flags in (
    (1, 1, 1, 1, 1, 0, 1),
    (0, 0, 0, 1, 0, 1, 2),
    (0, 0, 0, 0, 0, 1, 0),
    (0, 1, 1, 1, 1, 0, 2),
    (1, 1, 1, 1, 1, 1, 3),
    (1, 1, 1, 1, 1, 1, -1),
):
    attempt(flags, c.configured, *flags)
