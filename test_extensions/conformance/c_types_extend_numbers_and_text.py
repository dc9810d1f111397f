"""C types over float, int and str: arithmetic, hashes, builtin functions, and Python classes below them."""

import math

from ext_builtins import Flag, Meters, Tag, as_builtin
from show import attempt, attempt_type

print("float")
five = Meters(5)
print(repr(five), str(five), five.unit, five + 1, 1 + five, type(five + 1).__name__, five * 2, five - 1, -five, five == 5.0, hash(five) == hash(5.0))
print(math.sqrt(Meters(9)), round(Meters(2.5)), int(Meters(7.9)), f"{Meters(1.5):.3f}", {5.0: "found"}[five], five.is_integer(), max(five, 3))
print(as_builtin(five), isinstance(five, float), Meters.__base__ is float, five.hex(), float(five), type(float(five)) is float)
attempt("Meters('x')", Meters, "2.5", "km")
attempt_type("Meters('y')", Meters, "y")


class Kilometers(Meters):
    def __new__(cls, value):
        return super().__new__(cls, value, "km")

    def in_meters(self):
        return Meters(self * 1000)


walk = Kilometers(3)
walk.name = "walk"
print(walk, walk.in_meters(), walk + walk, walk.name, as_builtin(walk))

print("int")
flag = Flag(6)
print(repr(flag), str(flag), flag + 1, type(flag + 1) is int, flag.has(2), flag.has(1), flag == 6, hash(flag) == 6, [0] * Flag(2), range(10)[flag])
big = Flag(2**100)
print(big == 2**100, big.bit_length(), as_builtin(Flag(-3)), Flag("0x1f", 16), Flag(), int(flag), type(int(flag)) is int, f"{flag:04b}")


class Named(Flag):
    def __new__(cls, value, name):
        self = super().__new__(cls, value)
        self.name = name
        return self


named = Named(4, "four")
print(named, named.name, named + named, as_builtin(named), {4: "found"}[named])

print("str")
tag = Tag("täg")
print(repr(tag), tag.shout(), tag.shout(), tag + "x", type(tag + "x") is str, tag == "täg", hash(tag) == hash("täg"), tag[1], len(tag), {"täg": 1}[tag])
print(tag.upper(), "-".join([tag, tag]), f"{tag:>5}", tag in "ein täg", tag.encode(), as_builtin(tag), str(tag), type(str(tag)) is str)
print(Tag(5), Tag(b"bytes", "ascii"), Tag(), Tag("€").shout())


class Styled(Tag):
    def __init__(self, text):
        self.style = text * 2

    def __str__(self):
        return "styled " + super().__str__()


styled = Styled("s")
print(repr(styled), str(styled), styled.style, styled.shout(), f"{styled}", "%s" % styled, as_builtin(styled))
