/* bytesobject.h: bytes. */
#include "Python.h"
#ifndef Py_BYTESOBJECT_H
#define Py_BYTESOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyBytes_Type;
PyAPI_DATA(PyTypeObject) PyBytesIter_Type;

#if __has_include("gen/bytesobject.h")
#include "gen/bytesobject.h"
#endif

/* Written in C, for their variable arguments. */
PyAPI_FUNC(PyObject *) PyBytes_FromFormatV(const char *format, va_list vargs)
    Py_GCC_ATTRIBUTE((format(printf, 1, 0)));
PyAPI_FUNC(PyObject *) PyBytes_FromFormat(const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));

#define PyBytes_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(op) Py_IS_TYPE((op), &PyBytes_Type)

#ifndef Py_LIMITED_API
#include "cpython/bytesobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
