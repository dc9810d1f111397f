"""What the generated cases of the model tests call. Run once; `c` is the test extension, `H` is where the host holds objects."""

import gc
import weakref

import ext_model as c

NAMES = "abcdef"
H = [None] * 8
W = {}
DELETED = {}


class Tag:
    """Tells whether a list, tuple or dict lives, which take no weak references."""

    __slots__ = ("serial", "__weakref__")


class Inst:
    pass


class Slots:
    __slots__ = ("serial", "a", "b", "c", "__weakref__")


class Mortal(Inst):
    def __del__(self):
        DELETED[self.serial] = DELETED.get(self.serial, 0) + 1


class Derived(c.Node):
    pass


INSTANCES = {"inst": Inst, "slots": Slots, "mortal": Mortal}
NODES = {"node": c.Node, "final": c.Final, "derived": Derived}


def tag(serial):
    made = Tag()
    made.serial = serial
    W[serial] = weakref.ref(made)
    return made


def make(kind, serial, *items):
    if kind == "list":
        return [tag(serial), *items]
    if kind == "tuple":
        return (tag(serial), *items)
    if kind == "dict":
        return {"tag": tag(serial)} | dict(enumerate(items))
    if kind in NODES:
        made = NODES[kind](serial)
    else:
        made = INSTANCES[kind]()
        made.serial = serial
        W[serial] = weakref.ref(made)
    for name, item in zip(NAMES, items):
        setattr(made, name, item)
    return made


def put(container, position, item):
    if type(container) is list:
        if item is None:
            del container[1 + position]
        elif 1 + position == len(container):
            container.append(item)
        else:
            container[1 + position] = item
    elif type(container) is dict:
        if item is None:
            del container[position]
        else:
            container[position] = item
    elif item is None:
        delattr(container, NAMES[position])
    else:
        setattr(container, NAMES[position], item)


def get(container, position):
    if type(container) in (list, tuple):
        return container[1 + position]
    if type(container) is dict:
        return container[position]
    return getattr(container, NAMES[position])


def serial(thing):
    if type(thing) in (list, tuple):
        return thing[0].serial
    if type(thing) is dict:
        return thing["tag"].serial
    return thing.serial


def children(thing):
    if type(thing) in (list, tuple):
        return thing[1:]
    if type(thing) is dict:
        return [thing.get(position) for position in range(3)]
    return [getattr(thing, name, None) for name in (NAMES if isinstance(thing, c.Node) else NAMES[:3])]


def shape(places):
    """What the roots reach: serial, and the serials that it refers to."""
    seen = {}
    todo = [item for item in H if item is not None] + [c.give(place) for place in places]
    while todo:
        thing = todo.pop()
        if serial(thing) in seen:
            continue
        inside = children(thing)
        seen[serial(thing)] = [-1 if item is None else serial(item) for item in inside]
        todo.extend(item for item in inside if item is not None)
    return sorted(seen.items())


def alive():
    return sorted([number for number, reference in W.items() if reference() is not None] + c.nodes())


def same(found, expected):
    assert found == expected, f"found {found}, expected {expected}"


def collected(expected, deleted, finals):
    """After a collection of everything exactly these live, and these have been finalised."""
    gc.collect()
    same(alive(), expected)
    same(sorted(DELETED.items()), [(number, 1) for number in deleted])
    same(c.finals(), finals)


def reset():
    H[:] = [None] * 8
    c.reset()
    gc.collect()
    c.ask(0)
    same(alive(), [])
    c.forget()
    W.clear()
    DELETED.clear()


def warm_up():
    """Classes, descriptors and names get the mirrors that they keep."""
    for kind in ("list", "tuple", "dict", "inst", "slots", "mortal", "node", "final", "derived"):
        H[0] = make(kind, 1)
        c.hold(0, H[0])
        same(c.serial(0), 1)
        if kind != "tuple":
            put(H[0], 0, H[0])
            c.put(0, 0, 0)
            c.get(1, 0, 0)
        reset()
    for kind in "ndltf":
        c.make(0, kind, 1, tag(1), -1, -1)
        same(serial(c.give(0)), 1)
        reset()
