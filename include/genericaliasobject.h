/* genericaliasobject.h: list[int] and its like. */
#include "Python.h"
#ifndef Py_GENERICALIASOBJECT_H
#define Py_GENERICALIASOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) Py_GenericAliasType;

#if __has_include("gen/genericaliasobject.h")
#include "gen/genericaliasobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
