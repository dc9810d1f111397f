/* object.h: the object head, reference counting, types. */
#include "Python.h"
#ifndef Py_OBJECT_H
#define Py_OBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* ---- layout of every object ---- */

#define PyObject_HEAD PyObject ob_base;
#define PyObject_VAR_HEAD PyVarObject ob_base;

/* The low half of the count all ones, which is negative as a 32-bit number: never changes. */
#if SIZEOF_VOID_P > 4
#define _Py_IMMORTAL_REFCNT _Py_CAST(Py_ssize_t, UINT_MAX)
#else
#define _Py_IMMORTAL_REFCNT _Py_CAST(Py_ssize_t, UINT_MAX >> 2)
#endif

struct _object {
#if defined(__GNUC__) && !(defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L)
    __extension__ /* anonymous unions came with C11 */
#endif
    union {
        Py_ssize_t ob_refcnt;
#if SIZEOF_VOID_P > 4
        PY_UINT32_T ob_refcnt_split[2];
#endif
    };
    PyTypeObject *ob_type;
};

typedef struct {
    PyObject ob_base;
    Py_ssize_t ob_size;
} PyVarObject;

/* Initialisers of static objects, which live for ever. */
#define _PyObject_EXTRA_INIT
#define PyObject_HEAD_INIT(type) {{_Py_IMMORTAL_REFCNT}, (type)},
#define PyVarObject_HEAD_INIT(type, size) {PyObject_HEAD_INIT(type)(size)},

#define Py_INVALID_SIZE (Py_ssize_t)-1

#define _PyObject_CAST(op) _Py_CAST(PyObject *, (op))
#define _PyVarObject_CAST(op) _Py_CAST(PyVarObject *, (op))

/* ---- slot types ---- */

typedef PyObject *(*unaryfunc)(PyObject *);
typedef PyObject *(*binaryfunc)(PyObject *, PyObject *);
typedef PyObject *(*ternaryfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*inquiry)(PyObject *);
typedef Py_ssize_t (*lenfunc)(PyObject *);
typedef PyObject *(*ssizeargfunc)(PyObject *, Py_ssize_t);
typedef PyObject *(*ssizessizeargfunc)(PyObject *, Py_ssize_t, Py_ssize_t);
typedef int (*ssizeobjargproc)(PyObject *, Py_ssize_t, PyObject *);
typedef int (*ssizessizeobjargproc)(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *);
typedef int (*objobjargproc)(PyObject *, PyObject *, PyObject *);
typedef int (*objobjproc)(PyObject *, PyObject *);
typedef int (*visitproc)(PyObject *, void *);
typedef int (*traverseproc)(PyObject *, visitproc, void *);
typedef void (*freefunc)(void *);
typedef void (*destructor)(PyObject *);
typedef PyObject *(*getattrfunc)(PyObject *, char *);
typedef PyObject *(*getattrofunc)(PyObject *, PyObject *);
typedef int (*setattrfunc)(PyObject *, char *, PyObject *);
typedef int (*setattrofunc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*reprfunc)(PyObject *);
typedef Py_hash_t (*hashfunc)(PyObject *);
typedef PyObject *(*richcmpfunc)(PyObject *, PyObject *, int);
typedef PyObject *(*getiterfunc)(PyObject *);
typedef PyObject *(*iternextfunc)(PyObject *);
typedef PyObject *(*descrgetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*descrsetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*initproc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*newfunc)(PyTypeObject *, PyObject *, PyObject *);
typedef PyObject *(*allocfunc)(PyTypeObject *, Py_ssize_t);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030c0000
typedef PyObject *(*vectorcallfunc)(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);
#endif

typedef struct {
    int slot; /* Py_tp_... of typeslots.h; 0 ends the list */
    void *pfunc;
} PyType_Slot;

typedef struct {
    const char *name;
    int basicsize;
    int itemsize;
    unsigned int flags;
    PyType_Slot *slots;
} PyType_Spec;

typedef enum {
    PYGEN_RETURN = 0,
    PYGEN_ERROR = -1,
    PYGEN_NEXT = 1
} PySendResult;

#ifndef Py_LIMITED_API
typedef PySendResult (*sendfunc)(PyObject *iter, PyObject *value, PyObject **result);

#define TYPE_MAX_WATCHERS 8
typedef int (*PyType_WatchCallback)(PyTypeObject *);

typedef enum {
    PyRefTracer_CREATE = 0,
    PyRefTracer_DESTROY = 1
} PyRefTracerEvent;
typedef int (*PyRefTracer)(PyObject *, PyRefTracerEvent event, void *);

typedef struct _Py_Identifier {
    const char *string;
    Py_ssize_t index; /* -1 until the string was interned */
    struct {
        uint8_t v;
    } mutex;
} _Py_Identifier;
#endif

PyAPI_DATA(PyTypeObject) PyType_Type;
PyAPI_DATA(PyTypeObject) PyBaseObject_Type;
PyAPI_DATA(PyTypeObject) PySuper_Type;
PyAPI_DATA(PyTypeObject) PyLong_Type;
PyAPI_DATA(PyTypeObject) PyBool_Type;
#ifndef Py_LIMITED_API
PyAPI_DATA(PyTypeObject) _PyNone_Type;
PyAPI_DATA(PyTypeObject) _PyNotImplemented_Type;
#endif

#if __has_include("gen/object.h")
#include "gen/object.h"
#endif

/* What the inline functions below call. */
PyAPI_FUNC(void) _Py_Dealloc(PyObject *op);
PyAPI_FUNC(void) _Py_IncRef(PyObject *op);
PyAPI_FUNC(void) _Py_DecRef(PyObject *op);
PyAPI_FUNC(void) Py_IncRef(PyObject *op);
PyAPI_FUNC(void) Py_DecRef(PyObject *op);
PyAPI_FUNC(void) _Py_SetRefcnt(PyObject *ob, Py_ssize_t refcnt);
PyAPI_FUNC(int) PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b);
PyAPI_FUNC(unsigned long) PyType_GetFlags(PyTypeObject *type);

/* ---- head fields ---- */

#define Py_Is(x, y) ((x) == (y))

static inline Py_ssize_t Py_REFCNT(PyObject *ob) { return ob->ob_refcnt; }
static inline PyTypeObject *Py_TYPE(PyObject *ob) { return ob->ob_type; }
static inline int Py_IS_TYPE(PyObject *ob, PyTypeObject *type) { return ob->ob_type == type; }
static inline void Py_SET_TYPE(PyObject *ob, PyTypeObject *type) { ob->ob_type = type; }

/* An int keeps its length elsewhere (see longintrepr.h). */
static inline Py_ssize_t Py_SIZE(PyObject *ob)
{
    assert(ob->ob_type != &PyLong_Type && ob->ob_type != &PyBool_Type);
    return _PyVarObject_CAST(ob)->ob_size;
}

static inline void Py_SET_SIZE(PyVarObject *ob, Py_ssize_t size)
{
    assert(ob->ob_base.ob_type != &PyLong_Type && ob->ob_base.ob_type != &PyBool_Type);
    ob->ob_size = size;
}

static inline Py_ALWAYS_INLINE int _Py_IsImmortal(PyObject *op)
{
#if SIZEOF_VOID_P > 4
    return _Py_CAST(PY_INT32_T, op->ob_refcnt) < 0;
#else
    return op->ob_refcnt == _Py_IMMORTAL_REFCNT;
#endif
}
#define _Py_IsImmortal(op) _Py_IsImmortal(_PyObject_CAST(op))

static inline void Py_SET_REFCNT(PyObject *ob, Py_ssize_t refcnt)
{
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030d0000
    _Py_SetRefcnt(ob, refcnt);
#else
    if (!_Py_IsImmortal(ob)) {
        ob->ob_refcnt = refcnt;
    }
#endif
}

static inline int PyObject_TypeCheck(PyObject *ob, PyTypeObject *type)
{
    return ob->ob_type == type || PyType_IsSubtype(ob->ob_type, type);
}

#if _Emul_LENIENT_ARGUMENTS
#define Py_REFCNT(ob) Py_REFCNT(_PyObject_CAST(ob))
#define Py_TYPE(ob) Py_TYPE(_PyObject_CAST(ob))
#define Py_SIZE(ob) Py_SIZE(_PyObject_CAST(ob))
#define Py_IS_TYPE(ob, type) Py_IS_TYPE(_PyObject_CAST(ob), (type))
#define Py_SET_REFCNT(ob, refcnt) Py_SET_REFCNT(_PyObject_CAST(ob), (refcnt))
#define Py_SET_TYPE(ob, type) Py_SET_TYPE(_PyObject_CAST(ob), type)
#define Py_SET_SIZE(ob, size) Py_SET_SIZE(_PyVarObject_CAST(ob), (size))
#define PyObject_TypeCheck(ob, type) PyObject_TypeCheck(_PyObject_CAST(ob), (type))
#endif

/* ---- reference counting ---- */

/* Limited APIs from 3.12 on leave the counting to functions, so that its rules may change. */
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030c0000

static inline Py_ALWAYS_INLINE void Py_INCREF(PyObject *op) { _Py_IncRef(op); }
static inline Py_ALWAYS_INLINE void Py_DECREF(PyObject *op) { _Py_DecRef(op); }

#else

/* A count whose low half is all ones is immortal; the 32-bit addition then gives 0 and nothing is stored. */
static inline Py_ALWAYS_INLINE void Py_INCREF(PyObject *op)
{
#if SIZEOF_VOID_P > 4
    PY_UINT32_T incremented = op->ob_refcnt_split[PY_BIG_ENDIAN] + 1;
    if (incremented != 0) {
        op->ob_refcnt_split[PY_BIG_ENDIAN] = incremented;
    }
#else
    if (!_Py_IsImmortal(op)) {
        op->ob_refcnt++;
    }
#endif
}

static inline Py_ALWAYS_INLINE void Py_DECREF(PyObject *op)
{
    if (!_Py_IsImmortal(op) && --op->ob_refcnt == 0) {
        _Py_Dealloc(op);
    }
}

#endif

#define Py_DECREF(op) Py_DECREF(_PyObject_CAST(op))
#if _Emul_LENIENT_ARGUMENTS
#define Py_INCREF(op) Py_INCREF(_PyObject_CAST(op))
#endif

static inline void Py_XINCREF(PyObject *op)
{
    if (op != _Py_NULL) {
        Py_INCREF(op);
    }
}

static inline void Py_XDECREF(PyObject *op)
{
    if (op != _Py_NULL) {
        Py_DECREF(op);
    }
}

static inline PyObject *_Py_NewRef(PyObject *obj)
{
    Py_INCREF(obj);
    return obj;
}

static inline PyObject *_Py_XNewRef(PyObject *obj)
{
    Py_XINCREF(obj);
    return obj;
}

#if _Emul_LENIENT_ARGUMENTS
#define Py_XINCREF(op) Py_XINCREF(_PyObject_CAST(op))
#define Py_XDECREF(op) Py_XDECREF(_PyObject_CAST(op))
#define Py_NewRef(obj) _Py_NewRef(_PyObject_CAST(obj))
#define Py_XNewRef(obj) _Py_XNewRef(_PyObject_CAST(obj))
#else
#define Py_NewRef(obj) _Py_NewRef(obj)
#define Py_XNewRef(obj) _Py_XNewRef(obj)
#endif

/* The variable is emptied first: what the release runs may look at it. `op` is evaluated once. */
#ifdef _Py_TYPEOF
#define Py_CLEAR(op)                                                                        \
    do {                                                                                    \
        _Py_TYPEOF(op) *_tmp_op_ptr = &(op);                                                \
        _Py_TYPEOF(op) _tmp_old_op = *_tmp_op_ptr;                                          \
        if (_tmp_old_op != NULL) {                                                          \
            *_tmp_op_ptr = _Py_NULL;                                                        \
            Py_DECREF(_tmp_old_op);                                                         \
        }                                                                                   \
    } while (0)
#else
#define Py_CLEAR(op)                                                                        \
    do {                                                                                    \
        PyObject **_tmp_op_ptr = _Py_CAST(PyObject **, &(op));                              \
        PyObject *_tmp_old_op = *_tmp_op_ptr;                                               \
        if (_tmp_old_op != NULL) {                                                          \
            PyObject *_tmp_null = _Py_NULL;                                                 \
            memcpy(_tmp_op_ptr, &_tmp_null, sizeof(PyObject *));                            \
            Py_DECREF(_tmp_old_op);                                                         \
        }                                                                                   \
    } while (0)
#endif

/* ---- singletons ---- */

/* For Py_GetConstant and Py_GetConstantBorrowed. */
#define Py_CONSTANT_NONE 0
#define Py_CONSTANT_FALSE 1
#define Py_CONSTANT_TRUE 2
#define Py_CONSTANT_ELLIPSIS 3
#define Py_CONSTANT_NOT_IMPLEMENTED 4
#define Py_CONSTANT_ZERO 5
#define Py_CONSTANT_ONE 6
#define Py_CONSTANT_EMPTY_STR 7
#define Py_CONSTANT_EMPTY_BYTES 8
#define Py_CONSTANT_EMPTY_TUPLE 9

PyAPI_DATA(PyObject) _Py_NoneStruct;
PyAPI_DATA(PyObject) _Py_NotImplementedStruct;
#if defined(Py_LIMITED_API) && Py_LIMITED_API+0 >= 0x030d0000
#define Py_None Py_GetConstantBorrowed(Py_CONSTANT_NONE)
#define Py_NotImplemented Py_GetConstantBorrowed(Py_CONSTANT_NOT_IMPLEMENTED)
#else
#define Py_None (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#endif

#define Py_IsNone(x) Py_Is((x), Py_None)
#define Py_RETURN_NONE return Py_None
#define Py_RETURN_NOTIMPLEMENTED return Py_NotImplemented

/* ---- comparing ---- */

#define Py_LT 0
#define Py_LE 1
#define Py_EQ 2
#define Py_NE 3
#define Py_GT 4
#define Py_GE 5

#define Py_RETURN_RICHCOMPARE(val1, val2, op)                                               \
    do {                                                                                    \
        switch (op) {                                                                       \
        case Py_EQ: if ((val1) == (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                  \
        case Py_NE: if ((val1) != (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                  \
        case Py_LT: if ((val1) < (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                   \
        case Py_GT: if ((val1) > (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                   \
        case Py_LE: if ((val1) <= (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                  \
        case Py_GE: if ((val1) >= (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;                  \
        default: Py_UNREACHABLE();                                                          \
        }                                                                                   \
    } while (0)

/* For PyObject_Print. */
#define Py_PRINT_RAW 1

/* ---- tp_flags ---- */

#ifndef Py_LIMITED_API
#define _Py_TPFLAGS_STATIC_BUILTIN (1 << 1)
#define Py_TPFLAGS_INLINE_VALUES (1 << 2)
#define Py_TPFLAGS_MANAGED_WEAKREF (1 << 3)
#define Py_TPFLAGS_MANAGED_DICT (1 << 4)
#define Py_TPFLAGS_PREHEADER (Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_MANAGED_DICT)
#define Py_TPFLAGS_SEQUENCE (1 << 5)
#define Py_TPFLAGS_MAPPING (1 << 6)
#endif
#define Py_TPFLAGS_DISALLOW_INSTANTIATION (1UL << 7)
#define Py_TPFLAGS_IMMUTABLETYPE (1UL << 8)
#define Py_TPFLAGS_HEAPTYPE (1UL << 9)
#define Py_TPFLAGS_BASETYPE (1UL << 10)
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030c0000
#define Py_TPFLAGS_HAVE_VECTORCALL (1UL << 11)
#endif
#ifndef Py_LIMITED_API
#define _Py_TPFLAGS_HAVE_VECTORCALL Py_TPFLAGS_HAVE_VECTORCALL
#endif
#define Py_TPFLAGS_READY (1UL << 12)
#define Py_TPFLAGS_READYING (1UL << 13)
#define Py_TPFLAGS_HAVE_GC (1UL << 14)
#define Py_TPFLAGS_HAVE_STACKLESS_EXTENSION 0
#define Py_TPFLAGS_METHOD_DESCRIPTOR (1UL << 17)
#define Py_TPFLAGS_VALID_VERSION_TAG (1UL << 19)
#define Py_TPFLAGS_IS_ABSTRACT (1UL << 20)
#define _Py_TPFLAGS_MATCH_SELF (1UL << 22)
#define Py_TPFLAGS_ITEMS_AT_END (1UL << 23)
#define Py_TPFLAGS_LONG_SUBCLASS (1UL << 24)
#define Py_TPFLAGS_LIST_SUBCLASS (1UL << 25)
#define Py_TPFLAGS_TUPLE_SUBCLASS (1UL << 26)
#define Py_TPFLAGS_BYTES_SUBCLASS (1UL << 27)
#define Py_TPFLAGS_UNICODE_SUBCLASS (1UL << 28)
#define Py_TPFLAGS_DICT_SUBCLASS (1UL << 29)
#define Py_TPFLAGS_BASE_EXC_SUBCLASS (1UL << 30)
#define Py_TPFLAGS_TYPE_SUBCLASS (1UL << 31)
#define Py_TPFLAGS_DEFAULT (Py_TPFLAGS_HAVE_STACKLESS_EXTENSION | 0)

/* Still named by old sources. */
#define Py_TPFLAGS_HAVE_FINALIZE (1UL << 0)
#define Py_TPFLAGS_HAVE_VERSION_TAG (1UL << 18)

#ifndef Py_LIMITED_API
#include "cpython/object.h"
#endif

static inline int PyType_HasFeature(PyTypeObject *type, unsigned long feature)
{
#ifdef Py_LIMITED_API
    return (PyType_GetFlags(type) & feature) != 0;
#else
    return (type->tp_flags & feature) != 0;
#endif
}
#define PyType_FastSubclass(type, flag) PyType_HasFeature((type), (flag))

static inline int PyType_Check(PyObject *op) { return PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_TYPE_SUBCLASS); }
static inline int PyType_CheckExact(PyObject *op) { return Py_IS_TYPE(op, &PyType_Type); }
#if _Emul_LENIENT_ARGUMENTS
#define PyType_Check(op) PyType_Check(_PyObject_CAST(op))
#define PyType_CheckExact(op) PyType_CheckExact(_PyObject_CAST(op))
#endif
#define _PyType_CAST(op) (assert(PyType_Check(op)), _Py_CAST(PyTypeObject *, (op)))

#ifdef __cplusplus
}
#endif
#endif
