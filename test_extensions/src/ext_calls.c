/* Every calling convention a PyMethodDef can name, as functions and as methods of a type. Each returns what it was called with. */
#include "common.h"

static PyObject *
noargs(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(sO)", "noargs", unused == NULL ? Py_True : Py_False);
}

static PyObject *
one(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(sO)", "one", argument);
}

static PyObject *
varargs(PyObject *self, PyObject *arguments)
{
    return Py_BuildValue("(sO)", "varargs", arguments);
}

static PyObject *
keywords(PyObject *self, PyObject *arguments, PyObject *named)
{
    /* Whether no keyword is NULL or an empty dict is the caller's choice: `f(**{})` gives one or the other. */
    return Py_BuildValue("(sOO)", "keywords", arguments, named && PyDict_Size(named) ? named : Py_None);
}

static PyObject *
collect(PyObject *const *arguments, Py_ssize_t from, Py_ssize_t to)
{
    PyObject *tuple = PyTuple_New(to - from);
    for (Py_ssize_t i = from; tuple && i < to; i++) {
        PyTuple_SET_ITEM(tuple, i - from, Py_NewRef(arguments[i]));
    }
    return tuple;
}

static PyObject *
fastcall(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    return Py_BuildValue("(sN)", "fastcall", collect(arguments, 0, count));
}

static PyObject *
fastcall_keywords(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    return Py_BuildValue("(sNON)", "fastcall_keywords", collect(arguments, 0, count), names ? names : Py_None,
                         collect(arguments, count, count + named));
}

/* The self of a module's function is the module. */
static PyObject *
own_self(PyObject *self, PyObject *unused)
{
    return Py_NewRef(self);
}

static PyObject *
returns_none(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static PyObject *
null_without_error(PyObject *self, PyObject *unused)
{
    return NULL;
}

static PyObject *
result_with_error(PyObject *self, PyObject *unused)
{
    PyErr_SetString(PyExc_KeyError, "left behind");
    Py_RETURN_NONE;
}

/* METH_METHOD: the defining class comes as an argument, also when a subclass's instance is self. */
static PyObject *
defining(PyObject *self, PyTypeObject *defining_class, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    PyObject *module = PyType_GetModule(defining_class);
    if (module == NULL) {
        return NULL;
    }
    return Py_BuildValue("(sNNO)", "defining", PyType_GetName(defining_class), collect(arguments, 0, count), names ? names : Py_None);
}

static PyObject *
class_method(PyObject *cls, PyObject *argument)
{
    return Py_BuildValue("(sNO)", "class_method", PyType_GetName((PyTypeObject *)cls), argument);
}

static PyObject *
static_method(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    return Py_BuildValue("(sON)", "static_method", self == NULL ? Py_True : Py_False, collect(arguments, 0, count));
}

/* METH_COEXIST: kept beside the sq_contains slot, so that `in` and __contains__ can be told apart. */
static PyObject *
coexisting(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(sO)", "coexisting", argument);
}

static int
contains(PyObject *self, PyObject *argument)
{
    return PyLong_Check(argument);
}

#define CONVENTIONS                                                                                                                \
    {"noargs", noargs, METH_NOARGS, "noargs($self, /)\n--\n\nTakes nothing."},                                                     \
    {"one", one, METH_O, "one($self, argument, /)\n--\n\nTakes one object."},                                                      \
    {"varargs", varargs, METH_VARARGS, "Takes a tuple."},                                                                          \
    {"keywords", METHOD(keywords), METH_VARARGS | METH_KEYWORDS, NULL},                                                            \
    {"fastcall", METHOD(fastcall), METH_FASTCALL, "fastcall(*arguments)"},                                                         \
    {"fastcall_keywords", METHOD(fastcall_keywords), METH_FASTCALL | METH_KEYWORDS, "A vector and the names of its last items."}

static PyMethodDef probe_methods[] = {
    CONVENTIONS,
    {"defining", METHOD(defining), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, "Knows its class."},
    {"class_method", class_method, METH_O | METH_CLASS, "Gets the class."},
    {"static_method", METHOD(static_method), METH_FASTCALL | METH_STATIC, "Gets nothing."},
    {"__contains__", coexisting, METH_O | METH_COEXIST, "Beside the slot."},
    {0},
};

static PyType_Slot probe_slots[] = {
    {Py_tp_methods, probe_methods},
    {Py_sq_contains, contains},
    {0, NULL},
};

static PyType_Spec probe_spec = {"ext_calls.Probe", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, probe_slots};

/* Described: a type whose docstrings are all there is to see. */
static PyMethodDef described_methods[] = {
    {"scale", METHOD(fastcall), METH_FASTCALL, "scale($self, factor=2, /, *, unit='cm', exact=False)\n--\n\nScales it.\n\nIn place."},
    {"make", METHOD(varargs), METH_VARARGS | METH_CLASS, "make($type, size, /, name=None)\n--\n\nMakes one."},
    {"join", METHOD(fastcall), METH_FASTCALL | METH_STATIC, "join(left, right='', *rest, **more)\n--\n\nJoins two."},
    {"plain", noargs, METH_NOARGS, NULL},
    {"plain_one", one, METH_O, NULL},
    {"plain_class", noargs, METH_NOARGS | METH_CLASS, "Of the class."},
    {"plain_class_one", one, METH_O | METH_CLASS, ""},
    {"plain_static", noargs, METH_NOARGS | METH_STATIC, NULL},
    {"plain_static_one", one, METH_O | METH_STATIC, "plain_static_one(thing)"},
    {"plain_varargs", varargs, METH_VARARGS, "plain_varargs()\n\n--\n\nNo signature."},
    {"odd", one, METH_O, "odd(a\n\nb)\n--\n\nText."},
    {"only", one, METH_O, "only($self, thing, /)\n--\n\n"},
    {"other", one, METH_O, "another($self, thing, /)\n--\n\nNot its name."},
    {"coexist", one, METH_O | METH_COEXIST, "Beside."},
    {0},
};
static PyObject *
described_size(PyObject *self, void *closure)
{
    Py_RETURN_NONE;
}
static PyGetSetDef described_getset[] = {{"size", described_size, NULL, "size of it", NULL}, {"bare", described_size, NULL, NULL, NULL}, {0}};
static PyTypeObject Described_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_calls.Described",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Described(width, height=1, *, depth=2.5, name='x', flag=None)\n--\n\nA box.",
    .tp_new = PyType_GenericNew,
    .tp_methods = described_methods,
    .tp_getset = described_getset,
};
static PyTypeObject Undescribed_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_calls.Undescribed",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Undescribed(width)",
    .tp_new = PyType_GenericNew,
};

/* Types with a tp_new or a tp_init of their own, or that hand the arguments on to object's. */
static PyObject *
new_of_any(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    return type->tp_alloc(type, 0);
}

static PyObject *
new_of_object(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    return PyBaseObject_Type.tp_new(type, arguments, keywords);
}

static int
init_any(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return 0;
}

static int
init_of_object(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return PyBaseObject_Type.tp_init(self, arguments, keywords);
}

static PyType_Slot new_only_slots[] = {{Py_tp_new, new_of_any}, {0, NULL}};
static PyType_Slot init_only_slots[] = {{Py_tp_init, init_any}, {0, NULL}};
static PyType_Slot new_handed_on_slots[] = {{Py_tp_new, new_of_object}, {0, NULL}};
static PyType_Slot init_handed_on_slots[] = {{Py_tp_init, init_of_object}, {0, NULL}};
static PyType_Slot both_slots[] = {{Py_tp_new, new_of_any}, {Py_tp_init, init_any}, {0, NULL}};
static PyType_Spec made_specs[] = {
    {"ext_calls.NewOnly", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, new_only_slots},
    {"ext_calls.InitOnly", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, init_only_slots},
    {"ext_calls.NewHandedOn", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, new_handed_on_slots},
    {"ext_calls.InitHandedOn", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, init_handed_on_slots},
    {"ext_calls.Both", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, both_slots},
};

static int
fill(PyObject *module)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(made_specs); i++) {
        PyObject *type = PyType_FromSpec(&made_specs[i]);
        int failed = type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
        Py_XDECREF(type);
        if (failed) {
            return -1;
        }
    }
    if (PyModule_AddType(module, &Described_Type) < 0 || PyModule_AddType(module, &Undescribed_Type) < 0) {
        return -1;
    }
    PyObject *probe = PyType_FromModuleAndSpec(module, &probe_spec, NULL);
    int status = PyModule_AddObjectRef(module, "Probe", probe);
    Py_XDECREF(probe);
    return status;
}

/* Functions made at run time, by PyCFunction_New and PyCFunction_NewEx. */
static PyMethodDef made_definition = {"made", own_self, METH_NOARGS, "Made by C."};

static PyObject *
make_function(PyObject *module, PyObject *arguments)
{
    PyObject *self, *name = NULL;
    if (!PyArg_ParseTuple(arguments, "O|O", &self, &name)) {
        return NULL;
    }
    return name ? PyCFunction_NewEx(&made_definition, self, name) : PyCFunction_New(&made_definition, self);
}

static PyObject *
function_parts(PyObject *module, PyObject *function)
{
    if (!PyCFunction_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "not a C function");
        return NULL;
    }
    PyObject *self = PyCFunction_GetSelf(function);
    const char *name = ((PyCFunctionObject *)function)->m_ml->ml_name;
    return Py_BuildValue("(siO)", name, PyCFunction_GetFlags(function), self ? self : Py_None);
}

static PyMethodDef functions[] = {
    CONVENTIONS,
    {"of_module", METHOD(fastcall), METH_FASTCALL, "of_module($module, value, /, base=10, *, strict=True)\n--\n\nOf the module."},
    {"bare_noargs", noargs, METH_NOARGS, NULL},
    {"bare_one", one, METH_O, "Takes one."},
    {"own_self", own_self, METH_NOARGS, "Returns self."},
    {"returns_none", returns_none, METH_NOARGS, ""},
    {"null_without_error", null_without_error, METH_O, NULL},
    {"result_with_error", result_with_error, METH_O, NULL},
    {"make_function", make_function, METH_VARARGS, NULL},
    {"function_parts", function_parts, METH_O, NULL},
    {0},
};

MODULE(ext_calls, "Calling conventions.", functions, fill)
