/* cpython/context.h: context variables. */
#include "Python.h"
#if !defined(Py_CPYTHON_CONTEXT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_CONTEXT_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct _pycontextobject PyContext;
typedef struct _pycontextvarobject PyContextVar;
typedef struct _pycontexttokenobject PyContextToken;

PyAPI_DATA(PyTypeObject) PyContext_Type;
PyAPI_DATA(PyTypeObject) PyContextVar_Type;
PyAPI_DATA(PyTypeObject) PyContextToken_Type;

#if __has_include("gen/context.h")
#include "gen/context.h"
#endif

#define PyContext_CheckExact(o) Py_IS_TYPE((o), &PyContext_Type)
#define PyContextVar_CheckExact(o) Py_IS_TYPE((o), &PyContextVar_Type)
#define PyContextToken_CheckExact(o) Py_IS_TYPE((o), &PyContextToken_Type)

#ifdef __cplusplus
}
#endif
#endif
