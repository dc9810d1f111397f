"""Classes that C has seen are collected with what they refer to: Python ones over C types, C heap types over Python ones."""

import gc
import weakref

import ext_heap
from ext_heap import Counted


def finish(label, *objects):
    references = [weakref.ref(item) for item in objects]
    del objects
    return label, references


def show(label, references):
    gc.collect()
    print(label, [reference() is None for reference in references])


def over_a_c_type():
    class Over(Counted):
        def method(self):
            return self.number

        @classmethod
        def of_class(cls):
            return cls

        @property
        def prop(self):
            return 1

    one = Over()
    Over.instance = one
    one.bound = one.method
    return finish("over a C type:", Over, one)


def two_levels_and_slots():
    class Upper(Counted):
        pass

    class Lower(Upper):
        __slots__ = ("field",)

    one = Lower()
    one.field = one
    return finish("two levels:", Upper, Lower, one)


def c_over_python():
    class Upper(Counted):
        pass

    made = ext_heap.make((Upper,))
    one = made()
    made.instance, one.made = one, made
    return finish("C over Python:", Upper, made, one)


def an_exception_class():
    error = type("Gone", (Exception,), {})
    item = Counted()
    try:
        raise error(item)
    except error:
        pass
    return finish("an exception class:", error, item)


def metaclasses():
    class Meta(type):
        def __call__(cls, *args):
            return super().__call__(*args)

    class Made(Counted, metaclass=Meta):
        pass

    return finish("a metaclass:", Meta, Made, Made())


for make in (over_a_c_type, two_levels_and_slots, c_over_python, an_exception_class, metaclasses):
    show(*make())

made = ext_heap.make((Counted,))
one = made()
name = type(one).__name__
class_reference = weakref.ref(made)
del made
gc.collect()
print("an instance keeps it:", class_reference() is type(one), name)
del one
gc.collect()
print("until it goes:", class_reference() is None)
