/* pyport.h: what differs between compilers and platforms, and the integer types of the API. */
#ifndef Py_PYPORT_H
#define Py_PYPORT_H

#include "pyconfig.h"
#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#if UCHAR_MAX != 255
#error "a char must have 8 bits"
#endif

/* ---- casts that are quiet in C and in C++ ---- */

#ifdef __cplusplus
#define _Py_STATIC_CAST(type, expr) static_cast<type>(expr)
#else
#define _Py_STATIC_CAST(type, expr) ((type)(expr))
#endif
#define _Py_CAST(type, expr) ((type)(expr))

#if (defined(__cplusplus) && __cplusplus >= 201103) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define _Py_NULL nullptr
#else
#define _Py_NULL NULL
#endif

/* Whether PyObject * parameters of inline functions accept any object struct: limited APIs from 3.11 on are strict. */
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 < 0x030b0000
#define _Emul_LENIENT_ARGUMENTS 1
#else
#define _Emul_LENIENT_ARGUMENTS 0
#endif

/* The limited API has no business with the interpreter's own switches. */
#ifdef Py_LIMITED_API
#undef Py_BUILD_CORE
#undef Py_BUILD_CORE_BUILTIN
#undef Py_BUILD_CORE_MODULE
#else
#if (defined(Py_BUILD_CORE_BUILTIN) || defined(Py_BUILD_CORE_MODULE)) && !defined(Py_BUILD_CORE)
#define Py_BUILD_CORE
#endif
#endif

/* ---- integer types ---- */

#ifndef HAVE_LONG_LONG
#define HAVE_LONG_LONG 1
#endif
#ifndef PY_LONG_LONG
#define PY_LONG_LONG long long
#define PY_LLONG_MIN LLONG_MIN
#define PY_LLONG_MAX LLONG_MAX
#define PY_ULLONG_MAX ULLONG_MAX
#endif

#define PY_UINT32_T uint32_t
#define PY_UINT64_T uint64_t
#define PY_INT32_T int32_t
#define PY_INT64_T int64_t
#define PY_DWORD_MAX 4294967295U

#ifndef PYLONG_BITS_IN_DIGIT
#define PYLONG_BITS_IN_DIGIT 30
#endif

typedef uintptr_t Py_uintptr_t;
typedef intptr_t Py_intptr_t;

#ifdef HAVE_SSIZE_T
typedef ssize_t Py_ssize_t;
#define PY_SSIZE_T_MAX SSIZE_MAX
#else
typedef Py_intptr_t Py_ssize_t;
#define PY_SSIZE_T_MAX INTPTR_MAX
#endif
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX-1)
#define PY_SIZE_MAX SIZE_MAX
#ifndef PY_FORMAT_SIZE_T
#define PY_FORMAT_SIZE_T "z"
#endif

typedef Py_ssize_t Py_hash_t;
typedef size_t Py_uhash_t;
#define SIZEOF_PY_HASH_T SIZEOF_SIZE_T
#define SIZEOF_PY_UHASH_T SIZEOF_SIZE_T

/* The length of a '#' format unit. */
typedef Py_ssize_t Py_ssize_clean_t;

#ifndef LONG_BIT
#define LONG_BIT (8 * SIZEOF_LONG)
#endif
#if LONG_BIT != 8 * SIZEOF_LONG
#error "LONG_BIT does not fit SIZEOF_LONG"
#endif

#ifndef Py_LL
#define Py_LL(x) x##LL
#endif
#ifndef Py_ULL
#define Py_ULL(x) Py_LL(x##U)
#endif

#ifdef WORDS_BIGENDIAN
#define PY_BIG_ENDIAN 1
#define PY_LITTLE_ENDIAN 0
#else
#define PY_BIG_ENDIAN 0
#define PY_LITTLE_ENDIAN 1
#endif

/* ---- functions ---- */

#define Py_LOCAL(type) static type
#define Py_LOCAL_INLINE(type) static inline type

#if _Emul_LENIENT_ARGUMENTS
#define Py_MEMCPY memcpy
#endif
#define Py_VA_COPY va_copy
#define Py_FORCE_EXPANSION(X) X

/* Shifting a negative number right keeps its sign on every compiler served. */
#define Py_ARITHMETIC_RIGHT_SHIFT(TYPE, I, J) ((I) >> (J))

#ifdef Py_DEBUG
#define Py_SAFE_DOWNCAST(VALUE, WIDE, NARROW)                                               \
    (assert(_Py_STATIC_CAST(WIDE, _Py_STATIC_CAST(NARROW, (VALUE))) == (VALUE)),           \
     _Py_STATIC_CAST(NARROW, (VALUE)))
#else
#define Py_SAFE_DOWNCAST(VALUE, WIDE, NARROW) _Py_STATIC_CAST(NARROW, (VALUE))
#endif

/* ---- attributes ---- */

#if defined(__GNUC__) || defined(__clang__)
#define Py_GCC_ATTRIBUTE(x) __attribute__(x)
#define Py_DEPRECATED(VERSION_UNUSED) __attribute__((__deprecated__))
#define Py_ALIGNED(x) __attribute__((aligned(x)))
#define Py_NO_INLINE __attribute__((noinline))
#define _Py_HOT_FUNCTION __attribute__((hot))
#ifdef Py_DEBUG
#define Py_ALWAYS_INLINE
#else
#define Py_ALWAYS_INLINE __attribute__((always_inline))
#endif
#ifndef _Py_NO_RETURN
#define _Py_NO_RETURN __attribute__((__noreturn__))
#endif
#define _Py_TYPEOF(expr) __typeof__(expr)
#else
#define Py_GCC_ATTRIBUTE(x)
#define Py_DEPRECATED(VERSION_UNUSED)
#define Py_ALIGNED(x)
#define Py_NO_INLINE
#define _Py_HOT_FUNCTION
#define Py_ALWAYS_INLINE
#ifndef _Py_NO_RETURN
#define _Py_NO_RETURN
#endif
#endif

#ifdef Py_BUILD_CORE
#define _Py_DEPRECATED_EXTERNALLY(VERSION_UNUSED)
#else
#define _Py_DEPRECATED_EXTERNALLY(version) Py_DEPRECATED(version)
#endif

/* Around a use of something deprecated that is meant. */
#if defined(__clang__)
#define _Py_COMP_DIAG_PUSH _Pragma("clang diagnostic push")
#define _Py_COMP_DIAG_IGNORE_DEPR_DECLS _Pragma("clang diagnostic ignored \"-Wdeprecated-declarations\"")
#define _Py_COMP_DIAG_POP _Pragma("clang diagnostic pop")
#elif defined(__GNUC__)
#define _Py_COMP_DIAG_PUSH _Pragma("GCC diagnostic push")
#define _Py_COMP_DIAG_IGNORE_DEPR_DECLS _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define _Py_COMP_DIAG_POP _Pragma("GCC diagnostic pop")
#else
#define _Py_COMP_DIAG_PUSH
#define _Py_COMP_DIAG_IGNORE_DEPR_DECLS
#define _Py_COMP_DIAG_POP
#endif

#ifdef __has_builtin
#define _Py__has_builtin(x) __has_builtin(x)
#else
#define _Py__has_builtin(x) 0
#endif

#include "exports.h"

/* ---- threads are always there ---- */

#ifndef WITH_THREAD
#define WITH_THREAD
#endif
#define Py_CAN_START_THREADS 1

#if defined(__ANDROID__) || defined(__VXWORKS__)
#define _Py_FORCE_UTF8_LOCALE
#endif
#if defined(_Py_FORCE_UTF8_LOCALE) || defined(__APPLE__)
#define _Py_FORCE_UTF8_FS_ENCODING
#endif

/* Sanitizers change how much C stack a call may take (see Py_C_RECURSION_LIMIT). */
#if defined(__SANITIZE_ADDRESS__)
#define _Py_ADDRESS_SANITIZER
#endif
#if defined(__SANITIZE_THREAD__)
#define _Py_THREAD_SANITIZER
#endif
#ifdef __has_feature
#if __has_feature(memory_sanitizer) && !defined(_Py_MEMORY_SANITIZER)
#define _Py_MEMORY_SANITIZER
#endif
#if __has_feature(address_sanitizer) && !defined(_Py_ADDRESS_SANITIZER)
#define _Py_ADDRESS_SANITIZER
#endif
#if __has_feature(thread_sanitizer) && !defined(_Py_THREAD_SANITIZER)
#define _Py_THREAD_SANITIZER
#endif
#endif

/* The keyword lists of PyArg_ParseTupleAndKeywords are const pointers in C++ only, as old C callers pass char *[]. */
#ifndef PY_CXX_CONST
#ifdef __cplusplus
#define PY_CXX_CONST const
#else
#define PY_CXX_CONST
#endif
#endif

#endif
