/* cpython/lock.h: the free case of PyMutex_Lock and PyMutex_Unlock, inline. */
#include "Python.h"
#if !defined(Py_CPYTHON_LOCK_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_LOCK_H
#ifdef __cplusplus
extern "C" {
#endif

#define _Py_UNLOCKED 0
#define _Py_LOCKED 1

/* The functions take over when the lock is contended. */
PyAPI_FUNC(void) PyMutex_Lock(PyMutex *m);
PyAPI_FUNC(void) PyMutex_Unlock(PyMutex *m);

static inline void _PyMutex_Lock(PyMutex *m)
{
    uint8_t expected = _Py_UNLOCKED;
    if (!_Py_atomic_compare_exchange_uint8(&m->_bits, &expected, _Py_LOCKED)) {
        PyMutex_Lock(m);
    }
}
#define PyMutex_Lock _PyMutex_Lock

static inline void _PyMutex_Unlock(PyMutex *m)
{
    uint8_t expected = _Py_LOCKED;
    if (!_Py_atomic_compare_exchange_uint8(&m->_bits, &expected, _Py_UNLOCKED)) {
        PyMutex_Unlock(m);
    }
}
#define PyMutex_Unlock _PyMutex_Unlock

#ifdef __cplusplus
}
#endif
#endif
