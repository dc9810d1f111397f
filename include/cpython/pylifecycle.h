/* cpython/pylifecycle.h: configurations of subinterpreters. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYLIFECYCLE_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYLIFECYCLE_H
#ifdef __cplusplus
extern "C" {
#endif

#define Py_FatalError(message) _Py_FatalErrorFunc(__func__, (message))

#define PyInterpreterConfig_DEFAULT_GIL (0)
#define PyInterpreterConfig_SHARED_GIL (1)
#define PyInterpreterConfig_OWN_GIL (2)

#define _PyInterpreterConfig_INIT                                                           \
    {                                                                                       \
        .use_main_obmalloc = 0, .allow_fork = 0, .allow_exec = 0, .allow_threads = 1,       \
        .allow_daemon_threads = 0, .check_multi_interp_extensions = 1,                      \
        .gil = PyInterpreterConfig_OWN_GIL,                                                 \
    }

#define _PyInterpreterConfig_LEGACY_CHECK_MULTI_INTERP_EXTENSIONS 0
#define _PyInterpreterConfig_LEGACY_INIT                                                    \
    {                                                                                       \
        .use_main_obmalloc = 1, .allow_fork = 1, .allow_exec = 1, .allow_threads = 1,       \
        .allow_daemon_threads = 1,                                                          \
        .check_multi_interp_extensions = _PyInterpreterConfig_LEGACY_CHECK_MULTI_INTERP_EXTENSIONS, \
        .gil = PyInterpreterConfig_SHARED_GIL,                                              \
    }

#ifdef __cplusplus
}
#endif
#endif
