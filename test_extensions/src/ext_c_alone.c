/* Values that C makes itself, given to every function of the families of int, float, tuple, bytes and str that works on values
   alone, and to what of the abstract protocols their values answer: no host has seen them, and none is asked while C uses them. What comes of it is told at the end, as pairs of a name and a
   value. `cargo xtask exports` counts how often these functions ask the host while this runs. */
#include "common.h"

enum { MOST = 200 };

/* What came of the calls; the host sees it when all are done. */
typedef struct {
    const char *names[MOST];
    PyObject *values[MOST];
    Py_ssize_t count;
} told;

/* Takes `value`. An error is told by its type's name, found in C memory. */
static void
tell(told *all, const char *name, PyObject *value)
{
    PyObject *error = PyErr_GetRaisedException();
    if (error != NULL) {
        Py_XSETREF(value, PyUnicode_FromString(Py_TYPE(error)->tp_name));
        Py_DECREF(error);
    }
    all->names[all->count] = name;
    all->values[all->count++] = value;
}

static void
tell_number(told *all, const char *name, long long number)
{
    tell(all, name, PyLong_FromLongLong(number));
}

static PyObject *
as_list(told *all)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; i < all->count; i++) {
        PyObject *pair = Py_BuildValue("(sN)", all->names[i], all->values[i]);
        if (list == NULL || pair == NULL || PyList_Append(list, pair) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(pair);
    }
    return list;
}

#define OBJECT(call) tell(&all, #call, call)
#define NUMBER(call) tell_number(&all, #call, (long long)(call))

static PyObject *
ints(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    int overflow = 0;
    unsigned char bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x10};
    PyObject *small = PyLong_FromLong(5), *usual = PyLong_FromLong(-123456), *huge = PyLong_FromNativeBytes(bytes, sizeof bytes, 0);
    OBJECT(PyLong_FromLong(300));
    OBJECT(PyLong_FromUnsignedLong(~0UL));
    OBJECT(PyLong_FromLongLong(LLONG_MIN));
    OBJECT(PyLong_FromUnsignedLongLong(~0ULL));
    OBJECT(PyLong_FromSsize_t(PY_SSIZE_T_MIN));
    OBJECT(PyLong_FromSize_t(SIZE_MAX));
    OBJECT(PyLong_FromDouble(-1e30));
    OBJECT(PyLong_FromDouble(Py_NAN));
    OBJECT(PyLong_FromVoidPtr((void *)4096));
    OBJECT(PyLong_FromString("-0x1f", NULL, 0));
    OBJECT(PyLong_FromString("123456789012345678901234567890", NULL, 10));
    OBJECT(PyLong_FromString("12a", NULL, 10));
    PyObject *digits = PyUnicode_FromString("-7_000");
    OBJECT(PyLong_FromUnicodeObject(digits, 10));
    Py_DECREF(digits);
    OBJECT(PyLong_FromNativeBytes(bytes, 9, Py_ASNATIVEBYTES_BIG_ENDIAN));
    OBJECT(PyLong_FromUnsignedNativeBytes(bytes, 16, Py_ASNATIVEBYTES_LITTLE_ENDIAN));
    NUMBER(PyLong_AsLong(usual));
    NUMBER(PyLong_AsLong(huge));
    NUMBER(PyLong_AsInt(small));
    NUMBER(PyLong_AsLongLong(usual));
    NUMBER(PyLong_AsSsize_t(small));
    NUMBER(PyLong_AsSize_t(usual));
    NUMBER(PyLong_AsUnsignedLong(small));
    NUMBER(PyLong_AsUnsignedLongLong(huge));
    NUMBER(PyLong_AsUnsignedLongMask(huge));
    NUMBER(PyLong_AsUnsignedLongLongMask(usual));
    NUMBER(PyLong_AsLongAndOverflow(huge, &overflow));
    NUMBER(PyLong_AsLongLongAndOverflow(huge, &overflow));
    NUMBER(PyLong_AsDouble(usual));
    NUMBER(PyLong_AsDouble(huge));
    NUMBER((size_t)PyLong_AsVoidPtr(small));
    NUMBER(PyLong_AsNativeBytes(huge, bytes, sizeof bytes, Py_ASNATIVEBYTES_BIG_ENDIAN));
    NUMBER(bytes[0]);
    NUMBER(PyLong_Check(huge) && PyLong_CheckExact(small));
    Py_DECREF(small), Py_DECREF(usual), Py_DECREF(huge);
    return as_list(&all);
}

static PyObject *
floats(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    char bytes[8];
    PyObject *half = PyFloat_FromDouble(0.5), *text = PyUnicode_FromString(" 2.5e3 "), *int_of_c = PyLong_FromLong(7);
    OBJECT(PyFloat_FromDouble(1.5));
    OBJECT(PyFloat_FromString(text));
    OBJECT(PyFloat_FromString(half));
    NUMBER(PyFloat_AsDouble(half) * 4);
    NUMBER(PyFloat_AsDouble(int_of_c));
    NUMBER(PyFloat_AS_DOUBLE(half) * 8);
    NUMBER(PyFloat_GetMax() > 1e308);
    NUMBER(PyFloat_GetMin() < 1e-307);
    NUMBER(PyFloat_Pack8(0.5, bytes, 1));
    NUMBER(PyFloat_Unpack8(bytes, 1) * 2);
    NUMBER(PyFloat_Pack4(0.5, bytes, 1));
    NUMBER(PyFloat_Unpack4(bytes, 1) * 2);
    NUMBER(PyFloat_Pack2(0.5, bytes, 1));
    NUMBER(PyFloat_Unpack2(bytes, 1) * 2);
    Py_DECREF(half), Py_DECREF(text), Py_DECREF(int_of_c);
    return as_list(&all);
}

static PyObject *
tuples(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    PyObject *one = PyLong_FromLong(1000), *two = PyFloat_FromDouble(2), *pair = PyTuple_Pack(2, one, two);
    OBJECT(PyTuple_New(0));
    OBJECT(PyTuple_Pack(3, one, pair, two));
    OBJECT(PyTuple_GetSlice(pair, 1, 5));
    OBJECT(PyTuple_GetSlice(pair, 0, 2));
    OBJECT(Py_XNewRef(PyTuple_GetItem(pair, 1)));
    OBJECT(Py_XNewRef(PyTuple_GetItem(pair, 2)));
    OBJECT(Py_XNewRef(PyTuple_GET_ITEM(pair, 0)));
    NUMBER(PyTuple_Size(pair));
    NUMBER(PyTuple_Check(pair));
    PyObject *filled = PyTuple_New(3);
    NUMBER(PyTuple_SetItem(filled, 0, Py_NewRef(one)));
    NUMBER(PyTuple_SetItem(filled, 3, Py_NewRef(one)));
    PyTuple_SET_ITEM(filled, 1, Py_NewRef(pair));
    NUMBER(_PyTuple_Resize(&filled, 2));
    NUMBER(_PyTuple_Resize(&filled, 5));
    NUMBER(_PyTuple_Resize(&filled, 2));
    OBJECT(filled);
    Py_DECREF(one), Py_DECREF(two), Py_DECREF(pair);
    return as_list(&all);
}

static PyObject *
bytes(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    PyObject *some = PyBytes_FromString("some"), *other = PyBytes_FromStringAndSize("o\0ther", 6);
    PyObject *joined = Py_NewRef(some), *grown = PyBytes_FromStringAndSize(NULL, 4);
    PyObject *numbers = Py_BuildValue("[iii]", 1, 2, 3);
    char *place;
    Py_ssize_t length;
    memcpy(PyBytes_AS_STRING(grown), "abcd", 4);
    OBJECT(PyBytes_FromStringAndSize("", 0));
    OBJECT(PyBytes_FromFormat("%d %s %c %x", 5, "text", 'c', 255));
    OBJECT(PyBytes_FromObject(some));
    OBJECT(PyBytes_FromObject(numbers));
    OBJECT(PyBytes_Repr(other, 1));
    OBJECT(PyBytes_DecodeEscape("a\\n\\x41", 7, NULL, 0, NULL));
    NUMBER(PyBytes_Size(other));
    NUMBER(PyBytes_AsString(some)[1]);
    NUMBER(PyBytes_AsStringAndSize(other, &place, &length));
    NUMBER(length + place[2]);
    NUMBER(PyBytes_AsStringAndSize(other, &place, NULL));
    PyBytes_Concat(&joined, other);
    OBJECT(joined);
    joined = Py_NewRef(other);
    PyBytes_ConcatAndDel(&joined, Py_NewRef(some));
    OBJECT(joined);
    NUMBER(_PyBytes_Resize(&grown, 2));
    NUMBER(_PyBytes_Resize(&grown, 3));
    PyBytes_AS_STRING(grown)[2] = 'z';
    OBJECT(grown);
    Py_DECREF(some), Py_DECREF(other), Py_DECREF(numbers);
    return as_list(&all);
}

static PyObject *
texts(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    PyObject *plain = PyUnicode_FromString("plain text"), *wide = PyUnicode_FromString("h\xc3\xa9\xe2\x82\xac, h");
    PyObject *short_one = PyUnicode_FromString("h"), *comma = PyUnicode_FromString(", "), *five = PyLong_FromLong(5);
    PyObject *parts = Py_BuildValue("[OOO]", plain, wide, short_one), *bytes_of_c = PyBytes_FromString("a\xc3\xa9");
    Py_UCS4 characters[16];
    wchar_t letters[16];
    Py_ssize_t length;
    OBJECT(PyUnicode_FromStringAndSize("abc\xc3\xa9", 5));
    OBJECT(PyUnicode_FromString("bad \xff"));
    OBJECT(PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, u"h\u20ac", 2));
    OBJECT(PyUnicode_FromOrdinal(0x1F600));
    OBJECT(PyUnicode_FromWideChar(L"wide\u20ac", -1));
    OBJECT(PyUnicode_FromFormat("%d %s %U %zd %c %x %p", 5, "text", wide, (Py_ssize_t)7, 0xE9, 255, (void *)16));
    OBJECT(PyUnicode_FromObject(plain));
    OBJECT(PyUnicode_InternFromString("interned"));
    OBJECT(PyUnicode_DecodeUTF8("a\xc3\xa9", 3, NULL));
    OBJECT(PyUnicode_DecodeUTF8("a\xff", 2, "replace"));
    OBJECT(PyUnicode_DecodeUTF8Stateful("a\xc3", 2, NULL, &length));
    OBJECT(PyUnicode_DecodeASCII("abc", 3, NULL));
    OBJECT(PyUnicode_DecodeLatin1("\xe9", 1, NULL));
    OBJECT(PyUnicode_DecodeUTF16("a\0b\0", 4, NULL, NULL));
    OBJECT(PyUnicode_DecodeUTF32("a\0\0\0", 4, NULL, NULL));
    OBJECT(PyUnicode_AsUTF8String(wide));
    OBJECT(PyUnicode_AsLatin1String(short_one));
    OBJECT(PyUnicode_AsASCIIString(plain));
    OBJECT(PyUnicode_AsEncodedString(wide, "utf-8", "strict"));
    OBJECT(PyUnicode_Decode("a\xc3\xa9", 3, "utf-8", NULL));
    OBJECT(PyUnicode_FromEncodedObject(bytes_of_c, "utf-8", "strict"));
    OBJECT(PyUnicode_DecodeUTF8("a\xff", 2, "ignore"));
    OBJECT(PyUnicode_DecodeFSDefault("a\xff"));
    OBJECT(PyUnicode_DecodeUnicodeEscape("a\\n\\u20ac\\x41\\101", 16, NULL));
    OBJECT(PyUnicode_DecodeRawUnicodeEscape("a\\n\\u20ac", 9, NULL));
    OBJECT(PyUnicode_AsUnicodeEscapeString(wide));
    OBJECT(PyUnicode_AsRawUnicodeEscapeString(wide));
    OBJECT(PyUnicode_EncodeFSDefault(wide));
    OBJECT(PyUnicode_EncodeLocale(wide, NULL));
    OBJECT(PyUnicode_AsUTF16String(short_one));
    OBJECT(PyUnicode_AsUTF32String(short_one));
    OBJECT(PyUnicode_Concat(plain, wide));
    OBJECT(PyUnicode_Substring(wide, 1, 3));
    OBJECT(PyUnicode_Join(comma, parts));
    OBJECT(PyUnicode_Split(wide, comma, -1));
    OBJECT(PyUnicode_Split(plain, NULL, -1));
    OBJECT(PyUnicode_RSplit(wide, comma, 1));
    OBJECT(PyUnicode_RSplit(plain, NULL, -1));
    OBJECT(PyUnicode_Splitlines(plain, 0));
    OBJECT(PyUnicode_Partition(wide, comma));
    OBJECT(PyUnicode_RPartition(plain, comma));
    OBJECT(PyUnicode_Replace(wide, short_one, comma, -1));
    OBJECT(PyUnicode_RichCompare(plain, wide, Py_LT));
    OBJECT(PyUnicode_RichCompare(plain, five, Py_EQ));
    NUMBER(PyUnicode_GetLength(wide));
    NUMBER(PyUnicode_ReadChar(wide, 2));
    NUMBER(PyUnicode_ReadChar(wide, 20));
    NUMBER(PyUnicode_Find(wide, comma, 0, 10, 1));
    NUMBER(PyUnicode_FindChar(wide, 0x20AC, 0, 10, -1));
    NUMBER(PyUnicode_Count(wide, short_one, 0, 10));
    NUMBER(PyUnicode_Contains(wide, comma));
    NUMBER(PyUnicode_Tailmatch(wide, short_one, 0, 10, 1));
    NUMBER(PyUnicode_Compare(plain, wide) < 0);
    NUMBER(PyUnicode_CompareWithASCIIString(plain, "plain") > 0);
    NUMBER(PyUnicode_EqualToUTF8(plain, "plain text"));
    NUMBER(PyUnicode_EqualToUTF8AndSize(plain, "plain", 5));
    NUMBER(PyUnicode_IsIdentifier(short_one));
    NUMBER(PyUnicode_AsUTF8(wide)[0]);
    NUMBER(PyUnicode_AsUTF8AndSize(wide, &length)[1]);
    NUMBER(PyUnicode_AsUCS4(wide, characters, 16, 1) == characters);
    Py_UCS4 *copy = PyUnicode_AsUCS4Copy(wide);
    NUMBER(copy[2]);
    PyMem_Free(copy);
    NUMBER(PyUnicode_AsWideChar(wide, letters, 16));
    wchar_t *wide_copy = PyUnicode_AsWideCharString(wide, &length);
    NUMBER(wide_copy[2]);
    PyMem_Free(wide_copy);
    PyObject *made = PyUnicode_New(3, 0x20AC);
    NUMBER(PyUnicode_WriteChar(made, 0, 0x20AC));
    NUMBER(PyUnicode_Fill(made, 1, 2, 'f'));
    NUMBER(PyUnicode_CopyCharacters(made, 2, wide, 1, 1));
    NUMBER(PyUnicode_Resize(&made, 5));
    NUMBER(PyUnicode_Fill(made, 3, 2, 'g'));
    OBJECT(made);
    PyObject *sum = Py_NewRef(plain);
    PyUnicode_Append(&sum, wide);
    PyUnicode_AppendAndDel(&sum, Py_NewRef(comma));
    OBJECT(sum);
    PyObject *interned = PyUnicode_FromString("in place");
    PyUnicode_InternInPlace(&interned);
    OBJECT(interned);
    Py_DECREF(plain), Py_DECREF(wide), Py_DECREF(short_one), Py_DECREF(comma), Py_DECREF(five), Py_DECREF(parts), Py_DECREF(bytes_of_c);
    return as_list(&all);
}

static PyObject *
operators(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused))
{
    told all = {.count = 0};
    PyObject *ten = PyLong_FromLong(10), *less = PyLong_FromLong(-3), *huge = PyLong_FromString("-123456789012345678901", NULL, 10);
    PyObject *half = PyFloat_FromDouble(0.5), *more = PyFloat_FromDouble(2.25), *text = PyUnicode_FromString("text");
    PyObject *wide = PyUnicode_FromString("\xe2\x82\xac"), *bytes = PyBytes_FromString("bytes"), *other = PyBytes_FromString("other");
    PyObject *pair = PyTuple_Pack(2, ten, text), *list = Py_BuildValue("[OOO]", half, text, ten), *nothing = PyTuple_New(0);
    PyObject *ints[] = {ten, less, huge}, *both[][2] = {{ten, less}, {less, ten}, {half, more}};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(both); i++) {
        PyObject *left = both[i][0], *right = both[i][1];
        OBJECT(PyNumber_Add(left, right));
        OBJECT(PyNumber_Subtract(left, right));
        OBJECT(PyNumber_Multiply(left, right));
        OBJECT(PyNumber_TrueDivide(left, right));
        OBJECT(PyNumber_InPlaceAdd(left, right));
        OBJECT(PyNumber_Negative(left));
        OBJECT(PyNumber_Positive(left));
        OBJECT(PyNumber_Absolute(left));
    }
    OBJECT(PyNumber_FloorDivide(ten, less));
    OBJECT(PyNumber_Remainder(ten, less));
    OBJECT(PyNumber_Rshift(less, ten));
    OBJECT(PyNumber_And(less, ten));
    OBJECT(PyNumber_Or(less, ten));
    OBJECT(PyNumber_Xor(less, ten));
    OBJECT(PyNumber_Invert(ten));
    OBJECT(PyNumber_Index(ten));
    NUMBER(PyNumber_AsSsize_t(less, NULL));
    for (size_t i = 0; i < Py_ARRAY_LENGTH(ints); i++) {
        NUMBER(PyObject_RichCompareBool(ints[i], ten, Py_LT));
        NUMBER(PyObject_RichCompareBool(huge, ints[i], Py_GE));
    }
    NUMBER(PyObject_RichCompareBool(half, more, Py_GT));
    NUMBER(PyObject_RichCompareBool(text, wide, Py_LE));
    NUMBER(PyObject_RichCompareBool(text, wide, Py_NE));
    NUMBER(PyObject_RichCompareBool(bytes, other, Py_LT));
    OBJECT(PyObject_RichCompare(bytes, other, Py_EQ));
    OBJECT(PyNumber_Add(text, wide));
    OBJECT(PySequence_Concat(bytes, other));
    OBJECT(PySequence_Concat(pair, pair));
    OBJECT(PySequence_Concat(nothing, pair));
    OBJECT(PySequence_Repeat(wide, 3));
    OBJECT(PySequence_Repeat(bytes, 0));
    OBJECT(PySequence_Repeat(pair, 2));
    OBJECT(PySequence_GetItem(wide, 0));
    OBJECT(PySequence_GetItem(bytes, -1));
    OBJECT(PySequence_GetItem(list, 1));
    NUMBER(PySequence_Contains(pair, less));
    NUMBER(PySequence_Contains(list, text));
    NUMBER(PySequence_Count(list, ten));
    NUMBER(PySequence_Index(pair, text));
    NUMBER(PySequence_Size(list));
    NUMBER(PyObject_Size(wide));
    NUMBER(PyObject_IsTrue(nothing) + PyObject_Not(pair) + PyObject_IsTrue(less));
    OBJECT(PySequence_List(pair));
    OBJECT(PySequence_Tuple(list));
    OBJECT(PyObject_Str(less));
    OBJECT(PyObject_Str(more));
    OBJECT(PyObject_Str(wide));
    OBJECT(PyObject_Repr(text));
    OBJECT(PyObject_Repr(bytes));
    OBJECT(PyObject_ASCII(half));
    OBJECT(PyObject_Format(ten, NULL));
    OBJECT(PyUnicode_FromFormat("%S %R %A %S", less, text, bytes, more));
    NUMBER(PyObject_IsInstance(ten, (PyObject *)&PyLong_Type));
    PyObject *made[] = {ten, less, huge, half, more, text, wide, bytes, other, pair, list, nothing};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(made); i++) {
        Py_DECREF(made[i]);
    }
    return as_list(&all);
}

static PyMethodDef methods[] = {
    {"ints", ints, METH_NOARGS, NULL},   {"floats", floats, METH_NOARGS, NULL}, {"tuples", tuples, METH_NOARGS, NULL},
    {"bytes", bytes, METH_NOARGS, NULL}, {"texts", texts, METH_NOARGS, NULL},   {"operators", operators, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

MODULE_OF_FUNCTIONS(ext_c_alone, "Values that C makes and uses alone.", methods)
