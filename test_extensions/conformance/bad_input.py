"""Files and libraries that cannot be modules: the kind of exception, and whether it says which file, name or symbol is to blame."""

import importlib
import importlib.machinery
import importlib.util
import os
import sys
import tempfile

import _imp


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

# Definitions that contradict themselves.
for kind in ("number", "number_exec", "complains", "interpreters", "gil", "state", "negative", "none"):
    try:
        spec_name = f"bad_definition_{kind}"
        loader = importlib.machinery.ExtensionFileLoader(spec_name, bad_definition_path)
        made = importlib.util.module_from_spec(importlib.util.spec_from_file_location(spec_name, bad_definition_path, loader=loader))
        print(kind, "made", made)
    except SystemError as error:
        print(kind, error, "because of", repr(error.__cause__))

# Files that are damaged, or no files at all. The system's own words differ from one to the next.
with open(bad_definition_path, "rb") as file:
    whole = file.read()


def changed(offset, *data):
    return whole[:offset] + bytes(data) + whole[offset + len(data):]


with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, "damaged_folder.so"))
    for kind, contents in (
        ("empty", b""),
        ("text", b"no library" * 1000),
        ("header_only", whole[:64]),
        ("half_a_header", whole[:40]),
        ("class", changed(4, 1)),
        ("byte_order", changed(5, 2)),
        ("machine", changed(18, 0xFE, 0xCA)),
        ("object_file", changed(16, 1)),
    ):
        with open(os.path.join(folder, f"damaged_{kind}.so"), "wb") as file:
            file.write(contents)
    os.symlink("nowhere", os.path.join(folder, "damaged_link.so"))
    for kind in ("folder", "empty", "text", "header_only", "half_a_header", "class", "byte_order", "machine", "object_file", "link"):
        name = f"damaged_{kind}"
        path = os.path.join(folder, f"{name}.so")
        tell(name, by_path(name, path), f"{name}.so")
    # The suffix of another Python is none of ours.
    with open(os.path.join(folder, "other_version.cpython-312-x86_64-linux-gnu.so"), "wb") as file:
        file.write(whole)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    tell("other_version", lambda: importlib.import_module("other_version"), "No module named")
    sys.path.remove(folder)


class Spec:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


for spec in Spec(name=1, origin="x"), Spec(name="x", origin=None), Spec(name="\udcff", origin="x"), Spec(name="x", origin="\udcff"), Spec(), Spec(name="x"):
    try:
        _imp.create_dynamic(spec)
    except (TypeError, AttributeError, UnicodeError) as error:
        print(type(error).__name__, error)
print("and a good one still loads:", importlib.import_module("ext_single").calls())
