/* Text by the functions that extensions call less often: copies in wide characters, comparison with UTF-8, internal helpers, interning,
   the old writer, bytes searched and repeated. */
#include "shapes.h"
#include <wchar.h>

/* Exported, and declared by internal headers alone, or by none. */
extern const char *_PyUnicode_AsUTF8NoNUL(PyObject *);
extern int _PyUnicode_EqualToASCIIString(PyObject *, const char *);
extern Py_ssize_t _PyUnicode_ScanIdentifier(PyObject *);
extern PyObject *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *);
extern int _PyUnicode_CheckConsistency(PyObject *, int);
extern PyObject *_PyUnicode_Copy(PyObject *);
extern PyObject *_PyUnicode_JoinArray(PyObject *, PyObject *const *, Py_ssize_t);
extern void _PyUnicode_InternInPlace(PyInterpreterState *, PyObject **);
extern void _PyUnicode_InternMortal(PyInterpreterState *, PyObject **);
extern void _PyUnicode_InternImmortal(PyInterpreterState *, PyObject **);
extern Py_ssize_t PyUnicode_GetSize(PyObject *);
extern void PyUnicode_InternImmortal(PyObject **);
extern Py_ssize_t _PyBytes_Find(const char *, Py_ssize_t, const char *, Py_ssize_t, Py_ssize_t);
extern Py_ssize_t _PyBytes_ReverseFind(const char *, Py_ssize_t, const char *, Py_ssize_t, Py_ssize_t);
extern void _PyBytes_Repeat(char *, Py_ssize_t, const char *, Py_ssize_t);
extern Py_ssize_t _Py_UTF8_Edit_Cost(PyObject *, PyObject *, Py_ssize_t);

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define TEXT_OF_O(function) CALL_WITH(function, void *a, (arguments, "O&", nullable, &a), GIVE_TEXT(function(a)))
#define FUNCTIONS(CALL)                                                                                                            \
    CALL(TEXT_OF_O, _PyUnicode_AsUTF8NoNUL)                                                                                        \
    CALL(PLAIN_OS, _PyUnicode_EqualToASCIIString)                                                                                  \
    CALL(PLAIN_O, _PyUnicode_ScanIdentifier)                                                                                       \
    CALL(NEW_O, _PyUnicode_TransformDecimalAndSpaceToASCII)                                                                        \
    CALL(NEW_O, _PyUnicode_Copy)                                                                                                   \
    CALL(INT_O, PyUnicode_GetSize)
FUNCTIONS(DEFINE_CALL)

static PyObject *
consistent(PyObject *self, PyObject *text)
{
    return PyLong_FromLong(_PyUnicode_CheckConsistency(text, 1));
}

static PyObject *
wide_copy(PyObject *self, PyObject *text)
{
    Py_UCS4 *copy = PyUnicode_AsUCS4Copy(text);
    if (copy == NULL) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (Py_UCS4 *c = copy; list && *c; c++) {
        PyObject *number = PyLong_FromUnsignedLong(*c);
        if (number == NULL || PyList_Append(list, number) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(number);
    }
    PyMem_Free(copy);
    return list;
}

/* wide_characters(text, room): the result, and what is in the room, untouched behind what was written. */
static PyObject *
wide_characters(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    Py_ssize_t room;
    wchar_t place[12];
    if (!PyArg_ParseTuple(arguments, "On", &text, &room) || room > 10) {
        return NULL;
    }
    wmemset(place, L'~', 12);
    Py_ssize_t needed = PyUnicode_AsWideChar(text, NULL, 0);
    if (needed < 0) {
        return NULL;
    }
    Py_ssize_t size = PyUnicode_AsWideChar(text, place, room);
    return size < 0 ? NULL : Py_BuildValue("(nnu#)", needed, size, place, (Py_ssize_t)12);
}

static PyObject *
equal(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    const char *bytes;
    Py_ssize_t size;
    return PyArg_ParseTuple(arguments, "Oy#", &text, &bytes, &size) ? given_number(PyUnicode_EqualToUTF8AndSize(text, bytes, size), 0) : NULL;
}

/* interned(how, text): what is in the place afterwards, whether it is the same object and has been interned. */
static PyObject *
interned(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *text;
    if (!PyArg_ParseTuple(arguments, "sO", &how, &text)) {
        return NULL;
    }
    PyObject *place = Py_NewRef(text);
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (strcmp(how, "in place") == 0) {
        _PyUnicode_InternInPlace(interpreter, &place);
    } else if (strcmp(how, "mortal") == 0) {
        _PyUnicode_InternMortal(interpreter, &place);
    } else if (strcmp(how, "immortal") == 0) {
        _PyUnicode_InternImmortal(interpreter, &place);
    } else {
        PyUnicode_InternImmortal(&place);
    }
    return Py_BuildValue("(NO)", place, PyUnicode_CheckExact(place) && PyUnicode_CHECK_INTERNED(place) ? Py_True : Py_False);
}

static PyObject *
joined(PyObject *self, PyObject *arguments)
{
    PyObject *separator, *tuple;
    if (!PyArg_ParseTuple(arguments, "O&O!", nullable, &separator, &PyTuple_Type, &tuple)) {
        return NULL;
    }
    return _PyUnicode_JoinArray(separator, ((PyTupleObject *)tuple)->ob_item, PyTuple_GET_SIZE(tuple));
}

/* With room for more asked beforehand, and for wider characters. */
static PyObject *
written(PyObject *self, PyObject *arguments)
{
    PyObject *text;
    int overallocate;
    if (!PyArg_ParseTuple(arguments, "Up", &text, &overallocate)) {
        return NULL;
    }
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.overallocate = (unsigned char)overallocate;
    int status = _PyUnicodeWriter_PrepareInternal(&writer, 3, 'z');
    if (status == 0) {
        PyUnicode_WRITE(writer.kind, writer.data, writer.pos, 'a');
        writer.pos++;
        status = _PyUnicodeWriter_WriteStr(&writer, text);
    }
    status = status ? status : _PyUnicodeWriter_WriteLatin1String(&writer, "e!", 2); /* CPython gets others wrong in wide text. */
    status = status ? status : _PyUnicodeWriter_PrepareKindInternal(&writer, PyUnicode_2BYTE_KIND);
    int kind = writer.kind;
    status = status ? status : _PyUnicodeWriter_WriteChar(&writer, 0x20ac);
    status = status ? status : _PyUnicodeWriter_PrepareInternal(&writer, 40, 0x10ffff);
    int wide = writer.kind;
    if (status < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return Py_BuildValue("(Nii)", _PyUnicodeWriter_Finish(&writer), kind, wide);
}

static PyObject *
too_much_room(PyObject *self, PyObject *unused)
{
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    int status = _PyUnicodeWriter_WriteASCIIString(&writer, "abc", 3);
    status = status ? status : _PyUnicodeWriter_PrepareInternal(&writer, PY_SSIZE_T_MAX, 'z');
    _PyUnicodeWriter_Dealloc(&writer);
    return status < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *
found(PyObject *self, PyObject *arguments)
{
    const char *haystack, *needle;
    Py_ssize_t size, width, offset;
    if (!PyArg_ParseTuple(arguments, "y#y#n", &haystack, &size, &needle, &width, &offset)) {
        return NULL;
    }
    return Py_BuildValue("(nn)", _PyBytes_Find(haystack, size, needle, width, offset), _PyBytes_ReverseFind(haystack, size, needle, width, offset));
}

static PyObject *
repeated(PyObject *self, PyObject *arguments)
{
    const char *bytes;
    Py_ssize_t size, whole;
    char room[32];
    if (!PyArg_ParseTuple(arguments, "y#n", &bytes, &size, &whole) || whole > 30) {
        return NULL;
    }
    memset(room, '~', sizeof room);
    _PyBytes_Repeat(room, whole, bytes, size);
    return PyBytes_FromStringAndSize(room, whole + 1);
}

static PyObject *
cost(PyObject *self, PyObject *arguments)
{
    PyObject *first, *second;
    Py_ssize_t most;
    return PyArg_ParseTuple(arguments, "UUn", &first, &second, &most) ? given_number(_Py_UTF8_Edit_Cost(first, second, most), 1) : NULL;
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    OWN_ENTRY(wide_characters) OWN_ENTRY(equal) OWN_ENTRY(interned) OWN_ENTRY(joined) OWN_ENTRY(written) OWN_ENTRY(found) OWN_ENTRY(repeated)
    OWN_ENTRY(cost)
    {"consistent", consistent, METH_O, NULL},
    {"wide_copy", wide_copy, METH_O, NULL},
    {"too_much_room", too_much_room, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_texts, "Texts.", functions)
