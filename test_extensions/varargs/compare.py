"""Runs in CPython: call both implementations with the same arguments and compare what they do.

Compared are the result (type and repr), the exception (type, text, cause), the memory of the targets, the reference
counts of the arguments, and what was written, warned or reported as unraisable.
"""

import array
import contextlib
import io
import itertools
import sys
import warnings

import varargs

failures = 0
checks = 0


def main():
    parse_cases()
    keyword_cases()
    suggestion_cases()
    unpack_cases()
    numbered_cases()
    print(f"{checks} comparisons, {failures} failures")
    return failures > 0


def compare(what, call):
    """`call(which)` with CPython's (False) and ours (True)."""
    global failures, checks
    checks += 1
    expected, got = call(False), call(True)
    if expected != got:
        failures += 1
        print(f"FAIL {what}\n  CPython: {expected}\n  ours:    {got}")


def told(error):
    if error is None:
        return None
    return type(error).__name__, str(error), told(error.__cause__)


# ---- parsing ----


class Index:
    def __index__(self):
        return 5


class BadIndex:
    def __index__(self):
        raise KeyError("index")


class Float:
    def __float__(self):
        return 2.5


class Untrue:
    def __bool__(self):
        raise KeyError("bool")


class Sequence:
    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        if isinstance(self.items[index], Exception):
            raise self.items[index]
        return self.items[index]


class BadSize(Sequence):
    def __len__(self):
        raise KeyError("len")


STRIDED = memoryview(b"abcdef")[::2]
VALUES = [
    0, 1, -1, 127, 128, 255, 256, -129, 32767, 32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31 - 1, 2**32 - 1, 2**32,
    2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, 10**40, True, 1.5, float("nan"), 1e300, 2j, None, Index(),
    BadIndex(), Float(), Untrue(), "", "a", "é", "€", "😀", "ab", "a\0b", "\ud800", b"", b"a", b"ab", b"a\0b", bytearray(b"x"),
    bytearray(b"xyz"), bytearray(), memoryview(b"abc"), STRIDED, array.array("i", [1, 2]), [], (), [1], (1, 2), [1, 2],
    (1, "x"), (1, (2, 3)), {}, {1: 2}, int, list, object, "latin \xff", range(3), Sequence([1, 2]), Sequence([1, ValueError()]),
    BadSize([1, 2]), "longer than eight", b"longer than eight",
]
# format -> (kinds of its targets, what is passed besides)
UNITS = {unit: ("n", ()) for unit in "bBhHiInlkLKfdDcCp"}
UNITS |= {unit: ("s", ()) for unit in "szy"} | {f"{unit}#": ("s#", ()) for unit in "szy"}
UNITS |= {f"{unit}*": ("b", ()) for unit in "szyw"} | {unit: ("O", ()) for unit in "OSYU"}
UNITS |= {"O!": ("tO", (list,)), "O&": ("cn", ()), "w": ("s", ()), "w#": ("s#", ()), "q": ("n", ()), "u": ("s", ()),
          "Z": ("s", ()), "es": ("em", ("latin-1",)), "et": ("em", ("utf-8",)), "es#": ("eM#", (None,)),
          "et#": ("em#", ("ascii",)), "ex": ("em", ("utf-8",)), "(ii)": ("nn", ()), "(i(ii))": ("nnn", ()), "()": ("", ()),
          "(O)": ("O", ()), "(iO&)": ("ncn", ()), "(Oes)": ("Oem", ("utf-8",)), "(Q)": ("n", ())}


def parse_cases():
    for unit, (kinds, extras) in UNITS.items():
        for value in VALUES:
            for how, suffix in itertools.product("1t", ["", ":name", ";own message"]):
                args = value if how == "1" else (value,)
                parse_case(how, unit + suffix, kinds, extras, args)
    for how in "ts":
        for format, kinds, args in COUNTS:
            parse_case(how, format, kinds, (), args)
    for args in ([1], 5, {}):
        parse_case("t", "i", "n", (), args)
    parse_case("1", "", "", (), 1)
    parse_case("1", ":f", "", (), 1)
    parse_case("1", "ii", "nn", (), 1)
    parse_case("1", "|i", "n", (), 1)
    parse_case("t", "O&O&s", "COCOs", (), ("a", "b", 3))
    parse_case("t", "O&O&s", "COCOs", (), ("a", "b", "c"))
    parse_case("t", "es s*i".replace(" ", ""), "embn", ("utf-8",), ("text", "text", "no"))
    parse_case("t", "s*s*s*s*s*s*s*s*s*i", "bbbbbbbbbn", (), (b"x",) * 9 + ("no",))


COUNTS = [(format, kinds, tuple(range(n))) for format, kinds in [
    ("", ""), (":f", ""), (";m", ""), ("i", "n"), ("i:f", "n"), ("i;message", "n"), ("|i", "n"), ("i|i", "nn"), ("i|i:f", "nn"),
    ("ii|iii:f", "nnnnn"), ("i|i;message", "nn"), ("(ii)i:f", "nnn"), ("i!", "n"), ("i i", "nn"), ("ii$", "nn"), ("|ii", "nn")]
    for n in range(5)]


def parse_case(how, format, kinds, extras, args, kwargs=None, keywords=None):
    def call(which):
        before = counts_of(args)
        done, error, cells, cleanups = varargs.parse(which, how, format, kinds, extras, args, kwargs, keywords)
        result = done, told(error), cells if done else len(cells), cleanups
        # Exceptions and buffers may hold on to arguments.
        del error, cells
        return result, [now - then for now, then in zip(counts_of(args), before)]

    compare(f"parse {how} {format!r} {args!r} {kwargs!r} {keywords!r}", call)


def counts_of(args):
    return [sys.getrefcount(item) for item in (args, *(args if type(args) is tuple else ()))]


FORMATS = ["iii", "i|ii", "|iii", "i|i$i", "|$iii", "ii$i", "iii:f", "i|i$i:f", "|iii;message", "i", "iiii", "i|i|i", "i$i|i", "i$i$i",
           "ii", "i!i", "(ii)ii", "(ii)|ii", "i|(ii)i", "i|(ii", "i|)i", "O|OO", "s|s#i", "i|es#O&", "i|O!w*", "i|qi", "i|y*z", "|es*i", "",
           ":f", "i|eqi"]
KEYWORDS = [("a", "b", "c"), ("", "b", "c"), ("", "", "c"), ("a", "", "c"), ("a",), (), ("a", "b", "c", "d")]
CALLS = [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1, 2, 3, 4), {}), ((), {"a": 1}), ((), {"a": 1, "b": 2, "c": 3}),
         ((1,), {"b": 2}), ((1,), {"c": 3}), ((1,), {"a": 1}), ((1, 2), {"a": 1}), ((1,), {"z": 1}), ((), {"z": 1}), ((1,), {"aa": 2}), ((), {"A": 2}), ((), {"abx": 2}),
         ((1,), {1: 2}), ((1, 2), {"c": "text"}), ((1, 2, 3), {"c": 3, "d": 4}), ((), {"b": 2, "c": 3}), ((1,), {"b": 2, "z": 3}),
         (((1, 2),), {"c": 3}), ((1, 2), {"": 3}), ((), {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}), ((1, 2, 3, 4, 5), {})]


def keyword_cases():
    for format, keywords, (args, kwargs) in itertools.product(FORMATS, KEYWORDS, CALLS):
        kinds, extras = kinds_of(format)
        parse_case("k", format, kinds, extras, args, kwargs, keywords)
        if not kwargs:
            parse_case("k", format, kinds, extras, args, None, keywords)
    for how, (args, kwargs) in itertools.product("fv", CALLS):
        if all(isinstance(name, str) for name in kwargs):
            for format, keywords in [("O|OO:f", ("a", "b", "c")), ("OOO:f", ("", "b", "c")), ("|OOO:f", ("a", "b", "c")),
                                     ("O|O$O:f", ("a", "b", "c")), ("OO|$O:f", ("", "b", "c"))]:
                parse_case(how, format, "OOO", (), args, kwargs, keywords)


def suggestion_cases():
    keywords = ("maximum", "Minimum", "keyword_argument", "é", "ab", "x" * 41)
    for wrong in ("maximun", "minimum", "MAXIMUM", "keyword_argumnet", "keyword", "e", "ba", "abc", "a", "", "nothing", "x" * 42, "xyz",
                  "min", "aximu", "\ud800", "maxim", "KeywordArgument", "keyword_args", "imum"):
        parse_case("k", "|iiiiii", "nnnnnn", (), (), {wrong: 1}, keywords)


def kinds_of(format):
    kinds, extras = "", []
    format = format.split(":")[0].split(";")[0]
    at = 0
    while at < len(format):
        for unit, (found, besides) in {"es#": ("eM#", ["utf-8"]), "es": ("em", ["utf-8"]), "eq": ("em", ["utf-8"]), "O&": ("cn", []),
                                       "O!": ("tO", [list]), "w*": ("b", []), "y*": ("b", []), "s#": ("s#", []), "i": ("n", []),
                                       "q": ("n", []), "s": ("s", []), "z": ("s", []), "O": ("O", [])}.items():
            if format.startswith(unit, at):
                kinds += found
                extras += besides
                at += len(unit)
                break
        else:
            at += 1
    return kinds, tuple(extras)


def unpack_cases():
    for count, low, high, name in itertools.product(range(5), range(4), range(4), ["f", None]):
        compare(f"unpack {count} {low} {high} {name}", lambda which: outcome(lambda: varargs.unpack(which, (1, 2, 3, 4)[:count], name, low, high)))
    compare("unpack a list", lambda which: outcome(lambda: varargs.unpack(which, [1], "f", 1, 1)))


# ---- everything else ----


class Plain:
    """documentation"""

    def __repr__(self):
        return "<Pläin>"


class Failing:
    def __repr__(self):
        raise KeyError("repr")


def numbered_cases():
    for number, name in enumerate(varargs.case_names()):
        text_only = any(unit in name for unit in ("%U", "%V", "U|", "V|"))
        texts = "text", "tèxt €", "😀x", ""
        for argument in texts if text_only else (*texts, 5, Plain(), Failing(), (1, 2)):
            compare(f"{name} with {type(argument).__name__}", lambda which: numbered_case(which, number, argument))


def numbered_case(which, number, argument):
    before = sys.getrefcount(argument)
    result = outcome(lambda: varargs.run_case(which, number, argument))
    return result, sys.getrefcount(argument) - before


def outcome(call):
    """What a call returns or raises, and what it says elsewhere."""
    out, reports = io.StringIO(), []
    hook, sys.unraisablehook = sys.unraisablehook, lambda given: reports.append(
        (given.exc_type, str(given.exc_value), given.err_msg, given.object))
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(out):
        warnings.simplefilter("always")
        try:
            result = call()
            result = type(result), safe_repr(result)
        except BaseException as error:
            result = told(error)
    sys.unraisablehook = hook
    said = [(w.category, str(w.message), w.lineno, w.filename, safe_repr(w.source)) for w in warned]
    return result, out.getvalue(), said, reports


def safe_repr(value):
    try:
        return repr(value)
    except KeyError:
        return "repr failed"


if __name__ == "__main__":
    sys.exit(main())
