/* pystate.h: interpreter and thread states. */
#include "Python.h"
#ifndef Py_PYSTATE_H
#define Py_PYSTATE_H
#ifdef __cplusplus
extern "C" {
#endif

#define MAX_CO_EXTRA_USERS 255

typedef enum {
    PyGILState_LOCKED,
    PyGILState_UNLOCKED
} PyGILState_STATE;

#ifndef Py_LIMITED_API
typedef int (*Py_tracefunc)(PyObject *, PyFrameObject *, int, PyObject *);
typedef PyObject *(*_PyFrameEvalFunction)(PyThreadState *tstate, struct _PyInterpreterFrame *, int);
#endif

#if __has_include("gen/pystate.h")
#include "gen/pystate.h"
#endif

#define PyThreadState_GET() PyThreadState_Get()

#ifndef Py_LIMITED_API
#include "cpython/pystate.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
