/* Borrowed references that C goes on using after the call that gave them, as long as their owner has them. */
#include "common.h"

/* dict[key], used after other calls. */
static PyObject *
from_dict(PyObject *self, PyObject *arguments)
{
    PyObject *dict, *key;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyDict_Type, &dict, &key)) {
        return NULL;
    }
    PyObject *value = PyDict_GetItemWithError(dict, key);
    if (value == NULL) {
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    }
    for (int i = 0; i < 100; i++) {
        PyObject *noise = PyObject_Repr(dict);
        if (noise == NULL) {
            return NULL;
        }
        Py_DECREF(noise);
    }
    return PyTuple_Pack(2, value, (PyObject *)Py_TYPE(value));
}

/* Items of a list and a tuple of one call, all held at once. */
static PyObject *
held_at_once(PyObject *self, PyObject *list)
{
    PyObject *items[64];
    Py_ssize_t size = Py_MIN(PyList_Size(list), 64);
    for (Py_ssize_t i = 0; i < size; i++) {
        items[i] = PyList_GetItem(list, i);
    }
    PyObject *result = PyTuple_New(size);
    for (Py_ssize_t i = 0; i < size; i++) {
        PyTuple_SET_ITEM(result, size - 1 - i, Py_NewRef(items[i]));
    }
    return result;
}

/* The owner is kept in C, the borrowed reference too, over several calls from Python. */
static PyObject *kept_owner, *kept_item;

static PyObject *
keep(PyObject *self, PyObject *list)
{
    Py_XSETREF(kept_owner, Py_NewRef(list));
    kept_item = PyList_GetItem(list, 0);
    return kept_item ? Py_NewRef(Py_None) : NULL;
}

static PyObject *
kept(PyObject *self, PyObject *unused)
{
    PyObject *result = PyTuple_Pack(2, kept_item, PyList_GetItem(kept_owner, 0) == kept_item ? Py_True : Py_False);
    Py_CLEAR(kept_owner);
    return result;
}

/* The same of a dict: nothing in C's memory has the value but the pointer that was lent. */
static PyObject *kept_dict, *kept_key, *kept_value;

static PyObject *
keep_value(PyObject *self, PyObject *arguments)
{
    PyObject *dict, *key;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyDict_Type, &dict, &key)) {
        return NULL;
    }
    Py_XSETREF(kept_dict, Py_NewRef(dict));
    Py_XSETREF(kept_key, Py_NewRef(key));
    kept_value = PyDict_GetItemWithError(dict, key);
    return kept_value ? Py_NewRef(Py_None) : NULL;
}

static PyObject *
value_kept(PyObject *self, PyObject *unused)
{
    PyObject *again = PyDict_GetItemWithError(kept_dict, kept_key);
    PyObject *result = again ? PyTuple_Pack(3, kept_value, Py_TYPE(kept_value), again == kept_value ? Py_True : Py_False) : NULL;
    Py_CLEAR(kept_dict);
    Py_CLEAR(kept_key);
    return result;
}

/* Borrowed from a type's dict, a module's dict, sys, builtins. */
static PyObject *
from_namespaces(PyObject *self, PyObject *type)
{
    PyObject *module_dict = PyModule_GetDict(self);
    PyObject *name = PyDict_GetItemString(module_dict, "__name__");
    PyObject *builtins = PyEval_GetBuiltins();
    PyObject *length = PyDict_GetItemString(builtins, "len");
    PyObject *base = (PyObject *)((PyTypeObject *)type)->tp_base;
    PyObject *mro = ((PyTypeObject *)type)->tp_mro;
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *own = PyDict_GetItem(modules, name);
    PyObject *version = PySys_GetObject("version_info");
    return Py_BuildValue("(OOOnOO)", name, length, base, PyTuple_GET_SIZE(mro), own == self ? Py_True : Py_False, PyTuple_GetItem(version, 0));
}

/* The host object of an item is replaced while C has it borrowed and protected by its own reference. */
static PyObject *
outlives_owner(PyObject *self, PyObject *arguments)
{
    PyObject *list, *callback;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyList_Type, &list, &callback)) {
        return NULL;
    }
    PyObject *item = Py_XNewRef(PyList_GetItem(list, 0));
    PyObject *result = item ? PyObject_CallNoArgs(callback) : NULL;
    Py_XDECREF(result);
    if (result == NULL) {
        Py_XDECREF(item);
        return NULL;
    }
    return Py_BuildValue("(NO)", item, list);
}

/* What a weak reference points to, borrowed. */
static PyObject *
from_weakref(PyObject *self, PyObject *reference)
{
    PyObject *target = NULL;
    int status = PyWeakref_GetRef(reference, &target);
    if (status < 0) {
        return NULL;
    }
    return Py_BuildValue("(iN)", status, target ? target : Py_NewRef(Py_None));
}

static PyMethodDef functions[] = {
    {"from_dict", from_dict, METH_VARARGS, NULL},
    {"held_at_once", held_at_once, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"kept", kept, METH_NOARGS, NULL},
    {"keep_value", keep_value, METH_VARARGS, NULL},
    {"value_kept", value_kept, METH_NOARGS, NULL},
    {"from_namespaces", from_namespaces, METH_O, NULL},
    {"outlives_owner", outlives_owner, METH_VARARGS, NULL},
    {"from_weakref", from_weakref, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_borrowed, "Borrowed references.", functions)
