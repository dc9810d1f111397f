/* For negative tests: multi-phase definitions with an unknown slot, two create slots, and a create slot that fails. */
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
