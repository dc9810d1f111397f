/* For negative tests: multi-phase definitions with slots that are unknown, twice there, or that fail or contradict each other. */
#include "common.h"

static PyObject *
create_null(PyObject *spec, PyModuleDef *definition)
{
    return NULL;
}

static PyModuleDef_Slot unknown_slots[] = {{4711, create_null}, {0, NULL}};
DEFINE_MODULE(bad_definition, NULL, NULL, unknown_slots)

static PyModuleDef_Slot two_slots[] = {{Py_mod_create, create_null}, {Py_mod_create, create_null}, {0, NULL}};
DEFINE_MODULE(bad_definition_two, NULL, NULL, two_slots)

static PyModuleDef_Slot null_slots[] = {{Py_mod_create, create_null}, {0, NULL}};
DEFINE_MODULE(bad_definition_null, NULL, NULL, null_slots)

/* A number instead of a module: legal alone; not with what only a module can have. */
static PyObject *
create_number(PyObject *spec, PyModuleDef *definition)
{
    return PyLong_FromLong(4711);
}

static PyObject *
create_and_complain(PyObject *spec, PyModuleDef *definition)
{
    PyErr_SetString(PyExc_KeyError, "left behind");
    return PyLong_FromLong(4711);
}

static int
exec_nothing(PyObject *module)
{
    return 0;
}

static PyModuleDef_Slot number_slots[] = {{Py_mod_create, create_number}, {0, NULL}};
DEFINE_MODULE(bad_definition_number, NULL, NULL, number_slots)

static PyModuleDef_Slot number_exec_slots[] = {{Py_mod_create, create_number}, {Py_mod_exec, exec_nothing}, {0, NULL}};
DEFINE_MODULE(bad_definition_number_exec, NULL, NULL, number_exec_slots)

static PyModuleDef_Slot complains_slots[] = {{Py_mod_create, create_and_complain}, {0, NULL}};
DEFINE_MODULE(bad_definition_complains, NULL, NULL, complains_slots)

static PyModuleDef_Slot interpreters_slots[] = {
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0, NULL},
};
DEFINE_MODULE(bad_definition_interpreters, NULL, NULL, interpreters_slots)

static PyModuleDef_Slot gil_slots[] = {{Py_mod_gil, Py_MOD_GIL_USED}, {Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};
DEFINE_MODULE(bad_definition_gil, NULL, NULL, gil_slots)

static struct PyModuleDef state_definition = {
    PyModuleDef_HEAD_INIT, .m_name = "bad_definition_state", .m_size = 8, .m_slots = number_slots,
};

PyMODINIT_FUNC
PyInit_bad_definition_state(void)
{
    return PyModuleDef_Init(&state_definition);
}

static struct PyModuleDef negative_definition = {
    PyModuleDef_HEAD_INIT, .m_name = "bad_definition_negative", .m_size = -1, .m_slots = gil_slots,
};

PyMODINIT_FUNC
PyInit_bad_definition_negative(void)
{
    return PyModuleDef_Init(&negative_definition);
}

/* A module, but no extension's. */
PyMODINIT_FUNC
PyInit_bad_definition_none(void)
{
    return PyModule_New("bad_definition_none");
}
