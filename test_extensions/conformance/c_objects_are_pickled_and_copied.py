"""copy, deepcopy and pickle of a C type by its __reduce__ and __setstate__, of functions and of Python subclasses; generic aliases."""

import copy
import pickle

import ext_kinds
from ext_kinds import Box
from show import attempt


class Derived(Box):
    pass


class WithState(Box):
    def __reduce__(self):
        constructor, arguments, mark = super().__reduce__()
        return constructor, arguments, (mark, self.extra)

    def __setstate__(self, state):
        super().__setstate__(state[0])
        self.extra = state[1]


box = Box([1, "two"])
box.mark = 7
for name, function in (("copy", copy.copy), ("deepcopy", copy.deepcopy)):
    made = function(box)
    print(name, type(made) is Box, made.content, made.mark, made.content is box.content, made is box)
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    made = pickle.loads(pickle.dumps(box, protocol))
    print("pickle", protocol, type(made) is Box, made.content, made.mark)
derived = Derived({"k": box})
derived.mark = 3
made = pickle.loads(pickle.dumps(derived))
print("derived:", type(made).__name__, made.mark, made.content["k"].content)
state = WithState("content")
state.mark, state.extra = 9, ["extra"]
made = pickle.loads(pickle.dumps(state))
print("with state:", made.mark, made.extra, made.content)
made = copy.deepcopy([box, box])
print("shared:", made[0] is made[1])
print("functions:", pickle.loads(pickle.dumps(ext_kinds.kind)) is ext_kinds.kind, pickle.loads(pickle.dumps(Box)) is Box, copy.copy(ext_kinds.kind) is ext_kinds.kind)
attempt("setstate with a text", box.__setstate__, "x")
print("reduce:", box.__reduce__()[1:], box.__reduce_ex__(4)[1:])
alias = Box[int]
print("alias:", repr(alias), alias.__origin__ is Box, alias.__args__, isinstance(alias("x"), Box), Box[int] == Box[int])
