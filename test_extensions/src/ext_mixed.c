/* Small types that Python classes derive from and join: each brings slots of one group. Which functions a class got of them; and how
 * an object's address, its hash and its buffer look to C. */
#include "common.h"

static PyObject *
power_of(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    return Py_BuildValue("sOOO", "power", Py_TYPE(base), Py_TYPE(exponent), Py_TYPE(modulus));
}

static PyObject *
compare(const char *who, int op)
{
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    return PyUnicode_FromFormat("%s %s", who, names[op]);
}

static PyObject *
compared(PyObject *self, PyObject *other, int op)
{
    return compare("Compared", op);
}

static PyObject *
again_compared(PyObject *self, PyObject *other, int op)
{
    return compare("Again", op);
}

static Py_hash_t
hash_of_compared(PyObject *self)
{
    return 11;
}

static Py_hash_t
hash_of_hashed(PyObject *self)
{
    return 22;
}

static PyNumberMethods number = {.nb_power = power_of};

#define TYPE(name, ...)                                                                                                            \
    static PyTypeObject name = {                                                                                                   \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_mixed." #name,                                                               \
        .tp_basicsize = sizeof(PyObject),                                                                                          \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                                                      \
        .tp_new = PyType_GenericNew,                                                                                               \
        __VA_ARGS__                                                                                                                \
    }

TYPE(Plain, .tp_doc = NULL);
TYPE(Number, .tp_as_number = &number);
TYPE(Compared, .tp_richcompare = compared, .tp_hash = hash_of_compared);
TYPE(Again, .tp_richcompare = again_compared);
TYPE(Hashed, .tp_hash = hash_of_hashed);

/* A dict in the instance, and nothing that shows it. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
} Keeping;

static void
keeping_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Keeping *)self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static int
keeping_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Keeping *)self)->dict);
    return 0;
}

static int
keeping_clear(PyObject *self)
{
    Py_CLEAR(((Keeping *)self)->dict);
    return 0;
}

static PyTypeObject KeepingType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_mixed.Keeping",
    .tp_basicsize = sizeof(Keeping),
    .tp_dictoffset = offsetof(Keeping, dict),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_dealloc = keeping_dealloc,
    .tp_traverse = keeping_traverse,
    .tp_clear = keeping_clear,
};

/* What the field of a Keeping holds. */
static PyObject *
in_field(PyObject *self, PyObject *object)
{
    if (!PyObject_TypeCheck(object, &KeepingType)) {
        return PyErr_Format(PyExc_TypeError, "no Keeping");
    }
    PyObject *dict = ((Keeping *)object)->dict;
    return Py_NewRef(dict == NULL ? Py_None : dict);
}

/* (the first type that has a class's tp_richcompare, the first that has its tp_hash), among object and those here. */
static PyObject *
slots_from(PyObject *self, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    PyTypeObject *const all[] = {&PyBaseObject_Type, &Compared, &Again, &Hashed};
    const char *compares = type->tp_richcompare == NULL ? "none" : "its own", *hashes = type->tp_hash == NULL ? "none" : "its own";
    for (size_t i = Py_ARRAY_LENGTH(all); i-- > 0;) {
        if (type->tp_richcompare == all[i]->tp_richcompare && all[i]->tp_richcompare != NULL) {
            compares = all[i]->tp_name;
        }
        if (type->tp_hash == all[i]->tp_hash) {
            hashes = all[i]->tp_name;
        }
    }
    if (type->tp_hash == PyObject_HashNotImplemented) {
        hashes = "not hashable";
    }
    return Py_BuildValue("ss", compares, hashes);
}

static PyObject *
hashes(PyObject *self, PyObject *object)
{
    Py_hash_t hash = PyObject_Hash(object);
    if (hash == -1) {
        return NULL;
    }
    Py_hash_t of_address = Py_HashPointer(object), generic = PyObject_GenericHash(object);
    return Py_BuildValue("sOsO", "hash", hash == of_address ? Py_True : Py_False, "generic", generic == of_address ? Py_True : Py_False);
}

static PyObject *
sizes(PyObject *self, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    return Py_BuildValue("nnnn", type->tp_basicsize, type->tp_itemsize, type->tp_dictoffset, type->tp_weaklistoffset);
}

/* Buffers that are held: (whose it is, that type, its length). */
static Py_buffer held[8];
static int held_count;

static PyObject *
hold(PyObject *self, PyObject *object)
{
    if (PyObject_GetBuffer(object, &held[held_count], PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    Py_buffer *view = &held[held_count++];
    return Py_BuildValue("sOn", view->obj == NULL ? "nobody's" : view->obj == object ? "its own" : "another's",
                         view->obj == NULL ? Py_None : (PyObject *)Py_TYPE(view->obj), view->len);
}

static PyObject *
release(PyObject *self, PyObject *nothing)
{
    Py_buffer *view = &held[--held_count];
    PyBuffer_Release(view);
    PyBuffer_Release(view);
    return PyBool_FromLong(view->obj == NULL);
}

/* The object that a memory view's buffer names. */
static PyObject *
owner(PyObject *self, PyObject *object)
{
    if (!PyMemoryView_Check(object)) {
        return PyErr_Format(PyExc_TypeError, "no memoryview");
    }
    PyObject *base = PyMemoryView_GET_BASE(object);
    return Py_BuildValue("OO", base == NULL ? Py_None : (PyObject *)Py_TYPE(base), base == NULL ? Py_None : base);
}

static PyMethodDef methods[] = {
    {"in_field", in_field, METH_O, NULL},
    {"slots_from", slots_from, METH_O, NULL},
    {"hashes", hashes, METH_O, NULL},
    {"sizes", sizes, METH_O, NULL},
    {"hold", hold, METH_O, NULL},
    {"release", release, METH_NOARGS, NULL},
    {"owner", owner, METH_O, NULL},
    {0},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext_mixed", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC
PyInit_ext_mixed(void)
{
    PyTypeObject *const all[] = {&Plain, &Number, &Compared, &Again, &Hashed, &KeepingType};
    PyObject *made = PyModule_Create(&module);
    for (size_t i = 0; made != NULL && i < Py_ARRAY_LENGTH(all); i++) {
        if (PyModule_AddType(made, all[i]) < 0) {
            Py_CLEAR(made);
        }
    }
    return made;
}
