/* Several modules in one shared library: multi-phase with state, a create slot, a failing exec, and one that makes no module at all. */
#include "common.h"

typedef struct {
    long count;
    PyObject *error;
} State;

static int
exec_state(PyObject *module)
{
    State *state = PyModule_GetState(module);
    state->count = 1000;
    state->error = PyErr_NewException("ext_many.Error", NULL, NULL);
    return PyModule_AddObjectRef(module, "Error", state->error);
}

static int
exec_second(PyObject *module)
{
    /* Slots run in order, on the module that the first one has seen. */
    State *state = PyModule_GetState(module);
    state->count++;
    return PyModule_AddIntConstant(module, "after_exec", state->count);
}

static PyObject *
next_count(PyObject *module, PyObject *unused)
{
    State *state = PyModule_GetState(module);
    return PyLong_FromLong(++state->count);
}

static PyObject *
fail(PyObject *module, PyObject *text)
{
    State *state = PyModule_GetState(module);
    PyErr_SetObject(state->error, text);
    return NULL;
}

static int
state_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    if (state) {
        Py_VISIT(state->error);
    }
    return 0;
}

static int
state_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (state) {
        Py_CLEAR(state->error);
    }
    return 0;
}

static long freed;

static void
state_free(void *module)
{
    freed++;
    state_clear(module);
}

static PyObject *
freed_modules(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(freed);
}

static PyMethodDef functions[] = {
    {"next_count", next_count, METH_NOARGS, NULL},
    {"fail", fail, METH_O, NULL},
    {"freed_modules", freed_modules, METH_NOARGS, NULL},
    {0},
};

static PyModuleDef_Slot state_slots[] = {
    {Py_mod_exec, exec_state},
    {Py_mod_exec, exec_second},
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_USED},
    {0, NULL},
};

static struct PyModuleDef ext_many_definition = {
    PyModuleDef_HEAD_INIT, .m_name = "ext_many", .m_doc = "With state.", .m_size = sizeof(State), .m_methods = functions, .m_slots = state_slots,
    .m_traverse = state_traverse, .m_clear = state_clear, .m_free = state_free,
};

PyMODINIT_FUNC
PyInit_ext_many(void)
{
    return PyModuleDef_Init(&ext_many_definition);
}

/* Its create slot looks at the spec and makes the module by Python's own type. */
static PyObject *
create_custom(PyObject *spec, PyModuleDef *definition)
{
    PyObject *name = PyObject_GetAttrString(spec, "name");
    PyObject *types = name ? PyImport_ImportModule("types") : NULL;
    PyObject *module = types ? PyObject_CallMethod(types, "ModuleType", "Os", name, "made by the create slot") : NULL;
    Py_XDECREF(types);
    if (module && PyObject_SetAttrString(module, "created_for", name) < 0) {
        Py_CLEAR(module);
    }
    Py_XDECREF(name);
    return module;
}

static PyModuleDef_Slot custom_slots[] = {{Py_mod_create, create_custom}, {0, NULL}};
DEFINE_MODULE(ext_many_created, "Created.", NULL, custom_slots)

/* An object that is no module at all. */
static PyObject *
create_namespace(PyObject *spec, PyModuleDef *definition)
{
    PyObject *types = PyImport_ImportModule("types");
    PyObject *namespace = types ? PyObject_CallMethod(types, "SimpleNamespace", NULL) : NULL;
    Py_XDECREF(types);
    if (namespace && PyObject_SetAttrString(namespace, "three", Py_Ellipsis) < 0) {
        Py_CLEAR(namespace);
    }
    return namespace;
}

static PyModuleDef_Slot namespace_slots[] = {{Py_mod_create, create_namespace}, {0, NULL}};
DEFINE_MODULE(ext_many_namespace, NULL, NULL, namespace_slots)

static int
exec_raises(PyObject *module)
{
    PyErr_SetString(PyExc_ValueError, "exec refuses");
    return -1;
}

static PyModuleDef_Slot raises_slots[] = {{Py_mod_exec, exec_raises}, {0, NULL}};
DEFINE_MODULE(ext_many_raises, NULL, NULL, raises_slots)

static int
exec_silent(PyObject *module)
{
    return -1;
}

static PyModuleDef_Slot silent_slots[] = {{Py_mod_exec, exec_silent}, {0, NULL}};
DEFINE_MODULE(ext_many_silent, NULL, NULL, silent_slots)

static int
exec_leaves(PyObject *module)
{
    PyErr_SetString(PyExc_KeyError, "left behind");
    return 0;
}

static PyModuleDef_Slot leaves_slots[] = {{Py_mod_exec, exec_leaves}, {0, NULL}};
DEFINE_MODULE(ext_many_leaves, NULL, NULL, leaves_slots)

/* One that imports Python's modules while it is executed, itself among them. */
static int
exec_imports(PyObject *module)
{
    PyObject *json = PyImport_ImportModule("json");
    PyObject *text = json ? PyObject_CallMethod(json, "dumps", "[i]", 5) : NULL;
    Py_XDECREF(json);
    if (text == NULL || PyModule_Add(module, "text", text) < 0) {
        return -1;
    }
    PyObject *itself = PyImport_ImportModule("ext_many_imports");
    int same = itself == module;
    Py_XDECREF(itself);
    return itself ? PyModule_AddIntConstant(module, "same", same) : -1;
}

static PyModuleDef_Slot imports_slots[] = {{Py_mod_exec, exec_imports}, {0, NULL}};
DEFINE_MODULE(ext_many_imports, NULL, NULL, imports_slots)
