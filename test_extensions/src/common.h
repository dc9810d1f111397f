/* What the test extensions share: the casts and tables that every one of them needs. */
#ifndef PIERGLASS_TEST_COMMON_H
#define PIERGLASS_TEST_COMMON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>

/* METH_KEYWORDS, METH_FASTCALL and the like have signatures of their own. */
#define METHOD(function) ((PyCFunction)(void (*)(void))(function))

#define DEFINE_MODULE(name, doc, methods, slots)                                                                                   \
    static struct PyModuleDef name##_definition = {                                                                                \
        PyModuleDef_HEAD_INIT, .m_name = #name, .m_doc = doc, .m_methods = methods, .m_slots = slots};                             \
    PyMODINIT_FUNC PyInit_##name(void) { return PyModuleDef_Init(&name##_definition); }

/* A multi-phase module without state whose `exec` fills it. */
#define MODULE(name, doc, methods, exec)                                                                                           \
    static PyModuleDef_Slot name##_slots[] = {{Py_mod_exec, exec}, {0, NULL}};                                                     \
    DEFINE_MODULE(name, doc, methods, name##_slots)

/* A multi-phase module that has nothing but functions. */
#define MODULE_OF_FUNCTIONS(name, doc, methods)                                                                                    \
    static PyModuleDef_Slot name##_slots[] = {{0, NULL}};                                                                          \
    DEFINE_MODULE(name, doc, methods, name##_slots)

#endif
