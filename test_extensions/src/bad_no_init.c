/* For negative tests: a library that loads, without any PyInit_. */
#include "common.h"

PyAPI_FUNC(int) not_an_init_function(void);

int
not_an_init_function(void)
{
    return Py_IsInitialized();
}
