# Functions: arguments in every form, closures, recursion, errors that name what is wrong.
def f(a, b=2, *c, d=4, **e):
    return a, b, c, d, e


print(f(1), f(1, 3), f(1, 2, 3, 4, d=5, x=6), f(*[1, 2], **{"d": 7, "y": 8}))


def only(a, /, b, *, c):
    return a, b, c


print(only(1, 2, c=3), only(1, b=2, c=3))


def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


attempt(lambda: f())
attempt(lambda: only(1, 2, 3))
attempt(lambda: only(1, 2))
attempt(lambda: only(a=1, b=2, c=3))
attempt(lambda: only(1, 2, c=3, d=4))
attempt(lambda: only(1, 2, b=2, c=3))
attempt(lambda: f(**{"a": 1}, **{"a": 2}))
attempt(lambda: len())
attempt(lambda: len([], []))
attempt(lambda: [].append())
attempt(lambda: undefined_name)
attempt(lambda: 1())
attempt(lambda: f(*5))
attempt(lambda: f(**5))


def counter():
    n = 0

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step


one, two = counter(), counter()
print(one(), one(), two(10), one())


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print([fib(i) for i in range(15)])


def unbound():
    if False:
        x = 1
    return x


attempt(unbound)


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as error:
    print("RecursionError", error)

adders = [lambda x, i=i: x + i for i in range(3)]
print([add(10) for add in adders])
late = [lambda: i for i in range(3)]
print([g() for g in late])
print((lambda *a, k=1: (a, k))(1, 2, k=3))
first, *middle, last = range(6)
print(first, middle, last)
(a, b), c = [1, 2], 3
print(a, b, c)
attempt(lambda: [x for x, y in [(1, 2, 3)]])
attempt(lambda: [x for x, y in [(1,)]])
print(f.__name__, f.__defaults__, f.__kwdefaults__, f.__code__.co_argcount, f.__code__.co_varnames)


class Counter:
    def count(self):
        pass


try:
    Counter().count.missing
except AttributeError as error:
    print(error)
shown = repr(Counter.count.__code__)
print(shown.startswith("<code object count at 0x"), "functions.py" in shown, shown.endswith(f", line {Counter.count.__code__.co_firstlineno}>"))
