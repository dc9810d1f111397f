/* complexobject.h: complex. */
#include "Python.h"
#ifndef Py_COMPLEXOBJECT_H
#define Py_COMPLEXOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct {
    double real;
    double imag;
} Py_complex;
#endif

PyAPI_DATA(PyTypeObject) PyComplex_Type;

#if __has_include("gen/complexobject.h")
#include "gen/complexobject.h"
#endif

#define PyComplex_Check(op) PyObject_TypeCheck((op), &PyComplex_Type)
#define PyComplex_CheckExact(op) Py_IS_TYPE((op), &PyComplex_Type)

#ifndef Py_LIMITED_API
#include "cpython/complexobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
