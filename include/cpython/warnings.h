/* cpython/warnings.h: the oldest way to warn. */
#include "Python.h"
#if !defined(Py_CPYTHON_WARNINGS_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_WARNINGS_H
#ifdef __cplusplus
extern "C" {
#endif

#define PyErr_Warn(category, msg) PyErr_WarnEx((category), (msg), 1)

#ifdef __cplusplus
}
#endif
#endif
