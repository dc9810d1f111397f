/* cpython/pyatomic.h: the atomic operations that headers and extensions use, over the compiler's builtins. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYATOMIC_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYATOMIC_H
#ifdef __cplusplus
extern "C" {
#endif

/* One set of operations for each type; `order` names the memory order in the function's name. */
#define _Emul_ATOMIC_LOAD(name, type, suffix, order)                                        \
    static inline type _Py_atomic_load_##name##suffix(const type *obj) { return __atomic_load_n(obj, order); }
#define _Emul_ATOMIC_STORE(name, type, suffix, order)                                       \
    static inline void _Py_atomic_store_##name##suffix(type *obj, type value) { __atomic_store_n(obj, value, order); }
#define _Emul_ATOMIC_SWAP(name, type)                                                       \
    static inline int _Py_atomic_compare_exchange_##name(type *obj, type *expected, type desired) {       \
        return __atomic_compare_exchange_n(obj, expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    }                                                                                       \
    static inline type _Py_atomic_exchange_##name(type *obj, type value) {                  \
        return __atomic_exchange_n(obj, value, __ATOMIC_SEQ_CST);                           \
    }
#define _Emul_ATOMIC_FETCH(name, type, operation)                                           \
    static inline type _Py_atomic_##operation##_##name(type *obj, type value) {             \
        return __atomic_fetch_##operation(obj, value, __ATOMIC_SEQ_CST);                    \
    }
#define _Emul_ATOMIC_BITS(name, type)                                                       \
    _Emul_ATOMIC_TYPE(name, type)                                                           \
    _Emul_ATOMIC_FETCH(name, type, and)                                                     \
    _Emul_ATOMIC_FETCH(name, type, or)
#define _Emul_ATOMIC_TYPE(name, type)                                                       \
    _Emul_ATOMIC_LOAD(name, type, , __ATOMIC_SEQ_CST)                                       \
    _Emul_ATOMIC_LOAD(name, type, _relaxed, __ATOMIC_RELAXED)                               \
    _Emul_ATOMIC_STORE(name, type, , __ATOMIC_SEQ_CST)                                      \
    _Emul_ATOMIC_STORE(name, type, _relaxed, __ATOMIC_RELAXED)                              \
    _Emul_ATOMIC_LOAD(name, type, _acquire, __ATOMIC_ACQUIRE)                               \
    _Emul_ATOMIC_STORE(name, type, _release, __ATOMIC_RELEASE)                              \
    _Emul_ATOMIC_SWAP(name, type)                                                           \
    _Emul_ATOMIC_FETCH(name, type, add)

_Emul_ATOMIC_TYPE(int, int)
_Emul_ATOMIC_TYPE(int8, int8_t)
_Emul_ATOMIC_TYPE(int16, int16_t)
_Emul_ATOMIC_TYPE(int32, int32_t)
_Emul_ATOMIC_TYPE(int64, int64_t)
_Emul_ATOMIC_TYPE(intptr, intptr_t)
_Emul_ATOMIC_TYPE(uint, unsigned int)
_Emul_ATOMIC_BITS(uint8, uint8_t)
_Emul_ATOMIC_BITS(uint16, uint16_t)
_Emul_ATOMIC_BITS(uint32, uint32_t)
_Emul_ATOMIC_BITS(uint64, uint64_t)
_Emul_ATOMIC_BITS(uintptr, uintptr_t)
_Emul_ATOMIC_TYPE(ssize, Py_ssize_t)
_Emul_ATOMIC_TYPE(ulong, unsigned long)
_Emul_ATOMIC_LOAD(ullong, unsigned long long, _relaxed, __ATOMIC_RELAXED)
_Emul_ATOMIC_STORE(ullong, unsigned long long, _relaxed, __ATOMIC_RELAXED)

#undef _Emul_ATOMIC_TYPE
#undef _Emul_ATOMIC_BITS
#undef _Emul_ATOMIC_FETCH
#undef _Emul_ATOMIC_SWAP
#undef _Emul_ATOMIC_STORE
#undef _Emul_ATOMIC_LOAD

/* Pointers: the caller passes the address of a pointer of any type. */
static inline void *_Py_atomic_load_ptr(const void *obj) { return __atomic_load_n((void *const *)obj, __ATOMIC_SEQ_CST); }
static inline void *_Py_atomic_load_ptr_relaxed(const void *obj) { return __atomic_load_n((void *const *)obj, __ATOMIC_RELAXED); }
static inline void *_Py_atomic_load_ptr_acquire(const void *obj) { return __atomic_load_n((void *const *)obj, __ATOMIC_ACQUIRE); }
static inline void _Py_atomic_store_ptr(void *obj, void *value) { __atomic_store_n((void **)obj, value, __ATOMIC_SEQ_CST); }
static inline void _Py_atomic_store_ptr_relaxed(void *obj, void *value) { __atomic_store_n((void **)obj, value, __ATOMIC_RELAXED); }
static inline void _Py_atomic_store_ptr_release(void *obj, void *value) { __atomic_store_n((void **)obj, value, __ATOMIC_RELEASE); }
static inline void *_Py_atomic_exchange_ptr(void *obj, void *value) { return __atomic_exchange_n((void **)obj, value, __ATOMIC_SEQ_CST); }
static inline int _Py_atomic_compare_exchange_ptr(void *obj, void *expected, void *desired)
{
    return __atomic_compare_exchange_n((void **)obj, (void **)expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static inline void _Py_atomic_fence_seq_cst(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void _Py_atomic_fence_acquire(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
static inline void _Py_atomic_fence_release(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }

#ifdef __cplusplus
}
#endif
#endif
