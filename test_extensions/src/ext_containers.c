/* C types over list, dict, set, frozenset, bytearray, bytes, complex and Exception, at one and two levels, static and from specs. */
#include "common.h"

/* Basket: a list with fields; Hamper: one more level with one more field. */
typedef struct {
    PyListObject list;
    long changes;
    PyObject *label;
} Basket;

typedef struct {
    Basket basket;
    PyObject *lid;
} Hamper;

static int
basket_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Basket *)self)->label);
    return PyList_Type.tp_traverse(self, visit, arg);
}

static int
basket_clear(PyObject *self)
{
    Py_CLEAR(((Basket *)self)->label);
    return PyList_Type.tp_clear(self);
}

static Py_ssize_t last_items;

static void
basket_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    last_items = PyList_GET_SIZE(self);
    Py_CLEAR(((Basket *)self)->label);
    PyObject_GC_Track(self);
    PyList_Type.tp_dealloc(self);
}

static PyObject *
basket_add(PyObject *self, PyObject *item)
{
    /* As Cython appends: in place where there is room. */
    PyListObject *list = (PyListObject *)self;
    Py_ssize_t size = Py_SIZE(list);
    ((Basket *)self)->changes++;
    if (list->allocated > size) {
        list->ob_item[size] = Py_NewRef(item);
        Py_SET_SIZE(list, size + 1);
        Py_RETURN_NONE;
    }
    return PyList_Append(self, item) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
basket_swap(PyObject *self, PyObject *arguments)
{
    Py_ssize_t left, right;
    if (!PyArg_ParseTuple(arguments, "nn", &left, &right)) {
        return NULL;
    }
    PyObject *item = PyList_GET_ITEM(self, left);
    PyList_SET_ITEM(self, left, PyList_GET_ITEM(self, right));
    PyList_SET_ITEM(self, right, item);
    ((Basket *)self)->changes++;
    Py_RETURN_NONE;
}

static PyObject *
basket_edit(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *value = NULL;
    Py_ssize_t low = 0, high = 0;
    if (!PyArg_ParseTuple(arguments, "s|Onn", &how, &value, &low, &high)) {
        return NULL;
    }
    int failed = -1;
    switch (how[0]) {
        case 'e': failed = PyList_Extend(self, value); break;
        case 's': failed = PyList_SetSlice(self, low, high, value); break;
        case 'o': failed = PyList_Sort(self); break;
        case 'r': failed = PyList_Reverse(self); break;
        case 'i': failed = PyList_Insert(self, low, value); break;
        case 'p': failed = PyList_SetItem(self, low, Py_NewRef(value)); break;
        case 'c': failed = PyList_Clear(self); break;
        default: PyErr_SetString(PyExc_ValueError, "how"); break;
    }
    return failed < 0 ? NULL : PyList_AsTuple(self);
}

static PyObject *
basket_total(PyObject *self, PyObject *unused)
{
    long total = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(self); i++) {
        total += PyLong_AsLong(PyList_GET_ITEM(self, i));
        if (PyErr_Occurred()) {
            return NULL;
        }
    }
    return PyLong_FromLong(total);
}

static PyObject *
basket_born(PyObject *type, PyObject *items)
{
    /* Made by C alone, filled before anything else sees it. */
    PyObject *self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    Py_ssize_t size = self ? PyTuple_Size(items) : -1;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (PyList_Append(self, PyTuple_GET_ITEM(items, i)) < 0) {
            Py_CLEAR(self);
            break;
        }
    }
    return self;
}

static PyObject *
basket_with_itself(PyObject *type, PyObject *unused)
{
    PyObject *self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (self && (PyList_Append(self, self) < 0 || PyList_Append(self, Py_None) < 0)) {
        Py_CLEAR(self);
    }
    return self;
}

static PyMethodDef basket_methods[] = {
    {"add", basket_add, METH_O, NULL},
    {"swap", basket_swap, METH_VARARGS, NULL},
    {"edit", basket_edit, METH_VARARGS, NULL},
    {"total", basket_total, METH_NOARGS, NULL},
    {"born", basket_born, METH_VARARGS | METH_CLASS, NULL},
    {"with_itself", basket_with_itself, METH_NOARGS | METH_CLASS, NULL},
    {0}};
static PyMemberDef basket_members[] = {
    {"changes", Py_T_LONG, offsetof(Basket, changes), 0, NULL}, {"label", _Py_T_OBJECT, offsetof(Basket, label), 0, NULL}, {0}};
static PyMemberDef hamper_members[] = {{"lid", _Py_T_OBJECT, offsetof(Hamper, lid), 0, NULL}, {0}};

static PyTypeObject Basket_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Basket",
    .tp_basicsize = sizeof(Basket),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &PyList_Type,
    .tp_traverse = basket_traverse,
    .tp_clear = basket_clear,
    .tp_dealloc = basket_dealloc,
    .tp_methods = basket_methods,
    .tp_members = basket_members,
};

static int
hamper_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Hamper *)self)->lid);
    return basket_traverse(self, visit, arg);
}

static int
hamper_clear(PyObject *self)
{
    Py_CLEAR(((Hamper *)self)->lid);
    return basket_clear(self);
}

static void
hamper_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Hamper *)self)->lid);
    PyObject_GC_Track(self);
    basket_dealloc(self);
}

static PyTypeObject Hamper_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Hamper",
    .tp_basicsize = sizeof(Hamper),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &Basket_Type,
    .tp_traverse = hamper_traverse,
    .tp_clear = hamper_clear,
    .tp_dealloc = hamper_dealloc,
    .tp_members = hamper_members,
};

/* Ledger: a dict with a field, from a spec. */
typedef struct {
    PyDictObject dict;
    long looked_up;
} Ledger;

static PyObject *
ledger_note(PyObject *self, PyObject *arguments)
{
    PyObject *key, *value;
    if (!PyArg_ParseTuple(arguments, "OO", &key, &value) || PyDict_SetItem(self, key, value) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(PyDict_GET_SIZE(self));
}

static PyObject *
ledger_read(PyObject *self, PyObject *key)
{
    ((Ledger *)self)->looked_up++;
    PyObject *value = PyDict_GetItemWithError(self, key);
    return value || PyErr_Occurred() ? Py_XNewRef(value) : PyUnicode_FromString("nothing");
}

static PyObject *
ledger_entries(PyObject *self, PyObject *unused)
{
    PyObject *key, *value, *list = PyList_New(0);
    Py_ssize_t position = 0;
    while (list && PyDict_Next(self, &position, &key, &value)) {
        PyObject *pair = PyTuple_Pack(2, key, value);
        if (pair == NULL || PyList_Append(list, pair) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *
ledger_edit(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *value = NULL;
    if (!PyArg_ParseTuple(arguments, "s|O", &how, &value)) {
        return NULL;
    }
    int failed = 0;
    switch (how[0]) {
        case 'u': failed = PyDict_Update(self, value); break;
        case 'd': failed = PyDict_DelItem(self, value); break;
        case 's': failed = PyDict_SetDefault(self, value, Py_None) ? 0 : -1; break;
        case 'c': PyDict_Clear(self); break;
        default: break;
    }
    return failed < 0 ? NULL : PyDict_Keys(self);
}

static PyObject *
ledger_born(PyObject *type, PyObject *key)
{
    PyObject *self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    PyObject *base = self ? PyDict_Type.tp_new((PyTypeObject *)type, PyTuple_New(0), NULL) : NULL;
    Py_XDECREF(self);
    if (base && PyDict_SetItem(base, key, Py_True) < 0) {
        Py_CLEAR(base);
    }
    return base;
}

static PyMethodDef ledger_methods[] = {
    {"note", ledger_note, METH_VARARGS, NULL},
    {"read", ledger_read, METH_O, NULL},
    {"entries", ledger_entries, METH_NOARGS, NULL},
    {"edit", ledger_edit, METH_VARARGS, NULL},
    {"born", ledger_born, METH_O | METH_CLASS, NULL},
    {0}};
static PyMemberDef ledger_members[] = {{"looked_up", Py_T_LONG, offsetof(Ledger, looked_up), Py_READONLY, NULL}, {0}};
static PyType_Slot ledger_slots[] = {{Py_tp_methods, ledger_methods}, {Py_tp_members, ledger_members}, {0, NULL}};
static PyType_Spec ledger_spec = {
    "ext_containers.Ledger", sizeof(Ledger), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, ledger_slots};

/* Bag: a set with a field; Sealed: a frozenset that C fills. */
typedef struct {
    PySetObject set;
    long added;
} Bag;

static PyObject *
bag_put(PyObject *self, PyObject *item)
{
    ((Bag *)self)->added++;
    return PySet_Add(self, item) < 0 ? NULL : PyLong_FromSsize_t(PySet_GET_SIZE(self));
}

static PyObject *
bag_has(PyObject *self, PyObject *item)
{
    int found = PySet_Contains(self, item);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

static PyObject *
bag_drop(PyObject *self, PyObject *item)
{
    int found = PySet_Discard(self, item);
    return found < 0 ? NULL : Py_BuildValue("in", found, PySet_Size(self));
}

static PyMethodDef bag_methods[] = {{"put", bag_put, METH_O, NULL}, {"has", bag_has, METH_O, NULL}, {"drop", bag_drop, METH_O, NULL}, {0}};
static PyMemberDef bag_members[] = {{"added", Py_T_LONG, offsetof(Bag, added), Py_READONLY, NULL}, {0}};
static PyTypeObject Bag_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Bag",
    .tp_basicsize = sizeof(Bag),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PySet_Type,
    .tp_methods = bag_methods,
    .tp_members = bag_members,
};

static PyObject *
sealed_of(PyObject *type, PyObject *items)
{
    PyObject *self = PyFrozenSet_Type.tp_new((PyTypeObject *)type, PyTuple_New(0), NULL);
    for (Py_ssize_t i = 0; self && i < PyTuple_GET_SIZE(items); i++) {
        if (PySet_Add(self, PyTuple_GET_ITEM(items, i)) < 0) {
            Py_CLEAR(self);
        }
    }
    return self;
}

static PyMethodDef sealed_methods[] = {{"of", sealed_of, METH_VARARGS | METH_CLASS, NULL}, {0}};
static PyTypeObject Sealed_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Sealed",
    .tp_basicsize = sizeof(PySetObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyFrozenSet_Type,
    .tp_methods = sealed_methods,
};

/* Octets: a bytearray with a field; Phasor: a complex that C makes. */
typedef struct {
    PyByteArrayObject bytes;
    int reads;
} Octets;

static PyObject *
octets_raise(PyObject *self, PyObject *by)
{
    long amount = PyLong_AsLong(by);
    char *start = PyByteArray_AS_STRING(self);
    ((Octets *)self)->reads++;
    for (Py_ssize_t i = 0; i < PyByteArray_GET_SIZE(self); i++) {
        start[i] += (char)amount;
    }
    return PyLong_FromSsize_t(PyByteArray_GET_SIZE(self));
}

static PyObject *
octets_resize(PyObject *self, PyObject *size)
{
    return PyByteArray_Resize(self, PyLong_AsSsize_t(size)) < 0 ? NULL : PyLong_FromSsize_t(PyByteArray_Size(self));
}

static PyObject *
octets_born(PyObject *type, PyObject *size)
{
    PyObject *self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    Py_ssize_t length = PyLong_AsSsize_t(size);
    if (self && PyByteArray_Resize(self, length) < 0) {
        Py_CLEAR(self);
    }
    if (self) {
        memset(PyByteArray_AS_STRING(self), 'o', length);
    }
    return self;
}

static PyMethodDef octets_methods[] = {
    {"raise_", octets_raise, METH_O, NULL}, {"resize", octets_resize, METH_O, NULL}, {"born", octets_born, METH_O | METH_CLASS, NULL}, {0}};
static PyMemberDef octets_members[] = {{"reads", Py_T_INT, offsetof(Octets, reads), Py_READONLY, NULL}, {0}};
static PyTypeObject Octets_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Octets",
    .tp_basicsize = sizeof(Octets),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyByteArray_Type,
    .tp_methods = octets_methods,
    .tp_members = octets_members,
};

static PyObject *
phasor_polar(PyObject *type, PyObject *arguments)
{
    double real, imaginary;
    if (!PyArg_ParseTuple(arguments, "dd", &real, &imaginary)) {
        return NULL;
    }
    PyObject *self = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (self) {
        ((PyComplexObject *)self)->cval = (Py_complex){real, imaginary};
    }
    return self;
}

static PyMethodDef phasor_methods[] = {{"polar", phasor_polar, METH_VARARGS | METH_CLASS, NULL}, {0}};
static PyTypeObject Phasor_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Phasor",
    .tp_basicsize = sizeof(PyComplexObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyComplex_Type,
    .tp_methods = phasor_methods,
};

/* Burst: an exception that holds items of its own and reads its arguments in place. */
typedef struct {
    PyBaseExceptionObject exception;
    PyObject *held;
} Burst;

static int
burst_init(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    if (((PyTypeObject *)PyExc_ValueError)->tp_init(self, arguments, keywords) < 0) {
        return -1;
    }
    Py_XSETREF(((Burst *)self)->held, PyList_New(0));
    return ((Burst *)self)->held ? 0 : -1;
}

static PyObject *
burst_hold(PyObject *self, PyObject *item)
{
    Burst *burst = (Burst *)self;
    if (PyList_Append(burst->held, item) < 0) {
        return NULL;
    }
    return Py_BuildValue("nO", PyList_GET_SIZE(burst->held), burst->exception.args);
}

static int
burst_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Burst *)self)->held);
    return ((PyTypeObject *)PyExc_ValueError)->tp_traverse(self, visit, arg);
}

static int
burst_clear(PyObject *self)
{
    Py_CLEAR(((Burst *)self)->held);
    return ((PyTypeObject *)PyExc_ValueError)->tp_clear(self);
}

static void
burst_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    burst_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyMethodDef burst_methods[] = {{"hold", burst_hold, METH_O, NULL}, {0}};
static PyMemberDef burst_members[] = {{"held", _Py_T_OBJECT, offsetof(Burst, held), 0, NULL}, {0}};
static PyTypeObject Burst_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_containers.Burst",
    .tp_basicsize = sizeof(Burst),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_init = burst_init,
    .tp_traverse = burst_traverse,
    .tp_clear = burst_clear,
    .tp_dealloc = burst_dealloc,
    .tp_methods = burst_methods,
    .tp_members = burst_members,
};

/* What C reads in place of any list or tuple. */
static PyObject *
in_place(PyObject *module, PyObject *value)
{
    Py_ssize_t size = PyList_Check(value) ? PyList_GET_SIZE(value) : PyTuple_Size(value);
    PyObject *text = size < 0 ? NULL : PyUnicode_FromFormat("%zd:", size);
    for (Py_ssize_t i = 0; text && i < size; i++) {
        PyObject *item = PyList_Check(value) ? PyList_GET_ITEM(value, i) : PyTuple_GET_ITEM(value, i);
        Py_SETREF(text, PyUnicode_FromFormat("%U %R", text, item));
    }
    return text;
}

/* A list that C keeps between calls. */
static PyObject *kept;

static PyObject *
keep(PyObject *module, PyObject *value)
{
    Py_XSETREF(kept, Py_NewRef(value));
    Py_RETURN_NONE;
}

static PyObject *
show_kept(PyObject *module, PyObject *unused)
{
    return in_place(module, kept);
}

static PyObject *
items_at_end(PyObject *module, PyObject *unused)
{
    return PyLong_FromSsize_t(last_items);
}

static int
fill(PyObject *module)
{
    Burst_Type.tp_base = (PyTypeObject *)PyExc_ValueError;
    PyTypeObject *types[] = {&Basket_Type, &Hamper_Type, &Bag_Type, &Sealed_Type, &Octets_Type, &Phasor_Type, &Burst_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    PyObject *ledger = PyType_FromSpecWithBases(&ledger_spec, (PyObject *)&PyDict_Type);
    int failed = ledger ? PyModule_AddType(module, (PyTypeObject *)ledger) : -1;
    Py_XDECREF(ledger);
    return failed;
}

/* How many lists and tuples lie in each other, first item by first item, up to a number; and what lies innermost. All read inline. */
static PyObject *
reach(PyObject *module, PyObject *arguments)
{
    PyObject *at;
    Py_ssize_t levels = 0, most;
    if (!PyArg_ParseTuple(arguments, "On", &at, &most)) {
        return NULL;
    }
    for (; levels < most; levels++) {
        if (PyList_Check(at) && PyList_GET_SIZE(at) > 0) {
            at = PyList_GET_ITEM(at, 0);
        } else if (PyTuple_Check(at) && PyTuple_GET_SIZE(at) > 0) {
            at = PyTuple_GET_ITEM(at, 0);
        } else {
            break;
        }
    }
    return Py_BuildValue("nO", levels, at);
}

static PyMethodDef functions[] = {
    {"reach", reach, METH_VARARGS, NULL},
    {"in_place", in_place, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"show_kept", show_kept, METH_NOARGS, NULL},
    {"items_at_end", items_at_end, METH_NOARGS, NULL},
    {0}};

MODULE(ext_containers, "Extended containers.", functions, fill)
