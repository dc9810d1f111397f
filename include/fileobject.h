/* fileobject.h: files, as Python objects. */
#include "Python.h"
#ifndef Py_FILEOBJECT_H
#define Py_FILEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#define PY_STDIOTEXTMODE "b"

#ifndef Py_LIMITED_API
typedef PyObject *(*Py_OpenCodeHookFunction)(PyObject *, void *);
#endif

Py_DEPRECATED(3.12) PyAPI_DATA(const char *) Py_FileSystemDefaultEncoding;
Py_DEPRECATED(3.12) PyAPI_DATA(const char *) Py_FileSystemDefaultEncodeErrors;
Py_DEPRECATED(3.12) PyAPI_DATA(int) Py_HasFileSystemDefaultEncoding;
Py_DEPRECATED(3.12) PyAPI_DATA(int) Py_UTF8Mode;

#if __has_include("gen/fileobject.h")
#include "gen/fileobject.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/fileobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
