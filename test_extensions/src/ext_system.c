/* Importing, sys, running code, frames and code objects, files, hashes, versions, context variables. */
#include "common.h"
#include <frameobject.h>

static PyObject *
imports(PyObject *self, PyObject *arguments)
{
    const char *how, *name;
    PyObject *from_list = Py_None;
    if (!PyArg_ParseTuple(arguments, "ss|O", &how, &name, &from_list)) {
        return NULL;
    }
    PyObject *text = PyUnicode_FromString(name), *module = NULL;
#define IS(text) (strcmp(how, text) == 0)
    if (IS("ImportModule")) {
        module = PyImport_ImportModule(name);
    } else if (IS("Import")) {
        module = PyImport_Import(text);
    } else if (IS("GetModule")) {
        module = PyImport_GetModule(text);
        if (module == NULL && !PyErr_Occurred()) {
            module = Py_NewRef(Py_None);
        }
    } else if (IS("AddModule")) {
        module = Py_XNewRef(PyImport_AddModule(name));
    } else if (IS("AddModuleRef")) {
        module = PyImport_AddModuleRef(name);
    } else if (IS("Level")) {
        module = PyImport_ImportModuleLevel(name, NULL, NULL, from_list == Py_None ? NULL : from_list, 0);
    } else if (IS("LevelObject")) {
        PyObject *globals = Py_BuildValue("{s:s}", "__package__", "");
        module = PyImport_ImportModuleLevelObject(text, globals, globals, from_list == Py_None ? NULL : from_list, 0);
        Py_XDECREF(globals);
    } else if (IS("Reload")) {
        PyObject *old = PyImport_ImportModule(name);
        module = old ? PyImport_ReloadModule(old) : NULL;
        Py_XDECREF(old);
    }
    Py_DECREF(text);
    return module;
}

static PyObject *
executed(PyObject *self, PyObject *arguments)
{
    const char *name, *source;
    if (!PyArg_ParseTuple(arguments, "ss", &name, &source)) {
        return NULL;
    }
    PyObject *code = Py_CompileString(source, "made_by_c.py", Py_file_input);
    PyObject *module = code ? PyImport_ExecCodeModule(name, code) : NULL;
    Py_XDECREF(code);
    return module;
}

static PyObject *
run(PyObject *self, PyObject *arguments)
{
    const char *how, *source;
    PyObject *globals, *locals;
    if (!PyArg_ParseTuple(arguments, "ssO!O", &how, &source, &PyDict_Type, &globals, &locals)) {
        return NULL;
    }
    if (IS("eval")) {
        return PyRun_String(source, Py_eval_input, globals, locals);
    }
    if (IS("exec")) {
        return PyRun_String(source, Py_file_input, globals, locals);
    }
    if (IS("simple")) {
        return PyLong_FromLong(PyRun_SimpleString(source));
    }
    PyObject *code = Py_CompileString(source, "made_by_c.py", IS("code eval") ? Py_eval_input : Py_file_input);
    PyObject *result = code ? PyEval_EvalCode(code, globals, locals) : NULL;
    Py_XDECREF(code);
    return result;
}
#undef IS

static PyObject *
sys_object(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *value = NULL;
    if (!PyArg_ParseTuple(arguments, "s|O", &name, &value)) {
        return NULL;
    }
    if (value && PySys_SetObject(name, value) < 0) {
        return NULL;
    }
    PyObject *found = PySys_GetObject(name);
    return Py_NewRef(found ? found : Py_Ellipsis);
}

/* Into sys.stdout, which may be a Python object. */
static PyObject *
sys_write(PyObject *self, PyObject *unused)
{
    PySys_WriteStdout("written by C: %s %d\n", "text", 5);
    PySys_FormatStdout("formatted by C: %R\n", Py_None);
    PySys_WriteStderr("into stderr %d\n", 6);
    Py_RETURN_NONE;
}

static PyObject *
file_write(PyObject *self, PyObject *arguments)
{
    PyObject *file, *object;
    if (!PyArg_ParseTuple(arguments, "OO", &file, &object)) {
        return NULL;
    }
    if (PyFile_WriteObject(object, file, Py_PRINT_RAW) < 0 || PyFile_WriteString("|", file) < 0 || PyFile_WriteObject(object, file, 0) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
file_read(PyObject *self, PyObject *file)
{
    PyObject *line = PyFile_GetLine(file, -1);
    return line;
}

static PyObject *
descriptor(PyObject *self, PyObject *file)
{
    int number = PyObject_AsFileDescriptor(file);
    return number < 0 ? NULL : PyLong_FromLong(number);
}

static PyObject *
printed(PyObject *self, PyObject *error)
{
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    PyErr_Print();
    return PyBool_FromLong(PyErr_Occurred() == NULL);
}

/* Who called C? */
static PyObject *
caller(PyObject *self, PyObject *unused)
{
    PyFrameObject *frame = PyEval_GetFrame();
    if (frame == NULL) {
        Py_RETURN_NONE;
    }
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyFrameObject *back = PyFrame_GetBack(frame);
    PyObject *name = PyObject_GetAttrString((PyObject *)code, "co_name");
    PyObject *result = Py_BuildValue("(Niiii)", name, PyFrame_GetLineNumber(frame), back != NULL, PyFrame_Check(frame), PyCode_Check(code));
    Py_DECREF(code);
    Py_XDECREF(back);
    return result;
}

static PyObject *
namespaces(PyObject *self, PyObject *unused)
{
    PyObject *globals = PyEval_GetGlobals(), *locals = PyEval_GetFrameLocals(), *builtins = PyEval_GetFrameBuiltins();
    PyObject *result = globals && locals && builtins
                           ? Py_BuildValue("(OOi)", globals, locals, PyDict_GetItemString(builtins, "len") != NULL)
                           : NULL;
    Py_XDECREF(locals);
    Py_XDECREF(builtins);
    return result;
}

static PyObject *
code_made(PyObject *self, PyObject *unused)
{
    PyCodeObject *code = PyCode_NewEmpty("file.c", "function", 12);
    if (code == NULL) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(NNi)", PyObject_GetAttrString((PyObject *)code, "co_name"),
                                     PyObject_GetAttrString((PyObject *)code, "co_filename"), code->co_firstlineno);
    Py_DECREF(code);
    return result;
}

static PyObject *
versions(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(iisNi)", (int)(Py_Version >> 16), PY_VERSION_HEX >> 16 == (int)(Py_Version >> 16), PyUnicode_GetDefaultEncoding(),
                         PyBool_FromLong(strncmp(Py_GetVersion(), "3.13", 4) == 0), Py_IsInitialized());
}

static PyObject *
hashes(PyObject *self, PyObject *object)
{
    Py_hash_t hash = PyObject_Hash(object);
    if (hash == -1) {
        return NULL;
    }
    return Py_BuildValue("(ni)", hash, _Py_HashDouble(NULL, 0.5) == PyObject_Hash(PyFloat_FromDouble(0.5)));
}

static PyObject *
limits(PyObject *self, PyObject *argument)
{
    int before = Py_GetRecursionLimit();
    Py_SetRecursionLimit((int)PyLong_AsLong(argument));
    int now = Py_GetRecursionLimit();
    Py_SetRecursionLimit(before);
    return PyLong_FromLong(now);
}

static PyObject *
context_variables(PyObject *self, PyObject *function)
{
    PyObject *fallback = PyUnicode_FromString("fallback"), *variable = PyContextVar_New("ext_system.variable", fallback), *value = NULL;
    if (variable == NULL || PyContextVar_Get(variable, NULL, &value) < 0) {
        return NULL;
    }
    PyObject *token = PyContextVar_Set(variable, Py_True), *seen = NULL, *copy = PyContext_CopyCurrent();
    if (token == NULL || PyContextVar_Get(variable, NULL, &seen) < 0 || PyContext_Enter(copy) < 0) {
        return NULL;
    }
    PyObject *inner = PyContextVar_Set(variable, Py_Ellipsis), *called = PyObject_CallOneArg(function, variable);
    Py_XDECREF(inner);
    if (PyContext_Exit(copy) < 0 || called == NULL || PyContextVar_Reset(variable, token) < 0) {
        return NULL;
    }
    PyObject *last = NULL;
    if (PyContextVar_Get(variable, Py_None, &last) < 0) {
        return NULL;
    }
    Py_DECREF(token);
    Py_DECREF(copy);
    Py_DECREF(fallback);
    Py_DECREF(variable);
    return Py_BuildValue("(NNNN)", value, seen, called, last);
}

static PyObject *
signals(PyObject *self, PyObject *unused)
{
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

/* A signal arrives while C runs, and its Python handler raises. */
static PyObject *
interrupted(PyObject *self, PyObject *unused)
{
    PyErr_SetInterrupt();
    return PyErr_CheckSignals() < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
fs_converted(PyObject *self, PyObject *arguments)
{
    PyObject *bytes, *text;
    if (!PyArg_ParseTuple(arguments, "O&O&", PyUnicode_FSConverter, &bytes, PyUnicode_FSDecoder, &text)) {
        return NULL;
    }
    return Py_BuildValue("(NN)", bytes, text);
}

static PyMethodDef functions[] = {
    {"imports", imports, METH_VARARGS, NULL},
    {"executed", executed, METH_VARARGS, NULL},
    {"run", run, METH_VARARGS, NULL},
    {"sys_object", sys_object, METH_VARARGS, NULL},
    {"sys_write", sys_write, METH_NOARGS, NULL},
    {"file_write", file_write, METH_VARARGS, NULL},
    {"file_read", file_read, METH_O, NULL},
    {"descriptor", descriptor, METH_O, NULL},
    {"printed", printed, METH_O, NULL},
    {"caller", caller, METH_NOARGS, NULL},
    {"namespaces", namespaces, METH_NOARGS, NULL},
    {"code_made", code_made, METH_NOARGS, NULL},
    {"versions", versions, METH_NOARGS, NULL},
    {"hashes", hashes, METH_O, NULL},
    {"limits", limits, METH_O, NULL},
    {"context_variables", context_variables, METH_O, NULL},
    {"signals", signals, METH_NOARGS, NULL},
    {"interrupted", interrupted, METH_NOARGS, NULL},
    {"fs_converted", fs_converted, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_system, "The system.", functions)
