/* Types made from a PyType_Spec: FromSpec, FromSpecWithBases, FromModuleAndSpec, FromMetaclass, managed dict and weakrefs, vectorcall. */
#include "common.h"

typedef struct {
    PyObject *counted_type;
    long made;
} State;

/* Counted: reaches its module's state from its type. */
typedef struct {
    PyObject_HEAD
    long number;
    PyObject *weak_references;
    PyObject *dict;
} Counted;

static struct PyModuleDef ext_heap_definition;

static PyObject *
counted_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *module = PyType_GetModuleByDef(type, &ext_heap_definition);
    if (module == NULL) {
        return NULL;
    }
    State *state = PyModule_GetState(module);
    Counted *self = (Counted *)type->tp_alloc(type, 0);
    if (self) {
        self->number = ++state->made;
    }
    return (PyObject *)self;
}

static int
counted_traverse(Counted *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->dict);
    return 0;
}

static int
counted_clear(Counted *self)
{
    Py_CLEAR(self->dict);
    return 0;
}

static void
counted_dealloc(Counted *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (self->weak_references) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    counted_clear(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyObject *
counted_defining(PyObject *self, PyTypeObject *cls, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    State *state = PyType_GetModuleState(cls);
    return Py_BuildValue("(Nl)", PyType_GetQualName(cls), state->made);
}

static PyMethodDef counted_methods[] = {
    {"defining", METHOD(counted_defining), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, "defining($self)\n--\n\nWhere it was defined."},
    {0},
};

static PyMemberDef counted_members[] = {
    {"number", Py_T_LONG, offsetof(Counted, number), Py_READONLY, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Counted, weak_references), Py_READONLY, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Counted, dict), Py_READONLY, NULL},
    {0},
};

static PyType_Slot counted_slots[] = {
    {Py_tp_doc, "Counted()\n--\n\nKnows how many there were."},
    {Py_tp_new, counted_new},
    {Py_tp_traverse, counted_traverse},
    {Py_tp_clear, counted_clear},
    {Py_tp_dealloc, counted_dealloc},
    {Py_tp_methods, counted_methods},
    {Py_tp_members, counted_members},
    {0, NULL},
};

static PyType_Spec counted_spec = {"ext_heap.Counted", sizeof(Counted), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, counted_slots};

/* Managed: dict and weak references before the object. */
typedef struct {
    PyObject_HEAD
    PyObject *held;
} Managed;

static int
managed_traverse(Managed *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->held);
    return PyObject_VisitManagedDict((PyObject *)self, visit, arg);
}

static int
managed_clear(Managed *self)
{
    Py_CLEAR(self->held);
    PyObject_ClearManagedDict((PyObject *)self);
    return 0;
}

static void
managed_dealloc(Managed *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs((PyObject *)self);
    managed_clear(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyObject *
managed_dict_of(PyObject *self, PyObject *unused)
{
    return PyObject_GenericGetDict(self, NULL);
}

/* A visitor of C's own. */
static int
seen(PyObject *object, void *list)
{
    return PyList_Append(list, object) < 0 ? -2 : PyList_GET_SIZE((PyObject *)list) > 1 ? 7 : 0;
}

/* What a visit of the managed dict finds, and what comes back where the visitor wants no more. */
static PyObject *
managed_visited(PyObject *self, PyObject *list)
{
    return PyLong_FromLong(PyObject_VisitManagedDict(self, seen, list));
}

static PyMethodDef managed_methods[] = {
    {"dict_of", managed_dict_of, METH_NOARGS, NULL}, {"visited", managed_visited, METH_O, NULL}, {0}};
static PyMemberDef managed_members[] = {{"held", _Py_T_OBJECT, offsetof(Managed, held), 0, NULL}, {0}};
static PyGetSetDef managed_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {0}};

static PyType_Slot managed_slots[] = {
    {Py_tp_traverse, managed_traverse},
    {Py_tp_clear, managed_clear},
    {Py_tp_dealloc, managed_dealloc},
    {Py_tp_methods, managed_methods},
    {Py_tp_members, managed_members},
    {Py_tp_getset, managed_getset},
    {0, NULL},
};

static PyType_Spec managed_spec = {
    "ext_heap.Managed", sizeof(Managed), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF, managed_slots};

/* Partial: called through a vectorcall offset. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *first;
} Partial;

static PyObject *
partial_vectorcall(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flagged);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(arguments[i]));
    }
    PyObject *values = PyTuple_New(names ? PyTuple_GET_SIZE(names) : 0);
    for (Py_ssize_t i = 0; values && i < PyTuple_GET_SIZE(values); i++) {
        PyTuple_SET_ITEM(values, i, Py_NewRef(arguments[count + i]));
    }
    return Py_BuildValue("(ONON)", ((Partial *)callable)->first, tuple, names ? names : Py_None, values);
}

static PyObject *
partial_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *first;
    if (!PyArg_ParseTuple(arguments, "O", &first)) {
        return NULL;
    }
    Partial *self = (Partial *)type->tp_alloc(type, 0);
    if (self) {
        self->vectorcall = partial_vectorcall;
        self->first = Py_NewRef(first);
    }
    return (PyObject *)self;
}

static int
partial_traverse(Partial *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->first);
    return 0;
}

static void
partial_dealloc(Partial *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(self->first);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMemberDef partial_members[] = {{"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Partial, vectorcall), Py_READONLY, NULL}, {0}};

static PyType_Slot partial_slots[] = {
    {Py_tp_new, partial_new},
    {Py_tp_traverse, partial_traverse},
    {Py_tp_dealloc, partial_dealloc},
    {Py_tp_members, partial_members},
    {Py_tp_call, PyVectorcall_Call},
    {0, NULL},
};

static PyType_Spec partial_spec = {
    "ext_heap.Partial", sizeof(Partial), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE, partial_slots};

/* Meta: a metaclass in C, with data in each class that it makes, and a class of it made in C. */
typedef struct {
    PyHeapTypeObject heap_type;
    long mark;
} Meta;

static int
meta_init(Meta *cls, PyObject *arguments, PyObject *keywords)
{
    if (PyType_Type.tp_init((PyObject *)cls, arguments, keywords) < 0) {
        return -1;
    }
    cls->mark = 1000 + PyTuple_GET_SIZE(PyTuple_GET_ITEM(arguments, 1));
    return 0;
}

static PyObject *
meta_call(PyObject *cls, PyObject *arguments, PyObject *keywords)
{
    /* As pybind11 does: type's own call, then a word of ours. */
    PyObject *self = PyType_Type.tp_call(cls, arguments, keywords);
    if (self && PyObject_SetAttrString(cls, "last_made", Py_True) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

static PyMemberDef meta_members[] = {{"mark", Py_T_LONG, offsetof(Meta, mark), 0, NULL}, {0}};
static PyType_Slot meta_slots[] = {{Py_tp_init, meta_init}, {Py_tp_call, meta_call}, {Py_tp_members, meta_members}, {0, NULL}};
static PyType_Spec meta_spec = {"ext_heap.Meta", sizeof(Meta), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, meta_slots};

static PyType_Slot plain_slots[] = {{Py_tp_doc, "Plain."}, {0, NULL}};
static PyType_Spec plain_spec = {"ext_heap.sub.Plain", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, plain_slots};

/* make(base...): a type from a spec, over bases that Python gives. */
static PyObject *
make(PyObject *module, PyObject *bases)
{
    return PyType_FromSpecWithBases(&plain_spec, bases);
}

static PyObject *
make_with_meta(PyObject *module, PyObject *arguments)
{
    PyTypeObject *meta;
    PyObject *bases;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyType_Type, &meta, &bases)) {
        return NULL;
    }
    return PyType_FromMetaclass(meta, module, &plain_spec, bases);
}

/* Names, flags and slots of a type, through the functions and through the fields. */
static PyObject *
described(PyObject *module, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    unsigned long flags = PyType_GetFlags(type);
    return Py_BuildValue("{s:s,s:N,s:N,s:N,s:N,s:i,s:i,s:i,s:n,s:i}", "tp_name", type->tp_name, "name", PyType_GetName(type), "qualname",
                         PyType_GetQualName(type), "module", PyType_GetModuleName(type), "full", PyType_GetFullyQualifiedName(type), "heap",
                         (flags & Py_TPFLAGS_HEAPTYPE) != 0, "ready", (flags & Py_TPFLAGS_READY) != 0, "field is the function",
                         type->tp_flags == flags, "itemsize", type->tp_itemsize, "has new", type->tp_new != NULL);
}

/* PyType_GetSlot of every kind of type. */
static PyObject *
slots_of(PyObject *module, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    return Py_BuildValue("(iiii)", PyType_GetSlot(type, Py_tp_dealloc) == (void *)type->tp_dealloc,
                         PyType_GetSlot(type, Py_tp_new) == (void *)type->tp_new, PyType_GetSlot(type, Py_nb_add) != NULL,
                         PyType_GetSlot(type, Py_tp_base) == (void *)type->tp_base);
}

static PyObject *
bad_spec(PyObject *module, PyObject *which)
{
    static PyType_Slot no_such_slot[] = {{9999, counted_new}, {0, NULL}};
    static PyType_Spec wrong_slot = {"ext_heap.Wrong", 0, 0, Py_TPFLAGS_DEFAULT, no_such_slot};
    static PyType_Spec wrong_size = {"ext_heap.Small", 1, 0, Py_TPFLAGS_DEFAULT, plain_slots};
    return PyType_FromSpec(PyObject_IsTrue(which) ? &wrong_slot : &wrong_size);
}

static int
add_type(PyObject *module, PyType_Spec *spec, const char *name, PyObject *base)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, base);
    int status = PyModule_AddObjectRef(module, name, type);
    Py_XDECREF(type);
    return status;
}

static int
fill(PyObject *module)
{
    State *state = PyModule_GetState(module);
    state->made = 100;
    state->counted_type = PyType_FromModuleAndSpec(module, &counted_spec, NULL);
    if (state->counted_type == NULL || PyModule_AddType(module, (PyTypeObject *)state->counted_type) < 0) {
        return -1;
    }
    if (add_type(module, &managed_spec, "Managed", NULL) < 0 || add_type(module, &partial_spec, "Partial", NULL) < 0) {
        return -1;
    }
    return add_type(module, &meta_spec, "Meta", (PyObject *)&PyType_Type);
}

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->counted_type);
    return 0;
}

static int
module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->counted_type);
    return 0;
}

static PyMethodDef functions[] = {
    {"make", make, METH_O, NULL},
    {"make_with_meta", make_with_meta, METH_VARARGS, NULL},
    {"described", described, METH_O, NULL},
    {"slots_of", slots_of, METH_O, NULL},
    {"bad_spec", bad_spec, METH_O, NULL},
    {0},
};

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef ext_heap_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "ext_heap",
    .m_size = sizeof(State),
    .m_methods = functions,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
};

PyMODINIT_FUNC
PyInit_ext_heap(void)
{
    return PyModuleDef_Init(&ext_heap_definition);
}
