/* fileutils.h: files and the file system's encoding. */
#include "Python.h"
#ifndef Py_FILEUTILS_H
#define Py_FILEUTILS_H
#ifdef __cplusplus
extern "C" {
#endif

#include <sys/stat.h>

#if __has_include("gen/fileutils.h")
#include "gen/fileutils.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/fileutils.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
