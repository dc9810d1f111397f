/* Types over containers whose destructors look at what the container holds, as long as it holds it. */
#include "common.h"

static PyObject *seen;

static void
note(PyObject *text)
{
    if (text == NULL || (seen && PyList_Append(seen, text) < 0)) {
        PyErr_Clear();
    }
    Py_XDECREF(text);
}

typedef struct {
    PyDictObject dict;
    long mark;
} Table;

static void
table_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject *key, *value;
    Py_ssize_t position = 0;
    note(PyUnicode_FromFormat("table of %zd", PyDict_Size(self)));
    while (PyDict_Next(self, &position, &key, &value)) {
        note(PyUnicode_FromFormat("%R: %R", key, value));
    }
    PyObject *one = PyUnicode_FromString("one");
    PyObject *found = PyDict_GetItemWithError(self, one);
    note(PyUnicode_FromFormat("one is %R", found ? found : Py_None));
    Py_DECREF(one);
    PyDict_Clear(self);
    note(PyUnicode_FromFormat("then %zd, mark %ld", PyDict_Size(self), ((Table *)self)->mark));
    PyObject_GC_Track(self);
    PyDict_Type.tp_dealloc(self);
}

static int
table_traverse(PyObject *self, visitproc visit, void *arg)
{
    return PyDict_Type.tp_traverse(self, visit, arg);
}

static int
table_clear(PyObject *self)
{
    return PyDict_Type.tp_clear(self);
}

static PyMemberDef table_members[] = {{"mark", Py_T_LONG, offsetof(Table, mark), 0, NULL}, {0}};
static PyTypeObject Table_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_endings.Table",
    .tp_basicsize = sizeof(Table),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &PyDict_Type,
    .tp_traverse = table_traverse,
    .tp_clear = table_clear,
    .tp_dealloc = table_dealloc,
    .tp_members = table_members,
};

typedef struct {
    PyListObject list;
    long mark;
} Row;

static void
row_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    note(PyUnicode_FromFormat("row of %zd", PyList_GET_SIZE(self)));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(self); i++) {
        note(PyUnicode_FromFormat("%R", PyList_GET_ITEM(self, i)));
    }
    if (PyList_SetSlice(self, 0, 1, NULL) < 0 || PyList_Append(self, Py_None) < 0) {
        PyErr_Clear();
    }
    note(PyUnicode_FromFormat("then %zd, mark %ld", PyList_Size(self), ((Row *)self)->mark));
    PyObject_GC_Track(self);
    PyList_Type.tp_dealloc(self);
}

static PyMemberDef row_members[] = {{"mark", Py_T_LONG, offsetof(Row, mark), 0, NULL}, {0}};
static PyTypeObject Row_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_endings.Row",
    .tp_basicsize = sizeof(Row),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyList_Type,
    .tp_dealloc = row_dealloc,
    .tp_members = row_members,
};

typedef struct {
    PySetObject set;
    long mark;
} Heap;

static void
heap_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject *one = PyLong_FromLong(1);
    note(PyUnicode_FromFormat("heap of %zd, 1 in it: %d", PySet_Size(self), PySet_Contains(self, one)));
    Py_DECREF(one);
    if (PySet_Clear(self) < 0) {
        PyErr_Clear();
    }
    note(PyUnicode_FromFormat("then %zd, mark %ld", PySet_GET_SIZE(self), ((Heap *)self)->mark));
    PyObject_GC_Track(self);
    PySet_Type.tp_dealloc(self);
}

static PyMemberDef heap_members[] = {{"mark", Py_T_LONG, offsetof(Heap, mark), 0, NULL}, {0}};
static PyTypeObject Heap_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_endings.Heap",
    .tp_basicsize = sizeof(Heap),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PySet_Type,
    .tp_dealloc = heap_dealloc,
    .tp_members = heap_members,
};

typedef struct {
    PyBaseExceptionObject exception;
    long mark;
} Failure;

static void
failure_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject *arguments = ((PyBaseExceptionObject *)self)->args;
    note(PyUnicode_FromFormat("failure with %R, mark %ld", arguments ? arguments : Py_None, ((Failure *)self)->mark));
    ((PyTypeObject *)PyExc_Exception)->tp_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef failure_members[] = {{"mark", Py_T_LONG, offsetof(Failure, mark), 0, NULL}, {0}};
static PyTypeObject Failure_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_endings.Failure",
    .tp_basicsize = sizeof(Failure),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = failure_dealloc,
    .tp_members = failure_members,
};

static PyObject *
watch(PyObject *module, PyObject *list)
{
    Py_XSETREF(seen, Py_NewRef(list));
    Py_RETURN_NONE;
}

/* Made by C and gone before Python sees it. */
static PyObject *
briefly(PyObject *module, PyObject *type)
{
    PyObject *nothing = PyTuple_New(0);
    PyObject *made = nothing ? ((PyTypeObject *)type)->tp_new((PyTypeObject *)type, nothing, NULL) : NULL;
    Py_XDECREF(nothing);
    if (made == NULL) {
        return NULL;
    }
    if (PyList_Check(made) && PyList_Append(made, Py_True) < 0) {
        PyErr_Clear();
    }
    Py_DECREF(made);
    Py_RETURN_NONE;
}

static int
fill(PyObject *module)
{
    Failure_Type.tp_base = (PyTypeObject *)PyExc_Exception;
    PyTypeObject *types[] = {&Table_Type, &Row_Type, &Heap_Type, &Failure_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyMethodDef functions[] = {{"watch", watch, METH_O, NULL}, {"briefly", briefly, METH_O, NULL}, {0}};

MODULE(ext_endings, "Ends of containers.", functions, fill)
