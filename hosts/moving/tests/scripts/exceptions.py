# Exceptions: matching, chaining, finally, with, tracebacks, generators that raise.
def attempt(call):
    try:
        print("gave", call())
    except BaseException as error:
        print(type(error).__name__, error, error.args)


def f(n):
    try:
        if n == 0:
            return "early"
        if n == 1:
            raise ValueError("one")
        if n == 2:
            raise KeyError("two")
        if n == 3:
            1 / 0
        return "end"
    except ValueError as e:
        return "value " + str(e)
    except (KeyError, IndexError) as e:
        return f"key {e}"
    else:
        return "else"
    finally:
        print("finally", n)


for n in range(3):
    print(f(n))
attempt(lambda: f(3))
print(f(4))


def chain():
    try:
        try:
            raise ValueError("inner")
        except ValueError as e:
            raise TypeError("outer") from e
    except TypeError as e:
        return e


e = chain()
print(repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        {}["x"]
    except KeyError:
        [][0]
except IndexError as e:
    print(repr(e.__context__), e.__cause__)
try:
    try:
        raise ValueError("a")
    except ValueError:
        raise KeyError("b") from None
except KeyError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)


class Mine(Exception):
    def __init__(self, a, b=2):
        super().__init__(a, b)
        self.b = b


attempt(lambda: (_ for _ in ()).throw(Mine("x")))
try:
    raise Mine(1, b=3)
except Mine as m:
    print(m.b, m.args, str(m), repr(m))
try:
    raise Mine
except TypeError as error:
    print(error)


class Manager:
    def __init__(self, swallow=False):
        self.swallow = swallow

    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, value, tb):
        print("exit", kind and kind.__name__, value, tb is not None)
        return self.swallow


with Manager() as m, Manager(True):
    print("body")
    raise ValueError("swallowed")


def leave():
    with Manager():
        return "returned"


print(leave())
attempt(lambda: exec("with Manager():\n    raise KeyError('out')"))
attempt(lambda: exec("with 5: pass"))
attempt(lambda: exec("raise 5"))
attempt(lambda: exec("raise"))
attempt(lambda: exec("assert 1 == 2, 'message'"))
attempt(lambda: exec("try:\n    pass\nexcept 5:\n    pass"))
attempt(lambda: exec("try:\n    1/0\nexcept 5:\n    pass"))
for i in range(3):
    try:
        if i == 1:
            continue
        print("loop", i)
    finally:
        print("f", i)
while True:
    try:
        break
    finally:
        print("broken")


def tb_lines(error):
    lines, tb = [], error.__traceback__
    while tb:
        lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    return lines


def raiser():
    raise RuntimeError("here")


def middle():
    raiser()


try:
    middle()
except RuntimeError as error:
    print(tb_lines(error), error.with_traceback(None).__traceback__)
try:
    raise OSError(2, "No such file", "name")
except OSError as error:
    print(error, error.errno, error.strerror, error.filename)
e = ValueError("noted")
e.add_note("a note")
print(e.__notes__, ValueError() == ValueError(), str(KeyError("k")), str(KeyError()), repr(StopIteration(5)), StopIteration(5).value, SystemExit(3).code)
print(issubclass(ZeroDivisionError, ArithmeticError), ModuleNotFoundError.__mro__[1], UnicodeDecodeError.__bases__, Exception.__base__)
attempt(lambda: ImportError("m", name="n", path="p").name)
attempt(lambda: AttributeError(bad=1))
attempt(lambda: BaseException().with_traceback(5))
attempt(lambda: setattr(ValueError(), "__cause__", 5))


def nested():
    try:
        try:
            raise ValueError(1)
        finally:
            try:
                raise KeyError(2)
            except KeyError:
                pass
    except ValueError as v:
        return v.args, v.__context__


print(nested())
import sys

try:
    raise LookupError("now")
except LookupError:
    print(sys.exc_info()[0], sys.exc_info()[1], sys.exception())
print(sys.exc_info())


def reraise():
    try:
        raise ValueError("first")
    except ValueError:
        try:
            raise KeyError("second")
        except KeyError:
            pass
        raise


attempt(reraise)


def name_is_gone():
    try:
        raise ValueError
    except ValueError as gone:
        pass
    return gone


attempt(name_is_gone)
attempt(lambda: sys.exit(7))
attempt(lambda: (lambda: (yield))().throw(ValueError("into new")))
