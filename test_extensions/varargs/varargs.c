/* An extension module for CPython that calls each variadic function twice: CPython's own, and the shim of emul/c that was
 * compiled under another name. compare.py decides with what, and compares. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* ---- the two implementations ---- */

typedef struct {
    int (*Parse)(PyObject *, const char *, ...);
    int (*ParseTuple)(PyObject *, const char *, ...);
    int (*ParseTupleAndKeywords)(PyObject *, PyObject *, const char *, char *const *, ...);
    int (*ParseStack)(PyObject *const *, Py_ssize_t, const char *, ...);
    int (*UnpackTuple)(PyObject *, const char *, Py_ssize_t, Py_ssize_t, ...);
    PyObject *(*BuildValue)(const char *, ...);
    PyObject *(*Pack)(Py_ssize_t, ...);
    PyObject *(*CallFunction)(PyObject *, const char *, ...);
    PyObject *(*CallMethod)(PyObject *, const char *, const char *, ...);
    PyObject *(*CallFunctionObjArgs)(PyObject *, ...);
    PyObject *(*CallMethodObjArgs)(PyObject *, PyObject *, ...);
    PyObject *(*UnicodeFromFormat)(const char *, ...);
    PyObject *(*BytesFromFormat)(const char *, ...);
    PyObject *(*ErrFormat)(PyObject *, const char *, ...);
    PyObject *(*ErrFormatFromCause)(PyObject *, const char *, ...);
    int (*WarnFormat)(PyObject *, Py_ssize_t, const char *, ...);
    int (*ResourceWarning)(PyObject *, Py_ssize_t, const char *, ...);
    void (*FormatUnraisable)(const char *, ...);
    int (*Snprintf)(char *, size_t, const char *, ...);
    void (*WriteStdout)(const char *, ...);
    void (*FormatStdout)(const char *, ...);
    int (*CheckPositional)(const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
    int (*ParseTupleAndKeywordsFast)(PyObject *, PyObject *, struct _PyArg_Parser *, ...);
    int (*ParseStackAndKeywords)(PyObject *const *, Py_ssize_t, PyObject *, struct _PyArg_Parser *, ...);
} implementation;

/* CPython exports these without a public prototype. */
PyAPI_FUNC(int) _PyArg_CheckPositional(const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
PyAPI_FUNC(int) _PyArg_ParseStack(PyObject *const *, Py_ssize_t, const char *, ...);
PyAPI_FUNC(int) _PyArg_ParseStackAndKeywords(PyObject *const *, Py_ssize_t, PyObject *, struct _PyArg_Parser *, ...);
PyAPI_FUNC(PyObject *) _PyErr_FormatFromCause(PyObject *, const char *, ...);

#define IMPLEMENTATION(prefix)                                                              \
    {prefix##PyArg_Parse, prefix##PyArg_ParseTuple, prefix##PyArg_ParseTupleAndKeywords, prefix##_PyArg_ParseStack, \
     prefix##PyArg_UnpackTuple, prefix##Py_BuildValue, prefix##PyTuple_Pack, prefix##PyObject_CallFunction, \
     prefix##PyObject_CallMethod, prefix##PyObject_CallFunctionObjArgs, prefix##PyObject_CallMethodObjArgs, \
     prefix##PyUnicode_FromFormat, prefix##PyBytes_FromFormat, prefix##PyErr_Format, prefix##_PyErr_FormatFromCause, \
     prefix##PyErr_WarnFormat, prefix##PyErr_ResourceWarning, prefix##PyErr_FormatUnraisable, prefix##PyOS_snprintf, \
     prefix##PySys_WriteStdout, prefix##PySys_FormatStdout, prefix##_PyArg_CheckPositional, \
     prefix##_PyArg_ParseTupleAndKeywordsFast, prefix##_PyArg_ParseStackAndKeywords}

#define DECLARE(type, name, ...) type emul_##name(__VA_ARGS__)
DECLARE(int, PyArg_Parse, PyObject *, const char *, ...);
DECLARE(int, PyArg_ParseTuple, PyObject *, const char *, ...);
DECLARE(int, PyArg_ParseTupleAndKeywords, PyObject *, PyObject *, const char *, char *const *, ...);
DECLARE(int, _PyArg_ParseStack, PyObject *const *, Py_ssize_t, const char *, ...);
DECLARE(int, PyArg_UnpackTuple, PyObject *, const char *, Py_ssize_t, Py_ssize_t, ...);
DECLARE(PyObject *, Py_BuildValue, const char *, ...);
DECLARE(PyObject *, PyTuple_Pack, Py_ssize_t, ...);
DECLARE(PyObject *, PyObject_CallFunction, PyObject *, const char *, ...);
DECLARE(PyObject *, PyObject_CallMethod, PyObject *, const char *, const char *, ...);
DECLARE(PyObject *, PyObject_CallFunctionObjArgs, PyObject *, ...);
DECLARE(PyObject *, PyObject_CallMethodObjArgs, PyObject *, PyObject *, ...);
DECLARE(PyObject *, PyUnicode_FromFormat, const char *, ...);
DECLARE(PyObject *, PyBytes_FromFormat, const char *, ...);
DECLARE(PyObject *, PyErr_Format, PyObject *, const char *, ...);
DECLARE(PyObject *, _PyErr_FormatFromCause, PyObject *, const char *, ...);
DECLARE(int, PyErr_WarnFormat, PyObject *, Py_ssize_t, const char *, ...);
DECLARE(int, PyErr_ResourceWarning, PyObject *, Py_ssize_t, const char *, ...);
DECLARE(void, PyErr_FormatUnraisable, const char *, ...);
DECLARE(int, PyOS_snprintf, char *, size_t, const char *, ...);
DECLARE(void, PySys_WriteStdout, const char *, ...);
DECLARE(void, PySys_FormatStdout, const char *, ...);
DECLARE(int, _PyArg_CheckPositional, const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
DECLARE(int, _PyArg_ParseTupleAndKeywordsFast, PyObject *, PyObject *, struct _PyArg_Parser *, ...);
DECLARE(int, _PyArg_ParseStackAndKeywords, PyObject *const *, Py_ssize_t, PyObject *, struct _PyArg_Parser *, ...);

static const implementation IMPLEMENTATIONS[2] = {IMPLEMENTATION(), IMPLEMENTATION(emul_)};

static const implementation *chosen(PyObject *which)
{
    return &IMPLEMENTATIONS[PyObject_IsTrue(which)];
}

/* Of the layer's: whether somebody may listen to audit events. */
int _Emul_IsAudited(void);
int _Emul_IsAudited(void)
{
    return 1;
}

/* Rust's part of PyErr_FormatUnraisable, played by CPython. */
void _Emul_WriteUnraisable(PyObject *message);
void _Emul_WriteUnraisable(PyObject *message)
{
    if (message == NULL) {
        PyErr_FormatUnraisable(NULL);
        return;
    }
    PyErr_FormatUnraisable("%U", message);
}

/* ---- parsing: the targets are cells of memory, described by one character each ----
 *
 * A cell begins as 0xAA bytes, so that what was not stored shows. Kinds: 'n' a number (16 bytes are shown), 's' a
 * pointer to a string, 'O' an object, 'b' a Py_buffer, 'm' an owned string, 'M' memory of 8 bytes lent to the function,
 * '#' a length (8 for 'M'). Not cells, but passed as they are: 'e' an encoding (None: NULL), 't' a type, 'c' and 'C'
 * converters, without and with a cleanup. */

enum { CELLS = 12 };

typedef union {
    char bytes[128];
    const char *string;
    char *owned;
    PyObject *object;
    Py_ssize_t length;
    Py_buffer view;
} cell;

static int cleanups;

static int convert_even(PyObject *object, void *target)
{
    long value = PyLong_AsLong(object);
    if (value == -1 && PyErr_Occurred()) {
        return 0;
    }
    *(long *)target = value;
    return value % 2 == 0;
}

static int convert_with_cleanup(PyObject *object, void *target)
{
    if (object == NULL) {
        cleanups++;
        return 1;
    }
    *(PyObject **)target = object;
    return Py_CLEANUP_SUPPORTED;
}

static PyObject *show(char kind, cell *c, int done)
{
    switch (kind) {
    case 's':
        if (!done) {
            Py_RETURN_NONE;
        }
        if (memchr(c->bytes, 0xAA, 1) != NULL && (unsigned char)c->bytes[7] == 0xAA) {
            return PyUnicode_FromString("untouched");
        }
        return c->string == NULL ? Py_NewRef(Py_None) : PyBytes_FromString(c->string);
    case 'm': {
        PyObject *shown = c->owned == NULL ? Py_NewRef(Py_None) : PyBytes_FromString(c->owned);
        PyMem_Free(c->owned);
        return shown;
    }
    case 'O':
        if ((unsigned char)c->bytes[7] == 0xAA) {
            return PyUnicode_FromString("untouched");
        }
        return PyUnicode_FromFormat("%R", c->object);
    case 'b': {
        if (!done || (unsigned char)c->bytes[7] == 0xAA) {
            Py_RETURN_NONE;
        }
        PyObject *shown = Py_BuildValue("y#niiOn", c->view.buf, c->view.len, c->view.itemsize, c->view.readonly,
                                        c->view.ndim, c->view.obj ? c->view.obj : Py_None, c->view.len);
        PyBuffer_Release(&c->view);
        return shown;
    }
    default:
        return PyBytes_FromStringAndSize(c->bytes, 16);
    }
}

/* Prepare the cells for `kinds`; `extras` gives what is passed as it is. */
static int prepare(const char *kinds, PyObject *extras, cell *cells, void **pointers)
{
    static char lent[CELLS][8];
    Py_ssize_t extra = 0;
    memset(cells, 0xAA, sizeof(cell) * CELLS);
    for (int i = 0; kinds[i]; i++) {
        pointers[i] = &cells[i];
        PyObject *given = strchr("et", kinds[i]) ? PyTuple_GetItem(extras, extra++) : NULL;
        switch (kinds[i]) {
        case 'e':
            pointers[i] = given == Py_None ? NULL : (void *)PyUnicode_AsUTF8(given);
            break;
        case 't':
            pointers[i] = given;
            break;
        case 'c':
            pointers[i] = (void *)convert_even;
            break;
        case 'C':
            pointers[i] = (void *)convert_with_cleanup;
            break;
        case 'm':
            cells[i].owned = NULL;
            break;
        case 'M':
            memset(lent[i], 0, 8);
            cells[i].string = lent[i];
            break;
        case '#':
            cells[i].length = 8;
            break;
        }
        if (PyErr_Occurred()) {
            return -1;
        }
    }
    return 0;
}

static PyObject *shown_cells(const char *kinds, cell *cells, int done)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; kinds[i]; i++) {
        if (strchr("etcC", kinds[i])) {
            continue;
        }
        PyObject *shown = show(kinds[i], &cells[i], done);
        if (shown == NULL || PyList_Append(list, shown) < 0) {
            Py_XDECREF(shown);
            Py_DECREF(list);
            return NULL;
        }
        Py_DECREF(shown);
    }
    return list;
}

#define ALL(p) p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11]

/* parse(which, how, format, kinds, extras, args, kwargs=None, keywords=None) -> (error or None, cells, cleanups) */
static PyObject *parse(PyObject *Py_UNUSED(self), PyObject *arguments)
{
    PyObject *which, *extras, *args, *kwargs = NULL, *keywords = Py_None;
    const char *how, *format, *kinds;
    if (!PyArg_ParseTuple(arguments, "OsssOO|OO", &which, &how, &format, &kinds, &extras, &args, &kwargs, &keywords)) {
        return NULL;
    }
    const implementation *api = chosen(which);
    kwargs = kwargs == Py_None ? NULL : kwargs;
    const char *names[CELLS + 1] = {NULL};
    if (keywords != Py_None) {
        for (Py_ssize_t i = 0; i < PyTuple_Size(keywords); i++) {
            names[i] = PyUnicode_AsUTF8(PyTuple_GetItem(keywords, i));
        }
    }
    cell cells[CELLS];
    void *p[CELLS] = {NULL};
    if (prepare(kinds, extras, cells, p) < 0) {
        return NULL;
    }
    cleanups = 0;
    int done;
    switch (how[0]) {
    case '1':
        done = api->Parse(args, format, ALL(p));
        break;
    case 't':
        done = api->ParseTuple(args, format, ALL(p));
        break;
    case 's':
        done = api->ParseStack(&PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), format, ALL(p));
        break;
    case 'f':
    case 'v': {
        /* CPython keeps parsers in a list for ever, so this one must not go. */
        _PyArg_Parser *parser = PyMem_Calloc(1, sizeof(_PyArg_Parser));
        const char **kept = PyMem_Malloc(sizeof(names));
        memcpy(kept, names, sizeof(names));
        parser->format = strdup(format);
        parser->keywords = kept;
        if (how[0] == 'f') {
            done = api->ParseTupleAndKeywordsFast(args, kwargs, parser, ALL(p));
            break;
        }
        PyObject *kwnames = kwargs == NULL ? NULL : PySequence_Tuple(kwargs);
        Py_ssize_t nargs = PyTuple_GET_SIZE(args);
        PyObject *stack[2 * CELLS];
        for (Py_ssize_t i = 0; i < nargs; i++) {
            stack[i] = PyTuple_GET_ITEM(args, i);
        }
        for (Py_ssize_t i = 0; kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++) {
            stack[nargs + i] = PyDict_GetItem(kwargs, PyTuple_GET_ITEM(kwnames, i));
        }
        done = api->ParseStackAndKeywords(stack, nargs, kwnames, parser, ALL(p));
        Py_XDECREF(kwnames);
        break;
    }
    default:
        done = api->ParseTupleAndKeywords(args, kwargs, format, (char *const *)names, ALL(p));
        break;
    }
    PyObject *error = PyErr_GetRaisedException();
    int cleaned = cleanups;
    PyObject *shown = shown_cells(kinds, cells, done);
    return shown == NULL ? NULL : Py_BuildValue("(iNNi)", done, error ? error : Py_NewRef(Py_None), shown, cleaned);
}

/* unpack(which, args, name, min, max) */
static PyObject *unpack(PyObject *Py_UNUSED(self), PyObject *arguments)
{
    PyObject *which, *args;
    const char *name;
    Py_ssize_t min, max;
    if (!PyArg_ParseTuple(arguments, "OOznn", &which, &args, &name, &min, &max)) {
        return NULL;
    }
    PyObject *items[4] = {NULL, NULL, NULL, NULL};
    if (!chosen(which)->UnpackTuple(args, name, min, max, &items[0], &items[1], &items[2], &items[3])) {
        return NULL;
    }
    if (!chosen(which)->CheckPositional(name, PyTuple_Size(args), min, max)) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (int i = 0; i < 4; i++) {
        PyList_Append(list, items[i] ? items[i] : Py_None);
    }
    return list;
}

/* ---- numbered cases: one call each, the same for both ---- */

static PyObject *double_it(void *number)
{
    return PyLong_FromLong(*(int *)number * 2);
}

/* Behind an error: CPython must drop what 'N' hands over, and so must we. */
static PyObject *fail(void)
{
    PyErr_SetString(PyExc_KeyError, "no value");
    return NULL;
}

static PyObject *fresh(void)
{
    return PyList_New(0);
}

typedef PyObject *(*a_case)(const implementation *, PyObject *);

#include "cases.h"

static PyObject *run_case(PyObject *Py_UNUSED(self), PyObject *arguments)
{
    PyObject *which, *argument;
    int number;
    if (!PyArg_ParseTuple(arguments, "OiO", &which, &number, &argument)) {
        return NULL;
    }
    return run_numbered(number, chosen(which), argument);
}

static PyObject *case_names(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(none))
{
    PyObject *list = PyList_New(0);
    for (int i = 0; CASE_NAMES[i]; i++) {
        PyObject *name = PyUnicode_FromString(CASE_NAMES[i]);
        PyList_Append(list, name);
        Py_DECREF(name);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"parse", parse, METH_VARARGS, NULL},
    {"unpack", unpack, METH_VARARGS, NULL},
    {"run_case", run_case, METH_VARARGS, NULL},
    {"case_names", case_names, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "varargs", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_varargs(void)
{
    return PyModule_Create(&definition);
}
