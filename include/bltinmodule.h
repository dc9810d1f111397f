/* bltinmodule.h: types of the builtins module. */
#include "Python.h"
#ifndef Py_BLTINMODULE_H
#define Py_BLTINMODULE_H
#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyFilter_Type;
PyAPI_DATA(PyTypeObject) PyMap_Type;
PyAPI_DATA(PyTypeObject) PyZip_Type;

#if __has_include("gen/bltinmodule.h")
#include "gen/bltinmodule.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
