"""What of `sys` is made in Python."""

from _structseq import structseq
from _types import SimpleNamespace

_FLAGS = {
    "debug": 0, "inspect": 0, "interactive": 0, "optimize": 0, "dont_write_bytecode": 1, "no_user_site": 0, "no_site": 1,
    "ignore_environment": 0, "verbose": 0, "bytes_warning": 0, "quiet": 0, "hash_randomization": 0, "isolated": 0,
    "dev_mode": False, "utf8_mode": 1, "warn_default_encoding": 0, "safe_path": False, "int_max_str_digits": 4300,
}
_HIDDEN_FLAGS = {"gil": 1, "thread_inherit_context": 0, "context_aware_warnings": 0}
_FLOAT = {
    "max": 1.7976931348623157e+308, "max_exp": 1024, "max_10_exp": 308, "min": 2.2250738585072014e-308, "min_exp": -1021,
    "min_10_exp": -307, "dig": 15, "mant_dig": 53, "epsilon": 2.220446049250313e-16, "radix": 2, "rounds": 1,
}
_INT = {"bits_per_digit": 30, "sizeof_digit": 4, "default_max_str_digits": 4300, "str_digits_check_threshold": 640}
_HASH = {
    "width": 64, "modulus": (1 << 61) - 1, "inf": 314159, "nan": 0, "imag": 1000003, "algorithm": "fnv", "hash_bits": 64,
    "seed_bits": 0, "cutoff": 0,
}
_THREAD = {"name": "pthread", "lock": "semaphore", "version": None}


class _Once:
    """The class of a value of `sys`: there are no more."""

    def __new__(cls, *args, **kw):
        raise TypeError(f"cannot create 'sys.{cls.__name__}' instances")


def _single(name, values, hidden={}):
    made = structseq("sys." + name, tuple(values), tuple(hidden))
    value = made(tuple(values.values()) + tuple(hidden.values()))
    made.__new__ = _Once.__new__
    return value


def fill(sys, builtin_names, machine):
    version = {"major": 3, "minor": 13, "micro": 0, "releaselevel": "final", "serial": 0}
    sys.version_info = _single("version_info", version)
    sys.flags = _single("flags", _FLAGS, _HIDDEN_FLAGS)
    sys.float_info = _single("float_info", _FLOAT)
    sys.int_info = _single("int_info", _INT)
    sys.hash_info = _single("hash_info", _HASH)
    sys.thread_info = _single("thread_info", _THREAD)
    sys.implementation = SimpleNamespace(
        name="pierglass-moving", version=sys.version_info, hexversion=sys.hexversion, cache_tag=None, supports_isolated_interpreters=False,
        _multiarch=machine + "-linux-gnu",
    )
    sys.builtin_module_names = tuple(sorted(builtin_names))
    sys.stdlib_module_names = frozenset(name.partition(".")[0] for name in builtin_names)
    sys.dont_write_bytecode = True
    for hook in ("displayhook", "excepthook", "unraisablehook"):
        setattr(sys, f"__{hook}__", getattr(sys, hook))
    sys.pycache_prefix = None
    sys.float_repr_style = "short"
    sys.abiflags = ""
    sys.api_version = 1013
    sys.copyright = "Copyright (c) the authors of Pierglass"
    sys.platlibdir = "lib"
    sys.prefix = sys.base_prefix = sys.exec_prefix = sys.base_exec_prefix = ""
    sys._base_executable = sys.executable
    sys.warnoptions = []
    sys._xoptions = {}
    sys.meta_path = []
    sys.path_hooks = []
    sys.path_importer_cache = {}
    sys._git = ("CPython", "", "")
