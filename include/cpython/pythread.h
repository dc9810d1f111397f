/* cpython/pythread.h: the layout of a key of thread-specific storage. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYTHREAD_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYTHREAD_H
#ifdef __cplusplus
extern "C" {
#endif

#include <pthread.h>

PyAPI_DATA(const long long) PY_TIMEOUT_MAX;

#define PYTHREAD_INVALID_THREAD_ID ((unsigned long)-1)

struct _Py_tss_t {
    int _is_initialized;
    pthread_key_t _key;
};

#define Py_tss_NEEDS_INIT {0}

#ifdef __cplusplus
}
#endif
#endif
