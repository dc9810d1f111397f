/* The end: C objects alive at exit, atexit callbacks of C and Python, Py_AtExit, m_free, threads that still run. */
#include "common.h"
#include <unistd.h>

static PyObject *kept_to_the_end;

/* Written past Python's streams, which may be gone. */
static void
say(const char *text)
{
    ssize_t written = write(1, text, strlen(text));
    (void)written;
}

static void
at_c_exit(void)
{
    say("Py_AtExit: after everything\n");
}

static PyObject *
register_at_exit(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(Py_AtExit(at_c_exit));
}

static PyObject *
called_at_exit(PyObject *self, PyObject *word)
{
    PyObject *text = PyUnicode_FromFormat("atexit in C: %U, initialised %d, finalizing %d\n", word, Py_IsInitialized(), Py_IsFinalizing());
    if (text == NULL) {
        return NULL;
    }
    say(PyUnicode_AsUTF8(text));
    Py_DECREF(text);
    Py_RETURN_NONE;
}

static PyObject *
keep(PyObject *self, PyObject *object)
{
    Py_XSETREF(kept_to_the_end, Py_NewRef(object));
    Py_RETURN_NONE;
}

/* Loud: says when it is deallocated. */
typedef struct {
    PyObject_HEAD
    char name[32];
} Loud;

static int
loud_init(Loud *self, PyObject *arguments, PyObject *keywords)
{
    const char *name;
    if (!PyArg_ParseTuple(arguments, "s", &name)) {
        return -1;
    }
    snprintf(self->name, sizeof self->name, "%s", name);
    return 0;
}

static void
loud_dealloc(Loud *self)
{
    char text[64];
    PyTypeObject *type = Py_TYPE(self);
    snprintf(text, sizeof text, "dealloc %s\n", self->name);
    say(text);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyType_Slot loud_slots[] = {{Py_tp_init, loud_init}, {Py_tp_dealloc, loud_dealloc}, {0, NULL}};
static PyType_Spec loud_spec = {"ext_shutdown.Loud", sizeof(Loud), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, loud_slots};

static PyObject *
leave(PyObject *self, PyObject *status)
{
    PyErr_SetObject(PyExc_SystemExit, status);
    return NULL;
}

static int
fill(PyObject *module)
{
    return PyModule_Add(module, "Loud", PyType_FromSpec(&loud_spec));
}

static PyMethodDef functions[] = {
    {"register_at_exit", register_at_exit, METH_NOARGS, NULL},
    {"called_at_exit", called_at_exit, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"leave", leave, METH_O, NULL},
    {0},
};

MODULE(ext_shutdown, "The end.", functions, fill)
