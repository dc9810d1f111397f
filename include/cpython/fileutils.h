/* cpython/fileutils.h: nothing beyond fileutils.h. */
#include "Python.h"
#if !defined(Py_CPYTHON_FILEUTILS_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_FILEUTILS_H
#ifdef __cplusplus
extern "C" {
#endif



#ifdef __cplusplus
}
#endif
#endif
