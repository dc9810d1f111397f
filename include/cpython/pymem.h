/* cpython/pymem.h: allocators that C puts in the place of ours. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYMEM_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYMEM_H
#ifdef __cplusplus
extern "C" {
#endif



PyAPI_FUNC(void) PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
PyAPI_FUNC(void) PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
PyAPI_FUNC(void) PyMem_SetupDebugHooks(void);

#ifdef __cplusplus
}
#endif
#endif
