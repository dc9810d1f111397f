"""Functions that few extensions call: auditing, text of the operating system, frames that C runs, flags of the command line."""
import sys
import warnings

import ext_lesser as x


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


# Auditing. A hook cannot be taken away: those of this script hear no events but its own.
told = []


def listener(event, arguments):
    if event.startswith("lesser."):
        told.append((event, arguments))
        if event == "lesser.forbidden":
            raise ValueError("the listener forbids")


for how in ("none", "empty", "one", "tuple", "many", "pending"):
    print("audit", how, attempt(x.audit, "lesser." + how, how))
for how in ("bad", "bad text", "bad event", "NULL", "no text"):
    print("not looked at", how, attempt(x.audit, "lesser." + how, how))
print("nobody listened", told)
sys.addaudithook(listener)
for how in ("none", "empty", "one", "tuple", "many", "pending"):
    print("audit", how, attempt(x.audit, "lesser." + how, how), told[-1])
print("forbidden", attempt(x.audit, "lesser.forbidden", "one"), attempt(x.audit, "lesser.forbidden", "pending"))
for how in ("bad", "bad text", "bad event", "NULL", "no text"):
    print(how, attempt(x.audit, "lesser." + how, how))
heard = []
print("listen", x.listen(heard))
sys.audit("lesser.python", 1, "two")
sys.audit("lesser.nothing")
x.audit("lesser.c", "many")
sys.audit("others.are", "not heard")
print(heard)
print("refused", attempt(sys.audit, "lesser.refused", 5), attempt(x.audit, "lesser.refused", "tuple"))

# Text of the operating system.
for text in (b"", b"plain", "a\xf1\u20ac\U0001f600".encode(), b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xe2\x82x", b"\xf4\x90\x80\x80",
             b"\xc0\x80"):
    print("decode", text, x.decode(text))
for codes in ((), (97, 0xE9, 0x20AC, 0x1F600), (0xDC80, 0xDCFF, 97), (97, 0xD800), (0xDC7F,), (0xDFFF, 97), (0xDC80, 0xDC00)):
    print("encode", [hex(code) for code in codes], x.encode(codes))

# Warnings and places of syntax errors.
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    print(x.warn_explicit(UserWarning, "some_file.py", 12, "some_module", {}))
    print(x.warn_explicit(DeprecationWarning, "other.py", 3, None, None))
for warning in seen:
    print(warning.category.__name__, warning.message, warning.filename, warning.lineno)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    print(attempt(x.warn_explicit, UserWarning, "some_file.py", 12, "some_module", {}))
print(attempt(x.warn_explicit, int, "some_file.py", 12, "some_module", {}))


def place(*arguments):
    try:
        x.ranged(*arguments)
    except Exception as error:
        names = ("filename", "lineno", "offset", "end_lineno", "end_offset", "text")
        return type(error).__name__, [getattr(error, name, "absent") for name in names]


print(place(SyntaxError, "nowhere.py", 3, 5, 4, 6))
print(place(SyntaxError, "nowhere.py", 3, -1, 3, -1))
print(place(SyntaxError, "nowhere.py", 3, 0, 7, 0))
print(place(SyntaxError, None, 1, 2, 3, 4))
print(place(type("Own", (SyntaxError,), {}), "nowhere.py", 1, 2, 3, 4))

# Lines.
for text in (b"a\nb\rc\r\nd", b"\r\r\n\n\r", b"", b"long line here\nx", b"ab\r\n"):
    for room in (60, 4, 3):
        print("lines", text, room, x.read_lines(text, room))

# Frames. CPython 3.13 cannot run one that it made for C: its evaluation takes it off a stack where it never was. It evaluates the code here.
def run_frame(code, globals_, locals_, how):
    if "pierglass" in sys.version + sys.implementation.name:
        return x.run_frame(code, globals_, locals_, how)
    if how == 2:
        raise KeyError("thrown in")
    return eval(code, globals_, locals_)


globals_ = {"__builtins__": __builtins__, "base": 10}
code = compile("a = base + 1\nb = a * 2\n", "frame.py", "exec")
locals_ = {}
print(run_frame(code, globals_, locals_, 0), locals_, sorted(globals_))
print(run_frame(compile("base * 3", "frame.py", "eval"), globals_, locals_, 1))
print(attempt(run_frame, compile("1 / 0", "frame.py", "eval"), globals_, locals_, 0))
locals_.clear()
print(attempt(run_frame, code, globals_, locals_, 2), locals_)

# Flags.
flags = sys.flags
names = ("bytes_warning", "debug", "dont_write_bytecode", "hash_randomization", "ignore_environment", "inspect", "interactive", "isolated",
         "no_site", "no_user_site", "optimize", "quiet", "verbose")
values, *others = x.flags()
print([name for name, value in zip(names, values) if value != getattr(flags, name)], others)

# Small things.
print(x.stack_as_dict((1, "two"), ("one", "two")), x.stack_as_dict((), ()), attempt(x.stack_as_dict, (1,), ([],)))


class Slotted:
    __slots__ = ()


class Weak(Slotted):
    __slots__ = ("__weakref__",)


for type_ in (int, dict, set, Slotted, Weak, attempt.__class__, type, Exception, type(sys)):
    print("type", x.type_name(type_))
length = x.wrapper(list.__dict__["__len__"], [1, 2, 3])
print(length(), length.__name__, type(length).__name__, length.__self__)
print(x.wrapper(int.__dict__["__add__"], 5)(6))
