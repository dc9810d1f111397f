"""PyStructSequence_NewType and its objects: a tuple with names, hidden and unnamed fields."""

import copy
import pickle

import ext_kinds
from ext_kinds import Point
from show import attempt_type

point, second = ext_kinds.point()
print("point:", tuple(point), point.x, point.y, point.hidden, second, len(point), point[2], isinstance(point, tuple))
print("type:", Point.__name__, Point.__module__, Point.__doc__, Point.n_fields, Point.n_sequence_fields, Point.n_unnamed_fields)
print("equal:", point == (0, 10, 20), hash(point) == hash((0, 10, 20)), point + (1,))
x, y, unnamed = point
print("unpacked:", x, y, unnamed, point[1:], point.index(20))
print("made by Python:", tuple(Point([1, 2, 3])), Point((1, 2, 3, 4)).hidden, Point([1, 2, 3]).hidden)
attempt_type("too short", Point, [1])
attempt_type("read-only", setattr, point, "x", 5)


def shown(copied):
    return tuple(copied), copied.hidden, copied.x, type(copied) is Point


print(point.__reduce__())
attempt_type("copy", lambda: shown(copy.copy(point)))
attempt_type("deep", lambda: shown(copy.deepcopy(point)))
for p in range(6):
    attempt_type(f"pickle {p}", lambda: shown(pickle.loads(pickle.dumps(point, p))))
attempt_type("repr", repr, point)
attempt_type("replace", copy.replace, point, x=1)
attempt_type("replace", point.__replace__, hidden=7)
attempt_type("with dict", Point, (1, 2, 3), {"hidden": 9})
attempt_type("with dict", lambda: Point((1, 2, 3), {"hidden": 9}).hidden)
attempt_type("with bad dict", Point, (1, 2, 3), {"other": 9})
attempt_type("with twice", Point, (1, 2, 3, 4), {"hidden": 9})
attempt_type("with no dict", Point, (1, 2, 3), 5)
attempt_type("kw", lambda: Point(sequence=(1, 2, 3), dict={"hidden": 2}).hidden)
attempt_type("too long", Point, (1, 2, 3, 4, 5))
attempt_type("args", lambda: Point.__match_args__)
attempt_type("of x", lambda: Point.x.__get__(point))
attempt_type("unpickled by a dict", lambda: Point((0, 0, 0), {"x": 5}).x)
