/* For negative tests: PyInit_ returns a module and leaves an exception set. */
#include "common.h"

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "bad_init_leaves_error", .m_size = -1};

PyMODINIT_FUNC
PyInit_bad_init_leaves_error(void)
{
    PyErr_SetString(PyExc_KeyError, "left behind");
    return PyModule_Create(&definition);
}
