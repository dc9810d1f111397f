"""Specs, and modules made of them."""

import sys

from _importing import find_spec as _find_spec, module_from_spec, spec_from_file_location, spec_from_loader

MAGIC_NUMBER = b"\0\0\r\n"


def resolve_name(name, package):
    if not name.startswith("."):
        return name
    if not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    level = len(name) - len(name.lstrip("."))
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    rest = name[level:]
    return f"{parts[0]}.{rest}" if rest else parts[0]


def find_spec(name, package=None):
    fullname = resolve_name(name, package)
    if fullname in sys.modules:
        module = sys.modules[fullname]
        if module is None:
            return None
        try:
            spec = module.__spec__
        except AttributeError:
            raise ValueError(f"{name}.__spec__ is not set") from None
        if spec is None:
            raise ValueError(f"{name}.__spec__ is None")
        return spec
    parent = fullname.rpartition(".")[0]
    if not parent:
        return _find_spec(fullname)
    path = getattr(__import__(parent, fromlist=["__path__"]), "__path__", None)
    if path is None:
        raise ModuleNotFoundError(f"__path__ attribute not found on {parent!r} while trying to find {fullname!r}", name=fullname)
    return _find_spec(fullname, path)


def source_hash(source_bytes):
    raise NotImplementedError("this host keeps no compiled modules")


def cache_from_source(path, debug_override=None, *, optimization=None):
    raise NotImplementedError("sys.implementation.cache_tag is None")
