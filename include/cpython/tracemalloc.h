/* cpython/tracemalloc.h: telling tracemalloc of foreign memory. */
#include "Python.h"
#if !defined(Py_CPYTHON_TRACEMALLOC_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_TRACEMALLOC_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
PyAPI_FUNC(int) PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);

#if __has_include("gen/tracemalloc.h")
#include "gen/tracemalloc.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
