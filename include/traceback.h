/* traceback.h: tracebacks. */
#include "Python.h"
#ifndef Py_TRACEBACK_H
#define Py_TRACEBACK_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyTraceBack_Type;

#if __has_include("gen/traceback.h")
#include "gen/traceback.h"
#endif

#define PyTraceBack_Check(v) Py_IS_TYPE((v), &PyTraceBack_Type)

#ifndef Py_LIMITED_API
#include "cpython/traceback.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
