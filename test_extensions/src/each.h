/* What the extensions `ext_each_*` share: they give functions for the tables of conformance/each_function_of_*.py, which call the
 * function of the API that each is named after with what a table cannot write. `which` is a name that the table chose. */
#ifndef PIERGLASS_TEST_EACH_H
#define PIERGLASS_TEST_EACH_H

#include "common.h"
#include <string.h>

typedef struct {
    const char *name;
    void *function;
} each_function;

/* A row of the list that ADD_EACH takes: `static PyObject *each_NAME(...)` stands in for NAME. */
#define EACH(name) {#name, (void *)each_##name}

static inline int is(const char *which, const char *name)
{
    return strcmp(which, name) == 0;
}

static inline int add_each(PyObject *module, const each_function *functions)
{
    for (; functions->name != NULL; functions++) {
        if (PyModule_Add(module, functions->name, PyCapsule_New(functions->function, "each", NULL)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The error that is set, as words, and none is set any more. */
static inline PyObject *error_said(void)
{
    PyObject *error = PyErr_GetRaisedException();
    if (error == NULL) {
        return PyUnicode_FromString("no error");
    }
    PyObject *words = PyObject_Str(error);
    if (words == NULL) {
        PyErr_Clear();
        words = PyUnicode_FromString("no words");
    }
    PyObject *said = PyUnicode_FromFormat("!%s: %A", Py_TYPE(error)->tp_name, words);
    Py_DECREF(words);
    Py_DECREF(error);
    return said;
}

/* One of several steps: its result, which is taken, or its error; both where both are there. */
static inline PyObject *step(PyObject *result)
{
    if (!PyErr_Occurred()) {
        return result ? result : PyUnicode_FromString("NULL");
    }
    PyObject *said = error_said();
    return result ? Py_BuildValue("(NN)", result, said) : said;
}

/* The same of a function that answers with a number. */
static inline PyObject *number_step(long result)
{
    PyObject *number = PyLong_FromLong(result);
    return PyErr_Occurred() ? Py_BuildValue("(NN)", number, error_said()) : number;
}

/* What is written to sys.stderr while something runs; `writer`, or a text in memory, stands in for it. */
typedef struct {
    PyObject *kept, *written;
} hearing;

static inline hearing listen_to(PyObject *writer)
{
    hearing made = {Py_XNewRef(PySys_GetObject("stderr")), Py_XNewRef(writer)};
    if (writer == NULL) {
        PyObject *io = PyImport_ImportModule("io");
        made.written = PyObject_CallMethod(io, "StringIO", NULL);
        Py_DECREF(io);
    }
    PySys_SetObject("stderr", made.written);
    return made;
}

/* The end of that; what was written, and the error that is set, if one is. */
static inline PyObject *heard(hearing made)
{
    PyObject *error = PyErr_GetRaisedException();
    PySys_SetObject("stderr", made.kept);
    Py_XDECREF(made.kept);
    PyObject *text = PyObject_HasAttrString(made.written, "getvalue") ? step(PyObject_CallMethod(made.written, "getvalue", NULL)) : Py_NewRef(Py_None);
    Py_DECREF(made.written);
    return error ? Py_BuildValue("(NsN)", text, Py_TYPE(error)->tp_name, PyObject_Str(error)) : text;
}

static inline PyObject *or_none(PyObject *borrowed)
{
    return Py_NewRef(borrowed ? borrowed : Py_None);
}

static inline PyObject *text_or_null(const char *text)
{
    return PyUnicode_FromString(text ? text : "NULL");
}

#endif
