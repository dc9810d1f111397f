"""PyCapsule_*: names, pointers, contexts, destructors, and an API imported through one."""

import gc
import sys
import types

import ext_capsules
from ext_capsules import make, read, valid
from show import attempt

capsule = make(None)
print("type:", type(capsule).__name__, repr(capsule).startswith('<capsule object "ext_capsules.value" at '))
print("read:", read(capsule, "ext_capsules.value"))
attempt("a wrong name", read, capsule, "other")
attempt("no name", read, capsule, None)
attempt("no capsule", read, 5, "x")
print("valid:", valid(capsule, "ext_capsules.value"), valid(capsule, "x"), valid(5, "x"))
context = []
second = make(context)
del capsule
gc.collect()
print("destroyed:", ext_capsules.destroyed_so_far(), context)
kept = {"capsule": [second]}
del second
print("kept by a dict:", read(kept["capsule"][0], "ext_capsules.value"), ext_capsules.destroyed_so_far())
kept.clear()
gc.collect()
print("destroyed:", ext_capsules.destroyed_so_far(), context)
renamed = make(None)
print("renamed:", ext_capsules.renamed(renamed), repr(renamed).startswith("<capsule object NULL at "))
del renamed
gc.collect()
print("no destructor, not called:", ext_capsules.destroyed_so_far())
attempt("NULL", ext_capsules.without_pointer)
attempt("import", ext_capsules.imported, "ext_capsules._C_API")
attempt("import, another attribute", ext_capsules.imported, "ext_capsules.make")
attempt("import, no module", ext_capsules.imported, "no_such_module_anywhere._C_API")
package = types.ModuleType("made_package")
package.inner = types.ModuleType("made_package.inner")
package.inner._C_API = ext_capsules._C_API
sys.modules["made_package"] = package
attempt("import under a wrong path", ext_capsules.imported, "made_package.inner._C_API")
