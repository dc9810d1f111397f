"""A multi-phase module that nobody has any more is collected: its state is cleared, m_free is called, its classes go."""

import gc
import importlib.util
import weakref

import ext_many


def load():
    spec = importlib.util.spec_from_file_location("ext_many", ext_many.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


module = load()
error = weakref.ref(module.Error)
print("alive:", error() is module.Error, ext_many.freed_modules(), module.next_count())
function = module.next_count
del module
gc.collect()
print("a function keeps its module:", function(), error() is not None, ext_many.freed_modules())
del function
gc.collect()
print("freed:", error() is None, ext_many.freed_modules())
for _ in range(20):
    load().itself = load()
gc.collect()
print("forty more:", ext_many.freed_modules())
module = load()
module.itself = module
module.Error.module = module
del module
gc.collect()
print("a cycle:", ext_many.freed_modules(), ext_many.next_count())
