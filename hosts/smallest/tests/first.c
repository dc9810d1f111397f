/* A module in one phase: a function that gets ints, one that gets a str, one that fails. */

#include <Python.h>

static PyObject *
add(PyObject *self, PyObject *args)
{
    (void)self;
    long left, right;
    return PyArg_ParseTuple(args, "ll", &left, &right) ? PyLong_FromLong(left + right) : NULL;
}

static PyObject *
twice(PyObject *self, PyObject *text)
{
    (void)self;
    const char *utf8 = PyUnicode_AsUTF8(text);
    return utf8 ? PyUnicode_FromFormat("%s%s", utf8, utf8) : NULL;
}

static PyObject *
fail(PyObject *self, PyObject *arg)
{
    (void)self;
    (void)arg;
    PyErr_SetString(PyExc_ValueError, "as asked");
    return NULL;
}

static PyMethodDef functions[] = {
    {"add", add, METH_VARARGS, NULL},
    {"twice", twice, METH_O, NULL},
    {"fail", fail, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "first", .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC
PyInit_first(void)
{
    return PyModule_Create(&definition);
}
