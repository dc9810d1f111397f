"""A process forks while other threads of it use C, or wait to: the child has C to itself, and threads of its own."""

import os
import sys
import threading
import warnings

from ext_containers import Basket
from ext_lives import Node

warnings.simplefilter("ignore", DeprecationWarning)
sys.setswitchinterval(1e-5)


class Named(Node):
    pass


def busy():
    while not done:
        holder.child.mark
        Basket([1, 2]).swap(0, 1)
        Node("holder", Basket())


def in_child():
    """Whether all is as it was; other threads of the child wait for C, too."""
    threads = [threading.Thread(target=lambda: [Node("n", Basket()) for _ in range(100)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    right = holder.child.mark == ["put on it"] and Named("new").name == "new"
    for thread in threads:
        thread.join()
    return right


holder = Node("holder", Named("held"))
holder.child.mark = ["put on it"]
done = []
statuses = []
threads = [threading.Thread(target=busy) for _ in range(2)]
for thread in threads:
    thread.start()
for _ in range(8):
    child = os.fork()
    if child == 0:
        os._exit(0 if in_child() else 3)
    statuses.append(os.waitpid(child, 0)[1])
done.append(True)
for thread in threads:
    thread.join()
print(statuses)
