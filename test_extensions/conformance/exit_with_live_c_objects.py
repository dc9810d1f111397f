"""The program ends while C objects live in globals, in C, in cycles, in sys.modules; atexit handlers call C. It ends well."""

import atexit
import sys

import ext_lives
import ext_shutdown
from ext_lives import Final, Node

atexit.register(ext_shutdown.called_at_exit, "directly")
atexit.register(lambda: ext_shutdown.called_at_exit("by a lambda"))


@atexit.register
def last_words():
    print("atexit in Python:", node.name, ext_lives.held().name, Node("made at exit", node).child is node, flush=True)


node = Node("global")
node.itself = node
ext_lives.hold(Node("held by C", [node]))
ext_shutdown.keep({"node": node, "module": ext_shutdown})
final = Final("final", lambda itself: None)
sys.modules["a_node_as_module"] = Node("module", final)


class Derived(Final):
    def __del__(self):
        super().__del__()


derived = Derived("derived")
derived.cls = Derived
print("the script ends", flush=True)
