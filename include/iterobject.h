/* iterobject.h: the iterators of iter(sequence) and iter(callable, sentinel). */
#include "Python.h"
#ifndef Py_ITEROBJECT_H
#define Py_ITEROBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PySeqIter_Type;
PyAPI_DATA(PyTypeObject) PyCallIter_Type;

#if __has_include("gen/iterobject.h")
#include "gen/iterobject.h"
#endif

#define PySeqIter_Check(op) Py_IS_TYPE((op), &PySeqIter_Type)
#define PyCallIter_Check(op) Py_IS_TYPE((op), &PyCallIter_Type)

#ifdef __cplusplus
}
#endif
#endif
