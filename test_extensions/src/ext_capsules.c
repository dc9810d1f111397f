/* Capsules: pointers, names, contexts, destructors, and a C API that one module exports to another by PyCapsule_Import. */
#include "common.h"
#include <errno.h>
#include <stdint.h>

static int destroyed;
static int value = 7;

static int
double_it(int number)
{
    return 2 * number;
}

typedef struct {
    int version;
    int (*double_it)(int);
    PyObject *(*make)(long);
} Api;

static PyObject *
api_make(long number)
{
    return Py_BuildValue("{s:l}", "made through the API", number);
}

static Api api = {3, double_it, api_make};

static void
destroy(PyObject *capsule)
{
    destroyed++;
    int *pointer = PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule));
    if (pointer != &value) {
        destroyed += 1000;
    }
    PyObject *list = PyCapsule_GetContext(capsule);
    if (list && PyList_Append(list, Py_True) < 0) {
        PyErr_Clear();
    }
    Py_XDECREF(list);
}

static PyObject *
make(PyObject *module, PyObject *context)
{
    PyObject *capsule = PyCapsule_New(&value, "ext_capsules.value", destroy);
    if (capsule && context != Py_None && PyCapsule_SetContext(capsule, Py_NewRef(context)) < 0) {
        Py_CLEAR(capsule);
    }
    return capsule;
}

static PyObject *
read_value(PyObject *module, PyObject *arguments)
{
    PyObject *capsule;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "Oz", &capsule, &name)) {
        return NULL;
    }
    int *pointer = PyCapsule_GetPointer(capsule, name);
    return pointer ? PyLong_FromLong(*pointer) : NULL;
}

static PyObject *
valid(PyObject *module, PyObject *arguments)
{
    PyObject *capsule;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "Oz", &capsule, &name)) {
        return NULL;
    }
    return Py_BuildValue("(ii)", PyCapsule_CheckExact(capsule), PyCapsule_IsValid(capsule, name));
}

static PyObject *
renamed(PyObject *module, PyObject *capsule)
{
    static int other = 8;
    if (PyCapsule_SetName(capsule, NULL) < 0 || PyCapsule_SetPointer(capsule, &other) < 0 || PyCapsule_SetDestructor(capsule, NULL) < 0) {
        return NULL;
    }
    int *pointer = PyCapsule_GetPointer(capsule, NULL);
    return Py_BuildValue("(zii)", PyCapsule_GetName(capsule), pointer ? *pointer : -1, PyCapsule_GetDestructor(capsule) == NULL);
}

static PyObject *
without_pointer(PyObject *module, PyObject *unused)
{
    return PyCapsule_New(NULL, "name", NULL);
}

static PyObject *
destroyed_so_far(PyObject *module, PyObject *unused)
{
    return PyLong_FromLong(destroyed);
}

/* What another module does to find a C API. */
static PyObject *
imported(PyObject *module, PyObject *name)
{
    Api *found = PyCapsule_Import(PyUnicode_AsUTF8(name), 0);
    if (found == NULL) {
        return NULL;
    }
    return Py_BuildValue("(iiN)", found->version, found->double_it(21), found->make(5));
}

/* As CPython's socketmodule.h, which no installation has: modules that read sockets declare it themselves. */
typedef struct {
    PyObject_HEAD
    int sock_fd;
    int sock_family;
    int sock_type;
    int sock_proto;
    PyObject *(*errorhandler)(void);
    int64_t sock_timeout;
    void *state;
} Socket;

typedef struct {
    PyTypeObject *Sock_Type;
    PyObject *error;
    PyObject *timeout_error;
} SocketApi;

/* What C reads of a socket; with what does not fit the class, what it is told. */
static PyObject *
socket_fields(PyObject *module, PyObject *object)
{
    SocketApi *sockets = PyCapsule_Import("_socket.CAPI", 1);
    if (sockets == NULL) {
        return NULL;
    }
    if (!PyObject_TypeCheck(object, sockets->Sock_Type)) {
        return PyErr_Format(PyExc_TypeError, "no socket, but %s", Py_TYPE(object)->tp_name);
    }
    Socket *socket = (Socket *)object;
    return Py_BuildValue("(iiiiLOO)", socket->sock_fd, socket->sock_family, socket->sock_type, socket->sock_proto, (long long)socket->sock_timeout,
                         sockets->error, sockets->timeout_error);
}

/* The error that a socket's own function makes of errno. */
static PyObject *
socket_error(PyObject *module, PyObject *object)
{
    errno = ECONNREFUSED;
    return ((Socket *)object)->errorhandler();
}

static int
fill(PyObject *module)
{
    return PyModule_Add(module, "_C_API", PyCapsule_New(&api, "ext_capsules._C_API", NULL));
}

static PyMethodDef functions[] = {
    {"make", make, METH_O, NULL},
    {"read", read_value, METH_VARARGS, NULL},
    {"valid", valid, METH_VARARGS, NULL},
    {"renamed", renamed, METH_O, NULL},
    {"without_pointer", without_pointer, METH_NOARGS, NULL},
    {"destroyed_so_far", destroyed_so_far, METH_NOARGS, NULL},
    {"imported", imported, METH_O, NULL},
    {"socket_fields", socket_fields, METH_O, NULL},
    {"socket_error", socket_error, METH_O, NULL},
    {0},
};

MODULE(ext_capsules, "Capsules.", functions, fill)
