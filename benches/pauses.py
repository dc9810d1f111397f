"""Time collections beside the number of live objects and mirrors.

    pauses.py DIR [--live 0,10000,100000,1000000] [--samples N]

DIR holds the compiled `crossing.c`. The same file runs on CPython 3.13 and on Pierglass. Prints a line for each number: what,
how many, nanoseconds; tabs in between. Of several samples the least is the number.

What is live is of one kind at a time: objects of the interpreter's own; C objects held by Python, each a mirror with a
wrapper; such objects of a class with `tp_traverse`; objects of the interpreter's own that C holds, each with a mirror.
"""

import gc
import sys
from time import perf_counter_ns as now

sys.path.insert(0, sys.argv[1])
import crossing


class HostObject:
    pass


def host_objects(count):
    return [HostObject() for _ in range(count)]


def things(count):
    return [crossing.new_object() for _ in range(count)]


def boxes(count):
    return [crossing.new_box(None) for _ in range(count)]


def held_by_c(count):
    crossing.hold(host_objects(count))


def bare_held_by_c(count):
    crossing.hold([float(index) for index in range(count)])


KINDS = {
    "objects": host_objects,
    "C objects held by Python": things,
    "C containers held by Python": boxes,
    "floats held by C": bare_held_by_c,
    "objects held by C": held_by_c,
}
PARTS = {"links": "links_ns", "containers": "containers_ns"}


def report(what, live, number):
    print(what, live, number, sep="\t", flush=True)


def pause(generation):
    """One collection: all of it, and where the host tells, its parts."""
    start = now()
    gc.collect(generation)
    took = now() - start
    stats = gc.get_stats()[generation]
    parts = {part: stats[key] for part, key in PARTS.items() if key in stats}
    return {"all": took, **parts}


def measure(kind, live, samples):
    gc.collect()
    for name, generation in (("nursery", 0), ("full", 2)):
        least = {}
        for _ in range(samples):
            # Something young to look at, the same each time.
            young = host_objects(1000) if generation == 0 else None
            for part, took in pause(generation).items():
                least[part] = min(took, least.get(part, took))
            del young
        for part, took in least.items():
            report(f"{kind}|{name}|{part}", live, took)


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    samples = int(option("--samples", 15))
    gc.disable()
    for live in map(int, option("--live", "0,10000,100000,1000000").split(",")):
        for kind, make in KINDS.items():
            kept = make(live)
            gc.collect()
            measure(kind, live, samples)
            del kept
            crossing.release()
            gc.collect()


main()
