/* Functions of the API that take a FILE: marshalled things, code, lines, prompts, maps for perf; and what goes to sys.unraisablehook. */
#define _GNU_SOURCE
#include "each.h"
#include <fcntl.h>
#include <marshal.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

/* A file that holds what the buffer has, at its start. */
static FILE *file_of(const Py_buffer *bytes)
{
    FILE *file = tmpfile();
    fwrite(bytes->buf, 1, (size_t)bytes->len, file);
    rewind(file);
    return file;
}

static PyObject *contents(FILE *file)
{
    char into[2000];
    fflush(file);
    rewind(file);
    size_t count = fread(into, 1, sizeof into, file);
    fclose(file);
    return PyBytes_FromStringAndSize(into, (Py_ssize_t)count);
}

/* What was read, and how much of the file that took. */
static PyObject *and_place(PyObject *read, FILE *file)
{
    long place = ftell(file);
    fclose(file);
    return Py_BuildValue("(Nl)", read, place);
}

/* ---- marshal */

static PyObject *each_PyMarshal_ReadLongFromFile(Py_buffer *bytes)
{
    FILE *file = file_of(bytes);
    return and_place(number_step(PyMarshal_ReadLongFromFile(file)), file);
}

static PyObject *each_PyMarshal_ReadShortFromFile(Py_buffer *bytes)
{
    FILE *file = file_of(bytes);
    return and_place(number_step(PyMarshal_ReadShortFromFile(file)), file);
}

static PyObject *each_PyMarshal_ReadObjectFromFile(Py_buffer *bytes)
{
    FILE *file = file_of(bytes);
    PyObject *first = step(PyMarshal_ReadObjectFromFile(file));
    long between = ftell(file);
    return and_place(Py_BuildValue("(NlN)", first, between, step(PyMarshal_ReadObjectFromFile(file))), file);
}

static PyObject *each_PyMarshal_ReadLastObjectFromFile(Py_buffer *bytes)
{
    FILE *file = file_of(bytes);
    PyObject *first = step(PyMarshal_ReadLastObjectFromFile(file));
    return and_place(Py_BuildValue("(NN)", first, step(PyMarshal_ReadLastObjectFromFile(file))), file);
}

static PyObject *each_PyMarshal_WriteLongToFile(long number, long version)
{
    FILE *file = tmpfile();
    PyMarshal_WriteLongToFile(number, file, (int)version);
    PyMarshal_WriteLongToFile(1, file, (int)version);
    PyObject *error = error_said();
    return Py_BuildValue("(NN)", error, contents(file));
}

/* What is read back, and the bytes, where those do not tell how many know of an object. */
static PyObject *each_PyMarshal_WriteObjectToFile(PyObject *object, long version)
{
    FILE *file = tmpfile();
    PyMarshal_WriteObjectToFile(object, file, (int)version);
    PyObject *error = error_said();
    rewind(file);
    PyObject *back = step(PyMarshal_ReadObjectFromFile(file)), *bytes = contents(file);
    if (version > 2) {
        Py_SETREF(bytes, Py_NewRef(Py_None));
    }
    return Py_BuildValue("(NNN)", error, back, bytes);
}

/* ---- code */

static int start_of(const char *which)
{
    return is(which, "eval") ? Py_eval_input : is(which, "single") ? Py_single_input : Py_file_input;
}

/* A result, and whether the file was closed. */
static PyObject *and_closed(PyObject *result, FILE *file, int descriptor)
{
    int closed = fcntl(descriptor, F_GETFD) < 0;
    if (!closed) {
        fclose(file);
    }
    return Py_BuildValue("(Ni)", result, closed);
}

static PyObject *each_PyRun_File(Py_buffer *source, const char *start, PyObject *globals, PyObject *locals)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    return and_closed(step((PyRun_File)(file, "name.py", start_of(start), globals, locals)), file, descriptor);
}

static PyObject *each_PyRun_FileEx(Py_buffer *source, const char *start, PyObject *globals, PyObject *locals, long close)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    return and_closed(step((PyRun_FileEx)(file, "name.py", start_of(start), globals, locals, close != 0)), file, descriptor);
}

/* `flags`: none at all, no flag, or that of `from __future__ import annotations`. What they are afterwards is told. */
static PyObject *each_PyRun_FileFlags(Py_buffer *source, const char *start, PyObject *globals, PyObject *locals, const char *which)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    PyCompilerFlags flags = {.cf_flags = is(which, "annotations") ? CO_FUTURE_ANNOTATIONS : 0, .cf_feature_version = PY_MINOR_VERSION};
    PyObject *result = step((PyRun_FileFlags)(file, "name.py", start_of(start), globals, locals, is(which, "null") ? NULL : &flags));
    return Py_BuildValue("(Ni)", and_closed(result, file, descriptor), flags.cf_flags & CO_FUTURE_ANNOTATIONS);
}

/* What was written, without tracebacks: their first lines are the host's own matter, the others tell of places. */
static PyObject *without_places(PyObject *text)
{
    PyObject *kept = PyList_New(0), *space = PyUnicode_FromString(" "), *first = PyUnicode_FromString("Traceback ");
    PyObject *lines = PyUnicode_Check(text) ? PyUnicode_Splitlines(text, 0) : Py_BuildValue("(O)", text);
    for (Py_ssize_t index = 0; index < PySequence_Size(lines); index++) {
        PyObject *line = PySequence_GetItem(lines, index);
        int of_traceback = PyUnicode_Check(line) && (PyUnicode_Tailmatch(line, space, 0, PY_SSIZE_T_MAX, -1) || PyUnicode_Tailmatch(line, first, 0, PY_SSIZE_T_MAX, -1));
        if (!of_traceback) {
            PyList_Append(kept, line);
        }
        Py_DECREF(line);
    }
    Py_DECREF(space);
    Py_DECREF(first);
    Py_DECREF(lines);
    Py_DECREF(text);
    return kept;
}

/* What the source left in __main__ as `left`. */
static PyObject *left_in_main(void)
{
    PyObject *namespace = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyObject *left = or_none(PyDict_GetItemString(namespace, "left"));
    PyDict_DelItemString(namespace, "left");
    PyErr_Clear();
    PySys_SetObject("last_exc", NULL);
    PySys_SetObject("last_type", NULL);
    PySys_SetObject("last_value", NULL);
    PySys_SetObject("last_traceback", NULL);
    return left;
}

static PyObject *each_PyRun_SimpleFile(Py_buffer *source, const char *name)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    hearing said = listen_to(NULL);
    PyObject *status = number_step((PyRun_SimpleFile)(file, name));
    PyObject *words = without_places(heard(said));
    return Py_BuildValue("(NNN)", and_closed(status, file, descriptor), words, left_in_main());
}

static PyObject *each_PyRun_SimpleFileEx(Py_buffer *source, const char *name, long close)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    hearing said = listen_to(NULL);
    PyObject *status = number_step((PyRun_SimpleFileEx)(file, name, close != 0));
    PyObject *words = without_places(heard(said));
    return Py_BuildValue("(NNN)", and_closed(status, file, descriptor), words, left_in_main());
}

static PyObject *each_PyRun_SimpleFileExFlags(Py_buffer *source, const char *name, long close, const char *which)
{
    FILE *file = file_of(source);
    int descriptor = fileno(file);
    PyCompilerFlags flags = {.cf_flags = is(which, "annotations") ? CO_FUTURE_ANNOTATIONS : 0, .cf_feature_version = PY_MINOR_VERSION};
    hearing said = listen_to(NULL);
    PyObject *status = number_step(PyRun_SimpleFileExFlags(file, name, close != 0, is(which, "null") ? NULL : &flags));
    PyObject *words = without_places(heard(said));
    return Py_BuildValue("(NNN)", and_closed(status, file, descriptor), words, left_in_main());
}

static PyObject *each_PyRun_SimpleString(Py_buffer *source)
{
    hearing said = listen_to(NULL);
    PyObject *status = number_step((PyRun_SimpleString)(source->buf));
    PyObject *words = without_places(heard(said));
    return Py_BuildValue("(NNN)", status, words, left_in_main());
}

/* ---- lines */

enum { MOST_LINES = 8 };

static PyObject *each_Py_UniversalNewlineFgets(Py_buffer *bytes, long room, PyObject *object)
{
    FILE *file = file_of(bytes);
    PyObject *lines = PyList_New(0);
    char line[1000];
    while (PyList_GET_SIZE(lines) < MOST_LINES && Py_UniversalNewlineFgets(line, (int)room, file, object) == line) {
        PyObject *item = PyBytes_FromString(line);
        PyList_Append(lines, item);
        Py_DECREF(item);
    }
    return and_place(lines, file);
}

/* The program's own stderr, past Python, goes to a file meanwhile. */
static int put_aside(FILE *file)
{
    fflush(stderr);
    int kept = dup(2);
    dup2(fileno(file), 2);
    return kept;
}

static void put_back(int kept)
{
    fflush(stderr);
    dup2(kept, 2);
    close(kept);
}

static PyObject *each_PyOS_Readline(Py_buffer *bytes, const char *prompt)
{
    FILE *file = file_of(bytes), *prompts = tmpfile();
    PyObject *lines = PyList_New(0);
    int kept = put_aside(prompts);
    while (PyList_GET_SIZE(lines) < MOST_LINES) {
        char *line = PyOS_Readline(file, stdout, prompt);
        PyObject *item = line == NULL ? error_said() : strlen(line) < 100 ? PyBytes_FromString(line) : PyLong_FromSize_t(strlen(line));
        PyList_Append(lines, item);
        Py_DECREF(item);
        if (line == NULL || *line == 0) {
            PyMem_Free(line);
            break;
        }
        PyMem_Free(line);
    }
    put_back(kept);
    return Py_BuildValue("(NN)", and_place(lines, file), contents(prompts));
}

/* ---- maps for perf */

static const char *map_path(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    return path;
}

/* What the map holds; it is closed and gone afterwards. */
static PyObject *map_taken(void)
{
    PyUnstable_PerfMapState_Fini();
    FILE *file = fopen(map_path(), "r");
    unlink(map_path());
    return file ? contents(file) : Py_NewRef(Py_None);
}

static PyObject *each_PyUnstable_PerfMapState_Init(void)
{
    int first = PyUnstable_PerfMapState_Init(), there = access(map_path(), F_OK);
    PyObject *empty = map_taken();
    PyUnstable_PerfMapState_Fini();
    int again = PyUnstable_PerfMapState_Init();
    return Py_BuildValue("(iiNiN)", first, there, empty, again, map_taken());
}

static PyObject *each_PyUnstable_WritePerfMapEntry(long address, long size, const char *name)
{
    int first = PyUnstable_WritePerfMapEntry((void *)address, (unsigned int)size, name);
    int second = PyUnstable_WritePerfMapEntry((void *)16, 32, "second");
    return Py_BuildValue("(iiN)", first, second, map_taken());
}

/* Of a file with these bytes, or of none. */
static PyObject *each_PyUnstable_CopyPerfMapFile(Py_buffer *bytes, const char *which)
{
    char path[] = "/tmp/ext_each_XXXXXX";
    int descriptor = mkstemp(path);
    if (write(descriptor, bytes->buf, (size_t)bytes->len) != bytes->len) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    close(descriptor);
    int before = is(which, "after-an-entry") ? PyUnstable_WritePerfMapEntry((void *)16, 32, "before") : 0;
    int copied = PyUnstable_CopyPerfMapFile(is(which, "missing") ? "/nonexistent/file" : is(which, "nameless") ? "" : path);
    unlink(path);
    int after = PyUnstable_WritePerfMapEntry((void *)16, 32, "after");
    return Py_BuildValue("(iiiN)", before, copied, after, map_taken());
}

/* ---- errors that nobody can raise */

static void raise_before(const char *which)
{
    if (is(which, "value")) {
        PyErr_SetString(PyExc_ValueError, "words");
    } else if (is(which, "empty")) {
        PyErr_SetNone(PyExc_KeyError);
    } else if (is(which, "lines")) {
        PyErr_SetString(PyExc_TypeError, "one\ntwo\n");
    }
}

static void report(const char *format, PyObject *object, int formatted)
{
    if (formatted) {
        PyErr_FormatUnraisable(format, 5, 6);
    } else {
        PyErr_WriteUnraisable(object);
    }
}

static PyObject *unraisable_attribute(PyObject *given, const char *name)
{
    return PyList_GET_SIZE(given) ? step(PyObject_GetAttrString(PyList_GET_ITEM(given, 0), name)) : Py_NewRef(Py_None);
}

/* What sys.unraisablehook is told; the error that is set afterwards. */
static PyObject *told_to_hook(const char *which, const char *format, PyObject *object, int formatted)
{
    PyObject *given = PyList_New(0), *append = PyObject_GetAttrString(given, "append"), *kept = Py_XNewRef(PySys_GetObject("unraisablehook"));
    PySys_SetObject("unraisablehook", append);
    raise_before(which);
    report(format, object, formatted);
    PyObject *error = error_said();
    PySys_SetObject("unraisablehook", kept);
    PyObject *traceback = unraisable_attribute(given, "exc_traceback");
    PyObject *told = Py_BuildValue("(NnNNNNs)", error, PyList_GET_SIZE(given), unraisable_attribute(given, "exc_type"), unraisable_attribute(given, "exc_value"),
                                   unraisable_attribute(given, "err_msg"), unraisable_attribute(given, "object"), Py_TYPE(traceback)->tp_name);
    Py_XDECREF(kept), Py_DECREF(append), Py_DECREF(given), Py_DECREF(traceback);
    return told;
}

/* What the usual hook writes, to a text or to the writer given. */
static PyObject *told_to_writer(const char *which, const char *format, PyObject *object, PyObject *writer, int formatted)
{
    hearing said = listen_to(writer);
    raise_before(which);
    report(format, object, formatted);
    return without_places(heard(said));
}

static PyObject *raises(PyObject *self, PyObject *argument)
{
    PyErr_SetString(PyExc_LookupError, "the hook's own");
    return NULL;
}

/* With a hook that is none, or that fails. */
static PyObject *told_to_bad_hook(const char *which, const char *format, PyObject *object, int formatted)
{
    static PyMethodDef definition = {"raises", raises, METH_O, NULL};
    PyObject *hook = is(which, "raises") ? PyCFunction_New(&definition, NULL) : is(which, "none") ? Py_NewRef(Py_None) : is(which, "number") ? PyLong_FromLong(5) : NULL;
    PyObject *kept = Py_XNewRef(PySys_GetObject("unraisablehook"));
    PySys_SetObject("unraisablehook", hook);
    Py_XDECREF(hook);
    PyObject *said = told_to_writer("value", format, object, NULL, formatted);
    PySys_SetObject("unraisablehook", kept);
    Py_XDECREF(kept);
    return said;
}

static PyObject *each_PyErr_WriteUnraisable(const char *which, PyObject *object)
{
    return told_to_hook(which, NULL, object, 0);
}

static PyObject *each_PyErr_WriteUnraisable_printed(const char *which, PyObject *object)
{
    return told_to_writer(which, NULL, object, NULL, 0);
}

static PyObject *each_PyErr_WriteUnraisable_to(PyObject *writer)
{
    return told_to_writer("value", NULL, Py_None, writer, 0);
}

static PyObject *each_PyErr_WriteUnraisable_hook(const char *which, PyObject *object)
{
    return told_to_bad_hook(which, NULL, object, 0);
}

static PyObject *each_PyErr_FormatUnraisable(const char *which, const char *format)
{
    return told_to_hook(which, is(format, "null") ? NULL : format, NULL, 1);
}

static PyObject *each_PyErr_FormatUnraisable_printed(const char *which, const char *format)
{
    return told_to_writer(which, is(format, "null") ? NULL : format, NULL, NULL, 1);
}

static PyObject *each_PyErr_FormatUnraisable_to(PyObject *writer)
{
    return told_to_writer("value", "words %d", NULL, writer, 1);
}

static PyObject *each_PyErr_FormatUnraisable_hook(const char *which)
{
    return told_to_bad_hook(which, "words %d", NULL, 1);
}

static const each_function functions[] = {
    EACH(PyMarshal_ReadLongFromFile),
    EACH(PyMarshal_ReadShortFromFile),
    EACH(PyMarshal_ReadObjectFromFile),
    EACH(PyMarshal_ReadLastObjectFromFile),
    EACH(PyMarshal_WriteLongToFile),
    EACH(PyMarshal_WriteObjectToFile),
    EACH(PyRun_File),
    EACH(PyRun_FileEx),
    EACH(PyRun_FileFlags),
    EACH(PyRun_SimpleFile),
    EACH(PyRun_SimpleFileEx),
    EACH(PyRun_SimpleFileExFlags),
    EACH(PyRun_SimpleString),
    EACH(Py_UniversalNewlineFgets),
    EACH(PyOS_Readline),
    EACH(PyUnstable_PerfMapState_Init),
    EACH(PyUnstable_WritePerfMapEntry),
    EACH(PyUnstable_CopyPerfMapFile),
    EACH(PyErr_WriteUnraisable),
    {"PyErr_WriteUnraisable/printed", (void *)each_PyErr_WriteUnraisable_printed},
    {"PyErr_WriteUnraisable/to", (void *)each_PyErr_WriteUnraisable_to},
    {"PyErr_WriteUnraisable/hook", (void *)each_PyErr_WriteUnraisable_hook},
    EACH(PyErr_FormatUnraisable),
    {"PyErr_FormatUnraisable/printed", (void *)each_PyErr_FormatUnraisable_printed},
    {"PyErr_FormatUnraisable/to", (void *)each_PyErr_FormatUnraisable_to},
    {"PyErr_FormatUnraisable/hook", (void *)each_PyErr_FormatUnraisable_hook},
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_streams, "Functions that take a FILE.", NULL, fill)
