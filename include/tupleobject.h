/* tupleobject.h: tuple. */
#include "Python.h"
#ifndef Py_TUPLEOBJECT_H
#define Py_TUPLEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyTuple_Type;
PyAPI_DATA(PyTypeObject) PyTupleIter_Type;

#if __has_include("gen/tupleobject.h")
#include "gen/tupleobject.h"
#endif

/* Written in C, for its variable arguments. */
PyAPI_FUNC(PyObject *) PyTuple_Pack(Py_ssize_t, ...);

#define PyTuple_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(op) Py_IS_TYPE((op), &PyTuple_Type)

#ifndef Py_LIMITED_API
#include "cpython/tupleobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
