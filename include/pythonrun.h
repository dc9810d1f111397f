/* pythonrun.h: running source. */
#include "Python.h"
#ifndef Py_PYTHONRUN_H
#define Py_PYTHONRUN_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(int) (*PyOS_InputHook)(void);

#define PYOS_STACK_MARGIN 2048

#if __has_include("gen/pythonrun.h")
#include "gen/pythonrun.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/pythonrun.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
