/* pystrcmp.h: comparing C strings without case. */
#include "Python.h"
#ifndef Py_PYSTRCMP_H
#define Py_PYSTRCMP_H
#ifdef __cplusplus
extern "C" {
#endif

#if __has_include("gen/pystrcmp.h")
#include "gen/pystrcmp.h"
#endif

#define PyOS_strnicmp PyOS_mystrnicmp
#define PyOS_stricmp PyOS_mystricmp

#ifdef __cplusplus
}
#endif
#endif
