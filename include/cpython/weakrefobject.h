/* cpython/weakrefobject.h: the layout of weak references. */
#include "Python.h"
#if !defined(Py_CPYTHON_WEAKREFOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_WEAKREFOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

struct _PyWeakReference {
    PyObject_HEAD
    PyObject *wr_object; /* not counted; None once it died */
    PyObject *wr_callback;
    Py_hash_t hash;
    PyWeakReference *wr_prev;
    PyWeakReference *wr_next;
    vectorcallfunc vectorcall;
};

Py_DEPRECATED(3.13) static inline PyObject *PyWeakref_GET_OBJECT(PyObject *ref)
{
    assert(PyWeakref_Check(ref));
    PyObject *obj = _Py_CAST(PyWeakReference *, ref)->wr_object;
    /* A referent whose tp_dealloc runs is as good as dead. */
    return Py_REFCNT(obj) > 0 ? obj : Py_None;
}
#define PyWeakref_GET_OBJECT(ref) PyWeakref_GET_OBJECT(_PyObject_CAST(ref))

#ifdef __cplusplus
}
#endif
#endif
