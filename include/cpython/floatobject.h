/* cpython/floatobject.h: the layout of float. */
#include "Python.h"
#if !defined(Py_CPYTHON_FLOATOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_FLOATOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

#define _PyFloat_CAST(op) (assert(PyFloat_Check(op)), _Py_CAST(PyFloatObject *, op))

static inline double PyFloat_AS_DOUBLE(PyObject *op) { return _PyFloat_CAST(op)->ob_fval; }
#define PyFloat_AS_DOUBLE(op) PyFloat_AS_DOUBLE(_PyObject_CAST(op))

#ifdef __cplusplus
}
#endif
#endif
