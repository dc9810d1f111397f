"""PyStructSequence_NewType and its objects: a tuple with names, hidden and unnamed fields."""

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
