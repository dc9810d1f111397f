/* Allocation and reference counts: every allocator, counts as C reads them, objects made and initialised by hand. */
#include "common.h"

/* Fill, grow, shrink and free by each of the three families. */
#define EXERCISE(name, malloc_, calloc_, realloc_, free_)                                                                          \
    static int name(void)                                                                                                          \
    {                                                                                                                              \
        unsigned char *block = malloc_(100), *zeroed = calloc_(10, 10), *none = malloc_(0);                                        \
        if (block == NULL || zeroed == NULL || none == NULL) {                                                                     \
            return -1;                                                                                                             \
        }                                                                                                                          \
        int sum = 0;                                                                                                               \
        for (int i = 0; i < 100; i++) {                                                                                            \
            block[i] = (unsigned char)i;                                                                                           \
            sum += zeroed[i];                                                                                                      \
        }                                                                                                                          \
        block = realloc_(block, 100000);                                                                                           \
        memset(block + 100, 7, 99900);                                                                                             \
        block = realloc_(block, 50);                                                                                               \
        for (int i = 0; i < 50; i++) {                                                                                             \
            sum += block[i] == i ? 0 : 1;                                                                                          \
        }                                                                                                                          \
        free_(block);                                                                                                              \
        free_(zeroed);                                                                                                             \
        free_(none);                                                                                                               \
        free_(NULL);                                                                                                               \
        void *fresh = realloc_(NULL, 10);                                                                                          \
        sum += fresh == NULL;                                                                                                      \
        free_(fresh);                                                                                                              \
        return sum;                                                                                                                \
    }

EXERCISE(mem, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free)
EXERCISE(raw, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree)
EXERCISE(object, PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free)

static PyObject *
allocators(PyObject *self, PyObject *unused)
{
    long *numbers = PyMem_New(long, 10);
    PyMem_Resize(numbers, long, 1000);
    int resized = numbers != NULL;
    PyMem_Free(numbers);
    /* Raw memory is libc's: what C's free may free. */
    char *from_raw = PyMem_RawMalloc(10);
    free(from_raw);
    char *for_raw = malloc(10);
    PyMem_RawFree(for_raw);
    /* Too much is NULL, not a crash. The size is not seen by the compiler. */
    volatile size_t all = (size_t)PY_SSIZE_T_MAX + 1;
    int too_much = PyMem_Malloc(all) == NULL && PyMem_RawMalloc(all) == NULL && PyMem_Calloc(all, 8) == NULL;
    return Py_BuildValue("(iiiii)", mem(), raw(), object(), resized, too_much);
}

/* Counts of values that only C has: the truth that uniqueness tests need. */
static PyObject *
fresh_counts(PyObject *self, PyObject *unused)
{
    PyObject *made[] = {PyList_New(0),          PyTuple_New(2),         PyDict_New(),
                        PySet_New(NULL),        PyLong_FromLong(1L << 40), PyFloat_FromDouble(1.25),
                        PyBytes_FromStringAndSize("ab", 2), PyUnicode_FromString("fresh"), PyByteArray_FromStringAndSize("", 0),
                        PyComplex_FromDoubles(1, 2)};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(made); i++) {
        if (PyTuple_Check(made[i])) {
            PyTuple_SET_ITEM(made[i], 0, Py_NewRef(Py_None));
            PyTuple_SET_ITEM(made[i], 1, Py_NewRef(Py_None));
        }
        Py_ssize_t one = Py_REFCNT(made[i]);
        PyObject *again = Py_NewRef(made[i]);
        Py_ssize_t two = Py_REFCNT(made[i]);
        Py_DECREF(again);
        PyObject *counts = Py_BuildValue("(snnn)", Py_TYPE(made[i])->tp_name, one, two, Py_REFCNT(made[i]));
        if (counts == NULL || PyList_Append(list, counts) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(counts);
        Py_DECREF(made[i]);
    }
    return list;
}

/* What C does with a container of its own leaves it C's own; what Python has seen and keeps is not. */
static PyObject *
container_counts(PyObject *self, PyObject *keep)
{
    PyObject *counts = PyList_New(0), *key = PyUnicode_FromString("a key"), *value = PyFloat_FromDouble(2.5), *found, *made;
    if (!counts || !key || !value) {
        return NULL;
    }
#define NOTE(what, object)                                                                                                         \
    do {                                                                                                                           \
        PyObject *line = Py_BuildValue("(sn)", what, Py_REFCNT(object));                                                           \
        if (!line || PyList_Append(counts, line) < 0) {                                                                            \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        Py_DECREF(line);                                                                                                           \
    } while (0)
    PyObject *dict = PyDict_New();
    if (!dict || PyDict_SetItem(dict, key, value) < 0 || PyDict_SetItemString(dict, "other", Py_None) < 0) {
        return NULL;
    }
    NOTE("dict filled", dict);
    if (PyDict_GetItemWithError(dict, key) == NULL || PyDict_Contains(dict, key) != 1 || PyDict_Size(dict) != 2) {
        return NULL;
    }
    NOTE("dict read", dict);
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &found, NULL)) {
    }
    NOTE("dict walked", dict);
    if (PyDict_DelItemString(dict, "other") < 0) {
        return NULL;
    }
    NOTE("dict shrunk", dict);
    made = PyDict_Copy(dict);
    NOTE("dict copied", made);
    NOTE("dict it was copied from", dict);
    PyDict_Clear(made);
    NOTE("dict cleared", made);
    if (PyDict_Update(made, dict) < 0) {
        return NULL;
    }
    NOTE("dict updated", made);
    NOTE("dict it was updated from", dict);
    Py_DECREF(made);
    PyObject *set = PySet_New(NULL);
    if (!set || PySet_Add(set, key) < 0 || PySet_Contains(set, key) != 1) {
        return NULL;
    }
    NOTE("set", set);
    if (PySet_Discard(set, key) != 1 || PySet_Add(set, value) < 0 || PySet_GET_SIZE(set) != 1) {
        return NULL;
    }
    NOTE("set changed", set);
    made = PyFrozenSet_New(set);
    NOTE("frozenset", made);
    NOTE("set it was made of", set);
    if (PySet_Add(made, key) < 0) {
        return NULL;
    }
    NOTE("frozenset in the making", made);
    Py_DECREF(made);
    PyObject *bytes = PyByteArray_FromStringAndSize("abc", 3);
    if (!bytes || PyByteArray_Resize(bytes, 100) < 0 || PyByteArray_AsString(bytes)[0] != 'a') {
        return NULL;
    }
    NOTE("bytearray resized", bytes);
    /* Python sees them now, and keeps one. */
    PyObject *kept = PyObject_CallFunctionObjArgs(keep, dict, set, bytes, NULL);
    if (!kept) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(NiN)", counts, Py_REFCNT(dict) > 1, kept);
    Py_DECREF(dict);
    Py_DECREF(set);
    Py_DECREF(bytes);
    Py_DECREF(key);
    Py_DECREF(value);
    return result;
}

/* Something that Python holds has more than one. */
static PyObject *
shared(PyObject *self, PyObject *object)
{
    return PyBool_FromLong(Py_REFCNT(object) > 1);
}

/* References that C takes and gives back are counted one by one. */
static PyObject *
difference(PyObject *self, PyObject *object)
{
    Py_ssize_t before = Py_REFCNT(object);
    for (int i = 0; i < 1000; i++) {
        Py_INCREF(object);
    }
    Py_ssize_t more = Py_REFCNT(object) - before;
    for (int i = 0; i < 1000; i++) {
        Py_DECREF(object);
    }
    Py_IncRef(object);
    Py_DecRef(object);
    Py_XINCREF(NULL);
    Py_XDECREF(NULL);
    return Py_BuildValue("(nn)", more, Py_REFCNT(object) - before);
}

static PyObject *
immortals(PyObject *self, PyObject *unused)
{
    PyObject *all[] = {Py_None, Py_True, Py_False, Py_Ellipsis, Py_NotImplemented, (PyObject *)&PyLong_Type, (PyObject *)&PyList_Type};
    int alive = 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(all); i++) {
        for (int times = 0; times < 1000; times++) {
            Py_DECREF(all[i]);
        }
        alive += Py_REFCNT(all[i]) > 1000000;
    }
    PyObject *constants = Py_BuildValue("(NNNN)", Py_GetConstant(Py_CONSTANT_NONE), Py_GetConstant(Py_CONSTANT_ZERO), Py_GetConstant(Py_CONSTANT_EMPTY_STR),
                                        Py_GetConstant(Py_CONSTANT_EMPTY_TUPLE));
    return Py_BuildValue("(iN)", alive, constants);
}

/* Plain: allocated with PyObject_Malloc and made an object by PyObject_Init; freed by hand. */
typedef struct {
    PyObject_HEAD
    int payload;
} Plain;

typedef struct {
    PyObject_VAR_HEAD
    int payload[1];
} Variable;

static int freed;

static void
plain_dealloc(PyObject *self)
{
    freed++;
    PyObject_Free(self);
}

static PyTypeObject Plain_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_memory.Plain",
    .tp_basicsize = sizeof(Plain),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = plain_dealloc,
};

static PyTypeObject Variable_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_memory.Variable",
    .tp_basicsize = offsetof(Variable, payload),
    .tp_itemsize = sizeof(int),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = plain_dealloc,
};

/* Owner: holds a dict that only C refers to, with the owner itself in it. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
} Owner;

static int
owner_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Owner *)self)->dict);
    return 0;
}

static int
owner_clear(PyObject *self)
{
    Py_CLEAR(((Owner *)self)->dict);
    return 0;
}

static void
owner_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    owner_clear(self);
    freed++;
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
owner_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    Owner *self = (Owner *)type->tp_alloc(type, 0);
    if (self && (!(self->dict = PyDict_New()) || PyDict_SetItemString(self->dict, "me", (PyObject *)self) < 0)) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static PyObject *
owner_look(PyObject *self, PyObject *unused)
{
    PyObject *dict = ((Owner *)self)->dict;
    return Py_BuildValue("(nni)", Py_REFCNT(dict), PyDict_Size(dict), PyDict_GetItemString(dict, "me") == self);
}

static PyObject *
owner_show(PyObject *self, PyObject *unused)
{
    return Py_NewRef(((Owner *)self)->dict);
}

static PyMethodDef owner_methods[] = {{"look", owner_look, METH_NOARGS, NULL}, {"show", owner_show, METH_NOARGS, NULL}, {0}};

static PyTypeObject Owner_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_memory.Owner",
    .tp_basicsize = sizeof(Owner),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = owner_traverse,
    .tp_clear = owner_clear,
    .tp_dealloc = owner_dealloc,
    .tp_new = owner_new,
    .tp_methods = owner_methods,
};

static PyObject *
by_hand(PyObject *self, PyObject *unused)
{
    Plain *plain = PyObject_Malloc(sizeof(Plain));
    PyObject_Init((PyObject *)plain, &Plain_Type);
    plain->payload = 5;
    Variable *variable = PyObject_Malloc(sizeof(Variable) + 10 * sizeof(int));
    PyObject_InitVar((PyVarObject *)variable, &Variable_Type, 10);
    Variable *newer = PyObject_NewVar(Variable, &Variable_Type, 3);
    Py_ssize_t sizes = Py_SIZE(variable) * 100 + Py_SIZE(newer);
    Py_DECREF(newer);
    return Py_BuildValue("(NNni)", plain, variable, sizes, freed);
}

static PyObject *
payload(PyObject *self, PyObject *object)
{
    if (!Py_IS_TYPE(object, &Plain_Type)) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(ii)", ((Plain *)object)->payload++, freed);
}

static PyObject *
freed_so_far(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(freed);
}

static int
fill(PyObject *module)
{
    if (PyType_Ready(&Plain_Type) < 0 || PyType_Ready(&Variable_Type) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &Owner_Type);
}

static PyMethodDef functions[] = {
    {"allocators", allocators, METH_NOARGS, NULL},
    {"fresh_counts", fresh_counts, METH_NOARGS, NULL},
    {"container_counts", container_counts, METH_O, NULL},
    {"shared", shared, METH_O, NULL},
    {"difference", difference, METH_O, NULL},
    {"immortals", immortals, METH_NOARGS, NULL},
    {"by_hand", by_hand, METH_NOARGS, NULL},
    {"payload", payload, METH_O, NULL},
    {"freed_so_far", freed_so_far, METH_NOARGS, NULL},
    {0},
};

MODULE(ext_memory, "Memory.", functions, fill)
