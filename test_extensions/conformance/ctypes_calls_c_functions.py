"""Python's own API and C functions through ctypes: objects as arguments and results, errors, more arguments than were declared."""

import ctypes
import sys
import threading
import time
from ctypes import CDLL, POINTER, PyDLL, byref, c_char_p, c_double, c_int, c_long, c_longlong, c_size_t, c_ssize_t, c_void_p, py_object, pythonapi

import ext_lists
from show import attempt, attempt_type


def declared(name, result, *arguments, library=pythonapi):
    function = library[name]
    function.restype, function.argtypes = result, arguments
    return function


print("objects")
append = declared("PyList_Append", c_int, py_object, py_object)
items = [1]
print(append(items, "two"), append(py_object(items), py_object(3.5)), items)
print(declared("PyList_GetSlice", py_object, py_object, c_ssize_t, c_ssize_t)(items, 1, 3))
print(declared("PyLong_FromLong", py_object, c_long)(-(2**40)))
print(declared("PyUnicode_FromString", py_object, c_char_p)("zwölf".encode()))
print(declared("PyUnicode_AsUTF8", c_char_p, py_object)("zwölf").decode())
print(declared("PyObject_Length", c_ssize_t, py_object)({1: 2}), declared("PyObject_IsTrue", c_int, py_object)([]))
print(declared("PyFloat_AsDouble", c_double, py_object)(2.5), declared("PyFloat_FromDouble", py_object, c_double)(0.1))
print(declared("PyObject_Repr", py_object, py_object)(print))
same = declared("Py_NewRef", py_object, py_object)
values = [None, True, 5, 2**70, "text", b"bytes", (1, [2]), {"a": 1}, {1}, 1.5, 2j, int, len, ext_lists, object(), lambda: 5, slice(1, 2), sys.stdout]
print("same", [same(value) is value for value in values if type(value) not in (int, float, complex)])
print("equal", [same(value) == value for value in values])


class Own:
    def __del__(self):
        ended.append(1)


ended = []
own = Own()
print(same(own) is own, declared("PyObject_SetAttrString", c_int, py_object, c_char_p, py_object)(own, b"a", items), own.a is items)
del own
print("ended", ended)

print("errors")
attempt("index", declared("PyList_GetItem", c_void_p, py_object, c_ssize_t), items, 50)
attempt("type", declared("PyNumber_Add", py_object, py_object, py_object), 1, "x")
attempt("size", declared("PyBytes_Size", c_ssize_t, py_object), 1)
attempt("none left", append, items, 4)
attempt_type("not an int", declared("PyLong_AsLong", c_long, py_object), "x")
fetch = declared("PyDict_GetItemWithError", c_void_p, py_object, py_object)
print("no item", fetch({}, 1), bool(fetch({1: 2}, 1)))
attempt("unhashable", fetch, {}, [])

print("undeclared")
incref, decref = pythonapi.Py_IncRef, pythonapi.Py_DecRef
incref(py_object(items)), decref(py_object(items))
print(pythonapi.PyList_Check if hasattr(pythonapi, "PyList_Check") else "no macro", pythonapi.PyObject_Not(py_object([])), pythonapi.PyCallable_Check(py_object(len)))
print(pythonapi.PyGILState_Check(), CDLL(None).PyGILState_Check() in (0, 1))

print("more than declared")
form = declared("PyUnicode_FromFormat", py_object, c_char_p)
print(form(b"%d %s %R %U", c_int(5), b"bytes", py_object([1]), py_object("text")))
print(form(b"%lld %zd %c", c_longlong(2**40), c_ssize_t(-1), c_int(0x20AC)), form(b"plain"))
attempt("a wrong character", form, b"%c", c_int(-1))
raise_ = declared("PyErr_Format", py_object, py_object, c_char_p)
attempt("raised", raise_, ValueError, b"%s %d", b"words", 42)
build = declared("Py_BuildValue", py_object, c_char_p)
print(build(b"(isOd)", 7, b"text", py_object(items), c_double(1.5)), build(b""), build(b"[i]", c_int(-3)))
libc = CDLL(None)
written = ctypes.create_string_buffer(80)
snprintf = declared("snprintf", c_int, c_char_p, c_size_t, c_char_p, library=libc)
print(snprintf(written, 80, b"%d %.2f %s %ld", 5, c_double(2.5), b"x", c_long(-1)), written.value)
snprintf.argtypes = None
print(snprintf(written, c_size_t(80), b"%d|%s", -7, b"y"), written.value)

print("arrays and pointers")
total = declared("memcmp", c_int, POINTER(c_double), POINTER(c_double), c_size_t, library=libc)
pair, other = (c_double * 2)(1, 2), (c_double * 2)(1, 2)
print(total(pair, other, 16), total(byref(pair[0]) if False else pair, ctypes.cast(other, POINTER(c_double)), 16))


class Wrapped:
    def __init__(self, value):
        self._as_parameter_ = value


print(libc.abs(Wrapped(-3)), libc.abs(Wrapped(c_int(-4))), pythonapi.PyObject_Not(Wrapped(py_object([]))))


def checked(result, function, arguments):
    return "checked", result, arguments


slow = PyDLL(None)["PyNumber_Long"]
slow.restype, slow.argtypes, slow.errcheck = py_object, [py_object], checked
print(slow("12"), slow.argtypes == [py_object], slow.restype is py_object)

print("what ctypes makes of addresses")
numbers = (c_long * 3)(5, 6, 7)
print(ctypes.cast(numbers, POINTER(c_long))[2], ctypes.cast(numbers, c_void_p).value == ctypes.addressof(numbers))
print(ctypes.string_at(written), ctypes.string_at(written, 3), ctypes.wstring_at(ctypes.create_unicode_buffer("wide")))

print("threads")
counts = []


def work():
    mine = []
    for number in range(200):
        append(mine, number)
        form(b"%d %R", c_int(number), py_object(mine[-1:]))
    counts.append(len(mine))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(counts)

print("threads that are ended")


def lives(began):
    began.append(threading.get_ident())
    while True:
        time.sleep(0.001)


raise_in = pythonapi.PyThreadState_SetAsyncExc
began = []
thread = threading.Thread(target=lives, args=(began,))
thread.start()
while not began:
    time.sleep(0.001)
print(raise_in(ctypes.c_ulong(began[0]), py_object(SystemExit)), thread.join(20), thread.is_alive())
print(raise_in(ctypes.c_ulong(began[0]), py_object(SystemExit)), raise_in(ctypes.c_ulong(7), None))


print("functions by their address, which CFUNCTYPE declared")


class Division(ctypes.Structure):
    _fields_ = [("quotient", c_int), ("remainder", c_int)]


def address(function):
    return c_void_p.from_buffer(function).value


libm, libc = CDLL("libm.so.6"), CDLL(None)
pow_ = ctypes.CFUNCTYPE(c_double, c_double, c_double)(address(libm.pow))
print(pow_(2.0, 3), pow_(c_double(2), 0.5))
length = ctypes.CFUNCTYPE(c_size_t, c_char_p)(address(libc.strlen))
print(length(b"four"), length(b""))
fill = ctypes.CFUNCTYPE(c_void_p, POINTER(Division), c_int, c_size_t)(address(libc.memset))
pair = Division(5, 6)
print(fill(pair, 0, 4) == ctypes.addressof(pair), pair.quotient, pair.remainder)
print(fill(byref(pair), 1, 8) == ctypes.addressof(pair), pair.quotient, pair.remainder)
twice = ctypes.CFUNCTYPE(c_int, c_int)(lambda number: number * 2)
print(twice(21), ctypes.CFUNCTYPE(c_int, c_int)(address(twice))(4))
objects = ctypes.PYFUNCTYPE(py_object, py_object, py_object)(address(pythonapi.PySequence_Concat))
print(objects([1], [2]))
attempt_type("an error of the API", objects, 1, 2)
print("cast")
print([c_void_p.from_buffer(function).value == ctypes.cast(function, c_void_p).value for function in (libm.pow, libc.strlen, twice)])
power = ctypes.cast(libm.pow, ctypes.CFUNCTYPE(c_double, c_double, c_double))
print(power(2.0, 10.0), ctypes.cast(ctypes.cast(twice, c_void_p), ctypes.CFUNCTYPE(c_int, c_int))(7))
print(bool(ctypes.cast(None, ctypes.CFUNCTYPE(c_int))), bool(ctypes.cast(0, ctypes.CFUNCTYPE(c_int))), bool(power))
print(ctypes.cast(ctypes.cast(ctypes.pointer(pair), c_void_p), POINTER(Division)).contents.quotient, ctypes.string_at(b"text", 2))
