"""Time the shapes of a crossing, each beside the interpreter's own builtin of the same shape.

    crossing.py DIR [--live 0,10000,1000000] [--rows NAME,...] [--samples N]

DIR holds the compiled `crossing.c`. The same file runs on CPython 3.13 and on Pierglass; `cargo xtask bench` runs both in
turns and makes the tables. Prints a line for each number: what, how many live mirrors, nanoseconds; tabs in between.

A statement is timed in a function of its own, ten times in a row inside a loop, its operands in local variables; the loop
without the statement is taken off. Of several samples the least is the number: noise only adds.
"""

import sys
from time import perf_counter_ns as now

sys.path.insert(0, sys.argv[1])
import crossing

try:
    from pierglass import stats
except ImportError:
    stats = None

UNROLLED = 10
IN_C = 1000
ENOUGH = 10_000_000


def identity(x=None):
    return x


class HostObject:
    pass


OPERANDS = {
    **{name: getattr(crossing, name) for name in dir(crossing) if not name.startswith("_")},
    "thing": crossing.Thing(),
    "identity": identity,
    "number": 2048,
    "negative": -2048,
    "text": "a text",
    "instance": HostObject(),
    "hundred": list(range(2000, 2100)),
    "single": (None,),
    "piece": slice(2048, None),
    "count": IN_C,
    **{f: getattr(__builtins__, f) for f in "len callable issubclass sum max abs divmod object int".split()},
}

# Name -> the statement that crosses, and the interpreter's own of the same shape.
ROWS = {
    "noargs": ("noargs()", "len(())"),
    "METH_O int": ("one(number)", "callable(number)"),
    "METH_O str": ("one(text)", "callable(text)"),
    "METH_O instance": ("one(instance)", "callable(instance)"),
    "METH_O list of 100": ("one(hundred)", "callable(hundred)"),
    "varargs": ("varargs(number, text)", "issubclass(int, object)"),
    "FASTCALL keywords": ("keywords(number, second=text)", "sum((), start=number)"),
    "method": ("thing.method()", "text.isdigit()"),
    "callback": ("callback(identity)", "max(single, key=identity)"),
    "callback with tuple": ("callback_tuple(identity)", "identity(*single)"),
    "allocate int": ("new_int()", "abs(negative)"),
    "allocate tuple": ("new_tuple()", "divmod(number, number)"),
    "allocate C object": ("new_object()", "object()"),
    "C class called": ("Thing()", "object()"),
    "get getset": ("thing.getset", "number.real"),
    "get member": ("thing.member", "piece.start"),
}
# Name -> a statement that does it IN_C times without leaving C (but for the callback).
LOOPS = {
    "in C: int": "loop_int(count)",
    "in C: tuple": "loop_tuple(count)",
    "in C: object": "loop_object(count)",
    "in C: callback": "loop_callback(identity, count)",
}


def function_of(statement, times):
    names = [name for name in OPERANDS if name in statement]
    lines = [f"def timed(turns, now, {', '.join(names)}):", " start = now()", " for _ in turns:"]
    lines += [f"  {statement}"] * times + [" return now() - start"]
    space = {}
    exec("\n".join(lines), space)
    operands = [OPERANDS[name] for name in names]
    return lambda turns: space["timed"](range(turns), now, *operands)


def measure(statement, times, samples):
    """Nanoseconds of one turn of a loop that runs the statement that often."""
    timed = function_of(statement, times)
    turns = 1
    while (took := timed(turns)) < ENOUGH / 4:
        turns *= 2
    turns = max(1, turns * ENOUGH // took)
    return min(timed(turns) for _ in range(samples)) / turns


def measure_all(live, rows, samples):
    empty = measure("pass", 1, samples)
    report("empty loop", live, empty)
    for name, pair in ROWS.items():
        if rows and name not in rows:
            continue
        for side, statement in zip(("C", "own"), pair):
            report(f"{name}|{side}", live, (measure(statement, UNROLLED, samples) - empty) / UNROLLED)
    for name, statement in LOOPS.items():
        if not rows or name in rows:
            report(f"{name}|C", live, measure(statement, 1, samples) / IN_C)


def report(what, live, number):
    print(what, live, f"{number:.2f}", sep="\t", flush=True)


def populate(count):
    """That many C objects held by Python, and as many host objects held by C; reports what memory each took."""
    memory, layer = [crossing.resident()], [layer_bytes()]
    places = [None] * count
    memory.append(crossing.resident())
    for index in range(count):
        places[index] = crossing.new_object()
    memory.append(crossing.resident())
    layer.append(layer_bytes())
    objects = [HostObject() for _ in range(count)]
    memory.append(crossing.resident())
    crossing.hold(objects)
    memory.append(crossing.resident())
    layer.append(layer_bytes())
    if count < 10_000:
        return places, objects
    if stats:
        report("mirror: C object held by Python", count, (layer[1] - layer[0]) / count - crossing.thing_size)
        report("mirror: host object held by C", count, (layer[2] - layer[1]) / count - object.__basicsize__)
    things, held = memory[2] - memory[1], memory[4] - memory[3]
    report("bytes: C object held by Python", count, things / count - crossing.thing_size)
    # C's own array of pointers is no cost of ours.
    report("bytes: host object held by C", count, held / count - 8)
    return places, objects


def layer_bytes():
    """What the layer has in mirrors, their prefixes, and the tables by which links are found."""
    return stats()["live_bytes"] + stats()["table_bytes"] if stats else 0


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    rows = set(filter(None, option("--rows", "").split(",")))
    samples = int(option("--samples", 3))
    for live in map(int, option("--live", "0,10000,1000000").split(",")):
        kept = populate(live)
        measure_all(live, rows, samples)
        crossing.release()
        del kept


main()
