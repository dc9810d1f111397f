/* The demo's own extension: a few functions, a type `Mirror`, a callback. Compiles alone, against any Python.h of 3.13. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>

/* Mirror(thing): shows a thing to whoever looks, the wrong way round, and counts the glances. */
typedef struct {
    PyObject_HEAD
    PyObject *thing;
    PyObject *on_glance;
    Py_ssize_t glances;
} Mirror;

/* The last item first. */
static PyObject *
reversed_sequence(PyObject *thing)
{
    PyObject *items = PySequence_List(thing);
    if (items == NULL || PyList_Reverse(items) < 0) {
        Py_XDECREF(items);
        return NULL;
    }
    if (!PyTuple_Check(thing)) {
        return items;
    }
    PyObject *tuple = PyList_AsTuple(items);
    Py_DECREF(items);
    return tuple;
}

static PyObject *
reversed_text(PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    PyObject *result = PyUnicode_New(length, PyUnicode_MAX_CHAR_VALUE(text));
    if (result == NULL) {
        return NULL;
    }
    int kind = PyUnicode_KIND(text);
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 character = PyUnicode_READ(kind, PyUnicode_DATA(text), length - 1 - i);
        PyUnicode_WRITE(kind, PyUnicode_DATA(result), i, character);
    }
    return result;
}

static PyObject *
reflect(PyObject *module, PyObject *thing)
{
    (void)module;
    if (PyUnicode_Check(thing)) {
        return reversed_text(thing);
    }
    if (PyNumber_Check(thing)) {
        return PyNumber_Negative(thing);
    }
    return reversed_sequence(thing);
}

/* The scalar product of two lists, read item by item from their storage. */
static PyObject *
dot(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2 || !PyList_Check(arguments[0]) || !PyList_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "dot() needs two lists");
        return NULL;
    }
    PyObject *left = arguments[0], *right = arguments[1];
    if (PyList_GET_SIZE(left) != PyList_GET_SIZE(right)) {
        return PyErr_Format(PyExc_ValueError, "dot() of %zd and %zd items", PyList_GET_SIZE(left), PyList_GET_SIZE(right));
    }
    double sum = 0.0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(left); i++) {
        sum += PyFloat_AsDouble(PyList_GET_ITEM(left, i)) * PyFloat_AsDouble(PyList_GET_ITEM(right, i));
        if (PyErr_Occurred()) {
            return NULL;
        }
    }
    return PyFloat_FromDouble(sum);
}

/* tally(function, items): how often the function gives each answer. */
static PyObject *
tally(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *function, *items;
    if (!PyArg_ParseTuple(arguments, "OO:tally", &function, &items)) {
        return NULL;
    }
    PyObject *counts = PyDict_New();
    PyObject *iterator = PyObject_GetIter(items);
    PyObject *item;
    while (counts && iterator && (item = PyIter_Next(iterator))) {
        PyObject *answer = PyObject_CallOneArg(function, item);
        PyObject *known = answer ? PyDict_GetItemWithError(counts, answer) : NULL;
        PyObject *count = PyErr_Occurred() ? NULL : PyLong_FromLong((known ? PyLong_AsLong(known) : 0) + 1);
        if (count == NULL || PyDict_SetItem(counts, answer, count) < 0) {
            Py_CLEAR(counts);
        }
        Py_XDECREF(count);
        Py_XDECREF(answer);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    if (PyErr_Occurred()) {
        Py_XDECREF(counts);
        return NULL;
    }
    return counts;
}

static int
mirror_init(Mirror *self, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"thing", "on_glance", NULL};
    PyObject *thing, *on_glance = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|O:Mirror", names, &thing, &on_glance)) {
        return -1;
    }
    Py_XSETREF(self->thing, Py_NewRef(thing));
    Py_XSETREF(self->on_glance, Py_NewRef(on_glance));
    return 0;
}

static PyObject *
mirror_glance(Mirror *self, PyObject *unused)
{
    (void)unused;
    PyObject *seen = reflect(NULL, self->thing);
    if (seen == NULL) {
        return NULL;
    }
    self->glances++;
    if (self->on_glance != Py_None) {
        PyObject *said = PyObject_CallFunction(self->on_glance, "nO", self->glances, seen);
        if (said == NULL) {
            Py_DECREF(seen);
            return NULL;
        }
        Py_DECREF(said);
    }
    return seen;
}

static PyObject *
mirror_repr(Mirror *self)
{
    return PyUnicode_FromFormat("<Mirror of %s, %zd glances>", Py_TYPE(self->thing)->tp_name, self->glances);
}

static PyObject *
mirror_compare(PyObject *left, PyObject *right, int operation)
{
    if (!PyObject_TypeCheck(right, Py_TYPE(left))) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return PyObject_RichCompare(((Mirror *)left)->thing, ((Mirror *)right)->thing, operation);
}

static Py_ssize_t
mirror_length(Mirror *self)
{
    return PyObject_Length(self->thing);
}

static PyObject *
mirror_thing(Mirror *self, void *closure)
{
    (void)closure;
    return Py_NewRef(self->thing);
}

static int
mirror_set_thing(Mirror *self, PyObject *value, void *closure)
{
    (void)closure;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a mirror cannot be empty");
        return -1;
    }
    Py_SETREF(self->thing, Py_NewRef(value));
    return 0;
}

static int
mirror_traverse(Mirror *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->thing);
    Py_VISIT(self->on_glance);
    return 0;
}

static int
mirror_clear(Mirror *self)
{
    Py_CLEAR(self->thing);
    Py_CLEAR(self->on_glance);
    return 0;
}

static void
mirror_dealloc(Mirror *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    (void)mirror_clear(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef mirror_methods[] = {
    {"glance", (PyCFunction)(void (*)(void))mirror_glance, METH_NOARGS, "What the mirror shows."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef mirror_members[] = {
    {"glances", Py_T_PYSSIZET, offsetof(Mirror, glances), Py_READONLY, "How often someone looked."},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef mirror_getset[] = {
    {"thing", (getter)mirror_thing, (setter)mirror_set_thing, "What stands before the mirror.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot mirror_slots[] = {
    {Py_tp_doc, "Mirror(thing, on_glance=None)\n--\n\nShows a thing the wrong way round."},
    {Py_tp_init, mirror_init},
    {Py_tp_repr, mirror_repr},
    {Py_tp_richcompare, mirror_compare},
    {Py_sq_length, mirror_length},
    {Py_tp_methods, mirror_methods},
    {Py_tp_members, mirror_members},
    {Py_tp_getset, mirror_getset},
    {Py_tp_traverse, mirror_traverse},
    {Py_tp_clear, mirror_clear},
    {Py_tp_dealloc, mirror_dealloc},
    {0, NULL},
};

static PyType_Spec mirror_spec = {
    .name = "pierglass_demo.Mirror",
    .basicsize = sizeof(Mirror),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = mirror_slots,
};

static int
fill_module(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &mirror_spec, NULL);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0) {
        Py_XDECREF(type);
        return -1;
    }
    Py_DECREF(type);
    return PyModule_AddStringConstant(module, "motto", "what you see is not what is there");
}

static PyMethodDef functions[] = {
    {"reflect", reflect, METH_O, "reflect(thing): text and sequences back to front, numbers negated."},
    {"dot", (PyCFunction)(void (*)(void))dot, METH_FASTCALL, "dot(left, right): the scalar product of two lists."},
    {"tally", tally, METH_VARARGS, "tally(function, items): how often the function gives each answer."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "pierglass_demo",
    .m_doc = "Mirrors in C.",
    .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit_pierglass_demo(void)
{
    return PyModuleDef_Init(&definition);
}
