/* cpython/longobject.h: flags of PyLong_AsNativeBytes and PyLong_FromNativeBytes. */
#include "Python.h"
#if !defined(Py_CPYTHON_LONGOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_LONGOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

#define Py_ASNATIVEBYTES_DEFAULTS -1
#define Py_ASNATIVEBYTES_BIG_ENDIAN 0
#define Py_ASNATIVEBYTES_LITTLE_ENDIAN 1
#define Py_ASNATIVEBYTES_NATIVE_ENDIAN 3
#define Py_ASNATIVEBYTES_UNSIGNED_BUFFER 4
#define Py_ASNATIVEBYTES_REJECT_NEGATIVE 8
#define Py_ASNATIVEBYTES_ALLOW_INDEX 16

#ifdef __cplusplus
}
#endif
#endif
