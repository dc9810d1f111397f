/* Any function of the API by its name, with what lies in the places that it was given afterwards: see conformance/each.py.
 *
 * Integers and pointers travel in the same registers, floats in others, so that three signatures serve all functions. References
 * are counted as each function counts them: a reference too few or too many shows. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>

#include "common.h"

enum { MOST = 12, ROOM = 256, SHOWN = 32 };

typedef struct {
    double real, imaginary;
} two;

#define WORDS long, long, long, long, long, long, long, long, long, long, long, long, double, double
typedef long (*whole)(WORDS);
typedef double (*real)(WORDS);
typedef two (*pair)(WORDS);

/* What a parameter points to. Texts lie before zeros, so that a size which lies reads those. */
typedef union {
    PyObject *object;
    long number;
    int small;
    const char *text;
    char bytes[ROOM];
    wchar_t wide[ROOM / sizeof(wchar_t)];
    PyObject *objects[ROOM / sizeof(PyObject *)];
    Py_buffer buffer;
} place;

struct arguments {
    long words[MOST];
    double reals[2];
    place places[MOST];
    int given, given_reals;
};

static int is_null(PyObject *value)
{
    return PyCapsule_CheckExact(value) && PyCapsule_IsValid(value, "NULL");
}

static int copy_text(place *into, long *word, PyObject *value)
{
    if (is_null(value)) {
        *word = 0;
        return 0;
    }
    char *text;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(value, &text, &size) < 0) {
        return -1;
    }
    memcpy(into->bytes, text, size < ROOM ? size : ROOM - 1);
    return 0;
}

static int copy_objects(place *into, PyObject *value)
{
    if (!PyTuple_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "objects come in a tuple");
        return -1;
    }
    for (Py_ssize_t index = 0; index < PyTuple_GET_SIZE(value) && index < SHOWN; index++) {
        into->objects[index] = PyTuple_GET_ITEM(value, index);
    }
    return 0;
}

/* The kinds: O an object, K one that the function steals, S a C string, N a number, D a float, C a complex one, A some objects, W a
 * wide string, V a filled buffer; and places: o for a new reference, b for a borrowed one, Q which has an object, n for a number, i
 * for an int, s for a C string, B for bytes, w for wide characters, v for a buffer, u for what is
 * not shown, x none at all. */
static int take(struct arguments *taken, char kind, PyObject *value)
{
    if (kind == 'D') {
        taken->reals[taken->given_reals++] = PyFloat_AsDouble(value);
        return 0;
    }
    if (kind == 'C') {
        taken->reals[0] = PyComplex_RealAsDouble(value);
        taken->reals[1] = PyComplex_ImagAsDouble(value);
        return 0;
    }
    place *lies = &taken->places[taken->given];
    long *word = &taken->words[taken->given++];
    *word = (long)lies;
    switch (kind) {
    case 'O':
        *word = is_null(value) ? 0 : (long)value;
        return 0;
    case 'K':
        *word = is_null(value) ? 0 : (long)Py_NewRef(value);
        return 0;
    case 'Q':
        lies->object = is_null(value) ? NULL : Py_NewRef(value);
        return 0;
    case 'S':
        return copy_text(lies, word, value);
    case 'A':
        return copy_objects(lies, value);
    case 'W':
        return PyUnicode_AsWideChar(value, lies->wide, SHOWN) < 0 ? -1 : 0;
    case 'V':
        return PyObject_GetBuffer(value, &lies->buffer, PyBUF_FULL_RO);
    case 'N':
        *word = PyLong_AsLong(value);
        return PyErr_Occurred() ? -1 : 0;
    case 'n':
        lies->number = PyLong_AsLong(value);
        return 0;
    case 'i':
        lies->small = (int)PyLong_AsLong(value);
        return 0;
    case 'x':
        *word = 0;
        return 0;
    default:
        return 0;
    }
}

static PyObject *or_null(PyObject *object)
{
    return object ? object : PyUnicode_FromString("NULL");
}

static PyObject *from_text(const char *text)
{
    return text ? PyBytes_FromString(text) : or_null(NULL);
}

static PyObject *buffer_shown(Py_buffer *buffer)
{
    if (buffer->obj == NULL) {
        return or_null(NULL);
    }
    PyObject *shown = Py_BuildValue("(sniis)", "buffer", buffer->len, buffer->readonly, buffer->ndim, buffer->format);
    PyBuffer_Release(buffer);
    return shown;
}

/* What lies in a place after the call, None for what is no place. */
static PyObject *left_in(char kind, place *lies, PyObject *value)
{
    switch (kind) {
    case 'o':
    case 'Q':
        return or_null(lies->object);
    case 'b':
        return or_null(Py_XNewRef(lies->object));
    case 'n':
        return PyLong_FromLong(lies->number);
    case 'i':
        return PyLong_FromLong(lies->small);
    case 's':
        return from_text(lies->text);
    case 'B':
        return PyBytes_FromStringAndSize(lies->bytes, SHOWN);
    case 'w':
        return PyUnicode_FromWideChar(lies->wide, 8);
    case 'v':
        return buffer_shown(&lies->buffer);
    case 'V':
        PyBuffer_Release(&lies->buffer);
        return Py_NewRef(Py_None);
    default:
        return Py_NewRef(Py_None);
    }
}

static PyObject *all_left(const char *kinds, struct arguments *taken, PyObject *values)
{
    Py_ssize_t count = (Py_ssize_t)strlen(kinds);
    PyObject *left = PyTuple_New(count);
    int at = 0;
    for (Py_ssize_t index = 0; left != NULL && index < count; index++) {
        int is_place = kinds[index] != 'D' && kinds[index] != 'C';
        PyObject *item = left_in(kinds[index], &taken->places[is_place ? at++ : 0], PyTuple_GET_ITEM(values, index));
        if (item == NULL) {
            PyObject *error = PyErr_GetRaisedException();
            item = PyUnicode_FromFormat("unreadable: %s", Py_TYPE(error)->tp_name);
            Py_DECREF(error);
        }
        PyTuple_SET_ITEM(left, index, item);
    }
    return left;
}

static PyObject *from_wide(wchar_t *text, int to_free)
{
    if (text == NULL) {
        return or_null(NULL);
    }
    PyObject *shown = PyUnicode_FromWideChar(text, -1);
    if (to_free) {
        PyMem_Free(text);
    }
    return shown;
}

/* The kinds of results: O a new reference, B a borrowed one, I int, U unsigned, N long, M unsigned long, S text, Z text to be freed,
 * W wide text to be freed, P a pointer that is shown as NULL or not, V none. */
static PyObject *as_object(char kind, long result)
{
    PyObject *shown;
    switch (kind) {
    case 'O':
        return or_null((PyObject *)result);
    case 'B':
        return or_null(Py_XNewRef((PyObject *)result));
    case 'I':
        return PyLong_FromLong((int)result);
    case 'U':
        return PyLong_FromUnsignedLong((unsigned int)result);
    case 'N':
        return PyLong_FromLong(result);
    case 'M':
        return PyLong_FromUnsignedLong((unsigned long)result);
    case 'S':
        return from_text((const char *)result);
    case 'Z':
        shown = from_text((const char *)result);
        PyMem_Free((void *)result);
        return shown;
    case 'W':
        return from_wide((wchar_t *)result, 1);
    case 'P':
        return PyUnicode_FromString(result ? "a pointer" : "NULL");
    default:
        return PyUnicode_FromString("void");
    }
}

static PyObject *called(void *function, char result, const struct arguments *taken)
{
    const long *w = taken->words;
    const double *d = taken->reals;
    if (result == 'D') {
        return PyFloat_FromDouble(((real)function)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], d[0], d[1]));
    }
    if (result == 'C') {
        two both = ((pair)function)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], d[0], d[1]);
        return PyComplex_FromDoubles(both.real, both.imaginary);
    }
    long word = ((whole)function)(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], d[0], d[1]);
    PyObject *error = PyErr_GetRaisedException();
    PyObject *shown = as_object(result, word);
    if (shown == NULL) {
        PyErr_Clear();
        shown = PyUnicode_FromString("unreadable");
    }
    if (error != NULL) {
        PyErr_SetRaisedException(error);
    }
    return shown;
}

/* One of the API by its name, or one that another extension gives in a capsule. */
static void *function_of(PyObject *named)
{
    if (PyCapsule_CheckExact(named)) {
        return PyCapsule_GetPointer(named, "each");
    }
    const char *name = PyUnicode_AsUTF8(named);
    void *function = name ? dlsym(RTLD_DEFAULT, name) : NULL;
    if (function == NULL && name != NULL) {
        PyErr_Format(PyExc_LookupError, "there is no %s", name);
    }
    return function;
}

/* call(function, kind of result, kinds, arguments) -> (result, exception or None, what lies in the places) */
static PyObject *call(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *kinds;
    int result;
    PyObject *named, *values;
    if (!PyArg_ParseTuple(args, "OCsO!", &named, &result, &kinds, &PyTuple_Type, &values)) {
        return NULL;
    }
    void *function = function_of(named);
    if (function == NULL) {
        return NULL;
    }
    struct arguments taken;
    memset(&taken, 0, sizeof taken);
    for (int index = 0; kinds[index] != 0; index++) {
        if (take(&taken, kinds[index], PyTuple_GET_ITEM(values, index)) < 0) {
            return NULL;
        }
    }
    errno = ENOENT;
    PyObject *returned = called(function, (char)result, &taken);
    PyObject *error = PyErr_GetRaisedException();
    PyObject *left = all_left(kinds, &taken, values);
    if (left == NULL) {
        return NULL;
    }
    return Py_BuildValue("(NNN)", returned, error ? error : Py_NewRef(Py_None), left);
}

static PyObject *thing_add(PyObject *left, PyObject *right)
{
    return Py_TYPE(left) == Py_TYPE(right) ? PyLong_FromLong(12) : Py_NewRef(Py_NotImplemented);
}

static PyObject *thing_index(PyObject *Py_UNUSED(self))
{
    return PyLong_FromLong(1);
}

static Py_ssize_t thing_length(PyObject *Py_UNUSED(self))
{
    return 2;
}

static PyObject *thing_item(PyObject *Py_UNUSED(self), Py_ssize_t index)
{
    if (index < 0 || index > 1) {
        return PyErr_Format(PyExc_IndexError, "thing has no %zd", index);
    }
    return PyLong_FromSsize_t(index + 10);
}

static PyObject *thing_repr(PyObject *Py_UNUSED(self))
{
    return PyUnicode_FromString("Thing!");
}

static PyType_Slot thing_slots[] = {{Py_nb_add, thing_add},       {Py_nb_index, thing_index}, {Py_sq_length, thing_length},
                                    {Py_sq_item, thing_item},     {Py_tp_repr, thing_repr},   {0, NULL}};
static PyType_Spec thing_spec = {"ext_each.Thing", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, thing_slots};
static PyType_Slot no_slots[] = {{0, NULL}};

/* A heap type of C that adds nothing to its base. */
static int add_derived(PyObject *module, const char *name, PyTypeObject *base)
{
    PyType_Spec spec = {name, 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, no_slots};
    PyObject *type = PyType_FromSpecWithBases(&spec, (PyObject *)base);
    return PyModule_Add(module, strchr(name, '.') + 1, type);
}

static int fill(PyObject *module)
{
    static char nowhere;
    if (PyModule_Add(module, "NULL", PyCapsule_New(&nowhere, "NULL", NULL)) < 0 ||
        PyModule_Add(module, "capsule", PyCapsule_New(&nowhere, "ext_each.capsule", NULL)) < 0 ||
        PyModule_Add(module, "Thing", PyType_FromSpec(&thing_spec)) < 0) {
        return -1;
    }
    return add_derived(module, "ext_each.CInt", &PyLong_Type) < 0 || add_derived(module, "ext_each.CFloat", &PyFloat_Type) < 0 ||
                   add_derived(module, "ext_each.CText", &PyUnicode_Type) < 0 ||
                   add_derived(module, "ext_each.CBytes", &PyBytes_Type) < 0 ||
                   add_derived(module, "ext_each.CTuple", &PyTuple_Type) < 0 ||
                   add_derived(module, "ext_each.CList", &PyList_Type) < 0 ||
                   add_derived(module, "ext_each.CDict", &PyDict_Type) < 0 || add_derived(module, "ext_each.CSet", &PySet_Type) < 0
               ? -1
               : 0;
}

static PyMethodDef methods[] = {{"call", call, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

MODULE(ext_each, "Calls each function of the API.", methods, fill)
