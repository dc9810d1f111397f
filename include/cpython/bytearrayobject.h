/* cpython/bytearrayobject.h: the layout of bytearray. */
#include "Python.h"
#if !defined(Py_CPYTHON_BYTEARRAYOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_BYTEARRAYOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    Py_ssize_t ob_alloc;
    char *ob_bytes; /* where the storage begins */
    char *ob_start; /* where the data begins in it */
    Py_ssize_t ob_exports;
} PyByteArrayObject;

/* What an empty bytearray points at. */
PyAPI_DATA(char) _PyByteArray_empty_string[];

#define _PyByteArray_CAST(op) (assert(PyByteArray_Check(op)), _Py_CAST(PyByteArrayObject *, op))

static inline char *PyByteArray_AS_STRING(PyObject *op)
{
    PyByteArrayObject *self = _PyByteArray_CAST(op);
    return Py_SIZE(self) ? self->ob_start : _PyByteArray_empty_string;
}
#define PyByteArray_AS_STRING(self) PyByteArray_AS_STRING(_PyObject_CAST(self))

static inline Py_ssize_t PyByteArray_GET_SIZE(PyObject *op) { return Py_SIZE(_PyByteArray_CAST(op)); }
#define PyByteArray_GET_SIZE(self) PyByteArray_GET_SIZE(_PyObject_CAST(self))

#ifdef __cplusplus
}
#endif
#endif
