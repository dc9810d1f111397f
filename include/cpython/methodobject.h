/* cpython/methodobject.h: the layout of functions written in C. */
#include "Python.h"
#if !defined(Py_CPYTHON_METHODOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_METHODOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyMethodDef *m_ml;
    PyObject *m_self;
    PyObject *m_module;
    PyObject *m_weakreflist;
    vectorcallfunc vectorcall;
} PyCFunctionObject;

/* With METH_METHOD: a function that knows its class. */
typedef struct {
    PyCFunctionObject func;
    PyTypeObject *mm_class;
} PyCMethodObject;

PyAPI_DATA(PyTypeObject) PyCMethod_Type;

#define PyCMethod_Check(op) PyObject_TypeCheck((op), &PyCMethod_Type)
#define PyCMethod_CheckExact(op) Py_IS_TYPE((op), &PyCMethod_Type)

#define _PyCFunctionObject_CAST(func) (assert(PyCFunction_Check(func)), _Py_CAST(PyCFunctionObject *, (func)))
#define _PyCMethodObject_CAST(func) (assert(PyCMethod_Check(func)), _Py_CAST(PyCMethodObject *, (func)))

static inline PyCFunction PyCFunction_GET_FUNCTION(PyObject *func)
{
    return _PyCFunctionObject_CAST(func)->m_ml->ml_meth;
}
#define PyCFunction_GET_FUNCTION(func) PyCFunction_GET_FUNCTION(_PyObject_CAST(func))

static inline int PyCFunction_GET_FLAGS(PyObject *func) { return _PyCFunctionObject_CAST(func)->m_ml->ml_flags; }
#define PyCFunction_GET_FLAGS(func) PyCFunction_GET_FLAGS(_PyObject_CAST(func))

static inline PyObject *PyCFunction_GET_SELF(PyObject *func)
{
    return PyCFunction_GET_FLAGS(func) & METH_STATIC ? _Py_NULL : _PyCFunctionObject_CAST(func)->m_self;
}
#define PyCFunction_GET_SELF(func) PyCFunction_GET_SELF(_PyObject_CAST(func))

static inline PyTypeObject *PyCFunction_GET_CLASS(PyObject *func)
{
    return PyCFunction_GET_FLAGS(func) & METH_METHOD ? _PyCMethodObject_CAST(func)->mm_class : _Py_NULL;
}
#define PyCFunction_GET_CLASS(func) PyCFunction_GET_CLASS(_PyObject_CAST(func))

#ifdef __cplusplus
}
#endif
#endif
