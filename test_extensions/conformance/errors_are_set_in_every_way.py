"""PyErr_Set*: strings, objects, none, formats, errno, import errors, instances, PyErr_Restore's odd values, custom classes."""

import ext_errors
from ext_errors import Custom, Documented, set
from show import attempt, attempt_type


class Picky(Exception):
    def __init__(self, one, two):
        super().__init__(one, two)


for arguments in (
    ("string", ValueError, "text é"),
    ("string", Custom, "custom"),
    ("object", KeyError, "key"),
    ("object", ValueError, (1, 2)),
    ("object", ValueError, None),
    ("object", ValueError, ValueError("ready")),
    ("object", LookupError, KeyError("a subclass's instance")),
    ("object", Picky, (1, 2)),
    ("none", StopIteration),
    ("none", KeyboardInterrupt),
    ("format", RuntimeError, "välue"),
    ("no memory", None),
    ("bad argument", None),
    ("internal", None),
    ("errno", OSError, "a/path"),
    ("plain errno", OSError),
    ("import", "module.name", "cannot"),
    ("raised", ValueError("instance")),
    ("restore", ValueError, "late"),
    ("restore", ValueError, (1, 2)),
    ("restore", ValueError, ValueError("instance")),
    ("restore", Custom, None),
):
    attempt(f"{arguments[0]} {getattr(arguments[1], '__name__', 'value')} {arguments[2:]}", set, *arguments)
attempt_type("arguments that the class refuses", set, "object", Picky, (1,))
attempt_type("no exception at all", set, "object", int, 5)
try:
    set("errno", OSError, "a/path")
except OSError as error:
    print("errno:", type(error).__name__, error.errno, error.filename)
try:
    set("import", "module.name", "cannot")
except ImportError as error:
    print("import:", error.name, error.path, error.msg)
try:
    set("object", StopIteration, 42)
except StopIteration as error:
    print("stop:", error.value)
print("custom:", Custom.__name__, Custom.__module__, Custom.__mro__[1].__name__, Custom.__doc__)
print("documented:", Documented.__doc__, Documented.code, [cls.__name__ for cls in Documented.__mro__[:4]], issubclass(Documented, LookupError))
try:
    raise Documented("from Python", 1)
except Custom as error:
    print("caught:", error.args, error.code, ext_errors.parts(error)[:2])


class Below(Custom):
    def __init__(self, text):
        super().__init__(text.upper())
        self.text = text


try:
    set("object", Below, "low")
except Custom as error:
    print("below:", error, error.text)
