/* For negative tests: wants a symbol that nobody has, at load time since its address is data. */
#include "common.h"

extern int pierglass_symbol_that_nobody_has;

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "bad_undefined_symbol", .m_size = -1};

PyMODINIT_FUNC
PyInit_bad_undefined_symbol(void)
{
    return pierglass_symbol_that_nobody_has ? NULL : PyModule_Create(&definition);
}
