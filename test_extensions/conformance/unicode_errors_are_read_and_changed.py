"""PyUnicodeEncodeError_*, PyUnicodeDecodeError_*, PyUnicodeTranslateError_*: every field, clipped as CPython does."""

import ext_codecs as c
from show import attempt, attempt_type


class Encode(UnicodeEncodeError):
    pass


CASES = {
    "Encode": (lambda *a: UnicodeEncodeError("ascii", "a€bc", *a), lambda *a: Encode("ascii", "", *a)),
    "Decode": (lambda *a: UnicodeDecodeError("ascii", b"abcd", *a), lambda *a: UnicodeDecodeError("ascii", b"", *a)),
    "Translate": (lambda *a: UnicodeTranslateError("a€bc", *a), lambda *a: UnicodeTranslateError("", *a)),
}
for name, makers in CASES.items():
    functions = {
        key: getattr(c, f"PyUnicode{name}Error_{key}", None)
        for key in ("GetEncoding", "GetObject", "GetReason", "GetStart", "GetEnd", "SetReason", "SetStart", "SetEnd")
    }
    for make in makers:
        for start, end in ((0, 1), (1, 3), (-5, -1), (3, 100), (50, 60), (2, 1), (4, 4)):
            error = make(start, end, "why")
            print(name, start, end, [function(error) for key, function in functions.items() if key.startswith("Get") and function])
    error = makers[0](1, 2, "why")
    print(
        functions["SetReason"](error, "another"),
        functions["SetStart"](error, 2),
        functions["SetEnd"](error, 3),
        error.reason,
        error.start,
        error.end,
        str(error),
    )
    print(
        functions["SetStart"](error, -4),
        functions["SetEnd"](error, 99),
        error.start,
        error.end,
        functions["GetStart"](error),
        functions["GetEnd"](error),
    )
    for value in (5, "bytes", None):
        error = makers[0](1, 2, "why")
        for field in ("object", "encoding", "reason"):
            try:
                setattr(error, field, value)
            except (TypeError, AttributeError):
                print("  refused", field, value)
        for key, function in functions.items():
            if key.startswith("Get") and function:
                attempt(f"  {key} with {value!r}", function, error)

    for key, function in functions.items():
        if key.startswith("Get") and function:
            attempt_type(f"{name} not yet made, {key}", function, type(error).__new__(type(error)))

for args in (("ascii", b"abc", 0, 1, "why"), ("utf-8", b"", 0, 0, ""), ("x", b"a\0b", -1, 99, "é")):
    error = c.decode_error(*args)
    print(type(error).__name__, error.encoding, error.object, error.start, error.end, error.reason)
