/* Built for the stable ABI of 3.12: what is a macro or inline for others is a function here. */
#include "common.h"

/* Sum: adds its arguments up, called through the vectorcall protocol. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
} Sum;

/* (how many positional ones there are, what all of them are together) */
static PyObject *
sum_vectorcall(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names)
{
    Py_ssize_t positional = PyVectorcall_NARGS(flagged);
    Py_ssize_t all = positional + (names == NULL ? 0 : PyTuple_Size(names));
    PyObject *total = PyLong_FromLong(0);
    for (Py_ssize_t i = 0; total && i < all; i++) {
        PyObject *next = PyNumber_Add(total, arguments[i]);
        Py_DECREF(total);
        total = next;
    }
    return total ? Py_BuildValue("(nN)", positional, total) : NULL;
}

static PyObject *
sum_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Sum *self = (Sum *)allocate(type, 0);
    if (self) {
        self->vectorcall = sum_vectorcall;
    }
    return (PyObject *)self;
}

static void
sum_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMemberDef sum_members[] = {{"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Sum, vectorcall), Py_READONLY, NULL}, {0}};

static PyType_Slot sum_slots[] = {
    {Py_tp_new, sum_new}, {Py_tp_dealloc, sum_dealloc}, {Py_tp_members, sum_members}, {Py_tp_call, PyVectorcall_Call}, {0, NULL}};

static PyType_Spec sum_spec = {"ext_stable_late.Sum", sizeof(Sum), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, sum_slots};

/* PyVectorcall_NARGS of a word with the flag and without. */
static PyObject *
counted(PyObject *self, PyObject *argument)
{
    size_t number = PyLong_AsSize_t(argument);
    if (PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("(nn)", PyVectorcall_NARGS(number), PyVectorcall_NARGS(number | PY_VECTORCALL_ARGUMENTS_OFFSET));
}

/* compiled(source, filename, start) */
static PyObject *
compiled(PyObject *self, PyObject *arguments)
{
    const char *source, *filename;
    int start;
    if (!PyArg_ParseTuple(arguments, "ssi", &source, &filename, &start)) {
        return NULL;
    }
    return Py_CompileString(source, filename, start);
}

static PyMethodDef functions[] = {
    {"counted", counted, METH_O, NULL},
    {"compiled", compiled, METH_VARARGS, NULL},
    {0},
};

static int
fill(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &sum_spec, NULL);
    int status = type ? PyModule_AddObjectRef(module, "Sum", type) : -1;
    Py_XDECREF(type);
    return status < 0 ? -1 : PyModule_AddIntConstant(module, "eval_input", Py_eval_input) | PyModule_AddIntConstant(module, "file_input", Py_file_input);
}

MODULE(ext_stable_late, "Late.", functions, fill)
