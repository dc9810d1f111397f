/* Reading arguments: PyArg_Parse and its family.
 *
 * One conversion per format unit (convert_simple), one walk over positional arguments (here), one over keywords. The functions
 * that take `...` start a va_list and call the form that takes one. Error messages are CPython's, letter for letter:
 * programs show them and tests compare them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

typedef struct {
    int min;
    int max;
    const char *fname;
    const char *message;
} shape;

/* How many arguments a format of PyArg_ParseTuple wants, and the texts behind it. */
static shape shape_of(const char *format)
{
    shape found = {-1, 0, NULL, NULL};
    int depth = 0;
    for (; !end_of_format(*format); format++) {
        char c = *format;
        if (c == '(' && ++depth >= 30) {
            Py_FatalError("too many tuple nesting levels in argument format string");
        }
        if (c == ')' && --depth < 0) {
            Py_FatalError("excess ')' in getargs format");
        }
        if (c == '|' && depth == 0) {
            found.min = found.max;
        }
        if ((c == '(' && depth == 1) || (depth == 0 && is_letter(c) && c != 'e')) {
            found.max++;
        }
    }
    if (depth != 0) {
        Py_FatalError("missing ')' in getargs format");
    }
    if (*format == ':') {
        found.fname = format + 1;
    }
    if (*format == ';') {
        found.message = format + 1;
    }
    if (found.min < 0) {
        found.min = found.max;
    }
    return found;
}

static int check_count(const parse *p, shape wanted, Py_ssize_t nargs)
{
    if (wanted.min <= nargs && nargs <= wanted.max) {
        return 1;
    }
    if (wanted.message != NULL) {
        PyErr_SetString(PyExc_TypeError, wanted.message);
        return 0;
    }
    int limit = nargs < wanted.min ? wanted.min : wanted.max;
    PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", name_of(p), parens_of(p),
                 wanted.min == wanted.max ? "exactly" : nargs < wanted.min ? "at least" : "at most", limit,
                 plural(limit), nargs);
    return 0;
}

static int convert_positional(parse *p, PyObject *const *args, Py_ssize_t nargs, const char *format)
{
    const char *whole = format;
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (*format == '|') {
            format++;
        }
        const char *error = _Emul_ConvertItem(p, args[i], &format, p->levels);
        if (error != NULL) {
            _Emul_RaiseForArgument(p, i + 1, error, p->levels);
            return 0;
        }
    }
    if (!end_of_format(*format) && !is_letter(*format) && *format != '(' && *format != '|') {
        PyErr_Format(PyExc_SystemError, "bad format string: %.200s", whole);
        return 0;
    }
    return 1;
}

static int parse_stack(PyObject *const *args, Py_ssize_t nargs, const char *format, va_list targets)
{
    parse p;
    shape wanted = shape_of(format);
    _Emul_ParseBegin(&p, wanted.fname, wanted.message);
    if (!check_count(&p, wanted, nargs)) {
        return 0;
    }
    va_copy(p.targets, targets);
    int done = _Emul_ParseEnd(&p, convert_positional(&p, args, nargs, format));
    va_end(p.targets);
    return done;
}

static int parse_tuple(PyObject *args, const char *format, va_list targets)
{
    if (args == NULL || !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    return parse_stack(&PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), format, targets);
}

/* PyArg_Parse: a format of one unit, which need not be in a tuple. */
static int parse_single(PyObject *arg, const char *format, va_list targets)
{
    parse p;
    shape wanted = shape_of(format);
    _Emul_ParseBegin(&p, wanted.fname, wanted.message);
    if (wanted.max == 0) {
        if (arg == NULL) {
            return 1;
        }
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", name_of(&p), parens_of(&p));
        return 0;
    }
    if (wanted.min != 1 || wanted.max != 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return 0;
    }
    if (arg == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at least one argument", name_of(&p), parens_of(&p));
        return 0;
    }
    va_copy(p.targets, targets);
    const char *error = _Emul_ConvertItem(&p, arg, &format, p.levels);
    if (error != NULL) {
        _Emul_RaiseForArgument(&p, p.levels[0], error, p.levels[0] == 0 ? p.levels : p.levels + 1);
    }
    va_end(p.targets);
    return _Emul_ParseEnd(&p, error == NULL);
}

int PyArg_VaParse(PyObject *args, const char *format, va_list targets)
{
    return parse_tuple(args, format, targets);
}

int PyArg_Parse(PyObject *arg, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_single(arg, format, targets);
    va_end(targets);
    return done;
}

int PyArg_ParseTuple(PyObject *args, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_tuple(args, format, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_stack(args, nargs, format, targets);
    va_end(targets);
    return done;
}

/* ---- names from before 3.13, when '#' without PY_SSIZE_T_CLEAN was an int ---- */

int _PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list targets)
{
    return parse_tuple(args, format, targets);
}

int _PyArg_Parse_SizeT(PyObject *arg, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_single(arg, format, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...)
{
    va_list targets;
    va_start(targets, format);
    int done = parse_tuple(args, format, targets);
    va_end(targets);
    return done;
}
