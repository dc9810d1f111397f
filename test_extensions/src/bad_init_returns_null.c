/* For negative tests: PyInit_ returns NULL and sets no exception. */
#include "common.h"

PyMODINIT_FUNC
PyInit_bad_init_returns_null(void)
{
    return NULL;
}
