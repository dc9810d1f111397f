"""Endless recursion C -> Python -> C ends in RecursionError, again and again, and everything still works."""

import ext_callbacks
from ext_callbacks import bounce, forever, forever_unguarded
from show import attempt_type

attempt_type("through C functions only", forever, forever)
attempt_type("through a lambda", forever, lambda function: forever(function))
attempt_type("unguarded, through a lambda", forever_unguarded, lambda function: forever_unguarded(function))


def method_recursion(function):
    try:
        return forever(function)
    except RecursionError:
        raise


attempt_type("caught and raised on the way", forever, method_recursion)
attempt_type("in C alone", ext_callbacks.dive_in_c)
print("it went down far enough:", ext_callbacks.reached())


class Endless:
    def __repr__(self):
        return forever(lambda function: repr(self))

    def __getattr__(self, name):
        return ext_callbacks.texts(self)


attempt_type("repr", repr, Endless())
attempt_type("getattr", getattr, Endless(), "x")
caught = []


def catching(function):
    try:
        return forever(function)
    except RecursionError as error:
        caught.append(type(error).__name__)
        return "bottom"


print("caught at the bottom:", forever(catching), caught[:1])
print("afterwards:", bounce(bounce, 30), [forever_unguarded(lambda function: "shallow") for _ in range(3)])
