/* Types with a few slots of the sequence and mapping protocols each: what Python makes of what is there and what is not. */
#include "common.h"

static PyObject *
item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= 3) {
        PyErr_Format(PyExc_IndexError, "no item %zd", index);
        return NULL;
    }
    return PyLong_FromSsize_t(index * 10);
}

static Py_ssize_t
length(PyObject *self)
{
    return 3;
}

static int
set_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    PyErr_Format(PyExc_RuntimeError, "item %zd to %R", index, value ? value : Py_Ellipsis);
    return -1;
}

static PyObject *
subscript(PyObject *self, PyObject *key)
{
    int overflow;
    if (PyLong_Check(key) && PyLong_AsLongAndOverflow(key, &overflow) > 2) {
        PyErr_SetObject(PyExc_IndexError, key);
        return NULL;
    }
    return PyTuple_Pack(1, key);
}

static int
set_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyErr_Format(PyExc_RuntimeError, "%R to %R", key, value ? value : Py_Ellipsis);
    return -1;
}

static int
contains(PyObject *self, PyObject *value)
{
    return PyUnicode_Check(value);
}

static PyObject *
concat(PyObject *self, PyObject *other)
{
    return Py_BuildValue("(sO)", "concat", other);
}

static PyObject *
repeat(PyObject *self, Py_ssize_t count)
{
    return Py_BuildValue("(sn)", "repeat", count);
}

static PyObject *
negative_length_subscript(PyObject *self, PyObject *unused)
{
    return PySequence_GetItem(self, -1);
}

static PyMethodDef last_methods[] = {{"last", negative_length_subscript, METH_NOARGS, NULL}, {0}};

#define SLOTS(name, ...) static PyType_Slot name[] = {__VA_ARGS__, {0, NULL}}
SLOTS(nothing_slots, {Py_tp_doc, "Nothing at all."});
SLOTS(item_slots, {Py_sq_item, item});
SLOTS(items_slots, {Py_sq_item, item}, {Py_sq_length, length}, {Py_tp_methods, last_methods});
SLOTS(settable_slots, {Py_sq_item, item}, {Py_sq_length, length}, {Py_sq_ass_item, set_item});
SLOTS(mapping_slots, {Py_mp_subscript, subscript}, {Py_mp_length, length}, {Py_mp_ass_subscript, set_subscript});
SLOTS(lookup_slots, {Py_mp_subscript, subscript});
SLOTS(both_slots, {Py_sq_item, item}, {Py_sq_length, length}, {Py_mp_subscript, subscript}, {Py_mp_length, length});
SLOTS(sized_slots, {Py_sq_length, length});
SLOTS(mapping_sized_slots, {Py_mp_length, length});
SLOTS(container_slots, {Py_sq_contains, contains});
SLOTS(joining_slots, {Py_sq_concat, concat}, {Py_sq_repeat, repeat});
SLOTS(joining_in_place_slots, {Py_sq_concat, concat}, {Py_sq_inplace_concat, concat}, {Py_sq_repeat, repeat}, {Py_sq_inplace_repeat, repeat});

#define SPEC(name, slots, flags) {"ext_protocols." name, sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (flags), slots}
static PyType_Spec specs[] = {
    SPEC("Nothing", nothing_slots, 0),
    SPEC("Item", item_slots, 0),
    SPEC("Items", items_slots, 0),
    SPEC("FlaggedItems", items_slots, Py_TPFLAGS_SEQUENCE),
    SPEC("Settable", settable_slots, 0),
    SPEC("Mapping", mapping_slots, 0),
    SPEC("FlaggedMapping", mapping_slots, Py_TPFLAGS_MAPPING),
    SPEC("Lookup", lookup_slots, 0),
    SPEC("Both", both_slots, 0),
    SPEC("Sized", sized_slots, 0),
    SPEC("MappingSized", mapping_sized_slots, 0),
    SPEC("Container", container_slots, 0),
    SPEC("Joining", joining_slots, 0),
    SPEC("JoiningInPlace", joining_in_place_slots, 0),
};

/* A static type says less of itself than one from a spec. */
static PyTypeObject Static_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_protocols.Static",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
};
static PyTypeObject Documented_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "Documented",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "A doc.",
    .tp_new = PyType_GenericNew,
};
static void
finalize(PyObject *self)
{
}
static PyTypeObject Finalized_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_protocols.Finalized",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_finalize = finalize,
    .tp_new = PyType_GenericNew,
};

static PyObject *
warn(PyObject *module, PyObject *level)
{
    return PyErr_WarnEx(PyExc_UserWarning, "from C", PyLong_AsSsize_t(level)) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
warn_format(PyObject *module, PyObject *level)
{
    return PyErr_WarnFormat(PyExc_DeprecationWarning, PyLong_AsSsize_t(level), "%d of %s", 1, "C") < 0 ? NULL : Py_NewRef(Py_None);
}

static int
fill(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(specs); i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, &specs[i], NULL);
        int failed = type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
        Py_XDECREF(type);
        if (failed) {
            return -1;
        }
    }
    return PyModule_AddType(module, &Static_Type) < 0 || PyModule_AddType(module, &Documented_Type) < 0 ? -1 : PyModule_AddType(module, &Finalized_Type);
}

static PyMethodDef functions[] = {{"warn", warn, METH_O, NULL}, {"warn_format", warn_format, METH_O, NULL}, {0}};

MODULE(ext_protocols, "Protocols in part.", functions, fill)
