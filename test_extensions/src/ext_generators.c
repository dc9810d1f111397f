/* What Cython, pybind11, cffi, PyO3 and numpy do that hand-written extensions seldom do. */
#include "common.h"

#include <stdlib.h>

/* Instances in memory of malloc's, which `free` gets as `tp_free`: cffi's way. */
typedef struct {
    PyObject_HEAD
    PyObject *weak;
    char text[40];
} Raw;

static PyTypeObject Raw_Type;

static PyObject *
make_raw(PyObject *module, PyObject *unused)
{
    Raw *raw = malloc(sizeof(Raw));
    if (raw == NULL)
        return PyErr_NoMemory();
    memset(raw, 0, sizeof(Raw));
    return PyObject_Init((PyObject *)raw, &Raw_Type);
}

static void
raw_dealloc(PyObject *self)
{
    if (((Raw *)self)->weak != NULL)
        PyObject_ClearWeakRefs(self);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject Raw_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_generators.Raw",
    .tp_basicsize = sizeof(Raw),
    .tp_dealloc = raw_dealloc,
    .tp_free = free,
    .tp_weaklistoffset = offsetof(Raw, weak),
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* A module makes the builtin types ready that it derives from, as numpy does: they stay what they are. */
static PyObject *
ready_builtins(PyObject *module, PyObject *unused)
{
    PyTypeObject *types[] = {&PyFloat_Type, &PyComplex_Type, &PyBytes_Type, &PyUnicode_Type, &PyBool_Type, &PyEnum_Type, &PyReversed_Type,
                             &PyProperty_Type, &PyFrozenSet_Type, &PyMemoryView_Type, &PyZip_Type, &PySuper_Type, &PyClassMethod_Type};
    Py_ssize_t count = sizeof(types) / sizeof(types[0]);
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        if (PyType_Ready(types[i]) < 0) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, Py_NewRef((PyObject *)types[i]));
    }
    return list;
}

/* A value like numpy's float64: C's own base first, then float, whose hash and text it takes by address. */
static PyTypeObject Number_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_generators.Number",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *
real_compare(PyObject *left, PyObject *right, int op)
{
    return PyFloat_Type.tp_richcompare(left, right, op);
}

static PyObject *
real_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    double value;
    if (!PyArg_ParseTuple(args, "d", &value))
        return NULL;
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL)
        ((PyFloatObject *)self)->ob_fval = value;
    return self;
}

static PyTypeObject Real_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_generators.Real",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_richcompare = real_compare,
    .tp_new = real_new,
};

/* A dict of C's own, whose values C uses without references of its own. */
static PyObject *cache;
static PyObject *remembered[64];

static PyObject *
store_and_use(PyObject *module, PyObject *args)
{
    const char *name;
    double value;
    if (!PyArg_ParseTuple(args, "sd", &name, &value))
        return NULL;
    PyObject *made = PyFloat_FromDouble(value);
    if (made == NULL || PyDict_SetItemString(cache, name, made) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    Py_DECREF(made);
    /* The dict holds it. */
    PyObject *noise = PyFloat_FromDouble(-1.0);
    Py_XDECREF(noise);
    return Py_NewRef(made);
}

/* From a list of the values that is gone again. */
static PyObject *
remember_values(PyObject *module, PyObject *dict)
{
    PyObject *values = PyDict_Values(dict);
    if (values == NULL)
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(values);
    for (Py_ssize_t i = 0; i < count && i < 64; i++)
        remembered[i] = PyList_GET_ITEM(values, i);
    Py_DECREF(values);
    Py_XSETREF(cache, Py_NewRef(dict));
    return PyLong_FromSsize_t(count);
}

static PyObject *
are_the_same(PyObject *module, PyObject *unused)
{
    PyObject *values = PyDict_Values(cache);
    if (values == NULL)
        return NULL;
    Py_ssize_t same = 0, count = PyList_GET_SIZE(values);
    for (Py_ssize_t i = 0; i < count && i < 64; i++) {
        PyObject *value = PyList_GET_ITEM(values, i);
        same += value == remembered[i] && PyTuple_CheckExact(remembered[i]) && PyTuple_GET_SIZE(remembered[i]) == 2;
    }
    Py_DECREF(values);
    return PyLong_FromSsize_t(same);
}

/* A metaclass that passes what it does not want on to type's slot, and a class made by hand: pybind11's way. */
static int
meta_setattro(PyObject *type, PyObject *name, PyObject *value)
{
    if (PyUnicode_CompareWithASCIIString(name, "refused") == 0) {
        PyErr_SetString(PyExc_AttributeError, "the metaclass refuses");
        return -1;
    }
    return PyType_Type.tp_setattro(type, name, value);
}

static PyTypeObject Meta_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_generators.Meta",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_setattro = meta_setattro,
};

static PyObject *
make_class(PyObject *module, PyObject *args)
{
    PyObject *name, *qualname;
    if (!PyArg_ParseTuple(args, "UU", &name, &qualname))
        return NULL;
    PyHeapTypeObject *heap = (PyHeapTypeObject *)Meta_Type.tp_alloc(&Meta_Type, 0);
    if (heap == NULL)
        return NULL;
    heap->ht_name = Py_NewRef(name);
    heap->ht_qualname = Py_NewRef(qualname);
    PyTypeObject *type = &heap->ht_type;
    type->tp_name = "ext_generators.Inner";
    type->tp_base = (PyTypeObject *)Py_NewRef((PyObject *)&PyBaseObject_Type);
    type->tp_basicsize = sizeof(PyObject);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HEAPTYPE;
    PyObject *text = PyUnicode_FromString("a_module");
    if (text == NULL || PyType_Ready(type) < 0 || PyObject_SetAttrString((PyObject *)type, "__module__", text) < 0) {
        Py_XDECREF(text);
        Py_DECREF(type);
        return NULL;
    }
    Py_DECREF(text);
    return (PyObject *)type;
}

/* A vectorcall that C stores when the class has been made. */
static PyObject *
late_call(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t keywords = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames);
    return Py_BuildValue("(snn)", ((PyTypeObject *)type)->tp_name, PyVectorcall_NARGS(nargsf), keywords);
}

static PyType_Slot late_slots[] = {{Py_tp_doc, "Called late."}, {0, NULL}};
static PyType_Spec late_spec = {"ext_generators.Late", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, late_slots};
static PyTypeObject *late;

static PyObject *
set_late(PyObject *module, PyObject *wanted)
{
    late->tp_vectorcall = PyObject_IsTrue(wanted) ? late_call : NULL;
    Py_RETURN_NONE;
}

/* Functions that know their module by name alone: PyO3's way. */
static PyObject *
echo(PyObject *self, PyObject *argument)
{
    return Py_NewRef(argument);
}

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static PyMethodDef loose[] = {{"echo", echo, METH_O, NULL}, {"nothing", nothing, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static PyObject *
functions_of(PyObject *module, PyObject *name)
{
    return Py_BuildValue("(NN)", PyCFunction_NewEx(&loose[0], NULL, name), PyCFunction_NewEx(&loose[1], NULL, name));
}

static PyMethodDef methods[] = {
    {"make_raw", make_raw, METH_NOARGS, NULL},
    {"ready_builtins", ready_builtins, METH_NOARGS, NULL},
    {"store_and_use", store_and_use, METH_VARARGS, NULL},
    {"remember_values", remember_values, METH_O, NULL},
    {"are_the_same", are_the_same, METH_NOARGS, NULL},
    {"make_class", make_class, METH_VARARGS, NULL},
    {"set_late", set_late, METH_O, NULL},
    {"functions_of", functions_of, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_generators", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_ext_generators(void)
{
    PyObject *module = PyModule_Create(&definition);
    cache = PyDict_New();
    late = (PyTypeObject *)PyType_FromSpec(&late_spec);
    Meta_Type.tp_base = &PyType_Type;
    Real_Type.tp_base = &Number_Type;
    if (module == NULL || cache == NULL || late == NULL || PyType_Ready(&Raw_Type) < 0 || PyType_Ready(&Number_Type) < 0
        || PyType_Ready(&Meta_Type) < 0)
        return NULL;
    Real_Type.tp_bases = Py_BuildValue("(OO)", &Number_Type, &PyFloat_Type);
    Real_Type.tp_hash = PyFloat_Type.tp_hash;
    Real_Type.tp_repr = PyFloat_Type.tp_repr;
    if (Real_Type.tp_bases == NULL || PyType_Ready(&Real_Type) < 0 || PyModule_AddObjectRef(module, "Real", (PyObject *)&Real_Type) < 0
        || PyModule_AddObjectRef(module, "Number", (PyObject *)&Number_Type) < 0
        || PyModule_AddObjectRef(module, "Late", (PyObject *)late) < 0)
        return NULL;
    return module;
}
