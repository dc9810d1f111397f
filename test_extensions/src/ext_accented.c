/* A module whose name is not ASCII: its init function has the name in punycode, and another prefix. */
#include "common.h"

static PyObject *
bezeichnung(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromFormat("%s von %s", "gr\xC3\xBC\xC3\x9F" "e", PyModule_GetName(self));
}

static PyMethodDef functions[] = {{"gr\xC3\xBC\xC3\x9F" "e", bezeichnung, METH_NOARGS, "Mit Umlaut: \xC3\xA4"}, {0}};

static int
fill(PyObject *module)
{
    return PyModule_AddIntConstant(module, "z\xC3\xA4hler", 5);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "ext_na\xC3\xAFve", .m_methods = functions, .m_slots = slots};

PyMODINIT_FUNC
PyInitU_ext_nave_z2a(void)
{
    return PyModuleDef_Init(&definition);
}
