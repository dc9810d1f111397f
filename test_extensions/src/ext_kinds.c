/* Objects that C makes of Python's own kinds: methods, descriptors, properties, class and static methods, generic aliases, struct
   sequences, cells, supers, proxies; and pickling. */
#include "common.h"
#include <structmember.h>

static PyObject *
described(PyObject *self, PyObject *arguments)
{
    return Py_BuildValue("(sO)", "C function", arguments);
}

static PyMethodDef described_definition = {"described", described, METH_VARARGS, "Described."};

/* install(cls): give a Python class members made by C, as Cython and pybind11 do. */
static int
put(PyObject *cls, const char *name, PyObject *value)
{
    int status = value ? PyObject_SetAttrString(cls, name, value) : -1;
    Py_XDECREF(value);
    return status;
}

static PyObject *
getter_function(PyObject *self, void *closure)
{
    return Py_BuildValue("(ss)", "got", (const char *)closure);
}

static int
setter_function(PyObject *self, PyObject *value, void *closure)
{
    PyErr_Format(PyExc_ValueError, "cannot set %R", value ? value : Py_None);
    return -1;
}

static PyGetSetDef getset_definition = {"made_getset", getter_function, setter_function, "A getset.", "closure"};

static PyObject *
install(PyObject *module, PyObject *arguments)
{
    PyObject *cls, *function;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyType_Type, &cls, &function)) {
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)cls;
    PyObject *builtin = PyCFunction_NewEx(&described_definition, NULL, NULL);
    int status = 0;
    status |= put(cls, "method_descriptor", PyDescr_NewMethod(type, &described_definition));
    status |= put(cls, "class_descriptor", PyDescr_NewClassMethod(type, &described_definition));
    status |= put(cls, "getset", PyDescr_NewGetSet(type, &getset_definition));
    status |= put(cls, "static", PyStaticMethod_New(function));
    status |= put(cls, "of_class", PyClassMethod_New(function));
    status |= put(cls, "instance_method", PyInstanceMethod_New(builtin));
    status |= put(cls, "bare", builtin);
    status |= put(cls, "property", PyObject_CallFunctionObjArgs((PyObject *)&PyProperty_Type, function, NULL));
    status |= put(cls, "__class_getitem__", PyClassMethod_New(PyObject_GetAttrString(module, "aliased")));
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
aliased(PyObject *module, PyObject *arguments)
{
    PyObject *origin, *parameters;
    return PyArg_ParseTuple(arguments, "OO", &origin, &parameters) ? Py_GenericAlias(origin, parameters) : NULL;
}

static PyObject *
bound(PyObject *module, PyObject *arguments)
{
    PyObject *function, *object;
    if (!PyArg_ParseTuple(arguments, "OO", &function, &object)) {
        return NULL;
    }
    PyObject *method = PyMethod_New(function, object);
    if (method == NULL) {
        return NULL;
    }
    /* Read inline by Cython to unpack a bound method. */
    int inlined = PyMethod_GET_FUNCTION(method) == function && PyMethod_GET_SELF(method) == object && PyMethod_Check(method);
    return Py_BuildValue("(Nii)", method, inlined, PyMethod_Function(method) == function && PyMethod_Self(method) == object);
}

/* A bound method of Python's, taken apart and called as its function. */
static PyObject *
unpacked(PyObject *module, PyObject *method)
{
    if (!PyMethod_Check(method)) {
        return Py_NewRef(Py_NotImplemented);
    }
    return PyObject_CallFunctionObjArgs(PyMethod_GET_FUNCTION(method), PyMethod_GET_SELF(method), Py_True, NULL);
}

static PyObject *
function_parts(PyObject *module, PyObject *function)
{
    if (!PyFunction_Check(function)) {
        return Py_NewRef(Py_NotImplemented);
    }
    PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(function);
    PyObject *defaults = PyFunction_GetDefaults(function);
    return Py_BuildValue("(iiOi)", code->co_argcount, code->co_kwonlyargcount, defaults ? defaults : Py_None,
                         (code->co_flags & CO_VARARGS) != 0);
}

/* A struct sequence type. */
static PyStructSequence_Field point_fields[] = {{"x", "To the right."}, {"y", NULL}, {NULL, NULL}, {"hidden", NULL}, {0}};
static PyStructSequence_Desc point_description = {"ext_kinds.Point", "A place.", point_fields, 3};
static PyTypeObject *Point_Type;

static PyObject *
point(PyObject *module, PyObject *unused)
{
    PyObject *made = PyStructSequence_New(Point_Type);
    if (made == NULL) {
        return NULL;
    }
    for (int i = 0; i < 4; i++) {
        PyStructSequence_SetItem(made, i, PyLong_FromLong(10 * i));
    }
    return Py_BuildValue("(NO)", made, PyStructSequence_GetItem(made, 1));
}

static PyObject *
cells(PyObject *module, PyObject *object)
{
    PyObject *cell = PyCell_New(object);
    if (cell == NULL) {
        return NULL;
    }
    PyObject *before = PyCell_Get(cell);
    if (PyCell_GET(cell) != object || PyCell_Set(cell, Py_True) < 0) {
        Py_DECREF(cell);
        return before;
    }
    return Py_BuildValue("(NN)", before, cell);
}

static PyObject *
looked_up(PyObject *module, PyObject *arguments)
{
    PyTypeObject *type;
    PyObject *name;
    if (!PyArg_ParseTuple(arguments, "O!U", &PyType_Type, &type, &name)) {
        return NULL;
    }
    PyObject *found = _PyType_Lookup(type, name);
    return Py_NewRef(found ? found : Py_Ellipsis);
}

/* The type of each kind, as wheels compare it by address. */
static PyObject *
kind(PyObject *module, PyObject *object)
{
    static const struct {
        const char *name;
        PyTypeObject *type;
    } kinds[] = {
        {"int", &PyLong_Type},           {"bool", &PyBool_Type},           {"float", &PyFloat_Type},         {"complex", &PyComplex_Type},
        {"str", &PyUnicode_Type},        {"bytes", &PyBytes_Type},         {"bytearray", &PyByteArray_Type}, {"list", &PyList_Type},
        {"tuple", &PyTuple_Type},        {"dict", &PyDict_Type},           {"set", &PySet_Type},             {"frozenset", &PyFrozenSet_Type},
        {"range", &PyRange_Type},        {"slice", &PySlice_Type},         {"memoryview", &PyMemoryView_Type}, {"type", &PyType_Type},
        {"function", &PyFunction_Type},  {"C function", &PyCFunction_Type}, {"method", &PyMethod_Type},      {"generator", &PyGen_Type},
        {"coroutine", &PyCoro_Type},     {"property", &PyProperty_Type},   {"module", &PyModule_Type},       {"code", &PyCode_Type},
        {"frame", &PyFrame_Type},        {"traceback", &PyTraceBack_Type}, {"cell", &PyCell_Type},           {"staticmethod", &PyStaticMethod_Type},
        {"classmethod", &PyClassMethod_Type}, {"super", &PySuper_Type},    {"object", &PyBaseObject_Type},   {"mappingproxy", &PyDictProxy_Type},
        {"dict keys", &PyDictKeys_Type}, {"dict values", &PyDictValues_Type}, {"dict items", &PyDictItems_Type}, {"list iterator", &PyListIter_Type},
        {"method descriptor", &PyMethodDescr_Type}, {"getset", &PyGetSetDescr_Type}, {"member", &PyMemberDescr_Type},
        {"slot wrapper", &PyWrapperDescr_Type}, {"enumerate", &PyEnum_Type}, {"zip", &PyZip_Type}, {"map", &PyMap_Type},
        {"filter", &PyFilter_Type},      {"reversed", &PyReversed_Type},   {"async generator", &PyAsyncGen_Type}, {"context", &PyContext_Type},
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(kinds); i++) {
        if (Py_TYPE(object) == kinds[i].type) {
            return PyUnicode_FromString(kinds[i].name);
        }
    }
    return PyUnicode_FromFormat("other: %s", Py_TYPE(object)->tp_name);
}

/* Box: pickled and copied by its __reduce__, __getstate__ and __setstate__. */
typedef struct {
    PyObject_HEAD
    PyObject *content;
    long mark;
} Box;

static int
box_init(Box *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *content;
    if (!PyArg_ParseTuple(arguments, "O", &content)) {
        return -1;
    }
    Py_XSETREF(self->content, Py_NewRef(content));
    return 0;
}

static int
box_traverse(Box *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->content);
    return 0;
}

static int
box_clear(Box *self)
{
    Py_CLEAR(self->content);
    return 0;
}

static void
box_dealloc(Box *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    box_clear(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyObject *
box_reduce(Box *self, PyObject *unused)
{
    return Py_BuildValue("(O(O)l)", Py_TYPE(self), self->content, self->mark);
}

static PyObject *
box_setstate(Box *self, PyObject *state)
{
    long mark = PyLong_AsLong(state);
    if (mark == -1 && PyErr_Occurred()) {
        return NULL;
    }
    self->mark = mark;
    Py_RETURN_NONE;
}

static PyMethodDef box_methods[] = {
    {"__reduce__", (PyCFunction)box_reduce, METH_NOARGS, NULL},
    {"__setstate__", (PyCFunction)box_setstate, METH_O, NULL},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "See PEP 585."},
    {0},
};

static PyMemberDef box_members[] = {
    {"content", T_OBJECT, offsetof(Box, content), 0, NULL}, {"mark", T_LONG, offsetof(Box, mark), 0, NULL}, {0}};

static PyType_Slot box_slots[] = {
    {Py_tp_init, box_init},       {Py_tp_traverse, box_traverse}, {Py_tp_clear, box_clear}, {Py_tp_dealloc, box_dealloc},
    {Py_tp_methods, box_methods}, {Py_tp_members, box_members},   {0, NULL},
};

static PyType_Spec box_spec = {"ext_kinds.Box", sizeof(Box), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, box_slots};

static int
fill(PyObject *module)
{
    point_fields[2].name = PyStructSequence_UnnamedField;
    Point_Type = PyStructSequence_NewType(&point_description);
    if (Point_Type == NULL || PyModule_AddType(module, Point_Type) < 0) {
        return -1;
    }
    return PyModule_Add(module, "Box", PyType_FromModuleAndSpec(module, &box_spec, NULL));
}

static PyMethodDef functions[] = {
    {"install", install, METH_VARARGS, NULL},
    {"aliased", aliased, METH_VARARGS, NULL},
    {"bound", bound, METH_VARARGS, NULL},
    {"unpacked", unpacked, METH_O, NULL},
    {"function_parts", function_parts, METH_O, NULL},
    {"point", point, METH_NOARGS, NULL},
    {"cells", cells, METH_O, NULL},
    {"looked_up", looked_up, METH_VARARGS, NULL},
    {"kind", kind, METH_O, NULL},
    {0},
};

MODULE(ext_kinds, "Kinds.", functions, fill)
