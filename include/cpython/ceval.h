/* cpython/ceval.h: tracing; an old name. */
#include "Python.h"
#if !defined(Py_CPYTHON_CEVAL_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_CEVAL_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(void) PyEval_SetProfile(Py_tracefunc func, PyObject *obj);
PyAPI_FUNC(void) PyEval_SetTrace(Py_tracefunc func, PyObject *obj);
PyAPI_FUNC(int) PyEval_MergeCompilerFlags(PyCompilerFlags *flags);

PyAPI_FUNC(Py_ssize_t) PyUnstable_Eval_RequestCodeExtraIndex(freefunc);

_Py_DEPRECATED_EXTERNALLY(3.12) static inline Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc f)
{
    return PyUnstable_Eval_RequestCodeExtraIndex(f);
}

#ifdef __cplusplus
}
#endif
#endif
