"""The parsers, builders and formatters that take a va_list, a stack or a parser; the checks of generated code."""

import ext_formats as c
from show import attempt


class Text(str):
    pass


class Index:
    def __index__(self):
        return 12


PARSERS = (
    "VaParse",
    "VaParse_SizeT",
    "ParseTuple_SizeT",
    "Parse_SizeT",
    "VaParseTupleAndKeywords",
    "VaParseTupleAndKeywords_SizeT",
    "ParseTupleAndKeywords_SizeT",
    "ParseTupleAndKeywordsFast",
)
for how in PARSERS:
    for values in (
        ("a", 5, b"bytes"),
        ("é", Index(), bytearray(b"b\0c")),
        (Text("t"), True, memoryview(b"m")),
        ("a",),
        (),
        ("a", 5, b"b", 6),
        (5,),
        ("a", "b"),
        ("a", 2**40),
        ("a\0b",),
        ("a", 1.5),
        ("a", 5, "text"),
    ):
        label = [value if isinstance(value, (str, bytes, int, float)) else type(value).__name__ for value in values]
        attempt(f"{how} {label}", c.parsed, how, values, None)
    if "Keywords" in how:
        for values, keywords in (
            (("a",), {"number": 7}),
            ((), {"text": "k", "size": b"s"}),
            (("a",), {"text": "twice"}),
            (("a",), {"other": 1}),
            ((), {"number": 1}),
            (("a",), {}),
            (("a", 1, b""), {"size": b"x"}),
            (("a",), {Text("number"): 9}),
            (("a",), {"numbr": 9}),
        ):
            attempt(f"{how} {values} {keywords}", c.parsed, how, values, keywords)

print("stacks")
for function in (c.stack, c.stack_and_keywords):
    for values in (("a", 5, b"bytes"), ("a",), (), ("a", 1, b"", 2), (5,)):
        attempt(f"{function.__name__} {values}", function, *values)
for values, keywords in (
    (("a",), {"number": 5}),
    (("a", 1), {"size": b"x"}),
    (("a", 1), {"number": 2}),
    (("a",), {"nothing": 1}),
    ((), {"number": 1}),
    (("a",), {"size": "text"}),
):
    attempt(f"{values} {keywords}", c.stack_and_keywords, *values, **keywords)
for values, keywords in (
    ((1, 2), {}),
    ((1, 2, 3, 4), {}),
    ((1,), {"b": 2}),
    ((1,), {"b": 2, "c": 3}),
    ((1, 2, 3), {"c": 4}),
    ((), {}),
    ((1,), {}),
    ((1, 2), {"b": 3}),
    ((1, 2), {"d": 3}),
    ((1, 2), {"c": ...}),
):
    attempt(f"with_vararg {values} {keywords}", c.with_vararg, *values, **keywords)

print("checks")
for function in ("function", None):
    for value in (None, 5, "x", []):
        attempt(f"{function} {value!r}", c.checks, "BadArgument", function or "function", value, 0, 0, 0)
    for count, least, most in ((0, 0, 0), (1, 1, 1), (0, 1, 1), (2, 1, 1), (0, 1, 2), (3, 1, 2), (0, 2, 3), (5, 0, 3), (1, 0, 0)):
        attempt(f"{function} {count} of {least}..{most}", c.checks, "CheckPositional", function, None, count, least, most)
for how, values in (("NoKeywords", ({}, {"a": 1}, ..., [1])), ("NoPositional", ((), (1,), ..., [1]))):
    for value in values:
        attempt(f"{how} {value}", c.checks, how, "function", value, 0, 0, 0)

print("built", c.built("object"))
for value in ("text", Text("é"), 5, [1, "ü"], None):
    if isinstance(value, str):
        attempt("text", c.formatted, "text", value)
        attempt("error", c.formatted, "error", value)
print(c.formatted("bytes", None), c.formatted("written", None))
for size in (0, 1, 3, 7, 8, 19):
    print(size, c.written(size, "abcd") if size else "")
