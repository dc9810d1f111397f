/* Reading arguments: PyArg_Parse and its family.
 *
 * One conversion per format unit (convert_simple), one walk over positional arguments, one over keywords. The functions
 * that take `...` start a va_list and call the form that takes one. Error messages are CPython's, letter for letter:
 * programs show them and tests compare them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "emul.h"

/* ---- what a failed call takes back ---- */

enum { TEXT_SIZE = 256, NESTING = 32, FEW_CLEANUPS = 8 };

typedef int (*converter)(PyObject *, void *);

typedef struct {
    enum { FREE_MEMORY, RELEASE_BUFFER, CALL_CONVERTER } kind;
    void *target;
    converter convert;
} cleanup;

/* One call of a parsing function. */
typedef struct {
    va_list targets;
    const char *fname;   /* after ':' in the format, or NULL */
    const char *message; /* after ';' in the format, or NULL */
    /* Where in nested sequences the failed item is, counted from 1; 0 ends the list. */
    Py_ssize_t levels[NESTING + 1];
    char text[TEXT_SIZE];
    cleanup *cleanups;
    Py_ssize_t cleanup_count;
    Py_ssize_t cleanup_space;
    cleanup few[FEW_CLEANUPS];
} parse;

static void parse_begin(parse *p, const char *fname, const char *message)
{
    p->fname = fname;
    p->message = message;
    p->levels[0] = 0;
    p->cleanups = p->few;
    p->cleanup_count = 0;
    p->cleanup_space = FEW_CLEANUPS;
}

/* Remember to undo a conversion if a later one fails; -1 without memory. */
static int parse_undo(parse *p, int kind, void *target, converter convert)
{
    if (p->cleanup_count == p->cleanup_space) {
        size_t size = (size_t)p->cleanup_space * 2 * sizeof(cleanup);
        cleanup *more = PyMem_Malloc(size);
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        memcpy(more, p->cleanups, (size_t)p->cleanup_count * sizeof(cleanup));
        if (p->cleanups != p->few) {
            PyMem_Free(p->cleanups);
        }
        p->cleanups = more;
        p->cleanup_space *= 2;
    }
    cleanup *last = &p->cleanups[p->cleanup_count++];
    last->kind = kind;
    last->target = target;
    last->convert = convert;
    return 0;
}

static void undo(const cleanup *done)
{
    switch (done->kind) {
    case FREE_MEMORY:
        PyMem_Free(*(void **)done->target);
        *(void **)done->target = NULL;
        break;
    case RELEASE_BUFFER:
        PyBuffer_Release(done->target);
        break;
    case CALL_CONVERTER:
        done->convert(NULL, done->target);
        break;
    }
}

static int parse_end(parse *p, int succeeded)
{
    if (!succeeded) {
        for (Py_ssize_t i = 0; i < p->cleanup_count; i++) {
            undo(&p->cleanups[i]);
        }
    }
    if (p->cleanups != p->few) {
        PyMem_Free(p->cleanups);
    }
    return succeeded;
}

static const char *name_of(const parse *p)
{
    return p->fname == NULL ? "function" : p->fname;
}

static const char *parens_of(const parse *p)
{
    return p->fname == NULL ? "" : "()";
}

static const char *plural(Py_ssize_t n)
{
    return n == 1 ? "" : "s";
}

static const char *type_name(PyObject *arg)
{
    return arg == Py_None ? "None" : Py_TYPE(arg)->tp_name;
}

/* Raise for argument number `iarg` (0: the only one). An exception that is set already says more. */
static void raise_for(parse *p, Py_ssize_t iarg, const char *text, const Py_ssize_t *levels)
{
    if (PyErr_Occurred()) {
        return;
    }
    const char *message = p->message;
    char whole[512];
    if (message == NULL) {
        size_t used = 0;
        if (p->fname != NULL) {
            PyOS_snprintf(whole, sizeof(whole), "%.200s() ", p->fname);
            used = strlen(whole);
        }
        PyOS_snprintf(whole + used, sizeof(whole) - used, "argument");
        used += strlen(whole + used);
        if (iarg != 0) {
            PyOS_snprintf(whole + used, sizeof(whole) - used, " %zd", iarg);
            used += strlen(whole + used);
            for (int i = 0; i < NESTING && levels[i] > 0 && used < 220; i++) {
                PyOS_snprintf(whole + used, sizeof(whole) - used, ", item %zd", levels[i] - 1);
                used += strlen(whole + used);
            }
        }
        PyOS_snprintf(whole + used, sizeof(whole) - used, " %.256s", text);
        message = whole;
    }
    /* A parenthesis says that the format is wrong, not the argument. */
    PyErr_SetString(text[0] == '(' ? PyExc_SystemError : PyExc_TypeError, message);
}

/* ---- one argument ----
 *
 * A conversion returns NULL for success, else the text of the error; where an exception is set the text is not used. */

static const char *const EXCEPTION_IS_SET = "";

static const char *mismatch(parse *p, const char *expected, PyObject *arg)
{
    if (expected[0] == '(') {
        PyOS_snprintf(p->text, sizeof(p->text), "%.100s", expected);
    }
    else {
        PyOS_snprintf(p->text, sizeof(p->text), "must be %.50s, not %.50s", expected, type_name(arg));
    }
    return p->text;
}

/* A C long within [low, high]; `kind` names it in the error. */
static const char *convert_long(PyObject *arg, long low, long high, const char *kind, long *result)
{
    *result = PyLong_AsLong(arg);
    if (*result == -1 && PyErr_Occurred()) {
        return EXCEPTION_IS_SET;
    }
    if (*result < low || *result > high) {
        PyErr_Format(PyExc_OverflowError, "%s is %s", kind,
                     *result < low ? "less than minimum" : "greater than maximum");
        return EXCEPTION_IS_SET;
    }
    return NULL;
}

static const char *convert_mask(PyObject *arg, unsigned long *result)
{
    *result = PyLong_AsUnsignedLongMask(arg);
    return *result == (unsigned long)-1 && PyErr_Occurred() ? EXCEPTION_IS_SET : NULL;
}

static const char *convert_ssize(PyObject *arg, Py_ssize_t *result)
{
    PyObject *index = PyNumber_Index(arg);
    if (index == NULL) {
        return EXCEPTION_IS_SET;
    }
    Py_ssize_t value = PyLong_AsSsize_t(index);
    Py_DECREF(index);
    if (value == -1 && PyErr_Occurred()) {
        return EXCEPTION_IS_SET;
    }
    *result = value;
    return NULL;
}

static const char *convert_number(parse *p, char unit, PyObject *arg)
{
    const char *error = NULL;
    long value;
    unsigned long mask;
    switch (unit) {
    case 'b': {
        unsigned char *target = va_arg(p->targets, unsigned char *);
        error = convert_long(arg, 0, UCHAR_MAX, "unsigned byte integer", &value);
        if (error == NULL) {
            *target = (unsigned char)value;
        }
        return error;
    }
    case 'B': {
        unsigned char *target = va_arg(p->targets, unsigned char *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned char)mask;
        }
        return error;
    }
    case 'h': {
        short *target = va_arg(p->targets, short *);
        error = convert_long(arg, SHRT_MIN, SHRT_MAX, "signed short integer", &value);
        if (error == NULL) {
            *target = (short)value;
        }
        return error;
    }
    case 'H': {
        unsigned short *target = va_arg(p->targets, unsigned short *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned short)mask;
        }
        return error;
    }
    case 'i': {
        int *target = va_arg(p->targets, int *);
        error = convert_long(arg, INT_MIN, INT_MAX, "signed integer", &value);
        if (error == NULL) {
            *target = (int)value;
        }
        return error;
    }
    case 'I': {
        unsigned int *target = va_arg(p->targets, unsigned int *);
        error = convert_mask(arg, &mask);
        if (error == NULL) {
            *target = (unsigned int)mask;
        }
        return error;
    }
    case 'n':
        return convert_ssize(arg, va_arg(p->targets, Py_ssize_t *));
    case 'l': {
        long *target = va_arg(p->targets, long *);
        value = PyLong_AsLong(arg);
        if (value == -1 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = value;
        return NULL;
    }
    case 'k': {
        unsigned long *target = va_arg(p->targets, unsigned long *);
        if (!PyLong_Check(arg)) {
            return mismatch(p, "int", arg);
        }
        *target = PyLong_AsUnsignedLongMask(arg);
        return NULL;
    }
    case 'L': {
        long long *target = va_arg(p->targets, long long *);
        long long wide = PyLong_AsLongLong(arg);
        if (wide == -1 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = wide;
        return NULL;
    }
    case 'K': {
        unsigned long long *target = va_arg(p->targets, unsigned long long *);
        if (!PyLong_Check(arg)) {
            return mismatch(p, "int", arg);
        }
        *target = PyLong_AsUnsignedLongLongMask(arg);
        return NULL;
    }
    case 'f':
    case 'd': {
        void *target = va_arg(p->targets, void *);
        double number = PyFloat_AsDouble(arg);
        if (number == -1.0 && PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        if (unit == 'f') {
            *(float *)target = (float)number;
        }
        else {
            *(double *)target = number;
        }
        return NULL;
    }
    default: { /* 'D' */
        Py_complex *target = va_arg(p->targets, Py_complex *);
        Py_complex number = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred()) {
            return EXCEPTION_IS_SET;
        }
        *target = number;
        return NULL;
    }
    }
}

static const char *convert_byte(parse *p, PyObject *arg)
{
    char *target = va_arg(p->targets, char *);
    if (PyBytes_Check(arg) && PyBytes_Size(arg) == 1) {
        *target = PyBytes_AsString(arg)[0];
        return NULL;
    }
    if (PyByteArray_Check(arg) && PyByteArray_Size(arg) == 1) {
        *target = PyByteArray_AsString(arg)[0];
        return NULL;
    }
    return mismatch(p, "a byte string of length 1", arg);
}

static const char *convert_character(parse *p, PyObject *arg)
{
    int *target = va_arg(p->targets, int *);
    if (!PyUnicode_Check(arg) || PyUnicode_GetLength(arg) != 1) {
        return mismatch(p, "a unicode character", arg);
    }
    *target = (int)PyUnicode_ReadChar(arg, 0);
    return NULL;
}

static const char *convert_truth(parse *p, PyObject *arg)
{
    int *target = va_arg(p->targets, int *);
    int truth = PyObject_IsTrue(arg);
    if (truth < 0) {
        return EXCEPTION_IS_SET;
    }
    *target = truth;
    return NULL;
}

/* ---- text and buffers ---- */

/* Fill `view`; NULL, or what was expected of `arg`. */
static const char *take_buffer(PyObject *arg, Py_buffer *view, int flags)
{
    if (PyObject_GetBuffer(arg, view, flags) != 0) {
        return "bytes-like object";
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return "contiguous buffer";
    }
    return NULL;
}

/* The memory of an object that needs no release, so that it may be used as long as the object lives. */
static const char *borrow_buffer(parse *p, PyObject *arg, const char **data, Py_ssize_t *size)
{
    PyBufferProcs *procs = Py_TYPE(arg)->tp_as_buffer;
    if (procs != NULL && procs->bf_releasebuffer != NULL) {
        return mismatch(p, "read-only bytes-like object", arg);
    }
    Py_buffer view;
    const char *expected = take_buffer(arg, &view, PyBUF_SIMPLE);
    if (expected != NULL) {
        return mismatch(p, expected, arg);
    }
    *data = view.buf;
    *size = view.len;
    PyBuffer_Release(&view);
    return NULL;
}

static const char *borrow_text(parse *p, PyObject *arg, const char **data, Py_ssize_t *size)
{
    *data = PyUnicode_AsUTF8AndSize(arg, size);
    return *data == NULL ? mismatch(p, "(unicode conversion error)", arg) : NULL;
}

/* 's*', 'z*', 'y*'. */
static const char *convert_to_view(parse *p, char unit, PyObject *arg)
{
    Py_buffer *view = va_arg(p->targets, Py_buffer *);
    if (unit == 'z' && arg == Py_None) {
        PyBuffer_FillInfo(view, NULL, NULL, 0, 1, 0);
    }
    else if (unit != 'y' && PyUnicode_Check(arg)) {
        const char *data;
        Py_ssize_t size;
        const char *error = borrow_text(p, arg, &data, &size);
        if (error != NULL) {
            return error;
        }
        PyBuffer_FillInfo(view, arg, (void *)data, size, 1, 0);
    }
    else {
        const char *expected = take_buffer(arg, view, PyBUF_SIMPLE);
        if (expected != NULL) {
            return mismatch(p, expected, arg);
        }
    }
    return parse_undo(p, RELEASE_BUFFER, view, NULL) < 0 ? mismatch(p, "(cleanup problem)", arg) : NULL;
}

/* 's#', 'z#', 'y#'. */
static const char *convert_to_sized(parse *p, char unit, PyObject *arg)
{
    const char **data = va_arg(p->targets, const char **);
    Py_ssize_t *size = va_arg(p->targets, Py_ssize_t *);
    if (unit == 'z' && arg == Py_None) {
        *data = NULL;
        *size = 0;
        return NULL;
    }
    if (unit != 'y' && PyUnicode_Check(arg)) {
        return borrow_text(p, arg, data, size);
    }
    return borrow_buffer(p, arg, data, size);
}

/* 's', 'z', 'y': up to a NUL, which must be the end. */
static const char *convert_to_string(parse *p, char unit, PyObject *arg)
{
    const char **data = va_arg(p->targets, const char **);
    Py_ssize_t size;
    const char *error;
    if (unit == 'z' && arg == Py_None) {
        *data = NULL;
        return NULL;
    }
    if (unit == 'y') {
        error = borrow_buffer(p, arg, data, &size);
    }
    else if (PyUnicode_Check(arg)) {
        error = borrow_text(p, arg, data, &size);
    }
    else {
        return mismatch(p, unit == 'z' ? "str or None" : "str", arg);
    }
    if (error == NULL && strlen(*data) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, unit == 'y' ? "embedded null byte" : "embedded null character");
        return EXCEPTION_IS_SET;
    }
    return error;
}

static const char *convert_text(parse *p, char unit, PyObject *arg, const char **format)
{
    switch (**format) {
    case '*':
        ++*format;
        return convert_to_view(p, unit, arg);
    case '#':
        ++*format;
        return convert_to_sized(p, unit, arg);
    default:
        return convert_to_string(p, unit, arg);
    }
}

static const char *convert_writable(parse *p, PyObject *arg, const char **format)
{
    if (**format != '*') {
        return mismatch(p, "(invalid use of 'w' format character)", arg);
    }
    ++*format;
    Py_buffer *view = va_arg(p->targets, Py_buffer *);
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return mismatch(p, "read-write bytes-like object", arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return mismatch(p, "contiguous buffer", arg);
    }
    return parse_undo(p, RELEASE_BUFFER, view, NULL) < 0 ? mismatch(p, "(cleanup problem)", arg) : NULL;
}

/* The bytes of `arg` in `encoding`: a new reference to bytes, or to `arg` itself where it need not be encoded. */
static PyObject *encoded(parse *p, PyObject *arg, const char *encoding, int only_text, const char **error)
{
    if (!only_text && (PyBytes_Check(arg) || PyByteArray_Check(arg))) {
        return Py_NewRef(arg);
    }
    if (!PyUnicode_Check(arg)) {
        *error = mismatch(p, only_text ? "str" : "str, bytes or bytearray", arg);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsEncodedString(arg, encoding, NULL);
    if (bytes == NULL) {
        *error = mismatch(p, "(encoding failed)", arg);
    }
    return bytes;
}

/* Copy `size` bytes and the NUL to new memory, to be freed by the caller of PyArg_*. */
static const char *copy_out(parse *p, const char *data, Py_ssize_t size, char **target)
{
    *target = PyMem_Malloc((size_t)size + 1);
    if (*target == NULL) {
        PyErr_NoMemory();
        return EXCEPTION_IS_SET;
    }
    memcpy(*target, data, (size_t)size + 1);
    if (parse_undo(p, FREE_MEMORY, target, NULL) < 0) {
        PyMem_Free(*target);
        return EXCEPTION_IS_SET;
    }
    return NULL;
}

/* 'es#', 'et#' with memory of the caller's. */
static const char *copy_into(const char *data, Py_ssize_t size, char *target, Py_ssize_t space)
{
    if (size + 1 > space) {
        PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, space - 1);
        return EXCEPTION_IS_SET;
    }
    memcpy(target, data, (size_t)size + 1);
    return NULL;
}

static const char *store_encoded(parse *p, PyObject *arg, PyObject *bytes, char **target, const char **format)
{
    const char *data = PyBytes_Check(bytes) ? PyBytes_AsString(bytes) : PyByteArray_AsString(bytes);
    Py_ssize_t size = PyBytes_Check(bytes) ? PyBytes_Size(bytes) : PyByteArray_Size(bytes);
    if (**format != '#') {
        if (strlen(data) != (size_t)size) {
            return mismatch(p, "encoded string without null bytes", arg);
        }
        return copy_out(p, data, size, target);
    }
    ++*format;
    Py_ssize_t *space = va_arg(p->targets, Py_ssize_t *);
    if (space == NULL) {
        return mismatch(p, "(buffer_len is NULL)", arg);
    }
    const char *error = *target == NULL ? copy_out(p, data, size, target) : copy_into(data, size, *target, *space);
    if (error == NULL) {
        *space = size;
    }
    return error;
}

/* 'es', 'et', 'es#', 'et#'. */
static const char *convert_encoded(parse *p, PyObject *arg, const char **format)
{
    const char *encoding = va_arg(p->targets, const char *);
    if (encoding == NULL) {
        encoding = PyUnicode_GetDefaultEncoding();
    }
    char kind = **format;
    if (kind != 's' && kind != 't') {
        return mismatch(p, "(unknown parser marker combination)", arg);
    }
    ++*format;
    char **target = va_arg(p->targets, char **);
    if (target == NULL) {
        return mismatch(p, "(buffer is NULL)", arg);
    }
    const char *error = NULL;
    PyObject *bytes = encoded(p, arg, encoding, kind == 's', &error);
    if (bytes == NULL) {
        return error;
    }
    error = store_encoded(p, arg, bytes, target, format);
    Py_DECREF(bytes);
    return error;
}

/* ---- objects ---- */

static const char *store_object(parse *p, PyObject *arg, int fits, const char *expected)
{
    PyObject **target = va_arg(p->targets, PyObject **);
    if (!fits) {
        return mismatch(p, expected, arg);
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
        return mismatch(p, "(unspecified)", arg);
    }
    if (result == Py_CLEANUP_SUPPORTED && parse_undo(p, CALL_CONVERTER, target, convert) < 0) {
        return mismatch(p, "(cleanup problem)", arg);
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
        return convert_number(p, unit, arg);
    case 'c':
        return convert_byte(p, arg);
    case 'C':
        return convert_character(p, arg);
    case 'p':
        return convert_truth(p, arg);
    case 's': case 'z': case 'y':
        return convert_text(p, unit, arg, format);
    case 'w':
        return convert_writable(p, arg, format);
    case 'e':
        return convert_encoded(p, arg, format);
    case 'S':
        return store_object(p, arg, PyBytes_Check(arg), "bytes");
    case 'Y':
        return store_object(p, arg, PyByteArray_Check(arg), "bytearray");
    case 'U':
        return store_object(p, arg, PyUnicode_Check(arg), "str");
    case 'O':
        return convert_object(p, arg, format);
    default:
        return mismatch(p, "(impossible<bad format char>)", arg);
    }
}

static const char *convert_item(parse *p, PyObject *arg, const char **format, Py_ssize_t *levels);

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
        const char *error = convert_item(p, item, format, levels + 1);
        /* What was stored is borrowed from the sequence, which must keep it: CPython relies on that too. */
        Py_DECREF(item);
        if (error != NULL) {
            levels[0] = i + 1;
            return error;
        }
    }
    return NULL;
}

static const char *convert_item(parse *p, PyObject *arg, const char **format, Py_ssize_t *levels)
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

/* ---- positional arguments ---- */

typedef struct {
    int min;
    int max;
    const char *fname;
    const char *message;
} shape;

static int end_of_format(char c)
{
    return c == '\0' || c == ':' || c == ';';
}

/* How many arguments a format of PyArg_ParseTuple wants, and the texts behind it. */
static shape shape_of(const char *format)
{
    shape found = {-1, 0, NULL, NULL};
    int depth = 0;
    for (; !end_of_format(*format); format++) {
        char c = *format;
        if (c == '(' && ++depth >= 30) {
            Py_FatalError("too many tuple nesting levels in argument format string");
        }
        if (c == ')' && --depth < 0) {
            Py_FatalError("excess ')' in getargs format");
        }
        if (c == '|' && depth == 0) {
            found.min = found.max;
        }
        if ((c == '(' && depth == 1) || (depth == 0 && is_letter(c) && c != 'e')) {
            found.max++;
        }
    }
    if (depth != 0) {
        Py_FatalError("missing ')' in getargs format");
    }
    if (*format == ':') {
        found.fname = format + 1;
    }
    if (*format == ';') {
        found.message = format + 1;
    }
    if (found.min < 0) {
        found.min = found.max;
    }
    return found;
}

static int check_count(const parse *p, shape wanted, Py_ssize_t nargs)
{
    if (wanted.min <= nargs && nargs <= wanted.max) {
        return 1;
    }
    if (wanted.message != NULL) {
        PyErr_SetString(PyExc_TypeError, wanted.message);
        return 0;
    }
    int limit = nargs < wanted.min ? wanted.min : wanted.max;
    PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", name_of(p), parens_of(p),
                 wanted.min == wanted.max ? "exactly" : nargs < wanted.min ? "at least" : "at most", limit,
                 plural(limit), nargs);
    return 0;
}

static int convert_positional(parse *p, PyObject *const *args, Py_ssize_t nargs, const char *format)
{
    const char *whole = format;
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (*format == '|') {
            format++;
        }
        const char *error = convert_item(p, args[i], &format, p->levels);
        if (error != NULL) {
            raise_for(p, i + 1, error, p->levels);
            return 0;
        }
    }
    if (!end_of_format(*format) && !is_letter(*format) && *format != '(' && *format != '|') {
        PyErr_Format(PyExc_SystemError, "bad format string: %.200s", whole);
        return 0;
    }
    return 1;
}

static int parse_stack(PyObject *const *args, Py_ssize_t nargs, const char *format, va_list targets)
{
    parse p;
    shape wanted = shape_of(format);
    parse_begin(&p, wanted.fname, wanted.message);
    if (!check_count(&p, wanted, nargs)) {
        return 0;
    }
    va_copy(p.targets, targets);
    int done = parse_end(&p, convert_positional(&p, args, nargs, format));
    va_end(p.targets);
    return done;
}

static int parse_tuple(PyObject *args, const char *format, va_list targets)
{
    if (args == NULL || !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return parse_stack(&PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), format, targets);
}

/* PyArg_Parse: a format of one unit, which need not be in a tuple. */
static int parse_single(PyObject *arg, const char *format, va_list targets)
{
    parse p;
    shape wanted = shape_of(format);
    parse_begin(&p, wanted.fname, wanted.message);
    if (wanted.max == 0) {
        if (arg == NULL) {
            return 1;
        }
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", name_of(&p), parens_of(&p));
        return 0;
    }
    if (wanted.min != 1 || wanted.max != 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return 0;
    }
    if (arg == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at least one argument", name_of(&p), parens_of(&p));
        return 0;
    }
    va_copy(p.targets, targets);
    const char *error = convert_item(&p, arg, &format, p.levels);
    if (error != NULL) {
        raise_for(&p, p.levels[0], error, p.levels[0] == 0 ? p.levels : p.levels + 1);
    }
    va_end(p.targets);
    return parse_end(&p, error == NULL);
}

int PyArg_VaParse(PyObject *args, const char *format, va_list targets)
{
    return parse_tuple(args, format, targets);
}

int PyArg_Parse(PyObject *arg, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_single(arg, format, targets);
    va_end(targets);
    return done;
}

int PyArg_ParseTuple(PyObject *args, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_tuple(args, format, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_stack(args, nargs, format, targets);
    va_end(targets);
    return done;
}

/* ---- keywords ---- */

/* Where keyword arguments come from: a dict, or names and the values behind the positional arguments. */
typedef struct {
    PyObject *dict;
    PyObject *names;
    PyObject *const *values;
} keyword_source;

static Py_ssize_t keyword_count(const keyword_source *given)
{
    if (given->names != NULL) {
        return PyTuple_GET_SIZE(given->names);
    }
    return given->dict == NULL ? 0 : PyDict_Size(given->dict);
}

/* A new reference to the argument called `name`, or NULL; -1 with an exception. */
static int find_keyword(const keyword_source *given, const char *name, PyObject **value)
{
    *value = NULL;
    if (given->names == NULL) {
        return given->dict == NULL ? 0 : PyDict_GetItemStringRef(given->dict, name, value);
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(given->names); i++) {
        PyObject *given_name = PyTuple_GET_ITEM(given->names, i);
        if (PyUnicode_Check(given_name) && PyUnicode_EqualToUTF8(given_name, name)) {
            *value = Py_NewRef(given->values[i]);
            return 1;
        }
    }
    return 0;
}

static const char *skip_item(parse *p, const char **format);

/* Step over the targets of a parenthesized sequence. */
static const char *skip_sequence(parse *p, const char **format)
{
    while (**format != ')') {
        if (end_of_format(**format)) {
            return "Unmatched left paren in format string";
        }
        const char *error = skip_item(p, format);
        if (error != NULL) {
            return error;
        }
    }
    ++*format;
    return NULL;
}

/* Step over a unit whose argument was not given. */
static const char *skip_item(parse *p, const char **format)
{
    char unit = *(*format)++;
    switch (unit) {
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'k': case 'L': case 'K': case 'n':
    case 'f': case 'd': case 'D': case 'c': case 'C': case 'p': case 'S': case 'Y': case 'U':
        (void)va_arg(p->targets, void *);
        return NULL;
    case 'e':
        (void)va_arg(p->targets, const char *);
        if (**format != 's' && **format != 't') {
            break;
        }
        ++*format;
        /* fall through */
    case 's': case 'z': case 'y': case 'w':
        (void)va_arg(p->targets, void *);
        if (unit == 'w' && **format != '*') {
            break;
        }
        if (**format == '#') {
            (void)va_arg(p->targets, Py_ssize_t *);
            ++*format;
        }
        else if (**format == '*' && unit != 'e') {
            ++*format;
        }
        return NULL;
    case 'O':
        (void)va_arg(p->targets, void *);
        if (**format == '!' || **format == '&') {
            (void)va_arg(p->targets, void *);
            ++*format;
        }
        return NULL;
    case '(':
        return skip_sequence(p, format);
    case ')':
        return "Unmatched right paren in format string";
    default:
        break;
    }
    return "impossible<bad format char>";
}

/* A call with keywords: what was given, and what the walk over the format found so far. */
typedef struct {
    parse p;
    const char *const *keywords;
    int len; /* all parameters */
    int pos; /* positional-only ones: their names are empty */
    int min; /* required ones, known behind '|' */
    int max; /* positional ones, known behind '$' */
    PyObject *const *args;
    Py_ssize_t nargs;
    keyword_source given;
    Py_ssize_t unused; /* keyword arguments that no parameter took yet */
    int prepared;      /* called with a _PyArg_Parser: one message differs */
} keyword_parse;

static int count_keywords(keyword_parse *k)
{
    for (k->pos = 0; k->keywords[k->pos] && !*k->keywords[k->pos]; k->pos++) {
    }
    for (k->len = k->pos; k->keywords[k->len]; k->len++) {
        if (!*k->keywords[k->len]) {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    }
    return 1;
}

static int raise_positional(keyword_parse *k, const char *how, Py_ssize_t limit)
{
    if (limit == 0) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", name_of(&k->p), parens_of(&k->p));
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %zd positional argument%s (%zd given)", name_of(&k->p),
                 parens_of(&k->p), how, limit, plural(limit), k->nargs);
    return 0;
}

/* Read '|' and '$' in front of parameter `i`. */
static int read_markers(keyword_parse *k, const char **format, int i)
{
    if (**format == '|') {
        if (k->min != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string (| specified twice)");
            return 0;
        }
        k->min = i;
        ++*format;
        if (k->max != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string ($ before |)");
            return 0;
        }
    }
    if (**format == '$') {
        if (k->max != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string ($ specified twice)");
            return 0;
        }
        k->max = i;
        ++*format;
        if (k->max < k->pos) {
            PyErr_SetString(PyExc_SystemError, "Empty parameter name after $");
            return 0;
        }
    }
    return 1;
}

/* The argument for parameter `i`, by position or name: a new reference, NULL where none was given. */
static int argument_for(keyword_parse *k, int i, PyObject **value)
{
    *value = NULL;
    if (i < k->nargs) {
        *value = Py_NewRef(k->args[i]);
        return 0;
    }
    if (k->unused == 0 || i < k->pos) {
        return 0;
    }
    if (find_keyword(&k->given, k->keywords[i], value) < 0) {
        return -1;
    }
    k->unused -= *value != NULL;
    return 0;
}

static int convert_argument(keyword_parse *k, int i, PyObject *value, const char **format)
{
    const char *error = convert_item(&k->p, value, format, k->p.levels);
    Py_DECREF(value);
    if (error != NULL) {
        raise_for(&k->p, i + 1, error, k->p.levels);
        return 0;
    }
    return 1;
}

/* A required positional-only argument is missing: the format's markers are needed to say how many there must be. */
static int raise_missing_positional(keyword_parse *k, int i)
{
    int least = Py_MIN(k->pos, k->min);
    return raise_positional(k, least < i ? "at least" : "exactly", least);
}

static int raise_missing(keyword_parse *k, int i)
{
    PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)", name_of(&k->p),
                 parens_of(&k->p), k->keywords[i], i + 1);
    return 0;
}

static int is_parameter(const keyword_parse *k, PyObject *name)
{
    for (int i = k->pos; i < k->len; i++) {
        if (PyUnicode_EqualToUTF8(name, k->keywords[i])) {
            return 1;
        }
    }
    return 0;
}

static int check_name(const keyword_parse *k, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    if (is_parameter(k, name)) {
        return 1;
    }
    const char *fname = k->p.fname == NULL ? "this function" : k->p.fname;
    const char *meant = _Emul_Suggest(name, k->keywords + k->pos);
    if (meant != NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'. Did you mean '%s'?", fname,
                     parens_of(&k->p), name, meant);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'", fname, parens_of(&k->p),
                     name);
    }
    return 0;
}

/* Some keyword argument is left: it repeats a positional one, or nobody knows its name. */
static int explain_unused(keyword_parse *k)
{
    for (int i = k->pos; i < k->nargs && i < k->len; i++) {
        PyObject *value;
        int found = find_keyword(&k->given, k->keywords[i], &value);
        Py_XDECREF(value);
        if (found != 0) {
            if (found > 0) {
                PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                             name_of(&k->p), parens_of(&k->p), k->keywords[i], i + 1);
            }
            return 0;
        }
    }
    if (k->given.names != NULL) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(k->given.names); i++) {
            if (!check_name(k, PyTuple_GET_ITEM(k->given.names, i))) {
                return 0;
            }
        }
    }
    else {
        PyObject *name;
        Py_ssize_t position = 0;
        while (PyDict_Next(k->given.dict, &position, &name, NULL)) {
            if (!check_name(k, name)) {
                return 0;
            }
        }
    }
    /* It is one of them by its text, and none by its own `__eq__`; or it is there twice. */
    PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s",
                 k->p.fname == NULL ? "this function" : k->p.fname, parens_of(&k->p));
    return 0;
}

static int convert_with_keywords(keyword_parse *k, const char *format)
{
    int missing_positional = 0;
    int i;
    for (i = 0; i < k->len; i++) {
        char marker = *format;
        if (!read_markers(k, &format, i)) {
            return 0;
        }
        if ((marker == '$' || marker == '|') && k->max == i) {
            if (missing_positional) {
                break;
            }
            if (k->max < k->nargs) {
                int optional = k->prepared ? k->min < k->max : k->min != INT_MAX;
                return raise_positional(k, optional ? "at most" : "exactly", k->max);
            }
        }
        if (end_of_format(*format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", k->len, i);
            return 0;
        }
        if (!missing_positional) {
            PyObject *value;
            if (argument_for(k, i, &value) < 0) {
                return 0;
            }
            if (value != NULL) {
                if (!convert_argument(k, i, value, &format)) {
                    return 0;
                }
                continue;
            }
            if (i < k->min && i >= k->pos) {
                return raise_missing(k, i);
            }
            missing_positional = i < k->min;
            /* All that was given has been converted; the rest of the format is not looked at. */
            if (k->unused == 0 && !missing_positional) {
                return 1;
            }
        }
        const char *unit = format;
        const char *error = skip_item(&k->p, &format);
        if (error != NULL) {
            PyErr_Format(PyExc_SystemError, "%s: '%s'", error, unit);
            return 0;
        }
    }
    if (missing_positional) {
        return raise_missing_positional(k, i);
    }
    if (!end_of_format(*format) && *format != '|' && *format != '$') {
        PyErr_Format(PyExc_SystemError,
                     "more argument specifiers than keyword list entries (remaining format:'%s')", format);
        return 0;
    }
    return k->unused == 0 || explain_unused(k);
}

static int parse_keywords(keyword_parse *k, const char *format, va_list targets)
{
    const char *fname = strchr(format, ':');
    const char *message = fname == NULL ? strchr(format, ';') : NULL;
    parse_begin(&k->p, fname == NULL ? NULL : fname + 1, message == NULL ? NULL : message + 1);
    if (!count_keywords(k)) {
        return 0;
    }
    k->min = k->max = INT_MAX;
    k->unused = keyword_count(&k->given);
    Py_ssize_t count = k->nargs + k->unused;
    if (count > k->len) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", name_of(&k->p),
                     parens_of(&k->p), k->len, k->nargs == 0 ? "keyword " : "", plural(k->len), count);
        return 0;
    }
    va_copy(k->p.targets, targets);
    int done = parse_end(&k->p, convert_with_keywords(k, format));
    va_end(k->p.targets);
    return done;
}

static int parse_tuple_and_dict(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords,
                                int prepared, va_list targets)
{
    if (args == NULL || !PyTuple_Check(args) || (kwargs != NULL && !PyDict_Check(kwargs)) || format == NULL ||
        keywords == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    keyword_parse k = {
        .keywords = keywords,
        .args = &PyTuple_GET_ITEM(args, 0),
        .nargs = PyTuple_GET_SIZE(args),
        .given = {.dict = kwargs},
        .prepared = prepared,
    };
    return parse_keywords(&k, format, targets);
}

int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                  va_list targets)
{
    return parse_tuple_and_dict(args, kwargs, format, (const char *const *)keywords, 0, targets);
}

int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords, ...)
{
    va_list targets;
    va_start(targets, keywords);
    int done = PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, ...)
{
    va_list targets;
    va_start(targets, parser);
    int done = parse_tuple_and_dict(args, kwargs, parser->format, parser->keywords, 1, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                                 struct _PyArg_Parser *parser, ...)
{
    keyword_parse k = {
        .keywords = parser->keywords,
        .args = args,
        .nargs = nargs,
        .given = {.names = kwnames, .values = args == NULL ? NULL : args + nargs},
        .prepared = 1,
    };
    va_list targets;
    va_start(targets, parser);
    int done = parse_keywords(&k, parser->format, targets);
    va_end(targets);
    return done;
}

/* ---- unpacking ---- */

static int check_positional(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max)
{
    if (min <= nargs && nargs <= max) {
        return 1;
    }
    Py_ssize_t limit = nargs < min ? min : max;
    const char *bound = min == max ? "" : nargs < min ? "at least " : "at most ";
    if (name != NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, bound, limit, plural(limit),
                     nargs);
    }
    else {
        PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", bound, limit,
                     plural(limit), nargs);
    }
    return 0;
}

int _PyArg_CheckPositional(const char *name, Py_ssize_t nargs, Py_ssize_t min, Py_ssize_t max)
{
    return check_positional(name, nargs, min, max);
}

static int unpack(PyObject *const *args, Py_ssize_t nargs, const char *name, Py_ssize_t min, Py_ssize_t max,
                  va_list targets)
{
    if (!check_positional(name, nargs, min, max)) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < nargs; i++) {
        *va_arg(targets, PyObject **) = args[i];
    }
    return 1;
}

int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    va_list targets;
    va_start(targets, max);
    int done = unpack(&PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), name, min, max, targets);
    va_end(targets);
    return done;
}

/* ---- for Argument Clinic's code ---- */

void _PyArg_BadArgument(const char *fname, const char *displayname, const char *expected, PyObject *arg)
{
    PyErr_Format(PyExc_TypeError, "%.200s() %.200s must be %.50s, not %.50s", fname, displayname, expected,
                 type_name(arg));
}

int _PyArg_NoKeywords(const char *funcname, PyObject *kwargs)
{
    if (kwargs == NULL) {
        return 1;
    }
    if (!PyDict_CheckExact(kwargs)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyDict_Size(kwargs) == 0) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", funcname);
    return 0;
}

int _PyArg_NoPositional(const char *funcname, PyObject *args)
{
    if (args == NULL) {
        return 1;
    }
    if (!PyTuple_CheckExact(args)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyTuple_GET_SIZE(args) == 0) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "%.200s() takes no positional arguments", funcname);
    return 0;
}

/* ---- names from before 3.13, when '#' without PY_SSIZE_T_CLEAN was an int ---- */

int _PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list targets)
{
    return parse_tuple(args, format, targets);
}

int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                         va_list targets)
{
    return PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
}

int _PyArg_Parse_SizeT(PyObject *arg, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_single(arg, format, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_tuple(args, format, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                       ...)
{
    va_list targets;
    va_start(targets, keywords);
    int done = PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
    va_end(targets);
    return done;
}
