"""PyErr_GivenExceptionMatches and PyErr_ExceptionMatches: classes, instances, tuples, strangers."""

from ext_errors import Custom, Documented, matches


class Pretends(Exception):
    __class__ = KeyError


for error, kind in (
    (ValueError, ValueError),
    (ValueError, Exception),
    (Exception, ValueError),
    (ValueError("x"), ValueError),
    (KeyError, (ValueError, LookupError)),
    (KeyError, (ValueError, (OSError, (LookupError,)))),
    (KeyError, ()),
    (Documented, Custom),
    (Documented, LookupError),
    (Custom, Documented),
    (KeyboardInterrupt, Exception),
    (KeyboardInterrupt, BaseException),
    (FileNotFoundError, IOError),
    (Pretends, KeyError),
    (ValueError, 5),
    (ValueError, object),
):
    name = getattr(error, "__name__", "instance")
    print(name, "against", getattr(kind, "__name__", 'something else'), matches(error, kind))
