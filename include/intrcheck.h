/* intrcheck.h: signals. */
#include "Python.h"
#ifndef Py_INTRCHECK_H
#define Py_INTRCHECK_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/intrcheck.h")
#include "gen/intrcheck.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
