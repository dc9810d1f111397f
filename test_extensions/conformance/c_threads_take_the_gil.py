"""C threads call Python by PyGILState_Ensure while Python threads call C and collections run."""

import gc
import threading

import ext_lives
import ext_threads
from ext_lives import Node

calls = []
print("failures:", ext_threads.spawn(calls.append, 4, 100), "calls:", len(calls), sorted(set(calls)) == list(range(100)))
print("errors stay in their thread:", ext_threads.spawn(lambda number: 1 // (number % 2), 2, 50))
print("nested:", ext_threads.nested_gil(lambda: "called"))
print("blocked inside:", ext_threads.blocked_inside(lambda flag: not flag))

stop = threading.Event()
problems = []
made = []


def from_c(number):
    node = Node(number, [Node(-number)])
    if number % 10 == 0:
        node.child.append(node)
    if node.child[0].name != -number:
        problems.append(number)
    made.append(1)


def from_python():
    while not stop.is_set():
        node = Node("python")
        node.child = {"node": node}
        if ext_lives.chain(Node, 5).child.name != 3:
            problems.append("chain")


def collecting():
    while not stop.is_set():
        gc.collect()


threads = [threading.Thread(target=target) for target in (from_python, from_python, collecting)]
for thread in threads:
    thread.start()
print("together:", ext_threads.spawn(from_c, 3, 300))
stop.set()
for thread in threads:
    thread.join()
gc.collect()
print("problems:", problems, "made:", len(made))

seen = []
print("in the background:", ext_threads.start(seen.append, 50))
total = sum(len(str(number)) for number in range(20_000))
print("joined:", ext_threads.join(), len(seen), total)
idents = set()
ext_threads.spawn(lambda number: idents.add(threading.get_ident()), 3, 5)
print("own identities:", threading.get_ident() not in idents, 1 <= len(idents) <= 3, ext_threads.identifier() == threading.get_ident())
names = []
ext_threads.spawn(lambda number: names.append(type(threading.current_thread()).__name__), 1, 1)
print("as threading sees it:", names)
local = threading.local()
local.value = "main"
ext_threads.spawn(lambda number: setattr(local, "value", number), 1, 3)
print("thread-local:", local.value)
