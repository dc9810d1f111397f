/* The abstract number protocol, used by C on whatever Python gives. */
#include "common.h"

typedef PyObject *(*Binary)(PyObject *, PyObject *);
typedef PyObject *(*Unary)(PyObject *);

static const struct {
    const char *name;
    Binary function;
} binaries[] = {
    {"Add", PyNumber_Add},
    {"Subtract", PyNumber_Subtract},
    {"Multiply", PyNumber_Multiply},
    {"MatrixMultiply", PyNumber_MatrixMultiply},
    {"FloorDivide", PyNumber_FloorDivide},
    {"TrueDivide", PyNumber_TrueDivide},
    {"Remainder", PyNumber_Remainder},
    {"Divmod", PyNumber_Divmod},
    {"Lshift", PyNumber_Lshift},
    {"Rshift", PyNumber_Rshift},
    {"And", PyNumber_And},
    {"Xor", PyNumber_Xor},
    {"Or", PyNumber_Or},
    {"InPlaceAdd", PyNumber_InPlaceAdd},
    {"InPlaceSubtract", PyNumber_InPlaceSubtract},
    {"InPlaceMultiply", PyNumber_InPlaceMultiply},
    {"InPlaceMatrixMultiply", PyNumber_InPlaceMatrixMultiply},
    {"InPlaceFloorDivide", PyNumber_InPlaceFloorDivide},
    {"InPlaceTrueDivide", PyNumber_InPlaceTrueDivide},
    {"InPlaceRemainder", PyNumber_InPlaceRemainder},
    {"InPlaceLshift", PyNumber_InPlaceLshift},
    {"InPlaceRshift", PyNumber_InPlaceRshift},
    {"InPlaceAnd", PyNumber_InPlaceAnd},
    {"InPlaceXor", PyNumber_InPlaceXor},
    {"InPlaceOr", PyNumber_InPlaceOr},
};

static const struct {
    const char *name;
    Unary function;
} unaries[] = {
    {"Negative", PyNumber_Negative}, {"Positive", PyNumber_Positive}, {"Absolute", PyNumber_Absolute}, {"Invert", PyNumber_Invert},
    {"Index", PyNumber_Index},       {"Long", PyNumber_Long},         {"Float", PyNumber_Float},
};

static PyObject *
binary(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *left, *right;
    if (!PyArg_ParseTuple(arguments, "sOO", &name, &left, &right)) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(binaries); i++) {
        if (strcmp(binaries[i].name, name) == 0) {
            return binaries[i].function(left, right);
        }
    }
    return PyErr_Format(PyExc_KeyError, "%s", name);
}

static PyObject *
unary(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *object;
    if (!PyArg_ParseTuple(arguments, "sO", &name, &object)) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(unaries); i++) {
        if (strcmp(unaries[i].name, name) == 0) {
            return unaries[i].function(object);
        }
    }
    return PyErr_Format(PyExc_KeyError, "%s", name);
}

static PyObject *
power(PyObject *self, PyObject *arguments)
{
    PyObject *base, *exponent, *modulus = Py_None;
    int in_place = 0;
    if (!PyArg_ParseTuple(arguments, "OO|Op", &base, &exponent, &modulus, &in_place)) {
        return NULL;
    }
    return in_place ? PyNumber_InPlacePower(base, exponent, modulus) : PyNumber_Power(base, exponent, modulus);
}

static PyObject *
names(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(binaries); i++) {
        PyObject *name = PyUnicode_FromString(binaries[i].name);
        if (PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_DECREF(name);
    }
    return list;
}

static PyObject *
as_size(PyObject *self, PyObject *arguments)
{
    PyObject *object, *error;
    if (!PyArg_ParseTuple(arguments, "OO", &object, &error)) {
        return NULL;
    }
    Py_ssize_t size = PyNumber_AsSsize_t(object, error == Py_None ? NULL : error);
    return size == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(size);
}

static PyObject *
to_base(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    int base;
    return PyArg_ParseTuple(arguments, "Oi", &object, &base) ? PyNumber_ToBase(object, base) : NULL;
}

static PyObject *
checks(PyObject *self, PyObject *object)
{
    return Py_BuildValue("(iii)", PyNumber_Check(object), PyIndex_Check(object), PyFloat_Check(object));
}

/* The slots of the type itself, as C code calls them that knows its operands. */
static PyObject *
by_slot(PyObject *self, PyObject *arguments)
{
    PyObject *left, *right;
    if (!PyArg_ParseTuple(arguments, "OO", &left, &right)) {
        return NULL;
    }
    PyNumberMethods *number = Py_TYPE(left)->tp_as_number;
    if (number == NULL || number->nb_add == NULL) {
        return PyUnicode_FromString("no nb_add");
    }
    return number->nb_add(left, right);
}

static PyMethodDef functions[] = {
    {"binary", binary, METH_VARARGS, NULL},
    {"unary", unary, METH_VARARGS, NULL},
    {"power", power, METH_VARARGS, NULL},
    {"names", names, METH_NOARGS, NULL},
    {"as_size", as_size, METH_VARARGS, NULL},
    {"to_base", to_base, METH_VARARGS, NULL},
    {"checks", checks, METH_O, NULL},
    {"by_slot", by_slot, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_numbers, "Numbers.", functions)
