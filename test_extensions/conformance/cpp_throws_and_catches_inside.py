"""C++ exceptions are thrown and caught inside an extension and become Python's; destructors run; Python's are carried over C++ frames."""

import ext_throws
from show import attempt

for value in (5, -1, 0, 5000):
    attempt(f"risky({value})", ext_throws.call_risky, value)
print("unwound:", ext_throws.count_unwound())
attempt("carried, no error", ext_throws.carry, lambda: 1)
attempt("carried", ext_throws.carry, lambda: {}["missing"])
attempt("C++ in Python in C++", ext_throws.carry, lambda: ext_throws.call_risky(-7))
print("unwound:", ext_throws.count_unwound())
words = ext_throws.Words()
print("words:", words.add("a", 1), words.add("a", 2), words.add("b", 3), words.find("a"))
try:
    words.find("missing")
except RuntimeError as error:
    print("missing:", str(error).startswith("C++: "))


class Derived(ext_throws.Words):
    def add(self, word, place):
        return super().add(word.lower(), place)


derived = Derived()
derived.add("UPPER", 1)
print("derived:", derived.find("upper"))
print("many:", sum(Derived().add("x", 1) for _ in range(1000)))
