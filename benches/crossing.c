/* What `crossing.py` times: one function for each shape of a call, and loops that stay in C. It compiles against CPython's
   headers and against ours, and does the least that its shape allows: the crossing is what is measured. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
    PyObject_HEAD
    int member;
} Thing;

/* What can be in a cycle: the collector asks it what it holds. */
typedef struct {
    PyObject_HEAD
    PyObject *item;
} Box;

static PyTypeObject *thing_type, *box_type;
static PyObject **held;
static Py_ssize_t held_count;

static PyObject *
noargs(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static PyObject *
one(PyObject *self, PyObject *argument)
{
    Py_RETURN_NONE;
}

static PyObject *
varargs(PyObject *self, PyObject *args)
{
    PyObject *first, *second;
    if (!PyArg_ParseTuple(args, "OO", &first, &second)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
keywords(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (count != 1 || !names || PyTuple_GET_SIZE(names) != 1) {
        PyErr_SetString(PyExc_TypeError, "one argument and one keyword, please");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
callback(PyObject *self, PyObject *function)
{
    return PyObject_CallOneArg(function, Py_None);
}

static PyObject *
callback_tuple(PyObject *self, PyObject *function)
{
    PyObject *args = PyTuple_Pack(1, Py_None);
    if (!args) {
        return NULL;
    }
    PyObject *result = PyObject_Call(function, args, NULL);
    Py_DECREF(args);
    return result;
}

static PyObject *
new_int(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(2048);
}

static PyObject *
new_tuple(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("ii", 2048, 2049);
}

static PyObject *
new_object(PyObject *self, PyObject *unused)
{
    Thing *thing = PyObject_New(Thing, thing_type);
    if (thing) {
        thing->member = 7;
    }
    return (PyObject *)thing;
}

static PyObject *
new_box(PyObject *self, PyObject *item)
{
    Box *box = PyObject_GC_New(Box, box_type);
    if (box) {
        box->item = Py_NewRef(item);
        PyObject_GC_Track(box);
    }
    return (PyObject *)box;
}

/* The loops: `count` times, all in C, but for what the last one calls. */

static PyObject *
loop_int(PyObject *self, PyObject *count)
{
    for (long left = PyLong_AsLong(count); left > 0; left--) {
        PyObject *value = PyLong_FromLong(left + 2048);
        if (!value) {
            return NULL;
        }
        Py_DECREF(value);
    }
    Py_RETURN_NONE;
}

static PyObject *
loop_tuple(PyObject *self, PyObject *count)
{
    for (long left = PyLong_AsLong(count); left > 0; left--) {
        PyObject *value = PyTuple_Pack(2, Py_None, Py_None);
        if (!value) {
            return NULL;
        }
        Py_DECREF(value);
    }
    Py_RETURN_NONE;
}

static PyObject *
loop_object(PyObject *self, PyObject *count)
{
    for (long left = PyLong_AsLong(count); left > 0; left--) {
        PyObject *value = (PyObject *)PyObject_New(Thing, thing_type);
        if (!value) {
            return NULL;
        }
        Py_DECREF(value);
    }
    Py_RETURN_NONE;
}

static PyObject *
loop_callback(PyObject *self, PyObject *args)
{
    PyObject *function;
    long left;
    if (!PyArg_ParseTuple(args, "Ol", &function, &left)) {
        return NULL;
    }
    for (; left > 0; left--) {
        PyObject *value = PyObject_CallNoArgs(function);
        if (!value) {
            return NULL;
        }
        Py_DECREF(value);
    }
    Py_RETURN_NONE;
}

/* Hold a reference to each item of a list, until `release`. */
static PyObject *
hold(PyObject *self, PyObject *list)
{
    Py_ssize_t count = PyObject_Length(list);
    if (count < 0) {
        return NULL;
    }
    held = PyMem_RawCalloc(count ? count : 1, sizeof *held);
    if (!held) {
        return PyErr_NoMemory();
    }
    for (held_count = 0; held_count < count; held_count++) {
        held[held_count] = PySequence_GetItem(list, held_count);
        if (!held[held_count]) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

static PyObject *
release(PyObject *self, PyObject *unused)
{
    while (held_count > 0) {
        Py_DECREF(held[--held_count]);
    }
    PyMem_RawFree(held);
    held = NULL;
    Py_RETURN_NONE;
}

/* Bytes of memory in use by this process. */
static PyObject *
resident(PyObject *self, PyObject *unused)
{
    long size, pages;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    int found = fscanf(file, "%ld %ld", &size, &pages);
    fclose(file);
    if (found != 2) {
        PyErr_SetString(PyExc_OSError, "/proc/self/statm has another form than expected");
        return NULL;
    }
    return PyLong_FromLong(pages * sysconf(_SC_PAGESIZE));
}

static PyObject *
get_number(PyObject *self, void *closure)
{
    return PyLong_FromLong(((Thing *)self)->member);
}

static PyObject *
method(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static int
box_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Box *)self)->item);
    return 0;
}

static int
box_clear(PyObject *self)
{
    Py_CLEAR(((Box *)self)->item);
    return 0;
}

static void
box_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    box_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyGetSetDef thing_getset[] = {{"getset", get_number, NULL, NULL, NULL}, {0}};
static PyMemberDef thing_members[] = {{"member", Py_T_INT, offsetof(Thing, member), 0, NULL}, {0}};
static PyMethodDef thing_methods[] = {{"method", method, METH_NOARGS, NULL}, {0}};
static PyType_Slot thing_slots[] = {
    {Py_tp_getset, thing_getset}, {Py_tp_members, thing_members}, {Py_tp_methods, thing_methods}, {0, NULL}};
static PyType_Spec thing_spec = {"crossing.Thing", sizeof(Thing), 0, Py_TPFLAGS_DEFAULT, thing_slots};

static PyType_Slot box_slots[] = {
    {Py_tp_traverse, box_traverse}, {Py_tp_clear, box_clear}, {Py_tp_dealloc, box_dealloc}, {0, NULL}};
static PyType_Spec box_spec = {
    "crossing.Box", sizeof(Box), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, box_slots};

static PyMethodDef functions[] = {
    {"noargs", noargs, METH_NOARGS, NULL},
    {"one", one, METH_O, NULL},
    {"varargs", varargs, METH_VARARGS, NULL},
    {"keywords", (PyCFunction)(void (*)(void))keywords, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"callback", callback, METH_O, NULL},
    {"callback_tuple", callback_tuple, METH_O, NULL},
    {"new_int", new_int, METH_NOARGS, NULL},
    {"new_tuple", new_tuple, METH_NOARGS, NULL},
    {"new_object", new_object, METH_NOARGS, NULL},
    {"new_box", new_box, METH_O, NULL},
    {"loop_int", loop_int, METH_O, NULL},
    {"loop_tuple", loop_tuple, METH_O, NULL},
    {"loop_object", loop_object, METH_O, NULL},
    {"loop_callback", loop_callback, METH_VARARGS, NULL},
    {"hold", hold, METH_O, NULL},
    {"release", release, METH_NOARGS, NULL},
    {"resident", resident, METH_NOARGS, NULL},
    {0},
};

static int
fill(PyObject *module)
{
    thing_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &thing_spec, NULL);
    if (!thing_type || PyModule_AddType(module, thing_type) < 0) {
        return -1;
    }
    box_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &box_spec, NULL);
    if (!box_type || PyModule_AddType(module, box_type) < 0) {
        return -1;
    }
    PyObject *size = PyLong_FromSize_t(sizeof(Thing));
    int done = PyModule_AddObjectRef(module, "thing_size", size);
    Py_XDECREF(size);
    return done;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "crossing", .m_methods = functions, .m_slots = slots};

PyMODINIT_FUNC
PyInit_crossing(void)
{
    return PyModuleDef_Init(&definition);
}
