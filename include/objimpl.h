/* objimpl.h: making objects, and the garbage collector's interface. */
#include "Python.h"
#ifndef Py_OBJIMPL_H
#define Py_OBJIMPL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *ptr, size_t size);
} PyObjectArenaAllocator;

typedef int (*gcvisitobjects_t)(PyObject *, void *);
#endif

#if __has_include("gen/objimpl.h")
#include "gen/objimpl.h"
#endif

#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))
#define PyObject_GC_New(type, typeobj) _Py_CAST(type *, _PyObject_GC_New(typeobj))
#define PyObject_GC_NewVar(type, typeobj, n) _Py_CAST(type *, _PyObject_GC_NewVar((typeobj), (n)))
#define PyObject_GC_Resize(type, op, n) ((type *)_PyObject_GC_Resize(_PyVarObject_CAST(op), (n)))

#define PyType_IS_GC(t) PyType_HasFeature((t), Py_TPFLAGS_HAVE_GC)

/* In a tp_traverse whose parameters are called `visit` and `arg`. */
#define Py_VISIT(op)                                                                        \
    do {                                                                                    \
        if (op) {                                                                           \
            int vret = visit(_PyObject_CAST(op), arg);                                      \
            if (vret) {                                                                     \
                return vret;                                                                \
            }                                                                               \
        }                                                                                   \
    } while (0)

/* Old names. */
#define PyObject_MALLOC PyObject_Malloc
#define PyObject_REALLOC PyObject_Realloc
#define PyObject_FREE PyObject_Free
#define PyObject_Del PyObject_Free
#define PyObject_DEL PyObject_Free
#define PyObject_INIT(op, typeobj) PyObject_Init(_PyObject_CAST(op), (typeobj))
#define PyObject_INIT_VAR(op, typeobj, size) PyObject_InitVar(_PyVarObject_CAST(op), (typeobj), (size))
#define PyObject_NEW(type, typeobj) PyObject_New(type, (typeobj))
#define PyObject_NEW_VAR(type, typeobj, n) PyObject_NewVar(type, (typeobj), (n))

#ifndef Py_LIMITED_API
#include "cpython/objimpl.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
