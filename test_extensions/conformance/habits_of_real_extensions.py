"""Habits of real extensions that no manual mentions."""

import ext_habits
from show import attempt


class Text(str):
    pass


class Loud(str):
    def __hash__(self):
        return 7


print("-- a hash is kept in the object, where C tables read it")
made = "".join(["ke", "y"])
for value in ("key", made, "", "naïve", "日本", "𝄞" * 3, Text("key"), frozenset([1, 2]), frozenset()):
    attempt(repr(value), ext_habits.hash_kept, value, True)
    attempt(repr(value), ext_habits.hash_kept, value, False)
attempt("overridden", ext_habits.hash_kept, Loud("key"), True)

print("-- a method __getattr__ beside tp_getattro; methods, members and slots that want one name")


class Asked(ext_habits.Asking):
    def __getattr__(self, name):
        return name.upper() if name == "loud" else super().__getattr__(name)


asking, asked = ext_habits.Asking(), Asked()
print(asking.unknown, asking.__getattr__("named"), asked.loud, asked.quiet)
print(len(asking), asking.__len__(), repr(asking), asking.__repr__(), asking.twice(), asking.member())
asked.here = 1
print(asked.here, "__getattr__" in vars(ext_habits.Asking), getattr(asking, "__nothing__"))

print("-- what a namespace holds C uses by its address alone")
noise = [[i, str(i), {i: i}, (i,)] for i in range(200)]
for i in range(32):
    name = f"lasting_{i}"
    held = getattr(ext_habits.Asking if i >= 24 else ext_habits, name)
    again = ext_habits.still_there(i)
    print(i, repr(again), again == held, again is held or type(held) in (int, float))
ext_habits.lasting_0["two"] = 2
print(ext_habits.still_there(0), ext_habits.still_there(8))

print("-- no attribute, and no error")
silent = ext_habits.Silent()
print(getattr(silent, "silent", "default"), hasattr(silent, "silent"))
attempt("getattr", getattr, silent, "silent")
attempt("optional", ext_habits.optional, silent, "silent")
attempt("optional", ext_habits.optional, silent, "absent")

print("-- a dict's views made by hand")
numbers = {"a": 1, "b": 2}
for which in range(3):
    view = ext_habits.dict_view(numbers, which)
    print(type(view).__name__, len(view), list(view), sorted(map(str, view)), view == [numbers.keys(), numbers.values(), numbers.items()][which] or which == 1)
view = ext_habits.dict_view(numbers, 0)
numbers["c"] = 3
print(list(view), view & {"a", "c"} == {"a", "c"}, "c" in view)

print("-- a class filled by hand over a template")
import typing

T = typing.TypeVar("T")


class Mixin:
    __slots__ = ()

    def hello(self):
        return f"hello from {type(self).__name__}"


Boxed = ext_habits.from_template("Boxed", (typing.Generic,), (typing.Generic[T],))
print(Boxed.__mro__[1:], Boxed.__name__, Boxed.__qualname__, Boxed.__module__)
print(Boxed.__orig_bases__)
print(Boxed[int].__origin__ is Boxed, Boxed[int].__args__, Boxed[int]() is not None)
Mixed = ext_habits.from_template("Mixed", (Mixin, typing.Generic), (Mixin, typing.Generic[T]))
mixed = Mixed()
mixed.field = 3
print(mixed.hello(), mixed.field, Mixed[str].__args__, [cls.__name__ for cls in Mixed.__mro__])


class Inner(Boxed[T]):
    pass


print(Inner[int].__args__, Inner.__orig_bases__ == (Boxed[T],), issubclass(Inner, Boxed))
Plain = ext_habits.from_template("Plain", (object,), None)
attempt("not generic", lambda: Plain[int])

print("-- one of many lists that C holds, changed in Python's way and read inline")
lists = [[object() for _ in range(3)] for _ in range(300)]
for one in lists:
    ext_habits.hold(one)
for index in (0, 5, 99, 150, 200, 250, 299):
    print(index, ext_habits.held_sizes(index, "new"), len(lists[index]), lists[index].count("new"))
ext_habits.let_go()

print("-- a C function is given another __module__")
function = ext_habits.optional
print(function.__module__)
function.__module__ = "elsewhere"
print(function.__module__, ext_habits.optional.__module__, ext_habits.hold.__module__)
function.__module__ = 5
print(function.__module__)
del function.__module__
print(function.__module__)
bound = ext_habits.Asking().twice
print(bound.__module__)
bound.__module__ = "bound"
print(bound.__module__)
attempt("name", setattr, function, "__name__", "other")

print("-- descriptors show the definitions they were made from")
own = vars(ext_habits.Silent)["silent"], vars(ext_habits.Asking)["twice"], vars(ext_habits.Lone)["number"]
for descriptor in own:
    print(descriptor.__name__, ext_habits.definition(descriptor), descriptor.__doc__)
    ext_habits.add_doc(descriptor, f"{descriptor.__name__}(self)\n--\n\nWritten later.")
    print(ext_habits.definition(descriptor)[1])
print(ext_habits.definition(type.__dict__["__qualname__"])[0::2], ext_habits.definition(dict.__dict__["pop"])[0::2])

print("-- the names of keywords are known by address")
print(ext_habits.by_name(option_of_habits=1), ext_habits.by_name(1, 2, x=3, option_of_habits=4, y=5), ext_habits.by_name(x=1))

print("-- sets and dicts that C keeps, read inline after what others did to them")
for kept, add in ({1, 2}, lambda: kept.update(range(5))), ({"a": 1}, lambda: kept.update(b=2, c=3)):
    ext_habits.keep_one(kept)
    add()
    print(type(kept).__name__, ext_habits.kept_size(), len(kept))
    kept.clear()
    print("cleared", ext_habits.kept_size())
print(ext_habits.sizes_after("update", {"x": 1, "y": 2}, "pop", "x", "setdefault", "z", "update", {"y": 3}, "clear", None))
ext_habits.keep_one(set("ab"))
print(ext_habits.sizes_after("update", "bcd", "discard", "a", "add", "a", "difference_update", "bc", "intersection_update", "", "update", "x"))


class Counted(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        super().__setitem__(key * 2, value)


ext_habits.keep_one(Counted())
print(ext_habits.sizes_after("setdefault", "a", "update", {"b": 1}))
ext_habits.keep_one(None)

print("-- the entries of tracebacks, by their fields")


def deep(levels):
    return deep(levels - 1) if levels else {}["no such key"]


def caught(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return error


error = caught(deep, 3)
print(ext_habits.frames_of(error))
print("shortened", ext_habits.frames_of(error.with_traceback(error.__traceback__.tb_next.tb_next)))
error = caught(lambda: (lambda: ext_habits.frames_of(deep(1)))())
print(ext_habits.frames_of(error))
error = caught(deep, 400)
print(len(ext_habits.frames_of(error)), set(ext_habits.frames_of(error)), ext_habits.frames_of(ValueError()))
del error

print("-- entries of a class's dict are found by any name of the same letters")
for number in range(3):
    ext_habits.put_into_class(ext_habits.Asking, "put", f"_in_{number}", number)
    print(getattr(ext_habits.Asking(), "".join(["put_", f"in_{number}"])), getattr(ext_habits.Asking, "".join(["put", f"_in_{number}"])))
