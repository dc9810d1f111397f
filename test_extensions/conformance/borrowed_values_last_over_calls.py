"""What PyDict_GetItem lent in one call is the same object in another, whatever was made and collected in between."""

import gc

import ext_borrowed


class Thing:
    pass


def noise():
    for number in range(10):
        ext_borrowed.from_dict({number: ["noise", number]}, number)
        ext_borrowed.held_at_once([str(number), number * 1000, (number,), Thing()])
    gc.collect()


for value in (Thing(), "".join(["fre", "sh"]), 10**30, (1, [2]), [3], {"in": "side"}, 2.5, b"bytes", Thing):
    owner = {"key": value, "other": Thing()}
    ext_borrowed.keep_value(owner, "key")
    noise()
    item, cls, same = ext_borrowed.value_kept()
    print(cls.__name__, item is value, cls is type(value), same)
