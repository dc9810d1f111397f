/* The functions that take a va_list, a parser or a format: arguments parsed and values built in every form, text, errors and warnings
   formatted. */
#include "shapes.h"
#include <errno.h>

/* Exported, and declared by internal headers alone, or by none. */
extern int _PyArg_ParseStack(PyObject *const *, Py_ssize_t, const char *, ...);
extern int _PyArg_ParseStackAndKeywords(PyObject *const *, Py_ssize_t, PyObject *, struct _PyArg_Parser *, ...);
extern void _PyArg_BadArgument(const char *, const char *, const char *, PyObject *);
extern int _PyArg_CheckPositional(const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
extern int _PyArg_NoKeywords(const char *, PyObject *);
extern int _PyArg_NoPositional(const char *, PyObject *);
extern PyObject *const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *, Py_ssize_t, PyObject *, PyObject *, struct _PyArg_Parser *, int, int,
                                                        int, int, PyObject **);
extern int _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);
extern int _PyArg_Parse_SizeT(PyObject *, const char *, ...);
extern int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char *const *, ...);
extern int _PyArg_VaParse_SizeT(PyObject *, const char *, va_list);
extern int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char *const *, va_list);
extern PyObject *_Py_BuildValue_SizeT(const char *, ...);
extern PyObject *_Py_VaBuildValue_SizeT(const char *, va_list);
extern PyObject *_PyErr_FormatFromCause(PyObject *, const char *, ...);
extern void _PyErr_SetKeyError(PyObject *);

#define IS(text) (strcmp(how, text) == 0)

static const char *const names[] = {"text", "number", "size", NULL};
/* A format of text, an int, and bytes with their size. */
#define FORMAT "s|iy#:parsed"

typedef struct {
    const char *text;
    int number;
    const char *bytes;
    Py_ssize_t size;
} Parsed;

static PyObject *
told(int status, Parsed *parsed)
{
    return status ? Py_BuildValue("(siy#)", parsed->text, parsed->number, parsed->bytes, parsed->size) : NULL;
}

static int
parse_variable(const char *how, PyObject *tuple, PyObject *keywords, ...)
{
    va_list arguments;
    va_start(arguments, keywords);
    int status = IS("VaParse")                          ? PyArg_VaParse(tuple, FORMAT, arguments)
                 : IS("VaParse_SizeT")                  ? _PyArg_VaParse_SizeT(tuple, FORMAT, arguments)
                 : IS("VaParseTupleAndKeywords_SizeT")  ? _PyArg_VaParseTupleAndKeywords_SizeT(tuple, keywords, FORMAT, (char **)names, arguments)
                                                        : PyArg_VaParseTupleAndKeywords(tuple, keywords, FORMAT, (char **)names, arguments);
    va_end(arguments);
    return status;
}

/* parsed(how, tuple, keywords or None): the same format by each function. */
static PyObject *
parsed(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *tuple, *keywords;
    if (!PyArg_ParseTuple(arguments, "sOO", &how, &tuple, &keywords)) {
        return NULL;
    }
    keywords = keywords == Py_None ? NULL : keywords;
    Parsed found = {"unset", -1, "none", 4};
#define PLACES &found.text, &found.number, &found.bytes, &found.size
    if (IS("ParseTuple_SizeT")) {
        return told(_PyArg_ParseTuple_SizeT(tuple, FORMAT, PLACES), &found);
    }
    if (IS("ParseTupleAndKeywords_SizeT")) {
        return told(_PyArg_ParseTupleAndKeywords_SizeT(tuple, keywords, FORMAT, (char **)names, PLACES), &found);
    }
    if (IS("ParseTupleAndKeywordsFast")) {
        static _PyArg_Parser parser = {.format = FORMAT, .keywords = names};
        return told(_PyArg_ParseTupleAndKeywordsFast(tuple, keywords, &parser, PLACES), &found);
    }
    if (IS("Parse_SizeT")) {
        return told(_PyArg_Parse_SizeT(tuple, "(siy#)", PLACES), &found);
    }
    return told(parse_variable(how, tuple, keywords, PLACES), &found);
}

/* A function called with a stack: its own positional ones and keywords, by the stack's parsers. */
static PyObject *
stack(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    Parsed found = {"unset", -1, "none", 4};
    return told(_PyArg_ParseStack(arguments, count, "s|iy#:stack", PLACES), &found);
}

static PyObject *
stack_and_keywords(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords)
{
    static const char *const stack_names[] = {"", "number", "size", NULL};
    static _PyArg_Parser parser = {.format = "s|iy#:stack_and_keywords", .keywords = stack_names};
    Parsed found = {"unset", -1, "none", 4};
    return told(_PyArg_ParseStackAndKeywords(arguments, count, keywords, &parser, PLACES), &found);
}

/* def with_vararg(a, /, b, *rest, c=...) as Argument Clinic of 3.13 writes it. */
static PyObject *
with_vararg(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *keywords)
{
    static const char *const vararg_names[] = {"", "b", "c", NULL};
    static _PyArg_Parser parser = {.keywords = vararg_names, .fname = "with_vararg"};
    PyObject *room[4];
    PyObject *const *found = _PyArg_UnpackKeywordsWithVararg(arguments, count, NULL, keywords, &parser, 2, 2, 0, 2, room);
    if (found == NULL) {
        return NULL;
    }
    PyObject *rest = found[2];
    return Py_BuildValue("(OONO)", found[0], found[1], rest, found[3] ? found[3] : Py_Ellipsis);
}

/* What Argument Clinic's code checks. */
static PyObject *
checks(PyObject *self, PyObject *arguments)
{
    const char *how, *function;
    PyObject *object;
    Py_ssize_t count, least, most;
    if (!PyArg_ParseTuple(arguments, "szOnnn", &how, &function, &object, &count, &least, &most)) {
        return NULL;
    }
    if (IS("BadArgument")) {
        _PyArg_BadArgument(function, "argument 1", "a number", object);
        return NULL;
    }
    object = object == Py_Ellipsis ? NULL : object;
    int status = IS("CheckPositional") ? _PyArg_CheckPositional(function, count, least, most)
                 : IS("NoKeywords")    ? _PyArg_NoKeywords(function, object)
                                       : _PyArg_NoPositional(function, object);
    return status ? PyLong_FromLong(status) : NULL;
}

static PyObject *
build_variable(int sized, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *value = sized ? _Py_VaBuildValue_SizeT(format, arguments) : Py_VaBuildValue(format, arguments);
    va_end(arguments);
    return value;
}

static PyObject *
built(PyObject *self, PyObject *object)
{
    PyObject *values[] = {
        build_variable(0, ""),
        build_variable(0, "i", 5),
        build_variable(0, "(y#O{s:d})", "abc", (Py_ssize_t)2, object, "k", 1.5),
        build_variable(1, "[s#L]", "abc", (Py_ssize_t)1, 1LL << 40),
        _Py_BuildValue_SizeT("u#", L"wide", (Py_ssize_t)3),
        build_variable(0, "(Oi", object, 5),
    };
    PyObject *error = PyErr_GetRaisedException();
    return Py_BuildValue("(NNNNNN)", values[0], values[1], values[2], values[3], values[4], error ? error : values[5]);
}

static PyObject *
text_variable(const char *how, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = IS("text") ? PyUnicode_FromFormatV(format, arguments)
                     : IS("bytes") ? PyBytes_FromFormatV(format, arguments)
                                   : PyErr_FormatV(PyExc_LookupError, format, arguments);
    va_end(arguments);
    return text;
}

static PyObject *
formatted(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *object;
    if (!PyArg_ParseTuple(arguments, "sO", &how, &object)) {
        return NULL;
    }
    if (IS("bytes")) {
        return text_variable(how, "%s %d %zd %x %c %.3s %lu %% %p-%s", "é", -5, (Py_ssize_t)7, 255, 'z', "abcdef", 5UL, NULL, "end");
    }
    if (IS("written")) {
        char room[8];
        int size = PyOS_snprintf(room, sizeof room, "%s", "much too long");
        return Py_BuildValue("(si)", room, size);
    }
    return text_variable(how, "%s %d %zd %x %c %.3s %U %R %S %A %V %-5d| %05d %T %N", "é", -5, (Py_ssize_t)7, 255, 0x20ac, "abcdef", object, object, object,
                         object, NULL, "instead", 42, 42, object, Py_TYPE(object));
}

static int
write_variable(char *room, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = PyOS_vsnprintf(room, size, format, arguments);
    va_end(arguments);
    return written;
}

/* The return value and what is in the room, whose byte behind the end stays. */
static PyObject *
written(PyObject *self, PyObject *arguments)
{
    Py_ssize_t size;
    const char *text;
    char room[20];
    if (!PyArg_ParseTuple(arguments, "ns", &size, &text) || size >= 20) {
        return NULL;
    }
    memset(room, '~', sizeof room);
    int count = write_variable(room, (size_t)size, "%s-%d", text, 5);
    return Py_BuildValue("(iy#)", count, room, (Py_ssize_t)sizeof room);
}

/* ---- errors ---- */

/* from_cause(pending, class): raise another one on top of it. */
static PyObject *
from_cause(PyObject *self, PyObject *arguments)
{
    PyObject *pending, *cls;
    if (!PyArg_ParseTuple(arguments, "OO", &pending, &cls)) {
        return NULL;
    }
    PyErr_SetRaisedException(Py_NewRef(pending));
    return _PyErr_FormatFromCause(cls, "on top of %R", pending);
}

static PyObject *
key_error(PyObject *self, PyObject *key)
{
    _PyErr_SetKeyError(key);
    return NULL;
}

static PyObject *
internal_call(PyObject *self, PyObject *unused)
{
    _PyErr_BadInternalCall("some/file.c", 12);
    return NULL;
}

/* errno_error(how, errno, class, first, second) */
static PyObject *
errno_error(PyObject *self, PyObject *arguments)
{
    const char *how;
    int number;
    PyObject *cls, *first, *second;
    if (!PyArg_ParseTuple(arguments, "siOOO", &how, &number, &cls, &first, &second)) {
        return NULL;
    }
    const char *name = PyUnicode_Check(first) ? PyUnicode_AsUTF8(first) : NULL;
    errno = number;
    if (IS("WithFilename")) {
        return PyErr_SetFromErrnoWithFilename(cls, name);
    }
    return PyErr_SetFromErrnoWithFilenameObjects(cls, first == Py_None ? NULL : first, second == Py_None ? NULL : second);
}

/* What sys.exc_info() shows inside: set by C, and put back. */
static PyObject *
with_exc_info(PyObject *self, PyObject *arguments)
{
    PyObject *type, *value, *traceback, *call, *old[3];
    if (!PyArg_ParseTuple(arguments, "OO&OO", &type, nullable, &value, &traceback, &call)) {
        return NULL;
    }
    PyErr_GetExcInfo(&old[0], &old[1], &old[2]);
    PyErr_SetExcInfo(Py_NewRef(type), Py_XNewRef(value), Py_NewRef(traceback));
    PyObject *result = PyObject_CallNoArgs(call);
    PyErr_SetExcInfo(old[0], old[1], old[2]);
    return result;
}

/* displayed(how, exception): to sys.stderr. */
static PyObject *
displayed(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *exception;
    if (!PyArg_ParseTuple(arguments, "sO", &how, &exception)) {
        return NULL;
    }
    if (IS("Exception")) {
        PyErr_DisplayException(exception);
    } else {
        PyObject *traceback = PyException_GetTraceback(exception);
        PyErr_Display((PyObject *)Py_TYPE(exception), exception, traceback);
        Py_XDECREF(traceback);
    }
    return given(PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}

static PyObject *
import_error(PyObject *self, PyObject *arguments)
{
    PyObject *cls, *message, *name, *path;
    if (!PyArg_ParseTuple(arguments, "OO&O&O&", &cls, nullable, &message, nullable, &name, nullable, &path)) {
        return NULL;
    }
    return PyErr_SetImportErrorSubclass(cls, message, name, path);
}

/* located(how, file name, line, column): a pending SyntaxError gets a place. */
static PyObject *
located(PyObject *self, PyObject *arguments)
{
    const char *how, *file;
    PyObject *name, *exception;
    int line, column;
    if (!PyArg_ParseTuple(arguments, "sOzOii", &how, &exception, &file, &name, &line, &column)) {
        return NULL;
    }
    PyErr_SetRaisedException(Py_NewRef(exception));
    if (IS("Location")) {
        PyErr_SyntaxLocation(file, line);
    } else if (IS("LocationEx")) {
        PyErr_SyntaxLocationEx(file, line, column);
    } else {
        PyErr_SyntaxLocationObject(name, line, column);
    }
    return PyErr_GetRaisedException();
}

/* warned(how, ...) */
static PyObject *
warned(PyObject *self, PyObject *arguments)
{
    PyObject *category, *message, *name, *module, *registry;
    int line;
    if (!PyArg_ParseTuple(arguments, "OOOiO&O&", &category, &message, &name, &line, nullable, &module, nullable, &registry)) {
        return NULL;
    }
    return given_number(PyErr_WarnExplicitObject(category, message, name, line, module, registry), 1);
}

static PyObject *
resource_warned(PyObject *self, PyObject *source)
{
    return given_number(PyErr_ResourceWarning(source, 1, "left open: %R", source), 1);
}

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(NEW_OI, PyErr_ProgramTextObject)                                                                                          \
    CALL(NEW_SI, PyErr_ProgramText)
#define NEW_OI(function) CALL_WITH(function, void *a; int b, (arguments, "O&i", nullable, &a, &b), GIVE_NEW(function(a, b)))
#define NEW_SI(function) CALL_WITH(function, const char *a; int b, (arguments, "zi", &a, &b), GIVE_NEW(function(a, b)))
FUNCTIONS(DEFINE_CALL)

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    OWN_ENTRY(parsed) OWN_ENTRY(checks) OWN_ENTRY(formatted) OWN_ENTRY(written) OWN_ENTRY(from_cause) OWN_ENTRY(errno_error)
    OWN_ENTRY(with_exc_info) OWN_ENTRY(displayed) OWN_ENTRY(import_error) OWN_ENTRY(located) OWN_ENTRY(warned)
    {"stack", METHOD(stack), METH_FASTCALL, NULL},
    {"stack_and_keywords", METHOD(stack_and_keywords), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"with_vararg", METHOD(with_vararg), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"built", built, METH_O, NULL},
    {"key_error", key_error, METH_O, NULL},
    {"internal_call", internal_call, METH_NOARGS, NULL},
    {"resource_warned", resource_warned, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_formats, "Formats.", functions)
