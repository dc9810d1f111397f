/* cpython/complexobject.h: the layout of complex. */
#include "Python.h"
#if !defined(Py_CPYTHON_COMPLEXOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_COMPLEXOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    Py_complex cval;
} PyComplexObject;

#ifdef __cplusplus
}
#endif
#endif
