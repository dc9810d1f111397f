/* C types that extend float, int, str, dict, list, tuple and Exception: the base's part of the object first, ours behind it. */
#include "common.h"

/* Meters: a float with a unit. */
typedef struct {
    PyFloatObject number;
    PyObject *unit;
} Meters;

static PyTypeObject Meters_Type;

static PyObject *
meters_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *value, *unit = NULL;
    if (!PyArg_ParseTuple(arguments, "O|O", &value, &unit)) {
        return NULL;
    }
    PyObject *for_float = PyTuple_Pack(1, value);
    Meters *self = for_float ? (Meters *)PyFloat_Type.tp_new(type, for_float, NULL) : NULL;
    Py_XDECREF(for_float);
    if (self) {
        self->unit = unit ? Py_NewRef(unit) : PyUnicode_FromString("m");
    }
    return (PyObject *)self;
}

static void
meters_dealloc(Meters *self)
{
    Py_XDECREF(self->unit);
    PyFloat_Type.tp_dealloc((PyObject *)self);
}

static PyObject *
meters_repr(Meters *self)
{
    PyObject *number = PyFloat_Type.tp_repr((PyObject *)self);
    PyObject *text = number ? PyUnicode_FromFormat("%U %S", number, self->unit) : NULL;
    Py_XDECREF(number);
    return text;
}

static PyObject *
meters_add(PyObject *left, PyObject *right)
{
    PyObject *sum = PyFloat_Type.tp_as_number->nb_add(left, right);
    if (sum == NULL || sum == Py_NotImplemented) {
        return sum;
    }
    PyObject *result = PyObject_CallOneArg((PyObject *)&Meters_Type, sum);
    Py_DECREF(sum);
    return result;
}

static PyNumberMethods meters_number = {.nb_add = meters_add};
static PyMemberDef meters_members[] = {{"unit", _Py_T_OBJECT, offsetof(Meters, unit), 0, NULL}, {0}};

static PyTypeObject Meters_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Meters",
    .tp_basicsize = sizeof(Meters),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyFloat_Type,
    .tp_new = meters_new,
    .tp_dealloc = (destructor)meters_dealloc,
    .tp_repr = (reprfunc)meters_repr,
    .tp_as_number = &meters_number,
    .tp_members = meters_members,
};

/* Flag: an int of variable size without fields of ours. */
static PyObject *
flag_repr(PyObject *self)
{
    return PyUnicode_FromFormat("Flag(%ld)", PyLong_AsLong(self));
}

static PyObject *
flag_has(PyObject *self, PyObject *other)
{
    PyObject *both = PyNumber_And(self, other);
    int truth = both ? PyObject_IsTrue(both) : -1;
    Py_XDECREF(both);
    return truth < 0 ? NULL : PyBool_FromLong(truth);
}

static PyMethodDef flag_methods[] = {{"has", flag_has, METH_O, NULL}, {0}};

static PyTypeObject Flag_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Flag",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyLong_Type,
    .tp_repr = flag_repr,
    .tp_methods = flag_methods,
};

/* Tag: a str with a field. */
typedef struct {
    PyUnicodeObject text;
    long seen;
} Tag;

static PyObject *
tag_shout(Tag *self, PyObject *unused)
{
    self->seen++;
    return PyUnicode_FromFormat("%U! (%ld, %zd)", self, self->seen, PyUnicode_GET_LENGTH((PyObject *)self));
}

static PyMethodDef tag_methods[] = {{"shout", (PyCFunction)tag_shout, METH_NOARGS, NULL}, {0}};

static PyTypeObject Tag_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Tag",
    .tp_basicsize = sizeof(Tag),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyUnicode_Type,
    .tp_methods = tag_methods,
};

/* Registry: a dict that counts its settings. */
typedef struct {
    PyDictObject dict;
    long set;
    PyObject *last;
} Registry;

static int
registry_set(PyObject *self, PyObject *key, PyObject *value)
{
    Registry *registry = (Registry *)self;
    registry->set++;
    Py_XSETREF(registry->last, Py_NewRef(key));
    return PyDict_Type.tp_as_mapping->mp_ass_subscript(self, key, value);
}

static int
registry_init(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return PyDict_Type.tp_init(self, arguments, keywords);
}

static int
registry_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Registry *)self)->last);
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int
registry_clear(PyObject *self)
{
    Py_CLEAR(((Registry *)self)->last);
    return PyDict_Type.tp_clear(self);
}

static void
registry_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Registry *)self)->last);
    PyObject_GC_Track(self);
    PyDict_Type.tp_dealloc(self);
}

static PyObject *
registry_direct(PyObject *self, PyObject *key)
{
    /* The dict's own functions work on it, past our slot. */
    return PyDict_SetItem(self, key, Py_True) < 0 ? NULL : PyLong_FromSsize_t(PyDict_Size(self));
}

static PyMappingMethods registry_mapping = {.mp_ass_subscript = registry_set};
static PyMethodDef registry_methods[] = {{"direct", registry_direct, METH_O, NULL}, {0}};
static PyMemberDef registry_members[] = {
    {"set_count", Py_T_LONG, offsetof(Registry, set), Py_READONLY, NULL}, {"last", _Py_T_OBJECT, offsetof(Registry, last), Py_READONLY, NULL}, {0}};

static PyTypeObject Registry_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Registry",
    .tp_basicsize = sizeof(Registry),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &PyDict_Type,
    .tp_init = registry_init,
    .tp_traverse = registry_traverse,
    .tp_clear = registry_clear,
    .tp_dealloc = registry_dealloc,
    .tp_as_mapping = &registry_mapping,
    .tp_methods = registry_methods,
    .tp_members = registry_members,
};

/* Stack: a list with a name. */
typedef struct {
    PyListObject list;
    int pushed;
} Stack;

static PyObject *
stack_push(PyObject *self, PyObject *item)
{
    ((Stack *)self)->pushed++;
    return PyList_Append(self, item) < 0 ? NULL : PyLong_FromSsize_t(PyList_GET_SIZE(self));
}

static PyObject *
stack_top(PyObject *self, void *closure)
{
    Py_ssize_t size = PyList_GET_SIZE(self);
    return Py_NewRef(size ? PyList_GET_ITEM(self, size - 1) : Py_None);
}

static PyMethodDef stack_methods[] = {{"push", stack_push, METH_O, NULL}, {0}};
static PyGetSetDef stack_getset[] = {{"top", stack_top, NULL, NULL, NULL}, {0}};
static PyMemberDef stack_members[] = {{"pushed", Py_T_INT, offsetof(Stack, pushed), 0, NULL}, {0}};

static PyTypeObject Stack_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Stack",
    .tp_basicsize = sizeof(Stack),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyList_Type,
    .tp_methods = stack_methods,
    .tp_getset = stack_getset,
    .tp_members = stack_members,
};

/* Pair: a tuple of two, made by C. */
static PyObject *
pair_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *left, *right;
    if (!PyArg_ParseTuple(arguments, "OO:Pair", &left, &right)) {
        return NULL;
    }
    PyObject *self = type->tp_alloc(type, 2);
    if (self) {
        PyTuple_SET_ITEM(self, 0, Py_NewRef(left));
        PyTuple_SET_ITEM(self, 1, Py_NewRef(right));
    }
    return self;
}

static PyObject *
pair_swapped(PyObject *self, PyObject *unused)
{
    return PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(self), PyTuple_GET_ITEM(self, 1), PyTuple_GET_ITEM(self, 0), NULL);
}

static PyMethodDef pair_methods[] = {{"swapped", pair_swapped, METH_NOARGS, NULL}, {0}};

static PyTypeObject Pair_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Pair",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyTuple_Type,
    .tp_new = pair_new,
    .tp_methods = pair_methods,
};

/* Fault: an exception with a code. */
typedef struct {
    PyBaseExceptionObject exception;
    int code;
    PyObject *detail;
} Fault;

static int
fault_init(Fault *self, PyObject *arguments, PyObject *keywords)
{
    if (((PyTypeObject *)PyExc_Exception)->tp_init((PyObject *)self, arguments, keywords) < 0) {
        return -1;
    }
    PyObject *code = PyTuple_GET_SIZE(arguments) ? PyTuple_GET_ITEM(arguments, 0) : NULL;
    self->code = code && PyLong_Check(code) ? (int)PyLong_AsLong(code) : -1;
    Py_XSETREF(self->detail, Py_NewRef(Py_None));
    return 0;
}

static PyObject *
fault_str(Fault *self)
{
    return PyUnicode_FromFormat("fault %d", self->code);
}

static int
fault_traverse(Fault *self, visitproc visit, void *arg)
{
    Py_VISIT(self->detail);
    return ((PyTypeObject *)PyExc_Exception)->tp_traverse((PyObject *)self, visit, arg);
}

static int
fault_clear(Fault *self)
{
    Py_CLEAR(self->detail);
    return ((PyTypeObject *)PyExc_Exception)->tp_clear((PyObject *)self);
}

static void
fault_dealloc(Fault *self)
{
    PyObject_GC_UnTrack(self);
    fault_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMemberDef fault_members[] = {
    {"code", Py_T_INT, offsetof(Fault, code), 0, NULL}, {"detail", _Py_T_OBJECT, offsetof(Fault, detail), 0, NULL}, {0}};

static PyTypeObject Fault_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_builtins.Fault",
    .tp_basicsize = sizeof(Fault),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_init = (initproc)fault_init,
    .tp_str = (reprfunc)fault_str,
    .tp_traverse = (traverseproc)fault_traverse,
    .tp_clear = (inquiry)fault_clear,
    .tp_dealloc = (destructor)fault_dealloc,
    .tp_members = fault_members,
};

static PyObject *
raise_fault(PyObject *module, PyObject *code)
{
    PyErr_SetObject((PyObject *)&Fault_Type, code);
    return NULL;
}

/* What C sees in a value of one of these types or of a Python class below. */
static PyObject *
as_builtin(PyObject *module, PyObject *value)
{
    if (PyFloat_Check(value)) {
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(value));
    }
    if (PyLong_Check(value)) {
        return PyLong_FromLong(PyLong_AsLong(value));
    }
    if (PyUnicode_Check(value)) {
        return PyUnicode_FromString(PyUnicode_AsUTF8(value));
    }
    if (PyList_Check(value)) {
        return PyList_GetSlice(value, 0, PyList_GET_SIZE(value));
    }
    if (PyTuple_Check(value)) {
        return PyTuple_GetSlice(value, 0, PyTuple_GET_SIZE(value));
    }
    return PyDict_Check(value) ? PyDict_Copy(value) : Py_NewRef(Py_NotImplemented);
}

static int
fill(PyObject *module)
{
    Flag_Type.tp_basicsize = PyLong_Type.tp_basicsize;
    Flag_Type.tp_itemsize = PyLong_Type.tp_itemsize;
    Pair_Type.tp_basicsize = PyTuple_Type.tp_basicsize;
    Pair_Type.tp_itemsize = PyTuple_Type.tp_itemsize;
    Fault_Type.tp_base = (PyTypeObject *)PyExc_Exception;
    PyTypeObject *types[] = {&Meters_Type, &Flag_Type, &Tag_Type, &Registry_Type, &Stack_Type, &Pair_Type, &Fault_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyMethodDef functions[] = {{"raise_fault", raise_fault, METH_O, NULL}, {"as_builtin", as_builtin, METH_O, NULL}, {0}};

MODULE(ext_builtins, "Extended builtins.", functions, fill)
