/* sliceobject.h: slice and Ellipsis. */
#include "Python.h"
#ifndef Py_SLICEOBJECT_H
#define Py_SLICEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step;
} PySliceObject;

PyAPI_DATA(PyObject) _Py_EllipsisObject;
PyAPI_DATA(PyTypeObject) PySlice_Type;
PyAPI_DATA(PyTypeObject) PyEllipsis_Type;

#if __has_include("gen/sliceobject.h")
#include "gen/sliceobject.h"
#endif

#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030d0000
#define Py_Ellipsis Py_GetConstantBorrowed(Py_CONSTANT_ELLIPSIS)
#else
#define Py_Ellipsis (&_Py_EllipsisObject)
#endif

#define PySlice_Check(op) Py_IS_TYPE((op), &PySlice_Type)

/* The function of this name reads `length` too early: unpacking the slice may run code that changes it. */
#if !defined(Py_LIMITED_API) || (Py_LIMITED_API+0 >= 0x03050400 && Py_LIMITED_API+0 < 0x03060000) || \
    Py_LIMITED_API+0 >= 0x03060100
#define PySlice_GetIndicesEx(slice, length, start, stop, step, slicelen)                    \
    (PySlice_Unpack((slice), (start), (stop), (step)) < 0                                   \
         ? ((*(slicelen) = 0), -1)                                                          \
         : ((*(slicelen) = PySlice_AdjustIndices((length), (start), (stop), *(step))), 0))
#endif

#ifdef __cplusplus
}
#endif
#endif
