# Generators: send, throw, close, yield from, generator expressions, what they return.
def attempt(call):
    try:
        print("gave", call())
    except BaseException as error:
        print(type(error).__name__, error)


def count(n):
    for i in range(n):
        got = yield i
        if got:
            print("got", got)
    return "done"


g = count(3)
print(next(g), g.send("hello"), next(g))
attempt(lambda: next(g))
attempt(lambda: next(g))
attempt(lambda: count(1).send("too early"))


def delegate():
    result = yield from count(2)
    print("result", result)
    yield from [10, 20]
    return "end"


print(list(delegate()))
d = delegate()
print(next(d), d.send("through"))


def catcher():
    while True:
        try:
            yield "ready"
        except ValueError as e:
            print("caught", e)
            yield "after"
        except GeneratorExit:
            print("closing")
            raise
        finally:
            print("cleanup")


c = catcher()
print(next(c), c.throw(ValueError("thrown")), next(c))
c.close()
attempt(lambda: next(c))


def outer():
    try:
        yield from catcher()
    finally:
        print("outer done")


o = outer()
print(next(o), o.throw(ValueError("deep")))
o.close()
o = outer()
next(o)
attempt(lambda: o.throw(KeyError("unhandled")))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


s = stubborn()
next(s)
attempt(s.close)


def stops():
    raise StopIteration("inside")
    yield


attempt(lambda: next(stops()))
print(sum(x * x for x in range(10)), list(x for x in "abc" if x != "b"), [*(i for i in range(3))], dict((k, v) for k, v in zip("ab", [1, 2])))


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fibonacci()
print([next(f) for _ in range(20)])


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


print(list(tree(4)))


def running():
    yield next(me)


me = running()
attempt(lambda: next(me))


def handled():
    try:
        raise ValueError("held")
    except ValueError:
        yield "inside"
        try:
            raise
        except ValueError as again:
            yield f"again {again}"


h = handled()
print(next(h))
try:
    raise KeyError("other")
except KeyError:
    print(next(h))
print(type(g).__name__, g.__name__, count.__name__, iter(g) is g)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(4)), [*Countdown(2)], tuple(Countdown(3)), 2 in Countdown(5), sorted(Countdown(3)), max(Countdown(4)))
a, b, *c = Countdown(5)
print(a, b, c)


class Old:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * 10


print(list(Old()), 20 in Old(), list(reversed([1, 2, 3])))


def early():
    for x in count(5):
        if x == 2:
            break
        yield x
    else:
        yield "never"
    yield "after"


print(list(early()), list(map(lambda x: x, early())))
(lambda: (yield))().close()


def unused():
    print("never runs")
    yield


u = unused()
u.close()
attempt(lambda: next(u))
attempt(lambda: g.throw(5))
