/* Code that C runs from texts and files, modules that it makes and executes, marshalled data in files, what sys and the files of C
   say. */
#include "shapes.h"
#include <marshal.h>
#include <errno.h>

/* Exported, and declared by internal headers alone. */
extern int _Py_IsValidFD(int);

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(BORROWED_O, PyImport_AddModuleObject)                                                                                     \
    CALL(NEW_S, PyImport_ImportModuleNoBlock)                                                                                      \
    CALL(NEW_O, PyImport_GetImporter)                                                                                              \
    CALL(PLAIN_, PyImport_GetMagicNumber)                                                                                          \
    CALL(TEXT_, PyImport_GetMagicTag)                                                                                              \
    CALL(INT_S, PyImport_ImportFrozenModule)                                                                                       \
    CALL(INT_O, PyImport_ImportFrozenModuleObject)                                                                                 \
    CALL(TEXT_O, PyModule_GetFilename)                                                                                             \
    CALL(NEW_S, PyFile_OpenCode)                                                                                                   \
    CALL(NEW_O, PyFile_OpenCodeObject)                                                                                             \
    CALL(BORROWED_, PySys_GetXOptions)                                                                                             \
    CALL(INT_SO, PySys_AuditTuple)                                                                                                 \
    CALL(PLAIN_I, _Py_IsValidFD)                                                                                                   \
    CALL(TEXT_, Py_GetBuildInfo)                                                                                                   \
    CALL(TEXT_, Py_GetCompiler)                                                                                                    \
    CALL(TEXT_, Py_GetCopyright)                                                                                                   \
    CALL(TEXT_, Py_GetPlatform)                                                                                                    \
    CALL(PLAIN_, PyOS_InterruptOccurred)
FUNCTIONS(DEFINE_CALL)

/* A file of C's that holds this text. */
static FILE *
file_of(const char *text, size_t size)
{
    FILE *file = tmpfile();
    if (file == NULL) {
        PyErr_SetFromErrno(PyExc_OSError);
        return NULL;
    }
    fwrite(text, 1, size, file);
    rewind(file);
    return file;
}

static int
start_of(const char *kind)
{
    return strcmp(kind, "eval") == 0 ? Py_eval_input : strcmp(kind, "single") == 0 ? Py_single_input : Py_file_input;
}

#define IS(text) (strcmp(how, text) == 0)

/* run(how, source, kind, globals, locals, feature flags) */
static PyObject *
run(PyObject *self, PyObject *arguments)
{
    const char *how, *source, *kind;
    PyObject *globals, *locals;
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    if (!PyArg_ParseTuple(arguments, "sssOO|i", &how, &source, &kind, &globals, &locals, &flags.cf_flags)) {
        return NULL;
    }
    int start = start_of(kind), status;
    if (IS("StringFlags")) {
        return PyRun_StringFlags(source, start, globals, locals, &flags);
    }
    if (IS("StringFlags without")) {
        return PyRun_StringFlags(source, start, globals, locals, NULL);
    }
    if (IS("SimpleStringFlags")) {
        return PyLong_FromLong(PyRun_SimpleStringFlags(source, &flags));
    }
    FILE *file = file_of(source, strlen(source));
    if (file == NULL) {
        return NULL;
    }
    PyObject *result = NULL;
    if (IS("FileExFlags")) {
        return PyRun_FileExFlags(file, "made.py", start, globals, locals, 1, &flags);
    } else if (IS("FileEx")) {
        return PyRun_FileEx(file, "made.py", start, globals, locals, 1);
    } else if (IS("FileFlags")) {
        result = PyRun_FileFlags(file, "made.py", start, globals, locals, &flags);
    } else if (IS("File")) {
        result = PyRun_File(file, "made.py", start, globals, locals);
    } else if (IS("SimpleFileExFlags")) {
        return PyLong_FromLong(PyRun_SimpleFileExFlags(file, "made.py", 1, &flags));
    } else if (IS("SimpleFileEx")) {
        return PyLong_FromLong(PyRun_SimpleFileEx(file, "made.py", 1));
    } else if (IS("SimpleFile")) {
        status = PyRun_SimpleFile(file, "made.py");
        result = PyLong_FromLong(status);
    } else {
        PyErr_Format(PyExc_ValueError, "no %s", how);
    }
    fclose(file);
    return result;
}

/* compiled(source, file name, kind, optimize, flags) */
static PyObject *
compiled(PyObject *self, PyObject *arguments)
{
    const char *source, *kind;
    PyObject *name;
    int optimize;
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    if (!PyArg_ParseTuple(arguments, "sOsi|i", &source, &name, &kind, &optimize, &flags.cf_flags)) {
        return NULL;
    }
    const char *bytes = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (bytes && optimize == -2) {
        return Py_CompileStringExFlags(source, bytes, start_of(kind), NULL, -1);
    }
    return bytes ? Py_CompileStringExFlags(source, bytes, start_of(kind), &flags, optimize)
                 : Py_CompileStringObject(source, PyTuple_GetItem(name, 0), start_of(kind), &flags, optimize);
}

/* The flags that the running code has of __future__. */
static PyObject *
merged(PyObject *self, PyObject *arguments)
{
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    if (!PyArg_ParseTuple(arguments, "i", &flags.cf_flags)) {
        return NULL;
    }
    int any = PyEval_MergeCompilerFlags(&flags);
    return Py_BuildValue("(ii)", any, flags.cf_flags & (CO_FUTURE_ANNOTATIONS | PyCF_DONT_IMPLY_DEDENT));
}

static PyObject *
executed(PyObject *self, PyObject *arguments)
{
    const char *how, *name, *path, *cached;
    PyObject *code;
    if (!PyArg_ParseTuple(arguments, "ssOzz", &how, &name, &code, &path, &cached)) {
        return NULL;
    }
    if (IS("Ex")) {
        return PyImport_ExecCodeModuleEx(name, code, path);
    }
    if (IS("WithPathnames")) {
        return PyImport_ExecCodeModuleWithPathnames(name, code, path, cached);
    }
    PyObject *objects[] = {PyUnicode_FromString(name), path ? PyUnicode_FromString(path) : NULL, cached ? PyUnicode_FromString(cached) : NULL};
    PyObject *module = objects[0] ? PyImport_ExecCodeModuleObject(objects[0], code, objects[1], objects[2]) : NULL;
    for (int i = 0; i < 3; i++) {
        Py_XDECREF(objects[i]);
    }
    return module;
}

/* ---- modules by definitions ---- */

static PyObject *
state_of_made(PyObject *module, PyObject *unused)
{
    int *state = PyModule_GetState(module);
    return PyLong_FromLong(state ? (*state)++ : -1);
}

static PyMethodDef made_methods[] = {{"state", state_of_made, METH_NOARGS, NULL}, {0}};

static int
exec_made(PyObject *module)
{
    int *state = PyModule_GetState(module);
    if (state == NULL) {
        PyErr_SetString(PyExc_AssertionError, "no state");
        return -1;
    }
    *state = 40;
    return PyModule_AddIntConstant(module, "executed", 1);
}

static int
exec_fails(PyObject *module)
{
    PyErr_SetString(PyExc_LookupError, "refused to run");
    return -1;
}

static int
exec_returns_without_error(PyObject *module)
{
    return -1;
}

static int
exec_leaves_error(PyObject *module)
{
    PyErr_SetString(PyExc_LookupError, "left behind");
    return 0;
}

#define DEFINITION(name, exec)                                                                                                     \
    static PyModuleDef_Slot name##_slots[] = {{Py_mod_exec, exec}, {0, NULL}};                                                     \
    static PyModuleDef name##_def = {PyModuleDef_HEAD_INIT, .m_name = #name, .m_doc = "Made.", .m_size = sizeof(int),              \
                                     .m_methods = made_methods, .m_slots = name##_slots};
DEFINITION(made, exec_made)
DEFINITION(fails, exec_fails)
DEFINITION(without, exec_returns_without_error)
DEFINITION(leaves, exec_leaves_error)
static PyModuleDef plain_def = {PyModuleDef_HEAD_INIT, .m_name = "plain", .m_doc = "Plain.", .m_size = sizeof(int), .m_methods = made_methods};
static PyModuleDef negative_def = {PyModuleDef_HEAD_INIT, .m_name = "negative", .m_size = -1, .m_methods = made_methods};

static PyModuleDef *
definition_of(const char *how)
{
    return IS("made")      ? &made_def
           : IS("fails")   ? &fails_def
           : IS("without") ? &without_def
           : IS("leaves")  ? &leaves_def
           : IS("plain")   ? &plain_def
                           : &negative_def;
}

/* from_spec(definition, spec, API version) */
static PyObject *
from_spec(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *spec;
    int version;
    if (!PyArg_ParseTuple(arguments, "sOi", &how, &spec, &version)) {
        return NULL;
    }
    return PyModule_FromDefAndSpec2(definition_of(how), spec, version);
}

static PyObject *
created(PyObject *self, PyObject *arguments)
{
    const char *how;
    int version;
    return PyArg_ParseTuple(arguments, "si", &how, &version) ? PyModule_Create2(definition_of(how), version) : NULL;
}

static PyObject *
exec_definition(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *module;
    return PyArg_ParseTuple(arguments, "Os", &module, &how) ? given_number(PyModule_ExecDef(module, definition_of(how)), 1) : NULL;
}

/* The modules that definitions are found by: add, find, remove, find. */
static PyObject *
state_modules(PyObject *self, PyObject *module)
{
    PyObject *before = Py_XNewRef(PyState_FindModule(&plain_def));
    int added = PyState_AddModule(module, &plain_def);
    PyObject *error = PyErr_GetRaisedException();
    PyObject *found = Py_XNewRef(PyState_FindModule(&plain_def));
    int removed = PyState_RemoveModule(&plain_def);
    PyObject *after = Py_XNewRef(PyState_FindModule(&plain_def));
    int with_slots = PyState_AddModule(module, &made_def);
    PyObject *refused = PyErr_GetRaisedException();
    int removed_with_slots = PyState_RemoveModule(&made_def);
    PyObject *refused_too = PyErr_GetRaisedException();
#define OR_NONE(object) object ? object : Py_NewRef(Py_None)
    return Py_BuildValue("(NiNOiNiNiN)", OR_NONE(before), added, OR_NONE(error), found == module ? Py_True : Py_False, removed,
                         OR_NONE(after), with_slots, OR_NONE(refused), removed_with_slots, OR_NONE(refused_too));
}

/* ---- marshal ---- */

/* Numbers and objects written to a file, and read back; the last object by what reads to the end. */
static PyObject *
marshalled(PyObject *self, PyObject *arguments)
{
    PyObject *first, *last;
    long number;
    int version;
    if (!PyArg_ParseTuple(arguments, "lOOi", &number, &first, &last, &version)) {
        return NULL;
    }
    FILE *file = tmpfile();
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyMarshal_WriteLongToFile(number, file, version);
    fputs("\x34\xf2", file);
    PyMarshal_WriteObjectToFile(first, file, version);
    PyMarshal_WriteObjectToFile(last, file, version);
    rewind(file);
    long size_read = PyMarshal_ReadLongFromFile(file);
    int short_read = PyMarshal_ReadShortFromFile(file);
    PyObject *one = PyMarshal_ReadObjectFromFile(file);
    PyObject *two = one ? PyMarshal_ReadLastObjectFromFile(file) : NULL;
    PyObject *three = two ? PyMarshal_ReadLastObjectFromFile(file) : NULL;
    PyObject *at_end = PyErr_GetRaisedException();
    Py_XDECREF(three);
    int nothing = PyMarshal_ReadShortFromFile(file);
    PyObject *no_short = PyErr_GetRaisedException();
    fclose(file);
    if (two == NULL) {
        Py_XDECREF(one);
        PyErr_SetRaisedException(at_end);
        return NULL;
    }
    return Py_BuildValue("(liNNNiN)", size_read, short_read, one, two, OR_NONE(at_end), nothing, OR_NONE(no_short));
}

static PyObject *
through_bytes(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    int version;
    if (!PyArg_ParseTuple(arguments, "Oi", &object, &version)) {
        return NULL;
    }
    PyObject *bytes = PyMarshal_WriteObjectToString(object, version);
    if (bytes == NULL) {
        return NULL;
    }
    PyObject *back = PyMarshal_ReadObjectFromString(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    return back ? Py_BuildValue("(NN)", bytes, back) : NULL;
}

static PyObject *
read_bytes(PyObject *self, PyObject *bytes)
{
    char *content;
    Py_ssize_t size;
    return PyBytes_AsStringAndSize(bytes, &content, &size) < 0 ? NULL : PyMarshal_ReadObjectFromString(content, size);
}

/* ---- files ---- */

/* opened(path, mode): the first bytes, by _Py_fopen_obj. */
static PyObject *
opened(PyObject *self, PyObject *arguments)
{
    PyObject *path;
    const char *mode;
    char text[20];
    if (!PyArg_ParseTuple(arguments, "Os", &path, &mode)) {
        return NULL;
    }
    FILE *file = _Py_fopen_obj(path, mode);
    if (file == NULL) {
        return NULL;
    }
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    return PyBytes_FromStringAndSize(text, size);
}

static PyObject *
from_descriptor(PyObject *self, PyObject *arguments)
{
    int fd, buffering, close;
    const char *mode, *encoding, *errors, *newline;
    if (!PyArg_ParseTuple(arguments, "isizzzp", &fd, &mode, &buffering, &encoding, &errors, &newline, &close)) {
        return NULL;
    }
    return PyFile_FromFd(fd, "given", mode, buffering, encoding, errors, newline, close);
}

static PyObject *
file_defaults(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("(ssii)", Py_FileSystemDefaultEncoding, Py_FileSystemDefaultEncodeErrors, Py_HasFileSystemDefaultEncoding, Py_UTF8Mode);
}

static PyObject *
interactive(PyObject *self, PyObject *unused)
{
    FILE *file = tmpfile();
    int answer = Py_FdIsInteractive(file, "made.py");
    fclose(file);
    return PyLong_FromLong(answer);
}

static PyObject *
said_to_stderr(PyObject *self, PyObject *text)
{
    PySys_FormatStderr("%s: %U, %d\n", "said", text, 5);
    Py_RETURN_NONE;
}

/* sys.argv as the program got it. */
static PyObject *
arguments_given(PyObject *self, PyObject *unused)
{
    int count;
    wchar_t **values;
    Py_GetArgcArgv(&count, &values);
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < count; i++) {
        PyObject *text = PyUnicode_FromWideChar(values[i], -1);
        if (text == NULL || PyList_Append(list, text) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(text);
    }
    return list;
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    OWN_ENTRY(run) OWN_ENTRY(compiled) OWN_ENTRY(merged) OWN_ENTRY(executed) OWN_ENTRY(from_spec) OWN_ENTRY(created)
    OWN_ENTRY(exec_definition) OWN_ENTRY(marshalled) OWN_ENTRY(through_bytes) OWN_ENTRY(opened) OWN_ENTRY(from_descriptor)
    {"state_modules", state_modules, METH_O, NULL},
    {"read_bytes", read_bytes, METH_O, NULL},
    {"file_defaults", file_defaults, METH_NOARGS, NULL},
    {"interactive", interactive, METH_NOARGS, NULL},
    {"said_to_stderr", said_to_stderr, METH_O, NULL},
    {"arguments_given", arguments_given, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_running, "Running.", functions)
