/* Keeps pointers to objects without references to them, and uses them when the objects are gone: undefined in CPython. */
#include "common.h"

static PyObject *kept;

/* Keep the argument's address. */
static PyObject *
keep(PyObject *self, PyObject *object)
{
    kept = object;
    Py_RETURN_NONE;
}

/* Keep the address of a list's first item, as PyList_GetItem lends it. */
static PyObject *
keep_item(PyObject *self, PyObject *list)
{
    kept = PyList_GetItem(list, 0);
    return kept ? Py_NewRef(Py_None) : NULL;
}

/* Keep the address of a dict that C makes and gives up again at once. */
static PyObject *
keep_own(PyObject *self, PyObject *unused)
{
    kept = PyDict_New();
    Py_XDECREF(kept);
    Py_RETURN_NONE;
}

/* One of CPython's own ways to use an object, chosen by name; what it gives does not matter here. */
static PyObject *
use(PyObject *self, PyObject *name)
{
    const char *how = PyUnicode_AsUTF8(name);
    if (how == NULL) {
        return NULL;
    }
#define IS(text) (strcmp(how, text) == 0)
    if (IS("repr")) {
        return PyObject_Repr(kept);
    }
    if (IS("size")) {
        return PyLong_FromSsize_t(PyObject_Size(kept));
    }
    if (IS("list size")) {
        return PyLong_FromSsize_t(PyList_Size(kept));
    }
    if (IS("call")) {
        return PyObject_CallNoArgs(kept);
    }
    if (IS("argument")) {
        return PyObject_CallOneArg((PyObject *)&PyTuple_Type, kept);
    }
    if (IS("return")) {
        return Py_NewRef(kept);
    }
    if (IS("in a tuple")) {
        return Py_BuildValue("(iO)", 1, kept);
    }
    if (IS("in a list")) {
        PyObject *list = PyList_New(1);
        PyList_SET_ITEM(list, 0, Py_NewRef(kept));
        return list;
    }
    if (IS("decref")) {
        Py_DECREF(kept);
    }
    if (IS("free")) {
        PyObject_Free(kept);
    }
    if (IS("slot")) {
        return Py_TYPE(kept)->tp_getattro(kept, name);
    }
    if (IS("compare")) {
        return PyObject_RichCompare(name, kept, Py_EQ);
    }
    if (IS("write")) {
        ((PyListObject *)kept)->allocated = 1;
    }
    if (IS("nothing")) {
        kept = NULL;
    }
#undef IS
    Py_RETURN_NONE;
}

static PyMethodDef bad_late_methods[] = {
    {"keep", keep, METH_O, NULL},
    {"keep_item", keep_item, METH_O, NULL},
    {"keep_own", keep_own, METH_NOARGS, NULL},
    {"use", use, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

MODULE_OF_FUNCTIONS(bad_late, "Uses objects that are gone.", bad_late_methods)
