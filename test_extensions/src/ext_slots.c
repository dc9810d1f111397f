/* Slots: C calls those of any object by hand, as Cython does; a type with async slots; one with the oldest attribute slots. */
#include "common.h"

/* call(slot, object, ...): the slot of Py_TYPE(object) itself, NotImplemented where it is empty. */
static PyObject *
call(PyObject *module, PyObject *arguments)
{
    const char *name;
    PyObject *o, *a = Py_None, *b = Py_None;
    if (!PyArg_ParseTuple(arguments, "sO|OO", &name, &o, &a, &b)) {
        return NULL;
    }
    PyTypeObject *type = Py_TYPE(o);
    PySequenceMethods *sequence = type->tp_as_sequence;
    PyMappingMethods *mapping = type->tp_as_mapping;
    PyNumberMethods *number = type->tp_as_number;
    PyAsyncMethods *async = type->tp_as_async;
#define IS(text) (strcmp(name, text) == 0)
#define SLOT(slot, expression)                                                                                                     \
    if (IS(#slot)) {                                                                                                               \
        return type->slot ? (expression) : Py_NewRef(Py_NotImplemented);                                                           \
    }
#define IN(table, slot, expression)                                                                                                \
    if (IS(#slot)) {                                                                                                               \
        return table && table->slot ? (expression) : Py_NewRef(Py_NotImplemented);                                                 \
    }
#define NUMBER(value) (PyErr_Occurred() ? NULL : PyLong_FromSsize_t(value))
    Py_ssize_t result;
    SLOT(tp_repr, type->tp_repr(o))
    SLOT(tp_str, type->tp_str(o))
    SLOT(tp_hash, (result = type->tp_hash(o), NUMBER(result)))
    SLOT(tp_call, type->tp_call(o, a, b == Py_None ? NULL : b))
    SLOT(tp_getattro, type->tp_getattro(o, a))
    SLOT(tp_setattro, (result = type->tp_setattro(o, a, b == Py_None ? NULL : b), NUMBER(result)))
    SLOT(tp_richcompare, type->tp_richcompare(o, a, Py_EQ))
    SLOT(tp_iter, type->tp_iter(o))
    SLOT(tp_iternext, type->tp_iternext(o))
    SLOT(tp_descr_get, type->tp_descr_get(o, a, b))
    SLOT(tp_init, (result = type->tp_init(o, a, NULL), NUMBER(result)))
    IN(sequence, sq_length, (result = sequence->sq_length(o), NUMBER(result)))
    IN(sequence, sq_item, sequence->sq_item(o, PyLong_AsSsize_t(a)))
    IN(sequence, sq_concat, sequence->sq_concat(o, a))
    IN(sequence, sq_repeat, sequence->sq_repeat(o, PyLong_AsSsize_t(a)))
    IN(sequence, sq_contains, (result = sequence->sq_contains(o, a), NUMBER(result)))
    IN(sequence, sq_inplace_concat, sequence->sq_inplace_concat(o, a))
    IN(mapping, mp_length, (result = mapping->mp_length(o), NUMBER(result)))
    IN(mapping, mp_subscript, mapping->mp_subscript(o, a))
    IN(mapping, mp_ass_subscript, (result = mapping->mp_ass_subscript(o, a, b == Py_None ? NULL : b), NUMBER(result)))
    IN(number, nb_add, number->nb_add(o, a))
    IN(number, nb_multiply, number->nb_multiply(o, a))
    IN(number, nb_negative, number->nb_negative(o))
    IN(number, nb_bool, (result = number->nb_bool(o), NUMBER(result)))
    IN(number, nb_index, number->nb_index(o))
    IN(number, nb_int, number->nb_int(o))
    IN(number, nb_float, number->nb_float(o))
    IN(number, nb_inplace_add, number->nb_inplace_add(o, a))
    IN(number, nb_or, number->nb_or(o, a))
    IN(number, nb_power, number->nb_power(o, a, Py_None))
    IN(async, am_await, async->am_await(o))
    return PyErr_Format(PyExc_KeyError, "%s", name);
}

/* Which slots a type has. */
static PyObject *
filled(PyObject *module, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    PyObject *list = PyList_New(0);
    const struct {
        const char *name;
        int there;
    } slots[] = {
        {"call", type->tp_call != NULL},
        {"iter", type->tp_iter != NULL},
        {"descr_get", type->tp_descr_get != NULL},
        {"descr_set", type->tp_descr_set != NULL},
        {"finalize", type->tp_finalize != NULL},
        {"sq_length", type->tp_as_sequence && type->tp_as_sequence->sq_length},
        {"sq_item", type->tp_as_sequence && type->tp_as_sequence->sq_item},
        {"mp_subscript", type->tp_as_mapping && type->tp_as_mapping->mp_subscript},
        {"mp_ass_subscript", type->tp_as_mapping && type->tp_as_mapping->mp_ass_subscript},
        {"nb_add", type->tp_as_number && type->tp_as_number->nb_add},
        {"nb_index", type->tp_as_number && type->tp_as_number->nb_index},
        {"nb_bool", type->tp_as_number && type->tp_as_number->nb_bool},
        {"am_await", type->tp_as_async && type->tp_as_async->am_await},
        {"buffer", type->tp_as_buffer && type->tp_as_buffer->bf_getbuffer},
        {"dict", type->tp_dictoffset != 0 || (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)},
        {"gc", (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0},
        {"basetype", (type->tp_flags & Py_TPFLAGS_BASETYPE) != 0},
        {"heap", (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0},
    };
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(slots); i++) {
        PyObject *name = slots[i].there ? PyUnicode_FromString(slots[i].name) : NULL;
        if (name && PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(name);
    }
    return list;
}

/* The fast checks by flags, of instances and of exceptions. */
static PyObject *
subclass_flags(PyObject *module, PyObject *object)
{
    return Py_BuildValue("(iiiiiii)", PyLong_Check(object), PyList_Check(object), PyTuple_Check(object), PyUnicode_Check(object),
                         PyDict_Check(object), PyType_Check(object), PyExceptionInstance_Check(object));
}

/* Later: awaitable, and an asynchronous iterator over 0..count-1. */
typedef struct {
    PyObject_HEAD
    long at, count;
} Later;

static PyTypeObject Later_Type;

static PyObject *
later_make(long at, long count)
{
    Later *self = PyObject_New(Later, &Later_Type);
    if (self) {
        self->at = at;
        self->count = count;
    }
    return (PyObject *)self;
}

static PyObject *
later_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    long count;
    return PyArg_ParseTuple(arguments, "l", &count) ? later_make(0, count) : NULL;
}

/* One step of a wait: yields None `count` times, then returns the number. */
static PyObject *
later_next(Later *self)
{
    if (self->at < self->count) {
        self->at++;
        Py_RETURN_NONE;
    }
    PyObject *value = PyLong_FromLong(self->count);
    PyErr_SetObject(PyExc_StopIteration, value);
    Py_XDECREF(value);
    return NULL;
}

static PyObject *
later_anext(Later *self)
{
    if (self->at >= self->count) {
        PyErr_SetNone(PyExc_StopAsyncIteration);
        return NULL;
    }
    long number = self->at++;
    return later_make(0, number);
}

static PyAsyncMethods later_async = {.am_await = PyObject_SelfIter, .am_aiter = PyObject_SelfIter, .am_anext = (unaryfunc)later_anext};

static PyTypeObject Later_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_slots.Later",
    .tp_basicsize = sizeof(Later),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = later_new,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)later_next,
    .tp_as_async = &later_async,
};

/* Old: tp_getattr and tp_setattr with C strings, as before there was tp_getattro. */
typedef struct {
    PyObject_HEAD
    long number;
} Old;

static PyObject *
old_getattr(PyObject *self, char *name)
{
    if (strcmp(name, "number") == 0) {
        return PyLong_FromLong(((Old *)self)->number);
    }
    if (strncmp(name, "__", 2) == 0) {
        PyObject *text = PyUnicode_FromString(name), *found = text ? PyObject_GenericGetAttr(self, text) : NULL;
        Py_XDECREF(text);
        return found;
    }
    return PyErr_Format(PyExc_AttributeError, "old things have no %s", name);
}

static int
old_setattr(PyObject *self, char *name, PyObject *value)
{
    if (strcmp(name, "number") != 0 || value == NULL) {
        PyErr_Format(PyExc_AttributeError, "cannot %s %s", value ? "set" : "delete", name);
        return -1;
    }
    ((Old *)self)->number = PyLong_AsLong(value);
    return PyErr_Occurred() ? -1 : 0;
}

static PyTypeObject Old_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_slots.Old",
    .tp_basicsize = sizeof(Old),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_getattr = old_getattr,
    .tp_setattr = old_setattr,
};

/* Two C bases that one class can have both of: neither adds a field. */
static PyObject *
left_name(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("left");
}

static PyObject *
right_name(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("right");
}

static PyObject *
init_subclass(PyObject *cls, PyObject *arguments, PyObject *keywords)
{
    PyObject *mark = keywords ? PyDict_GetItemString(keywords, "mark") : NULL;
    return PyObject_SetAttrString(cls, "marked", mark ? mark : Py_None) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyMethodDef left_methods[] = {
    {"name", left_name, METH_NOARGS, NULL}, {"__init_subclass__", METHOD(init_subclass), METH_VARARGS | METH_KEYWORDS | METH_CLASS, NULL}, {0}};
static PyMethodDef right_methods[] = {{"name", right_name, METH_NOARGS, NULL}, {"only_right", right_name, METH_NOARGS, NULL}, {0}};
static PyType_Slot left_slots[] = {{Py_tp_methods, left_methods}, {0, NULL}};
static PyType_Slot right_slots[] = {{Py_tp_methods, right_methods}, {0, NULL}};
static PyType_Spec left_spec = {"ext_slots.Left", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, left_slots};
static PyType_Spec right_spec = {"ext_slots.Right", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, right_slots};

static int
fill(PyObject *module)
{
    if (PyModule_AddType(module, &Later_Type) < 0 || PyModule_AddType(module, &Old_Type) < 0) {
        return -1;
    }
    return PyModule_Add(module, "Left", PyType_FromSpec(&left_spec)) < 0 ? -1 : PyModule_Add(module, "Right", PyType_FromSpec(&right_spec));
}

static PyMethodDef functions[] = {
    {"call", call, METH_VARARGS, NULL},
    {"filled", filled, METH_O, NULL},
    {"subclass_flags", subclass_flags, METH_O, NULL},
    {0},
};

MODULE(ext_slots, "Slots.", functions, fill)
