/* cpython/descrobject.h: the layouts of descriptors. */
#include "Python.h"
#if !defined(Py_CPYTHON_DESCROBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_DESCROBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#define PyWrapperFlag_KEYWORDS 1 /* wrapper is a wrapperfunc_kwds */

typedef struct {
    PyObject_HEAD
    PyTypeObject *d_type;
    PyObject *d_name;
    PyObject *d_qualname;
} PyDescrObject;

#define PyDescr_COMMON PyDescrObject d_common
#define PyDescr_TYPE(x) (((PyDescrObject *)(x))->d_type)
#define PyDescr_NAME(x) (((PyDescrObject *)(x))->d_name)

typedef struct {
    PyDescr_COMMON;
    PyMethodDef *d_method;
    vectorcallfunc vectorcall;
} PyMethodDescrObject;

typedef struct {
    PyDescr_COMMON;
    PyMemberDef *d_member;
} PyMemberDescrObject;

typedef struct {
    PyDescr_COMMON;
    PyGetSetDef *d_getset;
} PyGetSetDescrObject;

typedef struct {
    PyDescr_COMMON;
    struct wrapperbase *d_base;
    void *d_wrapped;
} PyWrapperDescrObject;

#ifdef __cplusplus
}
#endif
#endif
