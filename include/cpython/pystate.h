/* cpython/pystate.h: the layout of the thread state, of which wheels read the current exception and the recursion counters. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYSTATE_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYSTATE_H
#ifdef __cplusplus
extern "C" {
#endif

/* What a Py_tracefunc is told. */
#define PyTrace_CALL 0
#define PyTrace_EXCEPTION 1
#define PyTrace_LINE 2
#define PyTrace_RETURN 3
#define PyTrace_C_CALL 4
#define PyTrace_C_EXCEPTION 5
#define PyTrace_C_RETURN 6
#define PyTrace_OPCODE 7

/* The exceptions being handled, innermost first. */
typedef struct _err_stackitem {
    PyObject *exc_value;
    struct _err_stackitem *previous_item;
} _PyErr_StackItem;

typedef struct _stack_chunk {
    struct _stack_chunk *previous;
    size_t size;
    size_t top;
    PyObject *data[1];
} _PyStackChunk;

struct _ts {
    PyThreadState *prev;
    PyThreadState *next;
    PyInterpreterState *interp;
    uintptr_t eval_breaker;
    struct {
        unsigned int initialized : 1;
        unsigned int bound : 1;
        unsigned int unbound : 1;
        unsigned int bound_gilstate : 1;
        unsigned int active : 1;
        unsigned int holds_gil : 1;
        unsigned int finalizing : 1;
        unsigned int cleared : 1;
        unsigned int finalized : 1;
        unsigned int : 23;
    } _status;
    int _whence;
    int state;
    int py_recursion_remaining;
    int py_recursion_limit;
    int c_recursion_remaining;
    int recursion_headroom;
    int tracing;
    int what_event;
    struct _PyInterpreterFrame *current_frame;
    Py_tracefunc c_profilefunc;
    Py_tracefunc c_tracefunc;
    PyObject *c_profileobj;
    PyObject *c_traceobj;
    PyObject *current_exception; /* pending: NULL or an instance */
    _PyErr_StackItem *exc_info;
    PyObject *dict;
    int gilstate_counter;
    PyObject *async_exc;
    unsigned long thread_id;
    unsigned long native_thread_id;
    PyObject *delete_later; /* the trashcan's list */
    uintptr_t critical_section;
    int coroutine_origin_tracking_depth;
    PyObject *async_gen_firstiter;
    PyObject *async_gen_finalizer;
    PyObject *context;
    uint64_t context_ver;
    uint64_t id;
    _PyStackChunk *datastack_chunk;
    PyObject **datastack_top;
    PyObject **datastack_limit;
    _PyErr_StackItem exc_state; /* the bottom of exc_info */
    PyObject *previous_executor;
    uint64_t dict_global_version;
    PyObject *threading_local_key;
    PyObject *threading_local_sentinel;
};

#ifdef _Py_ADDRESS_SANITIZER
#define Py_C_RECURSION_LIMIT 4000
#else
#define Py_C_RECURSION_LIMIT 10000
#endif

#define _PyThreadState_UncheckedGet PyThreadState_GetUnchecked

#ifdef __cplusplus
}
#endif
#endif
