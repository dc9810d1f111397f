/* cpython/modsupport.h: parsing with a prepared _PyArg_Parser, and arguments in an array. */
#include "Python.h"
#if !defined(Py_CPYTHON_MODSUPPORT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_MODSUPPORT_H
#ifdef __cplusplus
extern "C" {
#endif

/* Written in C, for their variable arguments. */
PyAPI_FUNC(int) _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...);
PyAPI_FUNC(int) _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                                             struct _PyArg_Parser *, ...);
PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywordsFast(PyObject *, PyObject *, struct _PyArg_Parser *, ...);

/* Written in C, beside the parser. */
PyAPI_FUNC(int) _PyArg_CheckPositional(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max);
PyAPI_FUNC(void) _PyArg_BadArgument(const char *fname, const char *displayname, const char *expected, PyObject *arg);
PyAPI_FUNC(int) _PyArg_NoPositional(const char *funcname, PyObject *args);
PyAPI_FUNC(int) _PyArg_NoKeywords(const char *funcname, PyObject *kwargs);

#ifdef __cplusplus
}
#endif
#endif
