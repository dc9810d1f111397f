/* cpython/bytesobject.h: the layout of bytes. */
#include "Python.h"
#if !defined(Py_CPYTHON_BYTESOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_BYTESOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    Py_DEPRECATED(3.11) Py_hash_t ob_shash; /* -1: not computed yet */
    char ob_sval[1];                        /* ob_size bytes and a NUL */
} PyBytesObject;

#define _PyBytes_CAST(op) (assert(PyBytes_Check(op)), _Py_CAST(PyBytesObject *, op))

static inline char *PyBytes_AS_STRING(PyObject *op) { return _PyBytes_CAST(op)->ob_sval; }
#define PyBytes_AS_STRING(op) PyBytes_AS_STRING(_PyObject_CAST(op))

static inline Py_ssize_t PyBytes_GET_SIZE(PyObject *op) { return Py_SIZE(_PyBytes_CAST(op)); }
#define PyBytes_GET_SIZE(self) PyBytes_GET_SIZE(_PyObject_CAST(self))

#ifdef __cplusplus
}
#endif
#endif
