/* Built for the stable ABI of 3.6 (Py_LIMITED_API): functions, counting references by calls or inline as that ABI has it. */
#include "common.h"

static PyObject *
summed(PyObject *self, PyObject *sequence)
{
    PyObject *iterator = PyObject_GetIter(sequence), *item;
    PyObject *total = PyLong_FromLong(0);
    while (iterator && total && (item = PyIter_Next(iterator))) {
        PyObject *next = PyNumber_Add(total, item);
        Py_DECREF(item);
        Py_DECREF(total);
        total = next;
    }
    Py_XDECREF(iterator);
    if (PyErr_Occurred()) {
        Py_XDECREF(total);
        return NULL;
    }
    return total;
}

/* Counts None and True down unchecked, as code inlined by headers that knew no immortality does: drift must not kill them. */
static PyObject *
drift(PyObject *self, PyObject *argument)
{
    long times = PyLong_AsLong(argument);
    for (long i = 0; i < times; i++) {
        Py_None->ob_refcnt--;
        Py_True->ob_refcnt--;
    }
    Py_RETURN_NONE;
}

static PyObject *
container(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(2), *tuple = PyTuple_New(1), *dict = PyDict_New();
    PyList_SetItem(list, 0, PyUnicode_FromString("caf\xC3\xA9"));
    PyList_SetItem(list, 1, PyBytes_FromString("bytes"));
    PyTuple_SetItem(tuple, 0, PyFloat_FromDouble(0.5));
    PyDict_SetItemString(dict, "list", list);
    PyDict_SetItem(dict, tuple, Py_None);
    Py_DECREF(list);
    Py_DECREF(tuple);
    return dict;
}

static PyObject *
sizes(PyObject *self, PyObject *arguments)
{
    PyObject *list, *tuple;
    if (!PyArg_ParseTuple(arguments, "OO", &list, &tuple)) {
        return NULL;
    }
    Py_ssize_t first = PyList_Size(list);
    Py_ssize_t second = first < 0 ? -1 : PyTuple_Size(tuple);
    return second < 0 ? NULL : Py_BuildValue("(nnn)", first, second, PyObject_Length(list));
}

static PyObject *
fails(PyObject *self, PyObject *unused)
{
    return PyErr_Format(PyExc_RuntimeError, "from the stable ABI, %s", "formatted");
}

static PyMethodDef functions[] = {
    {"summed", summed, METH_O, "Adds up."},
    {"drift", drift, METH_O, NULL},
    {"container", container, METH_NOARGS, NULL},
    {"sizes", sizes, METH_VARARGS, NULL},
    {"fails", fails, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_stable, "Stable.", functions)
