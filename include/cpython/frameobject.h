/* cpython/frameobject.h: the proxy for the locals of a frame. */
#include "Python.h"
#if !defined(Py_CPYTHON_FRAMEOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_FRAMEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyFrameObject *frame;
} PyFrameLocalsProxyObject;

#ifdef __cplusplus
}
#endif
#endif
