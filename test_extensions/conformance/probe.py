"""What the scripts about cycles share: make something, drop it, collect, and tell what ended and what is left alive."""

import gc
import itertools
import weakref

import ext_cycles

# Collections come when they are asked for. A host may hold its own ones too: nothing that is tried here may depend on it.
gc.disable()


def phases(events):
    """Events of one kind that follow each other come in no order that anybody promises."""
    pairs = [line.split(" ", 1) for line in events.splitlines()]
    return [(kind, sorted(name for _, name in group)) for kind, group in itertools.groupby(pairs, lambda pair: pair[0])]


def tell(label, *references):
    """Collect and print what happened; of each weak reference, whether its object has gone."""
    gc.collect()
    gone = ["gone" if reference() is None else "there" for reference in references]
    said = " ".join(f"{kind}({', '.join(names)})" for kind, names in phases(ext_cycles.take_events()))
    print(f"{label}: {said or 'nothing'}", *gone, *[f"left: {name}" for name in ext_cycles.left()], sep="; ")


def probe(label, make, *arguments):
    """`make` builds a cycle and keeps nothing of it; it may give weak references. Each probe begins with nobody left."""
    found = make(*arguments)
    references = [found] if isinstance(found, weakref.ref) else found or ()
    tell(label, *references)
    ext_cycles.forget()
