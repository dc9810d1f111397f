/* import.h: importing. */
#include "Python.h"
#ifndef Py_IMPORT_H
#define Py_IMPORT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
struct _inittab {
    const char *name; /* NULL ends a table */
    PyObject *(*initfunc)(void);
};

struct _frozen {
    const char *name; /* NULL ends a table */
    const unsigned char *code;
    int size;
    int is_package;
};
#endif

#if __has_include("gen/import.h")
#include "gen/import.h"
#endif

PyAPI_FUNC(int) PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void));

#define PyImport_ImportModuleEx(n, g, l, f) PyImport_ImportModuleLevel((n), (g), (l), (f), 0)

#ifndef Py_LIMITED_API
#include "cpython/import.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
