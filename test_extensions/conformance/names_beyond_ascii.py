"""A module, a function and attributes whose names are not ASCII."""

import importlib

module = importlib.import_module("ext_naïve")
print(module.__name__, module.grüße(), module.zähler, module.grüße.__name__, module.grüße.__doc__)
print([name for name in dir(module) if not name.startswith("__")])
print(getattr(module, "grüße")() == module.grüße())
