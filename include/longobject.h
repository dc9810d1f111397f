/* longobject.h: int. */
#include "Python.h"
#ifndef Py_LONGOBJECT_H
#define Py_LONGOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/longobject.h")
#include "gen/longobject.h"
#endif

/* For PyLong_AsPid. */
PyAPI_FUNC(long) PyLong_AsLongAndOverflow(PyObject *op, int *overflow);

#define PyLong_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(op) Py_IS_TYPE((op), &PyLong_Type)
#define PyLong_AS_LONG(op) PyLong_AsLong(op)

/* A pid_t is an int, a pointer is a long, on every platform served. */
#if SIZEOF_PID_T != SIZEOF_INT || SIZEOF_VOID_P != SIZEOF_LONG
#error "this platform's pid_t or void * has a size that longobject.h does not know"
#endif
#define _Py_PARSE_PID "i"
#define _Py_PARSE_INTPTR "l"
#define _Py_PARSE_UINTPTR "k"

#define PyLong_FromPid PyLong_FromLong
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030d0000
#define PyLong_AsPid PyLong_AsInt
#else
/* PyLong_AsInt is newer than the limited API asked for. */
static inline int PyLong_AsPid(PyObject *obj)
{
    int overflow;
    long result = PyLong_AsLongAndOverflow(obj, &overflow);
    if (overflow || result > INT_MAX || result < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return (int)result;
}
#endif

#ifndef Py_LIMITED_API
#include "cpython/longobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
