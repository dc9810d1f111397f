/* Types that fill some of the slots that belong together, over any base; and what C sees of errors and lists that Python code had
   its hands on meanwhile. */
#include "shapes.h"

static PyObject *
item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index > 3) {
        PyErr_SetString(PyExc_IndexError, "item");
        return NULL;
    }
    return PyUnicode_FromFormat("item %zd", index);
}

static int
set_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    PyErr_Format(PyExc_KeyError, "set item %zd", index);
    return -1;
}

static PyObject *
subscript(PyObject *self, PyObject *key)
{
    return PyUnicode_FromFormat("subscript %R", key);
}

static Py_ssize_t
four(PyObject *self)
{
    return 4;
}

static Py_ssize_t
five(PyObject *self)
{
    return 5;
}

static PyObject *
concat(PyObject *self, PyObject *other)
{
    return PyUnicode_FromFormat("concat %s", Py_TYPE(other)->tp_name);
}

static PyObject *
repeat(PyObject *self, Py_ssize_t count)
{
    return PyUnicode_FromFormat("repeat %zd", count);
}

static Py_hash_t
hash(PyObject *self)
{
    return 77;
}

static PyObject *
get_any(PyObject *self, char *name)
{
    return PyUnicode_FromFormat("any %s", name);
}

static const struct {
    const char *name;
    PyType_Slot slot;
} known[] = {
    {"sq_item", {Py_sq_item, item}},
    {"sq_ass_item", {Py_sq_ass_item, set_item}},
    {"mp_subscript", {Py_mp_subscript, subscript}},
    {"sq_length", {Py_sq_length, four}},
    {"mp_length", {Py_mp_length, five}},
    {"sq_concat", {Py_sq_concat, concat}},
    {"sq_repeat", {Py_sq_repeat, repeat}},
    {"tp_hash", {Py_tp_hash, hash}},
    {"no hash", {Py_tp_hash, PyObject_HashNotImplemented}},
    {"tp_getattr", {Py_tp_getattr, get_any}},
};

/* make(base, *slots): a type with these slots alone. */
static PyObject *
make(PyObject *self, PyObject *arguments)
{
    PyType_Slot slots[sizeof known / sizeof *known + 1];
    int used = 0;
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(arguments); i++) {
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (PyUnicode_EqualToUTF8(PyTuple_GET_ITEM(arguments, i), known[k].name)) {
                slots[used++] = known[k].slot;
            }
        }
    }
    slots[used] = (PyType_Slot){0, NULL};
    PyType_Spec spec = {"ext_partial.Made", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    return PyType_FromSpecWithBases(&spec, PyTuple_GET_ITEM(arguments, 0));
}

static PyObject *
parts(PyObject *error)
{
    PyObject *context = PyException_GetContext(error);
    return Py_BuildValue("NN", error, context ? context : Py_NewRef(Py_None));
}

/* Errors of the API's and of the interpreter's own as C fetches them, with their contexts. */
static PyObject *
fetched(PyObject *self, PyObject *kind)
{
    switch (PyLong_AsLong(kind)) {
    case 0:
        PyErr_BadArgument();
        break;
    case 1:
        PyErr_NoMemory();
        break;
    case 2:
        PyErr_SetString(PyExc_ValueError, "set");
        break;
    case 3:
        Py_XDECREF(PyNumber_Add(Py_None, Py_None));
        break;
    default:
        Py_XDECREF(PyObject_CallNoArgs((PyObject *)&PySlice_Type));
    }
    return parts(PyErr_GetRaisedException());
}

/* PyErr_GetExcInfo: None or NULL, for each of the three. */
static PyObject *
handled(PyObject *self, PyObject *error)
{
    PyObject *before = PyErr_GetHandledException(), *three[3], *shown = PyTuple_New(3);
    PyErr_SetHandledException(error == Py_None ? NULL : error);
    PyErr_GetExcInfo(three, three + 1, three + 2);
    PyErr_SetHandledException(before);
    Py_XDECREF(before);
    for (int i = 0; i < 3; i++) {
        PyTuple_SET_ITEM(shown, i, PyUnicode_FromString(!three[i] ? "NULL" : three[i] == Py_None ? "None" : "there"));
        Py_XDECREF(three[i]);
    }
    return shown;
}

static PyObject *diary;

static PyObject *
keep_diary(PyObject *self, PyObject *list)
{
    Py_XSETREF(diary, list == Py_None ? NULL : Py_NewRef(list));
    Py_RETURN_NONE;
}

static void
note(const char *what)
{
    PyObject *text = PyUnicode_FromString(what);
    PyList_Append(diary, text);
    Py_DECREF(text);
}

typedef struct {
    PyObject_HEAD
    PyObject *weak;
} Writer;

static void
writer_finalize(PyObject *self)
{
    note("finalizer");
}

static void
writer_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    PyObject_ClearWeakRefs(self);
    note("destructor");
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef writer_members[] = {{"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Writer, weak), Py_READONLY, NULL}, {0}};
static PyType_Slot writer_slots[] = {
    {Py_tp_finalize, writer_finalize}, {Py_tp_dealloc, writer_dealloc}, {Py_tp_members, writer_members}, {0, NULL}};
static PyType_Spec writer_spec = {"ext_partial.Writer", sizeof(Writer), 0, Py_TPFLAGS_DEFAULT, writer_slots};

#define is_gc(object) PyObject_IS_GC((PyObject *)object)
#define FUNCTIONS(CALL)                                                                                                            \
    CALL(NEW_OO, PySequence_Concat)                                                                                                \
    CALL(NEW_OO, PySequence_InPlaceConcat)                                                                                         \
    CALL(NEW_ON, PySequence_Repeat)                                                                                                \
    CALL(NEW_ON, PySequence_InPlaceRepeat)                                                                                         \
    CALL(NEW_ON, PySequence_GetItem)                                                                                               \
    CALL(PLAIN_O, is_gc)
FUNCTIONS(DEFINE_CALL)

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY){"make", make, METH_VARARGS, NULL},
    {"fetched", fetched, METH_O, NULL},
    {"handled", handled, METH_O, NULL},
    {"keep_diary", keep_diary, METH_O, NULL},
    {0},
};

static int
add_writer(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&writer_spec);
    return type ? PyModule_Add(module, "Writer", type) : -1;
}

MODULE(ext_partial, "Slots that belong together, filled in part.", functions, add_writer)
