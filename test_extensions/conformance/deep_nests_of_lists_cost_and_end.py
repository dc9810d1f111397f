"""Lists of C types nested up to 100,000 deep, alone and with others in between: a crossing costs no more for what lies below (or this would take
hours), and all end."""

import gc

import ext_containers


class Nested(ext_containers.Basket):
    alive = 0

    def __init__(self, *items):
        type(self).alive += 1
        super().__init__(*items)

    def __del__(self):
        type(self).alive -= 1


KINDS = {
    "list in list": lambda inside: Nested((inside,)),
    "a tuple in between": lambda inside: Nested(((inside,),)),
    "a list in between": lambda inside: Nested(([inside],)),
}


def nest(make, levels):
    """C is given each list as it is made: it reads what is inside, and changes it."""
    outermost = "innermost"
    for level in range(levels):
        outermost = make(outermost)
        outermost.swap(0, 0)
        outermost.level = level
    return outermost


def innermost(outermost, levels):
    for _ in range(levels - 1):
        outermost = outermost[0]
    return outermost


# What either side changes far down shows on the other.
for levels in (25, 400):
    for name, make in (("list in list", KINDS["list in list"]), ("plain", lambda inside: [inside])):
        outermost = "innermost"
        for _ in range(levels):
            outermost = make(outermost)
        print(name, ext_containers.reach(outermost, 1000))
        at = innermost(outermost, levels)
        at[0] = "changed by Python"
        print(ext_containers.reach(outermost, 1000))
        at.insert(0, ["a list"])
        print(ext_containers.reach(outermost, 1000))
        at.pop(0)
        if name != "plain":
            at.edit("put", "changed by C", 0)
        print(at[:], ext_containers.reach(outermost, 1000))
del at, outermost
gc.collect()

for name, make in KINDS.items():
    outermost = nest(make, 30_000)
    print(name, Nested.alive, ext_containers.reach(outermost, 20)[0])
    del outermost
    gc.collect()
    print("alive:", Nested.alive)

outer = (nest(KINDS["list in list"], 100_000),)
print("in a tuple:", ext_containers.reach(outer, 5)[0])
del outer
gc.collect()
print("alive:", Nested.alive)
