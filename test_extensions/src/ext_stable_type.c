/* Built for the stable ABI of 3.6: a type from a spec, whose fields only its own functions know. */
#include "common.h"

typedef struct {
    PyObject_HEAD
    long count;
    PyObject *callback;
} Counter;

static PyObject *
counter_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    return allocate(type, 0);
}

static int
counter_init(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    Counter *counter = (Counter *)self;
    PyObject *callback = NULL, *old = counter->callback;
    if (!PyArg_ParseTuple(arguments, "l|O", &counter->count, &callback)) {
        return -1;
    }
    Py_XINCREF(callback);
    counter->callback = callback;
    Py_XDECREF(old);
    return 0;
}

static int
counter_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Counter *)self)->callback);
    return 0;
}

static int
counter_clear(PyObject *self)
{
    Py_CLEAR(((Counter *)self)->callback);
    return 0;
}

static void
counter_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    counter_clear(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyObject *
counter_call(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    Counter *counter = (Counter *)self;
    counter->count++;
    if (counter->callback) {
        return PyObject_CallFunction(counter->callback, "lO", counter->count, self);
    }
    return PyLong_FromLong(counter->count);
}

static PyObject *
counter_iter_next(PyObject *self)
{
    Counter *counter = (Counter *)self;
    return counter->count > 0 ? PyLong_FromLong(counter->count--) : NULL;
}

static PyObject *
counter_get(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Counter *)self)->count);
}

static int
counter_set(PyObject *self, PyObject *value, void *closure)
{
    long count = value ? PyLong_AsLong(value) : 0;
    if (count == -1 && PyErr_Occurred()) {
        return -1;
    }
    ((Counter *)self)->count = count;
    return 0;
}

static PyGetSetDef counter_getset[] = {{"count", counter_get, counter_set, NULL, NULL}, {0}};

static PyType_Slot counter_slots[] = {
    {Py_tp_new, counter_new},
    {Py_tp_init, counter_init},
    {Py_tp_traverse, counter_traverse},
    {Py_tp_clear, counter_clear},
    {Py_tp_dealloc, counter_dealloc},
    {Py_tp_call, counter_call},
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, counter_iter_next},
    {Py_tp_getset, counter_getset},
    {0, NULL},
};

static PyType_Spec counter_spec = {"ext_stable_type.Counter", sizeof(Counter), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                   counter_slots};

static int
fill(PyObject *module)
{
    return PyModule_AddObject(module, "Counter", PyType_FromSpec(&counter_spec));
}

MODULE(ext_stable_type, "A stable type.", NULL, fill)
