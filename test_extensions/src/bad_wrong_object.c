/* For negative tests: PyInit_ returns something that is neither a module nor a definition. */
#include "common.h"

PyMODINIT_FUNC
PyInit_bad_wrong_object(void)
{
    return PyLong_FromLong(123456);
}
