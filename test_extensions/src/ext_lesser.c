/* Lesser functions: auditing, text of the operating system, frames that C runs, the command line's flags. */
#include "common.h"
#include <frameobject.h>
#include <unistd.h>

static PyObject *
audit(PyObject *self, PyObject *args)
{
    const char *event, *how;
    if (!PyArg_ParseTuple(args, "ss", &event, &how)) {
        return NULL;
    }
    int result;
    if (strcmp(how, "none") == 0) {
        result = PySys_Audit(event, NULL);
    } else if (strcmp(how, "empty") == 0) {
        result = PySys_Audit(event, "");
    } else if (strcmp(how, "one") == 0) {
        result = PySys_Audit(event, "i", 7);
    } else if (strcmp(how, "tuple") == 0) {
        result = PySys_Audit(event, "(is)", 7, "seven");
    } else if (strcmp(how, "many") == 0) {
        result = PySys_Audit(event, "sOn", "text", Py_None, (Py_ssize_t)-1);
    } else if (strcmp(how, "pending") == 0) {
        PyErr_SetString(PyExc_KeyError, "pending");
        result = PySys_Audit(event, "i", 1);
        if (result == 0) {
            result = PyErr_ExceptionMatches(PyExc_KeyError) ? 100 : 200;
            PyErr_Clear();
        }
    } else if (strcmp(how, "bad text") == 0) {
        result = PySys_Audit(event, "s", "\xff");
    } else if (strcmp(how, "bad event") == 0) {
        result = PySys_Audit("lesser.\xff", "i", 1);
    } else if (strcmp(how, "NULL") == 0) {
        result = PySys_Audit(event, "O", (PyObject *)NULL);
    } else if (strcmp(how, "no text") == 0) {
        result = PySys_Audit(event, "sz", NULL, NULL);
    } else {
        result = PySys_Audit(event, "!");
    }
    return PyErr_Occurred() ? NULL : PyLong_FromLong(result);
}

static PyObject *heard;

static int
hook(const char *event, PyObject *args, void *data)
{
    if (strncmp(event, "lesser.", 7) != 0) {
        return 0;
    }
    PyObject *entry = Py_BuildValue("(sOs)", event, args, (const char *)data);
    int result = entry == NULL ? -1 : PyList_Append(heard, entry);
    Py_XDECREF(entry);
    if (result == 0 && strcmp(event, "lesser.refused") == 0) {
        PyErr_SetString(PyExc_PermissionError, "the hook refuses");
        return -1;
    }
    return result;
}

static PyObject *
listen(PyObject *self, PyObject *list)
{
    heard = Py_NewRef(list);
    return PyLong_FromLong(PySys_AddAuditHook(hook, "the hook's data"));
}

static PyObject *
decode(PyObject *self, PyObject *bytes)
{
    const char *text = PyBytes_AsString(bytes);
    if (text == NULL) {
        return NULL;
    }
    size_t size = 99;
    wchar_t *wide = Py_DecodeLocale(text, &size), *again = Py_DecodeLocale(text, NULL);
    PyObject *codes = PyList_New(0);
    for (size_t i = 0; i < size; i++) {
        PyObject *code = PyLong_FromLong((long)wide[i]);
        PyList_Append(codes, code);
        Py_DECREF(code);
    }
    int ends = wide[size] == 0 && wcscmp(wide, again) == 0;
    size_t position = 99;
    char *back = Py_EncodeLocale(wide, &position);
    PyObject *result = Py_BuildValue("(Niyn)", codes, ends, back, (Py_ssize_t)position);
    PyMem_Free(back);
    PyMem_RawFree(wide);
    PyMem_RawFree(again);
    return result;
}

static PyObject *
encode(PyObject *self, PyObject *codes)
{
    wchar_t wide[16] = {0};
    Py_ssize_t count = PyTuple_Size(codes);
    for (Py_ssize_t i = 0; i < count && i < 15; i++) {
        wide[i] = (wchar_t)PyLong_AsLong(PyTuple_GET_ITEM(codes, i));
    }
    if (PyErr_Occurred()) {
        return NULL;
    }
    size_t position = 99;
    char *text = Py_EncodeLocale(wide, &position);
    PyObject *result = Py_BuildValue("(yn)", text, (Py_ssize_t)position);
    PyMem_Free(text);
    text = Py_EncodeLocale(wide, NULL);
    PyMem_Free(text);
    return result;
}

static PyObject *
warn_explicit(PyObject *self, PyObject *args)
{
    PyObject *category, *registry;
    const char *file, *module;
    int line;
    if (!PyArg_ParseTuple(args, "OsizO", &category, &file, &line, &module, &registry)) {
        return NULL;
    }
    int result = PyErr_WarnExplicitFormat(category, file, line, module, registry == Py_None ? NULL : registry, "%s is %d, %R",
                                          "the number", 42, category);
    return result < 0 ? NULL : PyLong_FromLong(result);
}

static PyObject *
ranged(PyObject *self, PyObject *args)
{
    PyObject *exception, *file;
    int line, column, end_line, end_column;
    if (!PyArg_ParseTuple(args, "OOiiii", &exception, &file, &line, &column, &end_line, &end_column)) {
        return NULL;
    }
    PyErr_SetString(exception, "where");
    PyErr_RangedSyntaxLocationObject(file == Py_None ? NULL : file, line, column, end_line, end_column);
    return NULL;
}

static PyObject *
read_lines(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t size;
    int room;
    if (!PyArg_ParseTuple(args, "y#i", &text, &size, &room)) {
        return NULL;
    }
    FILE *file = tmpfile();
    fwrite(text, 1, (size_t)size, file);
    rewind(file);
    PyObject *lines = PyList_New(0);
    char line[64];
    while (Py_UniversalNewlineFgets(line, room, file, NULL) != NULL) {
        PyObject *bytes = PyBytes_FromString(line);
        PyList_Append(lines, bytes);
        Py_DECREF(bytes);
    }
    rewind(file);
    int refused = Py_UniversalNewlineFgets(line, room, file, Py_None) == NULL;
    fclose(file);
    return Py_BuildValue("(Ni)", lines, refused);
}

static PyObject *
run_frame(PyObject *self, PyObject *args)
{
    PyObject *code, *globals, *locals;
    int how;
    if (!PyArg_ParseTuple(args, "OOOi", &code, &globals, &locals, &how)) {
        return NULL;
    }
    PyFrameObject *frame = PyFrame_New(PyThreadState_Get(), (PyCodeObject *)code, globals, locals);
    if (frame == NULL) {
        return NULL;
    }
    if (how == 2) {
        PyErr_SetString(PyExc_KeyError, "thrown in");
    }
    PyObject *result = how == 0 ? PyEval_EvalFrame(frame) : PyEval_EvalFrameEx(frame, how == 2);
    Py_DECREF(frame);
    return result;
}

static PyObject *
flags(PyObject *self, PyObject *unused)
{
_Py_COMP_DIAG_PUSH
_Py_COMP_DIAG_IGNORE_DEPR_DECLS
    PyObject *result = Py_BuildValue("(iiiiiiiiiiiii)", Py_BytesWarningFlag, Py_DebugFlag, Py_DontWriteBytecodeFlag,
                                     Py_HashRandomizationFlag, Py_IgnoreEnvironmentFlag, Py_InspectFlag, Py_InteractiveFlag,
                                     Py_IsolatedFlag, Py_NoSiteFlag, Py_NoUserSiteDirectory, Py_OptimizeFlag, Py_QuietFlag,
                                     Py_VerboseFlag);
    int ignored = Py_IgnoreEnvironmentFlag;
    Py_IgnoreEnvironmentFlag = 0;
    setenv("LESSER_VARIABLE", "its value", 1);
    const char *seen = Py_GETENV("LESSER_VARIABLE"), *unseen = Py_GETENV("LESSER_NO_VARIABLE");
    Py_IgnoreEnvironmentFlag = 1;
    const char *hidden = Py_GETENV("LESSER_VARIABLE");
    Py_IgnoreEnvironmentFlag = ignored;
    return Py_BuildValue("(Nizzz)", result, Py_FrozenFlag, seen, unseen, hidden);
_Py_COMP_DIAG_POP
}

PyObject *_PyStack_AsDict(PyObject *const *values, PyObject *kwnames);

static PyObject *
stack_as_dict(PyObject *self, PyObject *args)
{
    PyObject *values, *names;
    if (!PyArg_ParseTuple(args, "O!O!", &PyTuple_Type, &values, &PyTuple_Type, &names)) {
        return NULL;
    }
    return _PyStack_AsDict(&PyTuple_GET_ITEM(values, 0), names);
}

static PyObject *
type_name(PyObject *self, PyObject *type)
{
    return Py_BuildValue("(si)", _PyType_Name((PyTypeObject *)type), PyType_SUPPORTS_WEAKREFS((PyTypeObject *)type));
}

static PyObject *
wrapper(PyObject *self, PyObject *args)
{
    PyObject *descriptor, *object;
    if (!PyArg_ParseTuple(args, "OO", &descriptor, &object)) {
        return NULL;
    }
    return PyWrapper_New(descriptor, object);
}

static PyObject *
wakeup(PyObject *self, PyObject *fd)
{
    int before = PySignal_SetWakeupFd((int)PyLong_AsLong(fd));
    return PyErr_Occurred() ? NULL : PyLong_FromLong(before);
}

static PyMethodDef functions[] = {
    {"audit", audit, METH_VARARGS, NULL},
    {"listen", listen, METH_O, NULL},
    {"decode", decode, METH_O, NULL},
    {"encode", encode, METH_O, NULL},
    {"warn_explicit", warn_explicit, METH_VARARGS, NULL},
    {"ranged", ranged, METH_VARARGS, NULL},
    {"read_lines", read_lines, METH_VARARGS, NULL},
    {"run_frame", run_frame, METH_VARARGS, NULL},
    {"flags", flags, METH_NOARGS, NULL},
    {"stack_as_dict", stack_as_dict, METH_VARARGS, NULL},
    {"type_name", type_name, METH_O, NULL},
    {"wrapper", wrapper, METH_VARARGS, NULL},
    {"wakeup", wakeup, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_lesser, "Lesser functions.", functions)
