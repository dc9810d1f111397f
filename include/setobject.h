/* setobject.h: set and frozenset. */
#include "Python.h"
#ifndef Py_SETOBJECT_H
#define Py_SETOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PySet_Type;
PyAPI_DATA(PyTypeObject) PyFrozenSet_Type;
PyAPI_DATA(PyTypeObject) PySetIter_Type;

#if __has_include("gen/setobject.h")
#include "gen/setobject.h"
#endif

#define PySet_CheckExact(op) Py_IS_TYPE(op, &PySet_Type)
#define PySet_Check(ob) PyObject_TypeCheck((ob), &PySet_Type)
#define PyFrozenSet_CheckExact(ob) Py_IS_TYPE((ob), &PyFrozenSet_Type)
#define PyFrozenSet_Check(ob) PyObject_TypeCheck((ob), &PyFrozenSet_Type)
#define PyAnySet_CheckExact(ob) (PySet_CheckExact(ob) || PyFrozenSet_CheckExact(ob))
#define PyAnySet_Check(ob) (PyAnySet_CheckExact(ob) || PySet_Check(ob) || PyFrozenSet_Check(ob))

#ifndef Py_LIMITED_API
#include "cpython/setobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
