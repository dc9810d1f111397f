/* pystats.h: CPython's counters of specialising; a release build has none. */
#include "Python.h"
#ifndef Py_PYSTATS_H
#define Py_PYSTATS_H
#ifdef __cplusplus
extern "C" {
#endif

#define _Py_INCREF_STAT_INC() ((void)0)
#define _Py_DECREF_STAT_INC() ((void)0)

#ifdef __cplusplus
}
#endif
#endif
