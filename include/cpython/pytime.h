/* cpython/pytime.h: clocks, in nanoseconds. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYTIME_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYTIME_H
#ifdef __cplusplus
extern "C" {
#endif

typedef int64_t PyTime_t;
#define PyTime_MIN INT64_MIN
#define PyTime_MAX INT64_MAX

#if __has_include("gen/pytime.h")
#include "gen/pytime.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
