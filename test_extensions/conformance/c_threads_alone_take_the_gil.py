"""Threads that C makes and joins take the GIL by PyGILState_Ensure; Python itself starts none."""

import gc

import ext_lives
import ext_threads
from ext_lives import Node

calls = []
print("failures:", ext_threads.spawn(calls.append, 4, 50), "calls:", len(calls), sorted(set(calls)) == list(range(50)))
print("errors stay in their thread:", ext_threads.spawn(lambda number: 1 // (number % 2), 2, 20))
print("nested:", ext_threads.nested_gil(lambda: "called"))
print("blocked inside:", ext_threads.blocked_inside(lambda flag: not flag))
problems = []
made = []


def in_thread(number):
    node = Node(number, [Node(-number)])
    if number % 10 == 0:
        node.child.append(node)
    if number % 25 == 0:
        gc.collect()
    if node.child[0].name != -number or ext_lives.chain(Node, 5).child.name != 3:
        problems.append(number)
    made.append(number)


print("together:", ext_threads.spawn(in_thread, 3, 50))
gc.collect()
print("problems:", problems, "made:", len(made), len(set(made)))
seen = []
print("in the background:", ext_threads.start(seen.append, 20))
total = sum(len(str(number)) for number in range(2_000))
print("joined:", ext_threads.join(), sorted(seen) == list(range(20)), total)
idents = set()
ext_threads.spawn(lambda number: idents.add(ext_threads.identifier()), 3, 5)
print("own identities:", ext_threads.identifier() not in idents, 1 <= len(idents) <= 3)
