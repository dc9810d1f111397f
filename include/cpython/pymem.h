/* cpython/pymem.h: nothing beyond pymem.h, which needs the types above its prototypes. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYMEM_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYMEM_H
#ifdef __cplusplus
extern "C" {
#endif



#ifdef __cplusplus
}
#endif
#endif
