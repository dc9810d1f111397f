/* internal/pycore_frame.h: the layout of frame objects: the one internal header that Cython's output includes, to write f_lineno. */
#include "Python.h"
#ifndef Py_PYCORE_FRAME_H
#define Py_PYCORE_FRAME_H
#ifdef __cplusplus
extern "C" {
#endif

struct _frame {
    PyObject_HEAD
    PyFrameObject *f_back;
    struct _PyInterpreterFrame *f_frame;
    PyObject *f_trace;
    int f_lineno; /* 0: to be computed */
    char f_trace_lines;
    char f_trace_opcodes;
    PyObject *f_extra_locals;
    PyObject *f_locals_cache;
    PyObject *_f_frame_data[1];
};

#ifdef __cplusplus
}
#endif
#endif
