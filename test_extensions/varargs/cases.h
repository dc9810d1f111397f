/* Calls that differ in more than their arguments' values, each run with both implementations. `f` is the implementation,
 * `x` what compare.py passes. A case is an expression that gives a new reference or NULL with an exception. */

static int seven = 7;
static Py_complex a_complex = {1.5, -2.5};

static PyObject *formatted(int result, const char *text)
{
    return Py_BuildValue("(iy)", result, text);
}

static PyObject *none_if(int result)
{
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *snprintf_case(const implementation *f, size_t size, int number)
{
    char text[16];
    memset(text, '!', sizeof(text));
    text[15] = '\0';
    int result = f->Snprintf(text, size, "<%d>", number);
    return formatted(result, text);
}

static PyObject *from_cause(const implementation *f)
{
    PyErr_SetString(PyExc_KeyError, "first");
    return f->ErrFormatFromCause(PyExc_ValueError, "second %d", 2);
}

static PyObject *unraisable(const implementation *f, const char *format, int number)
{
    PyErr_SetString(PyExc_KeyError, "ignored");
    f->FormatUnraisable(format, number);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *printed(int with_exception, void (*print)(const char *, ...), PyObject *x)
{
    if (with_exception) {
        PyErr_SetString(PyExc_KeyError, "kept");
    }
    print("%d %s", 5, PyUnicode_AsUTF8(x));
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

#define U f->UnicodeFromFormat
#define B f->BuildValue
#define Y f->BytesFromFormat

#define CASES                                                                               \
    C(B(""))                                                                                \
    C(B("i", -5)) C(B("b", -5)) C(B("B", 200)) C(B("h", -30000)) C(B("H", 65535)) C(B("I", 4294967295u)) \
    C(B("l", LONG_MIN)) C(B("k", ULONG_MAX)) C(B("L", LLONG_MAX)) C(B("K", ULLONG_MAX)) C(B("n", PY_SSIZE_T_MIN)) \
    C(B("f", 1.5)) C(B("d", -0.0)) C(B("D", &a_complex)) C(B("c", 'q')) C(B("C", 0x1F600)) C(B("C", 0x110000)) C(B("C", -1)) \
    C(B("s", "h\xc3\xa9")) C(B("s", "\xff")) C(B("s", NULL)) C(B("z", "z")) C(B("z", NULL)) C(B("U", "u")) C(B("y", "\xff")) C(B("y", NULL)) \
    C(B("s#", "a\0b", (Py_ssize_t)3)) C(B("z#", NULL, (Py_ssize_t)3)) C(B("y#", "a\0b", (Py_ssize_t)2)) C(B("s#", "abc", (Py_ssize_t)-1)) \
    C(B("U#", "abc", (Py_ssize_t)2)) C(B("y#", "abc", (Py_ssize_t)0)) \
    C(B("u", L"wide\u20ac")) C(B("u#", L"wide", (Py_ssize_t)2)) C(B("u", NULL)) C(B("u#", L"ab", (Py_ssize_t)-1)) \
    C(B("O", x)) C(B("S", x)) C(B("N", Py_NewRef(x))) C(B("O&", double_it, &seven)) C(B("N", fresh())) \
    C(B("O", NULL)) C(B("N", NULL)) C(B("O", fail())) C(B("(NO)", fresh(), fail())) C(B("(ON)", fail(), fresh())) \
    C(B("()")) C(B("[]")) C(B("{}")) C(B("(i)", 1)) C(B("[i]", 1)) C(B("ii", 1, 2)) C(B("(ii)", 1, 2)) C(B("[ii]", 1, 2)) \
    C(B("{s:i}", "a", 1)) C(B("{s:i,s:O}", "a", 1, "b", x)) C(B("{i:(ii),i:[s]}", 1, 2, 3, 4, "x")) C(B("((i)(ii))", 1, 2, 3)) \
    C(B("i,i", 1, 2)) C(B(" i : i ", 1, 2)) C(B("i\ti", 1, 2)) C(B("[(i){s:i}[]]", 1, "k", 2)) C(B("(())")) C(B("((),())")) \
    C(B("iiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) C(B("[iiiiiiiiiii]", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) \
    C(B("(i", 1)) C(B("[i", 1)) C(B("{s:i", "a", 1)) C(B("i)", 1)) C(B("(i]", 1)) C(B("{i}", 1)) C(B("{Oi}", B("[]"), 1)) \
    C(B("!", 1)) C(B("(i!i)", 1, 2)) C(B("w", 1)) C(B("p", 1)) C(B("Z", 1)) C(B("ON", NULL, fresh())) C(B("i ", 1)) C(B("(i )", 1)) C(B("[i, ]", 1)) C(B("{s:i, }", "a", 1)) \
    C(B("(NO)", Py_NewRef(x), fail())) C(B("(ON)", fail(), Py_NewRef(x))) C(B("[NO[N]]", Py_NewRef(x), fail(), Py_NewRef(x))) \
    C(B("{N:O,N:N}", Py_NewRef(x), fail(), Py_NewRef(x), Py_NewRef(x))) C(B("{[]:N,i:N}", Py_NewRef(x), 1, Py_NewRef(x))) \
    C(f->CallFunction((PyObject *)&PyList_Type, "NON", Py_NewRef(x), fail(), Py_NewRef(x))) C(B("{N:N}", fresh(), fresh())) \
    C(B("&")) C(B("#")) C(B("i#", 1)) C(B("(i))", 1)) \
    C(f->Pack(0)) C(f->Pack(1, x)) C(f->Pack(3, x, Py_None, x)) \
    C(f->CallFunction((PyObject *)&PyList_Type, NULL)) C(f->CallFunction((PyObject *)&PyList_Type, "")) \
    C(f->CallFunction((PyObject *)&PyList_Type, "s", "abc")) C(f->CallFunction((PyObject *)&PyList_Type, "(s)", "abc")) \
    C(f->CallFunction((PyObject *)&PyList_Type, "((ii))", 1, 2)) C(f->CallFunction((PyObject *)&PyList_Type, "(ii)", 1, 2)) \
    C(f->CallFunction((PyObject *)&PyList_Type, "ii", 1, 2)) C(f->CallFunction((PyObject *)&PyTuple_Type, "[ii]", 1, 2)) \
    C(f->CallFunction((PyObject *)&PyRange_Type, "iii", 1, 20, 3)) C(f->CallFunction((PyObject *)&PyRange_Type, "(iii)", 1, 20, 3)) \
    C(f->CallFunction((PyObject *)&PyRange_Type, "O", x)) C(f->CallFunction(x, "i", 1)) C(f->CallFunction(NULL, "i", 1)) \
    C(f->CallFunction((PyObject *)&PyList_Type, "(i", 1)) C(f->CallFunction((PyObject *)&PyList_Type, "O", NULL)) \
    C(f->CallFunction((PyObject *)&PyRange_Type, "iiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) C(f->CallFunction((PyObject *)&PyList_Type, "()")) \
    C(f->CallMethod(x, "__class__", NULL)) C(f->CallMethod(x, "__eq__", "O", x)) C(f->CallMethod(x, "nothing", NULL)) \
    C(f->CallMethod(x, "__doc__", NULL)) C(f->CallMethod(x, "__getattribute__", "s", "__class__")) C(f->CallMethod(x, "__getattribute__", "(s)", "__class__")) \
    C(f->CallMethod(NULL, "x", NULL)) C(f->CallMethod(x, NULL, NULL)) \
    C(f->CallFunctionObjArgs((PyObject *)&PyList_Type, NULL)) C(f->CallFunctionObjArgs((PyObject *)&PyType_Type, x, NULL)) \
    C(f->CallFunctionObjArgs((PyObject *)&PyType_Type, x, x, x, x, x, x, x, x, x, x, NULL)) C(f->CallFunctionObjArgs(NULL, NULL)) C(f->CallFunctionObjArgs(x, NULL)) \
    C(f->CallMethodObjArgs(x, PyUnicode_InternFromString("__repr__"), NULL)) C(f->CallMethodObjArgs(x, PyUnicode_InternFromString("__eq__"), x, NULL)) \
    C(f->CallMethodObjArgs(x, PyUnicode_InternFromString("absent"), x, NULL)) C(f->CallMethodObjArgs(NULL, x, NULL)) C(f->CallMethodObjArgs(x, NULL, NULL)) \
    C(U("")) C(U("plain")) C(U("%%")) C(U("100%% of %d", 5)) C(U("%")) C(U("a%")) C(U("%y", 1)) C(U("%5")) C(U("%l")) C(U("\xc3\xa9 %d", 1)) C(U("%d \xff", 1)) \
    C(U("%c", 'x')) C(U("%c", 0x20ac)) C(U("%c", 0x1F600)) C(U("%c", -1)) C(U("%c", 0x110000)) C(U("%5c|", 'x')) C(U("%c", 0)) C(U("%lc", 'x')) \
    C(U("%d", -5)) C(U("%5d|", -5)) C(U("%-5d|", -5)) C(U("%05d|", -5)) C(U("%.4d|", -5)) C(U("%8.4d|", -5)) C(U("%-8.4d|", -5)) C(U("%08.4d|", -5)) C(U("%-08d|", -5)) C(U("%0-8d|", -5)) \
    C(U("%*d|", 6, 1)) C(U("%*d|", -6, 1)) C(U("%.*d|", 6, 1)) C(U("%.*d|", -6, 1)) C(U("%*.*d|", 8, 3, 1)) C(U("%.d|", 0)) C(U("%.0d|", 0)) \
    C(U("%i", INT_MIN)) C(U("%u", UINT_MAX)) C(U("%x", 0xABCDu)) C(U("%X", 0xABCDu)) C(U("%o", 8u)) C(U("%#x", 255u)) C(U("%+d", 5)) C(U("% d", 5)) \
    C(U("%ld", LONG_MIN)) C(U("%li", LONG_MAX)) C(U("%lu", ULONG_MAX)) C(U("%lx", ULONG_MAX)) C(U("%lo", ULONG_MAX)) C(U("%lX", ULONG_MAX)) \
    C(U("%lld", LLONG_MIN)) C(U("%llu", ULLONG_MAX)) C(U("%llx", ULLONG_MAX)) C(U("%llo", ULLONG_MAX)) C(U("%lli|%llX", LLONG_MAX, ULLONG_MAX)) \
    C(U("%zd", PY_SSIZE_T_MIN)) C(U("%zu", SIZE_MAX)) C(U("%zx", SIZE_MAX)) C(U("%zi|%zo|%zX", PY_SSIZE_T_MAX, SIZE_MAX, SIZE_MAX)) \
    C(U("%jd", INTMAX_MIN)) C(U("%ju", UINTMAX_MAX)) C(U("%jx", UINTMAX_MAX)) C(U("%td", PTRDIFF_MIN)) C(U("%tu", PTRDIFF_MAX)) C(U("%tx", PTRDIFF_MAX)) \
    C(U("%hd", 5)) C(U("%zs", "x")) C(U("%llc", 5)) C(U("%lld%d", 5LL, 6)) C(U("%99999999999999999999d", 5)) C(U("%.99999999999999999999d", 5)) \
    C(U("%p", (void *)0x1234abcd)) C(U("%p", NULL)) C(U("%20p|", (void *)0x1234)) C(U("%-20p|", (void *)0x1234)) C(U("%.10p|", (void *)0x1234)) C(U("%lp", (void *)1)) \
    C(U("%s", "text")) C(U("%s", "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")) C(U("%s", "\xff\xfe bad")) C(U("%10s|", "h\xc3\xa9")) C(U("%-10s|", "h\xc3\xa9")) C(U("%.3s|", "abcdef")) C(U("%10.3s|", "abcdef")) C(U("%-10.3s|", "abcdef")) C(U("%010s|", "x")) \
    C(U("%.1s|", "\xc3\xa9")) C(U("%.2s|", "\xc3\xa9")) C(U("%.2s|", "\xe2\x82\xac")) C(U("%.3s|", "a\xe2\x82\xac")) C(U("%.5s|", "ab\xf0\x9f\x98\x80")) C(U("%.2s|", "\xff\xff\xff")) C(U("%.1s|", "\xf8\x88")) C(U("%.2s|", "\xe0\x80\x80")) C(U("%.3s|", "\xed\xa0\x80")) C(U("%.2s|", "\xed\xa0\x80")) C(U("%.2s|", "\xf4\x90\x80\x80")) C(U("%.0s|", "abc")) C(U("%.*s|", 2, "abc")) C(U("%.*s|", -2, "abc")) C(U("%*s|", 5, "abc")) C(U("%.100s|", "abc")) C(U("%5%|")) C(U("%-%|")) C(U("%.3c", 1)) C(U("%.*ls|", -2, L"abc")) C(U("%0p", NULL)) C(U("%-p", NULL)) C(U("%#c", 1)) C(U("%0c", 1)) C(U("%0%")) \
    C(U("%ls|", L"wide\u20ac")) C(U("%.2ls|", L"wide")) C(U("%6.2ls|", L"wide")) C(U("%-6ls|", L"ab")) C(U("%lls", L"a")) \
    C(U("%U|%U", x, x)) C(U("%10U|", x)) C(U("%-10U|", x)) C(U("%.1U|", x)) C(U("%5.1U|", x)) \
    C(U("%S|", x)) C(U("%R|", x)) C(U("%A|", x)) C(U("%20S|%-20R|%.3A|", x, x, x)) C(U("%.0R|", x)) \
    C(U("%V|", x, "other")) C(U("%V|", NULL, "oth\xc3\xa9r")) C(U("%10.2V|", NULL, "other")) C(U("%lV|", NULL, L"wide")) C(U("%lV|", x, L"wide")) C(U("%.1V|", x, "other")) \
    C(U("%T|", x)) C(U("%#T|", x)) C(U("%N|", &PyList_Type)) C(U("%#N|", &PyList_Type)) C(U("%N|", x)) C(U("%20T|%.2T|", x, x)) C(U("%#N|%N", PyErr_NewException("made.up.Error", NULL, NULL), PyErr_NewException("made.up.Error", NULL, NULL))) \
    C(U("%d %s %U %R", 1, "two", x, x)) C(U("%300d|", 7)) C(U("%s%s%s", "a", "", "b")) C(U("%n", 1)) C(U("%f", 1.5)) C(U("%ll", 1)) C(U("%-", 1)) C(U("%.", 1)) C(U("%#d|%-#5d|", 5, 5)) \
    C(Y("")) C(Y("plain \xff")) C(Y("%%|%d", 5)) C(Y("%c", 255)) C(Y("%c", 256)) C(Y("%c", -1)) C(Y("%d|%i|%u|%x", -1, -2, 3u, 255u)) C(Y("%ld|%lu", LONG_MIN, ULONG_MAX)) C(Y("%zd|%zu", PY_SSIZE_T_MIN, SIZE_MAX)) \
    C(Y("%p", (void *)0xABC)) C(Y("%s|", "text\xff")) C(Y("%.2s|", "text")) C(Y("%10s|", "text")) C(Y("%.0s|", "text")) C(Y("%5d|", 3)) C(Y("%05d|", 3)) C(Y("%-5d|", 3)) C(Y("%lx|", 3L)) C(Y("%lld|", 3LL)) C(Y("a%yb%d", 3)) C(Y("%")) C(Y("a%")) C(Y("%l")) C(Y("%.5d|", 3)) C(Y("%.%|", 3)) C(Y("%s%s", "a", "b")) C(Y("%zx", 3)) C(Y("%li", 3L)) C(Y("%300d|", 3)) C(Y("%R", x)) C(Y("%p", NULL)) \
    C(f->ErrFormat(PyExc_ValueError, "%d %U", 3, x)) C(f->ErrFormat(PyExc_KeyError, "plain")) C(f->ErrFormat(PyExc_ValueError, "%y", 3)) C((fail(), f->ErrFormat(PyExc_ValueError, "over %d", 1))) \
    C(f->ErrFormat(PyExc_OSError, "%s", "\xff")) C(f->ErrFormat(x, "not a class %d", 1)) C(from_cause(f)) \
    C(none_if(f->WarnFormat(PyExc_UserWarning, 1, "warn %d %U", 1, x))) C(none_if(f->WarnFormat(NULL, 1, "default"))) C(none_if(f->WarnFormat(PyExc_DeprecationWarning, 2, "level"))) C(none_if(f->WarnFormat(PyExc_UserWarning, 1, "%y", 1))) C(none_if(f->WarnFormat(x, 1, "no category"))) \
    C(none_if(f->ResourceWarning(x, 1, "unclosed %R", x))) C(none_if(f->ResourceWarning(x, 1, "%y"))) \
    C(unraisable(f, "Exception ignored in case %d", 3)) C(unraisable(f, NULL, 3)) C(unraisable(f, "%y", 3)) \
    C(snprintf_case(f, 16, 5)) C(snprintf_case(f, 4, 123456)) C(snprintf_case(f, 1, 5)) \
    C(printed(0, f->WriteStdout, PyUnicode_FromString("text"))) C(printed(1, f->WriteStdout, PyUnicode_FromString("h\xc3\xa9"))) C(printed(0, f->FormatStdout, PyUnicode_FromString("text"))) C(printed(1, f->FormatStdout, PyUnicode_FromString("h\xc3\xa9"))) \
    C(printed(0, f->WriteStdout, PyUnicode_FromFormat("%1500d", 5))) C(printed(0, f->FormatStdout, PyUnicode_FromFormat("%1500d", 5))) \
    C(printed(0, f->WriteStdout, PyUnicode_FromFormat("%996d", 5))) C(printed(0, f->WriteStdout, PyUnicode_FromFormat("%998d", 5))) C(printed(0, f->WriteStdout, PyUnicode_FromFormat("%999d", 5)))

#define C(call) #call,
static const char *const CASE_NAMES[] = {CASES NULL};
#undef C

static PyObject *run_numbered(int number, const implementation *f, PyObject *x)
{
    int at = 0;
#define C(call)                                                                             \
    if (at++ == number) {                                                                   \
        return call;                                                                        \
    }
    CASES
#undef C
    PyErr_SetNone(PyExc_IndexError);
    return NULL;
}
