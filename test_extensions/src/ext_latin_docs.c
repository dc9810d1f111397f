/* Documentation in Latin-1: of functions, methods of each kind, attributes and members, of a static and of a heap type. */

#include "common.h"

#define LATIN "In Latin-1: caf\xe9"
#define LATIN_SIGNATURE "signed($self, caf\xe9, /)\n--\n\nIn ASCII."

static PyObject *
none(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static PyObject *
no_value(PyObject *self, void *unused)
{
    Py_RETURN_NONE;
}

typedef struct {
    PyObject_HEAD
    int member;
} Thing;

static PyMethodDef methods[] = {
    {"method", none, METH_NOARGS, LATIN},
    {"signed", none, METH_O, LATIN_SIGNATURE},
    {"of_class", none, METH_NOARGS | METH_CLASS, LATIN},
    {"of_none", none, METH_NOARGS | METH_STATIC, LATIN},
    {"utf8", none, METH_NOARGS, "caf\xc3\xa9 \xf4\x8f\xbf\xbf"},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef attributes[] = {{"attribute", no_value, NULL, LATIN, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyMemberDef members[] = {{"member", Py_T_INT, offsetof(Thing, member), 0, LATIN}, {NULL, 0, 0, 0, NULL}};

static PyTypeObject Static = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_latin_docs.Static", .tp_basicsize = sizeof(Thing), .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = methods, .tp_getset = attributes, .tp_members = members, .tp_new = PyType_GenericNew,
};
static PyType_Slot slots[] = {{Py_tp_methods, methods}, {Py_tp_getset, attributes}, {Py_tp_members, members}, {0, NULL}};
static PyType_Spec heap_spec = {"ext_latin_docs.Heap", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT, slots};

static PyMethodDef functions[] = {{"function", none, METH_NOARGS, LATIN}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "ext_latin_docs", .m_doc = "Documentation in Latin-1.", .m_size = -1, .m_methods = functions,
};

PyMODINIT_FUNC
PyInit_ext_latin_docs(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyObject *heap = PyType_FromSpec(&heap_spec);
    if (module == NULL || heap == NULL || PyType_Ready(&Static) < 0 || PyModule_AddObjectRef(module, "Static", (PyObject *)&Static) < 0 ||
        PyModule_AddObjectRef(module, "Heap", heap) < 0) {
        Py_XDECREF(heap);
        Py_XDECREF(module);
        return NULL;
    }
    Py_DECREF(heap);
    return module;
}
