/* cpython/pyerrors.h: the layouts of exceptions, warnings with formats, fatal errors. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYERRORS_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYERRORS_H
#ifdef __cplusplus
extern "C" {
#endif

#define PyException_HEAD                                                                    \
    PyObject_HEAD                                                                           \
    PyObject *dict;                                                                         \
    PyObject *args;                                                                         \
    PyObject *notes;                                                                        \
    PyObject *traceback;                                                                    \
    PyObject *context;                                                                      \
    PyObject *cause;                                                                        \
    char suppress_context;

typedef struct {
    PyException_HEAD
} PyBaseExceptionObject;

typedef struct {
    PyException_HEAD
    PyObject *msg;
    PyObject *excs;
} PyBaseExceptionGroupObject;

typedef struct {
    PyException_HEAD
    PyObject *msg;
    PyObject *filename;
    PyObject *lineno;
    PyObject *offset;
    PyObject *end_lineno;
    PyObject *end_offset;
    PyObject *text;
    PyObject *print_file_and_line;
} PySyntaxErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *msg;
    PyObject *name;
    PyObject *path;
    PyObject *name_from;
} PyImportErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *encoding;
    PyObject *object;
    Py_ssize_t start;
    Py_ssize_t end;
    PyObject *reason;
} PyUnicodeErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *code;
} PySystemExitObject;

typedef struct {
    PyException_HEAD
    PyObject *myerrno;
    PyObject *strerror;
    PyObject *filename;
    PyObject *filename2;
    Py_ssize_t written; /* BlockingIOError only; -1: not set */
} PyOSErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *value;
} PyStopIterationObject;

typedef struct {
    PyException_HEAD
    PyObject *name;
} PyNameErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *obj;
    PyObject *name;
} PyAttributeErrorObject;

typedef PyOSErrorObject PyEnvironmentErrorObject;

PyAPI_DATA(PyObject *) PyExc_PythonFinalizationError;

/* Written in C, for its variable arguments. */
PyAPI_FUNC(void) PyErr_FormatUnraisable(const char *format, ...);

#ifdef __cplusplus
}
#endif
#endif
