/* bytes and bytearray: storage read and written in place, resizing, concatenation. */
#include "common.h"

/* Fill a fresh bytes through its storage, then shrink or grow it. */
static PyObject *
made(PyObject *self, PyObject *arguments)
{
    Py_ssize_t first, then;
    if (!PyArg_ParseTuple(arguments, "nn", &first, &then)) {
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, first);
    if (bytes == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < first; i++) {
        PyBytes_AS_STRING(bytes)[i] = (char)('a' + i % 26);
    }
    if (_PyBytes_Resize(&bytes, then) < 0) {
        return NULL;
    }
    for (Py_ssize_t i = first; i < then; i++) {
        PyBytes_AS_STRING(bytes)[i] = '+';
    }
    return bytes;
}

static PyObject *
inspected(PyObject *self, PyObject *bytes)
{
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(bytes, &data, &size) < 0) {
        return NULL;
    }
    int same = data == PyBytes_AS_STRING(bytes) && data == PyBytes_AsString(bytes) && data[size] == '\0';
    return Py_BuildValue("(niL)", PyBytes_GET_SIZE(bytes), same, (long long)PyBytes_Size(bytes));
}

/* Without a place for the size, a zero byte is an error. */
static PyObject *
without_zero(PyObject *self, PyObject *bytes)
{
    char *data;
    return PyBytes_AsStringAndSize(bytes, &data, NULL) < 0 ? NULL : PyBytes_FromString(data);
}

static PyObject *
joined(PyObject *self, PyObject *arguments)
{
    PyObject *left, *right;
    if (!PyArg_ParseTuple(arguments, "OO", &left, &right)) {
        return NULL;
    }
    Py_INCREF(left);
    PyBytes_Concat(&left, right);
    if (left) {
        PyBytes_ConcatAndDel(&left, PyBytes_FromString("!"));
    }
    return left;
}

static PyObject *
formats(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("[NNN]", PyBytes_FromFormat("%d %ld %zd %x %%", -1, -2L, (Py_ssize_t)3, 0xfe), PyBytes_FromFormat("%s|%.2s|%c", "text", "text", 'c'),
                         PyBytes_DecodeEscape("a\\x41\\n", 7, NULL, 0, NULL));
}

static PyObject *
from_object(PyObject *self, PyObject *argument)
{
    return PyBytes_FromObject(argument);
}

static PyObject *
shown(PyObject *self, PyObject *argument)
{
    return PyBytes_Repr(argument, 1);
}

/* One object for each single byte and for the empty bytes. */
static PyObject *
singles(PyObject *self, PyObject *unused)
{
    PyObject *empty = PyBytes_FromStringAndSize(NULL, 0), *again = PyBytes_FromString("");
    PyObject *one = PyBytes_FromStringAndSize("x", 1), *other = PyBytes_FromStringAndSize("x", 1);
    PyObject *result = Py_BuildValue("(NN)", PyBool_FromLong(empty == again), PyBool_FromLong(one == other));
    Py_DECREF(empty);
    Py_DECREF(again);
    Py_DECREF(one);
    Py_DECREF(other);
    return result;
}

/* A writer as in ujson or msgpack: grows by doubling, shrinks at the end. */
static PyObject *
encoded(PyObject *self, PyObject *list)
{
    Py_ssize_t used = 0, allocated = 1;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, allocated);
    for (Py_ssize_t i = 0; bytes && i < PyList_GET_SIZE(list); i++) {
        long value = PyLong_AsLong(PyList_GET_ITEM(list, i));
        if (value == -1 && PyErr_Occurred()) {
            Py_CLEAR(bytes);
            break;
        }
        if (used == allocated && _PyBytes_Resize(&bytes, allocated *= 2) < 0) {
            break;
        }
        PyBytes_AS_STRING(bytes)[used++] = (char)value;
    }
    if (bytes) {
        _PyBytes_Resize(&bytes, used);
    }
    return bytes;
}

static PyObject *
array_made(PyObject *self, PyObject *unused)
{
    PyObject *array = PyByteArray_FromStringAndSize("abcdef", 6);
    if (array == NULL) {
        return NULL;
    }
    PyByteArray_AS_STRING(array)[0] = 'A';
    if (PyByteArray_Resize(array, 4) < 0 || PyByteArray_Resize(array, 8) < 0) {
        Py_DECREF(array);
        return NULL;
    }
    memcpy(PyByteArray_AsString(array) + 4, "wxyz", 4);
    return array;
}

/* Turn every byte round in the storage of an array that Python made; returns size and where `ob_start` is. */
static PyObject *
array_flipped(PyObject *self, PyObject *array)
{
    if (!PyByteArray_Check(array)) {
        PyErr_SetString(PyExc_TypeError, "not a bytearray");
        return NULL;
    }
    char *data = PyByteArray_AS_STRING(array);
    Py_ssize_t size = PyByteArray_GET_SIZE(array);
    for (Py_ssize_t i = 0; i < size; i++) {
        data[i] = (char)~data[i];
    }
    int same = size == 0 || ((PyByteArrayObject *)array)->ob_start == data;
    return Py_BuildValue("(ni)", PyByteArray_Size(array), same);
}

/* The byte behind the last one, which is NUL. */
static PyObject *
array_end(PyObject *self, PyObject *array)
{
    if (!PyByteArray_Check(array)) {
        PyErr_SetString(PyExc_TypeError, "not a bytearray");
        return NULL;
    }
    return PyLong_FromLong((unsigned char)PyByteArray_AsString(array)[PyByteArray_Size(array)]);
}

static PyObject *
array_resized(PyObject *self, PyObject *arguments)
{
    PyObject *array;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "O!n", &PyByteArray_Type, &array, &size) || PyByteArray_Resize(array, size) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(PyByteArray_GET_SIZE(array));
}

static PyObject *
array_joined(PyObject *self, PyObject *arguments)
{
    PyObject *left, *right;
    return PyArg_ParseTuple(arguments, "OO", &left, &right) ? PyByteArray_Concat(left, right) : NULL;
}

static PyObject *
array_from_object(PyObject *self, PyObject *argument)
{
    return PyByteArray_FromObject(argument);
}

static PyMethodDef functions[] = {
    {"made", made, METH_VARARGS, NULL},
    {"inspected", inspected, METH_O, NULL},
    {"without_zero", without_zero, METH_O, NULL},
    {"joined", joined, METH_VARARGS, NULL},
    {"formats", formats, METH_NOARGS, NULL},
    {"from_object", from_object, METH_O, NULL},
    {"shown", shown, METH_O, NULL},
    {"singles", singles, METH_NOARGS, NULL},
    {"encoded", encoded, METH_O, NULL},
    {"array_made", array_made, METH_NOARGS, NULL},
    {"array_flipped", array_flipped, METH_O, NULL},
    {"array_end", array_end, METH_O, NULL},
    {"array_resized", array_resized, METH_VARARGS, NULL},
    {"array_joined", array_joined, METH_VARARGS, NULL},
    {"array_from_object", array_from_object, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_bytes, "Bytes.", functions)
