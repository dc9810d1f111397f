/* modsupport.h: reading arguments, building values, filling modules. */
#include "Python.h"
#ifndef Py_MODSUPPORT_H
#define Py_MODSUPPORT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_LIMITED_API
typedef struct {
    uint8_t v;
} _PyOnceFlag;

/* One call site's format and keywords; the lower half is filled by the first call. */
typedef struct _PyArg_Parser {
    const char *format;
    const char *const *keywords;
    const char *fname;
    const char *custom_msg;
    _PyOnceFlag once;
    int is_kwtuple_owned;
    int pos; /* positional-only parameters */
    int min;
    int max; /* positional parameters */
    PyObject *kwtuple;
    struct _PyArg_Parser *next;
} _PyArg_Parser;
#endif

#if __has_include("gen/modsupport.h")
#include "gen/modsupport.h"
#endif

/* Written in C, for their variable arguments. The _SizeT names are what '#' meant before 3.13; the same now. */
PyAPI_FUNC(int) PyArg_Parse(PyObject *, const char *, ...);
PyAPI_FUNC(int) PyArg_ParseTuple(PyObject *, const char *, ...);
PyAPI_FUNC(int) PyArg_ParseTupleAndKeywords(PyObject *, PyObject *, const char *, PY_CXX_CONST char *const *, ...);
PyAPI_FUNC(int) PyArg_VaParse(PyObject *, const char *, va_list);
PyAPI_FUNC(int) PyArg_VaParseTupleAndKeywords(PyObject *, PyObject *, const char *, PY_CXX_CONST char *const *,
                                              va_list);
PyAPI_FUNC(int) PyArg_UnpackTuple(PyObject *, const char *, Py_ssize_t, Py_ssize_t, ...);
PyAPI_FUNC(PyObject *) Py_BuildValue(const char *, ...);
PyAPI_FUNC(PyObject *) Py_VaBuildValue(const char *, va_list);
PyAPI_FUNC(int) _PyArg_Parse_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, PY_CXX_CONST char *const *,
                                                   ...);
PyAPI_FUNC(int) _PyArg_VaParse_SizeT(PyObject *, const char *, va_list);
PyAPI_FUNC(int) _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, PY_CXX_CONST char *const *,
                                                     va_list);
PyAPI_FUNC(PyObject *) _Py_BuildValue_SizeT(const char *, ...);
PyAPI_FUNC(PyObject *) _Py_VaBuildValue_SizeT(const char *, va_list);

#define PyModule_AddIntMacro(m, c) PyModule_AddIntConstant((m), #c, (c))
#define PyModule_AddStringMacro(m, c) PyModule_AddStringConstant((m), #c, (c))

/* What a converter of 'O&' returns when it wants to be called again, to clean up. */
#define Py_CLEANUP_SUPPORTED 0x20000

#define PYTHON_API_VERSION 1013
#define PYTHON_API_STRING "1013"
#define PYTHON_ABI_VERSION 3
#define PYTHON_ABI_STRING "3"

#ifdef Py_LIMITED_API
#define _Emul_MODULE_API_VERSION PYTHON_ABI_VERSION
#else
#define _Emul_MODULE_API_VERSION PYTHON_API_VERSION
#endif
#define PyModule_Create(module) PyModule_Create2((module), _Emul_MODULE_API_VERSION)
#define PyModule_FromDefAndSpec(module, spec) PyModule_FromDefAndSpec2((module), (spec), _Emul_MODULE_API_VERSION)

#ifndef Py_LIMITED_API
#include "cpython/modsupport.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
