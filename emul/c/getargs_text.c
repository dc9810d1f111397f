/* Text and buffers as arguments. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

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
        return _Emul_Mismatch(p, "read-only bytes-like object", arg);
    }
    Py_buffer view;
    const char *expected = take_buffer(arg, &view, PyBUF_SIMPLE);
    if (expected != NULL) {
        return _Emul_Mismatch(p, expected, arg);
    }
    *data = view.buf;
    *size = view.len;
    PyBuffer_Release(&view);
    return NULL;
}

static const char *borrow_text(parse *p, PyObject *arg, const char **data, Py_ssize_t *size)
{
    *data = PyUnicode_AsUTF8AndSize(arg, size);
    return *data == NULL ? _Emul_Mismatch(p, "(unicode conversion error)", arg) : NULL;
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
            return _Emul_Mismatch(p, expected, arg);
        }
    }
    return _Emul_ParseUndo(p, RELEASE_BUFFER, view, NULL) < 0 ? _Emul_Mismatch(p, "(cleanup problem)", arg) : NULL;
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
        return _Emul_Mismatch(p, unit == 'z' ? "str or None" : "str", arg);
    }
    if (error == NULL && strlen(*data) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, unit == 'y' ? "embedded null byte" : "embedded null character");
        return EXCEPTION_IS_SET;
    }
    return error;
}

const char *_Emul_ConvertText(parse *p, char unit, PyObject *arg, const char **format)
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

const char *_Emul_ConvertWritable(parse *p, PyObject *arg, const char **format)
{
    if (**format != '*') {
        return _Emul_Mismatch(p, "(invalid use of 'w' format character)", arg);
    }
    ++*format;
    Py_buffer *view = va_arg(p->targets, Py_buffer *);
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return _Emul_Mismatch(p, "read-write bytes-like object", arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return _Emul_Mismatch(p, "contiguous buffer", arg);
    }
    return _Emul_ParseUndo(p, RELEASE_BUFFER, view, NULL) < 0 ? _Emul_Mismatch(p, "(cleanup problem)", arg) : NULL;
}

/* The bytes of `arg` in `encoding`: a new reference to bytes, or to `arg` itself where it need not be encoded. */
static PyObject *encoded(parse *p, PyObject *arg, const char *encoding, int only_text, const char **error)
{
    if (!only_text && (PyBytes_Check(arg) || PyByteArray_Check(arg))) {
        return Py_NewRef(arg);
    }
    if (!PyUnicode_Check(arg)) {
        *error = _Emul_Mismatch(p, only_text ? "str" : "str, bytes or bytearray", arg);
        return NULL;
    }
    PyObject *bytes = PyUnicode_AsEncodedString(arg, encoding, NULL);
    if (bytes == NULL) {
        *error = _Emul_Mismatch(p, "(encoding failed)", arg);
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
    if (_Emul_ParseUndo(p, FREE_MEMORY, target, NULL) < 0) {
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
            return _Emul_Mismatch(p, "encoded string without null bytes", arg);
        }
        return copy_out(p, data, size, target);
    }
    ++*format;
    Py_ssize_t *space = va_arg(p->targets, Py_ssize_t *);
    if (space == NULL) {
        return _Emul_Mismatch(p, "(buffer_len is NULL)", arg);
    }
    const char *error = *target == NULL ? copy_out(p, data, size, target) : copy_into(data, size, *target, *space);
    if (error == NULL) {
        *space = size;
    }
    return error;
}

/* 'es', 'et', 'es#', 'et#'. */
const char *_Emul_ConvertEncoded(parse *p, PyObject *arg, const char **format)
{
    const char *encoding = va_arg(p->targets, const char *);
    if (encoding == NULL) {
        encoding = PyUnicode_GetDefaultEncoding();
    }
    char kind = **format;
    if (kind != 's' && kind != 't') {
        return _Emul_Mismatch(p, "(unknown parser marker combination)", arg);
    }
    ++*format;
    char **target = va_arg(p->targets, char **);
    if (target == NULL) {
        return _Emul_Mismatch(p, "(buffer is NULL)", arg);
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
