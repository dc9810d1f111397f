"""What loaders and finders are."""

import abc

from _importing import BuiltinImporter, ExtensionFileLoader, PathFinder, SourceFileLoader


class Loader(metaclass=abc.ABCMeta):
    def create_module(self, spec):
        return None


class MetaPathFinder(metaclass=abc.ABCMeta):
    def invalidate_caches(self):
        pass


class PathEntryFinder(metaclass=abc.ABCMeta):
    def invalidate_caches(self):
        pass


for _class in (BuiltinImporter, ExtensionFileLoader, SourceFileLoader):
    Loader.register(_class)
MetaPathFinder.register(PathFinder)
MetaPathFinder.register(BuiltinImporter)
