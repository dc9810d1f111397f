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
