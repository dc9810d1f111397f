"""am_await, am_aiter, am_anext of a C type in coroutines; tp_getattr and tp_setattr with C strings; two C bases at once."""

from ext_slots import Later, Left, Old, Right, call
from show import attempt, attempt_type


def run(coroutine):
    steps = 0
    try:
        while True:
            coroutine.send(None)
            steps += 1
    except StopIteration as end:
        return end.value, steps


async def waits():
    first = await Later(3)
    second = await Later(0)
    return first, second


async def loops():
    collected = []
    async for number in Later(4):
        collected.append(number)
    return collected


async def comprehends():
    return [number async for number in Later(3)], [await Later(number) for number in (1, 2)]


print("await:", run(waits()))
print("async for:", run(loops()))
print("comprehension:", run(comprehends()))
print("dunders:", type(Later(1).__await__()).__name__, type(Later(1).__aiter__()).__name__, type(Later(2).__anext__()).__name__)
attempt_type("the end", lambda: Later(0).__anext__())


async def number_waiter():
    await 5


attempt_type("await a number", lambda: run(number_waiter()))


async def inner():
    return "inner"


coroutine = inner()
print("am_await of a coroutine:", run(call("am_await", coroutine)))
print("am_await of a list:", call("am_await", []))

old = Old()
old.number = 5
print("old:", old.number, type(old).__name__, old.__class__ is Old)
attempt("missing", lambda: old.missing)
attempt("set", setattr, old, "other", 1)
attempt("delete", delattr, old, "number")
attempt("set to a text", setattr, old, "number", "x")


class NewOld(Old):
    def method(self):
        return "python's method"


attempt("a method of a subclass", lambda: NewOld().method())
attempt("through the class", lambda: NewOld.method(NewOld()))


class Both(Left, Right, mark="given"):
    pass


class Other(Right, Left):
    pass


both = Both()
both.attribute = 1
print("both:", both.name(), both.only_right(), Other().name(), Both.marked, Other.marked, [cls.__name__ for cls in Both.__mro__])
print("super:", super(Both, both).name(), super(Left, both).name(), Right.name(both), isinstance(both, Right))
