/* cpython/setobject.h: the layout of set and frozenset. */
#include "Python.h"
#if !defined(Py_CPYTHON_SETOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_SETOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#define PySet_MINSIZE 8

typedef struct {
    PyObject *key;
    Py_hash_t hash;
} setentry;

typedef struct {
    PyObject_HEAD
    Py_ssize_t fill; /* entries in use, dummies included */
    Py_ssize_t used; /* members */
    Py_ssize_t mask; /* size of the table - 1 */
    setentry *table;
    Py_hash_t hash; /* frozenset only */
    Py_ssize_t finger;
    setentry smalltable[PySet_MINSIZE];
    PyObject *weakreflist;
} PySetObject;

#define _PySet_CAST(so) (assert(PyAnySet_Check(so)), _Py_CAST(PySetObject *, so))

static inline Py_ssize_t PySet_GET_SIZE(PyObject *so) { return _PySet_CAST(so)->used; }
#define PySet_GET_SIZE(so) PySet_GET_SIZE(_PyObject_CAST(so))

#ifdef __cplusplus
}
#endif
#endif
