"""Several modules in one library: state of its own for each import, create and exec slots, and the ways an exec slot fails."""

import importlib.machinery
import importlib.util
import sys

import ext_many
from show import attempt


def load(name):
    loader = importlib.machinery.ExtensionFileLoader(name, ext_many.__file__)
    spec = importlib.util.spec_from_file_location(name, ext_many.__file__, loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


print("state:", ext_many.after_exec, ext_many.next_count(), ext_many.next_count())
attempt("its own error", ext_many.fail, "text")
print("error class:", ext_many.Error.__module__, ext_many.Error.__name__)
other = load("ext_many")
print("a second one:", other is ext_many, other.next_count(), ext_many.next_count(), other.Error is ext_many.Error)
print("doc:", ext_many.__doc__, ext_many.__name__)
created = load("ext_many_created")
print("created:", created.__doc__, created.created_for, type(created).__name__)
namespace = load("ext_many_namespace")
print("namespace:", type(namespace).__name__, namespace.three)
attempt("raises", load, "ext_many_raises")
attempt("silent", load, "ext_many_silent")
attempt("leaves an error", load, "ext_many_leaves")
try:
    load("ext_many_leaves")
except SystemError as error:
    print("its cause:", repr(error.__cause__))
imports = load("ext_many_imports")
print("imports:", imports.text, imports.same)
try:
    load("ext_many_missing")
except ImportError as error:
    print("missing:", type(error).__name__, "PyInit_ext_many_missing" in str(error), error.name, error.path == ext_many.__file__)
print("still well:", ext_many.next_count())
