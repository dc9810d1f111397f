# Classes: inheritance, descriptors, slots, metaclasses, special methods, super.
def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


class Animal:
    """An animal."""

    kind = "animal"
    count = 0

    def __init__(self, name):
        self.name = name
        Animal.count += 1

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"

    def speak(self):
        return "..."

    @classmethod
    def make(cls, name):
        return cls(name)

    @staticmethod
    def add(a, b):
        return a + b

    @property
    def loud(self):
        "Loud."
        return self.name.upper()

    @loud.setter
    def loud(self, value):
        self.name = value.lower()

    @loud.deleter
    def loud(self):
        del self.name


class Dog(Animal):
    def speak(self):
        return "Woof, " + super().speak()

    def __eq__(self, other):
        return isinstance(other, Dog) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


d = Dog("rex")
print(d, d.speak(), d.kind, Dog.make("fido"), Dog.add(1, 2), d.loud, Animal.count, Dog.__mro__, Animal.__doc__, Dog.__name__)
d.loud = "MAX"
print(d.name, d == Dog("max"), {d: 1}[Dog("max")], isinstance(d, Animal), issubclass(Dog, (int, Animal)), d.__dict__, vars(d))
del d.loud
attempt(lambda: d.name)
attempt(lambda: d.loud)
attempt(lambda: Animal())
attempt(lambda: Animal("a").missing)
attempt(lambda: Animal.missing)
attempt(lambda: setattr(object(), "x", 1))
attempt(lambda: setattr(int, "x", 1))


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        if not isinstance(other, Point):
            return NotImplemented
        return Point(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return ("radd", other)

    def __iadd__(self, other):
        self.x += other
        return self

    def __neg__(self):
        return Point(-self.x, -self.y)

    def __lt__(self, other):
        return (self.x, self.y) < (other.x, other.y)

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __len__(self):
        return 2

    def __bool__(self):
        return self.x != 0

    def __call__(self, *args, **kw):
        return args, kw

    def __contains__(self, v):
        return v in (self.x, self.y)

    def __index__(self):
        return self.x

    def __format__(self, spec):
        return f"<{spec}:{self.x},{self.y}>"

    def __str__(self):
        return f"({self.x}, {self.y})"


p = Point(1, 2)
print(p + p, 5 + p, -p, p < Point(1, 3), list(p), len(p), bool(Point(0, 1)), p(1, k=2), 2 in p, [10, 20, 30][p], f"{p:abc}", str(p))
p += 10
print(p.x, sorted([Point(3, 1), Point(1, 1)])[0].x, max(Point(1, 1), Point(2, 1)).x, *p)
attempt(lambda: setattr(p, "z", 1))
attempt(lambda: p.__dict__)
attempt(lambda: p + 1)
attempt(lambda: p - 1)
attempt(lambda: p > 1)
attempt(lambda: Point(1))
del p.y
attempt(lambda: p.y)


class Field:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return getattr(obj, self.name, "unset")

    def __set__(self, obj, value):
        if value == "bad":
            raise ValueError("bad value")
        setattr(obj, self.name, value)


class Record:
    a = Field()
    b = Field()


r = Record()
r.a = 5
print(r.a, r.b, r.__dict__, type(Record.a).__name__)
attempt(lambda: setattr(r, "a", "bad"))


class Meta(type):
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        cls.tags = kw
        return cls

    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        made = super().__call__(*args)
        made.made_by = cls.__name__
        return made

    def __contains__(cls, item):
        return item == "magic"

    def __iter__(cls):
        return iter("meta")

    @property
    def shout(cls):
        return cls.__name__.upper()

    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        return {"prepared": True}


class WithMeta(metaclass=Meta, flag=1):
    pass


print(WithMeta.tags, WithMeta().made_by, "magic" in WithMeta, list(WithMeta), WithMeta.shout, WithMeta.prepared, type(WithMeta))


class Base:
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag

    def __class_getitem__(cls, item):
        return (cls.__name__, item)


class Sub(Base, tag="t"):
    pass


print(Sub.tag, Base[int], Sub["x"], Base.__subclasses__())
A = type("A", (), {"x": 1})
B = type("B", (A,), {"f": lambda self: self.x})
print(B().f(), B.__bases__, A.__qualname__, type(A()))


class X:
    def who(self):
        return "X"


class Y(X):
    def who(self):
        return "Y" + super().who()


class Z(X):
    def who(self):
        return "Z" + super().who()


class W(Y, Z):
    def who(self):
        return "W" + super().who()


print(W().who(), [c.__name__ for c in W.__mro__])
attempt(lambda: type("Bad", (X, Y), {}))
attempt(lambda: type("Bad", (bool,), {}))
attempt(lambda: type("Bad", (int, str), {}))


class Lazy:
    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError(name)
        return name * 2

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)

    def __delattr__(self, name):
        print("del", name)


lazy = Lazy()
lazy.v = 1
print(lazy.v, lazy.abc, getattr(lazy, "nothing", "default"), hasattr(lazy, "nope"))
del lazy.v


class Watch:
    def __getattribute__(self, name):
        return ("seen", name)


print(Watch().anything)


class MyList(list):
    def __init__(self, *args):
        super().__init__(args)
        self.extra = "e"

    def append(self, x):
        super().append(x * 2)


class MyInt(int):
    def __add__(self, other):
        return MyInt(int(self) + other + 100)


class MyDict(dict):
    def __missing__(self, key):
        return f"no {key}"


class MyStr(str):
    pass


class MyTuple(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)


m = MyList(1, 2)
m.append(3)
print(m, m.extra, len(m), isinstance(m, list), MyInt(1) + 1, MyInt(5) * 2, MyDict(a=1)["a"], MyDict()["z"], MyStr("s").upper(), MyTuple(1, 2), MyInt("7"))
print(type(m[:1]), type(MyInt(1) + 1), type(MyStr("a") + "b"), m == [1, 2, 6], {MyStr("k"): 1}["k"])
Y.who = lambda self: "patched"
print(W().who(), W.who is not Y.who)
o = X()
o.__class__ = Y
print(o.who(), type(o).__name__)
attempt(lambda: setattr(o, "__class__", int))
print(str(X.who)[:16], str(X().who)[:20], X.who.__qualname__, X.__module__, type(X.__dict__).__name__, "who" in X.__dict__, [n for n in dir(o) if not n.startswith("__")])
f = d.speak
print(f(), f.__self__ is d, f.__func__ is Dog.speak, f == d.speak)


class Outer:
    class Inner:
        pass

    v = [i for i in range(3)]
    w = [n * 2 for n in v]

    def method(self):
        return __class__.__name__


print(Outer.Inner.__qualname__, Outer.w, Outer().method(), Outer.Inner)
match Point(1, 2), [1, 2, 3], {"k": "v", "z": 1}:
    case (Point(x=1, y=yy), [first, *rest], {"k": kk, **others}):
        print(yy, first, rest, kk, others)
for value in (1, "s", [1], None, 2.5, (1, 2)):
    match value:
        case int(n) if n > 0:
            print("int", n)
        case str() | bytes():
            print("text")
        case [x]:
            print("one", x)
        case (x, y):
            print("two", x, y)
        case None:
            print("none")
        case _:
            print("other")


class Halves:
    def __setitem__(self, key, value):
        print("set", key, value)


class Others:
    def __delitem__(self, key):
        print("deleted", key)


class Nothing:
    pass


class Pair(tuple):
    def __iter__(self):
        return iter("ab")


for make in (Halves, Others, Nothing):
    for change in ("object[1] = 2", "del object[1]"):
        try:
            exec(change, {"object": make()})
        except (AttributeError, TypeError) as error:
            print(make.__name__, change, type(error).__name__, error)
print((lambda *given: given)(*Pair((1, 2))), [*Pair((1, 2))], repr(staticmethod(len)), repr(classmethod(len)))
