/* Built with the plain suffix `.so`. */
#include "common.h"

static PyObject *
suffix(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("plain");
}

static PyMethodDef functions[] = {{"suffix", suffix, METH_NOARGS, NULL}, {0}};

MODULE_OF_FUNCTIONS(ext_plain, "Plain.", functions)
