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
