/* Views of memory and what is made by hand: buffers copied, the old buffer functions, slices, functions with a defining class, members,
   struct sequences in a static type, data behind an object, tracebacks. */
#include "shapes.h"
#include <structmember.h>

/* Exported, and declared by internal headers alone, or by none. */
extern int PyObject_AsCharBuffer(PyObject *, const char **, Py_ssize_t *);
extern int PyObject_AsReadBuffer(PyObject *, const void **, Py_ssize_t *);
extern int PyObject_AsWriteBuffer(PyObject *, void **, Py_ssize_t *);
extern int PyObject_CheckReadBuffer(PyObject *);
extern PyObject *_PySlice_FromIndices(Py_ssize_t, Py_ssize_t);
extern void _PyTraceback_Add(const char *, const char *, int);

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(PLAIN_O, PyObject_CheckReadBuffer)                                                                                        \
    CALL(INT_OO, PyObject_CopyData)
FUNCTIONS(DEFINE_CALL)

/* old_buffer(how, object): the content; what may be written is turned to upper case. */
static PyObject *
old_buffer(PyObject *self, PyObject *arguments)
{
    const char *how, *text = NULL;
    const void *memory = NULL;
    void *place = NULL;
    PyObject *object;
    Py_ssize_t size = -7;
    if (!PyArg_ParseTuple(arguments, "sO&", &how, nullable, &object)) {
        return NULL;
    }
    int status;
    if (strcmp(how, "char") == 0) {
        status = PyObject_AsCharBuffer(object, &text, &size);
        memory = text;
    } else if (strcmp(how, "read") == 0) {
        status = PyObject_AsReadBuffer(object, &memory, &size);
    } else {
        status = PyObject_AsWriteBuffer(object, &place, &size);
        for (Py_ssize_t i = 0; status == 0 && i < size; i++) {
            ((char *)place)[i] = Py_TOUPPER(((char *)place)[i]);
        }
        memory = place;
    }
    return status < 0 ? NULL : PyBytes_FromStringAndSize(memory, size);
}

/* filled(object, bytes, order): the object's memory from bytes in a row. */
static PyObject *
filled(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    const char *bytes;
    Py_ssize_t size;
    char order;
    if (!PyArg_ParseTuple(arguments, "Oy#c", &object, &bytes, &size, &order)) {
        return NULL;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_FULL) < 0) {
        return NULL;
    }
    int status = PyBuffer_FromContiguous(&view, bytes, size, order);
    PyBuffer_Release(&view);
    return status < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *
strides(PyObject *self, PyObject *arguments)
{
    Py_ssize_t shape[3], found[3] = {-7, -7, -7};
    int dimensions, size;
    char order;
    if (!PyArg_ParseTuple(arguments, "i(nnn)ic", &dimensions, &shape[0], &shape[1], &shape[2], &size, &order)) {
        return NULL;
    }
    PyBuffer_FillContiguousStrides(dimensions, shape, found, size, order);
    return Py_BuildValue("(nnn)", found[0], found[1], found[2]);
}

/* A memoryview of memory that no object has. */
static PyObject *
view_of_buffer(PyObject *self, PyObject *arguments)
{
    static char memory[12] = "abcdefghijkl";
    static Py_ssize_t shape[] = {3, 4}, over[] = {4, 1};
    const char *format;
    int dimensions, readonly;
    if (!PyArg_ParseTuple(arguments, "zii", &format, &dimensions, &readonly)) {
        return NULL;
    }
    Py_buffer view = {.buf = memory, .len = dimensions ? 12 : 1, .readonly = readonly, .itemsize = 1, .format = (char *)format, .ndim = dimensions};
    if (dimensions > 1) {
        view.shape = shape;
        view.strides = over;
    }
    return PyMemoryView_FromBuffer(&view);
}

static PyObject *
view_of_nothing(PyObject *self, PyObject *unused)
{
    Py_buffer view = {.buf = NULL, .len = 0, .itemsize = 1, .ndim = 1};
    return PyMemoryView_FromBuffer(&view);
}

static PyObject *
slices(PyObject *self, PyObject *arguments)
{
    PyObject *slice;
    Py_ssize_t length, start = -7, stop = -7, step = -7;
    if (!PyArg_ParseTuple(arguments, "On", &slice, &length)) {
        return NULL;
    }
    int status = PySlice_GetIndices(slice, length, &start, &stop, &step);
    if (PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("(innnN)", status, start, stop, step, _PySlice_FromIndices(start, stop));
}

/* ---- functions ---- */

static PyObject *
of_class(PyObject *self, PyTypeObject *defining, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    return Py_BuildValue("(Osnn)", self ? self : Py_Ellipsis, defining ? defining->tp_name : "no class", count, names ? PyTuple_GET_SIZE(names) : 0);
}

static PyObject *
simple(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(OO)", self ? self : Py_Ellipsis, argument);
}

static PyMethodDef of_class_def = {"of_class", METHOD(of_class), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, "With its class."};
static PyMethodDef simple_def = {"simple", simple, METH_O, "Simple."};
static PyMethodDef wrong_def = {"wrong", simple, METH_O | METH_NOARGS | METH_VARARGS, NULL};

/* made_function(how, self, module, class) */
static PyObject *
made_function(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *object, *module, *cls;
    if (!PyArg_ParseTuple(arguments, "sO&O&O&", &how, nullable, &object, nullable, &module, nullable, &cls)) {
        return NULL;
    }
    PyMethodDef *def = strcmp(how, "of_class") == 0 ? &of_class_def : strcmp(how, "simple") == 0 ? &simple_def : &wrong_def;
    return PyCMethod_New(def, object, module, (PyTypeObject *)cls);
}

static PyObject *
function_of(PyObject *self, PyObject *object)
{
    PyCFunction function = PyCFunction_GetFunction(object);
    if (function == NULL) {
        return given(NULL);
    }
    return PyUnicode_FromString(function == simple ? "simple" : function == (PyCFunction)(void (*)(void))of_class ? "of_class" : "another");
}

/* ---- static types ---- */

typedef struct {
    PyObject_HEAD
    int number;
} Numbered;

static PyMemberDef numbered_member = {"number", Py_T_INT, offsetof(Numbered, number), 0, "A number."};

static PyTypeObject Numbered_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_views.Numbered",
    .tp_basicsize = sizeof(Numbered),
    .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

/* A member that no table has. */
static PyObject *
member_descriptor(PyObject *self, PyObject *unused)
{
    return PyDescr_NewMember(&Numbered_Type, &numbered_member);
}

static PyStructSequence_Field fields[] = {{"first", "The first."}, {"second", NULL}, {"third", NULL}, {0}};
static PyStructSequence_Desc pair_description = {"ext_views.Pair", "Two, and one more.", fields, 2};
static PyStructSequence_Desc other_description = {"ext_views.Other", NULL, fields, 3};
static PyTypeObject Pair_Type, Other_Type;

static PyObject *
pair(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    PyTypeObject *types[] = {&Pair_Type, &Other_Type};
    for (int i = 0; list && i < 2; i++) {
        PyObject *made = PyStructSequence_New(types[i]);
        for (int field = 0; made && field < 3; field++) {
            PyStructSequence_SetItem(made, field, PyLong_FromLong(field));
        }
        if (made == NULL || PyList_Append(list, made) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(made);
    }
    return list;
}

/* Data behind the objects of a class that does not know how large its base is. */
typedef struct {
    long marks[3];
} Extra;

static PyType_Slot behind_slots[] = {{0, NULL}};
static PyType_Spec behind_spec = {"ext_views.Behind", -(int)sizeof(Extra), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, behind_slots};

static PyType_Slot items_slots[] = {{0, NULL}};
static PyType_Spec items_spec = {"ext_views.Items", sizeof(PyVarObject) + 16, sizeof(long),
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_ITEMS_AT_END, items_slots};

static PyObject *
behind(PyObject *self, PyObject *base)
{
    PyObject *type = PyType_FromSpecWithBases(&behind_spec, base);
    PyObject *made = type ? PyObject_CallNoArgs(type) : NULL;
    Extra *extra = made ? PyObject_GetTypeData(made, (PyTypeObject *)type) : NULL;
    if (extra == NULL) {
        Py_XDECREF(made);
        Py_XDECREF(type);
        return NULL;
    }
    long before = extra->marks[0] + extra->marks[2];
    extra->marks[0] = extra->marks[2] = 42;
    Py_ssize_t size = PyType_GetTypeDataSize((PyTypeObject *)type);
    PyObject *result = Py_BuildValue("(Nili)", made, size >= (Py_ssize_t)sizeof(Extra), before, ((PyTypeObject *)type)->tp_itemsize == 0);
    Py_DECREF(type);
    return result;
}

static PyObject *
items_at_end(PyObject *self, PyObject *unused)
{
    PyObject *type = PyType_FromSpec(&items_spec);
    PyObject *made = type ? (PyObject *)PyType_GenericAlloc((PyTypeObject *)type, 3) : NULL;
    long *items = made ? PyObject_GetItemData(made) : NULL;
    if (items == NULL) {
        return NULL;
    }
    Py_ssize_t distance = (char *)items - (char *)made - ((PyTypeObject *)type)->tp_basicsize;
    items[2] = 5;
    PyObject *result = Py_BuildValue("(nnl)", distance, Py_SIZE(made), items[0]);
    Py_DECREF(made);
    Py_DECREF(type);
    return result;
}

static PyObject *
item_data(PyObject *self, PyObject *object)
{
    void *data = PyObject_GetItemData(object);
    return data ? Py_NewRef(Py_True) : given(NULL);
}

/* The pending exception gets a frame that no code has. */
static PyObject *
raised_at(PyObject *self, PyObject *arguments)
{
    const char *function, *file;
    int line;
    if (!PyArg_ParseTuple(arguments, "ssi", &function, &file, &line)) {
        return NULL;
    }
    PyErr_SetString(PyExc_ValueError, "placed");
    _PyTraceback_Add(function, file, line);
    return NULL;
}

/* ---- watched dicts ---- */

static PyObject *seen;

static int
watch(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value)
{
    static const char *const names[] = {"added", "modified", "deleted", "cloned", "cleared", "deallocated"};
    PyObject *entry = Py_BuildValue("(sOO)", names[event], key ? key : Py_None, value ? (PyDict_Check(value) ? Py_Ellipsis : value) : Py_None);
    int status = entry ? PyList_Append(seen, entry) : -1;
    Py_XDECREF(entry);
    return status;
}

static PyObject *
watched(PyObject *self, PyObject *arguments)
{
    PyObject *dict, *call;
    if (!PyArg_ParseTuple(arguments, "OO", &dict, &call)) {
        return NULL;
    }
    int id = PyDict_AddWatcher(watch);
    if (id < 0) {
        return NULL;
    }
    seen = PyList_New(0);
    int status = PyDict_Watch(id, dict);
    PyObject *result = status < 0 ? NULL : PyObject_CallOneArg(call, dict);
    status |= result ? PyDict_Unwatch(id, dict) : -1;
    PyObject *after = status < 0 ? NULL : PyObject_CallOneArg(call, dict);
    PyObject *error = PyErr_GetRaisedException();
    PyDict_ClearWatcher(id);
    PyErr_SetRaisedException(error);
    Py_XDECREF(result);
    PyObject *found = seen;
    seen = NULL;
    if (after == NULL) {
        Py_DECREF(found);
        return NULL;
    }
    Py_DECREF(after);
    return found;
}

static int
fill(PyObject *module)
{
    PyStructSequence_InitType(&Pair_Type, &pair_description);
    if (PyErr_Occurred() || PyStructSequence_InitType2(&Other_Type, &other_description) < 0 || PyModule_AddType(module, &Pair_Type) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &Numbered_Type);
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    OWN_ENTRY(old_buffer) OWN_ENTRY(filled) OWN_ENTRY(strides) OWN_ENTRY(view_of_buffer) OWN_ENTRY(slices) OWN_ENTRY(made_function)
    OWN_ENTRY(raised_at) OWN_ENTRY(watched)
    {"view_of_nothing", view_of_nothing, METH_NOARGS, NULL},
    {"function_of", function_of, METH_O, NULL},
    {"member_descriptor", member_descriptor, METH_NOARGS, NULL},
    {"pair", pair, METH_NOARGS, NULL},
    {"behind", behind, METH_O, NULL},
    {"items_at_end", items_at_end, METH_NOARGS, NULL},
    {"item_data", item_data, METH_O, NULL},
    {0},
};

MODULE(ext_views, "Views.", functions, fill)
