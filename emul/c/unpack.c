/* _PyArg_UnpackKeywords and its sibling: what Argument Clinic's functions call when their arguments did not come by position
 * alone. Each parameter gets its place in an array; converting them is the caller's part. The words of the errors are
 * CPython's. */
#include <Python.h>

#include "emul.h"

/* The prototypes are in CPython's internal headers, which nobody may include: see docs/coverage.md. */
PyObject *const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                                       struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject **buf);
PyObject *const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
                                                 PyObject *kwnames, struct _PyArg_Parser *parser, int minpos,
                                                 int maxpos, int minkw, int vararg, PyObject **buf);

/* One call. */
typedef struct {
    const _PyArg_Parser *parser;
    const char *fname; /* NULL: the function tells no name */
    int pos;           /* positional-only parameters: their names are empty */
    int len;           /* all parameters that have a name or a place of their own */
    int minpos;
    int maxpos;
    int minkw;
    PyObject *const *args;
    Py_ssize_t nargs;
    PyObject *kwargs;        /* a dict, or NULL */
    PyObject *kwnames;       /* a tuple, or NULL */
    PyObject *const *values; /* those of kwnames */
    Py_ssize_t unused;       /* keyword arguments that no parameter took yet */
    int takes_rest;          /* there is a *args */
} unpack;

static const char *name_of(const unpack *u)
{
    return u->fname == NULL ? "function" : u->fname;
}

static const char *parens_of(const unpack *u)
{
    return u->fname == NULL ? "" : "()";
}

static const char *keyword_at(const unpack *u, int i)
{
    return u->parser->keywords[i];
}

/* Where the parser tells only a format, the function's name stands behind its colon. */
static const char *function_name(const _PyArg_Parser *parser)
{
    if (parser->fname != NULL || parser->format == NULL) {
        return parser->fname;
    }
    const char *colon = strchr(parser->format, ':');
    return colon == NULL ? NULL : colon + 1;
}

static unpack call_of(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                      const _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject *const *buf)
{
    return (unpack){
        .parser = parser,
        .minpos = minpos,
        .maxpos = maxpos,
        .minkw = minkw,
        .args = args == NULL ? buf : args,
        .nargs = nargs,
        .kwargs = kwargs,
        .kwnames = kwnames,
    };
}

static int begin(unpack *u)
{
    if (u->kwargs != NULL && !PyDict_Check(u->kwargs)) {
        PyErr_BadInternalCall();
        return 0;
    }
    u->fname = function_name(u->parser);
    while (keyword_at(u, u->pos) != NULL && !*keyword_at(u, u->pos)) {
        u->pos++;
    }
    for (u->len = u->pos; keyword_at(u, u->len) != NULL; u->len++) {
        if (!*keyword_at(u, u->len)) {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    }
    if (u->kwargs != NULL) {
        u->unused = PyDict_Size(u->kwargs);
    }
    else if (u->kwnames != NULL) {
        u->unused = PyTuple_GET_SIZE(u->kwnames);
        u->values = u->args + u->nargs;
    }
    return 1;
}

/* The argument called `name`, borrowed; NULL with an exception if looking it up failed. */
static PyObject *find(const unpack *u, const char *name)
{
    if (u->kwargs != NULL) {
        return _PyDict_GetItemStringWithError(u->kwargs, name);
    }
    for (Py_ssize_t i = 0; u->kwnames != NULL && i < PyTuple_GET_SIZE(u->kwnames); i++) {
        PyObject *given = PyTuple_GET_ITEM(u->kwnames, i);
        if (PyUnicode_Check(given) && PyUnicode_EqualToUTF8(given, name)) {
            return u->values[i];
        }
    }
    return NULL;
}

static void raise_too_many(const unpack *u)
{
    PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", name_of(u), parens_of(u),
                 u->len, u->nargs == 0 ? "keyword " : "", plural(u->len), u->nargs + u->unused);
}

static void raise_positional(const unpack *u, const char *how, int limit)
{
    if (limit == 0) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", name_of(u), parens_of(u));
        return;
    }
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", name_of(u), parens_of(u),
                 how, limit, plural(limit), u->nargs);
}

static int check_least_positional(const unpack *u)
{
    int least = Py_MIN(u->pos, u->minpos);
    if (u->nargs >= least) {
        return 1;
    }
    raise_positional(u, least < u->maxpos ? "at least" : "exactly", least);
    return 0;
}

/* Take the keyword argument for parameter `i`, or NULL where it may be left out. */
static int take(unpack *u, int i, PyObject **place)
{
    *place = u->unused > 0 ? find(u, keyword_at(u, i)) : NULL;
    if (*place != NULL) {
        u->unused--;
        return 1;
    }
    if (u->unused > 0 && PyErr_Occurred()) {
        return 0;
    }
    if (i < u->minpos || (u->maxpos <= i && i < u->maxpos + u->minkw)) {
        PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)", name_of(u), parens_of(u),
                     keyword_at(u, i), i + 1);
        return 0;
    }
    return 1;
}

static int is_parameter(const unpack *u, PyObject *name)
{
    for (int i = u->pos; i < u->len; i++) {
        if (PyUnicode_EqualToUTF8(name, keyword_at(u, i))) {
            return 1;
        }
    }
    return 0;
}

/* Whether the name is a parameter's; raises otherwise. */
static int check_name(const unpack *u, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    if (is_parameter(u, name)) {
        return 1;
    }
    const char *fname = u->fname == NULL ? "this function" : u->fname;
    const char *meant = _Emul_Suggest(name, u->parser->keywords + u->pos);
    if (meant == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'", fname, parens_of(u), name);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'. Did you mean '%s'?", fname,
                     parens_of(u), name, meant);
    }
    return 0;
}

static void explain_unused(const unpack *u)
{
    for (int i = u->pos; i < Py_MIN(u->nargs, u->len) && !u->takes_rest; i++) {
        if (find(u, keyword_at(u, i)) != NULL) {
            PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)", name_of(u),
                         parens_of(u), keyword_at(u, i), i + 1);
            return;
        }
        if (PyErr_Occurred()) {
            return;
        }
    }
    for (Py_ssize_t i = 0; u->kwnames != NULL && i < PyTuple_GET_SIZE(u->kwnames); i++) {
        if (!check_name(u, PyTuple_GET_ITEM(u->kwnames, i))) {
            return;
        }
    }
    PyObject *name;
    Py_ssize_t position = 0;
    while (u->kwargs != NULL && PyDict_Next(u->kwargs, &position, &name, NULL)) {
        if (!check_name(u, name)) {
            return;
        }
    }
    /* A name that is there twice, or a dict that changed meanwhile. */
    PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s", u->fname == NULL ? "this function" : u->fname,
                 parens_of(u));
}

static int unpack_all(unpack *u, PyObject **buf)
{
    if (u->nargs + u->unused > u->len) {
        raise_too_many(u);
        return 0;
    }
    if (u->nargs > u->maxpos) {
        raise_positional(u, u->minpos < u->maxpos ? "at most" : "exactly", u->maxpos);
        return 0;
    }
    if (!check_least_positional(u)) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < u->nargs; i++) {
        buf[i] = u->args[i];
    }
    for (int i = (int)u->nargs; i < u->pos; i++) {
        buf[i] = NULL;
    }
    for (int i = Py_MAX((int)u->nargs, u->pos); i < u->len; i++) {
        if (!take(u, i, &buf[i])) {
            return 0;
        }
    }
    if (u->unused > 0) {
        explain_unused(u);
        return 0;
    }
    return 1;
}

PyObject *const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames,
                                       struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject **buf)
{
    unpack u = call_of(args, nargs, kwargs, kwnames, parser, minpos, maxpos, minkw, buf);
    if (!begin(&u)) {
        return NULL;
    }
    if (u.unused == 0 && minkw == 0 && minpos <= nargs && nargs <= maxpos) {
        return u.args; /* as they came */
    }
    return unpack_all(&u, buf) ? buf : NULL;
}

/* With `*args`: what positional arguments the parameters leave goes to a tuple in `buf[vararg]`, which is the caller's. */
static int unpack_rest(unpack *u, int vararg, PyObject **buf)
{
    Py_ssize_t before = Py_MIN(u->nargs, (Py_ssize_t)vararg);
    for (Py_ssize_t i = 0; i < before; i++) {
        buf[i] = u->args[i];
    }
    for (int i = (int)before; i < Py_MIN(u->pos, vararg); i++) {
        buf[i] = NULL;
    }
    for (Py_ssize_t i = before; i < u->nargs; i++) {
        PyTuple_SET_ITEM(buf[vararg], i - vararg, Py_NewRef(u->args[i]));
    }
    for (int i = Py_MAX((int)before, u->pos); i < u->len; i++) {
        if (!take(u, i, &buf[i < vararg ? i : i + 1])) {
            return 0;
        }
    }
    if (u->unused > 0) {
        explain_unused(u);
        return 0;
    }
    return 1;
}

PyObject *const *_PyArg_UnpackKeywordsWithVararg(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs,
                                                 PyObject *kwnames, struct _PyArg_Parser *parser, int minpos,
                                                 int maxpos, int minkw, int vararg, PyObject **buf)
{
    unpack u = call_of(args, nargs, kwargs, kwnames, parser, minpos, maxpos, minkw, buf);
    u.takes_rest = 1;
    if (!begin(&u) || !check_least_positional(&u)) {
        return NULL;
    }
    buf[vararg] = PyTuple_New(Py_MAX(nargs - vararg, 0));
    if (buf[vararg] == NULL) {
        return NULL;
    }
    if (!unpack_rest(&u, vararg, buf)) {
        Py_CLEAR(buf[vararg]);
        return NULL;
    }
    return buf;
}
