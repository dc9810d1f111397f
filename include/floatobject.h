/* floatobject.h: float. */
#include "Python.h"
#ifndef Py_FLOATOBJECT_H
#define Py_FLOATOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyFloat_Type;

#if __has_include("gen/floatobject.h")
#include "gen/floatobject.h"
#endif

#define PyFloat_Check(op) PyObject_TypeCheck(op, &PyFloat_Type)
#define PyFloat_CheckExact(op) Py_IS_TYPE((op), &PyFloat_Type)

#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_RETURN_INF(sign)                                                                 \
    do {                                                                                    \
        return PyFloat_FromDouble(copysign(1., sign) == 1. ? Py_HUGE_VAL : -Py_HUGE_VAL);   \
    } while (0)

#ifndef Py_LIMITED_API
#include "cpython/floatobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
