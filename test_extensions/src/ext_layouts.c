/* An exporter of memory with any format, any number of axes and pointers on the way; and what C sees of memory views. */

#include "common.h"

#define MOST_AXES 8

typedef struct {
    PyObject_HEAD
    char *memory;
    Py_ssize_t size;
    Py_ssize_t offset;
    char **rows; /* With these the first axis leads to pointers. */
    char *format;
    Py_ssize_t itemsize;
    int ndim;
    int readonly;
    Py_ssize_t shape[MOST_AXES];
    Py_ssize_t strides[MOST_AXES];
    Py_ssize_t suboffsets[MOST_AXES];
    int exports;
} Array;

static int numbers(PyObject *from, Py_ssize_t *to)
{
    Py_ssize_t count = PyTuple_Size(from);
    if (count < 0)
        return -1;
    if (count > MOST_AXES) {
        PyErr_SetString(PyExc_ValueError, "too many axes");
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        to[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(from, i));
        if (to[i] == -1 && PyErr_Occurred())
            return -1;
    }
    return (int)count;
}

static int array_init(Array *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", "format", "itemsize", "shape", "strides", "offset", "readonly", "indirect", NULL};
    const char *data, *format;
    Py_ssize_t size;
    PyObject *shape, *strides = NULL;
    int indirect = 0;
    if (self->memory != NULL) {
        PyErr_SetString(PyExc_TypeError, "made once");
        return -1;
    }
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y#snO!|O!npp:Array", names, &data, &size, &format,
                                     &self->itemsize, &PyTuple_Type, &shape, &PyTuple_Type, &strides, &self->offset,
                                     &self->readonly, &indirect))
        return -1;
    self->ndim = numbers(shape, self->shape);
    if (self->ndim < 0)
        return -1;
    if (strides != NULL) {
        if (numbers(strides, self->strides) != self->ndim) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "as many strides as extents");
            return -1;
        }
    } else {
        Py_ssize_t next = self->itemsize;
        for (int i = self->ndim - 1; i >= 0; i--) {
            self->strides[i] = next;
            next *= self->shape[i];
        }
    }
    self->memory = PyMem_Malloc(size + 1);
    self->format = PyMem_Malloc(strlen(format) + 1);
    if (self->memory == NULL || self->format == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(self->memory, data, size);
    strcpy(self->format, format);
    self->size = size;
    for (int i = 0; i < MOST_AXES; i++)
        self->suboffsets[i] = -1;
    if (indirect && self->ndim > 0) {
        self->rows = PyMem_Calloc(self->shape[0] + 1, sizeof(char *));
        if (self->rows == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        for (Py_ssize_t i = 0; i < self->shape[0]; i++)
            self->rows[i] = self->memory + i * self->strides[0];
        self->strides[0] = sizeof(char *);
        self->suboffsets[0] = self->offset;
    }
    return 0;
}

static void array_dealloc(Array *self)
{
    PyMem_Free(self->memory);
    PyMem_Free(self->rows);
    PyMem_Free(self->format);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* Whether the items lie one behind the other in C's order. */
static int in_order(const Array *self)
{
    Py_ssize_t next = self->itemsize;
    for (int i = self->ndim - 1; i >= 0; i--) {
        if (self->shape[i] > 1 && self->strides[i] != next)
            return 0;
        next *= self->shape[i];
    }
    return 1;
}

static int array_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    Array *self = (Array *)object;
    view->obj = NULL;
    if ((flags & PyBUF_WRITABLE) && self->readonly) {
        PyErr_SetString(PyExc_BufferError, "read-only array");
        return -1;
    }
    if (self->rows != NULL && (flags & PyBUF_INDIRECT) != PyBUF_INDIRECT) {
        PyErr_SetString(PyExc_BufferError, "array has suboffsets");
        return -1;
    }
    if (((flags & PyBUF_STRIDES) != PyBUF_STRIDES || (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS ||
         (flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS || (flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS) &&
        !in_order(self)) {
        PyErr_SetString(PyExc_BufferError, "array out of order");
        return -1;
    }
    view->len = self->itemsize;
    for (int i = 0; i < self->ndim; i++)
        view->len *= self->shape[i];
    view->buf = self->rows != NULL ? (char *)self->rows : self->memory + self->offset;
    view->itemsize = self->itemsize;
    view->readonly = self->readonly;
    view->ndim = flags & PyBUF_ND ? self->ndim : 1;
    view->format = flags & PyBUF_FORMAT ? self->format : NULL;
    view->shape = flags & PyBUF_ND && self->ndim ? self->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES && self->ndim ? self->strides : NULL;
    view->suboffsets = self->rows != NULL ? self->suboffsets : NULL;
    view->internal = NULL;
    view->obj = Py_NewRef(object);
    self->exports++;
    return 0;
}

static void array_releasebuffer(PyObject *object, Py_buffer *view)
{
    (void)view;
    ((Array *)object)->exports--;
}

static PyObject *array_exports(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(((Array *)self)->exports);
}

static PyObject *array_data(PyObject *self, void *closure)
{
    (void)closure;
    return PyBytes_FromStringAndSize(((Array *)self)->memory, ((Array *)self)->size);
}

static PyBufferProcs array_buffer = {array_getbuffer, array_releasebuffer};

static PyGetSetDef array_getset[] = {
    {"exports", array_exports, NULL, "How many views there are.", NULL},
    {"data", array_data, NULL, "The memory as it is.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static Py_hash_t array_hash(PyObject *self)
{
    return ((Array *)self)->readonly ? 7 : (PyErr_SetString(PyExc_TypeError, "writable array"), -1);
}

static PyTypeObject ArrayType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_layouts.Array",
    .tp_basicsize = sizeof(Array),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)array_init,
    .tp_dealloc = (destructor)array_dealloc,
    .tp_as_buffer = &array_buffer,
    .tp_getset = array_getset,
    .tp_hash = array_hash,
};

static PyObject *axes(const Py_ssize_t *numbers, int ndim)
{
    if (numbers == NULL)
        Py_RETURN_NONE;
    PyObject *tuple = PyTuple_New(ndim);
    for (int i = 0; tuple != NULL && i < ndim; i++)
        PyTuple_SET_ITEM(tuple, i, PyLong_FromSsize_t(numbers[i]));
    return tuple;
}

static PyObject *described(const Py_buffer *view)
{
    return Py_BuildValue("{s:n,s:n,s:i,s:i,s:z,s:N,s:N,s:N}", "len", view->len, "itemsize", view->itemsize, "readonly",
                         view->readonly, "ndim", view->ndim, "format", view->format, "shape",
                         axes(view->shape, view->ndim), "strides", axes(view->strides, view->ndim), "suboffsets",
                         axes(view->suboffsets, view->ndim));
}

/* asked(object, flags): what C is given for these flags. */
static PyObject *asked(PyObject *module, PyObject *args)
{
    PyObject *object;
    int flags;
    Py_buffer view;
    (void)module;
    if (!PyArg_ParseTuple(args, "Oi", &object, &flags) || PyObject_GetBuffer(object, &view, flags) < 0)
        return NULL;
    PyObject *result = described(&view);
    PyBuffer_Release(&view);
    return result;
}

/* inside(view): what the fields of a memory view say, and whether C-contiguous and Fortran's. */
static PyObject *inside(PyObject *module, PyObject *object)
{
    (void)module;
    if (!PyMemoryView_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "no memory view");
        return NULL;
    }
    const Py_buffer *view = PyMemoryView_GET_BUFFER(object);
    PyObject *base = PyMemoryView_GET_BASE(object);
    return Py_BuildValue("(NiiO)", described(view), PyBuffer_IsContiguous(view, 'C'), PyBuffer_IsContiguous(view, 'F'),
                         base == NULL ? Py_None : base);
}

/* item(object, indices): the item's bytes, found by PyBuffer_GetPointer. */
static PyObject *item(PyObject *module, PyObject *args)
{
    PyObject *object, *indices;
    Py_ssize_t places[MOST_AXES];
    Py_buffer view;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyTuple_Type, &indices) || numbers(indices, places) < 0 ||
        PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0)
        return NULL;
    PyObject *result = PyBytes_FromStringAndSize(PyBuffer_GetPointer(&view, places), view.itemsize);
    PyBuffer_Release(&view);
    return result;
}

/* contiguous(object, writing, order): PyMemoryView_GetContiguous. */
static PyObject *contiguous(PyObject *module, PyObject *args)
{
    PyObject *object;
    int writing, order;
    (void)module;
    if (!PyArg_ParseTuple(args, "OpC", &object, &writing, &order))
        return NULL;
    return PyMemoryView_GetContiguous(object, writing ? PyBUF_WRITE : PyBUF_READ, (char)order);
}

/* flat(object, order), unflat(object, bytes, order): PyBuffer_ToContiguous and PyBuffer_FromContiguous. */
static PyObject *flat(PyObject *module, PyObject *args)
{
    PyObject *object;
    int order;
    Py_buffer view;
    (void)module;
    if (!PyArg_ParseTuple(args, "OC", &object, &order) || PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0)
        return NULL;
    PyObject *result = PyBytes_FromStringAndSize(NULL, view.len);
    if (result != NULL && PyBuffer_ToContiguous(PyBytes_AS_STRING(result), &view, view.len, (char)order) < 0)
        Py_CLEAR(result);
    PyBuffer_Release(&view);
    return result;
}

static PyObject *unflat(PyObject *module, PyObject *args)
{
    PyObject *object;
    const char *data;
    Py_ssize_t size;
    int order;
    Py_buffer view;
    (void)module;
    if (!PyArg_ParseTuple(args, "Oy#C", &object, &data, &size, &order) ||
        PyObject_GetBuffer(object, &view, PyBUF_FULL) < 0)
        return NULL;
    int status = PyBuffer_FromContiguous(&view, data, size, (char)order);
    PyBuffer_Release(&view);
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* copied(array): a view of the array's memory that does not know of the array, by PyMemoryView_FromBuffer. */
static PyObject *anonymous(PyObject *module, PyObject *object)
{
    Py_buffer view;
    (void)module;
    if (!PyObject_TypeCheck(object, &ArrayType)) {
        PyErr_SetString(PyExc_TypeError, "no array");
        return NULL;
    }
    if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0)
        return NULL;
    PyBuffer_Release(&view);
    return PyMemoryView_FromBuffer(&view);
}

/* filled(bytes, flags): what PyBuffer_FillInfo makes for these flags. */
static PyObject *filled(PyObject *module, PyObject *args)
{
    PyObject *object;
    int readonly, flags;
    Py_buffer view;
    char memory[4] = "abc";
    (void)module;
    if (!PyArg_ParseTuple(args, "Opi", &object, &readonly, &flags) ||
        PyBuffer_FillInfo(&view, object, memory, 4, readonly, flags) < 0)
        return NULL;
    PyObject *result = described(&view);
    Py_CLEAR(view.obj);
    return result;
}

static PyMethodDef methods[] = {
    {"asked", asked, METH_VARARGS, NULL},
    {"inside", inside, METH_O, NULL},
    {"item", item, METH_VARARGS, NULL},
    {"contiguous", contiguous, METH_VARARGS, NULL},
    {"flat", flat, METH_VARARGS, NULL},
    {"unflat", unflat, METH_VARARGS, NULL},
    {"anonymous", anonymous, METH_O, NULL},
    {"filled", filled, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "ext_layouts", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_ext_layouts(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL || PyType_Ready(&ArrayType) < 0 ||
        PyModule_AddObjectRef(module, "Array", (PyObject *)&ArrayType) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
