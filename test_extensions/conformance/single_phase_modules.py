"""PyModule_Create: constants, state, functions added later, found by its definition; imported once."""

import importlib
import sys

import ext_single

print("constants:", ext_single.int_constant, ext_single.string_constant, ext_single.ANSWER, ext_single.GREETING)
print("objects:", ext_single.a_list, ext_single.new_tuple, ext_single.stolen, ext_single.dict is dict, ext_single.through_dict)
print("state:", ext_single.calls(), ext_single.calls(), ext_single.added())
print("kept:", ext_single.keep([1]), ext_single.keep("x"), ext_single.keep(None))
print("found:", ext_single.found())
name, name_object, file, same_definition, exact = ext_single.about()
print("about:", name, name_object, file.split(".")[0], same_definition, exact)
print("python's view:", ext_single.__name__, ext_single.__doc__, repr(ext_single.__package__), ext_single.__spec__.name, type(ext_single).__name__)
print("file:", ext_single.__file__.endswith(".so"), ext_single.__spec__.origin == ext_single.__file__, type(ext_single.__loader__).__name__)
ext_single.attribute = "set by Python"
print("attribute:", ext_single.attribute, "attribute" in dir(ext_single))
again = importlib.import_module("ext_single")
print("again:", again is ext_single, sys.modules["ext_single"] is ext_single)
ext_single.keep(ext_single)
print("holds itself:", ext_single.keep(None) is ext_single)
