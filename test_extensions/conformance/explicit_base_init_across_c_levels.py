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
