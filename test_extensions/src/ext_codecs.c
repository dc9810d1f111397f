/* Codecs by their names: the registry, error handlers, the encodings with functions of their own, and the exceptions of Unicode. */
#include "shapes.h"
#include <wchar.h>

/* Exported, and declared by internal headers alone, or by none. */
extern PyObject *_PyUnicode_AsUTF8String(PyObject *, const char *);
extern PyObject *_PyUnicode_EncodeUTF16(PyObject *, const char *, int);
extern PyObject *_PyUnicode_EncodeUTF32(PyObject *, const char *, int);
extern PyObject *_PyUnicode_DecodeUnicodeEscapeInternal(const char *, Py_ssize_t, const char *, Py_ssize_t *, const char **);
extern PyObject *_PyBytes_DecodeEscape(const char *, Py_ssize_t, const char *, const char **);
extern int _Py_GetErrorHandler(const char *);
PyObject *PyUnicodeDecodeError_Create(const char *, const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t, const char *);

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(INT_O, PyCodec_Register)                                                                                                  \
    CALL(INT_O, PyCodec_Unregister)                                                                                                \
    CALL(PLAIN_S, PyCodec_KnownEncoding)                                                                                           \
    CALL(NEW_OSS, PyCodec_Encode)                                                                                                  \
    CALL(NEW_OSS, PyCodec_Decode)                                                                                                  \
    CALL(NEW_S, PyCodec_Encoder)                                                                                                   \
    CALL(NEW_S, PyCodec_Decoder)                                                                                                   \
    CALL(NEW_SS, PyCodec_IncrementalEncoder)                                                                                       \
    CALL(NEW_SS, PyCodec_IncrementalDecoder)                                                                                       \
    CALL(NEW_S, PyCodec_LookupError)                                                                                               \
    CALL(NEW_O, PyCodec_StrictErrors)                                                                                              \
    CALL(NEW_O, PyCodec_IgnoreErrors)                                                                                              \
    CALL(NEW_O, PyCodec_ReplaceErrors)                                                                                             \
    CALL(NEW_O, PyCodec_XMLCharRefReplaceErrors)                                                                                   \
    CALL(NEW_O, PyCodec_BackslashReplaceErrors)                                                                                    \
    CALL(NEW_O, PyCodec_NameReplaceErrors)                                                                                         \
    CALL(PLAIN_S, _Py_GetErrorHandler)                                                                                             \
    CALL(NEW_O, PyUnicode_AsUTF32String)                                                                                           \
    CALL(NEW_O, PyUnicode_AsRawUnicodeEscapeString)                                                                                \
    CALL(NEW_OO, PyUnicode_AsCharmapString)                                                                                        \
    CALL(NEW_O, PyUnicode_BuildEncodingMap)                                                                                        \
    CALL(NEW_S, PyUnicode_DecodeFSDefault)                                                                                         \
    CALL(NEW_OS, PyUnicode_EncodeLocale)                                                                                           \
    CALL(NEW_OS, _PyUnicode_AsUTF8String)                                                                                          \
    CALL(NEW_OSS, PyUnicode_AsEncodedObject)                                                                                       \
    CALL(NEW_OSS, PyUnicode_AsEncodedUnicode)                                                                                      \
    CALL(NEW_OSS, PyUnicode_AsDecodedObject)                                                                                       \
    CALL(NEW_OSS, PyUnicode_AsDecodedUnicode)                                                                                      \
    CALL(NEW_O, PyUnicodeEncodeError_GetEncoding)                                                                                  \
    CALL(NEW_O, PyUnicodeEncodeError_GetObject)                                                                                    \
    CALL(NEW_O, PyUnicodeEncodeError_GetReason)                                                                                    \
    CALL(INT_OS, PyUnicodeEncodeError_SetReason)                                                                                   \
    CALL(INT_ON, PyUnicodeEncodeError_SetStart)                                                                                    \
    CALL(INT_ON, PyUnicodeEncodeError_SetEnd)                                                                                      \
    CALL(NEW_O, PyUnicodeDecodeError_GetEncoding)                                                                                  \
    CALL(NEW_O, PyUnicodeDecodeError_GetObject)                                                                                    \
    CALL(NEW_O, PyUnicodeDecodeError_GetReason)                                                                                    \
    CALL(INT_OS, PyUnicodeDecodeError_SetReason)                                                                                   \
    CALL(INT_ON, PyUnicodeDecodeError_SetStart)                                                                                    \
    CALL(INT_ON, PyUnicodeDecodeError_SetEnd)                                                                                      \
    CALL(NEW_O, PyUnicodeTranslateError_GetObject)                                                                                 \
    CALL(NEW_O, PyUnicodeTranslateError_GetReason)                                                                                 \
    CALL(INT_OS, PyUnicodeTranslateError_SetReason)                                                                                \
    CALL(INT_ON, PyUnicodeTranslateError_SetStart)                                                                                 \
    CALL(INT_ON, PyUnicodeTranslateError_SetEnd)
FUNCTIONS(DEFINE_CALL)

#define POSITION(function)                                                                                                         \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        PyObject *error;                                                                                                           \
        Py_ssize_t place = -7;                                                                                                     \
        if (!PyArg_ParseTuple(arguments, "O", &error)) {                                                                           \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        return function(error, &place) < 0 ? NULL : PyLong_FromSsize_t(place);                                                     \
    }
#define POSITIONS(X)                                                                                                               \
    X(PyUnicodeEncodeError_GetStart) X(PyUnicodeEncodeError_GetEnd) X(PyUnicodeDecodeError_GetStart) X(PyUnicodeDecodeError_GetEnd) \
    X(PyUnicodeTranslateError_GetStart) X(PyUnicodeTranslateError_GetEnd)
POSITIONS(POSITION)

#define STREAM(function)                                                                                                           \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        const char *encoding, *errors;                                                                                             \
        PyObject *stream;                                                                                                          \
        return PyArg_ParseTuple(arguments, "sOz", &encoding, &stream, &errors) ? given(function(encoding, stream, errors)) : NULL; \
    }
STREAM(PyCodec_StreamReader)
STREAM(PyCodec_StreamWriter)

static PyObject *
call_PyCodec_RegisterError(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *handler;
    return PyArg_ParseTuple(arguments, "sO", &name, &handler) ? given_number(PyCodec_RegisterError(name, handler), 1) : NULL;
}

/* decoded(how, bytes, errors, byteorder): text, what was read, byteorder after. */
static PyObject *
decoded(PyObject *self, PyObject *arguments)
{
    const char *how, *bytes, *errors = NULL;
    Py_ssize_t size, read = -7;
    int byteorder = 0;
    if (!PyArg_ParseTuple(arguments, "sy#|zi", &how, &bytes, &size, &errors, &byteorder)) {
        return NULL;
    }
    PyObject *text = NULL;
#define IS(text) (strcmp(how, text) == 0)
    if (IS("UTF7")) {
        text = PyUnicode_DecodeUTF7(bytes, size, errors);
    } else if (IS("UTF7Stateful")) {
        text = PyUnicode_DecodeUTF7Stateful(bytes, size, errors, &read);
    } else if (IS("UTF8")) {
        text = PyUnicode_DecodeUTF8(bytes, size, errors);
    } else if (IS("UTF8Stateful")) {
        text = PyUnicode_DecodeUTF8Stateful(bytes, size, errors, &read);
    } else if (IS("UnicodeEscape")) {
        text = PyUnicode_DecodeUnicodeEscape(bytes, size, errors);
    } else if (IS("RawUnicodeEscape")) {
        text = PyUnicode_DecodeRawUnicodeEscape(bytes, size, errors);
    } else if (IS("UTF16Stateful")) {
        text = PyUnicode_DecodeUTF16Stateful(bytes, size, errors, &byteorder, &read);
    } else if (IS("UTF32Stateful")) {
        text = PyUnicode_DecodeUTF32Stateful(bytes, size, errors, &byteorder, &read);
    } else if (IS("UTF16 finally")) {
        text = PyUnicode_DecodeUTF16Stateful(bytes, size, errors, NULL, NULL);
    } else if (IS("UTF32 finally")) {
        text = PyUnicode_DecodeUTF32Stateful(bytes, size, errors, NULL, NULL);
    } else if (IS("LocaleAndSize")) {
        text = PyUnicode_DecodeLocaleAndSize(bytes, size, errors);
    } else {
        return PyErr_Format(PyExc_ValueError, "no %s", how);
    }
    return text ? Py_BuildValue("(Nni)", text, read, byteorder) : NULL;
}

static PyObject *
charmap(PyObject *self, PyObject *arguments)
{
    const char *bytes, *errors = NULL;
    Py_ssize_t size;
    PyObject *mapping;
    if (!PyArg_ParseTuple(arguments, "y#O&|z", &bytes, &size, nullable, &mapping, &errors)) {
        return NULL;
    }
    return PyUnicode_DecodeCharmap(bytes, size, mapping, errors);
}

static PyObject *
encoded(PyObject *self, PyObject *arguments)
{
    int bits, byteorder;
    const char *errors;
    PyObject *text;
    if (!PyArg_ParseTuple(arguments, "iOzi", &bits, &text, &errors, &byteorder)) {
        return NULL;
    }
    return bits == 16 ? _PyUnicode_EncodeUTF16(text, errors, byteorder) : _PyUnicode_EncodeUTF32(text, errors, byteorder);
}

/* The text, what was read, and where the first escape is that does not exist. */
static PyObject *
escapes(PyObject *self, PyObject *arguments)
{
    int of_bytes, partly;
    const char *source, *errors, *invalid = NULL;
    Py_ssize_t size, read;
    if (!PyArg_ParseTuple(arguments, "py#zp", &of_bytes, &source, &size, &errors, &partly)) {
        return NULL;
    }
    read = size; /* It is written where something is left over. */
    PyObject *result = of_bytes ? _PyBytes_DecodeEscape(source, size, errors, &invalid)
                                : _PyUnicode_DecodeUnicodeEscapeInternal(source, size, errors, partly ? &read : NULL, &invalid);
    return result ? Py_BuildValue("(Nnn)", result, read, invalid ? (Py_ssize_t)(invalid - source) : (Py_ssize_t)-1) : NULL;
}

static PyObject *
decode_error(PyObject *self, PyObject *arguments)
{
    const char *encoding, *object, *reason;
    Py_ssize_t size, start, end;
    if (!PyArg_ParseTuple(arguments, "sy#nns", &encoding, &object, &size, &start, &end, &reason)) {
        return NULL;
    }
    return PyUnicodeDecodeError_Create(encoding, object, size, start, end, reason);
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
#define POSITION_ENTRY(function) CALL_ENTRY(, function)
    POSITIONS(POSITION_ENTRY)
    CALL_ENTRY(, PyCodec_StreamReader) CALL_ENTRY(, PyCodec_StreamWriter) CALL_ENTRY(, PyCodec_RegisterError)
    OWN_ENTRY(decoded) OWN_ENTRY(charmap) OWN_ENTRY(encoded) OWN_ENTRY(escapes) OWN_ENTRY(decode_error)
    {0},
};

MODULE_OF_FUNCTIONS(ext_codecs, "Codecs.", functions)
