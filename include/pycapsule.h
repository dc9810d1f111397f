/* pycapsule.h: a C pointer in an object. */
#include "Python.h"
#ifndef Py_PYCAPSULE_H
#define Py_PYCAPSULE_H
#ifdef __cplusplus
extern "C" {
#endif

typedef void (*PyCapsule_Destructor)(PyObject *);

PyAPI_DATA(PyTypeObject) PyCapsule_Type;

#if __has_include("gen/pycapsule.h")
#include "gen/pycapsule.h"
#endif

#define PyCapsule_CheckExact(op) Py_IS_TYPE((op), &PyCapsule_Type)

#ifdef __cplusplus
}
#endif
#endif
