/* str: storage read and written in place, and the functions that work on it. */
#include "common.h"

/* Every character + shift, written through PyUnicode_New, KIND, DATA and WRITE. */
static PyObject *
shifted(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    int shift;
    if (!PyArg_ParseTuple(arguments, "Ui", &text, &shift)) {
        return NULL;
    }
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_UCS4 largest = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        largest = Py_MAX(largest, PyUnicode_READ(kind, data, i) + shift);
    }
    PyObject *result = PyUnicode_New(length, largest);
    if (result == NULL) {
        return NULL;
    }
    int result_kind = PyUnicode_KIND(result);
    void *target = PyUnicode_DATA(result);
    for (Py_ssize_t i = 0; i < length; i++) {
        PyUnicode_WRITE(result_kind, target, i, PyUnicode_READ(kind, data, i) + shift);
    }
    return result;
}

/* kind, ascii, compact, length, largest character, and the bytes as they lie in memory. */
static PyObject *
storage(PyObject *self, PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "not a str");
        return NULL;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(text) * PyUnicode_KIND(text);
    return Py_BuildValue("(iiinky#)", (int)PyUnicode_KIND(text), (int)PyUnicode_IS_ASCII(text), (int)PyUnicode_IS_COMPACT(text),
                         PyUnicode_GET_LENGTH(text), (unsigned long)PyUnicode_MAX_CHAR_VALUE(text), PyUnicode_DATA(text), size);
}

static PyObject *
from_kinds(PyObject *self, PyObject *unused)
{
    static const Py_UCS1 one[] = {0x61, 0xE9};
    static const Py_UCS2 two[] = {0x61, 0x20AC}, narrow[] = {0x61, 0x62};
    static const Py_UCS4 four[] = {0x1F600, 0x61};
    return Py_BuildValue("(NNNN)", PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, one, 2),
                         PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, two, 2), PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, narrow, 2),
                         PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, four, 2));
}

/* WriteChar, Fill, CopyCharacters on a fresh str; ReadChar with its limits. */
static PyObject *
assembled(PyObject *self, PyObject *source)
{
    PyObject *text = PyUnicode_New(8, 0xFFFF);
    if (text == NULL || PyUnicode_Fill(text, 0, 8, '.') < 0 || PyUnicode_WriteChar(text, 0, 0x20AC) < 0 ||
        PyUnicode_CopyCharacters(text, 2, source, 0, 4) < 0) {
        Py_XDECREF(text);
        return NULL;
    }
    return text;
}

static PyObject *
read_char(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    Py_ssize_t at;
    if (!PyArg_ParseTuple(arguments, "On", &text, &at)) {
        return NULL;
    }
    Py_UCS4 character = PyUnicode_ReadChar(text, at);
    return character == (Py_UCS4)-1 && PyErr_Occurred() ? NULL : PyLong_FromUnsignedLong(character);
}

static PyObject *
utf8(PyObject *self, PyObject *text)
{
    Py_ssize_t size;
    const char *first = PyUnicode_AsUTF8AndSize(text, &size);
    if (first == NULL) {
        return NULL;
    }
    /* Cached in the object: the same pointer each time. */
    const char *second = PyUnicode_AsUTF8(text);
    return Py_BuildValue("(y#O)", first, size, first == second ? Py_True : Py_False);
}

static PyObject *
wide(PyObject *self, PyObject *text)
{
    Py_ssize_t size;
    wchar_t *characters = PyUnicode_AsWideCharString(text, &size);
    if (characters == NULL) {
        return NULL;
    }
    PyObject *back = PyUnicode_FromWideChar(characters, size);
    PyMem_Free(characters);
    return Py_BuildValue("(nN)", size, back);
}

static PyObject *
ucs4(PyObject *self, PyObject *text)
{
    Py_UCS4 buffer[16];
    if (PyUnicode_AsUCS4(text, buffer, 16, 1) == NULL) {
        return NULL;
    }
    return PyLong_FromUnsignedLong(buffer[0]);
}

static PyObject *
call(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *a, *b = NULL, *c = NULL;
    Py_ssize_t n = -1;
    if (!PyArg_ParseTuple(arguments, "sO|OOn", &name, &a, &b, &c, &n)) {
        return NULL;
    }
#define IS(text) (strcmp(name, text) == 0)
    if (IS("concat")) {
        return PyUnicode_Concat(a, b);
    }
    if (IS("join")) {
        return PyUnicode_Join(a, b);
    }
    if (IS("split")) {
        return PyUnicode_Split(a, b == Py_None ? NULL : b, n);
    }
    if (IS("rsplit")) {
        return PyUnicode_RSplit(a, b == Py_None ? NULL : b, n);
    }
    if (IS("splitlines")) {
        return PyUnicode_Splitlines(a, PyObject_IsTrue(b));
    }
    if (IS("partition")) {
        return PyUnicode_Partition(a, b);
    }
    if (IS("rpartition")) {
        return PyUnicode_RPartition(a, b);
    }
    if (IS("replace")) {
        return PyUnicode_Replace(a, b, c, n);
    }
    if (IS("format")) {
        return PyUnicode_Format(a, b);
    }
    if (IS("translate")) {
        return PyUnicode_Translate(a, b, "strict");
    }
    if (IS("equals")) {
        return PyBool_FromLong(PyUnicode_EqualToUTF8(a, PyUnicode_AsUTF8(b)));
    }
    if (IS("ascii")) {
        return PyBool_FromLong(PyUnicode_CompareWithASCIIString(a, "abc") == 0);
    }
    if (IS("from_object")) {
        return PyUnicode_FromObject(a);
    }
    if (IS("from_encoded")) {
        return PyUnicode_FromEncodedObject(a, PyUnicode_AsUTF8(b), PyUnicode_AsUTF8(c));
    }
    if (IS("decode_locale")) {
        return PyUnicode_DecodeLocale(PyBytes_AsString(a), "surrogateescape");
    }
    if (IS("identifier")) {
        return PyBool_FromLong(PyUnicode_IsIdentifier(a));
    }
    if (IS("rich")) {
        return PyUnicode_RichCompare(a, b, Py_LT);
    }
    long number = IS("find")       ? PyUnicode_Find(a, b, 0, PY_SSIZE_T_MAX, 1)
                  : IS("rfind")    ? PyUnicode_Find(a, b, 0, PY_SSIZE_T_MAX, -1)
                  : IS("find_char") ? PyUnicode_FindChar(a, PyUnicode_ReadChar(b, 0), 0, PyUnicode_GetLength(a), 1)
                  : IS("count")    ? PyUnicode_Count(a, b, 0, PY_SSIZE_T_MAX)
                  : IS("contains") ? PyUnicode_Contains(a, b)
                  : IS("compare")  ? PyUnicode_Compare(a, b)
                  : IS("starts")   ? PyUnicode_Tailmatch(a, b, 0, PY_SSIZE_T_MAX, -1)
                  : IS("ends")     ? PyUnicode_Tailmatch(a, b, 0, PY_SSIZE_T_MAX, 1)
                  : IS("length")   ? PyUnicode_GetLength(a)
                                   : -99;
    return PyErr_Occurred() ? NULL : PyLong_FromLong(number);
#undef IS
}

static PyObject *
substring(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    Py_ssize_t from, to;
    return PyArg_ParseTuple(arguments, "Unn", &text, &from, &to) ? PyUnicode_Substring(text, from, to) : NULL;
}

/* The in-place forms replace the caller's reference. */
static PyObject *
appended(PyObject *self, PyObject *arguments)
{
    PyObject *left, *right;
    if (!PyArg_ParseTuple(arguments, "OO", &left, &right)) {
        return NULL;
    }
    Py_INCREF(left);
    PyUnicode_Append(&left, right);
    if (left) {
        PyUnicode_AppendAndDel(&left, PyUnicode_FromString("!"));
    }
    return left;
}

static PyObject *
resized(PyObject *self, PyObject *unused)
{
    PyObject *text = PyUnicode_New(6, 127);
    memcpy(PyUnicode_1BYTE_DATA(text), "abcdef", 6);
    if (PyUnicode_Resize(&text, 3) < 0) {
        return NULL;
    }
    return text;
}

static PyObject *
interned(PyObject *self, PyObject *unused)
{
    PyObject *first = PyUnicode_InternFromString("a name that C interns");
    PyObject *second = PyUnicode_FromString("a name that C interns");
    PyUnicode_InternInPlace(&second);
    int same = first == second && PyUnicode_CHECK_INTERNED(first);
    Py_DECREF(second);
    return Py_BuildValue("(NN)", PyBool_FromLong(same), first);
}

static PyObject *
decode(PyObject *self, PyObject *arguments)
{
    const char *data, *encoding, *errors = NULL;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "y#s|z", &data, &size, &encoding, &errors)) {
        return NULL;
    }
    int order = 0;
    if (strcmp(encoding, "C:utf-8") == 0) {
        return PyUnicode_DecodeUTF8(data, size, errors);
    }
    if (strcmp(encoding, "C:latin-1") == 0) {
        return PyUnicode_DecodeLatin1(data, size, errors);
    }
    if (strcmp(encoding, "C:ascii") == 0) {
        return PyUnicode_DecodeASCII(data, size, errors);
    }
    if (strcmp(encoding, "C:utf-16") == 0) {
        return PyUnicode_DecodeUTF16(data, size, errors, &order);
    }
    if (strcmp(encoding, "C:utf-32") == 0) {
        return PyUnicode_DecodeUTF32(data, size, errors, &order);
    }
    if (strcmp(encoding, "C:fs") == 0) {
        return PyUnicode_DecodeFSDefaultAndSize(data, size);
    }
    if (strcmp(encoding, "C:escape") == 0) {
        return PyUnicode_DecodeUnicodeEscape(data, size, errors);
    }
    if (strcmp(encoding, "C:raw") == 0) {
        return PyUnicode_DecodeRawUnicodeEscape(data, size, errors);
    }
    return PyUnicode_Decode(data, size, encoding, errors);
}

static PyObject *
encode(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    const char *encoding, *errors = NULL;
    if (!PyArg_ParseTuple(arguments, "Us|z", &text, &encoding, &errors)) {
        return NULL;
    }
    if (strcmp(encoding, "C:utf-8") == 0) {
        return PyUnicode_AsUTF8String(text);
    }
    if (strcmp(encoding, "C:latin-1") == 0) {
        return PyUnicode_AsLatin1String(text);
    }
    if (strcmp(encoding, "C:ascii") == 0) {
        return PyUnicode_AsASCIIString(text);
    }
    if (strcmp(encoding, "C:utf-16") == 0) {
        return PyUnicode_AsUTF16String(text);
    }
    if (strcmp(encoding, "C:fs") == 0) {
        return PyUnicode_EncodeFSDefault(text);
    }
    if (strcmp(encoding, "C:escape") == 0) {
        return PyUnicode_AsUnicodeEscapeString(text);
    }
    return PyUnicode_AsEncodedString(text, encoding, errors);
}

/* A stream cut in the middle of a character. */
static PyObject *
decode_in_pieces(PyObject *self, PyObject *arguments)
{
    const char *data;
    Py_ssize_t size, used = -1;
    if (!PyArg_ParseTuple(arguments, "y#", &data, &size)) {
        return NULL;
    }
    PyObject *text = PyUnicode_DecodeUTF8Stateful(data, size, "strict", &used);
    return text ? Py_BuildValue("(Nn)", text, used) : NULL;
}

static PyObject *
formats(PyObject *self, PyObject *thing)
{
    PyObject *list = PyList_New(0);
#define ADD(...)                                                                                                                   \
    do {                                                                                                                           \
        PyObject *text = PyUnicode_FromFormat(__VA_ARGS__);                                                                        \
        if (text == NULL || PyList_Append(list, text) < 0) {                                                                       \
            Py_XDECREF(text);                                                                                                      \
            Py_DECREF(list);                                                                                                       \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        Py_DECREF(text);                                                                                                           \
    } while (0)
    ADD("plain %% and %c%c", 'c', 0x20AC);
    ADD("%d %i %u %ld %lu %lld %llu", -1, 2, 3u, -4L, 5ul, -6LL, 7ull);
    ADD("%zd %zu %x %X %o", (Py_ssize_t)-8, (size_t)9, 0xabcu, 0xABCu, 8u);
    ADD("[%5d] [%-5d] [%05d] [%.3d] [%*d]", 42, 42, 42, 42, 6, 42);
    ADD("[%s] [%10s] [%-10s] [%.2s] [%.*s]", "text", "text", "text", "text", 1, "text");
    ADD("%s", "na\xC3\xAFve \xE2\x82\xAC");
    ADD("%U|%V|%V", thing, thing, "unused", NULL, "instead");
    ADD("%S|%R|%A", thing, thing, thing);
    ADD("%T|%N", thing, (PyObject *)Py_TYPE(thing));
    ADD("%T|%#T", PyExc_ValueError, Py_None);
    ADD("[%10U] [%.1U]", thing, thing);
    ADD("%jd %td", (intmax_t)-10, (ptrdiff_t)11);
    return list;
}

static PyObject *
characters(PyObject *self, PyObject *text)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list && i < PyUnicode_GET_LENGTH(text); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        PyObject *item = Py_BuildValue("(iiiiiiiCCi)", Py_UNICODE_ISSPACE(c) != 0, Py_UNICODE_ISALPHA(c) != 0, Py_UNICODE_ISDIGIT(c) != 0,
                                       Py_UNICODE_ISDECIMAL(c) != 0, Py_UNICODE_ISUPPER(c) != 0, Py_UNICODE_ISALNUM(c) != 0,
                                       Py_UNICODE_ISPRINTABLE(c) != 0, (int)Py_UNICODE_TOLOWER(c), (int)Py_UNICODE_TOUPPER(c),
                                       Py_UNICODE_TODECIMAL(c));
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

/* The text of an attribute stays where it is while the owner lives, though our reference to it is gone. */
static PyObject *
utf8_of_name(PyObject *self, PyObject *owner)
{
    PyObject *name = PyObject_GetAttrString(owner, "name");
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    Py_XDECREF(name);
    return text ? PyUnicode_FromFormat("<%s>", text) : NULL;
}

static PyMethodDef functions[] = {
    {"shifted", shifted, METH_VARARGS, NULL},
    {"storage", storage, METH_O, NULL},
    {"from_kinds", from_kinds, METH_NOARGS, NULL},
    {"assembled", assembled, METH_O, NULL},
    {"read_char", read_char, METH_VARARGS, NULL},
    {"utf8", utf8, METH_O, NULL},
    {"wide", wide, METH_O, NULL},
    {"ucs4", ucs4, METH_O, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"substring", substring, METH_VARARGS, NULL},
    {"appended", appended, METH_VARARGS, NULL},
    {"resized", resized, METH_NOARGS, NULL},
    {"interned", interned, METH_NOARGS, NULL},
    {"decode", decode, METH_VARARGS, NULL},
    {"encode", encode, METH_VARARGS, NULL},
    {"decode_in_pieces", decode_in_pieces, METH_VARARGS, NULL},
    {"formats", formats, METH_O, NULL},
    {"characters", characters, METH_O, NULL},
    {"utf8_of_name", utf8_of_name, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_text, "Text.", functions)
