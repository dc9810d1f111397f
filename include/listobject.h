/* listobject.h: list. */
#include "Python.h"
#ifndef Py_LISTOBJECT_H
#define Py_LISTOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyList_Type;
PyAPI_DATA(PyTypeObject) PyListIter_Type;
PyAPI_DATA(PyTypeObject) PyListRevIter_Type;

#if __has_include("gen/listobject.h")
#include "gen/listobject.h"
#endif

#define PyList_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(op) Py_IS_TYPE((op), &PyList_Type)

#ifndef Py_LIMITED_API
#include "cpython/listobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
