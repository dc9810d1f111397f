"""C calls Python code that calls C, as an event loop written in C does all the time: what the inner calls used ends when they are
over, and what the outer one holds stays."""

import gc
import weakref

import ext_borrowed
import ext_callbacks
from ext_lives import Node


class Plain:
    pass


class Text(str):
    pass


def is_gone(reference):
    gc.collect()
    return reference() is None


def used_and_dropped(make):
    value = make()
    reference = weakref.ref(value)
    node = Node("holds", [value, {"key": value}])
    node.swap(value)
    del node
    ext_callbacks.map_list(lambda item: item, [value])
    del value
    return is_gone(reference)


print("-- values")
print(ext_callbacks.map_list(used_and_dropped, [Plain, lambda: Text("text"), lambda: {1, 2}]))
print(ext_callbacks.map_list(lambda make: ext_callbacks.map_list(used_and_dropped, [make, make]), [Plain, Plain]))

print("-- what C holds, and what it was lent")
owner = [Plain()]
reference = weakref.ref(owner[0])
print(ext_callbacks.map_list(lambda item: (ext_borrowed.keep(owner), item, used_and_dropped(Plain), ext_borrowed.kept()[1]), [1, 2]))
del owner
print("gone:", is_gone(reference))
texts = [Text(f"text {number}") for number in range(5)]
print(ext_callbacks.map_list(lambda text: (Node(text).name, text.upper(), len(ext_callbacks.map_list(Node, [text, texts]))), texts))
print(ext_callbacks.sort_by(texts, lambda text: Node(text).name[::-1], True))
