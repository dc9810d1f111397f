"""cffi (`_cffi_backend`) in ABI mode: libc called directly, structs, arrays, pointers, callbacks, errno, buffers, handles, enums, errors."""

import array
import errno
import gc
import sys
import threading
import weakref

import _cffi_backend
import cffi
from report import accelerated, digest, error

ffi = cffi.FFI()
ffi.cdef("""
    typedef unsigned int uint_alias;
    typedef int (*compare_t)(const void *, const void *);
    enum color { RED, GREEN = 5, BLUE, MINUS = -3 };
    typedef enum { ON = 1, OFF } toggle;
    #define LIMIT 77
    static const int CONSTANT = 12;
    struct point { int x, y; };
    struct mixed { char c; short s; int i; long l; float f; double d; void *p; char text[6]; unsigned bits: 3; signed more: 5; struct point at; int *ip; };
    typedef struct { int length; struct point *next; union { int whole; unsigned char parts[4]; }; } named;
    union either { long l; double d; unsigned char bytes[8]; };
    struct open { int n; short items[]; };
    struct opaque;
    struct node { int value; struct node *next; };
    typedef struct { int quot, rem; } div_t;
    size_t strlen(const char *);
    int snprintf(char *, size_t, const char *, ...);
    void qsort(void *, size_t, size_t, compare_t);
    void *bsearch(const void *, const void *, size_t, size_t, int (*)(const void *, const void *));
    int atoi(const char *);
    double strtod(const char *, char **);
    long strtol(const char *, char **, int);
    int abs(int);
    long labs(long);
    div_t div(int, int);
    void *memcpy(void *, const void *, size_t);
    void *memset(void *, int, size_t);
    int memcmp(const void *, const void *, size_t);
    char *strchr(const char *, int);
    void *malloc(size_t);
    void free(void *);
    int open(const char *, int, ...);
    int close(int);
    char *getenv(const char *);
    int setenv(const char *, const char *, int);
    int toupper(int);
    extern char **environ;
    int no_such_function_anywhere(int);
""")
libc = ffi.dlopen(None)

print("-- functions")
print(libc.strlen(b"hello"), libc.atoi(b"-42x"), libc.abs(-5), libc.labs(-(2**40)), libc.toupper(ord("a")), libc.strlen(ffi.new("char[]", b"four")))
result = libc.div(17, 5)
print(result, result.quot, result.rem, ffi.typeof(result))
text = ffi.new("char[]", 64)
print(libc.snprintf(text, 64, b"%d %s %.3f %c %ld %5u|%p", ffi.cast("int", 7), ffi.new("char[]", b"seven"), ffi.cast("double", 2.5), ffi.cast("int", 33), ffi.cast("long", -(2**40)), ffi.cast("unsigned", 9), ffi.NULL), ffi.string(text))
print(libc.snprintf(ffi.NULL, 0, b"%d", ffi.cast("int", 12345)), libc.snprintf(text, 4, b"%s", ffi.new("char[]", b"truncated")), ffi.string(text))
end = ffi.new("char **")
number = ffi.new("char[]", b"2.75rest")
print(libc.strtod(number, end), ffi.string(end[0]), libc.strtol(b"ff", ffi.NULL, 16))
print(ffi.string(libc.strchr(number, ord("r"))), libc.strchr(number, ord("z")) == ffi.NULL, libc.memcmp(b"abc", b"abd", 3) < 0)
libc.setenv(b"PIERGLASS_TEST", b"a value", 1)
print(ffi.string(libc.getenv(b"PIERGLASS_TEST")), libc.getenv(b"PIERGLASS_NONE"), libc.environ[0] != ffi.NULL, ffi.typeof(libc.environ))
print(type(libc.strlen).__name__, ffi.typeof(libc.strlen), ffi.typeof(libc.snprintf).ellipsis, libc.LIMIT, libc.CONSTANT, libc.GREEN, libc.MINUS)
for call in [lambda: libc.strlen(), lambda: libc.strlen(b"a", b"b"), lambda: libc.strlen("text"), lambda: libc.strlen(5), lambda: libc.strlen(None), lambda: libc.abs("x"), lambda: libc.abs(1.5), lambda: libc.abs(2**31), lambda: libc.abs(None),
             lambda: libc.snprintf(text, 64, b"%d", 5), lambda: libc.snprintf(text), lambda: libc.snprintf(text, 64, b"%d", "x"), lambda: libc.snprintf(text, -1, b""), lambda: libc.unknown, lambda: libc.abs(1, x=2)]:
    error(call)
error(ffi.dlopen, "/no/such/library.so")
error(lambda: libc.no_such_function_anywhere, message=False)
print(type(libc).__name__, "strlen" in dir(libc))

print("-- errno")
print(libc.open(b"/no/such/file", 0), ffi.errno == errno.ENOENT, libc.close(-1), ffi.errno == errno.EBADF)
ffi.errno = 95
print(ffi.errno, libc.abs(1), ffi.errno, ffi.gc and libc.open(b"/", 1) < 0, errno.errorcode[ffi.errno])


def errno_of_a_thread():
    ffi.errno = 11
    seen.append(ffi.errno)


seen = []
ffi.errno = 5
thread = threading.Thread(target=errno_of_a_thread)
thread.start()
thread.join()
print(seen, ffi.errno)

print("-- callbacks")


@ffi.callback("compare_t")
def compare(left, right):
    left, right = ffi.cast("int *", left)[0], ffi.cast("int *", right)[0]
    return (left > right) - (left < right)


numbers = ffi.new("int[]", [5, 3, -1, 99, 0, 3, -70])
libc.qsort(numbers, len(numbers), ffi.sizeof("int"), compare)
print(list(numbers), ffi.typeof(compare))
found = libc.bsearch(ffi.new("int *", 99), numbers, len(numbers), 4, compare)
print(ffi.cast("int *", found) - ffi.cast("int *", numbers), libc.bsearch(ffi.new("int *", 98), numbers, len(numbers), 4, compare) == ffi.NULL)
double = ffi.callback("double(int, float, char, const char *, struct point *)", lambda i, f, c, s, p: i + f + ord(c) + len(ffi.string(s)) + p.x)
print(double(1, 0.5, b"a", ffi.new("char[]", b"abc"), ffi.new("struct point *", [10, 20])))
by_value = ffi.callback("struct point(struct point, int)", lambda p, n: {"x": p.x * n, "y": p.y * n})
moved = by_value(ffi.new("struct point *", {"x": 3, "y": 4})[0], 10)
print(moved.x, moved.y)
void = ffi.callback("void(int)", seen.append)
print(void(77), seen)
errors = []
failing = ffi.callback("int(int)", lambda n: {1: 1}[n], error=-99, onerror=lambda kind, value, traceback: errors.append((kind.__name__, str(value), traceback is not None)))
print(failing(1), failing(0), errors)
other = ffi.callback("int(int)", lambda n: "text", onerror=lambda kind, value, traceback: 55)
print(other(1))
wrong = ffi.callback("short(int)", lambda n: n, error=3, onerror=lambda *about: errors.append(str(about[1])))
print(wrong(5), wrong(40000), errors[-1])
error(ffi.callback, "int(int)", 5)
error(ffi.callback, "int", lambda: 1)
error(ffi.callback, "int(int, ...)", lambda: 1)
error(ffi.callback, "int(int)", lambda n: n, error="x")
error(ffi.callback, "int(int)", lambda n: n, onerror=5)
error(double, 1, 2)
results = []
threads = [threading.Thread(target=lambda: [results.append(failing(n % 2)) for n in range(1, 50)]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), sum(results))

print("-- structs and unions")
p = ffi.new("struct point *", {"x": 1, "y": 2})
print(p.x, p[0].y, ffi.new("struct point *", [5])[0].y, ffi.new("struct point *").x, ffi.sizeof("struct point"), ffi.sizeof(p[0]), ffi.sizeof(p))
p.x = 10
p[0].y += 5
copy = ffi.new("struct point *", p[0])
print(copy.x, copy.y, copy == p, p[0] == p[0], p == ffi.addressof(p[0]), ffi.addressof(p[0], "y")[0], ffi.offsetof("struct point", "y"))
m = ffi.new("struct mixed *", {"c": b"c", "s": -2, "i": 3, "l": 2**40, "f": 1.5, "d": 0.1, "text": b"abc", "bits": 7, "more": -16, "at": [8, 9]})
print(m.c, m.s, m.i, m.l, m.f, m.d, m.p, ffi.string(m.text), m.bits, m.more, m.at.x, m.at.y, m.ip)
m.at = p[0]
m.text[0:2] = b"ZY"
m.ip = numbers
print(m.at.x, ffi.string(m.text), m.ip[6], m.ip == numbers, ffi.alignof("struct mixed"), ffi.sizeof("struct mixed"), ffi.offsetof("struct mixed", "at", "y"))
for name, field in ffi.typeof("struct mixed").fields:
    print(name, field.type, field.offset, field.bitshift, field.bitsize, field.flags)
n = ffi.new("named *", {"length": 1, "whole": 0x01020304})
print(list(n.parts), n.whole, ffi.typeof(n), ffi.typeof("named").kind)
u = ffi.new("union either *", {"d": 1.0})
print(hex(u.l), list(u.bytes), ffi.sizeof("union either"))
flexible = ffi.new("struct open *", {"n": 3, "items": [1, 2, 3]})
print(flexible.n, [flexible.items[i] for i in range(3)], ffi.sizeof(flexible[0]), ffi.sizeof("struct open"))
head = ffi.NULL
keep = []
for value in range(4):
    head = ffi.new("struct node *", [value, head])
    keep.append(head)
values = []
while head:
    values.append(head.value)
    head = head.next
print(values, bool(ffi.NULL), ffi.cast("struct node *", 0) == ffi.NULL)
for call in [lambda: p.z, lambda: setattr(p, "z", 1), lambda: setattr(p, "x", "text"), lambda: setattr(p, "x", 2**31), lambda: setattr(m, "bits", 8), lambda: setattr(m, "c", "c"), lambda: setattr(m, "c", b"cc"), lambda: setattr(m, "text", b"too long"),
             lambda: ffi.new("struct point *", [1, 2, 3]), lambda: ffi.new("struct point *", {"q": 1}), lambda: ffi.new("struct opaque *"), lambda: ffi.sizeof("struct opaque"), lambda: ffi.new("struct point"), lambda: ffi.new("union either *", [1, 2]),
             lambda: setattr(m, "ip", 5), lambda: setattr(m, "ip", p), lambda: m.ip["x"], lambda: ffi.NULL[0], lambda: ffi.offsetof("struct point", "z"), lambda: p(), lambda: setattr(m, "f", "x"), lambda: setattr(m, "at", 5)]:
    error(call)

print("-- arrays and pointers")
a = ffi.new("int[5]", [1, 2, 3])
print(list(a), len(a), a[1], list(a[1:4]), a[0:2][1], ffi.sizeof(a), ffi.typeof(a), ffi.typeof(a).length, ffi.typeof(a).item, ffi.typeof("int[]").length)
a[4] = 9
a[0:2] = [7, 8]
pointer = ffi.cast("int *", a)
print(list(a), pointer[4], (pointer + 1)[0], (a + 2)[0], (pointer + 3) - pointer, pointer < pointer + 1, pointer[0:3][2], ffi.unpack(a, 3), ffi.unpack(pointer + 1, 2))
grid = ffi.new("short[2][3]", [[1, 2, 3], [4, 5, 6]])
print(list(grid[1]), grid[1][2], ffi.sizeof(grid), [list(row) for row in grid], ffi.getctype("short[2][3]", "*name"))
print(ffi.string(ffi.new("char[]", b"bytes")), len(ffi.new("char[]", b"bytes")), ffi.string(ffi.new("wchar_t[]", "w\xefde\U0001f600")) == "w\xefde\U0001f600", ffi.unpack(ffi.new("char[]", b"a\0b"), 3), ffi.string(ffi.new("char[]", b"limited"), 3))
print(ffi.new("char16_t[]", "\U0001f600x")[2], ffi.string(ffi.new("char32_t[]", "\u20ac")) == "\u20ac", ffi.new("_Bool *", True)[0], ffi.new("double[2]", [1, 2.5])[1], ffi.new("long double *", 1.5), float(ffi.new("long double *", 1.5)[0]))
print(ffi.new("int8_t[3]", [1, -2, 3])[1], ffi.new("uint64_t *", 2**64 - 1)[0], ffi.new("char *", b"c")[0], ffi.new("int **", a)[0][4])
for call in [lambda: a[5], lambda: a[-1], lambda: a[1:9], lambda: a[3:1], lambda: a[::2], lambda: a["x"], lambda: ffi.new("int[2]", [1, 2, 3]), lambda: ffi.new("int[]"), lambda: ffi.new("int[-1]"), lambda: ffi.new("int"), lambda: ffi.new("char[3]", b"long"),
             lambda: ffi.new("int[]", -5), lambda: ffi.new("int *", "x"), lambda: ffi.new("uint8_t *", 256), lambda: ffi.new("uint8_t *", -1), lambda: ffi.new("char *", 5), lambda: ffi.new("wchar_t *", b"x"), lambda: ffi.string(a), lambda: ffi.string(ffi.NULL),
             lambda: ffi.string(5), lambda: len(pointer), lambda: list(pointer), lambda: pointer - p, lambda: a.x, lambda: setattr(a, "x", 1), lambda: ffi.unpack(ffi.NULL, 1), lambda: a.__setitem__(slice(0, 2), [1]), lambda: ffi.new("void *"), lambda: ffi.cast("void *", a)[0],
             lambda: int(p), lambda: float(a), lambda: hash(a) and {}[1]]:
    error(call)

print("-- casts and conversions")
for kind, value in [("int", 2**32 + 5), ("char", 65), ("unsigned char", -1), ("short", 0x18000), ("int8_t", 200), ("float", 0.1), ("double", 3), ("_Bool", 5), ("_Bool", 0.5), ("wchar_t", 0x20AC), ("enum color", 6), ("toggle", 9), ("int", 3.9), ("long long", b"x"), ("int", "y"), ("uint_alias", -1)]:
    made = ffi.cast(kind, value)
    print(kind, made, bool(made), int(made), ffi.typeof(made), made == ffi.cast(kind, value))
print(float(ffi.cast("float", 0.1)), int(ffi.cast("intptr_t", ffi.NULL)), int(ffi.cast("intptr_t", ffi.cast("void *", 1234))), ffi.cast("void *", 0) == ffi.NULL, ffi.string(ffi.cast("enum color", 5)))
print(hash(ffi.cast("int", 5)) == hash(5), ffi.cast("int", 5) == 5, ffi.cast("int", 5) < 6, {ffi.cast("int", 5): 1}[5], ffi.cast("char", b"z") == b"z")
error(ffi.cast, "int", object())
error(ffi.cast, "struct point", p)
error(ffi.cast, "int", p[0])
error(int, ffi.cast("void *", 0))
error(ffi.cast, "struct open", 5)

error(complex, ffi.cast("double", 2.5))

print("-- types")
for text in ["int", "unsigned long long", "char *", "int[3][4]", "struct point *", "int(*)(char, double)", "void(*)(int, ...)", "enum color", "named", "const char *const", "size_t", "union either", "compare_t", "void *", "int(*(*)(int))(char)", "toggle", "FILE *"]:
    kind = ffi.typeof(text)
    print(kind, kind.kind, kind.cname, ffi.getctype(text, "v"), sorted(name for name in dir(kind) if not name.startswith("_")))
print(ffi.typeof("enum color").elements == {0: "RED", 5: "GREEN", 6: "BLUE", -3: "MINUS"}, ffi.typeof("enum color").relements["BLUE"], ffi.typeof("int(*)(char, double)").args, ffi.typeof("int(*)(char)").result, ffi.typeof("int(*)(char)").abi == _cffi_backend.FFI_DEFAULT_ABI)
print(ffi.typeof("int") is ffi.typeof("signed int"), ffi.typeof("int") == ffi.typeof("long"), isinstance(a, ffi.CData), isinstance(ffi.typeof("int"), ffi.CType), ffi.getctype(ffi.typeof("int*"), "[3]"), type(ffi.typeof("int")).__name__)
for text in ["unknown_t", "int **(", "struct", "int[x]", "", "struct nothere", 5, "int;"]:
    error(ffi.typeof, text)
error(setattr, ffi.typeof("int"), "x", 1)
error(getattr, ffi.typeof("int"), "length")
error(ffi.cdef, "int broken(")
error(ffi.cdef, "struct point { int z; };")
other = cffi.FFI()
other.include(ffi)
other.cdef("struct outer { struct point inner; };", packed=True)
outer = other.new("struct outer *", [[1, 2]])
print(outer.inner.y, other.sizeof("struct outer"), [name for name in ffi.list_types()[0] if name.startswith("uint_") or name in ("named", "div_t")], ffi.list_types()[1:])

print("-- buffers")
b = ffi.buffer(a)
print(len(b), bytes(b[0:4]), b[:].hex(), type(b).__name__, bytes(memoryview(b)[4:8]), isinstance(b, ffi.buffer), b == bytes(b), b[0], b[-1])
b[0:4] = b"\x01\x02\x00\x00"
b[4] = b"\xff"
print(list(a), bytearray(b)[:5], ffi.buffer(pointer, 8)[:], memoryview(b).readonly, memoryview(b).format)
error(ffi.buffer, 5)
error(ffi.buffer, ffi.NULL)
error(ffi.buffer, ffi.cast("int", 5))
error(lambda: b.__setitem__(slice(0, 2), b"x"))
error(lambda: b[100])
held = bytearray(b"writable bytes")
view = ffi.from_buffer(held)
view[0] = b"W"
print(held, len(view), ffi.typeof(view), ffi.string(view), ffi.from_buffer("int[]", array.array("i", [1, 2, 3]))[2], ffi.from_buffer("struct point *", array.array("i", [4, 5])).y)
error(held.append, 1)
ffi.release(view)
held.append(1)
error(ffi.from_buffer, b"constant", require_writable=True)
print(ffi.from_buffer(b"constant")[3], ffi.string(ffi.from_buffer("char[]", memoryview(b"abcdef")[2:5]), 3))
error(ffi.from_buffer, "text")
error(ffi.from_buffer, 5)
error(ffi.from_buffer, "int[4]", b"short")
error(ffi.from_buffer, memoryview(b"abcdef")[::2])
ffi.memmove(a, b"\x09\0\0\0\x08", 5)
target = bytearray(4)
ffi.memmove(target, a, 4)
print(list(a)[:2], target)
error(ffi.memmove, b"constant", a, 4)
error(ffi.memmove, a, "text", 1)
error(ffi.memmove, a, b"x", -1)
with ffi.new("int[3]") as managed:
    managed[0] = 1
with ffi.from_buffer(held) as managed:
    error(held.clear)
held.clear()

print("-- ownership")
freed = []
raw = ffi.gc(libc.malloc(8), lambda pointer: (freed.append("freed"), libc.free(pointer)), 8)
libc.memset(raw, 0x41, 8)
print(ffi.buffer(ffi.cast("char *", raw), 3)[:], freed)
del raw
gc.collect()
print(freed)
kept = ffi.gc(ffi.new("int *", 5), lambda pointer: freed.append(pointer[0]))
print(ffi.gc(kept, None), kept[0])
ffi.release(ffi.gc(ffi.new("int *", 6), lambda pointer: freed.append(pointer[0])))
print(freed)
error(ffi.gc, 5, print)


class Thing:
    pass


thing = Thing()
handle = ffi.new_handle(thing)
print(ffi.from_handle(handle) is thing, ffi.from_handle(ffi.cast("void *", handle)) is thing, ffi.typeof(handle), ffi.cast("void *", handle) == handle)
thing.handle = handle
gone = weakref.ref(thing)
del thing, handle
gc.collect()
print("a cycle through a handle was collected:", gone() is None)
error(ffi.from_handle, ffi.NULL)
error(ffi.from_handle, 5)
owner = ffi.new("struct point *", [1, 2])
inner = ffi.addressof(owner[0], "y")
reference = weakref.ref(owner)
del owner
gc.collect()
print("pointers do not own:", reference() is None)
whole = ffi.new("struct point *", [3, 4])
part = whole[0]
del whole
gc.collect()
print(part.x, part.y)
allocator = ffi.new_allocator(lambda size: libc.malloc(size), libc.free, should_clear_after_alloc=True)
print(list(allocator("int[4]")), allocator("struct point *", [1, 2]).y)
error(ffi.new_allocator, None, libc.free)
error(ffi.new_allocator(lambda size: None), "int *")
error(ffi.new_allocator(lambda size: ffi.NULL), "int *")
weak = weakref.WeakKeyDictionary()
weak[ffi.new("int *")] = 1
gc.collect()
print(len(weak))

print("-- in numbers")
count = 2000
many = ffi.new("struct point[]", [[n, -n] for n in range(count)])
by_y = ffi.callback("compare_t", lambda left, right: ffi.cast("struct point *", left).y - ffi.cast("struct point *", right).y)
libc.qsort(many, count, ffi.sizeof("struct point"), by_y)
print(many[0].x, many[count - 1].x, digest(ffi.buffer(many)[:]), sum(item.y for item in many))
print(repr(ffi.NULL), repr(ffi.cast("int", 5)), repr(ffi.new("int[3]")).split(" owning")[1], repr(ffi.new("struct point *")).split(" owning")[1])
print(cffi.__version__, _cffi_backend.__version__, _cffi_backend.typeof is not None, ffi.CData.__name__, ffi.CData.__module__)
error(type(a))
error(lambda: type("Derived", (ffi.CData,), {}))
accelerated(ffi._backend is _cffi_backend, sys.modules["_cffi_backend"])
