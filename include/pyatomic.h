/* pyatomic.h: atomic operations. */
#include "Python.h"
#ifndef Py_PYATOMIC_H
#define Py_PYATOMIC_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
#include "cpython/pyatomic.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
