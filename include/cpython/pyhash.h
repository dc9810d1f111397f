/* cpython/pyhash.h: the constants of numeric hashes: numbers are hashed modulo a Mersenne prime. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYHASH_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYHASH_H
#ifdef __cplusplus
extern "C" {
#endif

#define PyHASH_MULTIPLIER 1000003UL
#if SIZEOF_VOID_P >= 8
#define PyHASH_BITS 61
#else
#define PyHASH_BITS 31
#endif
#define PyHASH_MODULUS (((size_t)1 << PyHASH_BITS) - 1)
#define PyHASH_INF 314159
#define PyHASH_IMAG PyHASH_MULTIPLIER

/* Names before 3.13. */
#define _PyHASH_MULTIPLIER PyHASH_MULTIPLIER
#define _PyHASH_BITS PyHASH_BITS
#define _PyHASH_MODULUS PyHASH_MODULUS
#define _PyHASH_INF PyHASH_INF
#define _PyHASH_IMAG PyHASH_IMAG
#define _Py_HashPointer Py_HashPointer

#ifdef __cplusplus
}
#endif
#endif
