"""Specs and loaders: what `importlib` shows, and how extension modules are loaded. Finding modules is the interpreter's."""

import sys
import _imp

SOURCE_SUFFIXES = [".py"]
EXTENSION_SUFFIXES = _imp.extension_suffixes()
Module = type(sys)


class ModuleSpec:
    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self._set_fileattr = False
        self._cached = None

    def __repr__(self):
        parts = [f"name={self.name!r}", f"loader={self.loader!r}"]
        if self.origin is not None:
            parts.append(f"origin={self.origin!r}")
        if self.submodule_search_locations is not None:
            parts.append(f"submodule_search_locations={self.submodule_search_locations}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def __eq__(self, other):
        fields = ("name", "loader", "origin", "submodule_search_locations", "cached", "has_location")
        try:
            return all(getattr(self, field) == getattr(other, field) for field in fields)
        except AttributeError:
            return NotImplemented

    __hash__ = None

    @property
    def cached(self):
        return self._cached

    @cached.setter
    def cached(self, value):
        self._cached = value

    @property
    def parent(self):
        if self.submodule_search_locations is None:
            return self.name.rpartition(".")[0]
        return self.name

    @property
    def has_location(self):
        return self._set_fileattr

    @has_location.setter
    def has_location(self, value):
        self._set_fileattr = bool(value)


class _FileLoader:
    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def __repr__(self):
        return f"<{self.__class__.__module__}.{self.__class__.__qualname__} object at {id(self):#x}>"

    def get_filename(self, fullname=None):
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def load_module(self, fullname=None):
        return load(spec_from_loader(fullname or self.name, self))


class SourceFileLoader(_FileLoader):
    def is_package(self, fullname=None):
        return self.path.endswith("/__init__.py")

    def create_module(self, spec):
        return None

    def get_source(self, fullname=None):
        return _imp.read_source(self.path)

    def get_code(self, fullname=None):
        return compile(self.get_source(), self.path, "exec")

    def exec_module(self, module):
        exec(self.get_code(), module.__dict__)


class ExtensionFileLoader(_FileLoader):
    def is_package(self, fullname=None):
        return self.path.rpartition("/")[2].partition(".")[0] == "__init__"

    def create_module(self, spec):
        return _imp.create_dynamic(spec)

    def exec_module(self, module):
        _imp.exec_dynamic(module)

    def get_code(self, fullname=None):
        return None

    def get_source(self, fullname=None):
        return None


class BuiltinImporter:
    """The modules that come with the program."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname not in sys.builtin_module_names:
            return None
        return ModuleSpec(fullname, cls, origin="built-in", is_package=None)

    @staticmethod
    def create_module(spec):
        return _imp.import_now(spec.name)

    @staticmethod
    def exec_module(module):
        pass

    @classmethod
    def is_package(cls, fullname):
        return False

    get_code = get_source = classmethod(lambda cls, fullname: None)


class PathFinder:
    @staticmethod
    def invalidate_caches():
        pass

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        last = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            if not isinstance(folder, str):
                continue
            base = f"{folder or '.'}/{last}"
            if _imp.is_file(base + "/__init__.py"):
                return spec_from_file_location(fullname, base + "/__init__.py", submodule_search_locations=[base])
            for suffix in EXTENSION_SUFFIXES + SOURCE_SUFFIXES:
                if _imp.is_file(base + suffix):
                    return spec_from_file_location(fullname, base + suffix)
        return None


class FileFinder:
    """Finds the modules of one folder."""

    def __init__(self, path, *loader_details):
        self.path = path or "."

    def find_spec(self, fullname, target=None):
        return PathFinder.find_spec(fullname, [self.path])

    def invalidate_caches(self):
        pass

    def __repr__(self):
        return f"FileFinder({self.path!r})"


_MISSING = object()


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    if origin is None:
        origin = getattr(loader, "path", None)
    if hasattr(loader, "get_filename") and origin is not None:
        if is_package is None:
            return spec_from_file_location(name, loader=loader)
        return spec_from_file_location(name, loader=loader, submodule_search_locations=[] if is_package else None)
    if is_package is None:
        ask = getattr(loader, "is_package", None)
        is_package = ask(name) if ask is not None else False
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def spec_from_file_location(name, location=None, *, loader=None, submodule_search_locations=_MISSING):
    if location is None:
        location = getattr(loader, "path", "<unknown>")
    else:
        location = location if isinstance(location, (str, bytes)) else location.__fspath__()
        if not location.startswith("/"):
            location = f"{_imp.current_folder()}/{location.removeprefix('./')}"
    spec = ModuleSpec(name, loader, origin=location)
    spec._set_fileattr = True
    if loader is None:
        for suffixes, made in ((EXTENSION_SUFFIXES, ExtensionFileLoader), (SOURCE_SUFFIXES, SourceFileLoader)):
            if location.endswith(tuple(suffixes)):
                spec.loader = loader = made(name, location)
                break
        else:
            return None
    if submodule_search_locations is not _MISSING:
        spec.submodule_search_locations = submodule_search_locations
    else:
        ask = getattr(loader, "is_package", None)
        if ask is not None and ask(name):
            spec.submodule_search_locations = []
    if spec.submodule_search_locations == [] and location:
        spec.submodule_search_locations.append(location.rpartition("/")[0])
    return spec


def init_attributes(spec, module, override=False):
    """What a module says of where it is from."""
    fields = [("__name__", spec.name), ("__loader__", spec.loader), ("__package__", spec.parent)]
    if spec.submodule_search_locations is not None:
        fields.append(("__path__", spec.submodule_search_locations))
    if spec.has_location:
        fields.append(("__file__", spec.origin))
    for field, value in fields:
        if override or getattr(module, field, None) is None:
            try:
                setattr(module, field, value)
            except AttributeError:
                pass
    try:
        module.__spec__ = spec
    except AttributeError:
        pass
    return module


def module_from_spec(spec):
    module = None
    if hasattr(spec.loader, "create_module"):
        module = spec.loader.create_module(spec)
    elif hasattr(spec.loader, "exec_module"):
        raise ImportError("loaders that define exec_module() must also define create_module()")
    if module is None:
        module = Module(spec.name)
    return init_attributes(spec, module)


def load(spec):
    """Makes the module, enters it and runs it."""
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return sys.modules.get(spec.name, module)


def load_extension(name, path):
    return load(spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path)))


def source_spec(name, path, folder):
    """The spec of a module that the interpreter loads from a file."""
    locations = {} if folder is None else {"submodule_search_locations": [folder]}
    return spec_from_file_location(name, path, loader=SourceFileLoader(name, path), **locations)


def find_spec(name, path=None):
    """By the finders of `sys.meta_path`, then as the interpreter finds modules."""
    for finder in sys.meta_path:
        found = finder.find_spec(name, path, None)
        if found is not None:
            return found
    if path is None:
        found = BuiltinImporter.find_spec(name)
        if found is not None:
            return found
    return PathFinder.find_spec(name, path)


for _class in (ModuleSpec, BuiltinImporter):
    _class.__module__ = "_frozen_importlib"
for _class in (SourceFileLoader, ExtensionFileLoader, FileFinder, PathFinder):
    _class.__module__ = "_frozen_importlib_external"
