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

PyAPI_FUNC(void) PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator);
PyAPI_FUNC(PyObject *) PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra_size);
PyAPI_FUNC(void) PyUnstable_GC_VisitObjects(gcvisitobjects_t callback, void *arg);

#ifdef __cplusplus
}
#endif
#endif
