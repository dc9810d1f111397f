"""Base.__new__ and Base.__init__ called by name, by super() and by C, over two C levels and Python classes between them."""

from ext_levels import Lower, Upper
from show import attempt, attempt_type

print("lower:", Lower(5).log, Lower(5))
print("upper:", Upper(1, 2).log, Upper(1, 2), Upper(1, 2).second)


class Explicit(Upper):
    def __init__(self, *arguments):
        Lower.__init__(self, 7)
        Upper.__init__(self, *arguments)


class SkipsOne(Upper):
    def __init__(self):
        Lower.__init__(self, first=3)


class Never(Upper):
    def __init__(self):
        pass


class BySuper(Upper):
    def __new__(cls, *arguments, **keywords):
        self = super().__new__(cls)
        self.note = "python new"
        return self

    def __init__(self, value, **keywords):
        super().__init__(value, **keywords)
        self.value = value


class Mixed(BySuper):
    __slots__ = ("slot",)

    def __init__(self):
        super().__init__(8, second=9)
        self.slot = "s"


for cls, arguments in ((Explicit, (1, 2)), (SkipsOne, ()), (Never, ()), (BySuper, (4,)), (Mixed, ())):
    made = cls(*arguments)
    print(cls.__name__, made.log, made.first, made.second, made)
made = Mixed()
print("kept:", made.note, made.value, made.slot, made.__dict__)
made.__init__()
print("init again:", made.log)
Lower.__init__(made, 77)
print("lower's alone:", made.first, made.log[-1])
attempt_type("Lower.__init__ of a stranger", Lower.__init__, [], 1)
attempt_type("Upper.__init__ of a Lower", Upper.__init__, Lower(), 1)
attempt("wrong argument", Upper, "x")
attempt("too many", Lower, 1, 2)
print("new alone:", Upper.__new__(Upper).log, Lower.__new__(Lower, "ignored").log, Upper.__new__(BySuper).log)
attempt_type("new of too low a base", Lower.__new__, BySuper)
attempt_type("new of a stranger", Upper.__new__, Lower)
attempt_type("new of int", Lower.__new__, int)
attempt_type("object.__new__", object.__new__, Lower)


class OwnNew(Lower):
    def __new__(cls):
        return super().__new__(cls)


print("new past Python's own:", Lower.__new__(OwnNew).log)
for arguments in ((int,), (Upper,), (), (5,)):
    attempt("Lower.__new__", Lower.__new__, *arguments)
attempt("Upper.__new__", Upper.__new__, Lower)
attempt("object.__new__", object.__new__, Lower)
attempt("int.__new__", int.__new__, Lower)
lower = Lower(1)
print("slot wrappers:", Lower.__repr__, type(Lower.__repr__).__name__, type(lower.__repr__).__name__, Lower.__len__.__doc__)
print("named:", Lower.__len__.__qualname__, lower.__len__.__qualname__, Lower.__len__.__objclass__ is Lower, lower.__len__.__self__ is lower)
print("members:", Lower.first, type(Lower.first).__name__, type(Lower.log).__name__, Lower.first.__qualname__, Lower.run.__qualname__)
print("bound:", lower.__len__ == lower.__len__, lower.__len__ == Lower(1).__len__, hash(lower.__len__) == hash(lower.__len__))
attempt("too many", lower.__repr__, 1)
attempt("no such keyword", lambda: lower.__eq__(x=1))
attempt("a stranger", Lower.__len__, 4)
attempt("nobody", Lower.__len__)
attempt("a stranger's member", lambda: Lower.first.__get__(4))
attempt("a stranger's member set", Lower.first.__set__, 5, 5)
attempt("no such attribute", lambda: lower.missing)
attempt("no dict", setattr, lower, "missing", 1)
