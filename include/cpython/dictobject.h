/* cpython/dictobject.h: the layout of dict. */
#include "Python.h"
#if !defined(Py_CPYTHON_DICTOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_DICTOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct _dictkeysobject PyDictKeysObject;
typedef struct _dictvalues PyDictValues;

typedef struct {
    PyObject_HEAD
    Py_ssize_t ma_used; /* items in the dict */
    Py_DEPRECATED(3.12) uint64_t ma_version_tag;
    PyDictKeysObject *ma_keys;
    PyDictValues *ma_values; /* NULL: not split */
} PyDictObject;

static inline Py_ssize_t PyDict_GET_SIZE(PyObject *op)
{
    assert(PyDict_Check(op));
    return _Py_CAST(PyDictObject *, op)->ma_used;
}
#define PyDict_GET_SIZE(op) PyDict_GET_SIZE(_PyObject_CAST(op))

#ifdef __cplusplus
}
#endif
#endif
