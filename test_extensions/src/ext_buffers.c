/* The buffer protocol: an exporter with format, shape and strides, and a consumer that reads any exporter. */
#include "common.h"

/* Grid(rows, columns): int32 cells, exported as often as one likes. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t shape[2], strides[2];
    int exports, releases, refuse;
    int32_t *cells;
} Grid;

static PyObject *
grid_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Py_ssize_t rows, columns;
    if (!PyArg_ParseTuple(arguments, "nn", &rows, &columns)) {
        return NULL;
    }
    Grid *self = (Grid *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->cells = PyMem_New(int32_t, rows * columns);
    for (Py_ssize_t i = 0; i < rows * columns; i++) {
        self->cells[i] = (int32_t)i;
    }
    self->shape[0] = rows;
    self->shape[1] = columns;
    self->strides[0] = columns * (Py_ssize_t)sizeof(int32_t);
    self->strides[1] = sizeof(int32_t);
    return (PyObject *)self;
}

static void
grid_dealloc(Grid *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(self->cells);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static int
grid_get_buffer(PyObject *exporter, Py_buffer *view, int flags)
{
    Grid *self = (Grid *)exporter;
    view->obj = NULL;
    if (self->refuse) {
        PyErr_SetString(PyExc_BufferError, "the grid refuses");
        return -1;
    }
    view->buf = self->cells;
    view->len = self->shape[0] * self->shape[1] * (Py_ssize_t)sizeof(int32_t);
    view->readonly = 0;
    view->itemsize = sizeof(int32_t);
    view->format = (flags & PyBUF_FORMAT) ? "i" : NULL;
    view->ndim = (flags & PyBUF_ND) ? 2 : 1;
    view->shape = (flags & PyBUF_ND) ? self->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? self->strides : NULL;
    view->suboffsets = NULL;
    view->internal = (void *)"grid";
    view->obj = Py_NewRef(exporter);
    self->exports++;
    return 0;
}

static void
grid_release_buffer(PyObject *exporter, Py_buffer *view)
{
    Grid *self = (Grid *)exporter;
    if (view->internal && strcmp(view->internal, "grid") == 0) {
        self->releases++;
    }
}

static PyMemberDef grid_members[] = {
    {"exports", Py_T_INT, offsetof(Grid, exports), Py_READONLY, NULL},
    {"releases", Py_T_INT, offsetof(Grid, releases), Py_READONLY, NULL},
    {"refuse", Py_T_INT, offsetof(Grid, refuse), 0, NULL},
    {0},
};

static PyType_Slot grid_slots[] = {
    {Py_tp_new, grid_new},
    {Py_tp_dealloc, grid_dealloc},
    {Py_tp_members, grid_members},
    {Py_bf_getbuffer, grid_get_buffer},
    {Py_bf_releasebuffer, grid_release_buffer},
    {0, NULL},
};

static PyType_Spec grid_spec = {"ext_buffers.Grid", sizeof(Grid), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, grid_slots};

/* Fixed: read-only bytes, by PyBuffer_FillInfo. */
static int
fixed_get_buffer(PyObject *exporter, Py_buffer *view, int flags)
{
    static char text[] = "fixed text";
    return PyBuffer_FillInfo(view, exporter, text, (Py_ssize_t)strlen(text), 1, flags);
}

static PyType_Slot fixed_slots[] = {{Py_bf_getbuffer, fixed_get_buffer}, {0, NULL}};
static PyType_Spec fixed_spec = {"ext_buffers.Fixed", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, fixed_slots};

static PyObject *
sizes(const Py_ssize_t *values, int count)
{
    if (values == NULL) {
        return Py_NewRef(Py_None);
    }
    PyObject *tuple = PyTuple_New(count);
    for (int i = 0; tuple && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(values[i]));
    }
    return tuple;
}

static PyObject *
described(PyObject *self, PyObject *arguments)
{
    PyObject *exporter;
    int flags;
    Py_buffer view;
    if (!PyArg_ParseTuple(arguments, "Oi", &exporter, &flags) || PyObject_GetBuffer(exporter, &view, flags) < 0) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("{s:n,s:n,s:i,s:s,s:i,s:N,s:N,s:i,s:i,s:i}", "len", view.len, "itemsize", view.itemsize, "readonly",
                                     view.readonly, "format", view.format ? view.format : "NULL", "ndim", view.ndim, "shape",
                                     sizes(view.shape, view.ndim), "strides", sizes(view.strides, view.ndim), "C",
                                     PyBuffer_IsContiguous(&view, 'C'), "F", PyBuffer_IsContiguous(&view, 'F'), "owner", view.obj == exporter);
    PyBuffer_Release(&view);
    if (view.obj != NULL) {
        PyErr_SetString(PyExc_AssertionError, "released, but obj is still set");
        return NULL;
    }
    /* A second release is nothing. */
    PyBuffer_Release(&view);
    return result;
}

/* The bytes in C order, whatever the layout, and one item by its indices. */
static PyObject *
copied(PyObject *self, PyObject *exporter)
{
    Py_buffer view;
    if (PyObject_GetBuffer(exporter, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, view.len);
    if (bytes && PyBuffer_ToContiguous(PyBytes_AS_STRING(bytes), &view, view.len, 'C') < 0) {
        Py_CLEAR(bytes);
    }
    PyBuffer_Release(&view);
    return bytes;
}

static PyObject *
item(PyObject *self, PyObject *arguments)
{
    PyObject *exporter;
    Py_ssize_t indices[2];
    Py_buffer view;
    if (!PyArg_ParseTuple(arguments, "Onn", &exporter, &indices[0], &indices[1]) || PyObject_GetBuffer(exporter, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    int32_t value = *(int32_t *)PyBuffer_GetPointer(&view, indices);
    PyBuffer_Release(&view);
    return PyLong_FromLong(value);
}

static PyObject *
fill_with(PyObject *self, PyObject *arguments)
{
    PyObject *exporter;
    int byte;
    Py_buffer view;
    if (!PyArg_ParseTuple(arguments, "Oi", &exporter, &byte) || PyObject_GetBuffer(exporter, &view, PyBUF_WRITABLE) < 0) {
        return NULL;
    }
    memset(view.buf, byte, view.len);
    PyBuffer_Release(&view);
    return Py_NewRef(exporter);
}

/* A view that C keeps over several calls: the exporter may not move nor resize. */
static Py_buffer held;

static PyObject *
hold(PyObject *self, PyObject *exporter)
{
    return PyObject_GetBuffer(exporter, &held, PyBUF_SIMPLE) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
held_bytes(PyObject *self, PyObject *unused)
{
    return PyBytes_FromStringAndSize(held.buf, held.len);
}

static PyObject *
let_go(PyObject *self, PyObject *unused)
{
    PyBuffer_Release(&held);
    Py_RETURN_NONE;
}

static PyObject *
views(PyObject *self, PyObject *exporter)
{
    static char memory[] = "memory of C";
    PyObject *view = PyMemoryView_FromObject(exporter);
    if (view == NULL) {
        return NULL;
    }
    Py_buffer *inside = PyMemoryView_GET_BUFFER(view);
    return Py_BuildValue("(NNNni)", view, PyMemoryView_FromMemory(memory, 6, PyBUF_READ), PyMemoryView_GetContiguous(exporter, PyBUF_READ, 'C'),
                         inside->len, PyMemoryView_GET_BASE(view) == exporter);
}

static PyObject *
writable_memory(PyObject *self, PyObject *unused)
{
    static char memory[] = "........";
    PyObject *view = PyMemoryView_FromMemory(memory, 8, PyBUF_WRITE);
    return Py_BuildValue("(NN)", view, PyMemoryView_FromMemory(memory, 8, PyBUF_READ));
}

static PyObject *
checks(PyObject *self, PyObject *object)
{
    return PyLong_FromLong(PyObject_CheckBuffer(object));
}

static PyObject *
item_size(PyObject *self, PyObject *format)
{
    Py_ssize_t size = PyBuffer_SizeFromFormat(PyUnicode_AsUTF8(format));
    return size < 0 ? NULL : PyLong_FromSsize_t(size);
}

static int
fill(PyObject *module)
{
    PyObject *grid = PyType_FromSpec(&grid_spec), *fixed = PyType_FromSpec(&fixed_spec);
    if (PyModule_Add(module, "Grid", grid) < 0 || PyModule_Add(module, "Fixed", fixed) < 0) {
        return -1;
    }
    PyModule_AddIntMacro(module, PyBUF_SIMPLE);
    PyModule_AddIntMacro(module, PyBUF_WRITABLE);
    PyModule_AddIntMacro(module, PyBUF_FORMAT);
    PyModule_AddIntMacro(module, PyBUF_ND);
    PyModule_AddIntMacro(module, PyBUF_STRIDES);
    PyModule_AddIntMacro(module, PyBUF_FULL_RO);
    PyModule_AddIntMacro(module, PyBUF_F_CONTIGUOUS);
    return PyModule_AddIntMacro(module, PyBUF_CONTIG_RO);
}

static PyMethodDef functions[] = {
    {"described", described, METH_VARARGS, NULL},
    {"copied", copied, METH_O, NULL},
    {"item", item, METH_VARARGS, NULL},
    {"fill_with", fill_with, METH_VARARGS, NULL},
    {"hold", hold, METH_O, NULL},
    {"held_bytes", held_bytes, METH_NOARGS, NULL},
    {"let_go", let_go, METH_NOARGS, NULL},
    {"views", views, METH_O, NULL},
    {"writable_memory", writable_memory, METH_NOARGS, NULL},
    {"checks", checks, METH_O, NULL},
    {"item_size", item_size, METH_O, NULL},
    {0},
};

MODULE(ext_buffers, "Buffers.", functions, fill)
