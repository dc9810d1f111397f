"""PyMethod_New, PyDescr_New*, PyStaticMethod_New, PyClassMethod_New, properties and cells, made by C for Python's classes."""

import ext_kinds
from show import attempt, attempt_type


class Target:
    def __repr__(self):
        return "<target>"

    def method(self, *arguments):
        return ("method", self, arguments)


def function(*arguments):
    return ("function", arguments)


ext_kinds.install(Target, function)
target = Target()
attempt("method descriptor", target.method_descriptor, 1)
attempt("class descriptor", target.class_descriptor, 2)
attempt("class descriptor of the class", Target.class_descriptor, 3)
attempt("getset", lambda: target.getset)
attempt("getset, setting", setattr, target, "getset", 5)
attempt("static", target.static, 1)
attempt("of class", target.of_class, 1)
attempt("of class, of the class", Target.of_class, 2)
attempt("bare builtin is not bound", target.bare, 1)
attempt("instance method binds a builtin", target.instance_method, 1)
attempt("property", lambda: target.property)
attempt_type("property, setting", setattr, target, "property", 1)
attempt("alias", lambda: repr(ext_kinds.aliased(list, int)) + repr(ext_kinds.aliased(dict, (str, int))))
for name in ("method_descriptor", "class_descriptor", "getset", "static", "of_class", "instance_method", "property"):
    print(name, type(Target.__dict__[name]).__name__)
method, inlined, by_function = ext_kinds.bound(function, target)
attempt("bound", method, 7)
print("parts:", inlined, by_function, method.__self__ is target, method.__func__ is function)
method, *_ = ext_kinds.bound(len, [1, 2, 3])
print("bound len:", method())
attempt("unpacked", ext_kinds.unpacked, target.method)
attempt("unpacked class method", ext_kinds.unpacked, Target.of_class)
attempt("unpacked builtin", ext_kinds.unpacked, len)


def shaped(a, b=1, *rest, c, d=2):
    return a


print("function:", ext_kinds.function_parts(shaped), ext_kinds.function_parts(lambda: 0), ext_kinds.function_parts(len))
content, cell = ext_kinds.cells("content")
print("cell:", content, cell.cell_contents, type(cell).__name__)
print("looked up:", ext_kinds.looked_up(Target, "method") is Target.__dict__["method"], ext_kinds.looked_up(bool, "bit_length") is int.__dict__["bit_length"], ext_kinds.looked_up(Target, "x"))
