/* memoryobject.h: memoryview. */
#include "Python.h"
#ifndef Py_MEMORYOBJECT_H
#define Py_MEMORYOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyMemoryView_Type;
#ifndef Py_LIMITED_API
PyAPI_DATA(PyTypeObject) _PyManagedBuffer_Type;
#endif

#if __has_include("gen/memoryobject.h")
#include "gen/memoryobject.h"
#endif

#define PyMemoryView_Check(op) Py_IS_TYPE((op), &PyMemoryView_Type)

#ifndef Py_LIMITED_API
#include "cpython/memoryobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
