"""ob_item, ob_size and allocated: fresh lists filled by C, Python's lists read and written in place, and seen by both."""

import ext_lists
from show import attempt


class Derived(list):
    pass


print("squares:", ext_lists.squares(0), ext_lists.squares(5), len(ext_lists.squares(10_000)))
attempt("squares(-1)", ext_lists.squares, -1)
for value in ([], [1, 2, 3], list(range(1000)), Derived([4, 5])):
    print("total of", len(value), ext_lists.total(value))
attempt("total of a text", ext_lists.total, [1, "x"])
attempt("total of a tuple", ext_lists.total, (1,))
values = [1, 2.5, "x", (3,)]
ext_lists.double_in_place(values)
print("doubled:", values)
values.append(1)
values.pop(0)
ext_lists.double_in_place(values)
print("doubled after Python changed it:", values)
values = []
sizes = [ext_lists.append_inline(values, number) for number in range(20)]
print("appended inline:", sizes == list(range(1, 21)), values)
values = [0] * 3
for number in range(6):
    ext_lists.append_inline(values, number)
    values.append(-number)
    if number % 2:
        del values[0]
print("appended by both:", values)
made = ext_lists.squares(3)
for number in range(4):
    made.append("py")
    ext_lists.append_inline(made, number)
print("appended to C's list:", made, ext_lists.call("size", made))
nested = ext_lists.nested()
print("nested:", nested, nested[0] is nested[1], nested[2][0] is nested[0])
itself = ext_lists.contains_itself()
print("contains itself:", itself, itself[0] is itself)
itself.clear()
print("holes:", ext_lists.with_hole_is_freed())
kept = object()
values = [kept, kept]
print("identity:", ext_lists.call("get", values, 0) is kept, ext_lists.call("slice", values, 0, 2)[1] is kept)
print("small ints are C's own:", [ext_lists.static_ints(kind(range(300))) for kind in (list, tuple)])
