/* Any function of the API by its name, called with whatever it is given: see functions_given_what_they_are_not_for.py.
 *
 * Integers and pointers travel in the same registers, floats in others, so that one signature serves all of them. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "common.h"

enum { MOST = 6 };

typedef long (*whole)(long, long, long, long, long, long, double, double);
typedef double (*real)(long, long, long, long, long, long, double, double);

/* Where functions store results. */
static long stored[MOST][4];

struct arguments {
    long words[MOST];
    double reals[2];
    int given, given_reals;
};

/* The kinds: O an object (NULL for the module's NULL), S a C string (NULL for None), N an integer, D a float, P a place for a
 * result, Q a place that holds an object. References are given away: functions may steal. */
static int take(struct arguments *taken, char kind, PyObject *value)
{
    int is_null = PyCapsule_CheckExact(value);
    if (kind == 'D') {
        taken->reals[taken->given_reals++] = PyFloat_AsDouble(value);
        return 0;
    }
    long *word = &taken->words[taken->given], *place = stored[taken->given];
    taken->given++;
    switch (kind) {
    case 'O':
        *word = is_null ? 0 : (long)Py_NewRef(Py_NewRef(value));
        return 0;
    case 'S':
        *word = value == Py_None ? 0 : (long)PyBytes_AsString(Py_NewRef(value));
        return 0;
    case 'N':
        *word = PyLong_AsLong(value);
        return 0;
    case 'Q':
        place[0] = is_null ? 0 : (long)Py_NewRef(Py_NewRef(value));
        /* fall through */
    case 'P':
        *word = (long)place;
        return 0;
    }
    PyErr_SetString(PyExc_ValueError, "no such kind");
    return -1;
}

static PyObject *as_object(char kind, long result)
{
    switch (kind) {
    case 'O':
        return result ? Py_NewRef((PyObject *)result) : PyUnicode_FromString("NULL");
    case 'S':
        return result ? PyBytes_FromString((const char *)result) : PyUnicode_FromString("NULL");
    case 'I':
        return PyLong_FromLong((int)result);
    case 'U':
        return PyLong_FromUnsignedLong((unsigned int)result);
    case 'N':
        return PyLong_FromLong(result);
    default:
        return PyUnicode_FromString("void");
    }
}

/* call(name, kind of result, kinds, arguments) -> (result, exception or None) */
static PyObject *call(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *name, *kinds;
    int result;
    PyObject *values;
    if (!PyArg_ParseTuple(args, "sCsO!", &name, &result, &kinds, &PyTuple_Type, &values)) {
        return NULL;
    }
    void *function = dlsym(RTLD_DEFAULT, name);
    if (function == NULL) {
        return PyErr_Format(PyExc_LookupError, "there is no %s", name);
    }
    struct arguments taken = {0};
    memset(stored, 0, sizeof stored);
    for (int index = 0; kinds[index] != 0; index++) {
        if (take(&taken, kinds[index], PyTuple_GET_ITEM(values, index)) < 0) {
            return NULL;
        }
    }
    const long *words = taken.words;
    PyObject *returned;
    if (result == 'D') {
        double number = 0;
        real called = (real)function;
        number = called(words[0], words[1], words[2], words[3], words[4], words[5], taken.reals[0], taken.reals[1]);
        PyObject *error = PyErr_GetRaisedException();
        return Py_BuildValue("(dN)", number, error ? error : Py_NewRef(Py_None));
    }
    whole called = (whole)function;
    long number = called(words[0], words[1], words[2], words[3], words[4], words[5], taken.reals[0], taken.reals[1]);
    PyObject *error = PyErr_GetRaisedException();
    returned = as_object((char)result, number);
    return Py_BuildValue("(NN)", returned, error ? error : Py_NewRef(Py_None));
}

static int fill(PyObject *module)
{
    static char nowhere;
    PyObject *null = PyCapsule_New(&nowhere, "NULL", NULL);
    return PyModule_Add(module, "NULL", null);
}

static PyMethodDef methods[] = {{"call", call, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

MODULE(ext_wrong, "Calls any function of the API.", methods, fill)
