/* Floats, complex numbers, and the PyOS_ functions that read and write them. */
#include "common.h"

static PyObject *
half(PyObject *self, PyObject *argument)
{
    double value = PyFloat_AsDouble(argument);
    return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value / 2);
}

/* The value read inline, as numpy and Cython do. */
static PyObject *
inline_sum(PyObject *self, PyObject *list)
{
    double sum = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (!PyFloat_Check(item)) {
            return PyErr_Format(PyExc_TypeError, "item %zd is a %s", i, Py_TYPE(item)->tp_name);
        }
        sum += PyFloat_CheckExact(item) ? PyFloat_AS_DOUBLE(item) : ((PyFloatObject *)item)->ob_fval * 100;
    }
    return PyFloat_FromDouble(sum);
}

static PyObject *
from_text(PyObject *self, PyObject *argument)
{
    return PyFloat_FromString(argument);
}

static PyObject *
limits(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(ddN)", PyFloat_GetMax(), PyFloat_GetMin(), PyFloat_GetInfo());
}

static PyObject *
packed(PyObject *self, PyObject *argument)
{
    char two[2], four[4], eight[8];
    double value = PyFloat_AsDouble(argument);
    if (PyFloat_Pack2(value, two, 1) < 0 || PyFloat_Pack4(value, four, 1) < 0 || PyFloat_Pack8(value, eight, 0) < 0) {
        return NULL;
    }
    return Py_BuildValue("(y#y#y#ddd)", two, 2, four, 4, eight, 8, PyFloat_Unpack2(two, 1), PyFloat_Unpack4(four, 1),
                         PyFloat_Unpack8(eight, 0));
}

static PyObject *
complex_parts(PyObject *self, PyObject *argument)
{
    Py_complex value = PyComplex_AsCComplex(argument);
    if (value.real == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("(ddii)", value.real, value.imag, PyComplex_Check(argument), PyComplex_CheckExact(argument));
}

static PyObject *
complex_made(PyObject *self, PyObject *arguments)
{
    double real, imag;
    if (!PyArg_ParseTuple(arguments, "dd", &real, &imag)) {
        return NULL;
    }
    PyObject *first = PyComplex_FromDoubles(real, imag);
    if (first == NULL) {
        return NULL;
    }
    Py_complex value = ((PyComplexObject *)first)->cval;
    value.imag = -value.imag;
    return Py_BuildValue("(NNdd)", first, PyComplex_FromCComplex(value), PyComplex_RealAsDouble(first), PyComplex_ImagAsDouble(first));
}

static PyObject *
string_to_double(PyObject *self, PyObject *arguments)
{
    const char *text;
    int want_end;
    char *end = NULL;
    if (!PyArg_ParseTuple(arguments, "sp", &text, &want_end)) {
        return NULL;
    }
    double value = PyOS_string_to_double(text, want_end ? &end : NULL, PyExc_OverflowError);
    return value == -1.0 && PyErr_Occurred() ? NULL : Py_BuildValue("(ds)", value, end ? end : "");
}

static PyObject *
double_to_string(PyObject *self, PyObject *arguments)
{
    double value;
    int code, precision, flags, type;
    if (!PyArg_ParseTuple(arguments, "dCii", &value, &code, &precision, &flags)) {
        return NULL;
    }
    char *text = PyOS_double_to_string(value, (char)code, precision, flags, &type);
    if (text == NULL) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(si)", text, type);
    PyMem_Free(text);
    return result;
}

static PyObject *
os_strings(PyObject *self, PyObject *unused)
{
    char small[8], *end;
    int wanted = PyOS_snprintf(small, sizeof small, "%s-%d", "abcdef", 123);
    unsigned long number = PyOS_strtoul("0x1fz", &end, 0);
    long negative = PyOS_strtol("-777 ", NULL, 8);
    return Py_BuildValue("(siksliiN)", small, wanted, number, end, negative, PyOS_mystricmp("ABC", "abc"), PyOS_mystrnicmp("ABx", "aby", 2),
                         PyBool_FromLong(Py_ISSPACE('\n') && Py_ISALPHA('x') && !Py_ISDIGIT('x')));
}

static PyObject *
fs_path(PyObject *self, PyObject *argument)
{
    return PyOS_FSPath(argument);
}

static PyMethodDef functions[] = {
    {"half", half, METH_O, NULL},
    {"inline_sum", inline_sum, METH_O, NULL},
    {"from_text", from_text, METH_O, NULL},
    {"limits", limits, METH_NOARGS, NULL},
    {"packed", packed, METH_O, NULL},
    {"complex_parts", complex_parts, METH_O, NULL},
    {"complex_made", complex_made, METH_VARARGS, NULL},
    {"string_to_double", string_to_double, METH_VARARGS, NULL},
    {"double_to_string", double_to_string, METH_VARARGS, NULL},
    {"os_strings", os_strings, METH_NOARGS, NULL},
    {"fs_path", fs_path, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_floats, "Floats and complex numbers.", functions)
