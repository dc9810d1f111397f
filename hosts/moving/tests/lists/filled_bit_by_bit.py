"""A list that C has made with empty slots, and that Python has while they are filled."""

import ext_items

for count in (0, 1, 3, 100):
    made = ext_items.unfilled(count)
    print(count, len(made), bool(made), ext_items.shape(made))
    for place in range(count):
        ext_items.put(made, place, place * place)
        print(end=f"{made[place]} {len(made)}," if place % 10 == 0 else "")
    made.append("end")
    print(made[:5], made[-2:], len(made))
made = ext_items.unfilled(3)
ext_items.put(made, 1, "one")
print(made[1], len(made), ext_items.shape(made))
made[:] = "abc"
print(made, ext_items.grow(made, "d"), made)
made = ext_items.unfilled(4)
made.append(made)
made.reverse()
print(made[0] is made, len(made), ext_items.shape(made))
del made[1:]
print(made)
made = ext_items.unfilled(2)
made.clear()
print(made)
made = ext_items.unfilled(5)
ext_items.keep(made)
made += [1]
del made[:2]
made += made[3:]
print(len(made), made[3], made[4], ext_items.shape(made))
for place in range(len(made)):
    ext_items.put_kept(place, place)
print(made)
ext_items.keep(None)
