/* bytearrayobject.h: bytearray. */
#include "Python.h"
#ifndef Py_BYTEARRAYOBJECT_H
#define Py_BYTEARRAYOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyByteArray_Type;
PyAPI_DATA(PyTypeObject) PyByteArrayIter_Type;

#if __has_include("gen/bytearrayobject.h")
#include "gen/bytearrayobject.h"
#endif

#define PyByteArray_Check(self) PyObject_TypeCheck((self), &PyByteArray_Type)
#define PyByteArray_CheckExact(self) Py_IS_TYPE((self), &PyByteArray_Type)

#ifndef Py_LIMITED_API
#include "cpython/bytearrayobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
