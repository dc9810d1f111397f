/* frameobject.h: frames and the proxy for their locals. Not included by Python.h. */
#include "Python.h"
#ifndef Py_FRAMEOBJECT_H
#define Py_FRAMEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pyframe.h"
#if __has_include("gen/frameobject.h")
#include "gen/frameobject.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/frameobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
