/* enumobject.h: enumerate and reversed. */
#include "Python.h"
#ifndef Py_ENUMOBJECT_H
#define Py_ENUMOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyEnum_Type;
PyAPI_DATA(PyTypeObject) PyReversed_Type;

#if __has_include("gen/enumobject.h")
#include "gen/enumobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
