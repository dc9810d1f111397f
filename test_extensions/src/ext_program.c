/* The old functions of the stable ABI about the program: its arguments, options and paths, the lock that there was, and refcounts by
   functions. */
#include "shapes.h"
#include <wchar.h>

/* Exported, and declared by no header, or by old ones. */
extern void PySys_AddWarnOption(const wchar_t *);
extern void PySys_AddWarnOptionUnicode(PyObject *);
extern void PySys_AddXOption(const wchar_t *);
extern int PySys_HasWarnOptions(void);
extern void Py_SetPath(const wchar_t *);
extern void PySys_SetPath(const wchar_t *);
extern void _Py_SetRefcnt(PyObject *, Py_ssize_t);
extern int _Py_SwappedOp[];

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* The paths as the program has them; the same each time. */
static PyObject *
paths(PyObject *self, PyObject *unused)
{
    wchar_t *(*const functions[])(void) = {Py_GetPrefix, Py_GetExecPrefix, Py_GetPath, Py_GetProgramFullPath, Py_GetProgramName, Py_GetPythonHome};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(functions); i++) {
        wchar_t *first = functions[i](), *second = functions[i]();
        PyObject *row = first ? Py_BuildValue("(ui)", first, wcscmp(first, second) == 0) : Py_BuildValue("(Oi)", Py_None, second == NULL);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

/* set_argv(arguments, update path): sys.argv, and sys.path where that is wanted. */
static PyObject *
set_argv(PyObject *self, PyObject *arguments)
{
    PyObject *tuple;
    int update;
    wchar_t *words[8] = {NULL};
    if (!PyArg_ParseTuple(arguments, "O!i", &PyTuple_Type, &tuple, &update) || PyTuple_GET_SIZE(tuple) > 8) {
        return NULL;
    }
    int count = (int)PyTuple_GET_SIZE(tuple), status = 0;
    for (int i = 0; i < count; i++) {
        words[i] = PyUnicode_AsWideCharString(PyTuple_GET_ITEM(tuple, i), NULL);
        status |= words[i] == NULL;
    }
    if (status == 0) {
        update < 0 ? PySys_SetArgv(count, words) : PySys_SetArgvEx(count, words, update);
    }
    for (int i = 0; i < count; i++) {
        PyMem_Free(words[i]);
    }
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *
set_path(PyObject *self, PyObject *text)
{
    wchar_t *path = PyUnicode_AsWideCharString(text, NULL);
    if (path == NULL) {
        return NULL;
    }
    PySys_SetPath(path);
    PyMem_Free(path);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *
add_option(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *text;
    if (!PyArg_ParseTuple(arguments, "sU", &how, &text)) {
        return NULL;
    }
    wchar_t *wide = PyUnicode_AsWideCharString(text, NULL);
    if (wide == NULL) {
        return NULL;
    }
    if (strcmp(how, "X") == 0) {
        PySys_AddXOption(wide);
    } else if (strcmp(how, "W") == 0) {
        PySys_AddWarnOption(wide);
    } else {
        PySys_AddWarnOptionUnicode(text);
    }
    PyMem_Free(wide);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(PySys_HasWarnOptions());
}

static PyObject *
counts(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    _Py_SetRefcnt(list, 5);
    Py_ssize_t five = Py_REFCNT(list);
    _Py_SetRefcnt(list, 1);
    return Py_BuildValue("(Nnniiiiii)", list, five, Py_REFCNT(list), _Py_SwappedOp[Py_LT], _Py_SwappedOp[Py_LE], _Py_SwappedOp[Py_EQ],
                         _Py_SwappedOp[Py_NE], _Py_SwappedOp[Py_GT], _Py_SwappedOp[Py_GE]);
}

/* What an embedding program says before it starts, said too late: only what the functions tell of it changes. */
static PyObject *
said_too_late(PyObject *self, PyObject *unused)
{
    Py_SetProgramName(L"other name");
    Py_SetPythonHome(L"/other/home");
    PyObject *first = paths(self, NULL);
    Py_SetPath(L"/other/path:/and/more");
    return Py_BuildValue("(NN)", first, paths(self, NULL));
}

static PyMethodDef functions[] = {
    {"said_too_late", said_too_late, METH_NOARGS, NULL},
    OWN_ENTRY(set_argv) OWN_ENTRY(add_option)
    {"paths", paths, METH_NOARGS, NULL},
    {"set_path", set_path, METH_O, NULL},
    {"counts", counts, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_program, "Program.", functions)
