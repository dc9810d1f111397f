/* Members of cycles, each kind with another part of the collector's protocol. Events go to a plain buffer, so that noting one
   neither allocates nor runs anything, and who is left alive is known without asking the collector. */
#include "common.h"

typedef struct Knot {
    PyObject_HEAD
    char name[32];
    PyObject *child, *other, *weak_references;
    struct Knot *next, *previous;
} Knot;

static Knot living = {.next = &living, .previous = &living};
static char events[1 << 16];
static size_t events_length;

static void
note(const char *what, const char *name)
{
    size_t room = sizeof(events) - events_length;
    int length = snprintf(events + events_length, room, "%s %s\n", what, name);
    events_length += (size_t)length < room ? (size_t)length : 0;
}

static PyObject *
knot_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Knot *self = (Knot *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->previous = living.previous;
    self->next = &living;
    self->previous->next = self->next->previous = self;
    return (PyObject *)self;
}

static int
knot_init(Knot *self, PyObject *arguments, PyObject *keywords)
{
    const char *name;
    PyObject *child = NULL, *other = NULL;
    if (!PyArg_ParseTuple(arguments, "s|OO", &name, &child, &other)) {
        return -1;
    }
    snprintf(self->name, sizeof(self->name), "%s", name);
    Py_XSETREF(self->child, Py_XNewRef(child));
    Py_XSETREF(self->other, Py_XNewRef(other));
    return 0;
}

static int
knot_traverse(Knot *self, visitproc visit, void *arg)
{
    Py_VISIT(self->child);
    Py_VISIT(self->other);
    return 0;
}

/* Half of what it holds. */
static int
half_traverse(Knot *self, visitproc visit, void *arg)
{
    Py_VISIT(self->child);
    return 0;
}

static int
heap_traverse(Knot *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return knot_traverse(self, visit, arg);
}

static int
knot_clear(Knot *self)
{
    Py_CLEAR(self->child);
    Py_CLEAR(self->other);
    return 0;
}

/* Makes and drops objects, calls `other`, imports, collects, and raises what it clears. */
static int
talker_clear(Knot *self)
{
    PyObject *error = PyErr_GetRaisedException(), *other = Py_XNewRef(self->other);
    PyObject *list = Py_BuildValue("[O, s, {s: i}]", self->child ? self->child : Py_None, self->name, "one", 1);
    PyObject *result = other && PyCallable_Check(other) ? PyObject_CallFunction(other, "sO", self->name, list) : NULL;
    if (result == NULL) {
        PyErr_Clear();
    }
    Py_XDECREF(result);
    Py_XDECREF(PyImport_ImportModule("ext_cycles"));
    PyGC_Collect();
    Py_XDECREF(PyObject_GetAttrString(list, "missing"));
    PyErr_Clear();
    note("clear", self->name);
    knot_clear(self);
    Py_XDECREF(list);
    Py_XDECREF(other);
    PyErr_SetRaisedException(error);
    return 0;
}

static void
knot_end(Knot *self)
{
    if (self->weak_references) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    if (self->next != self) {
        note("end", self->name);
    }
    self->previous->next = self->next;
    self->next->previous = self->previous;
    knot_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static void
knot_dealloc(Knot *self)
{
    PyObject_GC_UnTrack(self);
    knot_end(self);
}

static void
heap_dealloc(Knot *self)
{
    PyTypeObject *type = Py_TYPE(self);
    knot_dealloc(self);
    Py_DECREF(type);
}

static void
final_finalize(PyObject *self)
{
    Knot *knot = (Knot *)self;
    PyObject *error = PyErr_GetRaisedException();
    note("finalise", knot->name);
    PyObject *result = knot->other && PyCallable_Check(knot->other) ? PyObject_CallOneArg(knot->other, self) : Py_NewRef(Py_None);
    if (result == NULL) {
        PyErr_WriteUnraisable(self);
    }
    Py_XDECREF(result);
    PyErr_SetRaisedException(error);
}

static void
final_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) == 0) {
        knot_dealloc((Knot *)self);
    }
}

static PyObject *
knot_method(Knot *self, PyObject *unused)
{
    return PyUnicode_FromString(self->name);
}

static PyMethodDef knot_methods[] = {{"method", (PyCFunction)knot_method, METH_NOARGS, NULL}, {0}};
static PyMemberDef knot_members[] = {
    {"name", Py_T_STRING_INPLACE, offsetof(Knot, name), Py_READONLY, NULL},
    {"child", _Py_T_OBJECT, offsetof(Knot, child), 0, NULL},
    {"other", _Py_T_OBJECT, offsetof(Knot, other), 0, NULL},
    {0},
};

#define KNOT_TYPE(Name, flags)                                                                                                     \
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_cycles." #Name, .tp_basicsize = sizeof(Knot), .tp_new = knot_new,                \
                                  .tp_init = (initproc)knot_init, .tp_methods = knot_methods, .tp_members = knot_members,          \
                                  .tp_weaklistoffset = offsetof(Knot, weak_references),                                            \
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (flags)

static PyTypeObject Knot_Type = {
    KNOT_TYPE(Knot, Py_TPFLAGS_HAVE_GC),
    .tp_traverse = (traverseproc)knot_traverse,
    .tp_clear = (inquiry)knot_clear,
    .tp_dealloc = (destructor)knot_dealloc,
};
static PyTypeObject Final_Type = {
    KNOT_TYPE(Final, Py_TPFLAGS_HAVE_GC),
    .tp_traverse = (traverseproc)knot_traverse,
    .tp_clear = (inquiry)knot_clear,
    .tp_finalize = final_finalize,
    .tp_dealloc = final_dealloc,
};
/* The collector does not know of it. */
static PyTypeObject Blind_Type = {KNOT_TYPE(Blind, 0), .tp_dealloc = (destructor)knot_end};
static PyTypeObject Half_Type = {
    KNOT_TYPE(Half, Py_TPFLAGS_HAVE_GC),
    .tp_traverse = (traverseproc)half_traverse,
    .tp_clear = (inquiry)knot_clear,
    .tp_dealloc = (destructor)knot_dealloc,
};
/* As a tuple: found, but somebody else must break the cycle. */
static PyTypeObject Stubborn_Type = {
    KNOT_TYPE(Stubborn, Py_TPFLAGS_HAVE_GC),
    .tp_traverse = (traverseproc)knot_traverse,
    .tp_dealloc = (destructor)knot_dealloc,
};
static PyTypeObject Talker_Type = {
    KNOT_TYPE(Talker, Py_TPFLAGS_HAVE_GC),
    .tp_traverse = (traverseproc)knot_traverse,
    .tp_clear = (inquiry)talker_clear,
    .tp_dealloc = (destructor)knot_dealloc,
};

/* A heap type; `visits` says whether its instances show the collector their class. */
static PyObject *
make_class(PyObject *module, PyObject *arguments)
{
    static PyMemberDef members[] = {
        {"name", Py_T_STRING_INPLACE, offsetof(Knot, name), Py_READONLY, NULL},
        {"child", _Py_T_OBJECT, offsetof(Knot, child), 0, NULL},
        {"other", _Py_T_OBJECT, offsetof(Knot, other), 0, NULL},
        {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Knot, weak_references), Py_READONLY, NULL},
        {0},
    };
    int visits;
    PyObject *bases = NULL;
    if (!PyArg_ParseTuple(arguments, "p|O", &visits, &bases)) {
        return NULL;
    }
    PyType_Slot slots[] = {
        {Py_tp_new, knot_new},
        {Py_tp_init, knot_init},
        {Py_tp_methods, knot_methods},
        {Py_tp_members, members},
        {Py_tp_traverse, visits ? (void *)heap_traverse : (void *)knot_traverse},
        {Py_tp_clear, knot_clear},
        {Py_tp_dealloc, heap_dealloc},
        {0, NULL},
    };
    unsigned int flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    PyType_Spec spec = {"ext_cycles.Made", sizeof(Knot), 0, flags, slots};
    return PyType_FromModuleAndSpec(module, &spec, bases);
}

/* An object of the given kind that refers to the argument and that C makes. */
static PyObject *
made_by_c(PyObject *module, PyObject *arguments)
{
    static PyMethodDef function = {"function", (PyCFunction)knot_method, METH_NOARGS, NULL};
    const char *kind;
    PyObject *held, *made = NULL;
    if (!PyArg_ParseTuple(arguments, "sO", &kind, &held)) {
        return NULL;
    }
    if (strcmp(kind, "list") == 0) {
        made = Py_BuildValue("[O]", held);
    } else if (strcmp(kind, "tuple") == 0) {
        made = PyTuple_Pack(1, held);
    } else if (strcmp(kind, "dict") == 0) {
        made = Py_BuildValue("{s: O}", "key", held);
    } else if (strcmp(kind, "nested") == 0) {
        made = Py_BuildValue("[{s: (O)}]", "key", held);
    } else if (strcmp(kind, "set") == 0) {
        made = PySet_New(NULL);
        if (made && PySet_Add(made, held) < 0) {
            Py_CLEAR(made);
        }
    } else if (strcmp(kind, "method") == 0) {
        made = PyMethod_New(module, held);
    } else if (strcmp(kind, "function") == 0) {
        made = PyCFunction_New(&function, held);
    } else if (strcmp(kind, "cell") == 0) {
        made = PyCell_New(held);
    } else if (strcmp(kind, "proxy") == 0) {
        PyObject *dict = Py_BuildValue("{s: O}", "key", held);
        made = dict ? PyDictProxy_New(dict) : NULL;
        Py_XDECREF(dict);
    } else if (strcmp(kind, "iterator") == 0) {
        PyObject *list = Py_BuildValue("[O]", held);
        made = list ? PySeqIter_New(list) : NULL;
        Py_XDECREF(list);
    } else if (strcmp(kind, "exception") == 0) {
        made = PyObject_CallOneArg(PyExc_ValueError, held);
    } else {
        PyErr_SetString(PyExc_ValueError, kind);
    }
    return made;
}

/* Lets C see what is in a container. */
static PyObject *
look_into(PyObject *module, PyObject *object)
{
    Py_ssize_t position = 0, size = 0;
    PyObject *key, *value;
    if (PyList_Check(object)) {
        size = PyList_GET_SIZE(object);
        value = size ? PyList_GetItem(object, 0) : NULL;
    } else if (PyTuple_Check(object)) {
        size = PyTuple_GET_SIZE(object);
        value = size ? PyTuple_GET_ITEM(object, 0) : NULL;
    } else if (PyDict_Check(object)) {
        for (; PyDict_Next(object, &position, &key, &value); size++) {
        }
    } else {
        PyObject *dict = PyObject_GetAttrString(object, "__dict__");
        size = dict ? PyObject_Size(dict) : -1;
        Py_XDECREF(dict);
        PyErr_Clear();
    }
    return PyLong_FromSsize_t(size);
}

/* A ring of `length` that Python never sees; its first member holds `content`. */
static PyObject *
ring(PyObject *module, PyObject *arguments)
{
    PyObject *type, *content;
    int length;
    if (!PyArg_ParseTuple(arguments, "OiO", &type, &length, &content)) {
        return NULL;
    }
    PyObject *first = PyObject_CallFunction(type, "sOO", "ring 0", Py_None, content), *last = Py_XNewRef(first);
    for (int i = 1; last && i < length; i++) {
        char name[32];
        snprintf(name, sizeof(name), "ring %d", i);
        PyObject *next = PyObject_CallFunction(type, "sN", name, last);
        last = next;
    }
    if (last == NULL) {
        return NULL;
    }
    Py_XSETREF(((Knot *)first)->child, last);
    Py_DECREF(first);
    Py_RETURN_NONE;
}

static PyObject *held;

static PyObject *
hold(PyObject *module, PyObject *object)
{
    PyObject *old = held;
    held = object == Py_None ? NULL : Py_NewRef(object);
    return old ? old : Py_NewRef(Py_None);
}

static PyObject *
track(PyObject *module, PyObject *object)
{
    PyObject_GC_Track(object);
    Py_RETURN_NONE;
}

static PyObject *
untrack(PyObject *module, PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Py_RETURN_NONE;
}

static PyObject *
is_finalised(PyObject *module, PyObject *object)
{
    return PyBool_FromLong(PyObject_GC_IsFinalized(object));
}

static PyObject *
weak(PyObject *module, PyObject *arguments)
{
    PyObject *object, *callback = NULL;
    return PyArg_ParseTuple(arguments, "O|O", &object, &callback) ? PyWeakref_NewRef(object, callback) : NULL;
}

static PyObject *
note_event(PyObject *module, PyObject *arguments)
{
    const char *what, *name;
    if (!PyArg_ParseTuple(arguments, "ss", &what, &name)) {
        return NULL;
    }
    note(what, name);
    Py_RETURN_NONE;
}

static PyObject *
take_events(PyObject *module, PyObject *unused)
{
    PyObject *taken = PyUnicode_FromStringAndSize(events, events_length);
    events_length = 0;
    return taken;
}

/* The names of all members of whatever kind that were made and have not ended. */
static PyObject *
left(PyObject *module, PyObject *unused)
{
    PyObject *names = PyList_New(0);
    for (Knot *knot = living.next; names && knot != &living; knot = knot->next) {
        PyObject *name = PyUnicode_FromString(knot->name);
        if (name == NULL || PyList_Append(names, name) < 0) {
            Py_CLEAR(names);
        }
        Py_XDECREF(name);
    }
    if (names && PyList_Sort(names) < 0) {
        Py_CLEAR(names);
    }
    return names;
}

/* Whoever is left is not spoken of again. */
static PyObject *
forget(PyObject *module, PyObject *unused)
{
    while (living.next != &living) {
        Knot *knot = living.next;
        living.next = knot->next;
        knot->next = knot->previous = knot;
    }
    living.previous = &living;
    Py_RETURN_NONE;
}

static int
fill(PyObject *module)
{
    PyTypeObject *types[] = {&Knot_Type, &Final_Type, &Blind_Type, &Half_Type, &Stubborn_Type, &Talker_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyMethodDef functions[] = {
    {"make_class", make_class, METH_VARARGS, NULL},
    {"made_by_c", made_by_c, METH_VARARGS, NULL},
    {"look_into", look_into, METH_O, NULL},
    {"ring", ring, METH_VARARGS, NULL},
    {"hold", hold, METH_O, NULL},
    {"track", track, METH_O, NULL},
    {"untrack", untrack, METH_O, NULL},
    {"is_finalised", is_finalised, METH_O, NULL},
    {"weak", weak, METH_VARARGS, NULL},
    {"note", note_event, METH_VARARGS, NULL},
    {"take_events", take_events, METH_NOARGS, NULL},
    {"left", left, METH_NOARGS, NULL},
    {"forget", forget, METH_NOARGS, NULL},
    {0},
};

MODULE(ext_cycles, "Members of cycles.", functions, fill)
