/* Types that meet others: amounts that are a number's second or third operand, lists with fields of their own, nodes of a graph. */
#include "common.h"

typedef struct {
    PyObject_HEAD
    long cents;
} Amount;

static PyTypeObject AmountType;

static PyObject *
amount_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    long cents = 0;
    if (!PyArg_ParseTuple(arguments, "|l", &cents)) {
        return NULL;
    }
    Amount *self = (Amount *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->cents = cents;
    }
    return (PyObject *)self;
}

static PyObject *
amount_power(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    return Py_BuildValue("OOO", Py_TYPE(base), Py_TYPE(exponent), Py_TYPE(modulus));
}

static PyObject *
amount_cents(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Amount *)self)->cents);
}

static int
amount_contains(PyObject *self, PyObject *item)
{
    return PyLong_Check(item);
}

static PyObject *
amount_contains_method(PyObject *self, PyObject *item)
{
    return Py_BuildValue("sO", "method", item);
}

static PyNumberMethods amount_number = {.nb_power = amount_power};
static PySequenceMethods amount_sequence = {.sq_contains = amount_contains};
static PyGetSetDef amount_getset[] = {{"cents", amount_cents, NULL, NULL, NULL}, {0}};
static PyMethodDef amount_methods[] = {{"__contains__", amount_contains_method, METH_O | METH_COEXIST, NULL}, {0}};

static PyTypeObject AmountType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_neighbours.Amount",
    .tp_basicsize = sizeof(Amount),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = amount_new,
    .tp_as_number = &amount_number,
    .tp_as_sequence = &amount_sequence,
    .tp_getset = amount_getset,
    .tp_methods = amount_methods,
};

/* Two lists that keep different things behind the same list. */
typedef struct {
    PyListObject list;
    long count;
} Counted;

typedef struct {
    PyListObject list;
    double sum;
} Summed;

#define EXTENDED(type, member, kind)                                                                                               \
    static PyMemberDef type##_members[] = {{#member, kind, offsetof(type, member), 0, NULL}, {0}};                                 \
    static PyTypeObject type##Type = {                                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_neighbours." #type,                                                          \
        .tp_basicsize = sizeof(type),                                                                                              \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                                      \
        .tp_members = type##_members,                                                                                              \
    };

EXTENDED(Counted, count, Py_T_LONG)
EXTENDED(Summed, sum, Py_T_DOUBLE)

/* Nobody makes instances of it. */
static PyTypeObject LockedType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_neighbours.Locked",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

typedef struct {
    PyObject_HEAD
    PyObject *next;
} Node;

static int
node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)self)->next);
    return 0;
}

static int
node_clear(PyObject *self)
{
    Py_CLEAR(((Node *)self)->next);
    return 0;
}

static void
node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef node_members[] = {{"next", _Py_T_OBJECT, offsetof(Node, next), 0, NULL}, {0}};

static PyTypeObject NodeType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_neighbours.Node",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_dealloc = node_dealloc,
    .tp_members = node_members,
};

static PyObject *
is_unhashable(PyObject *self, PyObject *type)
{
    return PyBool_FromLong(((PyTypeObject *)type)->tp_hash == PyObject_HashNotImplemented);
}

/* What PyIter_Send says, and what it got. */
static PyObject *
sent(PyObject *self, PyObject *arguments)
{
    PyObject *iterator, *value, *result = NULL;
    if (!PyArg_ParseTuple(arguments, "OO", &iterator, &value)) {
        return NULL;
    }
    PySendResult what = PyIter_Send(iterator, value, &result);
    return what == PYGEN_ERROR ? NULL : Py_BuildValue("sN", what == PYGEN_NEXT ? "next" : "return", result);
}

static PyObject *
add_to_set(PyObject *self, PyObject *set)
{
    return PySet_Add(set, Py_None) < 0 ? NULL : Py_NewRef(Py_None);
}

/* A set that nobody else has may be filled, a frozen one too. */
static PyObject *
fill_frozenset(PyObject *self, PyObject *item)
{
    PyObject *set = PyFrozenSet_New(NULL);
    if (set != NULL && (PySet_Add(set, item) < 0 || PySet_Add(set, Py_None) < 0)) {
        Py_CLEAR(set);
    }
    return set;
}

static int
add_types(PyObject *module)
{
    CountedType.tp_base = SummedType.tp_base = &PyList_Type;
    PyTypeObject *types[] = {&AmountType, &CountedType, &SummedType, &LockedType, &NodeType};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyMethodDef functions[] = {
    {"is_unhashable", is_unhashable, METH_O, NULL}, {"sent", sent, METH_VARARGS, NULL},
    {"add_to_set", add_to_set, METH_O, NULL},       {"fill_frozenset", fill_frozenset, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

MODULE(ext_neighbours, "Types that meet others.", functions, add_types)
