/* warnings.h: warnings. */
#include "Python.h"
#ifndef Py_WARNINGS_H
#define Py_WARNINGS_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/warnings.h")
#include "gen/warnings.h"
#endif

/* Written in C, for their variable arguments. */
PyAPI_FUNC(int) PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...);
PyAPI_FUNC(int) PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...);

#ifndef Py_LIMITED_API
PyAPI_FUNC(int) PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int lineno, const char *module,
                                         PyObject *registry, const char *format, ...);
#include "cpython/warnings.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
