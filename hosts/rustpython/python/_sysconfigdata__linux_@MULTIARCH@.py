"""What sysconfig tells about the build: enough for setuptools and its kin to compile extensions against our headers."""

import sys as _sys

_base = _sys.base_prefix
_include = f'{_base}/include'
_stdlib = f'{_base}/lib/python3.13'
_wrap = '-fno-strict-overflow -Wsign-compare'
_opt = '-DNDEBUG -g -O2 -Wall'

build_time_vars = {
    # Names: what a wheel's tag and an extension's file name are made of.
    'ABIFLAGS': '',
    'ALT_SOABI': 0,
    'EXT_SUFFIX': '.cpython-313-@MULTIARCH@.so',
    'LDVERSION': '3.13',
    'MULTIARCH': '@MULTIARCH@',
    'SHLIB_SUFFIX': '.so',
    'SO': '.cpython-313-@MULTIARCH@.so',
    'SOABI': 'cpython-313-@MULTIARCH@',
    'VERSION': '3.13',
    'Py_DEBUG': 0,
    'Py_ENABLE_SHARED': 0,
    'Py_GIL_DISABLED': 0,
    'Py_TRACE_REFS': 0,
    'WITH_DOC_STRINGS': 1,
    'WITH_PYMALLOC': 1,
    'PYTHONFRAMEWORK': '',
    'MACHDEP': 'linux',

    # Folders.
    'prefix': _base,
    'exec_prefix': _base,
    'host_prefix': _base,
    'host_exec_prefix': _base,
    'BINDIR': f'{_base}/bin',
    'BINLIBDEST': _stdlib,
    'CONFINCLUDEDIR': _include,
    'CONFINCLUDEPY': f'{_include}/python3.13',
    'DESTSHARED': f'{_stdlib}/lib-dynload',
    'INCLUDEDIR': _include,
    'INCLUDEPY': f'{_include}/python3.13',
    'LIBDEST': _stdlib,
    'LIBDIR': f'{_base}/lib',
    'LIBPL': f'{_stdlib}/config-3.13-@MULTIARCH@',
    'MANDIR': f'{_base}/share/man',
    'SCRIPTDIR': f'{_base}/lib',
    'datarootdir': f'{_base}/share',
    'srcdir': '.',
    'PYTHON': 'python',
    'EXE': '',

    # Nothing to link: the program exports the API, as a static CPython does, and names what would be inside it.
    'LDLIBRARY': 'libpython3.13.a',
    'LIBRARY': 'libpython3.13.a',
    'INSTSONAME': 'libpython3.13.a',
    'LIBPYTHON': '',
    'BLDLIBRARY': '',
    'LIBM': '-lm',
    'LIBS': '-ldl -lm',
    'SYSLIBS': '',
    'LINKFORSHARED': '-Xlinker -export-dynamic',

    # Compilers.
    'CC': 'cc',
    'CXX': 'c++',
    'AR': 'ar',
    'ARFLAGS': 'rcs',
    'BASECFLAGS': _wrap,
    'OPT': _opt,
    'CFLAGS': f'{_wrap} {_opt}',
    'PY_CFLAGS': f'{_wrap} {_opt}',
    'CPPFLAGS': '',
    'CCSHARED': '-fPIC',
    'CFLAGSFORSHARED': '',
    'LDFLAGS': '',
    'PY_LDFLAGS': '',
    'LDSHARED': 'cc -shared',
    'LDCXXSHARED': 'c++ -shared',
    'BLDSHARED': 'cc -shared',
    'LINKCC': 'cc',
    'MAINCC': 'cc',
    'RANLIB': 'ranlib',
    'INSTALL': '/usr/bin/install -c',

    # Facts of the platform that programs ask about.
    'HAVE_GETRANDOM': 1,
    'HAVE_FORK': 1,
    'SIZEOF_VOID_P': 8,
    'SIZEOF_LONG': 8,
    'SIZEOF_SIZE_T': 8,
    'TZPATH': '/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo',
}
