/* Characters: what Unicode says of each code point, and the C locale's tables for single bytes. */
#include "common.h"

#define QUESTIONS(X)                                                                                                               \
    X(_PyUnicode_IsAlpha) X(_PyUnicode_IsDecimalDigit) X(_PyUnicode_IsDigit) X(_PyUnicode_IsLinebreak) X(_PyUnicode_IsLowercase)   \
    X(_PyUnicode_IsNumeric) X(_PyUnicode_IsPrintable) X(_PyUnicode_IsTitlecase) X(_PyUnicode_IsUppercase)                          \
    X(_PyUnicode_IsWhitespace)
#define NUMBERS(X)                                                                                                                 \
    X(_PyUnicode_ToDecimalDigit) X(_PyUnicode_ToDigit) X(_PyUnicode_ToLowercase) X(_PyUnicode_ToTitlecase) X(_PyUnicode_ToUppercase)

static PyObject *
of(PyObject *self, PyObject *argument)
{
    unsigned long character = PyLong_AsUnsignedLongMask(argument);
    if (PyErr_Occurred()) {
        return NULL;
    }
    PyObject *dict = Py_BuildValue("{s:d}", "_PyUnicode_ToNumeric", _PyUnicode_ToNumeric((Py_UCS4)character));
    int status = dict ? 0 : -1;
#define ADD(name)                                                                                                                  \
    if (status == 0) {                                                                                                             \
        PyObject *value = PyLong_FromLong((long)name((Py_UCS4)character));                                                         \
        status = value ? PyDict_SetItemString(dict, #name, value) : -1;                                                            \
        Py_XDECREF(value);                                                                                                         \
    }
    QUESTIONS(ADD)
    NUMBERS(ADD)
    if (status < 0) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* For every code point from first to last: (how many answer true, a sum over the answers which tells any two answers apart). */
static PyObject *
totals(PyObject *self, PyObject *arguments)
{
    unsigned int first, last;
    if (!PyArg_ParseTuple(arguments, "II", &first, &last)) {
        return NULL;
    }
    PyObject *dict = PyDict_New();
    int status = dict ? 0 : -1;
#define TOTAL(name)                                                                                                                \
    if (status == 0) {                                                                                                             \
        unsigned long long count = 0, sum = 0;                                                                                     \
        for (Py_UCS4 c = first; c <= last; c++) {                                                                                  \
            unsigned long long answer = (unsigned long long)(long long)(int)name(c);                                               \
            count += (long long)answer > 0;                                                                                        \
            sum = sum * 1000003u + answer + 1;                                                                                     \
        }                                                                                                                          \
        PyObject *value = Py_BuildValue("(KK)", count, sum);                                                                       \
        status = value ? PyDict_SetItemString(dict, #name, value) : -1;                                                            \
        Py_XDECREF(value);                                                                                                         \
    }
    QUESTIONS(TOTAL)
    NUMBERS(TOTAL)
#define A_THOUSAND_TIMES(c) (1000.0 * _PyUnicode_ToNumeric(c) < 2e9 ? 1000.0 * _PyUnicode_ToNumeric(c) : 2e9)
    TOTAL(A_THOUSAND_TIMES)
    if (status < 0) {
        Py_CLEAR(dict);
    }
    return dict;
}

static PyObject *
tables(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(256);
    for (int c = 0; list && c < 256; c++) {
        int space = c < 128 ? _Py_ascii_whitespace[c] : -1;
        PyObject *row = Py_BuildValue("(Iiii)", _Py_ctype_table[c], _Py_ctype_tolower[c], _Py_ctype_toupper[c], space);
        if (row == NULL) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, c, row);
    }
    return list;
}

/* The macros that read the tables take a char as it is signed. */
static PyObject *
classes(PyObject *self, PyObject *arguments)
{
    char c;
    if (!PyArg_ParseTuple(arguments, "c", &c)) {
        return NULL;
    }
    return Py_BuildValue("[iiiiiiiii]", Py_ISLOWER(c) != 0, Py_ISUPPER(c) != 0, Py_ISALPHA(c) != 0, Py_ISDIGIT(c) != 0, Py_ISXDIGIT(c) != 0,
                         Py_ISALNUM(c) != 0, Py_ISSPACE(c) != 0, Py_TOLOWER(c), Py_TOUPPER(c));
}

static PyObject *
hexadecimal(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString(Py_hexdigits);
}

static PyMethodDef functions[] = {
    {"of", of, METH_O, NULL},
    {"totals", totals, METH_VARARGS, NULL},
    {"tables", tables, METH_NOARGS, NULL},
    {"classes", classes, METH_VARARGS, NULL},
    {"hexadecimal", hexadecimal, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_ctype, "Characters.", functions)
