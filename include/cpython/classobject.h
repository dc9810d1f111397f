/* cpython/classobject.h: bound methods. */
#include "Python.h"
#if !defined(Py_CPYTHON_CLASSOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_CLASSOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyObject *im_func;
    PyObject *im_self;
    PyObject *im_weakreflist;
    vectorcallfunc vectorcall;
} PyMethodObject;

/* Binds any callable to instances. */
typedef struct {
    PyObject_HEAD
    PyObject *func;
} PyInstanceMethodObject;

PyAPI_DATA(PyTypeObject) PyMethod_Type;
PyAPI_DATA(PyTypeObject) PyInstanceMethod_Type;

#if __has_include("gen/classobject.h")
#include "gen/classobject.h"
#endif

#define PyMethod_Check(op) Py_IS_TYPE((op), &PyMethod_Type)
#define _PyMethod_CAST(meth) (assert(PyMethod_Check(meth)), _Py_CAST(PyMethodObject *, meth))

static inline PyObject *PyMethod_GET_FUNCTION(PyObject *meth) { return _PyMethod_CAST(meth)->im_func; }
static inline PyObject *PyMethod_GET_SELF(PyObject *meth) { return _PyMethod_CAST(meth)->im_self; }
#define PyMethod_GET_FUNCTION(meth) PyMethod_GET_FUNCTION(_PyObject_CAST(meth))
#define PyMethod_GET_SELF(meth) PyMethod_GET_SELF(_PyObject_CAST(meth))

#define PyInstanceMethod_Check(op) Py_IS_TYPE((op), &PyInstanceMethod_Type)
#define _PyInstanceMethod_CAST(meth)                                                        \
    (assert(PyInstanceMethod_Check(meth)), _Py_CAST(PyInstanceMethodObject *, meth))

static inline PyObject *PyInstanceMethod_GET_FUNCTION(PyObject *meth) { return _PyInstanceMethod_CAST(meth)->func; }
#define PyInstanceMethod_GET_FUNCTION(meth) PyInstanceMethod_GET_FUNCTION(_PyObject_CAST(meth))

#ifdef __cplusplus
}
#endif
#endif
