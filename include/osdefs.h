/* osdefs.h: separators in paths. Not included by Python.h. */
#include "Python.h"
#ifndef Py_OSDEFS_H
#define Py_OSDEFS_H
#ifdef __cplusplus
extern "C" {
#endif

#define SEP L'/'
#define DELIM L':'
#ifndef MAXPATHLEN
#if defined(PATH_MAX) && PATH_MAX > 1024
#define MAXPATHLEN PATH_MAX
#else
#define MAXPATHLEN 1024
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
