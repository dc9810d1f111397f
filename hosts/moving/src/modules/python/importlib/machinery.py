"""The loaders and finders."""

from _importing import (
    EXTENSION_SUFFIXES, SOURCE_SUFFIXES, BuiltinImporter, ExtensionFileLoader, FileFinder, ModuleSpec, PathFinder,
    SourceFileLoader,
)

BYTECODE_SUFFIXES = [".pyc"]
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES
FrozenImporter = BuiltinImporter


def all_suffixes():
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES
