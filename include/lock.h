/* lock.h: a mutex of one byte. */
#include "Python.h"
#ifndef Py_LOCK_H
#define Py_LOCK_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct PyMutex {
    uint8_t _bits;
} PyMutex;
#endif
#if __has_include("gen/lock.h")
#include "gen/lock.h"
#endif
#ifndef Py_LIMITED_API
#include "cpython/lock.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
