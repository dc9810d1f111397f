"""Libraries that cannot be modules: the kind of exception, and whether it says which file, name or symbol is to blame."""

import importlib
import importlib.machinery
import importlib.util
import os
import sys


def tell(name, load, *words):
    try:
        load()
    except BaseException as error:
        path = getattr(error, "path", None)
        said = [word for word in words if word in str(error)]
        print(name, type(error).__name__, "says", said, "path:", bool(path) and name in path, "name:", getattr(error, "name", None) == name)
        cause = error.__cause__
        if cause is not None:
            print("  because of", type(cause).__name__)
    else:
        print(name, "was imported")
    print("  left in sys.modules:", name in sys.modules)


def by_path(name, path):
    def load():
        loader = importlib.machinery.ExtensionFileLoader(name, path)
        spec = importlib.util.spec_from_file_location(name, path, loader=loader)
        loader.exec_module(importlib.util.module_from_spec(spec))

    return load


for name, *words in (
    ("bad_not_elf", "bad_not_elf"),
    ("bad_no_init", "PyInit_bad_no_init"),
    ("bad_undefined_symbol", "pierglass_symbol_that_nobody_has"),
    ("bad_init_raises", "init refuses"),
    ("bad_init_returns_null", "bad_init_returns_null"),
    ("bad_init_leaves_error", "bad_init_leaves_error"),
    ("bad_wrong_object",),
    ("bad_definition", "bad_definition", "4711"),
):
    tell(name, lambda: importlib.import_module(name), *words)
bad_definition_path = importlib.util.find_spec("bad_definition").origin
for name in ("bad_definition_two", "bad_definition_null"):
    tell(name, by_path(name, bad_definition_path), name)
tell("missing_file", by_path("missing_file", os.path.join(os.path.dirname(bad_definition_path), "missing_file.so")), "missing_file")
print("and a good one still loads:", importlib.import_module("ext_single").calls())
