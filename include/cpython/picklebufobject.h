/* cpython/picklebufobject.h: buffers that pickle passes out of band. */
#include "Python.h"
#if !defined(Py_CPYTHON_PICKLEBUFOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PICKLEBUFOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyPickleBuffer_Type;

#if __has_include("gen/picklebufobject.h")
#include "gen/picklebufobject.h"
#endif

#define PyPickleBuffer_Check(op) Py_IS_TYPE((op), &PyPickleBuffer_Type)

#ifdef __cplusplus
}
#endif
#endif
