/* Functions of the API that write to or read from files, print errors, or change the error that is handled. */
#define _GNU_SOURCE
#include "each.h"
#include <fcntl.h>
#include <unistd.h>



/* A file that holds the text, at its start. */
static FILE *file_of(const char *text)
{
    FILE *file = tmpfile();
    fputs(text, file);
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
    return PyUnicode_DecodeUTF8(into, (Py_ssize_t)count, "backslashreplace");
}

static PyObject *each_PyObject_Print(PyObject *object, long flags)
{
    FILE *file = tmpfile();
    PyObject *printed = number_step(PyObject_Print(object, file, (int)flags));
    return Py_BuildValue("(NN)", printed, contents(file));
}

static void raise_usual(const char *which)
{
    if (is(which, "value")) {
        PyErr_SetString(PyExc_ValueError, "words \xc3\xa9");
    } else if (is(which, "caused")) {
        PyErr_SetString(PyExc_KeyError, "first");
        PyObject *first = PyErr_GetRaisedException();
        PyErr_SetString(PyExc_ValueError, "second");
        PyObject *second = PyErr_GetRaisedException();
        PyException_SetCause(second, first);
        PyErr_SetRaisedException(second);
    } else if (is(which, "context")) {
        PyErr_SetString(PyExc_KeyError, "first");
        PyObject *first = PyErr_GetRaisedException();
        PyErr_SetString(PyExc_ValueError, "second");
        PyObject *second = PyErr_GetRaisedException();
        PyException_SetContext(second, first);
        PyErr_SetRaisedException(second);
    } else if (is(which, "empty")) {
        PyErr_SetNone(PyExc_RuntimeError);
    } else if (is(which, "os")) {
        PyErr_SetObject(PyExc_OSError, Py_BuildValue("(is)", 2, "No such file"));
    } else if (is(which, "lines")) {
        PyErr_SetString(PyExc_TypeError, "one\ntwo\n");
    } else if (is(which, "syntax")) {
        PyErr_SetObject(PyExc_SyntaxError, Py_BuildValue("(s(siis))", "bad", "name.py", 3, 2, "a bad line\n"));
    } else if (is(which, "note")) {
        PyErr_SetString(PyExc_ValueError, "noted");
        PyObject *error = PyErr_GetRaisedException();
        Py_XDECREF(PyObject_CallMethod(error, "add_note", "s", "a note"));
        PyErr_SetRaisedException(error);
    }
}

static PyObject *last_exception(void)
{
    PyObject *last = PySys_GetObject("last_exc");
    PyObject *told = last ? PyObject_Repr(last) : text_or_null(NULL);
    if (last != NULL) {
        PySys_SetObject("last_exc", NULL);
        PySys_SetObject("last_type", NULL);
        PySys_SetObject("last_value", NULL);
        PySys_SetObject("last_traceback", NULL);
    }
    return told;
}

static PyObject *each_PyErr_Print(const char *which)
{
    hearing stderr_heard = listen_to(NULL);
    raise_usual(which);
    PyErr_Print();
    return Py_BuildValue("(NN)", heard(stderr_heard), last_exception());
}

static PyObject *each_PyErr_PrintEx(const char *which, long set)
{
    hearing stderr_heard = listen_to(NULL);
    raise_usual(which);
    PyErr_PrintEx((int)set);
    return Py_BuildValue("(NN)", heard(stderr_heard), last_exception());
}

static PyObject *each_PyErr_Print_to(PyObject *writer)
{
    hearing stderr_heard = listen_to(writer);
    raise_usual("value");
    PyErr_Print();
    PyObject *told = heard(stderr_heard);
    PyErr_Clear();
    Py_DECREF(last_exception());
    return told;
}

static PyObject *each_PyErr_DisplayException(PyObject *exception)
{
    hearing stderr_heard = listen_to(NULL);
    PyErr_DisplayException(exception);
    return heard(stderr_heard);
}

static PyObject *each_PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)
{
    hearing stderr_heard = listen_to(NULL);
    PyErr_Display(type, value, traceback);
    return heard(stderr_heard);
}

/* Inside, the exception is handled; afterwards what was handled before is. */
static PyObject *each_PyErr_SetHandledException(PyObject *exception)
{
    PyObject *before = PyErr_GetHandledException();
    PyErr_SetHandledException(exception);
    PyObject *now = PyErr_GetHandledException();
    PyObject *context = NULL;
    PyErr_SetString(PyExc_KeyError, "while handling");
    PyObject *error = PyErr_GetRaisedException();
    context = PyException_GetContext(error);
    Py_DECREF(error);
    PyErr_SetHandledException(before);
    Py_XDECREF(before);
    return Py_BuildValue("(NN)", now ? now : text_or_null(NULL), context ? context : text_or_null(NULL));
}

static PyObject *each_PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *old_type, *old, *old_traceback, *now_type, *now, *now_traceback;
    PyErr_GetExcInfo(&old_type, &old, &old_traceback);
    PyErr_SetExcInfo(Py_XNewRef(type), Py_XNewRef(value), Py_XNewRef(traceback));
    PyErr_GetExcInfo(&now_type, &now, &now_traceback);
    PyErr_SetExcInfo(old_type, old, old_traceback);
    PyObject *told = Py_BuildValue("(OOO)", now_type ? now_type : Py_None, now ? now : Py_None, now_traceback ? now_traceback : Py_None);
    Py_XDECREF(now_type), Py_XDECREF(now), Py_XDECREF(now_traceback);
    return told;
}

/* What a SyntaxError tells of its place, after that was set. */
static PyObject *located(void)
{
    PyObject *error = PyErr_GetRaisedException();
    if (error == NULL) {
        return text_or_null(NULL);
    }
    static const char *const names[] = {"filename", "lineno", "offset", "end_lineno", "end_offset", "text", "msg", "print_file_and_line"};
    PyObject *told = PyList_New(0);
    for (size_t index = 0; index < Py_ARRAY_LENGTH(names); index++) {
        PyObject *value = step(PyObject_GetAttrString(error, names[index]));
        PyList_Append(told, value);
        Py_DECREF(value);
    }
    PyObject *both = Py_BuildValue("(sN)", Py_TYPE(error)->tp_name, told);
    Py_DECREF(error);
    return both;
}

static void raise_located(const char *which)
{
    if (is(which, "syntax")) {
        PyErr_SetString(PyExc_SyntaxError, "bad");
    } else if (is(which, "value")) {
        PyErr_SetString(PyExc_ValueError, "bad");
    } else if (is(which, "indentation")) {
        PyErr_SetString(PyExc_IndentationError, "bad");
    }
}

static PyObject *each_PyErr_SyntaxLocation(const char *which, const char *name, long line)
{
    raise_located(which);
    PyErr_SyntaxLocation(name, (int)line);
    return located();
}

static PyObject *each_PyErr_SyntaxLocationEx(const char *which, const char *name, long line, long column)
{
    raise_located(which);
    PyErr_SyntaxLocationEx(name, (int)line, (int)column);
    return located();
}

static PyObject *each_PyErr_SyntaxLocationObject(const char *which, PyObject *name, long line, long column)
{
    raise_located(which);
    PyErr_SyntaxLocationObject(name, (int)line, (int)column);
    return located();
}

static PyObject *each_PyErr_RangedSyntaxLocationObject(const char *which, PyObject *name, long line, long column)
{
    raise_located(which);
    PyErr_RangedSyntaxLocationObject(name, (int)line, (int)column, (int)line + 1, (int)column + 2);
    return located();
}

/* Tracebacks: one made here, and one printed. */
static PyObject *each_PyTraceBack_Here(PyObject *unused)
{
    PyErr_SetString(PyExc_ValueError, "words");
    PyObject *here = number_step(0);
    int added = PyTraceBack_Here(PyEval_GetFrame()), again = PyTraceBack_Here(PyEval_GetFrame());
    PyObject *error = PyErr_GetRaisedException(), *traceback = PyException_GetTraceback(error);
    PyObject *next = traceback ? PyObject_GetAttrString(traceback, "tb_next") : NULL;
    PyObject *told = Py_BuildValue("(Niiss)", here, added, again, traceback ? Py_TYPE(traceback)->tp_name : "NULL", next ? Py_TYPE(next)->tp_name : "NULL");
    Py_XDECREF(next), Py_XDECREF(traceback), Py_DECREF(error);
    return told;
}

static PyObject *each_PyTraceBack_Print(PyObject *traceback, PyObject *file)
{
    return number_step(PyTraceBack_Print(traceback, file));
}

/* ---- running what a file holds */

static PyObject *run(const char *source, PyObject *globals, int start, int how)
{
    FILE *file = file_of(source);
    PyCompilerFlags flags = {.cf_flags = 0, .cf_feature_version = PY_MINOR_VERSION};
    switch (how) {
    case 0: {
        PyObject *result = PyRun_FileExFlags(file, "name.py", start, globals, globals, 0, &flags);
        fclose(file);
        return result;
    }
    case 1:
        return PyRun_FileExFlags(file, "name.py", start, globals, globals, 1, NULL);
    default:
        return NULL;
    }
}

static PyObject *each_PyRun_FileExFlags(const char *source, PyObject *globals, const char *start)
{
    int from = is(start, "eval") ? Py_eval_input : is(start, "single") ? Py_single_input : is(start, "unknown") ? 5 : Py_file_input;
    PyObject *first = step(run(source, globals, from, 0)), *second = step(run(source, globals, from, 1));
    return Py_BuildValue("(NN)", first, second);
}

static PyObject *each_PyRun_SimpleStringFlags(const char *source)
{
    hearing stderr_heard = listen_to(NULL);
    PyCompilerFlags flags = {.cf_flags = 0, .cf_feature_version = PY_MINOR_VERSION};
    int status = PyRun_SimpleStringFlags(source, NULL), again = PyRun_SimpleStringFlags(source, &flags);
    PyObject *said = heard(stderr_heard);
    Py_DECREF(last_exception());
    return Py_BuildValue("(iiN)", status, again, said);
}

/* ---- files and marshal */

static PyObject *each_PyFile_FromFd(long number, const char *mode, long buffering, const char *encoding)
{
    int descriptor = number < 0 ? (int)number : dup(fileno(tmpfile()));
    PyObject *file = PyFile_FromFd(descriptor, "given", mode, (int)buffering, encoding, NULL, NULL, 1);
    if (file == NULL) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        return NULL;
    }
    PyObject *told = Py_BuildValue("(sN)", Py_TYPE(file)->tp_name, step(PyObject_GetAttrString(file, "mode")));
    Py_XDECREF(step(PyObject_CallMethod(file, "close", NULL)));
    Py_DECREF(file);
    return told;
}

static PyObject *each_Py_FdIsInteractive(const char *name)
{
    FILE *file = tmpfile();
    int answer = Py_FdIsInteractive(file, name);
    fclose(file);
    return PyLong_FromLong(answer);
}

static const each_function functions[] = {
    EACH(PyObject_Print),
    EACH(PyErr_Print),
    EACH(PyErr_PrintEx),
    {"PyErr_Print/to", (void *)each_PyErr_Print_to},
    EACH(PyErr_DisplayException),
    EACH(PyErr_Display),
    EACH(PyErr_SetHandledException),
    EACH(PyErr_SetExcInfo),
    EACH(PyErr_SyntaxLocation),
    EACH(PyErr_SyntaxLocationEx),
    EACH(PyErr_SyntaxLocationObject),
    EACH(PyErr_RangedSyntaxLocationObject),
    EACH(PyTraceBack_Here),
    EACH(PyTraceBack_Print),
    EACH(PyRun_FileExFlags),
    EACH(PyRun_SimpleStringFlags),
    EACH(PyFile_FromFd),
    EACH(Py_FdIsInteractive),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_files, "Functions that write, read and print.", NULL, fill)
