/* dict and set: every concrete function, iteration by PyDict_Next, and what may change under it. */
#include "common.h"

static PyObject *
call(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *dict, *key = Py_None, *value = Py_None, *found = NULL;
    if (!PyArg_ParseTuple(arguments, "sO|OO", &name, &dict, &key, &value)) {
        return NULL;
    }
#define IS(text) (strcmp(name, text) == 0)
    if (IS("get")) {
        /* Never sets an error. */
        found = PyDict_GetItem(dict, key);
        return Py_NewRef(found ? found : Py_Ellipsis);
    }
    if (IS("get_with_error")) {
        found = PyDict_GetItemWithError(dict, key);
        return found || PyErr_Occurred() ? Py_XNewRef(found) : Py_NewRef(Py_Ellipsis);
    }
    if (IS("get_string")) {
        found = PyDict_GetItemString(dict, PyUnicode_AsUTF8(key));
        return Py_NewRef(found ? found : Py_Ellipsis);
    }
    if (IS("get_ref")) {
        int status = PyDict_GetItemRef(dict, key, &found);
        return status < 0 ? NULL : Py_BuildValue("(iN)", status, found ? found : Py_NewRef(Py_Ellipsis));
    }
    if (IS("set_default")) {
        return Py_XNewRef(PyDict_SetDefault(dict, key, value));
    }
    if (IS("set_default_ref")) {
        int status = PyDict_SetDefaultRef(dict, key, value, &found);
        return status < 0 ? NULL : Py_BuildValue("(iN)", status, found);
    }
    if (IS("pop")) {
        int status = PyDict_Pop(dict, key, &found);
        return status < 0 ? NULL : Py_BuildValue("(iN)", status, found ? found : Py_NewRef(Py_Ellipsis));
    }
    if (IS("keys")) {
        return PyDict_Keys(dict);
    }
    if (IS("values")) {
        return PyDict_Values(dict);
    }
    if (IS("items")) {
        return PyDict_Items(dict);
    }
    if (IS("copy")) {
        return PyDict_Copy(dict);
    }
    if (IS("proxy")) {
        return PyDictProxy_New(dict);
    }
    int status = IS("set")             ? PyDict_SetItem(dict, key, value)
                 : IS("set_string")    ? PyDict_SetItemString(dict, PyUnicode_AsUTF8(key), value)
                 : IS("delete")        ? PyDict_DelItem(dict, key)
                 : IS("delete_string") ? PyDict_DelItemString(dict, PyUnicode_AsUTF8(key))
                 : IS("contains")      ? PyDict_Contains(dict, key)
                 : IS("contains_string") ? PyDict_ContainsString(dict, PyUnicode_AsUTF8(key))
                 : IS("update")        ? PyDict_Update(dict, key)
                 : IS("merge")         ? PyDict_Merge(dict, key, 0)
                 : IS("merge_seq")     ? PyDict_MergeFromSeq2(dict, key, 1)
                 : IS("size")          ? (int)PyDict_Size(dict)
                                       : (PyDict_Clear(dict), 0);
    return status < 0 ? NULL : Py_BuildValue("(iO)", status, dict);
#undef IS
}

static PyObject *
pairs(PyObject *self, PyObject *dict)
{
    PyObject *key, *value, *list = PyList_New(0);
    Py_ssize_t at = 0;
    while (list && PyDict_Next(dict, &at, &key, &value)) {
        PyObject *pair = PyTuple_Pack(2, key, value);
        if (pair == NULL || PyList_Append(list, pair) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(pair);
    }
    return list;
}

/* Values may be replaced under PyDict_Next. */
static PyObject *
increment_all(PyObject *self, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        PyObject *more = PyLong_FromLong(PyLong_AsLong(value) + 1);
        int status = more ? PyDict_SetItem(dict, key, more) : -1;
        Py_XDECREF(more);
        if (status < 0) {
            return NULL;
        }
    }
    return PyLong_FromSsize_t(PyDict_GET_SIZE(dict));
}

/* Calls Python between two steps of one PyDict_Next loop. */
static PyObject *
for_each(PyObject *self, PyObject *arguments)
{
    PyObject *dict, *function, *key, *value;
    Py_ssize_t at = 0;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyDict_Type, &dict, &function)) {
        return NULL;
    }
    while (PyDict_Next(dict, &at, &key, &value)) {
        Py_INCREF(key);
        Py_INCREF(value);
        PyObject *result = PyObject_CallFunctionObjArgs(function, key, value, NULL);
        Py_DECREF(key);
        Py_DECREF(value);
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
    }
    Py_RETURN_NONE;
}

static PyObject *
sizes(PyObject *self, PyObject *dict)
{
    return Py_BuildValue("(nnii)", PyDict_GET_SIZE(dict), ((PyDictObject *)dict)->ma_used, PyDict_Check(dict), PyDict_CheckExact(dict));
}

/* A dict that C makes, with a dict in it that C goes on filling by the borrowed reference. */
static PyObject *
grouped(PyObject *self, PyObject *words)
{
    PyObject *groups = PyDict_New();
    for (Py_ssize_t i = 0; groups && i < PyList_GET_SIZE(words); i++) {
        PyObject *word = PyList_GET_ITEM(words, i);
        PyObject *length = PyLong_FromSsize_t(PyUnicode_GetLength(word));
        PyObject *fresh = PyList_New(0);
        PyObject *group = PyDict_SetDefault(groups, length, fresh);
        Py_DECREF(fresh);
        Py_DECREF(length);
        if (group == NULL || PyList_Append(group, word) < 0) {
            Py_CLEAR(groups);
        }
    }
    return groups;
}

static PyObject *
set_call(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *set, *item = Py_None;
    if (!PyArg_ParseTuple(arguments, "sO|O", &name, &set, &item)) {
        return NULL;
    }
#define IS(text) (strcmp(name, text) == 0)
    if (IS("new")) {
        return PySet_New(set == Py_None ? NULL : set);
    }
    if (IS("frozen")) {
        return PyFrozenSet_New(set == Py_None ? NULL : set);
    }
    if (IS("pop")) {
        return PySet_Pop(set);
    }
    if (IS("checks")) {
        return Py_BuildValue("(iiii)", PySet_Check(set), PyFrozenSet_Check(set), PyAnySet_Check(set), PyAnySet_CheckExact(set));
    }
    if (IS("used")) {
        return PyLong_FromSsize_t(PySet_GET_SIZE(set));
    }
    int status = IS("add")        ? PySet_Add(set, item)
                 : IS("discard")  ? PySet_Discard(set, item)
                 : IS("contains") ? PySet_Contains(set, item)
                 : IS("size")     ? (int)PySet_Size(set)
                                  : PySet_Clear(set);
    return status < 0 ? NULL : PyLong_FromLong(status);
#undef IS
}

/* A fresh frozenset may be filled by C. */
static PyObject *
frozen_filled(PyObject *self, PyObject *unused)
{
    PyObject *set = PyFrozenSet_New(NULL);
    for (long i = 0; set && i < 3; i++) {
        PyObject *item = PyLong_FromLong(1000 + i);
        if (PySet_Add(set, item) < 0) {
            Py_CLEAR(set);
        }
        Py_DECREF(item);
    }
    return set;
}

static PyMethodDef functions[] = {
    {"call", call, METH_VARARGS, NULL},
    {"pairs", pairs, METH_O, NULL},
    {"increment_all", increment_all, METH_O, NULL},
    {"for_each", for_each, METH_VARARGS, NULL},
    {"sizes", sizes, METH_O, NULL},
    {"grouped", grouped, METH_O, NULL},
    {"set_call", set_call, METH_VARARGS, NULL},
    {"frozen_filled", frozen_filled, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_dicts, "Dicts and sets.", functions)
