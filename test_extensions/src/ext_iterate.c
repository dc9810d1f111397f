/* Iteration, the abstract sequence and mapping protocols, PySequence_Fast, slices. */
#include "common.h"

static PyObject *
taken(PyObject *self, PyObject *arguments)
{
    PyObject *iterable, *item, *list;
    Py_ssize_t limit;
    if (!PyArg_ParseTuple(arguments, "On", &iterable, &limit)) {
        return NULL;
    }
    PyObject *iterator = PyObject_GetIter(iterable);
    if (iterator == NULL || (list = PyList_New(0)) == NULL) {
        Py_XDECREF(iterator);
        return NULL;
    }
    while (limit-- > 0 && (item = PyIter_Next(iterator))) {
        int status = PyList_Append(list, item);
        Py_DECREF(item);
        if (status < 0) {
            break;
        }
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred()) {
        Py_DECREF(list);
        return NULL;
    }
    return list;
}

/* tp_iternext by hand, as Cython's for loops call it. */
static PyObject *
by_slot(PyObject *self, PyObject *iterator)
{
    iternextfunc next = Py_TYPE(iterator)->tp_iternext;
    if (next == NULL) {
        return Py_NewRef(Py_NotImplemented);
    }
    PyObject *item = next(iterator);
    if (item || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_StopIteration))) {
        return item;
    }
    PyErr_Clear();
    return PyUnicode_FromString("the end");
}

static PyObject *
sent(PyObject *self, PyObject *arguments)
{
    PyObject *generator, *value, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO", &generator, &value)) {
        return NULL;
    }
    PySendResult status = PyIter_Send(generator, value, &result);
    return status == PYGEN_ERROR ? NULL : Py_BuildValue("(sN)", status == PYGEN_NEXT ? "next" : "return", result);
}

static PyObject *
iterators(PyObject *self, PyObject *arguments)
{
    PyObject *sequence, *function, *sentinel;
    if (!PyArg_ParseTuple(arguments, "OOO", &sequence, &function, &sentinel)) {
        return NULL;
    }
    return Py_BuildValue("(NN)", PySeqIter_New(sequence), PyCallIter_New(function, sentinel));
}

static PyObject *
checks(PyObject *self, PyObject *object)
{
    return Py_BuildValue("(iiii)", PyIter_Check(object), PySequence_Check(object), PyMapping_Check(object), PyGen_Check(object));
}

static PyObject *
fast(PyObject *self, PyObject *object)
{
    PyObject *quick = PySequence_Fast(object, "fast() wants an iterable");
    if (quick == NULL) {
        return NULL;
    }
    PyObject **items = PySequence_Fast_ITEMS(quick);
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PySequence_Fast_GET_SIZE(quick); i++) {
        if (items[i] != PySequence_Fast_GET_ITEM(quick, i) || PyList_Append(list, items[i]) < 0) {
            Py_CLEAR(list);
        }
    }
    PyObject *result = Py_BuildValue("(NiN)", PyType_GetName(Py_TYPE(quick)), quick == object, list);
    Py_DECREF(quick);
    return result;
}

static PyObject *
sequence(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *object, *other = Py_None;
    Py_ssize_t a = 0, b = 0;
    if (!PyArg_ParseTuple(arguments, "sO|nnO", &name, &object, &a, &b, &other)) {
        return NULL;
    }
#define IS(text) (strcmp(name, text) == 0)
    if (IS("item")) {
        return PySequence_GetItem(object, a);
    }
    if (IS("slice")) {
        return PySequence_GetSlice(object, a, b);
    }
    if (IS("concat")) {
        return PySequence_Concat(object, other);
    }
    if (IS("concat in place")) {
        return PySequence_InPlaceConcat(object, other);
    }
    if (IS("repeat")) {
        return PySequence_Repeat(object, a);
    }
    if (IS("repeat in place")) {
        return PySequence_InPlaceRepeat(object, a);
    }
    if (IS("list")) {
        return PySequence_List(object);
    }
    if (IS("tuple")) {
        return PySequence_Tuple(object);
    }
    Py_ssize_t number = IS("size")         ? PySequence_Size(object)
                        : IS("length")     ? PySequence_Length(object)
                        : IS("count")      ? PySequence_Count(object, other)
                        : IS("index")      ? PySequence_Index(object, other)
                        : IS("contains")   ? PySequence_Contains(object, other)
                        : IS("set")        ? PySequence_SetItem(object, a, other)
                        : IS("del")        ? PySequence_DelItem(object, a)
                        : IS("set slice")  ? PySequence_SetSlice(object, a, b, other)
                        : IS("del slice")  ? PySequence_DelSlice(object, a, b)
                        : IS("hint")       ? PyObject_LengthHint(object, 77)
                                           : -99;
    return PyErr_Occurred() ? NULL : Py_BuildValue("(nO)", number, object);
}

static PyObject *
mapping(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *object, *key = Py_None, *value = Py_None, *found = NULL;
    if (!PyArg_ParseTuple(arguments, "sO|OO", &name, &object, &key, &value)) {
        return NULL;
    }
    const char *text = PyUnicode_Check(key) ? PyUnicode_AsUTF8(key) : "";
    if (IS("get")) {
        return PyObject_GetItem(object, key);
    }
    if (IS("get string")) {
        return PyMapping_GetItemString(object, text);
    }
    if (IS("get optional")) {
        int status = PyMapping_GetOptionalItem(object, key, &found);
        return status < 0 ? NULL : Py_BuildValue("(iN)", status, found ? found : Py_NewRef(Py_Ellipsis));
    }
    if (IS("keys")) {
        return PyMapping_Keys(object);
    }
    if (IS("values")) {
        return PyMapping_Values(object);
    }
    if (IS("items")) {
        return PyMapping_Items(object);
    }
    Py_ssize_t number = IS("set")          ? PyObject_SetItem(object, key, value)
                        : IS("set string") ? PyMapping_SetItemString(object, text, value)
                        : IS("del")        ? PyObject_DelItem(object, key)
                        : IS("del string") ? PyMapping_DelItemString(object, text)
                        : IS("has")        ? PyMapping_HasKeyWithError(object, key)
                        : IS("has string") ? PyMapping_HasKeyString(object, text)
                        : IS("size")       ? PyMapping_Size(object)
                                           : -99;
    return PyErr_Occurred() ? NULL : Py_BuildValue("(nO)", number, object);
#undef IS
}

static PyObject *
slices(PyObject *self, PyObject *arguments)
{
    PyObject *slice;
    Py_ssize_t length, start, stop, step, size;
    if (!PyArg_ParseTuple(arguments, "O!n", &PySlice_Type, &slice, &length) ||
        PySlice_GetIndicesEx(slice, length, &start, &stop, &step, &size) < 0) {
        return NULL;
    }
    PySliceObject *fields = (PySliceObject *)slice;
    PyObject *again = PySlice_New(fields->start, fields->stop, fields->step);
    return Py_BuildValue("(nnnnN)", start, stop, step, size, again);
}

static PyMethodDef functions[] = {
    {"taken", taken, METH_VARARGS, NULL},
    {"by_slot", by_slot, METH_O, NULL},
    {"sent", sent, METH_VARARGS, NULL},
    {"iterators", iterators, METH_VARARGS, NULL},
    {"checks", checks, METH_O, NULL},
    {"fast", fast, METH_O, NULL},
    {"sequence", sequence, METH_VARARGS, NULL},
    {"mapping", mapping, METH_VARARGS, NULL},
    {"slices", slices, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_iterate, "Iteration.", functions)
