/* Instances of classes that the interpreter or Python code made, born and ended by C alone: their types' slots, called by hand. */
#include "common.h"

/* Exported, and declared by internal headers alone. */
extern PyObject *_PyObject_GC_New(PyTypeObject *);

/* allocated(type, items=0): by tp_alloc; nothing has initialised it. */
static PyObject *
allocated(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    Py_ssize_t items = 0;
    if (!PyArg_ParseTuple(arguments, "O!|n", &PyType_Type, &type, &items)) {
        return NULL;
    }
    return type->tp_alloc(type, items);
}

static PyObject *
generic(PyObject *self, PyObject *type)
{
    return PyType_GenericAlloc((PyTypeObject *)type, 0);
}

static PyObject *
generic_new(PyObject *self, PyObject *type)
{
    return PyType_GenericNew((PyTypeObject *)type, NULL, NULL);
}

/* by_new(type, arguments, keywords): tp_new alone. */
static PyObject *
by_new(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    PyObject *positional, *keywords = NULL;
    if (!PyArg_ParseTuple(arguments, "O!O!|O!", &PyType_Type, &type, &PyTuple_Type, &positional, &PyDict_Type, &keywords)) {
        return NULL;
    }
    return type->tp_new(type, positional, keywords);
}

/* by_init(object, arguments, keywords): tp_init alone. */
static PyObject *
by_init(PyObject *self, PyObject *arguments)
{
    PyObject *object, *positional, *keywords = NULL;
    if (!PyArg_ParseTuple(arguments, "OO!|O!", &object, &PyTuple_Type, &positional, &PyDict_Type, &keywords)) {
        return NULL;
    }
    if (Py_TYPE(object)->tp_init(object, positional, keywords) < 0) {
        return NULL;
    }
    return Py_NewRef(object);
}

/* together(type, arguments): tp_alloc and tp_init, before anybody else sees it. */
static PyObject *
together(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    PyObject *positional;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyType_Type, &type, &PyTuple_Type, &positional)) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, 0);
    if (made != NULL && type->tp_init(made, positional, NULL) < 0) {
        Py_CLEAR(made);
    }
    return made;
}

/* What C sees of an instance that has just been allocated, which ends without having been anywhere. */
static PyObject *
unseen(PyObject *self, PyObject *argument)
{
    PyTypeObject *type = (PyTypeObject *)argument;
    Py_ssize_t before = Py_REFCNT(type);
    PyObject *made = type->tp_alloc(type, 0);
    if (made == NULL) {
        return NULL;
    }
    Py_ssize_t count = Py_REFCNT(made), more = Py_REFCNT(type) - before;
    int same = Py_IS_TYPE(made, type);
    Py_DECREF(made);
    return Py_BuildValue("(niin)", count, same, (int)more, Py_REFCNT(type) - before);
}

/* The memory alone comes and goes: no destructor runs. */
static PyObject *
freed(PyObject *self, PyObject *argument)
{
    PyTypeObject *type = (PyTypeObject *)argument;
    PyObject *made = type->tp_alloc(type, 0);
    if (made == NULL) {
        return NULL;
    }
    if (PyObject_IS_GC(made)) {
        PyObject_GC_UnTrack(made);
    }
    type->tp_free(made);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_DECREF(type);
    }
    PyObject *other = type->tp_flags & Py_TPFLAGS_HAVE_GC ? _PyObject_GC_New(type) : _PyObject_New(type);
    if (other == NULL) {
        return NULL;
    }
    Py_ssize_t count = Py_REFCNT(other);
    int same = Py_IS_TYPE(other, type);
    if (type->tp_flags & Py_TPFLAGS_HAVE_GC) {
        PyObject_GC_Del(other);
    }
    else {
        PyObject_Free(other);
    }
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_DECREF(type);
    }
    return Py_BuildValue("(ni)", count, same);
}

/* filled(type, items): a list that gets its items before anybody else sees it. */
static PyObject *
filled(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    PyObject *items;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyType_Type, &type, &PyTuple_Type, &items)) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, 0);
    for (Py_ssize_t i = 0; made != NULL && i < PyTuple_GET_SIZE(items); i++) {
        if (PyList_Append(made, PyTuple_GET_ITEM(items, i)) < 0) {
            Py_CLEAR(made);
        }
    }
    return made;
}

/* tuple_of(type, items): a tuple of a derived class, filled in place. */
static PyObject *
tuple_of(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    PyObject *items;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyType_Type, &type, &PyTuple_Type, &items)) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, PyTuple_GET_SIZE(items));
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++) {
        PyTuple_SET_ITEM(made, i, Py_NewRef(PyTuple_GET_ITEM(items, i)));
    }
    return made;
}

/* float_of(type, value): a float of a derived class. */
static PyObject *
float_of(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    double value;
    if (!PyArg_ParseTuple(arguments, "O!d", &PyType_Type, &type, &value)) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, 0);
    if (made != NULL) {
        ((PyFloatObject *)made)->ob_fval = value;
    }
    return made;
}

/* bytes_of(type, data): bytes of a derived class. */
static PyObject *
bytes_of(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    const char *data;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "O!y#", &PyType_Type, &type, &data, &size)) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, size);
    if (made == NULL) {
        return NULL;
    }
    memcpy(((PyBytesObject *)made)->ob_sval, data, size + 1);
    return made;
}

/* holed(size, filled): a tuple of which nothing but the first `filled` places is filled, with ints. */
static PyObject *
holed(PyObject *self, PyObject *arguments)
{
    Py_ssize_t size, filled;
    if (!PyArg_ParseTuple(arguments, "nn", &size, &filled)) {
        return NULL;
    }
    PyObject *made = PyTuple_New(size);
    for (Py_ssize_t i = 0; made != NULL && i < filled; i++) {
        PyTuple_SET_ITEM(made, i, PyLong_FromSsize_t(i));
    }
    return made;
}

/* resized(size, other): a tuple of that size, made another by _PyTuple_Resize. */
static PyObject *
resized(PyObject *self, PyObject *arguments)
{
    Py_ssize_t size, other;
    if (!PyArg_ParseTuple(arguments, "nn", &size, &other)) {
        return NULL;
    }
    PyObject *made = PyTuple_New(size);
    for (Py_ssize_t i = 0; made != NULL && i < size; i++) {
        PyTuple_SET_ITEM(made, i, PyLong_FromSsize_t(i));
    }
    if (made != NULL && _PyTuple_Resize(&made, other) < 0) {
        return made == NULL ? NULL : PyErr_Format(PyExc_AssertionError, "it is still there");
    }
    return made;
}

/* Which places of a tuple are empty. */
static PyObject *
holes(PyObject *self, PyObject *tuple)
{
    PyObject *places = PyList_New(0);
    for (Py_ssize_t i = 0; places != NULL && i < PyTuple_GET_SIZE(tuple); i++) {
        if (PyTuple_GET_ITEM(tuple, i) == NULL) {
            PyObject *place = PyLong_FromSsize_t(i);
            if (place == NULL || PyList_Append(places, place) < 0) {
                Py_CLEAR(places);
            }
            Py_XDECREF(place);
        }
    }
    return places;
}

/* The same tuple with all of its places filled, as a new one. */
static PyObject *
completed(PyObject *self, PyObject *tuple)
{
    PyObject *made = PyTuple_New(PyTuple_GET_SIZE(tuple));
    for (Py_ssize_t i = 0; made != NULL && i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        PyTuple_SET_ITEM(made, i, Py_NewRef(item ? item : Py_None));
    }
    return made;
}

static PyMethodDef functions[] = {
    {"holed", holed, METH_VARARGS, NULL},
    {"resized", resized, METH_VARARGS, NULL},
    {"holes", holes, METH_O, NULL},
    {"completed", completed, METH_O, NULL},
    {"allocated", allocated, METH_VARARGS, NULL},
    {"generic", generic, METH_O, NULL},
    {"generic_new", generic_new, METH_O, NULL},
    {"by_new", by_new, METH_VARARGS, NULL},
    {"by_init", by_init, METH_VARARGS, NULL},
    {"together", together, METH_VARARGS, NULL},
    {"unseen", unseen, METH_O, NULL},
    {"freed", freed, METH_O, NULL},
    {"filled", filled, METH_VARARGS, NULL},
    {"tuple_of", tuple_of, METH_VARARGS, NULL},
    {"float_of", float_of, METH_VARARGS, NULL},
    {"bytes_of", bytes_of, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_births, "Births.", functions)
