/* Numbers below the number protocol: complex arithmetic of C's own, ints by their digits, the converters that "O&" takes, indices and
   hashes. */
#include "shapes.h"
#include <errno.h>
#include <math.h>

/* Exported, and declared by internal headers alone. */
extern PyObject *_PyLong_Add(PyLongObject *, PyLongObject *);
extern PyObject *_PyLong_Subtract(PyLongObject *, PyLongObject *);
extern PyObject *_PyLong_Multiply(PyLongObject *, PyLongObject *);
extern PyObject *_PyLong_DivmodNear(PyObject *, PyObject *);
extern PyObject *_PyLong_Lshift(PyObject *, size_t);
extern PyObject *_PyLong_Rshift(PyObject *, size_t);
extern PyObject *_PyLong_Format(PyObject *, int);
extern double _PyLong_Frexp(PyLongObject *, Py_ssize_t *);
extern unsigned char _PyLong_DigitValue[256];
extern int _PyLong_UnsignedShort_Converter(PyObject *, void *);
extern int _PyLong_UnsignedInt_Converter(PyObject *, void *);
extern int _PyLong_UnsignedLong_Converter(PyObject *, void *);
extern int _PyLong_UnsignedLongLong_Converter(PyObject *, void *);
extern int _PyLong_Size_t_Converter(PyObject *, void *);
extern PyObject *_PyNumber_Index(PyObject *);
extern int _Py_convert_optional_to_ssize_t(PyObject *, void *);
extern Py_hash_t _Py_HashBytes(const void *, Py_ssize_t);

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(NEW_OO, _PyLong_Add)                                                                                                      \
    CALL(NEW_OO, _PyLong_Subtract)                                                                                                 \
    CALL(NEW_OO, _PyLong_Multiply)                                                                                                 \
    CALL(NEW_OO, _PyLong_DivmodNear)                                                                                               \
    CALL(NEW_OO, _PyLong_GCD)                                                                                                      \
    CALL(NEW_ON, _PyLong_Lshift)                                                                                                   \
    CALL(NEW_ON, _PyLong_Rshift)                                                                                                   \
    CALL(NEW_ON, _PyLong_Format)                                                                                                   \
    CALL(NEW_O, _PyNumber_Index)                                                                                                   \
    CALL(NEW_, PyLong_GetInfo)                                                                                                     \
    CALL(INT_O, PyObject_GenericHash)                                                                                              \
    CALL(INT_O, PyObject_HashNotImplemented)
FUNCTIONS(DEFINE_CALL)

/* The result, and errno, which is how these functions say that they failed. */
static PyObject *
complex_made(Py_complex value)
{
    int number = errno;
    return Py_BuildValue("(Nz)", PyComplex_FromCComplex(value), number == EDOM ? "EDOM" : number == ERANGE ? "ERANGE" : NULL);
}

#define COMPLEX_OF_TWO(function)                                                                                                   \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        Py_complex a, b;                                                                                                           \
        if (!PyArg_ParseTuple(arguments, "DD", &a, &b)) {                                                                          \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        errno = 0;                                                                                                                 \
        return complex_made(function(a, b));                                                                                       \
    }
COMPLEX_OF_TWO(_Py_c_sum)
COMPLEX_OF_TWO(_Py_c_diff)
COMPLEX_OF_TWO(_Py_c_prod)
COMPLEX_OF_TWO(_Py_c_quot)
COMPLEX_OF_TWO(_Py_c_pow)

static PyObject *
call__Py_c_neg(PyObject *self, PyObject *arguments)
{
    Py_complex a;
    if (!PyArg_ParseTuple(arguments, "D", &a)) {
        return NULL;
    }
    errno = 0;
    return complex_made(_Py_c_neg(a));
}

static PyObject *
call__Py_c_abs(PyObject *self, PyObject *arguments)
{
    Py_complex a;
    if (!PyArg_ParseTuple(arguments, "D", &a)) {
        return NULL;
    }
    errno = 0;
    double length = _Py_c_abs(a);
    return Py_BuildValue("(dz)", length, errno == ERANGE ? "ERANGE" : NULL);
}

/* What O& gives, and whether it fits the type again: before the call everything is 7. */
#define CONVERTER(function, type, code)                                                                                            \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        type value = 7;                                                                                                            \
        return PyArg_ParseTuple(arguments, "O&", function, &value) ? Py_BuildValue(code, value) : NULL;                            \
    }
CONVERTER(_PyLong_UnsignedShort_Converter, unsigned short, "H")
CONVERTER(_PyLong_UnsignedInt_Converter, unsigned int, "I")
CONVERTER(_PyLong_UnsignedLong_Converter, unsigned long, "k")
CONVERTER(_PyLong_UnsignedLongLong_Converter, unsigned long long, "K")
CONVERTER(_PyLong_Size_t_Converter, size_t, "k")
CONVERTER(_Py_convert_optional_to_ssize_t, Py_ssize_t, "n")
CONVERTER(_PyEval_SliceIndex, Py_ssize_t, "n")
CONVERTER(_PyEval_SliceIndexNotNone, Py_ssize_t, "n")

static PyObject *
call_PyLong_AsSize_t(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    if (!PyArg_ParseTuple(arguments, "O&", nullable, &object)) {
        return NULL;
    }
    size_t value = PyLong_AsSize_t(object);
    return value == (size_t)-1 && PyErr_Occurred() ? NULL : Py_BuildValue("k", value);
}

static PyObject *
call__PyLong_Frexp(PyObject *self, PyObject *arguments)
{
    PyLongObject *object;
    Py_ssize_t exponent = -7;
    if (!PyArg_ParseTuple(arguments, "O!", &PyLong_Type, &object)) {
        return NULL;
    }
    double fraction = _PyLong_Frexp(object, &exponent);
    return fraction == -1.0 && PyErr_Occurred() ? NULL : Py_BuildValue("(dn)", fraction, exponent);
}

/* from_digits(negative, digits): by _PyLong_FromDigits, and by _PyLong_New as gmpy2 does: digits written in place, then the sign. */
static PyObject *
from_digits(PyObject *self, PyObject *arguments)
{
    int negative;
    PyObject *list;
    digit digits[8];
    if (!PyArg_ParseTuple(arguments, "pO!", &negative, &PyList_Type, &list)) {
        return NULL;
    }
    Py_ssize_t count = PyList_GET_SIZE(list);
    if (count > (Py_ssize_t)Py_ARRAY_LENGTH(digits)) {
        return PyErr_Format(PyExc_ValueError, "too many digits");
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        digits[i] = (digit)PyLong_AsUnsignedLong(PyList_GET_ITEM(list, i));
    }
    if (PyErr_Occurred()) {
        return NULL;
    }
    PyLongObject *first = _PyLong_FromDigits(negative, count, digits);
    PyLongObject *second = first ? _PyLong_New(count) : NULL;
    if (second && count) {
        memcpy(second->long_value.ob_digit, digits, count * sizeof(digit));
        second->long_value.lv_tag = (second->long_value.lv_tag & ~(uintptr_t)3) | (negative ? 2 : 0);
    }
    return second ? Py_BuildValue("(NN)", first, second) : NULL;
}

/* The sizes that _PyLong_New refuses. */
static PyObject *
call__PyLong_New(PyObject *self, PyObject *arguments)
{
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "n", &size)) {
        return NULL;
    }
    PyLongObject *made = _PyLong_New(size);
    if (made == NULL) {
        return NULL;
    }
    PyObject *found = Py_BuildValue("(iki)", PyLong_CheckExact(made), (unsigned long)(made->long_value.lv_tag >> 3), Py_REFCNT(made) == 1);
    memset(made->long_value.ob_digit, 0, (size ? size : 1) * sizeof(digit));
    Py_DECREF(made);
    return found;
}

static PyObject *
digit_values(PyObject *self, PyObject *unused)
{
    return PyBytes_FromStringAndSize((const char *)_PyLong_DigitValue, 256);
}

static PyObject *
hash_bytes(PyObject *self, PyObject *bytes)
{
    char *content;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(bytes, &content, &size) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(_Py_HashBytes(content, size));
}

/* A pointer's hash: its bits turned, never -1. */
static PyObject *
hash_pointer(PyObject *self, PyObject *argument)
{
    void *pointer = PyLong_AsVoidPtr(argument);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(Py_HashPointer(pointer));
}

static PyObject *
hash_function(PyObject *self, PyObject *bytes)
{
    PyHash_FuncDef *function = PyHash_GetFuncDef();
    if (function == NULL || !PyBytes_Check(bytes)) {
        return PyErr_Format(PyExc_TypeError, "no function, or no bytes");
    }
    Py_hash_t value = function->hash(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    return Py_BuildValue("(siii)", function->name, function->hash_bits, function->seed_bits, value == PyObject_Hash(bytes));
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    CALL_ENTRY(, _Py_c_sum) CALL_ENTRY(, _Py_c_diff) CALL_ENTRY(, _Py_c_prod) CALL_ENTRY(, _Py_c_quot) CALL_ENTRY(, _Py_c_pow)
    CALL_ENTRY(, _Py_c_neg) CALL_ENTRY(, _Py_c_abs) CALL_ENTRY(, _PyLong_UnsignedShort_Converter)
    CALL_ENTRY(, _PyLong_UnsignedInt_Converter) CALL_ENTRY(, _PyLong_UnsignedLong_Converter)
    CALL_ENTRY(, _PyLong_UnsignedLongLong_Converter) CALL_ENTRY(, _PyLong_Size_t_Converter)
    CALL_ENTRY(, _Py_convert_optional_to_ssize_t) CALL_ENTRY(, _PyEval_SliceIndex) CALL_ENTRY(, _PyEval_SliceIndexNotNone)
    CALL_ENTRY(, PyLong_AsSize_t) CALL_ENTRY(, _PyLong_Frexp) CALL_ENTRY(, _PyLong_New)
    {"from_digits", from_digits, METH_VARARGS, NULL},
    {"digit_values", digit_values, METH_NOARGS, NULL},
    {"hash_bytes", hash_bytes, METH_O, NULL},
    {"hash_pointer", hash_pointer, METH_O, NULL},
    {"hash_function", hash_function, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_numerics, "Numerics.", functions)
