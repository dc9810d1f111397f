/* cpython/import.h: the tables of built-in and frozen modules. */
#include "Python.h"
#if !defined(Py_CPYTHON_IMPORT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_IMPORT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) PyImport_ExtendInittab(struct _inittab *newtab);
PyAPI_DATA(struct _inittab *) PyImport_Inittab;
PyAPI_DATA(const struct _frozen *) PyImport_FrozenModules;

#ifdef __cplusplus
}
#endif
#endif
