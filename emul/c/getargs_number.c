/* Numbers, characters and truth as arguments. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

/* A C long within [low, high]; `kind` names it in the error. */
static const char *convert_long(PyObject *arg, long low, long high, const char *kind, long *result)
{
    *result = PyLong_AsLong(arg);
    if (*result == -1 && PyErr_Occurred()) {
        return EXCEPTION_IS_SET;
    }
    if (*result < low || *result > high) {
        PyErr_Format(PyExc_OverflowError, "%s is %s", kind,
                     *result < low ? "less than minimum" : "greater than maximum");
        return EXCEPTION_IS_SET;
    }
    return NULL;
}

static const char *convert_mask(PyObject *arg, unsigned long *result)
{
    *result = PyLong_AsUnsignedLongMask(arg);
    return *result == (unsigned long)-1 && PyErr_Occurred() ? EXCEPTION_IS_SET : NULL;
}

static const char *convert_ssize(PyObject *arg, Py_ssize_t *result)
{
    PyObject *index = PyNumber_Index(arg);
    if (index == NULL) {
        return EXCEPTION_IS_SET;
    }
    Py_ssize_t value = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    if (value == -1 && PyErr_Occurred()) {
        return EXCEPTION_IS_SET;
    }
    *result = value;
    return NULL;
}

const char *_Emul_ConvertNumber(parse *p, char unit, PyObject *arg)
{
    const char *error = NULL;
    long value;
    unsigned long mask;
    switch (unit) {
    case 'b': {
        unsigned char *target = va_arg(p->targets, unsigned char *);
        error = convert_long(arg, 0, UCHAR_MAX, "unsigned byte integer", &value);
        if (error == NULL) {
            *target = (unsigned char)value;
        }
        return error;
    }
    case 'B': {
        unsigned char *target = va_arg(p->targets, unsigned char *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned char)mask;
        }
        return error;
    }
    case 'h': {
        short *target = va_arg(p->targets, short *);
        error = convert_long(arg, SHRT_MIN, SHRT_MAX, "signed short integer", &value);
        if (error == NULL) {
            *target = (short)value;
        }
        return error;
    }
    case 'H': {
        unsigned short *target = va_arg(p->targets, unsigned short *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned short)mask;
        }
        return error;
    }
    case 'i': {
        int *target = va_arg(p->targets, int *);
        error = convert_long(arg, INT_MIN, INT_MAX, "signed integer", &value);
        if (error == NULL) {
            *target = (int)value;
        }
        return error;
    }
    case 'I': {
        unsigned int *target = va_arg(p->targets, unsigned int *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned int)mask;
        }
        return error;
    }
    case 'n':
        return convert_ssize(arg, va_arg(p->targets, Py_ssize_t *));
    case 'l': {
        long *target = va_arg(p->targets, long *);
        value = PyLong_AsLong(arg);
        if (value == -1 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = value;
        return NULL;
    }
    case 'k': {
        unsigned long *target = va_arg(p->targets, unsigned long *);
        if (!PyLong_Check(arg)) {
            return _Emul_Mismatch(p, "int", arg);
        }
        *target = PyLong_AsUnsignedLongMask(arg);
        return NULL;
    }
    case 'L': {
        long long *target = va_arg(p->targets, long long *);
        long long wide = PyLong_AsLongLong(arg);
        if (wide == -1 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = wide;
        return NULL;
    }
    case 'K': {
        unsigned long long *target = va_arg(p->targets, unsigned long long *);
        if (!PyLong_Check(arg)) {
            return _Emul_Mismatch(p, "int", arg);
        }
        *target = PyLong_AsUnsignedLongLongMask(arg);
        return NULL;
    }
    case 'f':
    case 'd': {
        void *target = va_arg(p->targets, void *);
        double number = PyFloat_AsDouble(arg);
        if (number == -1.0 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        if (unit == 'f') {
            *(float *)target = (float)number;
        }
        else {
            *(double *)target = number;
        }
        return NULL;
    }
    default: { /* 'D' */
        Py_complex *target = va_arg(p->targets, Py_complex *);
        Py_complex number = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = number;
        return NULL;
    }
    }
}

const char *_Emul_ConvertByte(parse *p, PyObject *arg)
{
    char *target = va_arg(p->targets, char *);
    if (PyBytes_Check(arg) && PyBytes_Size(arg) == 1) {
        *target = PyBytes_AsString(arg)[0];
        return NULL;
    }
    if (PyByteArray_Check(arg) && PyByteArray_Size(arg) == 1) {
        *target = PyByteArray_AsString(arg)[0];
        return NULL;
    }
    return _Emul_Mismatch(p, "a byte string of length 1", arg);
}

const char *_Emul_ConvertCharacter(parse *p, PyObject *arg)
{
    int *target = va_arg(p->targets, int *);
    if (!PyUnicode_Check(arg) || PyUnicode_GetLength(arg) != 1) {
        return _Emul_Mismatch(p, "a unicode character", arg);
    }
    *target = (int)PyUnicode_ReadChar(arg, 0);
    return NULL;
}

const char *_Emul_ConvertTruth(parse *p, PyObject *arg)
{
    int *target = va_arg(p->targets, int *);
    int truth = PyObject_IsTrue(arg);
    if (truth < 0) {
        return EXCEPTION_IS_SET;
    }
    *target = truth;
    return NULL;
}
