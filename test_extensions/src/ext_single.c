/* A single-phase module: PyModule_Create in PyInit_, state in the module, every PyModule_Add function, m_free. */
#include "common.h"

typedef struct {
    long calls;
    PyObject *kept;
} State;

static struct PyModuleDef definition;
static int initialised;

static PyObject *
calls(PyObject *module, PyObject *unused)
{
    State *state = PyModule_GetState(module);
    return PyLong_FromLong(++state->calls);
}

static PyObject *
keep(PyObject *module, PyObject *object)
{
    State *state = PyModule_GetState(module);
    PyObject *old = state->kept;
    state->kept = Py_NewRef(object);
    return old ? old : Py_NewRef(Py_None);
}

/* PyState_FindModule gives the module of this definition. */
static PyObject *
found(PyObject *module, PyObject *unused)
{
    PyObject *same = PyState_FindModule(&definition);
    return Py_BuildValue("(ii)", same == module, initialised);
}

static PyObject *
about(PyObject *module, PyObject *unused)
{
    PyObject *file = PyModule_GetFilenameObject(module);
    const char *name = PyModule_GetName(module);
    const char *path = file ? PyUnicode_AsUTF8(file) : NULL;
    const char *slash = path ? strrchr(path, '/') : NULL;
    PyObject *result = slash == NULL ? NULL
                                     : Py_BuildValue("(sNsii)", name, PyModule_GetNameObject(module), slash + 1,
                                                     PyModule_GetDef(module) == &definition, PyModule_CheckExact(module));
    Py_XDECREF(file);
    return result;
}

static int
traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->kept);
    return 0;
}

static int
clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->kept);
    return 0;
}

static PyMethodDef functions[] = {
    {"calls", calls, METH_NOARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"found", found, METH_NOARGS, NULL},
    {"about", about, METH_NOARGS, NULL},
    {0},
};

static PyMethodDef added_functions[] = {{"added", calls, METH_NOARGS, "Added later."}, {0}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext_single",
    .m_doc = "A single-phase module.",
    .m_size = sizeof(State),
    .m_methods = functions,
    .m_traverse = traverse,
    .m_clear = clear,
};

#define ANSWER 42
#define GREETING "hello"

PyMODINIT_FUNC
PyInit_ext_single(void)
{
    initialised++;
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) {
        return NULL;
    }
    PyObject *list = Py_BuildValue("[i]", 1);
    if (PyModule_AddIntConstant(module, "int_constant", -5) < 0 || PyModule_AddStringConstant(module, "string_constant", "t\xC3\xA4xt") < 0 ||
        PyModule_AddIntMacro(module, ANSWER) < 0 || PyModule_AddStringMacro(module, GREETING) < 0 ||
        PyModule_AddObjectRef(module, "a_list", list) < 0 || PyModule_Add(module, "new_tuple", PyTuple_New(0)) < 0 ||
        PyModule_AddObject(module, "stolen", PyLong_FromLong(77)) < 0 || PyModule_AddFunctions(module, added_functions) < 0 ||
        PyModule_AddType(module, &PyDict_Type) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    Py_DECREF(list);
    if (PyDict_SetItemString(PyModule_GetDict(module), "through_dict", Py_True) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
