/* Statements read one by one from a file, as an interactive session reads them: PyRun_Interactive*, and PyRun_AnyFile*, which choose. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdio.h>
#include <unistd.h>

/* session(function, descriptor, name): read the descriptor by the function of that number, which takes that name or none; what it gave. */
static PyObject *session(PyObject *Py_UNUSED(self), PyObject *args) {
    int function, descriptor;
    const char *name;
    if (!PyArg_ParseTuple(args, "iiz", &function, &descriptor, &name)) {
        return NULL;
    }
    FILE *stream = fdopen(dup(descriptor), "r");
    if (stream == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyCompilerFlags flags = {0, PY_MINOR_VERSION};
    PyObject *given = PyList_New(0);
    int status = 0, closes = 0;
    do {
        switch (function) {
        case 0: status = PyRun_InteractiveOneFlags(stream, name, &flags); break;
        case 1: status = PyRun_InteractiveOne(stream, name); break;
        case 2: {
            PyObject *object = PyUnicode_FromString(name);
            status = PyRun_InteractiveOneObject(stream, object, &flags);
            Py_DECREF(object);
            break;
        }
        case 3: status = PyRun_InteractiveLoopFlags(stream, name, &flags); break;
        case 4: status = PyRun_InteractiveLoop(stream, name); break;
        case 5: status = PyRun_AnyFile(stream, name); break;
        case 6: status = PyRun_AnyFileFlags(stream, name, &flags); break;
        case 7: status = PyRun_AnyFileEx(stream, name, closes = 1); break;
        default: status = PyRun_AnyFileExFlags(stream, name, closes = 1, &flags); break;
        }
        PyObject *number = PyLong_FromLong(status);
        PyList_Append(given, number);
        Py_DECREF(number);
    } while (function < 3 && status != 11 && PyList_GET_SIZE(given) < 30);
    if (!closes) {
        fclose(stream);
    }
    return Py_BuildValue("NN", given, PyBool_FromLong(PyErr_Occurred() != NULL));
}

static PyMethodDef functions[] = {
    {"session", session, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "ext_sessions", NULL, 0, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_ext_sessions(void) {
    return PyModule_Create(&module);
}
