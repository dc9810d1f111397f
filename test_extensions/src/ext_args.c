/* Reading arguments (PyArg_*) and building values (Py_BuildValue). */
#include "common.h"

static PyObject *
ints(PyObject *self, PyObject *arguments)
{
    unsigned char b, any_byte;
    short h;
    unsigned short any_short;
    int i;
    unsigned int any_int;
    long l;
    unsigned long k;
    long long big;
    unsigned long long any_big;
    Py_ssize_t n;
    if (!PyArg_ParseTuple(arguments, "bBhHiIlkLKn:ints", &b, &any_byte, &h, &any_short, &i, &any_int, &l, &k, &big, &any_big, &n)) {
        return NULL;
    }
    return Py_BuildValue("(BBhHiIlkLKn)", b, any_byte, h, any_short, i, any_int, l, k, big, any_big, n);
}

#define ONE_NUMBER(name, type, code)                                                                                               \
    static PyObject *name(PyObject *self, PyObject *arguments)                                                                     \
    {                                                                                                                              \
        type value;                                                                                                                \
        return PyArg_ParseTuple(arguments, code ":" #name, &value) ? Py_BuildValue(code, value) : NULL;                            \
    }

ONE_NUMBER(one_int, int, "i")
ONE_NUMBER(one_long, long, "l")
ONE_NUMBER(one_size, Py_ssize_t, "n")
ONE_NUMBER(one_double, double, "d")
ONE_NUMBER(one_float, float, "f")

static PyObject *
one_byte(PyObject *self, PyObject *arguments)
{
    unsigned char value;
    return PyArg_ParseTuple(arguments, "b:one_byte", &value) ? Py_BuildValue("i", (int)value) : NULL;
}

static PyObject *
floats(PyObject *self, PyObject *arguments)
{
    double d;
    float f;
    Py_complex c;
    if (!PyArg_ParseTuple(arguments, "dfD", &d, &f, &c)) {
        return NULL;
    }
    return Py_BuildValue("(dfD)", d, f, &c);
}

static PyObject *
texts(PyObject *self, PyObject *arguments)
{
    const char *plain, *maybe, *counted;
    Py_ssize_t size;
    int character;
    if (!PyArg_ParseTuple(arguments, "szs#C:texts", &plain, &maybe, &counted, &size, &character)) {
        return NULL;
    }
    return Py_BuildValue("(szs#C)", plain, maybe, counted, size, character);
}

static PyObject *
bytes(PyObject *self, PyObject *arguments)
{
    const char *plain, *counted;
    char one;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "yy#c:bytes", &plain, &counted, &size, &one)) {
        return NULL;
    }
    return Py_BuildValue("(yy#c)", plain, counted, size, one);
}

static PyObject *
buffers(PyObject *self, PyObject *arguments)
{
    Py_buffer text, maybe, data;
    if (!PyArg_ParseTuple(arguments, "s*z*y*:buffers", &text, &maybe, &data)) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(y#y#y#)", text.buf, text.len, maybe.buf, maybe.len, data.buf, data.len);
    PyBuffer_Release(&text);
    PyBuffer_Release(&maybe);
    PyBuffer_Release(&data);
    return result;
}

static PyObject *
writable(PyObject *self, PyObject *arguments)
{
    Py_buffer target;
    if (!PyArg_ParseTuple(arguments, "w*:writable", &target)) {
        return NULL;
    }
    memset(target.buf, '!', target.len);
    PyBuffer_Release(&target);
    Py_RETURN_NONE;
}

static PyObject *
objects(PyObject *self, PyObject *arguments)
{
    PyObject *any, *list, *text, *data, *array;
    if (!PyArg_ParseTuple(arguments, "OO!USY:objects", &any, &PyList_Type, &list, &text, &data, &array)) {
        return NULL;
    }
    return Py_BuildValue("[OOOOO]", any, list, text, data, array);
}

/* "O&", with a converter that wants cleaning up when a later argument fails. */
static int cleanups = 0;

static int
double_it(PyObject *object, void *place)
{
    if (object == NULL) {
        cleanups++;
        Py_CLEAR(*(PyObject **)place);
        return 1;
    }
    *(PyObject **)place = PyNumber_Add(object, object);
    return *(PyObject **)place ? Py_CLEANUP_SUPPORTED : 0;
}

static PyObject *
converted(PyObject *self, PyObject *arguments)
{
    PyObject *doubled = NULL;
    int number;
    cleanups = 0;
    if (!PyArg_ParseTuple(arguments, "O&i:converted", double_it, &doubled, &number)) {
        return NULL;
    }
    return Py_BuildValue("(Ni)", doubled, number);
}

static PyObject *
cleaned(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(cleanups);
}

static PyObject *
nested(PyObject *self, PyObject *arguments)
{
    int a, b, c;
    const char *text;
    if (!PyArg_ParseTuple(arguments, "i(i(is)):nested", &a, &b, &c, &text)) {
        return NULL;
    }
    return Py_BuildValue("i(i(is))", a, b, c, text);
}

static PyObject *
truth(PyObject *self, PyObject *arguments)
{
    int value;
    return PyArg_ParseTuple(arguments, "p:truth", &value) ? PyBool_FromLong(value) : NULL;
}

static PyObject *
optional(PyObject *self, PyObject *arguments)
{
    int a, b = -1, c = -1;
    return PyArg_ParseTuple(arguments, "i|ii:optional", &a, &b, &c) ? Py_BuildValue("iii", a, b, c) : NULL;
}

static PyObject *
own_message(PyObject *self, PyObject *arguments)
{
    int a;
    return PyArg_ParseTuple(arguments, "i;give me one number", &a) ? PyLong_FromLong(a) : NULL;
}

/* "es" and "et": encoded into memory of ours. */
static PyObject *
encoded(PyObject *self, PyObject *arguments)
{
    char *latin = NULL, *any = NULL;
    Py_ssize_t size = 0;
    if (!PyArg_ParseTuple(arguments, "eset#:encoded", "latin-1", &latin, "utf-16-le", &any, &size)) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(yy#)", latin, any, size);
    PyMem_Free(latin);
    PyMem_Free(any);
    return result;
}

static PyObject *
keywords(PyObject *self, PyObject *arguments, PyObject *named)
{
    static char *names[] = {"", "second", "third", "only", NULL};
    int first, second, third = 3, only = 4;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "ii|i$i:keywords", names, &first, &second, &third, &only)) {
        return NULL;
    }
    return Py_BuildValue("(iiii)", first, second, third, only);
}

static PyObject *
unpacked(PyObject *self, PyObject *arguments)
{
    PyObject *first, *second = Py_None, *third = Py_None;
    if (!PyArg_UnpackTuple(arguments, "unpacked", 1, 3, &first, &second, &third)) {
        return NULL;
    }
    return PyTuple_Pack(3, first, second, third);
}

static PyObject *
old_parse(PyObject *self, PyObject *argument)
{
    int number;
    return PyArg_Parse(argument, "i", &number) ? PyLong_FromLong(number) : NULL;
}

static PyObject *
named_are_texts(PyObject *self, PyObject *named)
{
    return PyArg_ValidateKeywordArguments(named) ? Py_NewRef(Py_True) : NULL;
}

static PyObject *
wrong_format(PyObject *self, PyObject *arguments)
{
    int number;
    return PyArg_ParseTuple(arguments, "i?:wrong_format", &number) ? PyLong_FromLong(number) : NULL;
}

static PyObject *
doubled_number(void *number)
{
    return PyLong_FromLong(2 * (long)(intptr_t)number);
}

static PyObject *
build(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(13);
    if (list == NULL) {
        return NULL;
    }
    PyObject *empty = PyTuple_New(0);
    int at = 0;
    PyList_SET_ITEM(list, at++, Py_BuildValue(""));
    PyList_SET_ITEM(list, at++, Py_BuildValue("i", 1));
    PyList_SET_ITEM(list, at++, Py_BuildValue("ii", 1, 2));
    PyList_SET_ITEM(list, at++, Py_BuildValue("()"));
    PyList_SET_ITEM(list, at++, Py_BuildValue("(i)", 1));
    PyList_SET_ITEM(list, at++, Py_BuildValue("[ii, (s), {}]", 1, 2, "x"));
    PyList_SET_ITEM(list, at++, Py_BuildValue("{s:i, s:[O]}", "a", 1, "b", Py_Ellipsis));
    PyList_SET_ITEM(list, at++, Py_BuildValue("{i:(), s:z}", 5, "none", NULL));
    PyList_SET_ITEM(list, at++, Py_BuildValue("s#y#", "with\0zero", (Py_ssize_t)9, "b\0", (Py_ssize_t)2));
    PyList_SET_ITEM(list, at++, Py_BuildValue("u", L"wide \u20ac"));
    PyList_SET_ITEM(list, at++, Py_BuildValue("NSO&", empty, Py_True, doubled_number, (void *)77));
    PyList_SET_ITEM(list, at++, Py_BuildValue("KLk", ~0ULL, -1LL, ~0UL));
    PyList_SET_ITEM(list, at++, Py_BuildValue("C(dU)", 0x1F600, 0.5, "text"));
    return list;
}

/* A NULL object in a format is an error: SystemError, unless one is set. */
static PyObject *
build_null(PyObject *self, PyObject *with_error)
{
    if (PyObject_IsTrue(with_error)) {
        PyErr_SetString(PyExc_LookupError, "set before");
    }
    return Py_BuildValue("(iO)", 1, (PyObject *)NULL);
}

static PyMethodDef functions[] = {
    {"ints", ints, METH_VARARGS, NULL},
    {"one_int", one_int, METH_VARARGS, NULL},
    {"one_long", one_long, METH_VARARGS, NULL},
    {"one_size", one_size, METH_VARARGS, NULL},
    {"one_double", one_double, METH_VARARGS, NULL},
    {"one_float", one_float, METH_VARARGS, NULL},
    {"one_byte", one_byte, METH_VARARGS, NULL},
    {"floats", floats, METH_VARARGS, NULL},
    {"texts", texts, METH_VARARGS, NULL},
    {"bytes", bytes, METH_VARARGS, NULL},
    {"buffers", buffers, METH_VARARGS, NULL},
    {"writable", writable, METH_VARARGS, NULL},
    {"objects", objects, METH_VARARGS, NULL},
    {"converted", converted, METH_VARARGS, NULL},
    {"cleaned", cleaned, METH_NOARGS, NULL},
    {"nested", nested, METH_VARARGS, NULL},
    {"truth", truth, METH_VARARGS, NULL},
    {"optional", optional, METH_VARARGS, NULL},
    {"own_message", own_message, METH_VARARGS, NULL},
    {"encoded", encoded, METH_VARARGS, NULL},
    {"keywords", METHOD(keywords), METH_VARARGS | METH_KEYWORDS, NULL},
    {"unpacked", unpacked, METH_VARARGS, NULL},
    {"old_parse", old_parse, METH_O, NULL},
    {"named_are_texts", named_are_texts, METH_O, NULL},
    {"wrong_format", wrong_format, METH_VARARGS, NULL},
    {"build", build, METH_NOARGS, NULL},
    {"build_null", build_null, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_args, "Arguments and values.", functions)
