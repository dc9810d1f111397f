/* The interpreter's end, and a program's whole `main`, asked for by C code that the interpreter itself runs. What C then has to say
   it says by printf. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdio.h>
#include <stdlib.h>

static void told_at_exit(void) {
    printf("Py_AtExit: initialized %d\n", Py_IsInitialized());
}

static void told_with_data(void *data) {
    printf("PyUnstable_AtExit: %s, initialized %d finalizing %d\n", (char *)data, Py_IsInitialized(), Py_IsFinalizing());
}

/* at_exit(): both kinds of functions. */
static PyObject *at_exit(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    if (Py_AtExit(told_at_exit) < 0 || PyUnstable_AtExit(PyInterpreterState_Get(), told_with_data, "data") < 0) {
        PyErr_SetString(PyExc_RuntimeError, "no room");
        return NULL;
    }
    Py_RETURN_NONE;
}

static void say_state(const char *when) {
    printf("%s: initialized %d finalizing %d\n", when, Py_IsInitialized(), Py_IsFinalizing());
}

/* state(): whether the interpreter runs, or ends. */
static PyObject *state(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    return Py_BuildValue("ii", Py_IsInitialized(), Py_IsFinalizing());
}

/* finalize(status, times=1): end the interpreter so many times, say what that gave, and leave the process. */
static PyObject *finalize(PyObject *Py_UNUSED(self), PyObject *args) {
    int status, times = 1;
    if (!PyArg_ParseTuple(args, "i|i", &status, &times)) {
        return NULL;
    }
    say_state("before");
    for (int i = 0; i < times; i++) {
        printf("Py_FinalizeEx: %d\n", Py_FinalizeEx());
    }
    say_state("after");
    exit(status);
}

/* finalize_quietly(): the same, which says by the process's status alone whether all was flushed. */
static PyObject *finalize_quietly(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    exit(Py_FinalizeEx() < 0 ? 77 : 0);
}

/* finalize_void(): the older form. */
static PyObject *finalize_void(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    Py_Finalize();
    say_state("after");
    exit(0);
}

/* leave(status): Py_Exit. */
static PyObject *leave(PyObject *Py_UNUSED(self), PyObject *status) {
    Py_Exit((int)PyLong_AsLong(status));
    return NULL;
}

/* finalize_and_return(): what nobody may do. */
static PyObject *finalize_and_return(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    Py_FinalizeEx();
    printf("goes back\n");
    return NULL;
}

/* finalize_and_use(): nor this. */
static PyObject *finalize_and_use(PyObject *Py_UNUSED(self), PyObject *module) {
    Py_INCREF(module);
    Py_FinalizeEx();
    printf("goes on\n");
    PyObject *value = PyObject_GetAttrString(module, "path");
    printf("got %d\n", value != NULL);
    exit(0);
}

/* CPython exports it, and declares it in a header of its own. */
extern void _PyInterpreterState_SetNotRunningMain(PyInterpreterState *);

/* not_running(): from here on the interpreter may run another program. */
static PyObject *not_running(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    _PyInterpreterState_SetNotRunningMain(PyInterpreterState_Get());
    Py_RETURN_NONE;
}

static void say_status(int status) {
    printf("status %d\n", status);
    say_state("after");
    exit(0);
}

#define MOST 16

/* bytes_main(*args), main(*args): a program's whole main. */
static PyObject *bytes_main(PyObject *Py_UNUSED(self), PyObject *args) {
    char *argv[MOST + 1] = {NULL};
    int argc = (int)PyTuple_GET_SIZE(args);
    for (int i = 0; i < argc && i < MOST; i++) {
        PyObject *bytes;
        if (!PyUnicode_FSConverter(PyTuple_GET_ITEM(args, i), &bytes)) {
            return NULL;
        }
        argv[i] = PyBytes_AS_STRING(bytes);
    }
    say_status(Py_BytesMain(argc, argv));
    return NULL;
}

static PyObject *wide_main(PyObject *Py_UNUSED(self), PyObject *args) {
    wchar_t *argv[MOST + 1] = {NULL};
    int argc = (int)PyTuple_GET_SIZE(args);
    for (int i = 0; i < argc && i < MOST; i++) {
        argv[i] = PyUnicode_AsWideCharString(PyTuple_GET_ITEM(args, i), NULL);
        if (argv[i] == NULL) {
            return NULL;
        }
    }
    say_status(Py_Main(argc, argv));
    return NULL;
}

/* run_main(): what the program was started with, once more. */
static PyObject *run_main(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored)) {
    say_status(Py_RunMain());
    return NULL;
}

static PyMethodDef functions[] = {
    {"at_exit", at_exit, METH_NOARGS, NULL},
    {"state", state, METH_NOARGS, NULL},
    {"finalize", finalize, METH_VARARGS, NULL},
    {"finalize_quietly", finalize_quietly, METH_NOARGS, NULL},
    {"leave", leave, METH_O, NULL},
    {"finalize_void", finalize_void, METH_NOARGS, NULL},
    {"finalize_and_return", finalize_and_return, METH_NOARGS, NULL},
    {"finalize_and_use", finalize_and_use, METH_O, NULL},
    {"not_running", not_running, METH_NOARGS, NULL},
    {"bytes_main", bytes_main, METH_VARARGS, NULL},
    {"main", wide_main, METH_VARARGS, NULL},
    {"run_main", run_main, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "ext_ends", NULL, 0, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_ext_ends(void) {
    /* What C and Python write comes in the order in which they write it. */
    setvbuf(stdout, NULL, _IONBF, 0);
    return PyModule_Create(&module);
}
