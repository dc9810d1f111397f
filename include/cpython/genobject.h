/* cpython/genobject.h: generators, coroutines, asynchronous generators. */
#include "Python.h"
#if !defined(Py_CPYTHON_GENOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_GENOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* The frame of the function follows the object, from prefix_iframe on. */
#define _PyGenObject_HEAD(prefix)                                                           \
    PyObject_HEAD                                                                           \
    PyObject *prefix##_weakreflist;                                                         \
    PyObject *prefix##_name;                                                                \
    PyObject *prefix##_qualname;                                                            \
    _PyErr_StackItem prefix##_exc_state;                                                    \
    PyObject *prefix##_origin_or_finalizer;                                                 \
    char prefix##_hooks_inited;                                                             \
    char prefix##_closed;                                                                   \
    char prefix##_running_async;                                                            \
    int8_t prefix##_frame_state;                                                            \
    PyObject *prefix##_iframe[1];

typedef struct {
    _PyGenObject_HEAD(gi)
} PyGenObject;

typedef struct {
    _PyGenObject_HEAD(cr)
} PyCoroObject;

typedef struct {
    _PyGenObject_HEAD(ag)
} PyAsyncGenObject;

#undef _PyGenObject_HEAD

PyAPI_DATA(PyTypeObject) PyGen_Type;
PyAPI_DATA(PyTypeObject) PyCoro_Type;
PyAPI_DATA(PyTypeObject) PyAsyncGen_Type;
PyAPI_DATA(PyTypeObject) _PyAsyncGenASend_Type;

#if __has_include("gen/genobject.h")
#include "gen/genobject.h"
#endif

#define PyGen_Check(op) PyObject_TypeCheck((op), &PyGen_Type)
#define PyGen_CheckExact(op) Py_IS_TYPE((op), &PyGen_Type)
#define PyCoro_CheckExact(op) Py_IS_TYPE((op), &PyCoro_Type)
#define PyAsyncGen_CheckExact(op) Py_IS_TYPE((op), &PyAsyncGen_Type)
#define PyAsyncGenASend_CheckExact(op) Py_IS_TYPE((op), &_PyAsyncGenASend_Type)

#ifdef __cplusplus
}
#endif
#endif
