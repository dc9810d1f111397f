/* cpython/funcobject.h: functions written in Python; classmethod and staticmethod. */
#include "Python.h"
#if !defined(Py_CPYTHON_FUNCOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_FUNCOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* What a frame needs of a function: the fields both structs share. */
#define _Py_COMMON_FIELDS(PREFIX)                                                           \
    PyObject *PREFIX##globals;                                                              \
    PyObject *PREFIX##builtins;                                                             \
    PyObject *PREFIX##name;                                                                 \
    PyObject *PREFIX##qualname;                                                             \
    PyObject *PREFIX##code;                                                                 \
    PyObject *PREFIX##defaults;                                                             \
    PyObject *PREFIX##kwdefaults;                                                           \
    PyObject *PREFIX##closure;

typedef struct {
    _Py_COMMON_FIELDS(fc_)
} PyFrameConstructor;

typedef struct {
    PyObject_HEAD
    _Py_COMMON_FIELDS(func_)
    PyObject *func_doc;
    PyObject *func_dict;
    PyObject *func_weakreflist;
    PyObject *func_module;
    PyObject *func_annotations;
    PyObject *func_typeparams;
    vectorcallfunc vectorcall;
    uint32_t func_version;
} PyFunctionObject;

#undef _Py_COMMON_FIELDS

#define PY_FOREACH_FUNC_EVENT(V) V(CREATE) V(DESTROY) V(MODIFY_CODE) V(MODIFY_DEFAULTS) V(MODIFY_KWDEFAULTS)

typedef enum {
    PyFunction_EVENT_CREATE,
    PyFunction_EVENT_DESTROY,
    PyFunction_EVENT_MODIFY_CODE,
    PyFunction_EVENT_MODIFY_DEFAULTS,
    PyFunction_EVENT_MODIFY_KWDEFAULTS
} PyFunction_WatchEvent;

typedef int (*PyFunction_WatchCallback)(PyFunction_WatchEvent event, PyFunctionObject *func, PyObject *new_value);

PyAPI_DATA(PyTypeObject) PyFunction_Type;
PyAPI_DATA(PyTypeObject) PyClassMethod_Type;
PyAPI_DATA(PyTypeObject) PyStaticMethod_Type;

#if __has_include("gen/funcobject.h")
#include "gen/funcobject.h"
#endif

#define PyFunction_Check(op) Py_IS_TYPE((op), &PyFunction_Type)
#define _PyFunction_CAST(func) (assert(PyFunction_Check(func)), _Py_CAST(PyFunctionObject *, func))

static inline PyObject *PyFunction_GET_CODE(PyObject *func) { return _PyFunction_CAST(func)->func_code; }
static inline PyObject *PyFunction_GET_GLOBALS(PyObject *func) { return _PyFunction_CAST(func)->func_globals; }
static inline PyObject *PyFunction_GET_MODULE(PyObject *func) { return _PyFunction_CAST(func)->func_module; }
static inline PyObject *PyFunction_GET_DEFAULTS(PyObject *func) { return _PyFunction_CAST(func)->func_defaults; }
static inline PyObject *PyFunction_GET_KW_DEFAULTS(PyObject *func) { return _PyFunction_CAST(func)->func_kwdefaults; }
static inline PyObject *PyFunction_GET_CLOSURE(PyObject *func) { return _PyFunction_CAST(func)->func_closure; }
static inline PyObject *PyFunction_GET_ANNOTATIONS(PyObject *func) { return _PyFunction_CAST(func)->func_annotations; }
#define PyFunction_GET_CODE(func) PyFunction_GET_CODE(_PyObject_CAST(func))
#define PyFunction_GET_GLOBALS(func) PyFunction_GET_GLOBALS(_PyObject_CAST(func))
#define PyFunction_GET_MODULE(func) PyFunction_GET_MODULE(_PyObject_CAST(func))
#define PyFunction_GET_DEFAULTS(func) PyFunction_GET_DEFAULTS(_PyObject_CAST(func))
#define PyFunction_GET_KW_DEFAULTS(func) PyFunction_GET_KW_DEFAULTS(_PyObject_CAST(func))
#define PyFunction_GET_CLOSURE(func) PyFunction_GET_CLOSURE(_PyObject_CAST(func))
#define PyFunction_GET_ANNOTATIONS(func) PyFunction_GET_ANNOTATIONS(_PyObject_CAST(func))

#ifdef __cplusplus
}
#endif
#endif
