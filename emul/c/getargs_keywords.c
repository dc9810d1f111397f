/* Reading arguments by position and name: PyArg_ParseTupleAndKeywords and its family. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

/* Where keyword arguments come from: a dict, or names and the values behind the positional arguments. */
typedef struct {
    PyObject *dict;
    PyObject *names;
    PyObject *const *values;
} keyword_source;

static Py_ssize_t keyword_count(const keyword_source *given)
{
    if (given->names != NULL) {
        return PyTuple_GET_SIZE(given->names);
    }
    return given->dict == NULL ? 0 : PyDict_Size(given->dict);
}

/* A new reference to the argument called `name`, or NULL; -1 with an exception. */
static int find_keyword(const keyword_source *given, const char *name, PyObject **value)
{
    *value = NULL;
    if (given->names == NULL) {
        return given->dict == NULL ? 0 : PyDict_GetItemStringRef(given->dict, name, value);
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(given->names); i++) {
        PyObject *given_name = PyTuple_GET_ITEM(given->names, i);
        if (PyUnicode_Check(given_name) && PyUnicode_EqualToUTF8(given_name, name)) {
            *value = Py_NewRef(given->values[i]);
            return 1;
        }
    }
    return 0;
}

static const char *skip_item(parse *p, const char **format);

/* Step over the targets of a parenthesized sequence. */
static const char *skip_sequence(parse *p, const char **format)
{
    while (**format != ')') {
        if (end_of_format(**format)) {
            return "Unmatched left paren in format string";
        }
        const char *error = skip_item(p, format);
        if (error != NULL) {
            return error;
        }
    }
    ++*format;
    return NULL;
}

/* Step over a unit whose argument was not given. */
static const char *skip_item(parse *p, const char **format)
{
    char unit = *(*format)++;
    switch (unit) {
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'k': case 'L': case 'K': case 'n':
    case 'f': case 'd': case 'D': case 'c': case 'C': case 'p': case 'S': case 'Y': case 'U':
        (void)va_arg(p->targets, void *);
        return NULL;
    case 'e':
        (void)va_arg(p->targets, const char *);
        if (**format != 's' && **format != 't') {
            break;
        }
        ++*format;
        /* fall through */
    case 's': case 'z': case 'y': case 'w':
        (void)va_arg(p->targets, void *);
        if (unit == 'w' && **format != '*') {
            break;
        }
        if (**format == '#') {
            (void)va_arg(p->targets, Py_ssize_t *);
            ++*format;
        }
        else if (**format == '*' && unit != 'e') {
            ++*format;
        }
        return NULL;
    case 'O':
        (void)va_arg(p->targets, void *);
        if (**format == '!' || **format == '&') {
            (void)va_arg(p->targets, void *);
            ++*format;
        }
        return NULL;
    case '(':
        return skip_sequence(p, format);
    case ')':
        return "Unmatched right paren in format string";
    default:
        break;
    }
    return "impossible<bad format char>";
}

/* A call with keywords: what was given, and what the walk over the format found so far. */
typedef struct {
    parse p;
    const char *const *keywords;
    int len; /* all parameters */
    int pos; /* positional-only ones: their names are empty */
    int min; /* required ones, known behind '|' */
    int max; /* positional ones, known behind '$' */
    PyObject *const *args;
    Py_ssize_t nargs;
    keyword_source given;
    Py_ssize_t unused; /* keyword arguments that no parameter took yet */
    int prepared;      /* called with a _PyArg_Parser: one message differs */
} keyword_parse;

static int count_keywords(keyword_parse *k)
{
    for (k->pos = 0; k->keywords[k->pos] && !*k->keywords[k->pos]; k->pos++) {
    }
    for (k->len = k->pos; k->keywords[k->len]; k->len++) {
        if (!*k->keywords[k->len]) {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    }
    return 1;
}

static int raise_positional(keyword_parse *k, const char *how, Py_ssize_t limit)
{
    if (limit == 0) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", name_of(&k->p), parens_of(&k->p));
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %zd positional argument%s (%zd given)", name_of(&k->p),
                 parens_of(&k->p), how, limit, plural(limit), k->nargs);
    return 0;
}

/* Read '|' and '$' in front of parameter `i`. */
static int read_markers(keyword_parse *k, const char **format, int i)
{
    if (**format == '|') {
        if (k->min != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string (| specified twice)");
            return 0;
        }
        k->min = i;
        ++*format;
        if (k->max != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string ($ before |)");
            return 0;
        }
    }
    if (**format == '$') {
        if (k->max != INT_MAX) {
            PyErr_SetString(PyExc_SystemError, "Invalid format string ($ specified twice)");
            return 0;
        }
        k->max = i;
        ++*format;
        if (k->max < k->pos) {
            PyErr_SetString(PyExc_SystemError, "Empty parameter name after $");
            return 0;
        }
    }
    return 1;
}

/* The argument for parameter `i`, by position or name: a new reference, NULL where none was given. */
static int argument_for(keyword_parse *k, int i, PyObject **value)
{
    *value = NULL;
    if (i < k->nargs) {
        *value = Py_NewRef(k->args[i]);
        return 0;
    }
    if (k->unused == 0 || i < k->pos) {
        return 0;
    }
    if (find_keyword(&k->given, k->keywords[i], value) < 0) {
        return -1;
    }
    k->unused -= *value != NULL;
    return 0;
}

static int convert_argument(keyword_parse *k, int i, PyObject *value, const char **format)
{
    const char *error = _Emul_ConvertItem(&k->p, value, format, k->p.levels);
    Py_DECREF(value);
    if (error != NULL) {
        _Emul_RaiseForArgument(&k->p, i + 1, error, k->p.levels);
        return 0;
    }
    return 1;
}

/* A required positional-only argument is missing: the format's markers are needed to say how many there must be. */
static int raise_missing_positional(keyword_parse *k, int i)
{
    int least = Py_MIN(k->pos, k->min);
    return raise_positional(k, least < i ? "at least" : "exactly", least);
}

static int raise_missing(keyword_parse *k, int i)
{
    PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)", name_of(&k->p),
                 parens_of(&k->p), k->keywords[i], i + 1);
    return 0;
}

static int is_parameter(const keyword_parse *k, PyObject *name)
{
    for (int i = k->pos; i < k->len; i++) {
        if (PyUnicode_EqualToUTF8(name, k->keywords[i])) {
            return 1;
        }
    }
    return 0;
}

static int check_name(const keyword_parse *k, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    if (is_parameter(k, name)) {
        return 1;
    }
    const char *fname = k->p.fname == NULL ? "this function" : k->p.fname;
    const char *meant = _Emul_Suggest(name, k->keywords + k->pos);
    if (meant != NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'. Did you mean '%s'?", fname,
                     parens_of(&k->p), name, meant);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'", fname, parens_of(&k->p),
                     name);
    }
    return 0;
}

/* Some keyword argument is left: it repeats a positional one, or nobody knows its name. */
static int explain_unused(keyword_parse *k)
{
    for (int i = k->pos; i < k->nargs && i < k->len; i++) {
        PyObject *value;
        int found = find_keyword(&k->given, k->keywords[i], &value);
        Py_XDECREF(value);
        if (found != 0) {
            if (found > 0) {
                PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                             name_of(&k->p), parens_of(&k->p), k->keywords[i], i + 1);
            }
            return 0;
        }
    }
    if (k->given.names != NULL) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(k->given.names); i++) {
            if (!check_name(k, PyTuple_GET_ITEM(k->given.names, i))) {
                return 0;
            }
        }
    }
    else {
        PyObject *name;
        Py_ssize_t position = 0;
        while (PyDict_Next(k->given.dict, &position, &name, NULL)) {
            if (!check_name(k, name)) {
                return 0;
            }
        }
    }
    /* It is one of them by its text, and none by its own `__eq__`; or it is there twice. */
    PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s",
                 k->p.fname == NULL ? "this function" : k->p.fname, parens_of(&k->p));
    return 0;
}

static int convert_with_keywords(keyword_parse *k, const char *format)
{
    int missing_positional = 0;
    int i;
    for (i = 0; i < k->len; i++) {
        char marker = *format;
        if (!read_markers(k, &format, i)) {
            return 0;
        }
        if ((marker == '$' || marker == '|') && k->max == i) {
            if (missing_positional) {
                break;
            }
            if (k->max < k->nargs) {
                int optional = k->prepared ? k->min < k->max : k->min != INT_MAX;
                return raise_positional(k, optional ? "at most" : "exactly", k->max);
            }
        }
        if (end_of_format(*format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", k->len, i);
            return 0;
        }
        if (!missing_positional) {
            PyObject *value;
            if (argument_for(k, i, &value) < 0) {
                return 0;
            }
            if (value != NULL) {
                if (!convert_argument(k, i, value, &format)) {
                    return 0;
                }
                continue;
            }
            if (i < k->min && i >= k->pos) {
                return raise_missing(k, i);
            }
            missing_positional = i < k->min;
            /* All that was given has been converted; the rest of the format is not looked at. */
            if (k->unused == 0 && !missing_positional) {
                return 1;
            }
        }
        const char *unit = format;
        const char *error = skip_item(&k->p, &format);
        if (error != NULL) {
            PyErr_Format(PyExc_SystemError, "%s: '%s'", error, unit);
            return 0;
        }
    }
    if (missing_positional) {
        return raise_missing_positional(k, i);
    }
    if (!end_of_format(*format) && *format != '|' && *format != '$') {
        PyErr_Format(PyExc_SystemError,
                     "more argument specifiers than keyword list entries (remaining format:'%s')", format);
        return 0;
    }
    return k->unused == 0 || explain_unused(k);
}

static int parse_keywords(keyword_parse *k, const char *format, va_list targets)
{
    const char *fname = strchr(format, ':');
    const char *message = fname == NULL ? strchr(format, ';') : NULL;
    _Emul_ParseBegin(&k->p, fname == NULL ? NULL : fname + 1, message == NULL ? NULL : message + 1);
    if (!count_keywords(k)) {
        return 0;
    }
    k->min = k->max = INT_MAX;
    k->unused = keyword_count(&k->given);
    Py_ssize_t count = k->nargs + k->unused;
    if (count > k->len) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", name_of(&k->p),
                     parens_of(&k->p), k->len, k->nargs == 0 ? "keyword " : "", plural(k->len), count);
        return 0;
    }
    va_copy(k->p.targets, targets);
    int done = _Emul_ParseEnd(&k->p, convert_with_keywords(k, format));
    va_end(k->p.targets);
    return done;
}

static int parse_tuple_and_dict(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords,
                                int prepared, va_list targets)
{
    if (args == NULL || !PyTuple_Check(args) || (kwargs != NULL && !PyDict_Check(kwargs)) || format == NULL ||
        keywords == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    keyword_parse k = {
        .keywords = keywords,
        .args = &PyTuple_GET_ITEM(args, 0),
        .nargs = PyTuple_GET_SIZE(args),
        .given = {.dict = kwargs},
        .prepared = prepared,
    };
    return parse_keywords(&k, format, targets);
}

int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                  va_list targets)
{
    return parse_tuple_and_dict(args, kwargs, format, (const char *const *)keywords, 0, targets);
}

int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords, ...)
{
    va_list targets;
    va_start(targets, keywords);
    int done = PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, ...)
{
    va_list targets;
    va_start(targets, parser);
    int done = parse_tuple_and_dict(args, kwargs, parser->format, parser->keywords, 1, targets);
    va_end(targets);
    return done;
}

int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
                                 struct _PyArg_Parser *parser, ...)
{
    keyword_parse k = {
        .keywords = parser->keywords,
        .args = args,
        .nargs = nargs,
        .given = {.names = kwnames, .values = args == NULL ? NULL : args + nargs},
        .prepared = 1,
    };
    va_list targets;
    va_start(targets, parser);
    int done = parse_keywords(&k, parser->format, targets);
    va_end(targets);
    return done;
}

/* ---- names from before 3.13, when '#' without PY_SSIZE_T_CLEAN was an int ---- */

int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                         va_list targets)
{
    return PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
}

int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, char *const *keywords,
                                       ...)
{
    va_list targets;
    va_start(targets, keywords);
    int done = PyArg_VaParseTupleAndKeywords(args, kwargs, format, keywords, targets);
    va_end(targets);
    return done;
}
