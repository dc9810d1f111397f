/* sysmodule.h: the sys module. */
#include "Python.h"
#ifndef Py_SYSMODULE_H
#define Py_SYSMODULE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
#include <stdio.h>

typedef int (*Py_AuditHookFunction)(const char *, PyObject *, void *);

typedef struct {
    FILE *perf_map;
    PyThread_type_lock map_lock;
} PerfMapState;
#endif

#if __has_include("gen/sysmodule.h")
#include "gen/sysmodule.h"
#endif

/* Written in C, for their variable arguments. Write is printf's language, Format is PyUnicode_FromFormat's. */
PyAPI_FUNC(void) PySys_WriteStdout(const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_WriteStderr(const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_FormatStdout(const char *format, ...);
PyAPI_FUNC(void) PySys_FormatStderr(const char *format, ...);
PyAPI_FUNC(int) PySys_Audit(const char *event, const char *format, ...);

#ifndef Py_LIMITED_API
#include "cpython/sysmodule.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
