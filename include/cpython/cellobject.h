/* cpython/cellobject.h: cells, which hold a closure's variables. */
#include "Python.h"
#if !defined(Py_CPYTHON_CELLOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_CELLOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyObject *ob_ref; /* NULL: empty */
} PyCellObject;

PyAPI_DATA(PyTypeObject) PyCell_Type;

#if __has_include("gen/cellobject.h")
#include "gen/cellobject.h"
#endif

#define PyCell_Check(op) Py_IS_TYPE((op), &PyCell_Type)

static inline PyObject *PyCell_GET(PyObject *op)
{
    assert(PyCell_Check(op));
    return _Py_CAST(PyCellObject *, op)->ob_ref;
}
#define PyCell_GET(op) PyCell_GET(_PyObject_CAST(op))

/* Steals `value`, and does not release what was there. */
static inline void PyCell_SET(PyObject *op, PyObject *value)
{
    assert(PyCell_Check(op));
    _Py_CAST(PyCellObject *, op)->ob_ref = value;
}
#define PyCell_SET(op, value) PyCell_SET(_PyObject_CAST(op), (value))

#ifdef __cplusplus
}
#endif
#endif
