/* Functions of the API that take a va_list, or more than a table's call can give: messages, arguments, built values, code. */
#include "each.h"
#include <stdarg.h>

/* Formats and what goes with them: the table names the pair. */
#define MESSAGES(CASE) \
    CASE("plain", "no place") \
    CASE("number", "%d and %5ld", 5, 12L) \
    CASE("text", "%s %.2s", "text", "text") \
    CASE("object", "%S %R %A", object, object, object) \
    CASE("type", "%T %#T %N", object, object, Py_TYPE(object)) \
    CASE("unicode", "%U|%V|%V", text, text, "other", NULL, "instead") \
    CASE("wide", "%ls|%.1ls", L"h\u20ac", L"\u20ac!") \
    CASE("character", "%c%c", 0x20AC, 'c') \
    CASE("too-wide", "%c", 0x110000) \
    CASE("size", "%zd %zu %td %jd", (Py_ssize_t)-1, (size_t)1, (ptrdiff_t)-2, (intmax_t)3) \
    CASE("percent", "100%%") \
    CASE("bad", "before %q after", 1) \
    CASE("ends", "100%") \
    CASE("stars", "%*d|%-*d|%.*s", 4, 1, 4, 2, 2, "abc") \
    CASE("hex", "%x %X %#x %o", 255, 255, 255, 8) \
    CASE("long-long", "%lld %llu %lli", -1LL, ~0ULL, 1LL) \
    CASE("bad-utf8", "%s", "a\xff") \
    CASE("accent", "%s", "\xc3\xa9\xe2\x82\xac") \
    CASE("bad-format", "\xff %d", 1) \
    CASE("empty", "")

static PyObject *format_v(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    PyObject *made = PyUnicode_FromFormatV(format, rest);
    va_end(rest);
    return made;
}

static PyObject *bytes_v(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    PyObject *made = PyBytes_FromFormatV(format, rest);
    va_end(rest);
    return made;
}

static PyObject *error_v(PyObject *exception, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    PyObject *made = PyErr_FormatV(exception, format, rest);
    va_end(rest);
    return made;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"

static PyObject *each_PyUnicode_FromFormatV(const char *which, PyObject *object, PyObject *text)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return format_v(__VA_ARGS__);
    MESSAGES(CASE)
#undef CASE
    return NULL;
}

static PyObject *each_PyErr_FormatV(PyObject *exception, const char *which, PyObject *object, PyObject *text)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return error_v(exception, __VA_ARGS__);
    MESSAGES(CASE)
#undef CASE
    return NULL;
}

static PyObject *each_PyBytes_FromFormatV(const char *which)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return bytes_v(__VA_ARGS__);
    CASE("plain", "no place")
    CASE("number", "%d %ld %u %lu %zd %zu %i", -5, 12L, 5u, 12ul, (Py_ssize_t)-1, (size_t)1, 7)
    CASE("text", "%s|%.2s|%.0s", "text", "text", "text")
    CASE("character", "%c%c", 'a', 255)
    CASE("too-wide", "%c", 256)
    CASE("negative", "%c", -1)
    CASE("percent", "100%%")
    CASE("hex", "%x|%X", 255, 255)
    CASE("bad", "before %q after")
    CASE("ends", "100%")
    CASE("width", "%5d|%-5d|%05d", 1, 2, 3)
    CASE("not-ascii", "%s\xff", "\xc3\xa9")
    CASE("empty", "")
#undef CASE
    return NULL;
}

static PyObject *printed(int room, const char *format, ...)
{
    char into[64];
    memset(into, '#', sizeof into);
    va_list rest;
    va_start(rest, format);
    int count = PyOS_vsnprintf(into, room, format, rest);
    va_end(rest);
    return Py_BuildValue("(iy#)", count, into, (Py_ssize_t)16);
}

static PyObject *each_PyOS_vsnprintf(const char *which)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return printed(__VA_ARGS__);
    CASE("usual", 32, "%d %s %5.2f", 5, "text", 2.5)
    CASE("just", 5, "%s", "1234")
    CASE("cut", 5, "%s", "12345678")
    CASE("one", 1, "%s", "1234")
    CASE("empty", 8, "")
    CASE("accent", 4, "%s", "\xc3\xa9\xc3\xa9\xc3\xa9")
#undef CASE
    return NULL;
}
#pragma GCC diagnostic pop

/* What the formats of values take: an int, a text and an object for each place that the format might have. */
static PyObject *values_v(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    PyObject *made = Py_VaBuildValue(format, rest);
    va_end(rest);
    return made;
}

static PyObject *pair_of(void *number)
{
    return Py_BuildValue("(ii)", *(int *)number, 2);
}

static PyObject *fails(void *nothing)
{
    PyErr_SetString(PyExc_KeyError, "converter");
    return NULL;
}

static PyObject *each_Py_VaBuildValue(const char *which, PyObject *object)
{
    int number = 1;
    Py_complex complex = {1, -2};
#define CASE(name, ...) \
    if (is(which, name)) \
        return values_v(__VA_ARGS__);
    CASE("ints", "(bBhHiIlkLKn)", -1, 255, -2, 3, -4, 5u, -6L, 7UL, -8LL, 9ULL, (Py_ssize_t)-10)
    CASE("floats", "(fdD)", 1.5, 2.5, &complex)
    CASE("texts", "(szUy)", "text", NULL, "utf", "bytes")
    CASE("sized", "(s#y#z#)", "text", (Py_ssize_t)2, "bytes", (Py_ssize_t)3, NULL, (Py_ssize_t)1)
    CASE("wide", "(uu#)", L"h\u20ac", L"wide", (Py_ssize_t)2)
    CASE("characters", "(cC)", 'c', 0x20AC)
    CASE("bool", "(pp)", 0, 5)
    CASE("objects", "(OSN)", object, object, Py_XNewRef(object))
    CASE("converted", "(O&)", pair_of, &number)
    CASE("converter-fails", "(iO&i)", 1, fails, NULL, 2)
    CASE("dict", "{s:i,s:O}", "one", 1, "two", Py_None)
    CASE("nested", "[i(i{s:[]})()]", 1, 2, "three")
    CASE("null", "(iO)", 1, NULL)
    CASE("null-alone", "O", NULL)
    CASE("nothing", "")
    CASE("many", "ii", 1, 2)
    CASE("separators", "i, i:\ti", 1, 2, 3)
    CASE("open", "(ii", 1, 2)
    CASE("closed", "ii)", 1, 2)
    CASE("odd-dict", "{sis}", "one", 1, "two")
    CASE("unknown", "i?", 1)
    CASE("bad-utf8", "s", "a\xff")
    CASE("unhashable", "{Oi}", object, 1)
#undef CASE
    return NULL;
}

/* In the stable ABI, and in no header. */
PyAPI_FUNC(PyObject *) PyEval_CallFunction(PyObject *, const char *, ...);
PyAPI_FUNC(PyObject *) PyEval_CallMethod(PyObject *, const char *, const char *, ...);

#define CALLS(CASE) \
    CASE("pair", "(iO)", 1, object) \
    CASE("one", "(O)", object) \
    CASE("none", "()") \
    CASE("nothing", "") \
    CASE("no-format", NULL) \
    CASE("number", "i", 1) \
    CASE("list", "[i]", 1) \
    CASE("tuple", "O", object) \
    CASE("two", "iO", 1, object) \
    CASE("sized", "(s#)", "text", (Py_ssize_t)2) \
    CASE("null", "(iO)", 1, NULL) \
    CASE("unknown", "(i?)", 1)

static PyObject *each_PyEval_CallFunction(PyObject *callable, const char *which, PyObject *object)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return PyEval_CallFunction(callable, __VA_ARGS__);
    CALLS(CASE)
#undef CASE
    return NULL;
}

static PyObject *each_PyEval_CallMethod(PyObject *owner, const char *method, const char *which, PyObject *object)
{
#define CASE(name, ...) \
    if (is(which, name)) \
        return PyEval_CallMethod(owner, method, __VA_ARGS__);
    CALLS(CASE)
#undef CASE
    return NULL;
}

static int to_length(PyObject *object, void *place)
{
    if (object == NULL) {
        *(int *)place = -7;
        return 1;
    }
    *(int *)place = (int)PyObject_Length(object);
    return *(int *)place < 0 ? 0 : Py_CLEANUP_SUPPORTED;
}

static int parse_v(PyObject *arguments, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int parsed = PyArg_VaParse(arguments, format, rest);
    va_end(rest);
    return parsed;
}

static int parse_named_v(PyObject *arguments, PyObject *named, const char *format, char **names, ...)
{
    va_list rest;
    va_start(rest, names);
    int parsed = PyArg_VaParseTupleAndKeywords(arguments, named, format, names, rest);
    va_end(rest);
    return parsed;
}

struct places {
    PyObject *first, *second, *third;
    long numbers[3];
};

static PyObject *parsed_told(int parsed, const struct places *places, const char *kind)
{
    PyObject *error = PyErr_GetRaisedException();
    PyObject *told = *kind == 'O' ? Py_BuildValue("(iNNN)", parsed, or_none(places->first), or_none(places->second), or_none(places->third))
                                  : Py_BuildValue("(illl)", parsed, places->numbers[0], places->numbers[1], places->numbers[2]);
    if (error != NULL) {
        PyErr_SetRaisedException(error);
    }
    return told;
}

/* The formats of objects, of longs and of a converter, each with three places. */
static PyObject *each_PyArg_VaParse(PyObject *arguments, const char *format)
{
    struct places places = {NULL, NULL, NULL, {-5, -5, -5}};
    if (strchr(format, 'l')) {
        int parsed = parse_v(arguments, format, &places.numbers[0], &places.numbers[1], &places.numbers[2]);
        return parsed_told(parsed, &places, "l");
    }
    if (strchr(format, '&')) {
        int lengths[2] = {0, 0};
        int parsed = parse_v(arguments, format, to_length, &lengths[0], to_length, &lengths[1]);
        places.numbers[0] = lengths[0], places.numbers[1] = lengths[1];
        return parsed_told(parsed, &places, "l");
    }
    return parsed_told(parse_v(arguments, format, &places.first, &places.second, &places.third), &places, "O");
}

static char *names_of(const char *which, int index)
{
    static char *const all[][4] = {{"one", "two", "three", NULL}, {"", "two", "three", NULL}, {"", "", "", NULL}, {"one", "", "three", NULL},
                                   {"one", "two", NULL, NULL},    {"one", "two", "three", "four"}};
    int row = is(which, "first-unnamed") ? 1 : is(which, "unnamed") ? 2 : is(which, "later-unnamed") ? 3 : is(which, "few") ? 4 : is(which, "many") ? 5 : 0;
    return all[row][index];
}

static PyObject *parse_named(int by_list, PyObject *arguments, PyObject *named, const char *format, const char *which)
{
    char *names[] = {names_of(which, 0), names_of(which, 1), names_of(which, 2), names_of(which, 3), NULL};
    struct places places = {NULL, NULL, NULL, {-5, -5, -5}};
    PyObject *extra = NULL;
    int parsed = by_list ? parse_named_v(arguments, named, format, names, &places.first, &places.second, &places.third, &extra)
                         : PyArg_ParseTupleAndKeywords(arguments, named, format, names, &places.first, &places.second, &places.third, &extra);
    return parsed_told(parsed, &places, "O");
}

static PyObject *each_PyArg_VaParseTupleAndKeywords(PyObject *arguments, PyObject *named, const char *format, const char *which)
{
    return parse_named(1, arguments, named, format, which);
}

static PyObject *each_PyArg_ParseTupleAndKeywords(PyObject *arguments, PyObject *named, const char *format, const char *which)
{
    return parse_named(0, arguments, named, format, which);
}

static PyObject *compiled(const char *source)
{
    PyObject *namespace = PyDict_New();
    PyDict_SetItemString(namespace, "__builtins__", PyEval_GetBuiltins());
    PyObject *done = PyRun_String(source, Py_file_input, namespace, namespace);
    PyObject *function = done ? PyDict_GetItemString(namespace, "function") : NULL;
    PyObject *code = function ? PyObject_GetAttrString(function, "__code__") : NULL;
    Py_XDECREF(done);
    Py_DECREF(namespace);
    return code;
}

/* The function takes one, two=..., *rest, three, **named; what of it is given the case tells. */
static PyObject *each_PyEval_EvalCodeEx(const char *which, PyObject *globals, PyObject *locals)
{
    PyObject *code = compiled("def function(one, two, *rest, three, **named):\n return one, two, rest, three, sorted(named.items())\n");
    if (code == NULL) {
        return NULL;
    }
    PyObject *one = PyLong_FromLong(1), *key = PyUnicode_FromString(is(which, "repeated") ? "one" : is(which, "other") ? "other" : "two");
    PyObject *values[] = {one, one, one, one}, *pairs[] = {key, Py_None}, *defaults[] = {Py_True, Py_False};
    PyObject *named = Py_BuildValue("{s:i}", "three", 3);
    int given = is(which, "none") ? 0 : is(which, "many") ? 4 : 1;
    int key_count = is(which, "key") || is(which, "repeated") || is(which, "other") ? 1 : 0;
    int default_count = is(which, "none") || is(which, "few") ? 0 : is(which, "all-defaults") ? 2 : 1;
    if (is(which, "all-defaults")) {
        given = 0;
    }
    PyObject *result = PyEval_EvalCodeEx(code, globals, locals, values, given, pairs, key_count, defaults, default_count,
                                         is(which, "no-three") ? NULL : named, NULL);
    Py_DECREF(code);
    Py_DECREF(one);
    Py_DECREF(key);
    Py_DECREF(named);
    return result;
}

static const each_function functions[] = {
    EACH(PyUnicode_FromFormatV),
    EACH(PyErr_FormatV),
    EACH(PyBytes_FromFormatV),
    EACH(PyOS_vsnprintf),
    EACH(Py_VaBuildValue),
    EACH(PyEval_CallFunction),
    EACH(PyEval_CallMethod),
    EACH(PyArg_VaParse),
    EACH(PyArg_VaParseTupleAndKeywords),
    EACH(PyArg_ParseTupleAndKeywords),
    EACH(PyEval_EvalCodeEx),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_varargs, "Functions that take a va_list.", NULL, fill)
