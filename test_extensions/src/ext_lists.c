/* list and tuple: fresh ones filled inline, the functions, and fields that wheels read without asking. */
#include "common.h"

/* PyList_New, then PyList_SET_ITEM: a list of squares. */
static PyObject *
squares(PyObject *self, PyObject *argument)
{
    Py_ssize_t size = PyNumber_AsSsize_t(argument, PyExc_OverflowError);
    PyObject *list = size == -1 && PyErr_Occurred() ? NULL : PyList_New(size);
    for (Py_ssize_t i = 0; list && i < size; i++) {
        PyList_SET_ITEM(list, i, PyLong_FromSsize_t(i * i));
    }
    return list;
}

/* Items read inline, and added up. */
static PyObject *
total(PyObject *self, PyObject *list)
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "not a list");
        return NULL;
    }
    PyObject **items = ((PyListObject *)list)->ob_item;
    long sum = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(list); i++) {
        sum += PyLong_AsLong(items[i]);
    }
    return PyErr_Occurred() ? NULL : Py_BuildValue("(ni)", sum, ((PyListObject *)list)->allocated >= Py_SIZE(list));
}

/* Written in place: each item replaced by its double, the old one given up. */
static PyObject *
double_in_place(PyObject *self, PyObject *list)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *old = PyList_GET_ITEM(list, i);
        PyObject *doubled = PyNumber_Add(old, old);
        if (doubled == NULL) {
            return NULL;
        }
        PyList_SET_ITEM(list, i, doubled);
        Py_DECREF(old);
    }
    Py_RETURN_NONE;
}

/* Append as Cython does it: inline while there is room, else by the function. */
static PyObject *
append_inline(PyObject *self, PyObject *arguments)
{
    PyObject *list, *item;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyList_Type, &list, &item)) {
        return NULL;
    }
    PyListObject *fields = (PyListObject *)list;
    Py_ssize_t size = Py_SIZE(list);
    if (fields->allocated > size && size > fields->allocated / 2) {
        Py_INCREF(item);
        PyList_SET_ITEM(list, size, item);
        Py_SET_SIZE(list, size + 1);
    } else if (PyList_Append(list, item) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(PyList_GET_SIZE(list));
}

static PyObject *
call(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *list, *item = Py_None;
    Py_ssize_t a = 0, b = 0;
    if (!PyArg_ParseTuple(arguments, "sO|nnO", &name, &list, &a, &b, &item)) {
        return NULL;
    }
    int status = -1;
    if (strcmp(name, "get") == 0) {
        return Py_XNewRef(PyList_GetItem(list, a));
    }
    if (strcmp(name, "get_ref") == 0) {
        return PyList_GetItemRef(list, a);
    }
    if (strcmp(name, "slice") == 0) {
        return PyList_GetSlice(list, a, b);
    }
    if (strcmp(name, "tuple") == 0) {
        return PyList_AsTuple(list);
    }
    if (strcmp(name, "size") == 0) {
        Py_ssize_t size = PyList_Size(list);
        return size < 0 ? NULL : PyLong_FromSsize_t(size);
    }
    if (strcmp(name, "set") == 0) {
        /* Steals the item, also when it fails. */
        status = PyList_SetItem(list, a, Py_NewRef(item));
    } else if (strcmp(name, "insert") == 0) {
        status = PyList_Insert(list, a, item);
    } else if (strcmp(name, "append") == 0) {
        status = PyList_Append(list, item);
    } else if (strcmp(name, "set_slice") == 0) {
        status = PyList_SetSlice(list, a, b, item == Py_None ? NULL : item);
    } else if (strcmp(name, "sort") == 0) {
        status = PyList_Sort(list);
    } else if (strcmp(name, "reverse") == 0) {
        status = PyList_Reverse(list);
    } else if (strcmp(name, "extend") == 0) {
        status = PyList_Extend(list, item);
    } else if (strcmp(name, "clear") == 0) {
        status = PyList_Clear(list);
    } else {
        PyErr_SetString(PyExc_KeyError, name);
    }
    return status < 0 ? NULL : Py_NewRef(list);
}

/* Lists in lists, filled by C alone; the same object in two places stays one. */
static PyObject *
nested(PyObject *self, PyObject *unused)
{
    PyObject *outer = PyList_New(3), *inner = PyList_New(0);
    PyList_SET_ITEM(outer, 0, inner);
    PyList_SET_ITEM(outer, 1, Py_NewRef(inner));
    PyList_SET_ITEM(outer, 2, PyTuple_Pack(2, inner, Py_None));
    if (PyList_Append(inner, Py_True) < 0) {
        Py_CLEAR(outer);
    }
    return outer;
}

static PyObject *
contains_itself(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(1);
    PyList_SET_ITEM(list, 0, Py_NewRef(list));
    return list;
}

/* A list with a slot that nobody filled shows as <NULL>, and goes without a crash. */
static PyObject *
with_hole_is_freed(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(4), *tuple = PyTuple_New(4);
    PyList_SET_ITEM(list, 2, PyLong_FromLong(1000000));
    PyTuple_SET_ITEM(tuple, 1, PyLong_FromLong(1000000));
    Py_DECREF(list);
    Py_DECREF(tuple);
    Py_RETURN_NONE;
}

static PyObject *
countdown(PyObject *self, PyObject *argument)
{
    Py_ssize_t size = PyLong_AsSsize_t(argument);
    PyObject *tuple = PyTuple_New(size);
    for (Py_ssize_t i = 0; tuple && i < size; i++) {
        PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(size - i));
    }
    return tuple;
}

static PyObject *
tuple_total(PyObject *self, PyObject *tuple)
{
    long sum = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
        sum += PyLong_AsLong(((PyTupleObject *)tuple)->ob_item[i]);
    }
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sum);
}

static PyObject *
tuple_call(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *tuple;
    Py_ssize_t a = 0, b = 0;
    if (!PyArg_ParseTuple(arguments, "sO|nn", &name, &tuple, &a, &b)) {
        return NULL;
    }
    if (strcmp(name, "get") == 0) {
        return Py_XNewRef(PyTuple_GetItem(tuple, a));
    }
    if (strcmp(name, "slice") == 0) {
        return PyTuple_GetSlice(tuple, a, b);
    }
    Py_ssize_t size = PyTuple_Size(tuple);
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

/* SetItem and _PyTuple_Resize work on a tuple that nobody else has. */
static PyObject *
tuple_built(PyObject *self, PyObject *unused)
{
    PyObject *tuple = PyTuple_New(2);
    if (PyTuple_SetItem(tuple, 0, PyLong_FromLong(1)) < 0 || PyTuple_SetItem(tuple, 1, PyLong_FromLong(2)) < 0 ||
        PyTuple_SetItem(tuple, 1, PyLong_FromLong(22)) < 0 || _PyTuple_Resize(&tuple, 4) < 0) {
        return NULL;
    }
    PyTuple_SET_ITEM(tuple, 2, PyUnicode_FromString("three"));
    PyTuple_SET_ITEM(tuple, 3, PyTuple_New(0));
    PyObject *shorter = PyTuple_Pack(3, Py_True, Py_False, Py_None);
    if (_PyTuple_Resize(&shorter, 1) < 0) {
        return NULL;
    }
    return Py_BuildValue("(NN)", tuple, shorter);
}

static PyObject *
tuple_set_fails(PyObject *self, PyObject *tuple)
{
    /* Somebody else has this one: SystemError, and the item is given up. */
    return PyTuple_SetItem(tuple, 0, PyLong_FromLong(5)) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
empty_tuple(PyObject *self, PyObject *unused)
{
    PyObject *first = PyTuple_New(0), *second = PyTuple_New(0);
    int same = first == second;
    Py_DECREF(second);
    return Py_BuildValue("(NN)", first, PyBool_FromLong(same));
}

/* A tuple for zip-like iteration, rewritten in place while we are its only owner. */
static PyObject *
reused_tuples(PyObject *self, PyObject *unused)
{
    PyObject *tuple = PyTuple_New(1), *list = PyList_New(0);
    PyTuple_SET_ITEM(tuple, 0, PyLong_FromLong(-1));
    for (long i = 0; i < 6; i++) {
        if (Py_REFCNT(tuple) == 1) {
            PyObject *old = PyTuple_GET_ITEM(tuple, 0);
            PyTuple_SET_ITEM(tuple, 0, PyLong_FromLong(i));
            Py_DECREF(old);
        } else {
            Py_SETREF(tuple, PyTuple_New(1));
            PyTuple_SET_ITEM(tuple, 0, PyLong_FromLong(i * 100));
        }
        if (i % 2 && PyList_Append(list, tuple) < 0) {
            Py_CLEAR(list);
            break;
        }
    }
    Py_DECREF(tuple);
    return list;
}

/* Items read inline, the size each time anew, as it may change while Python runs: f(item) for each. */
static PyObject *
each(PyObject *self, PyObject *arguments)
{
    PyObject *list, *function, *results = PyList_New(0);
    if (!PyArg_ParseTuple(arguments, "O!O", &PyList_Type, &list, &function)) {
        Py_CLEAR(results);
    }
    for (Py_ssize_t i = 0; results && i < PyList_GET_SIZE(list); i++) {
        PyObject *item = Py_NewRef(PyList_GET_ITEM(list, i));
        PyObject *result = PyObject_CallOneArg(function, item);
        Py_DECREF(item);
        if (result == NULL || PyList_Append(results, result) < 0) {
            Py_CLEAR(results);
        }
        Py_XDECREF(result);
    }
    return results;
}

/* How many items of a list or tuple are the very ints that C has for the values 0, 1, 2... */
static PyObject *
static_ints(PyObject *self, PyObject *value)
{
    long same = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(value); i++) {
        PyObject *number = PyLong_FromSsize_t(i);
        same += number == (PyList_Check(value) ? PyList_GET_ITEM(value, i) : PyTuple_GET_ITEM(value, i));
        Py_XDECREF(number);
    }
    return PyLong_FromLong(same);
}

/* All that is not a list or tuple goes to the function; lists and tuples are walked through inline. */
static int
walk_into(PyObject *value, PyObject *function)
{
    int is_list = PyList_Check(value);
    if (!is_list && !PyTuple_Check(value)) {
        PyObject *result = PyObject_CallOneArg(function, value);
        Py_XDECREF(result);
        return result ? 0 : -1;
    }
    int status = 0;
    Py_INCREF(value);
    for (Py_ssize_t i = 0; status == 0 && i < Py_SIZE(value); i++) {
        PyObject *item = is_list ? PyList_GET_ITEM(value, i) : PyTuple_GET_ITEM(value, i);
        status = walk_into(item, function);
    }
    Py_DECREF(value);
    return status;
}

static PyObject *
walk(PyObject *self, PyObject *arguments)
{
    PyObject *value, *function;
    if (!PyArg_ParseTuple(arguments, "OO", &value, &function) || walk_into(value, function) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* list[i] = function(i) for each i from the start on, written inline: the function sees those before. */
static PyObject *
set_each(PyObject *self, PyObject *arguments)
{
    PyObject *list, *function;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyList_Type, &list, &function)) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *result = PyObject_CallFunction(function, "n", i);
        if (result == NULL) {
            return NULL;
        }
        PyObject *old = PyList_GET_ITEM(list, i);
        PyList_SET_ITEM(list, i, result);
        Py_DECREF(old);
    }
    Py_RETURN_NONE;
}

/* The last item taken away by setting the size, as Cython's list.pop() does where there is no need to shrink. */
static PyObject *
pop_inline(PyObject *self, PyObject *list)
{
    Py_ssize_t size = PyList_GET_SIZE(list);
    if (size <= ((PyListObject *)list)->allocated >> 1 || size == 0) {
        return PyObject_CallMethod(list, "pop", NULL);
    }
    Py_SET_SIZE(list, size - 1);
    return PyList_GET_ITEM(list, size - 1);
}

/* A list of lists that C keeps between calls, and reads and writes without being given it again. */
static PyObject *kept = NULL;

static PyObject *
keep(PyObject *self, PyObject *list)
{
    Py_XSETREF(kept, list == Py_None ? NULL : Py_NewRef(list));
    Py_RETURN_NONE;
}

static PyObject *
kept_sum(PyObject *self, PyObject *unused)
{
    long sum = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(kept); i++) {
        PyObject *inner = PyList_GET_ITEM(kept, i);
        for (Py_ssize_t j = 0; j < PyList_GET_SIZE(inner); j++) {
            sum += PyLong_AsLong(PyList_GET_ITEM(inner, j));
        }
    }
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sum);
}

static PyObject *
kept_set(PyObject *self, PyObject *arguments)
{
    Py_ssize_t i, j;
    PyObject *item;
    if (!PyArg_ParseTuple(arguments, "nnO", &i, &j, &item)) {
        return NULL;
    }
    PyObject *inner = PyList_GET_ITEM(kept, i), *old = PyList_GET_ITEM(inner, j);
    PyList_SET_ITEM(inner, j, Py_NewRef(item));
    Py_DECREF(old);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"each", each, METH_VARARGS, NULL},
    {"static_ints", static_ints, METH_O, NULL},
    {"walk", walk, METH_VARARGS, NULL},
    {"set_each", set_each, METH_VARARGS, NULL},
    {"pop_inline", pop_inline, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"kept_sum", kept_sum, METH_NOARGS, NULL},
    {"kept_set", kept_set, METH_VARARGS, NULL},
    {"squares", squares, METH_O, NULL},
    {"total", total, METH_O, NULL},
    {"double_in_place", double_in_place, METH_O, NULL},
    {"append_inline", append_inline, METH_VARARGS, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"nested", nested, METH_NOARGS, NULL},
    {"contains_itself", contains_itself, METH_NOARGS, NULL},
    {"with_hole_is_freed", with_hole_is_freed, METH_NOARGS, NULL},
    {"countdown", countdown, METH_O, NULL},
    {"tuple_total", tuple_total, METH_O, NULL},
    {"tuple_call", tuple_call, METH_VARARGS, NULL},
    {"tuple_built", tuple_built, METH_NOARGS, NULL},
    {"tuple_set_fails", tuple_set_fails, METH_O, NULL},
    {"empty_tuple", empty_tuple, METH_NOARGS, NULL},
    {"reused_tuples", reused_tuples, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_lists, "Lists and tuples.", functions)
