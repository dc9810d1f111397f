"""An extension built with Py_LIMITED_API for 3.12: PyVectorcall_NARGS and Py_CompileString are functions there."""

import ext_stable_late
from ext_stable_late import Sum, compiled, counted, eval_input, file_input
from show import attempt, attempt_type

print("suffix:", ext_stable_late.__file__.endswith(".abi3.so"))
print("counted:", [counted(number) for number in (0, 1, 7, 2**40)])
add = Sum()
print("called:", add(), add(1), add(1, 2, 3), add(1, two=2, three=3), add(*range(20), **{"last": 0.5}))
print("through map:", list(map(add, [1, 2], [3, 4])))
attempt("no numbers", add, 1, "2")
code = compiled("first + second", "of C.py", eval_input)
print("evaluated:", eval(code, {"first": 1, "second": 2}), code.co_filename, code.co_name)
space = {}
exec(compiled("def double(x):\n    return 2 * x\nfour = double(2)\n", "of C.py", file_input), space)
print("executed:", space["four"], space["double"].__code__.co_filename, space["double"].__code__.co_firstlineno)
attempt_type("a statement is no expression", compiled, "x = 1", "of C.py", eval_input)
try:
    compiled("\n\nx = (", "of C.py", file_input)
except SyntaxError as error:
    print("wrong:", error.filename, error.lineno)
