/* exports.h: how a symbol is made visible outside its library. */
#ifndef Py_EXPORTS_H
#define Py_EXPORTS_H

#if defined(_WIN32) || defined(__CYGWIN__)
#define Py_IMPORTED_SYMBOL __declspec(dllimport)
#define Py_EXPORTED_SYMBOL __declspec(dllexport)
#define Py_LOCAL_SYMBOL
#elif defined(__GNUC__) || defined(__clang__)
#define Py_IMPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_EXPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_LOCAL_SYMBOL __attribute__((visibility("hidden")))
#else
#define Py_IMPORTED_SYMBOL
#define Py_EXPORTED_SYMBOL
#define Py_LOCAL_SYMBOL
#endif

#ifndef PyAPI_FUNC
#define PyAPI_FUNC(RTYPE) Py_EXPORTED_SYMBOL RTYPE
#endif
#ifndef PyAPI_DATA
#define PyAPI_DATA(RTYPE) extern Py_EXPORTED_SYMBOL RTYPE
#endif

/* The return type of an extension's PyInit_<name>. */
#ifndef PyMODINIT_FUNC
#ifdef __cplusplus
#define PyMODINIT_FUNC extern "C" Py_EXPORTED_SYMBOL PyObject *
#else
#define PyMODINIT_FUNC Py_EXPORTED_SYMBOL PyObject *
#endif
#endif

#endif
