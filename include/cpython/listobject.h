/* cpython/listobject.h: the layout of list. */
#include "Python.h"
#if !defined(Py_CPYTHON_LISTOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_LISTOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    PyObject **ob_item;
    Py_ssize_t allocated; /* slots in ob_item, of which ob_size are in use */
} PyListObject;

#define _PyList_CAST(op) (assert(PyList_Check(op)), _Py_CAST(PyListObject *, (op)))

static inline Py_ssize_t PyList_GET_SIZE(PyObject *op) { return Py_SIZE(_PyList_CAST(op)); }
#define PyList_GET_SIZE(op) PyList_GET_SIZE(_PyObject_CAST(op))

#define PyList_GET_ITEM(op, index) (_PyList_CAST(op)->ob_item[(index)])

/* Only to fill a new list: the old item is not released. */
static inline void PyList_SET_ITEM(PyObject *op, Py_ssize_t index, PyObject *value)
{
    PyListObject *list = _PyList_CAST(op);
    assert(0 <= index && index < list->allocated);
    list->ob_item[index] = value;
}
#define PyList_SET_ITEM(op, index, value) PyList_SET_ITEM(_PyObject_CAST(op), (index), _PyObject_CAST(value))

#ifdef __cplusplus
}
#endif
#endif
