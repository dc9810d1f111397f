"""Errors have their contexts when C fetches them; a list that C keeps has what Python put in between two calls of a destructor's."""

import gc
import weakref

import ext_partial as c


def names(parts):
    return [type(part).__name__ for part in parts]


for kind in range(5):
    print(kind, "nothing handled:", names(c.fetched(kind)))
    try:
        raise KeyError("handled")
    except KeyError as handled:
        error, context = c.fetched(kind)
        print(kind, "in a handler:", names((error, context)), context is handled)
        del error, context
        try:
            raise LookupError("inner")
        except LookupError:
            error, context = c.fetched(kind)
            print(kind, "in an inner one:", names((error, context)), context is not None and context.__context__ is handled)
            del error, context


class Odd(Exception):
    __context__ = property(lambda self: 1 / 0)


class Odder(Exception):
    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __setattr__(self, name, value):
        raise RuntimeError(name)


for cls in Odd, Odder:
    try:
        raise cls
    except cls:
        print(cls.__name__, [names(c.fetched(kind)) for kind in (0, 2)])

print("nothing handled:", c.handled(None))
print("without a traceback:", c.handled(ValueError()))
try:
    raise ValueError
except ValueError as error:
    print("with one:", c.handled(error))

diary = []
c.keep_diary(diary)
writer = c.Writer()
reference = weakref.ref(writer, lambda dead: diary.append("callback"))
del writer
gc.collect()
print(sorted(diary))
c.keep_diary(None)
