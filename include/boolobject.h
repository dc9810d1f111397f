/* boolobject.h: bool. */
#include "Python.h"
#ifndef Py_BOOLOBJECT_H
#define Py_BOOLOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyLongObject) _Py_FalseStruct;
PyAPI_DATA(PyLongObject) _Py_TrueStruct;

#if __has_include("gen/boolobject.h")
#include "gen/boolobject.h"
#endif

#define PyBool_Check(x) Py_IS_TYPE((x), &PyBool_Type)

#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030d0000
#define Py_False Py_GetConstantBorrowed(Py_CONSTANT_FALSE)
#define Py_True Py_GetConstantBorrowed(Py_CONSTANT_TRUE)
#else
#define Py_False _PyObject_CAST(&_Py_FalseStruct)
#define Py_True _PyObject_CAST(&_Py_TrueStruct)
#endif

#define Py_IsTrue(x) Py_Is((x), Py_True)
#define Py_IsFalse(x) Py_Is((x), Py_False)
#define Py_RETURN_TRUE return Py_True
#define Py_RETURN_FALSE return Py_False

#ifdef __cplusplus
}
#endif
#endif
