/* codecs.h: the codec registry. */
#include "Python.h"
#ifndef Py_CODECS_H
#define Py_CODECS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
PyAPI_DATA(const char *) Py_hexdigits;
#endif

#if __has_include("gen/codecs.h")
#include "gen/codecs.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
