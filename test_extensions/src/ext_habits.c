/* Habits of real extensions that no manual mentions: what they read inline after a call, and what they leave to it. */
#include "common.h"

/* hash_kept(o): the hash by tp_hash or PyObject_Hash, and whether it then lies in the object, where C tables read it. */
static PyObject *
hash_kept(PyObject *module, PyObject *arguments)
{
    PyObject *o;
    int by_slot;
    if (!PyArg_ParseTuple(arguments, "Op", &o, &by_slot)) {
        return NULL;
    }
    PyTypeObject *implementer = PyUnicode_Check(o) ? &PyUnicode_Type : Py_TYPE(o);
    Py_hash_t hash = by_slot ? implementer->tp_hash(o) : PyObject_Hash(o);
    if (hash == -1) {
        return NULL;
    }
    Py_hash_t kept = -1;
    if (PyUnicode_Check(o)) {
        kept = ((PyASCIIObject *)o)->hash;
    } else if (PyFrozenSet_Check(o)) {
        kept = ((PySetObject *)o)->hash;
    }
    return Py_BuildValue("OO", PyBool_FromLong(hash == kept), PyBool_FromLong(hash == PyObject_Hash(o)));
}

static PyMethodDef ext_habits_methods[] = {
    {"hash_kept", hash_kept, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

MODULE_OF_FUNCTIONS(ext_habits, "Habits of real extensions.", ext_habits_methods)
