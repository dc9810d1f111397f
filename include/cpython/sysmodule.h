/* cpython/sysmodule.h: nothing beyond sysmodule.h, which needs the types above its prototypes. */
#include "Python.h"
#if !defined(Py_CPYTHON_SYSMODULE_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_SYSMODULE_H
#ifdef __cplusplus
extern "C" {
#endif



#ifdef __cplusplus
}
#endif
#endif
