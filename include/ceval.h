/* ceval.h: evaluating; letting other threads run. */
#include "Python.h"
#ifndef Py_CEVAL_H
#define Py_CEVAL_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/ceval.h")
#include "gen/ceval.h"
#endif

PyAPI_FUNC(int) Py_AddPendingCall(int (*func)(void *), void *arg);

/* Around C code that touches no Python object. */
#define Py_BEGIN_ALLOW_THREADS                                                              \
    {                                                                                       \
        PyThreadState *_save;                                                               \
        _save = PyEval_SaveThread();
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS                                                                \
        PyEval_RestoreThread(_save);                                                        \
    }

/* The argument of FORMAT_VALUE. */
#define FVC_MASK 0x3
#define FVC_NONE 0x0
#define FVC_STR 0x1
#define FVC_REPR 0x2
#define FVC_ASCII 0x3
#define FVS_MASK 0x4
#define FVS_HAVE_SPEC 0x4

#ifndef Py_LIMITED_API
#include "cpython/ceval.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
