/* cpython/tupleobject.h: the layout of tuple. */
#include "Python.h"
#if !defined(Py_CPYTHON_TUPLEOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_TUPLEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    PyObject *ob_item[1];
} PyTupleObject;

#define _PyTuple_CAST(op) (assert(PyTuple_Check(op)), _Py_CAST(PyTupleObject *, (op)))

static inline Py_ssize_t PyTuple_GET_SIZE(PyObject *op) { return Py_SIZE(_PyTuple_CAST(op)); }
#define PyTuple_GET_SIZE(op) PyTuple_GET_SIZE(_PyObject_CAST(op))

#define PyTuple_GET_ITEM(op, index) (_PyTuple_CAST(op)->ob_item[(index)])

/* Only to fill a new tuple: the old item is not released. */
static inline void PyTuple_SET_ITEM(PyObject *op, Py_ssize_t index, PyObject *value)
{
    PyTupleObject *tuple = _PyTuple_CAST(op);
    assert(0 <= index && index < Py_SIZE(tuple));
    tuple->ob_item[index] = value;
}
#define PyTuple_SET_ITEM(op, index, value) PyTuple_SET_ITEM(_PyObject_CAST(op), (index), _PyObject_CAST(value))

#ifdef __cplusplus
}
#endif
#endif
