/* marshal.h: marshal. Not included by Python.h. */
#include "Python.h"
#ifndef Py_MARSHAL_H
#define Py_MARSHAL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
#include <stdio.h>
#define Py_MARSHAL_VERSION 4

#if __has_include("gen/marshal.h")
#include "gen/marshal.h"
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
