"""Specs, and loading by them."""

from _importing import BuiltinImporter, ModuleSpec, load as _load, module_from_spec, spec_from_loader

FrozenImporter = BuiltinImporter
