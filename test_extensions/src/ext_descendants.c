/* A type over any other: data of its own behind the base's, whatever the base's size. */
#include "common.h"

typedef struct {
    long bumps;
    PyObject *held;
} Data;

static PyObject *
bump(PyObject *self, PyTypeObject *defining, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    Data *data = PyObject_GetTypeData(self, defining);
    data->bumps++;
    if (count) {
        Py_XSETREF(data->held, Py_NewRef(arguments[0]));
    }
    return PyLong_FromLong(data->bumps);
}

static PyMethodDef methods[] = {{"bump", METHOD(bump), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {0}};
static PyMemberDef members[] = {
    {"bumps", Py_T_LONG, offsetof(Data, bumps), Py_RELATIVE_OFFSET, NULL},
    {"held", _Py_T_OBJECT, offsetof(Data, held), Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {0}};
static PyType_Slot slots[] = {{Py_tp_methods, methods}, {Py_tp_members, members}, {0, NULL}};

static PyObject *
extend(PyObject *module, PyObject *base)
{
    PyType_Spec spec = {"ext_descendants.Extended", -(int)sizeof(Data), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    return PyType_FromModuleAndSpec(module, &spec, base);
}

/* What is said of a type and its instance without Python's help. */
static PyObject *
told(PyObject *module, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return Py_BuildValue(
        "(siiiiiiiii)", type->tp_name, PyList_Check(object), PyDict_Check(object), PyTuple_Check(object), PyUnicode_Check(object), PyLong_Check(object),
        PyExceptionInstance_Check(object), PyAnySet_Check(object), PyFloat_Check(object), PyType_Check(object));
}

static PyMethodDef functions[] = {{"extend", extend, METH_O, NULL}, {"told", told, METH_O, NULL}, {0}};

MODULE_OF_FUNCTIONS(ext_descendants, "Descendants of any type.", functions)
