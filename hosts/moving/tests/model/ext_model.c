/* C's side of the model tests: nodes with fields of their own, places that hold references, places that remember borrowed ones. */
#include "common.h"

enum { PLACES = 8, FIELDS = 3, SERIALS = 4096 };

/* By serial: what happened to the nodes. */
static unsigned char born[SERIALS], finalised[SERIALS], died[SERIALS];
static PyObject *held[PLACES];
static PyObject *borrowed[PLACES];
static int (*callback)(int);

typedef struct {
    PyObject_HEAD
    int serial;
    PyObject *field[FIELDS], *dict, *weak_references;
} Node;

static PyTypeObject Node_Type, Final_Type;

static int
is_node(PyObject *object)
{
    return PyObject_TypeCheck(object, &Node_Type);
}

static int
begin(Node *self, int serial)
{
    if (serial < 0 || serial >= SERIALS) {
        PyErr_Format(PyExc_ValueError, "no such serial: %d", serial);
        return -1;
    }
    self->serial = serial;
    born[serial]++;
    return 0;
}

static int
node_init(Node *self, PyObject *arguments, PyObject *keywords)
{
    int serial;
    return PyArg_ParseTuple(arguments, "i", &serial) ? begin(self, serial) : -1;
}

static int
node_traverse(Node *self, visitproc visit, void *arg)
{
    for (int i = 0; i < FIELDS; i++) {
        Py_VISIT(self->field[i]);
    }
    Py_VISIT(self->dict);
    return 0;
}

static int
node_clear(Node *self)
{
    for (int i = 0; i < FIELDS; i++) {
        Py_CLEAR(self->field[i]);
    }
    Py_CLEAR(self->dict);
    return 0;
}

static void
node_dealloc(Node *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, node_dealloc)
    if (self->weak_references) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    died[self->serial]++;
    node_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
    Py_TRASHCAN_END
}

static PyMemberDef node_members[] = {
    {"serial", Py_T_INT, offsetof(Node, serial), Py_READONLY, NULL},
    {"a", _Py_T_OBJECT, offsetof(Node, field[0]), 0, NULL},
    {"b", _Py_T_OBJECT, offsetof(Node, field[1]), 0, NULL},
    {"c", _Py_T_OBJECT, offsetof(Node, field[2]), 0, NULL},
    {0},
};

static PyTypeObject Node_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_model.Node",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)node_init,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_dealloc = (destructor)node_dealloc,
    .tp_members = node_members,
    .tp_dictoffset = offsetof(Node, dict),
    .tp_weaklistoffset = offsetof(Node, weak_references),
};

static void
final_finalize(PyObject *self)
{
    finalised[((Node *)self)->serial]++;
}

static void
final_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    node_dealloc((Node *)self);
}

static PyTypeObject Final_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_model.Final",
    .tp_base = &Node_Type,
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_finalize = final_finalize,
    .tp_dealloc = final_dealloc,
};

/* What a place holds; a place out of range or empty is the test's mistake. */
static PyObject *
at(int place)
{
    if (place < 0 || place >= PLACES || held[place] == NULL) {
        PyErr_Format(PyExc_IndexError, "nothing at %d", place);
        return NULL;
    }
    return held[place];
}

static PyObject *
put_at(int place, PyObject *object)
{
    if (object == NULL) {
        return NULL;
    }
    Py_XSETREF(held[place], object);
    Py_RETURN_NONE;
}

static PyObject *
hold(PyObject *module, PyObject *arguments)
{
    int place;
    PyObject *object;
    return PyArg_ParseTuple(arguments, "iO", &place, &object) ? put_at(place, Py_NewRef(object)) : NULL;
}

static PyObject *
drop(PyObject *module, PyObject *place)
{
    Py_CLEAR(held[PyLong_AsLong(place)]);
    Py_RETURN_NONE;
}

static PyObject *
give(PyObject *module, PyObject *place)
{
    return Py_XNewRef(at(PyLong_AsLong(place)));
}

/* make(place, kind, serial, tag, first, second): first and second are places, or below zero. Nothing of it crosses. */
static PyObject *
make(PyObject *module, PyObject *arguments)
{
    int place, serial, places[2], count = 0;
    const char *kind;
    PyObject *tag, *items[2] = {NULL, NULL};
    if (!PyArg_ParseTuple(arguments, "isiOii", &place, &kind, &serial, &tag, &places[0], &places[1])) {
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        if (places[i] >= 0 && (items[count++] = at(places[i])) == NULL) {
            return NULL;
        }
    }
    if (kind[0] == 'n' || kind[0] == 'f') {
        PyTypeObject *type = kind[0] == 'n' ? &Node_Type : &Final_Type;
        Node *node = (Node *)type->tp_alloc(type, 0);
        if (node == NULL || begin(node, serial) < 0) {
            return NULL;
        }
        for (int i = 0; i < count; i++) {
            node->field[i] = Py_NewRef(items[i]);
        }
        return put_at(place, (PyObject *)node);
    }
    if (kind[0] == 'd') {
        PyObject *dict = PyDict_New();
        if (dict == NULL || PyDict_SetItemString(dict, "tag", tag) < 0) {
            return NULL;
        }
        for (int i = 0; i < count; i++) {
            PyObject *key = PyLong_FromLong(i);
            if (PyDict_SetItem(dict, key, items[i]) < 0) {
                return NULL;
            }
            Py_DECREF(key);
        }
        return put_at(place, dict);
    }
    PyObject *sequence = kind[0] == 'l' ? PyList_New(1 + count) : PyTuple_New(1 + count);
    if (sequence == NULL) {
        return NULL;
    }
    PyObject **inside = kind[0] == 'l' ? ((PyListObject *)sequence)->ob_item : ((PyTupleObject *)sequence)->ob_item;
    inside[0] = Py_NewRef(tag);
    for (int i = 0; i < count; i++) {
        inside[1 + i] = Py_NewRef(items[i]);
    }
    return put_at(place, sequence);
}

static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

/* put(place, position, item's place): by the function of the container's kind. Below zero: take it out. */
static PyObject *
put(PyObject *module, PyObject *arguments)
{
    int place, position, from, status;
    if (!PyArg_ParseTuple(arguments, "iii", &place, &position, &from)) {
        return NULL;
    }
    PyObject *object = at(place), *item = from < 0 ? NULL : at(from);
    if (object == NULL || (from >= 0 && item == NULL)) {
        return NULL;
    }
    if (is_node(object) && position < FIELDS) {
        Py_XSETREF(((Node *)object)->field[position], Py_XNewRef(item));
        Py_RETURN_NONE;
    }
    if (PyList_Check(object)) {
        if (item == NULL) {
            status = PySequence_DelItem(object, 1 + position);
        } else if (1 + position == PyList_GET_SIZE(object)) {
            status = PyList_Append(object, item);
        } else {
            status = PyList_SetItem(object, 1 + position, Py_NewRef(item));
        }
    } else if (PyDict_Check(object)) {
        PyObject *key = PyLong_FromLong(position);
        status = item ? PyDict_SetItem(object, key, item) : PyDict_DelItem(object, key);
        Py_DECREF(key);
    } else {
        status = PyObject_SetAttrString(object, names[position], item);
    }
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

/* What the container has at a position, borrowed; NULL without an error if its kind does not lend. */
static PyObject *
lent(PyObject *object, int position)
{
    if (is_node(object) && position < FIELDS) {
        return ((Node *)object)->field[position];
    }
    if (PyList_Check(object)) {
        return PyList_GetItem(object, 1 + position);
    }
    if (PyTuple_Check(object)) {
        return PyTuple_GetItem(object, 1 + position);
    }
    if (PyDict_Check(object)) {
        PyObject *key = PyLong_FromLong(position);
        PyObject *item = PyDict_GetItemWithError(object, key);
        Py_DECREF(key);
        return item;
    }
    return NULL;
}

/* get(to, place, position) */
static PyObject *
get(PyObject *module, PyObject *arguments)
{
    int to, place, position;
    if (!PyArg_ParseTuple(arguments, "iii", &to, &place, &position)) {
        return NULL;
    }
    PyObject *object = at(place), *item = object ? Py_XNewRef(lent(object, position)) : NULL;
    if (object && item == NULL && !PyErr_Occurred()) {
        item = PyObject_GetAttrString(object, names[position]);
    }
    return put_at(to, item);
}

/* borrow(to, place, position) */
static PyObject *
borrow(PyObject *module, PyObject *arguments)
{
    int to, place, position;
    if (!PyArg_ParseTuple(arguments, "iii", &to, &place, &position)) {
        return NULL;
    }
    PyObject *object = at(place);
    borrowed[to] = object ? lent(object, position) : NULL;
    if (borrowed[to] == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_LookupError, "%d has nothing at %d to lend", place, position);
    }
    Py_RETURN_NONE;
}

static long
serial_of(PyObject *object)
{
    if (is_node(object)) {
        return ((Node *)object)->serial;
    }
    PyObject *tag = object;
    if (PyList_Check(object)) {
        tag = PyList_GetItem(object, 0);
    } else if (PyTuple_Check(object)) {
        tag = PyTuple_GetItem(object, 0);
    } else if (PyDict_Check(object)) {
        tag = PyDict_GetItemString(object, "tag");
    }
    PyObject *serial = tag ? PyObject_GetAttrString(tag, "serial") : NULL;
    long number = serial ? PyLong_AsLong(serial) : -1;
    Py_XDECREF(serial);
    return number;
}

/* use(from): the serial of what was borrowed, read through the pointer that C remembered; and the object. */
static PyObject *
use(PyObject *module, PyObject *from)
{
    PyObject *object = borrowed[PyLong_AsLong(from)];
    long serial = serial_of(object);
    return serial < 0 && PyErr_Occurred() ? NULL : Py_BuildValue("(lO)", serial, object);
}

static PyObject *
serial(PyObject *module, PyObject *place)
{
    PyObject *object = at(PyLong_AsLong(place));
    return object ? PyLong_FromLong(serial_of(object)) : NULL;
}

/* The serials of the nodes that live; an error if one died, or was finalised, more often than once. */
static PyObject *
nodes(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < SERIALS; i++) {
        if (born[i] > 1 || died[i] > born[i] || finalised[i] > 1) {
            Py_DECREF(list);
            return PyErr_Format(PyExc_AssertionError, "%d: born %d, finalised %d, died %d", i, born[i], finalised[i], died[i]);
        }
        if (born[i] > died[i]) {
            PyObject *number = PyLong_FromLong(i);
            PyList_Append(list, number);
            Py_DECREF(number);
        }
    }
    return list;
}

static PyObject *
finals(PyObject *module, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < SERIALS; i++) {
        if (finalised[i]) {
            PyObject *number = PyLong_FromLong(i);
            PyList_Append(list, number);
            Py_DECREF(number);
        }
    }
    return list;
}

/* Everything anew. */
static PyObject *
reset(PyObject *module, PyObject *unused)
{
    for (int i = 0; i < PLACES; i++) {
        borrowed[i] = NULL;
        Py_CLEAR(held[i]);
    }
    Py_RETURN_NONE;
}

static PyObject *
forget(PyObject *module, PyObject *unused)
{
    memset(born, 0, sizeof(born));
    memset(finalised, 0, sizeof(finalised));
    memset(died, 0, sizeof(died));
    Py_RETURN_NONE;
}

static PyObject *
set_callback(PyObject *module, PyObject *address)
{
    callback = (int (*)(int))PyLong_AsVoidPtr(address);
    Py_RETURN_NONE;
}

/* Ask the test: 0 to compare the ends of all links, 1 to collect the nursery, 2 to collect everything, from inside of C. */
static PyObject *
ask(PyObject *module, PyObject *what)
{
    if (callback(PyLong_AsLong(what)) != 0) {
        PyErr_SetString(PyExc_AssertionError, "the links' ends disagree");
        return NULL;
    }
    Py_RETURN_NONE;
}

static int
fill(PyObject *module)
{
    return PyModule_AddType(module, &Node_Type) < 0 ? -1 : PyModule_AddType(module, &Final_Type);
}

static PyMethodDef functions[] = {
    {"hold", hold, METH_VARARGS, NULL},
    {"drop", drop, METH_O, NULL},
    {"give", give, METH_O, NULL},
    {"make", make, METH_VARARGS, NULL},
    {"put", put, METH_VARARGS, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"borrow", borrow, METH_VARARGS, NULL},
    {"use", use, METH_O, NULL},
    {"serial", serial, METH_O, NULL},
    {"nodes", nodes, METH_NOARGS, NULL},
    {"finals", finals, METH_NOARGS, NULL},
    {"reset", reset, METH_NOARGS, NULL},
    {"forget", forget, METH_NOARGS, NULL},
    {"set_callback", set_callback, METH_O, NULL},
    {"ask", ask, METH_O, NULL},
    {0},
};

MODULE(ext_model, "The model's C side.", functions, fill)
