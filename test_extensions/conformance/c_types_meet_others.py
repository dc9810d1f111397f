"""C's types beside others: as second and third operands, as bases side by side, in what the collector tells, in buffers."""

import gc
import itertools

import ext_neighbours
from ext_neighbours import Amount, Counted, Locked, Node, Summed


def tell(what, call, *args):
    try:
        print(what, call(*args))
    except Exception as error:
        print(what, type(error).__name__, error)


class Derived(Amount):
    pass


class Own(Amount):
    def __contains__(self, item):
        return item == "own"


# Each operand of pow() may implement it.
for operands in itertools.permutations((2, Amount(3), 4)):
    tell("pow", pow, *operands)
tell("pow", pow, Derived(1), 2, 3)
tell("pow", pow, 2, 3, "x")

# A method of a slot's name hides the slot from classes made in Python, not from the type itself.
for amount in (Amount(), Derived(), Own()):
    print(type(amount).__name__, 1 in amount, "x" in amount, "own" in amount)
    tell("set", setattr, amount, "cents", 1)
    tell("delete", delattr, amount, "cents")
tell("name", delattr, Amount, "__doc__")

# Fields of two bases exclude each other, unless one has those of the other.
class Plain:
    pass


class MoreCounted(Counted):
    pass


bases = (Amount, Counted, Summed, MoreCounted, Derived, Plain, list, dict, int, Exception)
for pair in itertools.permutations(bases, 2):
    try:
        made = type("Both", pair, {}).__base__.__name__
    except TypeError as error:
        made = "conflict" if "out conflict" in str(error) else "order"
    print(pair[0].__name__, pair[1].__name__, made)
tell("locked", Locked)
tell("locked", object.__new__, Locked)

for kind in (list, dict, set, bytearray, Counted, MoreCounted, frozenset, tuple, object, Amount):
    print(kind.__name__, ext_neighbours.is_unhashable(kind))


# What an iterator returned reaches PyIter_Send.
class Ends:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration("value")

    def send(self, value):
        return "sent", value


class Steps(Ends):
    def __next__(self):
        return "step"


for iterator, value in ((Ends(), None), (Ends(), 1), (Steps(), None), (Steps(), 2), (iter([]), None), (iter([]), 3)):
    tell("send", ext_neighbours.sent, iterator, value)

# A frozenset that somebody else may have does not change.
frozen = frozenset({1})
try:
    ext_neighbours.add_to_set(frozen)
except SystemError as error:
    print("bad argument" in str(error))
print(sorted(frozen), sorted(ext_neighbours.fill_frozenset("item"), key=str))

# What the collector tells of objects of C's.
node = Node()
node.next = held = [1]
print([type(child).__name__ for child in gc.get_referents(node) if child is held], gc.is_finalized(node))
print(any(referrer is node for referrer in gc.get_referrers(held)), any(found is node for found in gc.get_objects()))
print(gc.is_tracked(node), gc.is_tracked(Amount()), gc.is_tracked([]), gc.is_tracked({"k": []}))
phases = []
gc.callbacks.append(lambda phase, info: phases.append((phase, sorted(info))))
gc.collect()
gc.callbacks.clear()
print(phases)
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())
