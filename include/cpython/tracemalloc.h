/* cpython/tracemalloc.h: telling tracemalloc of foreign memory. */
#include "Python.h"
#if !defined(Py_CPYTHON_TRACEMALLOC_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_TRACEMALLOC_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/tracemalloc.h")
#include "gen/tracemalloc.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
