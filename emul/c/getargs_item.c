/* An argument by a unit of the format, and parenthesized sequences of them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

static const char *store_object(parse *p, PyObject *arg, int fits, const char *expected)
{
    PyObject **target = va_arg(p->targets, PyObject **);
    if (!fits) {
        return _Emul_Mismatch(p, expected, arg);
    }
    *target = arg;
    return NULL;
}

static const char *convert_by_function(parse *p, PyObject *arg)
{
    converter convert = va_arg(p->targets, converter);
    void *target = va_arg(p->targets, void *);
    int result = convert(arg, target);
    if (result == 0) {
        return _Emul_Mismatch(p, "(unspecified)", arg);
    }
    if (result == Py_CLEANUP_SUPPORTED && _Emul_ParseUndo(p, CALL_CONVERTER, target, convert) < 0) {
        return _Emul_Mismatch(p, "(cleanup problem)", arg);
    }
    return NULL;
}

static const char *convert_object(parse *p, PyObject *arg, const char **format)
{
    switch (**format) {
    case '!': {
        ++*format;
        PyTypeObject *type = va_arg(p->targets, PyTypeObject *);
        return store_object(p, arg, PyType_IsSubtype(Py_TYPE(arg), type), type->tp_name);
    }
    case '&':
        ++*format;
        return convert_by_function(p, arg);
    default:
        return store_object(p, arg, 1, NULL);
    }
}

/* Convert `arg` by the unit at *format, and step over the unit. */
static const char *convert_simple(parse *p, PyObject *arg, const char **format)
{
    char unit = *(*format)++;
    switch (unit) {
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'n': case 'l': case 'k': case 'L': case 'K':
    case 'f': case 'd': case 'D':
        return _Emul_ConvertNumber(p, unit, arg);
    case 'c':
        return _Emul_ConvertByte(p, arg);
    case 'C':
        return _Emul_ConvertCharacter(p, arg);
    case 'p':
        return _Emul_ConvertTruth(p, arg);
    case 's': case 'z': case 'y':
        return _Emul_ConvertText(p, unit, arg, format);
    case 'w':
        return _Emul_ConvertWritable(p, arg, format);
    case 'e':
        return _Emul_ConvertEncoded(p, arg, format);
    case 'S':
        return store_object(p, arg, PyBytes_Check(arg), "bytes");
    case 'Y':
        return store_object(p, arg, PyByteArray_Check(arg), "bytearray");
    case 'U':
        return store_object(p, arg, PyUnicode_Check(arg), "str");
    case 'O':
        return convert_object(p, arg, format);
    default:
        return _Emul_Mismatch(p, "(impossible<bad format char>)", arg);
    }
}

/* Units up to the ')' that closes the sequence at `format`; 'e' announces the unit after it. */
static int count_items(const char *format)
{
    int count = 0;
    int depth = 0;
    for (;; format++) {
        char c = *format;
        if (c == '\0' || c == ':' || c == ';' || (c == ')' && depth == 0)) {
            return count;
        }
        if (depth == 0 && (c == '(' || (is_letter(c) && c != 'e'))) {
            count++;
        }
        depth += (c == '(') - (c == ')');
    }
}

/* A parenthesized sequence; *format is behind the '('. */
static const char *convert_sequence(parse *p, PyObject *arg, const char **format, Py_ssize_t *levels)
{
    int count = count_items(*format);
    levels[0] = 0;
    if (!PySequence_Check(arg) || PyBytes_Check(arg)) {
        PyOS_snprintf(p->text, sizeof(p->text), "must be %d-item sequence, not %.50s", count, type_name(arg));
        return p->text;
    }
    Py_ssize_t size = PySequence_Size(arg);
    if (size != count) {
        PyOS_snprintf(p->text, sizeof(p->text), "must be sequence of length %d, not %zd", count, size);
        return p->text;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(arg, i);
        if (item == NULL) {
            PyErr_Clear();
            levels[0] = i + 1;
            levels[1] = 0;
            return "is not retrievable";
        }
        const char *error = _Emul_ConvertItem(p, item, format, levels + 1);
        /* What was stored is borrowed from the sequence, which must keep it: CPython relies on that too. */
        Py_DECREF(item);
        if (error != NULL) {
            levels[0] = i + 1;
            return error;
        }
    }
    return NULL;
}

const char *_Emul_ConvertItem(parse *p, PyObject *arg, const char **format, Py_ssize_t *levels)
{
    const char *error;
    if (**format == '(') {
        ++*format;
        error = convert_sequence(p, arg, format, levels);
        if (error == NULL) {
            ++*format;
        }
        return error;
    }
    error = convert_simple(p, arg, format);
    if (error != NULL) {
        levels[0] = 0;
    }
    return error;
}
