/* Instances with a field for their dict, a metaclass in C, calls asked for later, and what C looks up without the host. */
#include "common.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *wrapped;
} Bag;

static struct PyModuleDef fields_def;

static PyObject *
bag_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Bag *bag = (Bag *)type->tp_alloc(type, 0);
    if (bag != NULL && args != NULL && PyTuple_GET_SIZE(args) == 1) {
        bag->dict = PyDict_New();
        if (bag->dict == NULL || PyDict_SetItemString(bag->dict, "given", PyTuple_GET_ITEM(args, 0)) < 0) {
            Py_DECREF(bag);
            return NULL;
        }
    }
    return (PyObject *)bag;
}

static int
bag_traverse(Bag *bag, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(bag));
    Py_VISIT(bag->dict);
    Py_VISIT(bag->wrapped);
    return 0;
}

static int
bag_clear(Bag *bag)
{
    Py_CLEAR(bag->dict);
    Py_CLEAR(bag->wrapped);
    return 0;
}

static void
bag_dealloc(Bag *bag)
{
    PyTypeObject *type = Py_TYPE(bag);
    PyObject_GC_UnTrack(bag);
    bag_clear(bag);
    type->tp_free(bag);
    Py_DECREF(type);
}

/* What the field holds, as C sees it. */
static PyObject *
bag_reduce(Bag *bag, PyObject *unused)
{
    return Py_BuildValue("(O()O)", Py_TYPE(bag), bag->dict ? bag->dict : Py_None);
}

static PyObject *
bag_setstate(Bag *bag, PyObject *state)
{
    Py_XSETREF(bag->dict, PyDict_Copy(state));
    if (bag->dict == NULL) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
bag_put(Bag *bag, PyObject *args)
{
    PyObject *name, *value;
    if (!PyArg_ParseTuple(args, "OO", &name, &value)) {
        return NULL;
    }
    if (bag->dict == NULL) {
        bag->dict = PyDict_New();
    }
    if (bag->dict == NULL || PyDict_SetItem(bag->dict, name, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef bag_methods[] = {
    {"__reduce__", (PyCFunction)bag_reduce, METH_NOARGS, NULL},
    {"__setstate__", (PyCFunction)bag_setstate, METH_O, NULL},
    {"put", (PyCFunction)bag_put, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef bag_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef bag_members[] = {
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Bag, dict), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot bag_slots[] = {
    {Py_tp_new, bag_new},         {Py_tp_dealloc, bag_dealloc}, {Py_tp_traverse, bag_traverse}, {Py_tp_clear, bag_clear},
    {Py_tp_methods, bag_methods}, {Py_tp_getset, bag_getset},   {Py_tp_members, bag_members},   {0, NULL},
};

static PyType_Spec bag_spec = {
    "ext_fields.Bag", sizeof(Bag), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, bag_slots,
};

/* A proxy's `__dict__` is that of the object it stands for. */
static int
proxy_init(Bag *proxy, PyObject *args, PyObject *kwargs)
{
    PyObject *wrapped;
    if (!PyArg_ParseTuple(args, "O", &wrapped)) {
        return -1;
    }
    Py_XSETREF(proxy->wrapped, Py_NewRef(wrapped));
    return 0;
}

static PyObject *
proxy_get_dict(Bag *proxy, void *closure)
{
    return PyObject_GetAttrString(proxy->wrapped, "__dict__");
}

static PyGetSetDef proxy_getset[] = {
    {"__dict__", (getter)proxy_get_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot proxy_slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_init, proxy_init},       {Py_tp_dealloc, bag_dealloc}, {Py_tp_traverse, bag_traverse},
    {Py_tp_clear, bag_clear},       {Py_tp_getset, proxy_getset},   {Py_tp_members, bag_members}, {0, NULL},
};

static PyType_Spec proxy_spec = {
    "ext_fields.Proxy", sizeof(Bag), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, proxy_slots,
};

/* A metaclass, and a class of it. */
static PyType_Slot meta_slots[] = {{Py_tp_base, NULL}, {0, NULL}};
static PyType_Spec meta_spec = {"ext_fields.Meta", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, meta_slots};

/* What instances say of their module is not what their static type says of its own. */
static PyObject *
named_module(PyObject *self, void *closure)
{
    return PyUnicode_FromString("of the instance");
}

static PyGetSetDef named_getset[] = {
    {"__module__", named_module, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject Named_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_fields.Named",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_getset = named_getset,
    .tp_new = PyType_GenericNew,
};

/* Whether the module is found from either operand's type: one is often a builtin. */
static PyObject *
module_of_type(PyObject *module, PyObject *object)
{
    PyObject *found = PyType_GetModuleByDef(Py_TYPE(object), &fields_def);
    return Py_XNewRef(found);
}

/* Calls itself, without the interpreter in between. */
static PyObject *
call_first(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    return PyObject_Vectorcall(args[0], args, count, NULL);
}

static PyObject *
read_quickly(PyObject *module, PyObject *args)
{
    const char *data;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#", &data, &size)) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(data, size);
}

static int
say_pending(void *words)
{
    PySys_WriteStdout("%s\n", (const char *)words);
    return 0;
}

static int
fail_pending(void *unused)
{
    PyErr_SetString(PyExc_ValueError, "asked for earlier");
    return -1;
}

static PyObject *
call_later(PyObject *module, PyObject *fails)
{
    int status =
        PyObject_IsTrue(fails) ? Py_AddPendingCall(fail_pending, NULL) : Py_AddPendingCall(say_pending, "a pending call");
    return PyLong_FromLong(status);
}

static PyMethodDef fields_methods[] = {
    {"module_of_type", module_of_type, METH_O, NULL},
    {"call_first", (PyCFunction)(void (*)(void))call_first, METH_FASTCALL, NULL},
    {"read_quickly", read_quickly, METH_VARARGS, NULL},
    {"call_later", call_later, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int
add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    int status = type == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)type);
    Py_XDECREF(type);
    return status;
}

static int
fields_exec(PyObject *module)
{
    meta_slots[0].pfunc = &PyType_Type;
    if (add_type(module, &bag_spec) < 0 || add_type(module, &proxy_spec) < 0) {
        return -1;
    }
    if (PyModule_AddType(module, &Named_Type) < 0) {
        return -1;
    }
    return add_type(module, &meta_spec);
}

static PyModuleDef_Slot fields_slots[] = {{Py_mod_exec, fields_exec}, {0, NULL}};

static struct PyModuleDef fields_def = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "ext_fields",
    .m_methods = fields_methods,
    .m_slots = fields_slots,
};

PyMODINIT_FUNC
PyInit_ext_fields(void)
{
    return PyModuleDef_Init(&fields_def);
}
