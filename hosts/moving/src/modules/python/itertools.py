"""The iterators in Rust, and the combinatoric ones in Python."""

from _itertools import accumulate, chain, count, cycle, dropwhile, islice, repeat, starmap, takewhile


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat

    def walk(done, rest):
        if not rest:
            yield done
            return
        for item in rest[0]:
            yield from walk(done + (item,), rest[1:])

    return walk((), pools)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r

    def walk(done, left):
        if len(done) == r:
            yield tuple(pool[i] for i in done)
            return
        for at, i in enumerate(left):
            yield from walk(done + (i,), left[:at] + left[at + 1 :])

    return walk((), tuple(range(len(pool)))) if r <= len(pool) else iter(())


def combinations(iterable, r):
    pool = tuple(iterable)

    def walk(done, start):
        if len(done) == r:
            yield done
            return
        for i in range(start, len(pool)):
            yield from walk(done + (pool[i],), i + 1)

    return walk((), 0)


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)

    def walk(done, start):
        if len(done) == r:
            yield done
            return
        for i in range(start, len(pool)):
            yield from walk(done + (pool[i],), i)

    return walk((), 0)


def zip_longest(*iterables, fillvalue=None):
    iterators = [iter(it) for it in iterables]
    alive = len(iterators)
    while alive:
        row = []
        for i, it in enumerate(iterators):
            if it is None:
                row.append(fillvalue)
                continue
            try:
                row.append(next(it))
            except StopIteration:
                alive -= 1
                if not alive:
                    return
                iterators[i] = None
                row.append(fillvalue)
        yield tuple(row)


def compress(data, selectors):
    return (item for item, wanted in zip(data, selectors) if wanted)


def filterfalse(predicate, iterable):
    predicate = bool if predicate is None else predicate
    return (item for item in iterable if not predicate(item))


def pairwise(iterable):
    iterator = iter(iterable)
    for before in iterator:
        for item in iterator:
            yield before, item
            before = item


def batched(iterable, n, *, strict=False):
    if n < 1:
        raise ValueError("n must be at least one")
    iterator = iter(iterable)
    while batch := tuple(islice(iterator, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def groupby(iterable, key=None):
    iterator = iter(iterable)
    key = (lambda item: item) if key is None else key
    missing = object()
    state = [missing, missing]

    def advance():
        state[0] = next(iterator)
        state[1] = key(state[0])

    def group(wanted):
        while state[1] is not missing and state[1] == wanted:
            yield state[0]
            try:
                advance()
            except StopIteration:
                state[1] = missing
                return

    try:
        advance()
    except StopIteration:
        return
    while state[1] is not missing:
        current = state[1]
        one = group(current)
        yield current, one
        for _ in one:
            pass


def tee(iterable, n=2):
    iterator = iter(iterable)
    queues = [[] for _ in range(n)]

    def walk(own):
        while True:
            if not own:
                try:
                    item = next(iterator)
                except StopIteration:
                    return
                for queue in queues:
                    queue.append(item)
            yield own.pop(0)

    return tuple(walk(queue) for queue in queues)
