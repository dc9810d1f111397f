/* Text from a format: PyUnicode_FromFormat and PyBytes_FromFormat. Their language is printf's, with objects and without
 * floats. */
#include <Python.h>
#include <stddef.h>

#include "emul.h"

/* ---- the text so far ---- */

enum { FEW_CHARACTERS = 200 };

typedef struct {
    Py_UCS4 *characters;
    Py_ssize_t length;
    Py_ssize_t space;
    Py_UCS4 few[FEW_CHARACTERS];
} text;

/* Room for `more` characters; -1 without memory. */
static int text_reserve(text *t, Py_ssize_t more)
{
    if (more <= t->space - t->length) {
        return 0;
    }
    if (more > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(Py_UCS4) / 2 - t->length) {
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t space = (t->length + more) * 2;
    size_t size = (size_t)space * sizeof(Py_UCS4);
    Py_UCS4 *bigger = t->characters == t->few ? PyMem_Malloc(size) : PyMem_Realloc(t->characters, size);
    if (bigger == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (t->characters == t->few) {
        memcpy(bigger, t->few, (size_t)t->length * sizeof(Py_UCS4));
    }
    t->characters = bigger;
    t->space = space;
    return 0;
}

static int text_fill(text *t, Py_UCS4 character, Py_ssize_t count)
{
    if (count <= 0) {
        return 0;
    }
    if (text_reserve(t, count) < 0) {
        return -1;
    }
    while (count-- > 0) {
        t->characters[t->length++] = character;
    }
    return 0;
}

static int text_ascii(text *t, const char *ascii, Py_ssize_t length)
{
    if (text_reserve(t, length) < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        t->characters[t->length++] = (unsigned char)ascii[i];
    }
    return 0;
}

/* ---- one conversion ---- */

typedef struct {
    int left;      /* '-' */
    int zeros;     /* '0' */
    int alternate; /* '#' */
    Py_ssize_t width;
    Py_ssize_t precision; /* -1: none */
    enum { PLAIN, LONG, LONG_LONG, INTMAX, SIZE, PTRDIFF } size;
} spec;

/* A str, or part of it, padded. */
static int write_object(text *t, const spec *s, PyObject *str)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(str);
    if (s->precision >= 0 && s->precision < length) {
        length = s->precision;
    }
    Py_ssize_t padding = s->width - length;
    if (!s->left && text_fill(t, ' ', padding) < 0) {
        return -1;
    }
    if (text_reserve(t, length) < 0) {
        return -1;
    }
    int kind = PyUnicode_KIND(str);
    const void *data = PyUnicode_DATA(str);
    for (Py_ssize_t i = 0; i < length; i++) {
        t->characters[t->length++] = PyUnicode_READ(kind, data, i);
    }
    return s->left ? text_fill(t, ' ', padding) : 0;
}

/* Takes the reference to `str`, which may be NULL with an exception. */
static int write_new_object(text *t, const spec *s, PyObject *str)
{
    if (str == NULL) {
        return -1;
    }
    int result = write_object(t, s, str);
    Py_DECREF(str);
    return result;
}

/* 's': UTF-8, of which the precision counts bytes. */
static int write_utf8(text *t, const spec *s, const char *data)
{
    size_t length = s->precision < 0 ? strlen(data) : strnlen(data, (size_t)s->precision);
    spec unlimited = *s;
    unlimited.precision = -1;
    return write_new_object(t, &unlimited, PyUnicode_DecodeUTF8(data, (Py_ssize_t)length, "replace"));
}

/* 'ls': wchar_t, of which the precision counts units. */
static int write_wide(text *t, const spec *s, const wchar_t *data)
{
    Py_ssize_t length = 0;
    while ((s->precision < 0 || length < s->precision) && data[length] != L'\0') {
        length++;
    }
    return write_new_object(t, s, PyUnicode_FromWideChar(data, length));
}

static int write_string(text *t, const spec *s, va_list *values)
{
    if (s->size == LONG) {
        return write_wide(t, s, va_arg(*values, const wchar_t *));
    }
    return write_utf8(t, s, va_arg(*values, const char *));
}

/* Digits with an optional '-', padded with spaces or zeros. */
static int write_digits(text *t, const spec *s, const char *digits)
{
    Py_ssize_t sign = digits[0] == '-';
    Py_ssize_t length = (Py_ssize_t)strlen(digits) - sign;
    Py_ssize_t precision = Py_MAX(s->precision, length);
    Py_ssize_t width = Py_MAX(s->width, precision + sign);
    if (s->zeros && !s->left) {
        precision = width - sign;
    }
    Py_ssize_t spaces = width - precision - sign;
    if (!s->left && text_fill(t, ' ', spaces) < 0) {
        return -1;
    }
    if (text_fill(t, '-', sign) < 0 || text_fill(t, '0', precision - length) < 0 ||
        text_ascii(t, digits + sign, length) < 0) {
        return -1;
    }
    return s->left ? text_fill(t, ' ', spaces) : 0;
}

static unsigned long long read_unsigned(const spec *s, va_list *values)
{
    switch (s->size) {
    case LONG:
        return va_arg(*values, unsigned long);
    case LONG_LONG:
        return va_arg(*values, unsigned long long);
    case INTMAX:
        return va_arg(*values, uintmax_t);
    case SIZE:
        return va_arg(*values, size_t);
    case PTRDIFF:
        return (unsigned long long)(size_t)va_arg(*values, ptrdiff_t);
    default:
        return va_arg(*values, unsigned int);
    }
}

static long long read_signed(const spec *s, va_list *values)
{
    switch (s->size) {
    case LONG:
        return va_arg(*values, long);
    case LONG_LONG:
        return va_arg(*values, long long);
    case INTMAX:
        return va_arg(*values, intmax_t);
    case SIZE:
        return va_arg(*values, Py_ssize_t);
    case PTRDIFF:
        return va_arg(*values, ptrdiff_t);
    default:
        return va_arg(*values, int);
    }
}

static int write_integer(text *t, const spec *s, char conversion, va_list *values)
{
    char digits[32];
    switch (conversion) {
    case 'd': case 'i':
        PyOS_snprintf(digits, sizeof(digits), "%lld", read_signed(s, values));
        break;
    case 'u':
        PyOS_snprintf(digits, sizeof(digits), "%llu", read_unsigned(s, values));
        break;
    case 'o':
        PyOS_snprintf(digits, sizeof(digits), "%llo", read_unsigned(s, values));
        break;
    case 'x':
        PyOS_snprintf(digits, sizeof(digits), "%llx", read_unsigned(s, values));
        break;
    default:
        PyOS_snprintf(digits, sizeof(digits), "%llX", read_unsigned(s, values));
        break;
    }
    return write_digits(t, s, digits);
}

static int write_character(text *t, int ordinal)
{
    if (ordinal < 0 || ordinal > 0x10ffff) {
        PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
        return -1;
    }
    return text_fill(t, (Py_UCS4)ordinal, 1);
}

/* As the C library writes it, but always with 0x. */
static void pointer_digits(char *digits, size_t size, const void *pointer)
{
    PyOS_snprintf(digits, size, "%p", pointer);
    if (strncmp(digits, "0x", 2) != 0) {
        memmove(digits + 2, digits, Py_MIN(strlen(digits) + 1, size - 2));
        memcpy(digits, "0x", 2);
    }
}

static int write_pointer(text *t, const void *pointer)
{
    char digits[32];
    pointer_digits(digits, sizeof(digits), pointer);
    return text_ascii(t, digits, (Py_ssize_t)strlen(digits));
}

/* "module:qualname", the form that pkgutil.resolve_name reads. */
static PyObject *resolvable_name(PyTypeObject *type)
{
    PyObject *qualname = PyType_GetQualName(type);
    PyObject *module = qualname == NULL ? NULL : PyType_GetModuleName(type);
    if (module == NULL) {
        Py_XDECREF(qualname);
        return NULL;
    }
    PyObject *name = NULL;
    if (!PyUnicode_Check(module) || PyUnicode_CompareWithASCIIString(module, "builtins") == 0 ||
        PyUnicode_CompareWithASCIIString(module, "__main__") == 0) {
        name = Py_NewRef(qualname);
    }
    else {
        name = PyUnicode_FromFormat("%U:%U", module, qualname);
    }
    Py_DECREF(module);
    Py_DECREF(qualname);
    return name;
}

static int write_type(text *t, const spec *s, PyTypeObject *type)
{
    return write_new_object(t, s, s->alternate ? resolvable_name(type) : PyType_GetFullyQualifiedName(type));
}

static int write_type_argument(text *t, const spec *s, PyObject *type)
{
    if (!PyType_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "%N argument must be a type");
        return -1;
    }
    return write_type(t, s, (PyTypeObject *)type);
}

/* 'V': an object, or a string in its place. */
static int write_either(text *t, const spec *s, va_list *values)
{
    PyObject *object = va_arg(*values, PyObject *);
    if (object == NULL) {
        return write_string(t, s, values);
    }
    (void)va_arg(*values, void *);
    return write_object(t, s, object);
}

/* ---- reading a specification ---- */

/* Digits up to the next other character; -1 with an exception that begins with `what`. */
static Py_ssize_t read_number(const char **format, const char *what)
{
    Py_ssize_t number = 0;
    for (; is_digit(**format); ++*format) {
        int digit = **format - '0';
        if (number > (PY_SSIZE_T_MAX - digit) / 10) {
            PyErr_Format(PyExc_ValueError, "%s too big", what);
            return -1;
        }
        number = number * 10 + digit;
    }
    return number;
}

static void read_flags(spec *s, const char **format)
{
    for (;; ++*format) {
        switch (**format) {
        case '-':
            s->left = 1;
            break;
        case '0':
            s->zeros = 1;
            break;
        case '#':
            s->alternate = 1;
            break;
        default:
            return;
        }
    }
}

static int read_width(spec *s, const char **format, va_list *values)
{
    if (**format != '*') {
        s->width = read_number(format, "width");
        return s->width < 0 ? -1 : 0;
    }
    ++*format;
    s->width = va_arg(*values, int);
    if (s->width < 0) {
        s->left = 1;
        s->width = -s->width;
    }
    return 0;
}

static int read_precision(spec *s, const char **format, va_list *values)
{
    s->precision = -1;
    if (**format != '.') {
        return 0;
    }
    ++*format;
    if (**format != '*') {
        s->precision = read_number(format, "precision");
        return s->precision < 0 ? -1 : 0;
    }
    ++*format;
    s->precision = va_arg(*values, int);
    if (s->precision < 0) {
        s->precision = 0; /* not printf's rule; integers do not notice */
    }
    return 0;
}

static void read_size(spec *s, const char **format)
{
    s->size = PLAIN;
    switch (**format) {
    case 'l':
        s->size = LONG;
        if ((*format)[1] == 'l') {
            s->size = LONG_LONG;
            ++*format;
        }
        break;
    case 'z':
        s->size = SIZE;
        break;
    case 't':
        s->size = PTRDIFF;
        break;
    case 'j':
        s->size = INTMAX;
        break;
    default:
        return;
    }
    ++*format;
}

static int invalid_format(const char *from)
{
    PyErr_Format(PyExc_SystemError, "invalid format string: %s", from);
    return -1;
}

/* Which sizes a conversion may have: only integers all, strings 'l', the rest none. */
static int size_fits(const spec *s, char conversion)
{
    if (s->size == PLAIN || strchr("diouxX", conversion) != NULL) {
        return 1;
    }
    return s->size == LONG && (conversion == 's' || conversion == 'V');
}

/* Write what stands at *format, behind a '%', and step over it. */
static int write_conversion(text *t, const char **format, va_list *values)
{
    const char *from = *format - 1;
    spec s;
    memset(&s, 0, sizeof(s));
    int bare = **format == '%';
    read_flags(&s, format);
    const char *sized = *format;
    if (read_width(&s, format, values) < 0 || read_precision(&s, format, values) < 0) {
        return -1;
    }
    int unsized = *format == sized;
    read_size(&s, format);
    char conversion = **format;
    int fits = conversion == '%' ? bare : conversion == 'c' || conversion == 'p' ? unsized : 1;
    if (conversion == '\0' || !fits || !size_fits(&s, conversion)) {
        return invalid_format(from);
    }
    ++*format;
    switch (conversion) {
    case 'c':
        return write_character(t, va_arg(*values, int));
    case 'd': case 'i': case 'o': case 'u': case 'x': case 'X':
        return write_integer(t, &s, conversion, values);
    case 'p':
        return write_pointer(t, va_arg(*values, void *));
    case 's':
        return write_string(t, &s, values);
    case 'U':
        return write_object(t, &s, va_arg(*values, PyObject *));
    case 'V':
        return write_either(t, &s, values);
    case 'S':
        return write_new_object(t, &s, PyObject_Str(va_arg(*values, PyObject *)));
    case 'R':
        return write_new_object(t, &s, PyObject_Repr(va_arg(*values, PyObject *)));
    case 'A':
        return write_new_object(t, &s, PyObject_ASCII(va_arg(*values, PyObject *)));
    case 'T':
        return write_type(t, &s, Py_TYPE(va_arg(*values, PyObject *)));
    case 'N':
        return write_type_argument(t, &s, va_arg(*values, PyObject *));
    case '%':
        return text_fill(t, '%', 1);
    default:
        return invalid_format(from);
    }
}

/* The characters up to the next '%', which must be ASCII. */
static int write_literal(text *t, const char **format)
{
    const char *end = *format;
    for (; *end != '\0' && *end != '%'; end++) {
        if ((unsigned char)*end > 127) {
            PyErr_Format(PyExc_ValueError,
                         "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x%02x",
                         (unsigned char)*end);
            return -1;
        }
    }
    int result = text_ascii(t, *format, end - *format);
    *format = end;
    return result;
}

static int write_all(text *t, const char *format, va_list *values)
{
    while (*format != '\0') {
        if (*format == '%') {
            format++;
            if (write_conversion(t, &format, values) < 0) {
                return -1;
            }
        }
        else if (write_literal(t, &format) < 0) {
            return -1;
        }
    }
    return 0;
}

PyObject *PyUnicode_FromFormatV(const char *format, va_list arguments)
{
    text t;
    t.characters = t.few;
    t.length = 0;
    t.space = FEW_CHARACTERS;
    va_list values;
    va_copy(values, arguments);
    PyObject *result = NULL;
    if (write_all(&t, format, &values) == 0) {
        result = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, t.characters, t.length);
    }
    va_end(values);
    if (t.characters != t.few) {
        PyMem_Free(t.characters);
    }
    return result;
}

PyObject *PyUnicode_FromFormat(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = PyUnicode_FromFormatV(format, values);
    va_end(values);
    return result;
}

/* ---- bytes ---- */

typedef struct {
    char *bytes;
    size_t length;
    size_t space;
} byte_text;

static int bytes_add(byte_text *b, const char *data, size_t length)
{
    if (length > b->space - b->length) {
        size_t space = (b->length + length) * 2 + 64;
        char *bigger = PyMem_Realloc(b->bytes, space);
        if (bigger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        b->bytes = bigger;
        b->space = space;
    }
    memcpy(b->bytes + b->length, data, length);
    b->length += length;
    return 0;
}

static int add_byte(byte_text *b, int value)
{
    if (value < 0 || value > 255) {
        PyErr_SetString(PyExc_OverflowError,
                        "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
        return -1;
    }
    char byte = (char)value;
    return bytes_add(b, &byte, 1);
}

static int add_limited(byte_text *b, const char *data, Py_ssize_t precision)
{
    return bytes_add(b, data, precision <= 0 ? strlen(data) : strnlen(data, (size_t)precision));
}

static int add_number(byte_text *b, char conversion, char size, va_list *values)
{
    char digits[32];
    switch (conversion) {
    case 'd':
        PyOS_snprintf(digits, sizeof(digits), "%lld",
                      size == 'l' ? (long long)va_arg(*values, long)
                      : size == 'z' ? (long long)va_arg(*values, Py_ssize_t) : (long long)va_arg(*values, int));
        break;
    case 'u':
        PyOS_snprintf(digits, sizeof(digits), "%llu",
                      size == 'l' ? (unsigned long long)va_arg(*values, unsigned long)
                      : size == 'z' ? (unsigned long long)va_arg(*values, size_t)
                                    : (unsigned long long)va_arg(*values, unsigned int));
        break;
    case 'i':
        PyOS_snprintf(digits, sizeof(digits), "%i", va_arg(*values, int));
        break;
    case 'x':
        PyOS_snprintf(digits, sizeof(digits), "%x", va_arg(*values, unsigned int));
        break;
    default: /* 'p' */
        pointer_digits(digits, sizeof(digits), va_arg(*values, void *));
        break;
    }
    return bytes_add(b, digits, strlen(digits));
}

/* Write what stands at *format, a '%', and step over it. What cannot be read is copied, with all that follows. */
static int add_conversion(byte_text *b, const char **format, va_list *values)
{
    const char *from = *format;
    const char *f = from + 1;
    Py_ssize_t precision = 0;
    while (is_digit(*f)) {
        f++; /* a width is read, and not obeyed */
    }
    if (*f == '.') {
        for (f++; is_digit(*f); f++) {
            precision = precision * 10 + (*f - '0');
        }
    }
    while (*f != '\0' && *f != '%' && !is_letter(*f)) {
        f++;
    }
    char size = '\0';
    if ((*f == 'l' || *f == 'z') && (f[1] == 'd' || f[1] == 'u')) {
        size = *f++;
    }
    *format = f + 1;
    switch (*f) {
    case 'c':
        return add_byte(b, va_arg(*values, int));
    case 'd': case 'i': case 'u': case 'x': case 'p':
        return add_number(b, *f, size, values);
    case 's':
        return add_limited(b, va_arg(*values, const char *), precision);
    case '%':
        return bytes_add(b, "%", 1);
    default:
        *format = from + strlen(from);
        return bytes_add(b, from, strlen(from));
    }
}

static int add_all(byte_text *b, const char *format, va_list *values)
{
    while (*format != '\0') {
        size_t literal = strcspn(format, "%");
        if (bytes_add(b, format, literal) < 0) {
            return -1;
        }
        format += literal;
        if (*format == '%' && add_conversion(b, &format, values) < 0) {
            return -1;
        }
    }
    return 0;
}

PyObject *PyBytes_FromFormatV(const char *format, va_list arguments)
{
    byte_text b = {NULL, 0, 0};
    va_list values;
    va_copy(values, arguments);
    PyObject *result = NULL;
    if (add_all(&b, format, &values) == 0) {
        result = PyBytes_FromStringAndSize(b.bytes, (Py_ssize_t)b.length);
    }
    va_end(values);
    PyMem_Free(b.bytes);
    return result;
}

PyObject *PyBytes_FromFormat(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = PyBytes_FromFormatV(format, values);
    va_end(values);
    return result;
}
