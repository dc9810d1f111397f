/* critical_section.h: critical sections: with the lock of the default build they are empty blocks. */
#include "Python.h"
#ifndef Py_CRITICAL_SECTION_H
#define Py_CRITICAL_SECTION_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct PyCriticalSection PyCriticalSection;
typedef struct PyCriticalSection2 PyCriticalSection2;
#endif

#if __has_include("gen/critical_section.h")
#include "gen/critical_section.h"
#endif

#ifndef Py_LIMITED_API
#include "cpython/critical_section.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
