"""Allocators, counts that C reads, immortal objects, objects made by hand in memory of any allocator."""

import gc

import ext_memory


class Thing:
    pass


print("allocators:", ext_memory.allocators())
for counts in ext_memory.fresh_counts():
    print("fresh:", counts)
kept = [Thing(), [1], {"k": 1}, (1, [2]), "".join(["te", "xt"]), 10**30, {1}, Thing]
for value in kept:
    print("held by Python:", type(value).__name__, ext_memory.shared(value), ext_memory.difference(value))
print("immortals:", ext_memory.immortals(), None is None, [True, ...])
plain, variable, sizes, freed = ext_memory.by_hand()
print("by hand:", type(plain).__name__, type(variable).__name__, sizes, freed)
print("payload:", ext_memory.payload(plain), ext_memory.payload(plain), ext_memory.payload(variable))
values = [plain, variable]
del plain, variable
gc.collect()
print("kept:", ext_memory.payload(values[0]))
values.clear()
gc.collect()
print("freed:", ext_memory.freed_so_far())

# Containers that C makes and keeps to itself, until it shows them.
seen = []
counts, is_held, result = ext_memory.container_counts(lambda *containers: seen.extend(containers) or len(containers))
for count in counts:
    print("container:", *count)
print("kept by Python:", is_held, result, seen[0], sorted(map(repr, seen[1])), len(seen[2]))
before = ext_memory.freed_so_far()
owners = [ext_memory.Owner() for _ in range(4)]
print("owners:", [owner.look() for owner in owners])
shown = owners[0].show()
print("shown:", shown is owners[0].show(), shown["me"] is owners[0], owners[0].look()[1:])
shown["more"] = 1
print("changed:", owners[0].look()[1:])
owners.clear()
gc.collect()
print("one is held:", ext_memory.freed_so_far() - before, shown["me"].look()[1:])
del shown
gc.collect()
print("none is held:", ext_memory.freed_so_far() - before)
