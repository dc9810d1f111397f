/* Python ints: conversions both ways, and the digits read where they lie. */
#include "common.h"

static PyObject *
made(PyObject *self, PyObject *unused)
{
    char *end;
    return Py_BuildValue("[NNNNNNNNNN]", PyLong_FromLong(-5), PyLong_FromLong(LONG_MIN), PyLong_FromUnsignedLong(ULONG_MAX),
                         PyLong_FromLongLong(LLONG_MAX), PyLong_FromUnsignedLongLong(0), PyLong_FromSsize_t(PY_SSIZE_T_MIN),
                         PyLong_FromSize_t(SIZE_MAX), PyLong_FromDouble(-1e20), PyLong_FromString("zz", NULL, 36),
                         PyLong_FromString(" 0b101 ", &end, 0));
}

#define AS(name, type, function, code)                                                                                             \
    static PyObject *name(PyObject *self, PyObject *argument)                                                                      \
    {                                                                                                                              \
        type value = function(argument);                                                                                           \
        return value == (type)-1 && PyErr_Occurred() ? NULL : Py_BuildValue(code, value);                                          \
    }

AS(as_long, long, PyLong_AsLong, "l")
AS(as_int, int, PyLong_AsInt, "i")
AS(as_long_long, long long, PyLong_AsLongLong, "L")
AS(as_unsigned, unsigned long, PyLong_AsUnsignedLong, "k")
AS(as_unsigned_long_long, unsigned long long, PyLong_AsUnsignedLongLong, "K")
AS(as_size, Py_ssize_t, PyLong_AsSsize_t, "n")
AS(as_double, double, PyLong_AsDouble, "d")
AS(as_mask, unsigned long, PyLong_AsUnsignedLongMask, "k")
AS(as_mask_long_long, unsigned long long, PyLong_AsUnsignedLongLongMask, "K")

static PyObject *
with_overflow(PyObject *self, PyObject *argument)
{
    int first, second;
    long value = PyLong_AsLongAndOverflow(argument, &first);
    long long big = PyErr_Occurred() ? -1 : PyLong_AsLongLongAndOverflow(argument, &second);
    return PyErr_Occurred() ? NULL : Py_BuildValue("(liLi)", value, first, big, second);
}

static PyObject *
pointer(PyObject *self, PyObject *unused)
{
    static char here;
    PyObject *address = PyLong_FromVoidPtr(&here);
    int same = address && PyLong_AsVoidPtr(address) == &here;
    Py_XDECREF(address);
    return PyBool_FromLong(same);
}

/* sign, and the 30-bit digits, least first, as every wheel that inlines int access finds them. */
static PyObject *
digits(PyObject *self, PyObject *argument)
{
    if (!PyLong_Check(argument)) {
        PyErr_SetString(PyExc_TypeError, "not an int");
        return NULL;
    }
    uintptr_t tag = ((PyLongObject *)argument)->long_value.lv_tag;
    PyObject *list = PyList_New(0);
    for (uintptr_t i = 0; list && i < tag >> 3; i++) {
        PyObject *digit = PyLong_FromUnsignedLong(((PyLongObject *)argument)->long_value.ob_digit[i]);
        if (digit == NULL || PyList_Append(list, digit) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(digit);
    }
    return Py_BuildValue("(iN)", 1 - (int)(tag & 3), list);
}

/* 3.12's inline functions for small ints. */
static PyObject *
compact(PyObject *self, PyObject *argument)
{
    PyLongObject *number = (PyLongObject *)argument;
    if (!PyUnstable_Long_IsCompact(number)) {
        Py_RETURN_NONE;
    }
    return PyLong_FromSsize_t(PyUnstable_Long_CompactValue(number));
}

static PyObject *
to_bytes(PyObject *self, PyObject *arguments)
{
    PyObject *number;
    Py_ssize_t size;
    int flags;
    unsigned char buffer[64];
    if (!PyArg_ParseTuple(arguments, "O!ni", &PyLong_Type, &number, &size, &flags)) {
        return NULL;
    }
    memset(buffer, 0xEE, sizeof buffer);
    Py_ssize_t needed = PyLong_AsNativeBytes(number, buffer, size, flags);
    return needed < 0 ? NULL : Py_BuildValue("(ny#)", needed, buffer, size);
}

static PyObject *
from_bytes(PyObject *self, PyObject *arguments)
{
    const char *data;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "y#", &data, &size)) {
        return NULL;
    }
    return Py_BuildValue("(NN)", PyLong_FromNativeBytes(data, size, Py_ASNATIVEBYTES_LITTLE_ENDIAN),
                         PyLong_FromUnsignedNativeBytes(data, size, Py_ASNATIVEBYTES_BIG_ENDIAN));
}

static PyObject *
signs(PyObject *self, PyObject *number)
{
    return Py_BuildValue("(in)", _PyLong_Sign(number), (Py_ssize_t)_PyLong_NumBits(number));
}

static PyObject *
checks(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(iii)", PyLong_Check(argument), PyLong_CheckExact(argument), PyBool_Check(argument));
}

static PyObject *
text_to_int(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    int base;
    return PyArg_ParseTuple(arguments, "Ui", &text, &base) ? PyLong_FromUnicodeObject(text, base) : NULL;
}

static PyObject *
bools(PyObject *self, PyObject *unused)
{
    PyObject *yes = PyBool_FromLong(7), *no = PyBool_FromLong(0);
    int same = yes == Py_True && no == Py_False && Py_IsTrue(yes) && Py_IsFalse(no);
    Py_DECREF(yes);
    Py_DECREF(no);
    return PyBool_FromLong(same);
}

/* Small ints are one object each, whoever makes them. */
static PyObject *
is_small(PyObject *self, PyObject *argument)
{
    PyObject *again = PyLong_FromLong(PyLong_AsLong(argument));
    int same = again == argument;
    Py_XDECREF(again);
    return PyBool_FromLong(same);
}

/* Big ints that never leave C until the last. */
static PyObject *
factorial(PyObject *self, PyObject *argument)
{
    long n = PyLong_AsLong(argument);
    PyObject *product = PyLong_FromLong(1);
    for (long i = 2; product && i <= n; i++) {
        PyObject *factor = PyLong_FromLong(i);
        Py_XSETREF(product, factor ? PyNumber_Multiply(product, factor) : NULL);
        Py_XDECREF(factor);
    }
    return product;
}

static PyMethodDef functions[] = {
    {"made", made, METH_NOARGS, NULL},
    {"as_long", as_long, METH_O, NULL},
    {"as_int", as_int, METH_O, NULL},
    {"as_long_long", as_long_long, METH_O, NULL},
    {"as_unsigned", as_unsigned, METH_O, NULL},
    {"as_unsigned_long_long", as_unsigned_long_long, METH_O, NULL},
    {"as_size", as_size, METH_O, NULL},
    {"as_double", as_double, METH_O, NULL},
    {"as_mask", as_mask, METH_O, NULL},
    {"as_mask_long_long", as_mask_long_long, METH_O, NULL},
    {"with_overflow", with_overflow, METH_O, NULL},
    {"pointer", pointer, METH_NOARGS, NULL},
    {"digits", digits, METH_O, NULL},
    {"compact", compact, METH_O, NULL},
    {"to_bytes", to_bytes, METH_VARARGS, NULL},
    {"from_bytes", from_bytes, METH_VARARGS, NULL},
    {"signs", signs, METH_O, NULL},
    {"checks", checks, METH_O, NULL},
    {"text_to_int", text_to_int, METH_VARARGS, NULL},
    {"bools", bools, METH_NOARGS, NULL},
    {"is_small", is_small, METH_O, NULL},
    {"factorial", factorial, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_ints, "Ints.", functions)
