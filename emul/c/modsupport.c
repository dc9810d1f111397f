/* Building values from a format: Py_BuildValue and its family, PyTuple_Pack. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "emul.h"

/* The walk over a format. A failure does not stop it: the values behind it may be references that 'N' hands over, and
 * they have to be released. */
typedef struct {
    const char *format;
    va_list values;
} build;

typedef PyObject *(*object_maker)(void *);

static PyObject *build_one(build *b);

/* Values up to `end`, or -1 with an exception: a list inside counts as one. */
static Py_ssize_t count_values(const char *format, char end)
{
    Py_ssize_t count = 0;
    int depth = 0;
    for (; depth > 0 || *format != end; format++) {
        switch (*format) {
        case '\0':
            PyErr_SetString(PyExc_SystemError, "unmatched paren in format");
            return -1;
        case '(': case '[': case '{':
            count += depth == 0;
            depth++;
            break;
        case ')': case ']': case '}':
            depth--;
            break;
        case '#': case '&': case ',': case ':': case ' ': case '\t':
            break;
        default:
            count += depth == 0;
        }
    }
    return count;
}

/* Build and drop the rest of a container whose beginning failed, keeping the exception. */
static void discard(build *b, char end, Py_ssize_t count)
{
    PyObject *exception = PyErr_GetRaisedException();
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_XDECREF(build_one(b));
        PyErr_Clear();
    }
    PyErr_SetRaisedException(exception);
    if (end != '\0' && *b->format == end) {
        b->format++;
    }
}

static int is_separator(char c)
{
    return c == ',' || c == ':' || c == ' ' || c == '\t';
}

static int at_end(build *b, char end)
{
    while (is_separator(*b->format)) {
        b->format++;
    }
    if (*b->format != end) {
        PyErr_SetString(PyExc_SystemError, "Unmatched paren in format");
        return 0;
    }
    if (end != '\0') {
        b->format++;
    }
    return 1;
}

/* Fill `items`; on failure they are released, and the rest of the format has been walked. */
static int build_items(build *b, PyObject **items, char end, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        items[i] = build_one(b);
        if (items[i] == NULL) {
            discard(b, end, count - i - 1);
            while (i-- > 0) {
                Py_DECREF(items[i]);
            }
            return -1;
        }
    }
    if (at_end(b, end)) {
        return 0;
    }
    while (count-- > 0) {
        Py_DECREF(items[count]);
    }
    return -1;
}

static PyObject **new_items(Py_ssize_t count, PyObject **few, Py_ssize_t few_count)
{
    if (count <= few_count) {
        return few;
    }
    PyObject **items = PyMem_Malloc((size_t)count * sizeof(PyObject *));
    if (items == NULL) {
        PyErr_NoMemory();
    }
    return items;
}

enum { FEW_ITEMS = 8 };

static PyObject *build_sequence(build *b, char end, Py_ssize_t count, int is_list)
{
    if (count < 0) {
        return NULL;
    }
    PyObject *few[FEW_ITEMS];
    PyObject **items = new_items(count, few, FEW_ITEMS);
    if (items == NULL) {
        discard(b, end, count);
        return NULL;
    }
    PyObject *sequence = NULL;
    if (build_items(b, items, end, count) == 0) {
        sequence = is_list ? PyList_New(count) : PyTuple_New(count);
        for (Py_ssize_t i = 0; i < count; i++) {
            if (sequence == NULL) {
                Py_DECREF(items[i]);
            }
            else if (is_list) {
                PyList_SET_ITEM(sequence, i, items[i]);
            }
            else {
                PyTuple_SET_ITEM(sequence, i, items[i]);
            }
        }
    }
    if (items != few) {
        PyMem_Free(items);
    }
    return sequence;
}

static PyObject *build_dict(build *b, Py_ssize_t count)
{
    if (count < 0) {
        return NULL;
    }
    if (count % 2 != 0) {
        PyErr_SetString(PyExc_SystemError, "Bad dict format");
        discard(b, '}', count);
        return NULL;
    }
    PyObject *dict = PyDict_New();
    if (dict == NULL) {
        discard(b, '}', count);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i += 2) {
        PyObject *key = build_one(b);
        Py_ssize_t left = count - i - 1;
        PyObject *value = NULL;
        if (key != NULL) {
            value = build_one(b);
            left--;
        }
        int failed = value == NULL || PyDict_SetItem(dict, key, value) < 0;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (failed) {
            discard(b, '}', left);
            Py_DECREF(dict);
            return NULL;
        }
    }
    if (!at_end(b, '}')) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* A length behind '#', or -1 for none given. */
static Py_ssize_t read_length(build *b)
{
    if (*b->format != '#') {
        return -1;
    }
    b->format++;
    return va_arg(b->values, Py_ssize_t);
}

static PyObject *build_wide(build *b)
{
    const wchar_t *text = va_arg(b->values, const wchar_t *);
    Py_ssize_t length = read_length(b);
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    return PyUnicode_FromWideChar(text, length < 0 ? (Py_ssize_t)wcslen(text) : length);
}

static PyObject *build_text(build *b, int as_bytes)
{
    const char *text = va_arg(b->values, const char *);
    Py_ssize_t length = read_length(b);
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    if (length < 0) {
        length = (Py_ssize_t)strlen(text);
    }
    return as_bytes ? PyBytes_FromStringAndSize(text, length) : PyUnicode_FromStringAndSize(text, length);
}

static PyObject *build_object(build *b, char unit)
{
    if (*b->format == '&') {
        b->format++;
        object_maker make = va_arg(b->values, object_maker);
        void *argument = va_arg(b->values, void *);
        return make(argument);
    }
    PyObject *object = va_arg(b->values, PyObject *);
    if (object == NULL) {
        /* A NULL is often the failed call that computes the value: its exception stays. */
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
        }
        return NULL;
    }
    return unit == 'N' ? object : Py_NewRef(object);
}

static PyObject *build_one(build *b)
{
    for (;;) {
        char unit = *b->format++;
        if (is_separator(unit)) {
            continue;
        }
        switch (unit) {
        case '(':
            return build_sequence(b, ')', count_values(b->format, ')'), 0);
        case '[':
            return build_sequence(b, ']', count_values(b->format, ']'), 1);
        case '{':
            return build_dict(b, count_values(b->format, '}'));
        case 'b': case 'B': case 'h': case 'i':
            return PyLong_FromLong(va_arg(b->values, int));
        case 'H':
            return PyLong_FromLong((long)va_arg(b->values, unsigned int));
        case 'I':
            return PyLong_FromUnsignedLong(va_arg(b->values, unsigned int));
        case 'n':
            return PyLong_FromSsize_t(va_arg(b->values, Py_ssize_t));
        case 'l':
            return PyLong_FromLong(va_arg(b->values, long));
        case 'k':
            return PyLong_FromUnsignedLong(va_arg(b->values, unsigned long));
        case 'L':
            return PyLong_FromLongLong(va_arg(b->values, long long));
        case 'K':
            return PyLong_FromUnsignedLongLong(va_arg(b->values, unsigned long long));
        case 'f': case 'd':
            return PyFloat_FromDouble(va_arg(b->values, double));
        case 'D':
            return PyComplex_FromCComplex(*va_arg(b->values, Py_complex *));
        case 'c': {
            char byte = (char)va_arg(b->values, int);
            return PyBytes_FromStringAndSize(&byte, 1);
        }
        case 'C':
            return PyUnicode_FromOrdinal(va_arg(b->values, int));
        case 'u':
            return build_wide(b);
        case 's': case 'z': case 'U':
            return build_text(b, 0);
        case 'y':
            return build_text(b, 1);
        case 'O': case 'S': case 'N':
            return build_object(b, unit);
        default:
            PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue");
            return NULL;
        }
    }
}

PyObject *Py_VaBuildValue(const char *format, va_list values)
{
    Py_ssize_t count = count_values(format, '\0');
    if (count < 0) {
        return NULL;
    }
    if (count == 0) {
        Py_RETURN_NONE;
    }
    build b = {.format = format};
    va_copy(b.values, values);
    PyObject *value = count == 1 ? build_one(&b) : build_sequence(&b, '\0', count, 0);
    va_end(b.values);
    return value;
}

PyObject *Py_BuildValue(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *value = Py_VaBuildValue(format, values);
    va_end(values);
    return value;
}

PyObject *_Py_VaBuildValue_SizeT(const char *format, va_list values)
{
    return Py_VaBuildValue(format, values);
}

PyObject *_Py_BuildValue_SizeT(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *value = Py_VaBuildValue(format, values);
    va_end(values);
    return value;
}

int _Emul_BuildArguments(_Emul_arguments *built, const char *format, va_list values)
{
    built->items = built->few;
    built->count = format == NULL ? 0 : count_values(format, '\0');
    if (built->count <= 0) {
        return (int)built->count;
    }
    Py_ssize_t few = (Py_ssize_t)(sizeof(built->few) / sizeof(built->few[0]));
    build b = {.format = format};
    va_copy(b.values, values);
    built->items = new_items(built->count, built->few, few);
    int result = -1;
    if (built->items == NULL) {
        discard(&b, '\0', built->count);
    }
    else {
        result = build_items(&b, built->items, '\0', built->count);
    }
    va_end(b.values);
    if (result < 0) {
        built->count = 0;
        _Emul_ReleaseArguments(built);
    }
    return result;
}

void _Emul_ReleaseArguments(_Emul_arguments *built)
{
    for (Py_ssize_t i = 0; i < built->count; i++) {
        Py_DECREF(built->items[i]);
    }
    if (built->items != built->few) {
        PyMem_Free(built->items);
    }
}

PyObject *PyTuple_Pack(Py_ssize_t count, ...)
{
    PyObject *tuple = PyTuple_New(count);
    if (tuple == NULL) {
        return NULL;
    }
    va_list items;
    va_start(items, count);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(va_arg(items, PyObject *)));
    }
    va_end(items);
    return tuple;
}
