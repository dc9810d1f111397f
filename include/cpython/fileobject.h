/* cpython/fileobject.h: the file object of the interpreter's first messages. */
#include "Python.h"
#if !defined(Py_CPYTHON_FILEOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_FILEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyStdPrinter_Type;

#ifdef __cplusplus
}
#endif
#endif
