/* osmodule.h: what the os module offers to C. */
#include "Python.h"
#ifndef Py_OSMODULE_H
#define Py_OSMODULE_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/osmodule.h")
#include "gen/osmodule.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
