/* pyhash.h: hashing. */
#include "Python.h"
#ifndef Py_PYHASH_H
#define Py_PYHASH_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct {
    Py_hash_t (*const hash)(const void *, Py_ssize_t);
    const char *name;
    const int hash_bits;
    const int seed_bits;
} PyHash_FuncDef;
#endif

#if __has_include("gen/pyhash.h")
#include "gen/pyhash.h"
#endif

#define Py_HASH_EXTERNAL 0
#define Py_HASH_SIPHASH24 1
#define Py_HASH_FNV 2
#define Py_HASH_SIPHASH13 3
#ifndef Py_HASH_ALGORITHM
#define Py_HASH_ALGORITHM Py_HASH_SIPHASH13
#endif
#ifndef Py_HASH_CUTOFF
#define Py_HASH_CUTOFF 0
#endif

#ifndef Py_LIMITED_API
#include "cpython/pyhash.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
