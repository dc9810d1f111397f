/* For negative tests: PyInit_ raises an exception. */
#include "common.h"

PyMODINIT_FUNC
PyInit_bad_init_raises(void)
{
    PyErr_SetString(PyExc_ValueError, "init refuses");
    return NULL;
}
