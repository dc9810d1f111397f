"""PyUnicode_Join, Split, Replace, Find, Compare, Tailmatch, Substring, Append and their errors."""

import ext_text
from show import attempt, attempt_type

call = ext_text.call
for name, *arguments in (
    ("concat", "ab", "é"),
    ("join", ", ", ["a", "b", "c"]),
    ("join", "", ("x",)),
    ("join", "€", (c for c in "abc")),
    ("split", " a  b ", None),
    ("split", "a,b,c", ",", None, 1),
    ("rsplit", "a,b,c", ",", None, 1),
    ("splitlines", "a\nb\r\nc", True),
    ("splitlines", "a\nb\r\nc", False),
    ("partition", "key=value=x", "="),
    ("rpartition", "key=value=x", "="),
    ("replace", "banana", "a", "o"),
    ("replace", "banana", "a", "o", 2),
    ("find", "banana", "na"),
    ("rfind", "banana", "na"),
    ("find", "banana", "x"),
    ("find_char", "ban€na", "€"),
    ("count", "banana", "a"),
    ("contains", "banana", "nan"),
    ("compare", "a", "b"),
    ("compare", "b", "a"),
    ("compare", "é", "é"),
    ("starts", "banana", "ban"),
    ("ends", "banana", "ban"),
    ("length", "é€😀"),
    ("format", "%s is %d", ("x", 5)),
    ("translate", "abc", {97: "A", 98: None}),
    ("equals", "é", "é"),
    ("ascii", "abc"),
    ("ascii", "abcd"),
    ("identifier", "naïve_1"),
    ("identifier", "1x"),
    ("rich", "a", "b"),
    ("from_encoded", b"caf\xe9", "latin-1", "strict"),
    ("decode_locale", b"plain"),
):
    attempt(f"{name}{ascii(arguments) if not hasattr(arguments[-1], 'send') else '(generator)'}", call, name, *arguments)
attempt("join of ints", call, "join", ",", ["a", 1])
attempt("concat of bytes", call, "concat", "a", b"b")
attempt("from_object(1)", call, "from_object", 1)
attempt("length of bytes", call, "length", b"x")
attempt_type("compare with bytes", call, "compare", "a", b"a")
attempt_type("replace of ints", call, "replace", "a", 1, 2)
attempt_type("format with too few", call, "format", "%s %s", ("x",))


class Derived(str):
    pass


result = call("from_object", Derived("d"))
print("from_object makes an exact str:", type(result) is str, result)
for start, stop in ((0, 3), (2, 2), (3, 100), (9, 10)):
    attempt(f"substring({start}, {stop})", ext_text.substring, "a€cdef", start, stop)
attempt("substring(-1, 2)", ext_text.substring, "abc", -1, 2)
attempt("appended", ext_text.appended, "ab", "c€")
print(ext_text.characters("aZ5 ²\u0663ß"))
