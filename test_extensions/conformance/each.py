"""What the scripts `each_function_of_*` share: call functions of the API by their names, each parameter with every value in turn.

A line of a table is a function, the kind of its result and its parameters; `ext_each.c` has the letters. A parameter says what it is given while
another one varies: `O=list`; `O==list` is never anything else, `O<list=list` nothing but lists. More letters here: T a type, Y a code object, F a
frame, J an int, U a character, G H E the formats of messages, of values and of arguments; the results H a hash, R an object of which no more is told.
`made:PyDescr_NewMember` is the function of that name in `ext_each_made.c`, which calls the real one; to it `P=usual/other` names what it does, and
`V=usual/other` are buffers by name. Then `!`, and what is left out because CPython looks at whatever lies there, does not return, or tells of the
machine: `0:None` is None for the first parameter, `all:5` is 5 for all objects. Then `~`, and cases where the words of the error are the interpreter's
own: those are compared by its type. Then `?`, and what is not compared because RustPython itself, without the layer, answers otherwise; the comment
above tells how. `../each_function.py` writes what follows `!`, from what CPython does.
"""

import collections
import contextvars
import re
import sys
import time

import ext_each
from show import without_place

# Letters of this file -> those of ext_each.
RESULTS = {"H": "N", "R": "O"}
AS_CALLED = {"T": "O", "Y": "O", "F": "O", "J": "N", "U": "N", "G": "S", "H": "S", "E": "S", "P": "S"}


class Plain:
    pass


class Other(Plain):
    def method(self, *given):
        return given


class Meta(type):
    pass


class Made(metaclass=Meta):
    pass


class Int(int):
    pass


class Float(float):
    pass


class Text(str):
    pass


class Bytes(bytes):
    pass


class List(list):
    pass


class Tuple(tuple):
    pass


class Dict(dict):
    pass


class Set(set):
    pass


class FrozenSet(frozenset):
    pass


class Error(Exception):
    pass


class Bad:
    """Whatever it is asked is an error."""

    def fail(self, *given):
        raise RuntimeError("Bad")

    __len__ = __iter__ = __index__ = __hash__ = __eq__ = __call__ = __getitem__ = __float__ = __str__ = __repr__ = __bool__ = fail
    __getattr__ = __contains__ = __setitem__ = __delitem__ = __next__ = __add__ = __bytes__ = __fspath__ = __instancecheck__ = fail


class Odd:
    """Answers each question with what is no answer."""

    def answer(self, *given):
        return Plain

    __len__ = __iter__ = __index__ = __hash__ = __float__ = __str__ = __repr__ = __bool__ = __bytes__ = __fspath__ = answer
    __complex__ = __int__ = __format__ = __length_hint__ = __round__ = __dir__ = answer


class Index:
    """An index, a short sequence and a mapping, all by methods written in Python."""

    def __index__(self):
        return 1

    def __len__(self):
        return 2

    def __getitem__(self, key):
        if key in (0, 1):
            return key * 10
        raise IndexError("no such item")

    def keys(self):
        return [0, 1]

    def __call__(self, *given, **named):
        return len(given), sorted(named)

    def __fspath__(self):
        return "path"


class CThingChild(ext_each.Thing):
    pass


def function(first=1, *rest, **named):
    return first, rest, sorted(named)


def generator():
    yield 1
    return 2


def with_cell():
    inner = 1
    return lambda: inner


items = [1]

OBJECTS = {
    "NULL": lambda: ext_each.NULL, "None": lambda: None, "True": lambda: True, "0": lambda: 0, "5": lambda: 5, "-1": lambda: -1,
    "2**70": lambda: 2**70, "-2**63": lambda: -(2**63), "Int": lambda: Int(7), "CInt": lambda: ext_each.CInt(3),
    "1.5": lambda: 1.5, "nan": lambda: float("nan"), "Float": lambda: Float(2.5), "CFloat": lambda: ext_each.CFloat(2.5),
    "1+2j": lambda: 1 + 2j, "text": lambda: "text", "''": lambda: "", "wide": lambda: "h\xe9\u20ac\U0001f600",
    "surrogate": lambda: "a\ud800", "nul": lambda: "a\0b", "Text": lambda: Text("sub"), "CText": lambda: ext_each.CText("in C"),
    "bytes": lambda: bytes(bytearray(b"bytes")), "b''": lambda: b"", "bad-utf8": lambda: b"a\xff", "Bytes": lambda: Bytes(b"sub"),
    "bytearray": lambda: bytearray(b"array"), "memoryview": lambda: memoryview(b"view"), "list": lambda: [2, 1], "[]": lambda: [],
    "List": lambda: List([3]), "CList": lambda: ext_each.CList([4]), "tuple": lambda: (1, 2), "()": lambda: (),
    "Tuple": lambda: Tuple((5, 6)), "CTuple": lambda: ext_each.CTuple((7,)), "dict": lambda: {"text": 1}, "{}": lambda: {},
    "Dict": lambda: Dict(text=2), "CDict": lambda: ext_each.CDict(text=3), "set": lambda: {1}, "Set": lambda: Set({2}),
    "CSet": lambda: ext_each.CSet({3}), "frozenset": lambda: frozenset({1}), "FrozenSet": lambda: FrozenSet({2}),
    "Plain()": Plain, "Bad": Bad, "Odd": Odd, "Index": Index, "Thing": lambda: ext_each.Thing(), "CThingChild": CThingChild,
    "Plain": lambda: Plain, "int": lambda: int, "Made": lambda: Made, "len": lambda: len, "function": lambda: function,
    "method": lambda: Other().method, "method-of-list": lambda: [].append, "generator": generator, "iterator": lambda: iter([1, 2]),
    "slice": lambda: slice(1, None, 2), "range": lambda: range(3), "error": lambda: ValueError("words"), "Error": lambda: Error("sub"),
    "ValueError": lambda: ValueError, "KeyError": lambda: KeyError("key"), "module": lambda: sys, "capsule": lambda: ext_each.capsule,
    "property": lambda: property(len), "code": lambda: function.__code__, "Ellipsis": lambda: ..., "super": lambda: super(Other, Other()),
    "items()": lambda: {"text": 1}.items(), "zip": lambda: zip([1], [2]), "pairs": lambda: [("text", 1), ("two", 2)],
}  # fmt: skip

# What serves as a default alone.
SPECIAL = {
    "encode-error": lambda: UnicodeEncodeError("ascii", "a\xe9\u20acz", 1, 3, "why"), "codec": lambda: "utf-8",
    "decode-error": lambda: UnicodeDecodeError("ascii", b"a\xe9\xffz", 1, 3, "why"), "key": lambda: "text", "new": lambda: "new",
    "translate-error": lambda: UnicodeTranslateError("a\xe9\u20acz", 1, 3, "why"), "name": lambda: "name", "base": lambda: 2,
    "error-class": lambda: ValueError, "Plain-class": lambda: Plain, "weakref": lambda: __import__("_weakref").ref(Plain),
    "cell": lambda: with_cell().__closure__[0], "many": lambda: [1, 2, 3, 4, 5], "classmethod": lambda: classmethod(len),
    "staticmethod": lambda: staticmethod(len), "proxy": lambda: type(sys)("proxy"), "writer": lambda: Writer(),
    "new-module": lambda: type(sys)("made"), "text-keys": lambda: {"a": 1, "b": 2}, "format": lambda: "", "Other()": Other,
    "strict": lambda: "strict", "aeiou": lambda: "aeiouaeiou", "e": lambda: "e", "percent": lambda: "%s and %r",
    "list-of-text": lambda: ["a", "b"], "odict": lambda: collections.OrderedDict(text=1),
    "async-iterable": lambda: asynchronous(), "int-class": lambda: int, "method-name": lambda: "method", "with-name": lambda: named(),
    "keywords": lambda: ("one", "two"), "args": lambda: ([1, 2],), "context-var": lambda: contextvars.ContextVar("v", default=1),
    "token": lambda: variable.set(2), "context": contextvars.copy_context, "struct-sequence": lambda: time.gmtime(0),
    "os-error": lambda: OSError, "import-error": lambda: ImportError, "warning": lambda: UserWarning, "sys-name": lambda: "sys",
    "12.5-text": lambda: " 12.5 ", "twelve": lambda: "12",
    "table": lambda: {97: "A", 101: None}, "source": lambda: compile("1 + 1", "<each>", "eval"), "own-function": lambda: made_function(),
}  # fmt: skip


class Writer:
    def __init__(self):
        self.written = []

    def write(self, text):
        self.written.append(text)

    def readline(self, *size):
        return "line\n"[: size[0] if size and size[0] > 0 else None]


async def asynchronous():
    yield 1


def named():
    made = Other()
    made.name = 1
    return made


variable = contextvars.ContextVar("variable")


def made_function():
    def own(one, two=2, *, three=3):
        return one, two, three

    return own


TYPES = {
    "int": int, "list": list, "type": type, "object": object, "str": str, "dict": dict, "tuple": tuple, "bool": bool,
    "NoneType": type(None), "Plain": Plain, "Other": Other, "Made": Made, "Meta": Meta, "Int": Int, "List": List, "Tuple": Tuple,
    "Error": Error, "ValueError": ValueError, "OSError": OSError, "Thing": ext_each.Thing, "CThingChild": CThingChild,
    "CInt": ext_each.CInt, "CList": ext_each.CList, "function": type(function), "generator": type(generator()), "Bad": Bad,
}  # fmt: skip
TEXTS = {
    "NULL": ext_each.NULL, "s": b"s", "empty": b"", "text": b"text", "append": b"append", "utf-8": b"utf-8", "ascii": b"ascii",
    "bad-utf8": b"\xff", "accent": "\xe9".encode(), "a.b": b"a.b", "sys": b"sys", "12": b" 12 ", "0x": b"0x", "1e400": b"-1e400",
    "ignore": b"ignore", "strict": b"strict", "percent": b"%s %d %", "braces": b"(O)", "utf-16": b"\xff\xfea\0\0\xd8",
    "escape": b"\\x4\\ud800", "ten": b"0123456789",
}  # fmt: skip
# Formats, some of which lie: of messages, of values to build, of arguments.
MESSAGES = ["%d", "%5d", "%-5i|", "%05u", "%x", "%zd", "%ld", "%llu", "%c", "%%", "%", "%q", "%5%", "%p", "%.3d", "%+d", "% d", "%s", "%.0s"]
MESSAGES += ["%S", "%R", "%A", "%U", "%V", "%T", "%#T", "%N", "%ls", "%99999999999d", "%l", "%z", "%hd", "%f", "plain", "", "\xff", "100%"]
VALUES = ["i", "", "ii", "(ii)", "[iii]", "{i:i}", "{i:i,", "(", ")", "(i", "i)", "[i)", "{i}", "b", "B", "h", "H", "I", "l", "k", "L", "K", "n"]
VALUES += ["c", "C", "q", "O", "s", "z", "i i", "i,i", "i:i", "()", "[]", "{}", "((((((i))))))", "\xff", "p", "i#", "s#", "y", "O&", "|i"]
ARGUMENTS = ["O", "", "OO", "|O", "|OO", "O|", "$O", "O$O", "|$O", "(O)", "(OO)", "((O))", "(", ")", "O)", "(O", "O:name", "O;words", ":", ";"]
ARGUMENTS += ["i", "l", "n", "b", "B", "h", "H", "I", "k", "K", "L", "c", "C", "f", "d", "D", "p", "s", "z", "y", "U", "S", "Y", "s#", "y#", "z#"]
ARGUMENTS += ["s*", "y*", "w*", "z*", "q", "O!", "O&", "e", "es", "et", "es#", "|i|i", "OOOOOO", "\xff", "#", "i#", "*"]
NUMBERS = {str(number): number for number in (0, 1, -1, 2, 5, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63))}
INTS = {str(number): number for number in (0, 1, -1, 2, 3, 5, 6, 16, 2**31 - 1, -(2**31))}
CHARACTERS = {hex(number): number for number in (0, 0x41, 0xE9, 0x20AC, 0xD800, 0x1F600, 0x10FFFF, 0x110000, 0xFFFFFFFF)}
FLOATS = {str(number): number for number in (0.0, -0.0, 1.5, -2.5, 1e300, 1e-310, float("inf"), -float("inf"), float("nan"))}
COMPLEXES = {str(number): number for number in (0j, 1 + 2j, -1.5j, complex("inf"), complex("nan"))}
ARRAYS = {"none": (), "one": (1,), "two": ("text", [2]), "three": (1, 2, 3), "own-self": (Other(), 1)}
WIDE = {"text": "text", "empty": "", "accents": "h\xe9\u20ac"}
BUFFERS = {"bytes": b"bytes", "bytearray": bytearray(b"array"), "slice": memoryview(b"012345")[::2], "ints": memoryview(b"01234567").cast("i")}
CODES = {"function": function.__code__, "generator": generator.__code__, "cell": with_cell.__code__}
FRAMES = {"frame": None}

MENUS = {
    "T": TYPES, "S": TEXTS, "N": NUMBERS, "J": INTS, "U": CHARACTERS, "D": FLOATS, "C": COMPLEXES, "A": ARRAYS, "W": WIDE,
    "G": MESSAGES, "H": VALUES, "E": ARGUMENTS,
    "V": BUFFERS, "Y": CODES, "n": {"0": 0}, "i": {"0": 0},
}  # fmt: skip
USUAL = {
    "O": "text", "K": "text", "Q": "text", "T": "Plain", "S": "text", "N": "0", "J": "0", "U": "0x41", "D": "1.5", "C": "(1+2j)",
    "A": "two", "G": "plain", "H": "i", "E": "O", "W": "text", "V": "bytes", "Y": "function", "n": "0", "i": "0",
}  # fmt: skip


# What `O<` is followed by, for functions that do not look at what they were given.
ONLY = {kind.__name__: kind for kind in (str, bytes, bytearray, int, float, list, tuple, dict, slice, type, BaseException)}
ONLY.update(any_set=(set, frozenset), function=type(function), method=type(Other().method), builtin=type(len), module=type(sys))
ONLY.update(iterator=(type(iter([])), type(generator()), zip), code=type(function.__code__), weakref=())


class Parameter:
    def __init__(self, word):
        self.kind = word[0]
        kind, equals, self.usual = word[1:].partition("=")
        self.fixed = self.usual.startswith("=")
        self.usual = self.usual.lstrip("=") or USUAL.get(self.kind, "place")
        self.named = self.usual.split("/") if self.kind in "PV" else []
        self.usual = self.named[0] if self.named else self.usual
        self.only = kind[1:]

    def labels(self):
        if self.fixed:
            return []
        if self.only:
            return [label for label in OBJECTS if isinstance(OBJECTS[label](), ONLY[self.only])]
        return OBJECTS if self.kind in "OKQ" else self.named[1:] or MENUS.get(self.kind, [])

    def value(self, label):
        """Made anew where a function may change it."""
        if self.kind in "OKQ":
            return (OBJECTS.get(label) or SPECIAL[label])()
        if self.kind == "F":
            return sys._getframe()
        if self.kind in "GHEP":
            return label.encode("latin-1")
        if self.kind in MENUS:
            menu = MENUS[self.kind]
            return menu[label] if label in menu else number_or_text(self.kind, label)
        return None


def number_or_text(kind, label):
    if kind == "D":
        return float(label)
    return label.encode() if kind == "S" else int(label)


# Where things lie: on a host whose objects move, an identity may be a small number.
PLACES = re.compile('(?<=at )0x[0-9a-f]+|0x[0-9a-f]{6,}|file "[^"]*", line [0-9]+')
C_PLACES = re.compile(r"[A-Z]\w+/\w+\.c:[0-9]+: ")


def stand_in(extension, name):
    """A function of `ext_each_EXTENSION.c`, which calls the one of that name with what a table cannot write: structs, functions...

    `NAME/way` is another way to call NAME.
    """
    return getattr(__import__(f"ext_each_{extension}"), name)


class Line:
    """One function of a table."""

    def __init__(self, line):
        line, _, own_answers = line.partition(" ? ")
        line, _, own_words = line.partition(" ~ ")
        line, _, left_out = line.partition(" ! ")
        place, self.result, *parameters = line.split()
        self.name = place.rpartition(":")[2]
        self.function = stand_in(*place.split(":")) if ":" in place else self.name
        self.parameters = [Parameter(word) for word in parameters]
        self.left_out = left_out.split() + own_answers.split()
        self.own_words = own_words.split()

    def cases(self):
        """(its label, a label for each parameter): every choice for each, with the usual ones for the others; one for all."""
        usual = [parameter.usual for parameter in self.parameters]
        yield "usual", usual
        for at, parameter in enumerate(self.parameters):
            for label in parameter.labels():
                yield f"{at}:{label.replace(' ', '_') or 'empty'}", [*usual[:at], label, *usual[at + 1 :]]
        objects = [at for at, parameter in enumerate(self.parameters) if parameter.kind in "OKQ" and not (parameter.fixed or parameter.only)]
        if len(objects) > 1:
            for label in OBJECTS:
                yield f"all:{label}", [label if at in objects else other for at, other in enumerate(usual)]

    def outcome(self, case, labels):
        kinds = "".join(AS_CALLED.get(parameter.kind, parameter.kind) for parameter in self.parameters)
        values = tuple(parameter.value(label) for parameter, label in zip(self.parameters, labels))
        # Nobody's own alone: what a function does to an object that it shares with nobody is for other scripts.
        held = list(values)
        before = [shown(value, ()) for value in values]
        try:
            returned, error, left = ext_each.call(self.function, RESULTS.get(self.result, self.result), kinds, values)
        except BaseException as error:
            return f"not called: {type(error).__name__}"
        said = [] if error is None else [self.error_words(case, error, values)]
        said += [f"{at} has {shown(item, values)}" for at, item in enumerate(left) if item is not None]
        said += [
            f"{at} is now {shown(value, ())}"
            for at, value in enumerate(values)
            if self.parameters[at].kind in "OKQ" and shown(value, ()) != before[at]
        ]
        del held
        if self.result == "H" and returned != -1:
            returned = "a hash"
        if self.result == "R" and returned != "NULL":
            returned = "an object"
        words = "; ".join([shown(returned, values), *said])
        return PLACES.sub("..", C_PLACES.sub("", words))

    def error_words(self, case, error, values):
        kind = type(error).__name__
        if case in self.own_words or "*" in self.own_words:
            return f"!{kind}"
        words = ascii(without_place(safe(str, error)))[1:-1]
        if case[0].isdigit() and self.parameters[int(case.partition(":")[0])].kind != "P":
            name = type(values[int(case.partition(":")[0])]).__name__
            words = re.sub(rf"(?<!\w){name}(?!\w)", "<type>", words)
        return f"!{kind}: {words}"


def safe(asked, value):
    try:
        return asked(value)
    except BaseException as error:
        return f"<{type(error).__name__}>"


ATOMS = {int, float, complex, bool, type(None), str, bytes, bytearray, slice, range}
CONTENTS = {Int: int, Float: float, Text: str, Bytes: bytes, List: list, Tuple: tuple, Dict: dict}
CONTENTS.update({ext_each.CList: list, ext_each.CTuple: tuple, ext_each.CDict: dict, ext_each.CInt: int, ext_each.CText: str})


def shown(value, values, depth=0):
    """Without addresses, or the order of a set; an argument that comes back is named as such."""
    for at, given in enumerate(values):
        if value is given and type(given) not in ATOMS and value != ():
            return f"argument {at}"
    kind = type(value)
    if kind in ATOMS:
        text = PLACES.sub("..", ascii(value))
        return text if len(text) < 150 else f"{text[:150]}..."
    if kind in CONTENTS:
        return f"{kind.__name__}:{shown(CONTENTS[kind](value), (), depth)}"
    if depth < 3 and kind in (list, tuple):
        return f"{kind.__name__}[{', '.join(shown(item, values, depth + 1) for item in value)}]"
    if depth < 3 and kind is dict and len(value) < 10:
        return "{" + ", ".join(f"{shown(key, (), 3)}: {shown(item, values, depth + 1)}" for key, item in value.items() if key != "__builtins__") + "}"
    return more_shown(value, kind, depth)


def more_shown(value, kind, depth):
    if isinstance(value, (set, frozenset)) and depth < 3:
        return f"{kind.__name__}({', '.join(sorted(shown(item, (), 3) for item in value))})"
    if isinstance(value, BaseException):
        return f"<{kind.__name__} {ascii(without_place(safe(str, value)))}>"
    if kind is Writer:
        return f"Writer{value.written}"
    if isinstance(value, type):
        return f"class {value.__name__}"
    return f"<{kind.__name__}>"


def run(table):
    """Print what each function of the table does, equal outcomes together."""
    for text in table.strip().split("\n"):
        if text.startswith("#"):
            continue
        line = Line(text)
        groups = {}
        for case, labels in line.cases():
            if case in line.left_out:
                continue
            try:
                words = line.outcome(case, labels)
            except BaseException as error:
                words = f"cannot be told: {type(error).__name__}"
            groups.setdefault(words, []).append(case)
        print(f"-- {line.name}({', '.join(parameter.usual for parameter in line.parameters)})")
        for words, members in groups.items():
            print(f"{words}   <- {' '.join(members)}")
        sys.stdout.flush()
