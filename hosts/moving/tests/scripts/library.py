# The small library: math, operator, itertools, functools, collections, contextlib, abc, types.
import abc
import collections
import contextlib
import functools
import itertools
import math
import operator
import types


def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


print(math.sqrt(16), math.floor(2.7), math.ceil(2.1), math.trunc(-2.7), math.gcd(12, 18), math.lcm(4, 6), math.factorial(20), math.comb(10, 3), math.perm(5, 2), math.isqrt(10**20))
print(math.pi, math.e, math.inf, math.isnan(math.nan), math.isclose(0.1 + 0.2, 0.3), math.hypot(3, 4), math.log(math.e), math.log2(8), math.log10(1000), math.log(8, 2), math.fsum([0.1] * 10), math.prod([2, 3, 4]))
print(math.modf(3.25), math.frexp(8.0), math.ldexp(0.5, 4), math.copysign(1, -0.0), math.fmod(7, 3), math.degrees(math.pi), math.atan2(1, 1), math.log2(2**2000), math.dist((0, 0), (3, 4)), math.remainder(7, 3))
attempt(lambda: math.sqrt(-1))
attempt(lambda: math.log(0))
attempt(lambda: math.factorial(-1))
attempt(lambda: math.exp(1000))
attempt(lambda: math.sqrt("x"))
print(operator.add(1, 2), operator.itemgetter(1)("abc"), operator.itemgetter(0, 2)([1, 2, 3]), operator.attrgetter("real")(5), operator.methodcaller("upper")("x"), operator.index(True), operator.contains([1], 1), operator.not_([]), operator.length_hint(iter([1, 2])))
it = itertools
print(list(it.chain([1], "ab")), list(it.islice(it.count(5, 2), 3)), list(it.islice("abcdef", 1, 5, 2)), list(it.repeat("x", 2)), list(it.islice(it.cycle("ab"), 5)))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], operator.mul, initial=10)), list(it.takewhile(lambda x: x < 3, [1, 2, 5, 1])), list(it.dropwhile(lambda x: x < 3, [1, 2, 5, 1])), list(it.starmap(pow, [(2, 3), (3, 2)])))
print(list(it.product("ab", [1, 2])), list(it.permutations("abc", 2))[:3], list(it.combinations("abcd", 2)), list(it.zip_longest("ab", "x", fillvalue="-")), list(it.pairwise("abc")), list(it.batched("abcde", 2)))
print([(k, list(g)) for k, g in it.groupby("aabbbc")], list(it.compress("abc", [1, 0, 1])), list(it.filterfalse(lambda x: x % 2, range(5))), [list(t) for t in it.tee([1, 2])], list(it.chain.from_iterable(["ab", "c"])))
print(functools.reduce(operator.add, [1, 2, 3]), functools.partial(int, base=2)("101"), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def deco(f):
    @functools.wraps(f)
    def wrapper(*a):
        return f(*a)

    return wrapper


@deco
def documented():
    "Doc."


print(fib(60), documented.__name__, documented.__doc__, documented.__wrapped__ is not documented)


class Lazy:
    @functools.cached_property
    def value(self):
        print("computed")
        return 42


lazy = Lazy()
print(lazy.value, lazy.value)
Point = collections.namedtuple("Point", "x y", defaults=[0])
p = Point(1)
print(p, p.x, p._replace(y=5), p._asdict(), Point._fields, p == (1, 0), Point._make([7, 8]))
attempt(lambda: Point())
attempt(lambda: Point(1, 2, 3))
d = collections.defaultdict(list)
d["k"].append(1)
print(d, dict(d), collections.Counter("abracadabra").most_common(2), collections.OrderedDict(a=1), collections.deque([1, 2, 3], maxlen=2))
q = collections.deque([1, 2])
q.appendleft(0)
q.rotate(1)
print(q, q.pop(), q.popleft(), collections.ChainMap({"a": 1}, {"a": 2, "b": 3})["b"])


@contextlib.contextmanager
def managed(name):
    print("in", name)
    try:
        yield name.upper()
    except KeyError:
        print("swallowed")
    finally:
        print("out")


with managed("m") as m:
    print(m)
with managed("n"):
    raise KeyError("x")
with contextlib.suppress(ValueError):
    raise ValueError


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def area(self):
        return 4


attempt(Shape)
print(Square().area(), isinstance(Square(), Shape), issubclass(int, Shape))
Shape.register(int)
print(isinstance(5, Shape))
ns = types.SimpleNamespace(a=1)
ns.b = 2
print(ns, ns == types.SimpleNamespace(a=1, b=2), types.FunctionType is type(attempt), isinstance(len, types.BuiltinFunctionType), types.ModuleType("m").__name__)
print(list[int], dict[str, int], types.MethodType(lambda self: self, 5)(), types.MappingProxyType({"a": 1})["a"])
