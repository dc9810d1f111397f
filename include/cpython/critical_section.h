/* cpython/critical_section.h: the blocks. */
#include "Python.h"
#if !defined(Py_CPYTHON_CRITICAL_SECTION_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_CRITICAL_SECTION_H
#ifdef __cplusplus
extern "C" {
#endif

#define Py_BEGIN_CRITICAL_SECTION(op) {
#define Py_END_CRITICAL_SECTION() }
#define Py_BEGIN_CRITICAL_SECTION2(a, b) {
#define Py_END_CRITICAL_SECTION2() }

#ifdef __cplusplus
}
#endif
#endif
