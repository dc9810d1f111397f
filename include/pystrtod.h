/* pystrtod.h: strings to floats and back. */
#include "Python.h"
#ifndef Py_PYSTRTOD_H
#define Py_PYSTRTOD_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/pystrtod.h")
#include "gen/pystrtod.h"
#endif

/* Flags of PyOS_double_to_string, and what it tells about the number. */
#define Py_DTSF_SIGN 0x01
#define Py_DTSF_ADD_DOT_0 0x02
#define Py_DTSF_ALT 0x04
#define Py_DTSF_NO_NEG_0 0x08
#define Py_DTST_FINITE 0
#define Py_DTST_INFINITE 1
#define Py_DTST_NAN 2

#ifdef __cplusplus
}
#endif
#endif
