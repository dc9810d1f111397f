/* cpython/unicodeobject.h: the layout of str, direct access to its characters, character properties. */
#include "Python.h"
#if !defined(Py_CPYTHON_UNICODEOBJECT_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_UNICODEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* ---- surrogates ---- */

static inline int Py_UNICODE_IS_SURROGATE(Py_UCS4 ch) { return 0xD800 <= ch && ch <= 0xDFFF; }
static inline int Py_UNICODE_IS_HIGH_SURROGATE(Py_UCS4 ch) { return 0xD800 <= ch && ch <= 0xDBFF; }
static inline int Py_UNICODE_IS_LOW_SURROGATE(Py_UCS4 ch) { return 0xDC00 <= ch && ch <= 0xDFFF; }

static inline Py_UCS4 Py_UNICODE_JOIN_SURROGATES(Py_UCS4 high, Py_UCS4 low)
{
    assert(Py_UNICODE_IS_HIGH_SURROGATE(high) && Py_UNICODE_IS_LOW_SURROGATE(low));
    return 0x10000 + (((high & 0x03FF) << 10) | (low & 0x03FF));
}

static inline Py_UCS4 Py_UNICODE_HIGH_SURROGATE(Py_UCS4 ch)
{
    assert(0x10000 <= ch && ch <= 0x10ffff);
    return 0xD800 + ((ch - 0x10000) >> 10);
}

static inline Py_UCS4 Py_UNICODE_LOW_SURROGATE(Py_UCS4 ch)
{
    assert(0x10000 <= ch && ch <= 0x10ffff);
    return 0xDC00 + (ch & 0x3FF);
}

/* ---- layout: the smallest of three structs that holds the string ---- */

/* Compact ASCII: the characters follow this struct. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t length;
    Py_hash_t hash; /* -1: not computed yet */
    struct {
        unsigned int interned : 2;
        unsigned int kind : 3;
        unsigned int compact : 1;
        unsigned int ascii : 1;
        unsigned int statically_allocated : 1;
        unsigned int : 24;
    } state;
} PyASCIIObject;

/* Compact, not ASCII: the characters follow this struct. */
typedef struct {
    PyASCIIObject _base;
    Py_ssize_t utf8_length;
    char *utf8; /* NULL: not encoded yet */
} PyCompactUnicodeObject;

/* Not compact: subclasses of str. */
typedef struct {
    PyCompactUnicodeObject _base;
    union {
        void *any;
        Py_UCS1 *latin1;
        Py_UCS2 *ucs2;
        Py_UCS4 *ucs4;
    } data;
} PyUnicodeObject;

#define _PyASCIIObject_CAST(op) (assert(PyUnicode_Check(op)), _Py_CAST(PyASCIIObject *, (op)))
#define _PyCompactUnicodeObject_CAST(op) (assert(PyUnicode_Check(op)), _Py_CAST(PyCompactUnicodeObject *, (op)))
#define _PyUnicodeObject_CAST(op) (assert(PyUnicode_Check(op)), _Py_CAST(PyUnicodeObject *, (op)))

#define SSTATE_NOT_INTERNED 0
#define SSTATE_INTERNED_MORTAL 1
#define SSTATE_INTERNED_IMMORTAL 2
#define SSTATE_INTERNED_IMMORTAL_STATIC 3

/* The kind is the width of a character in bytes. */
enum PyUnicode_Kind {
    PyUnicode_1BYTE_KIND = 1,
    PyUnicode_2BYTE_KIND = 2,
    PyUnicode_4BYTE_KIND = 4
};

/* ---- access ---- */

static inline unsigned int PyUnicode_CHECK_INTERNED(PyObject *op) { return _PyASCIIObject_CAST(op)->state.interned; }
static inline unsigned int PyUnicode_IS_ASCII(PyObject *op) { return _PyASCIIObject_CAST(op)->state.ascii; }
static inline unsigned int PyUnicode_IS_COMPACT(PyObject *op) { return _PyASCIIObject_CAST(op)->state.compact; }
static inline int PyUnicode_IS_COMPACT_ASCII(PyObject *op)
{
    return PyUnicode_IS_ASCII(op) && PyUnicode_IS_COMPACT(op);
}
static inline Py_ssize_t PyUnicode_GET_LENGTH(PyObject *op) { return _PyASCIIObject_CAST(op)->length; }
#define PyUnicode_CHECK_INTERNED(op) PyUnicode_CHECK_INTERNED(_PyObject_CAST(op))
#define PyUnicode_IS_ASCII(op) PyUnicode_IS_ASCII(_PyObject_CAST(op))
#define PyUnicode_IS_COMPACT(op) PyUnicode_IS_COMPACT(_PyObject_CAST(op))
#define PyUnicode_IS_COMPACT_ASCII(op) PyUnicode_IS_COMPACT_ASCII(_PyObject_CAST(op))
#define PyUnicode_GET_LENGTH(op) PyUnicode_GET_LENGTH(_PyObject_CAST(op))
#define PyUnicode_KIND(op) _Py_RVALUE(_PyASCIIObject_CAST(op)->state.kind)

/* Every string is ready since 3.12. */
static inline unsigned int PyUnicode_IS_READY(PyObject *Py_UNUSED(op)) { return 1; }
static inline int PyUnicode_READY(PyObject *Py_UNUSED(op)) { return 0; }
#define PyUnicode_IS_READY(op) PyUnicode_IS_READY(_PyObject_CAST(op))
#define PyUnicode_READY(op) PyUnicode_READY(_PyObject_CAST(op))

static inline void *_PyUnicode_COMPACT_DATA(PyObject *op)
{
    if (PyUnicode_IS_ASCII(op)) {
        return _Py_STATIC_CAST(void *, (_PyASCIIObject_CAST(op) + 1));
    }
    return _Py_STATIC_CAST(void *, (_PyCompactUnicodeObject_CAST(op) + 1));
}

static inline void *_PyUnicode_NONCOMPACT_DATA(PyObject *op)
{
    assert(!PyUnicode_IS_COMPACT(op) && _PyUnicodeObject_CAST(op)->data.any != NULL);
    return _PyUnicodeObject_CAST(op)->data.any;
}

static inline void *PyUnicode_DATA(PyObject *op)
{
    return PyUnicode_IS_COMPACT(op) ? _PyUnicode_COMPACT_DATA(op) : _PyUnicode_NONCOMPACT_DATA(op);
}
#define PyUnicode_DATA(op) PyUnicode_DATA(_PyObject_CAST(op))
#define PyUnicode_1BYTE_DATA(op) _Py_STATIC_CAST(Py_UCS1 *, PyUnicode_DATA(op))
#define PyUnicode_2BYTE_DATA(op) _Py_STATIC_CAST(Py_UCS2 *, PyUnicode_DATA(op))
#define PyUnicode_4BYTE_DATA(op) _Py_STATIC_CAST(Py_UCS4 *, PyUnicode_DATA(op))

static inline Py_UCS4 PyUnicode_READ(int kind, const void *data, Py_ssize_t index)
{
    assert(index >= 0);
    if (kind == PyUnicode_1BYTE_KIND) {
        return _Py_STATIC_CAST(const Py_UCS1 *, data)[index];
    }
    if (kind == PyUnicode_2BYTE_KIND) {
        return _Py_STATIC_CAST(const Py_UCS2 *, data)[index];
    }
    assert(kind == PyUnicode_4BYTE_KIND);
    return _Py_STATIC_CAST(const Py_UCS4 *, data)[index];
}
#define PyUnicode_READ(kind, data, index)                                                   \
    PyUnicode_READ(_Py_STATIC_CAST(int, kind), _Py_STATIC_CAST(const void *, data), (index))

static inline Py_UCS4 PyUnicode_READ_CHAR(PyObject *unicode, Py_ssize_t index)
{
    assert(index <= PyUnicode_GET_LENGTH(unicode)); /* the closing NUL may be read */
    return PyUnicode_READ(PyUnicode_KIND(unicode), PyUnicode_DATA(unicode), index);
}
#define PyUnicode_READ_CHAR(unicode, index) PyUnicode_READ_CHAR(_PyObject_CAST(unicode), (index))

static inline void PyUnicode_WRITE(int kind, void *data, Py_ssize_t index, Py_UCS4 value)
{
    assert(index >= 0);
    if (kind == PyUnicode_1BYTE_KIND) {
        assert(value <= 0xffU);
        _Py_STATIC_CAST(Py_UCS1 *, data)[index] = _Py_STATIC_CAST(Py_UCS1, value);
    }
    else if (kind == PyUnicode_2BYTE_KIND) {
        assert(value <= 0xffffU);
        _Py_STATIC_CAST(Py_UCS2 *, data)[index] = _Py_STATIC_CAST(Py_UCS2, value);
    }
    else {
        assert(kind == PyUnicode_4BYTE_KIND && value <= 0x10ffffU);
        _Py_STATIC_CAST(Py_UCS4 *, data)[index] = value;
    }
}
#define PyUnicode_WRITE(kind, data, index, value)                                           \
    PyUnicode_WRITE(_Py_STATIC_CAST(int, kind), _Py_CAST(void *, data), (index), _Py_STATIC_CAST(Py_UCS4, value))

static inline Py_UCS4 PyUnicode_MAX_CHAR_VALUE(PyObject *op)
{
    if (PyUnicode_IS_ASCII(op)) {
        return 0x7fU;
    }
    switch (PyUnicode_KIND(op)) {
    case PyUnicode_1BYTE_KIND:
        return 0xffU;
    case PyUnicode_2BYTE_KIND:
        return 0xffffU;
    default:
        return 0x10ffffU;
    }
}
#define PyUnicode_MAX_CHAR_VALUE(op) PyUnicode_MAX_CHAR_VALUE(_PyObject_CAST(op))

#define _PyUnicode_AsString PyUnicode_AsUTF8

/* ---- _PyUnicodeWriter: call the function only when the buffer must grow or widen ---- */

#define _PyUnicodeWriter_Prepare(WRITER, LENGTH, MAXCHAR)                                   \
    (((MAXCHAR) <= (WRITER)->maxchar && (LENGTH) <= (WRITER)->size - (WRITER)->pos)         \
         ? 0                                                                                \
         : (((LENGTH) == 0) ? 0 : _PyUnicodeWriter_PrepareInternal((WRITER), (LENGTH), (MAXCHAR))))
#define _PyUnicodeWriter_PrepareKind(WRITER, KIND)                                          \
    ((KIND) <= (WRITER)->kind ? 0 : _PyUnicodeWriter_PrepareKindInternal((WRITER), (KIND)))

/* ---- character properties ---- */

PyAPI_DATA(const unsigned char) _Py_ascii_whitespace[];

PyAPI_FUNC(int) _PyUnicode_IsWhitespace(const Py_UCS4 ch);
PyAPI_FUNC(int) _PyUnicode_IsDecimalDigit(Py_UCS4 ch);
PyAPI_FUNC(int) _PyUnicode_IsDigit(Py_UCS4 ch);
PyAPI_FUNC(int) _PyUnicode_IsNumeric(Py_UCS4 ch);
PyAPI_FUNC(int) _PyUnicode_IsAlpha(Py_UCS4 ch);

static inline int Py_UNICODE_ISSPACE(Py_UCS4 ch)
{
    return ch < 128 ? _Py_ascii_whitespace[ch] : _PyUnicode_IsWhitespace(ch);
}

#define Py_UNICODE_ISLOWER(ch) _PyUnicode_IsLowercase(ch)
#define Py_UNICODE_ISUPPER(ch) _PyUnicode_IsUppercase(ch)
#define Py_UNICODE_ISTITLE(ch) _PyUnicode_IsTitlecase(ch)
#define Py_UNICODE_ISLINEBREAK(ch) _PyUnicode_IsLinebreak(ch)
#define Py_UNICODE_ISDECIMAL(ch) _PyUnicode_IsDecimalDigit(ch)
#define Py_UNICODE_ISDIGIT(ch) _PyUnicode_IsDigit(ch)
#define Py_UNICODE_ISNUMERIC(ch) _PyUnicode_IsNumeric(ch)
#define Py_UNICODE_ISPRINTABLE(ch) _PyUnicode_IsPrintable(ch)
#define Py_UNICODE_ISALPHA(ch) _PyUnicode_IsAlpha(ch)
#define Py_UNICODE_TOLOWER(ch) _PyUnicode_ToLowercase(ch)
#define Py_UNICODE_TOUPPER(ch) _PyUnicode_ToUppercase(ch)
#define Py_UNICODE_TOTITLE(ch) _PyUnicode_ToTitlecase(ch)
#define Py_UNICODE_TODECIMAL(ch) _PyUnicode_ToDecimalDigit(ch)
#define Py_UNICODE_TODIGIT(ch) _PyUnicode_ToDigit(ch)
#define Py_UNICODE_TONUMERIC(ch) _PyUnicode_ToNumeric(ch)

static inline int Py_UNICODE_ISALNUM(Py_UCS4 ch)
{
    return Py_UNICODE_ISALPHA(ch) || Py_UNICODE_ISDECIMAL(ch) || Py_UNICODE_ISDIGIT(ch) || Py_UNICODE_ISNUMERIC(ch);
}

#ifdef __cplusplus
}
#endif
#endif
