/* pyframe.h: frames. */
#include "Python.h"
#ifndef Py_PYFRAME_H
#define Py_PYFRAME_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/pyframe.h")
#include "gen/pyframe.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/pyframe.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
