"""Type watchers, version tags, what is kept with code, files of marshalled objects, replaced functions, Clinic's arguments."""

import os
import sys
import tempfile

import ext_tools as t


def attempt(what, function, *args, **keywords):
    try:
        result = function(*args, **keywords)
    except Exception as error:
        # CPython's own messages name a line of its sources.
        print(what, type(error).__name__, str(error).rpartition(": ")[2] if "internal function" in str(error) else error)
    else:
        print(what, result)


def names():
    return [cls.__name__ for cls in t.take_seen()]


class A:
    pass


class B(A):
    pass


t.take_seen()
watcher = t.add_type_watcher(False)
t.watch_type(watcher, B, True)
A.x = 1
print("a base changed", names())
A.y = 2
print("and again, unread", names())
print(B.y)
B.z = 3
print("itself", names())
print(B.z)
del B.z
print("deleted", names())
print(B.x)
B.__len__ = lambda self: 4
print("special", names(), len(B()))
t.watch_type(watcher, A, True)
print(A.x, B.x)
A.x = 5
print("both, the derived one first", names())
t.watch_type(watcher, B, False)
print(A.x, B.x)
A.x = 6
print("one", names())
print(A.x)
B.__bases__ = (A,)
print(A.x)
t.clear_type_watcher(watcher)
A.x = 7
print("none", names())
attempt("no type", t.watch_type, watcher, A, True)
attempt("cleared twice", t.clear_type_watcher, watcher)
attempt("out of range", t.clear_type_watcher, -1)
attempt("out of range", t.clear_type_watcher, 8)
watcher = t.add_type_watcher(False)
attempt("not a type", t.watch_type, watcher, 1, True)
t.clear_type_watcher(watcher)

hook, sys.unraisablehook = sys.unraisablehook, lambda u: print("unraisable", u.err_msg.partition(" for ")[0], u.exc_value, u.object)
watcher = t.add_type_watcher(True)
t.watch_type(watcher, A, True)
A.x = 8
t.clear_type_watcher(watcher)
sys.unraisablehook = hook

taken = []
while len(taken) < 20:
    try:
        taken.append(t.add_type_watcher(False))
    except RuntimeError as error:
        print(len(taken), error)
        break
for watcher in taken:
    t.clear_type_watcher(watcher)

watcher = t.add_dict_watcher()
attempt("not a dict", t.unwatch_dict, watcher, 1)
t.clear_dict_watcher(watcher)
attempt("cleared", t.unwatch_dict, watcher, {})
attempt("out of range", t.clear_dict_watcher, 8)
for of_code in (False, True):
    for number in (-1, 1, 8):
        attempt("cleared", t.clear_other_watcher, number, of_code)


class Tagged:
    pass


print(t.version_tag(Tagged), t.version_tag(int))
Tagged.x = 1
print(t.tag_is_set(Tagged))
print(t.version_tag(Tagged))


def function(a, b=2):
    return a, b


index, other = t.extra_index(), t.extra_index()
print("indices", other - index)
attempt("nothing yet", t.get_extra, function.__code__, index)
attempt("set", t.set_extra, function.__code__, index, 100)
attempt("set", t.set_extra, function.__code__, other, 200)
attempt("get", t.get_extra, function.__code__, index)
attempt("get", t.get_extra, function.__code__, other)
attempt("set again", t.set_extra, function.__code__, index, 101)
attempt("freed", t.last_freed)
attempt("get", t.get_extra, function.__code__, index)
attempt("no code", t.get_extra, function, index)
attempt("no index", t.set_extra, function.__code__, 1000, 1)
attempt("negative", t.set_extra, function.__code__, -1, 1)

with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "objects")
    objects = [1, "text", [1.5, (None, True)], {"key": {1, 2}}, b"bytes" * 1000, 1 << 100]
    t.write_objects(name, objects)
    print("as many as there are", t.read_objects(name, len(objects)) == objects)
    print("some", t.read_objects(name, 3))
    attempt("too many", t.read_objects, name, len(objects) + 1)
    t.write_objects(name, [object()])
    try:
        t.read_objects(name, 1)
    except ValueError as error:
        print("what cannot be written", type(error).__name__)
    with open(name, "wb") as file:
        file.write(b"i\x01\x02")
    attempt("cut off", t.read_objects, name, 1)

for _ in range(100):
    function(1)
t.replace_function(function)


def call():
    return function(1), function(1, b=3), function(*[1, 2, 3])


for _ in range(100):
    result = call()
print(result)


class Owner:
    method = function


owner = Owner()
print(owner.method(5)[1][1:], list(map(function, [1]))[0])
print(function.__name__, function.__defaults__, function.__code__.co_varnames)


def untouched(a):
    return a


print(untouched(1))

attempt("unpack", t.unpack, 1, 2, d=4)
attempt("unpack", t.unpack, 1, 2, 3, d=4, e=5)
attempt("unpack", t.unpack, 1, b=2, e=5, d=4)
attempt("unpack", t.unpack)
attempt("unpack", t.unpack, 1)
attempt("unpack", t.unpack, 1, 2)
attempt("unpack", t.unpack, 1, 2, 3, 4, d=4)
attempt("unpack", t.unpack, 1, 2, 3, 4, 5, d=4)
attempt("unpack", t.unpack, 1, 2, b=2, d=4)
attempt("unpack", t.unpack, 1, 2, dd=4)
attempt("unpack", t.unpack, 1, 2, d=4, zebra=4)
attempt("unpack", t.unpack, a=1, b=2, d=4)

try:
    raise ExceptionGroup("group", [ValueError(1), TypeError(2), ExceptionGroup("inner", [KeyError(3)])])
except ExceptionGroup as error:
    group = error
rest = group.subgroup(lambda error: not isinstance(error, ValueError))
print(repr(t.reraise_star(group, [])))
print(repr(t.reraise_star(group, [None, rest])))
print(repr(t.reraise_star(group, [group])))
print(repr(t.reraise_star(group, [OSError("new"), rest])))
print(repr(t.reraise_star(group, [OSError("new")])))
attempt("no exception", t.reraise_star, 42, [])
attempt("no list", t.reraise_star, group, 42)
attempt("an item is none", t.reraise_star, group, [42])
attempt("not raised", t.reraise_star, ExceptionGroup("g", [OSError()]), [])
