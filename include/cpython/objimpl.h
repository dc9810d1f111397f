/* cpython/objimpl.h: sizes of instances. */
#include "Python.h"
#if !defined(Py_CPYTHON_OBJIMPL_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_OBJIMPL_H
#ifdef __cplusplus
extern "C" {
#endif

static inline size_t _PyObject_SIZE(PyTypeObject *type) { return _Py_STATIC_CAST(size_t, type->tp_basicsize); }

static inline size_t _PyObject_VAR_SIZE(PyTypeObject *type, Py_ssize_t nitems)
{
    size_t items = _Py_STATIC_CAST(size_t, nitems) * _Py_STATIC_CAST(size_t, type->tp_itemsize);
    return _Py_SIZE_ROUND_UP(_PyObject_SIZE(type) + items, SIZEOF_VOID_P);
}

#ifdef __cplusplus
}
#endif
#endif
