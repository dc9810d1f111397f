/* What the files that read arguments share: the state of one call, and the conversions. */
#ifndef EMUL_GETARGS_H
#define EMUL_GETARGS_H

#include "emul.h"

enum { TEXT_SIZE = 256, NESTING = 32, FEW_CLEANUPS = 8 };

typedef int (*converter)(PyObject *, void *);

typedef struct {
    enum { FREE_MEMORY, RELEASE_BUFFER, CALL_CONVERTER } kind;
    void *target;
    converter convert;
} cleanup;

/* One call of a parsing function. */
typedef struct {
    va_list targets;
    const char *fname;   /* after ':' in the format, or NULL */
    const char *message; /* after ';' in the format, or NULL */
    /* Where in nested sequences the failed item is, counted from 1; 0 ends the list. */
    Py_ssize_t levels[NESTING + 1];
    char text[TEXT_SIZE];
    cleanup *cleanups;
    Py_ssize_t cleanup_count;
    Py_ssize_t cleanup_space;
    cleanup few[FEW_CLEANUPS];
} parse;

static inline const char *name_of(const parse *p)
{
    return p->fname == NULL ? "function" : p->fname;
}

static inline const char *parens_of(const parse *p)
{
    return p->fname == NULL ? "" : "()";
}

static inline const char *type_name(PyObject *arg)
{
    return arg == Py_None ? "None" : Py_TYPE(arg)->tp_name;
}

static inline int end_of_format(char c)
{
    return c == '\0' || c == ':' || c == ';';
}

Py_LOCAL_SYMBOL void _Emul_ParseBegin(parse *p, const char *fname, const char *message);
/* Remember to undo a conversion if a later one fails; -1 without memory. */
Py_LOCAL_SYMBOL int _Emul_ParseUndo(parse *p, int kind, void *target, converter convert);
/* The end of a call, which takes back what it converted if it did not succeed; `succeeded` again. */
Py_LOCAL_SYMBOL int _Emul_ParseEnd(parse *p, int succeeded);
/* Raise for argument number `iarg` (0: the only one). An exception that is set already says more. */
Py_LOCAL_SYMBOL void _Emul_RaiseForArgument(parse *p, Py_ssize_t iarg, const char *text, const Py_ssize_t *levels);

/* A conversion returns NULL for success, else the text of the error; where an exception is set the text is not used. */
#define EXCEPTION_IS_SET ""

/* The text for an argument that is not what was `expected`; a parenthesis says that the format is wrong. */
Py_LOCAL_SYMBOL const char *_Emul_Mismatch(parse *p, const char *expected, PyObject *arg);

/* One argument by one unit of the format. */
Py_LOCAL_SYMBOL const char *_Emul_ConvertNumber(parse *p, char unit, PyObject *arg);
Py_LOCAL_SYMBOL const char *_Emul_ConvertByte(parse *p, PyObject *arg);
Py_LOCAL_SYMBOL const char *_Emul_ConvertCharacter(parse *p, PyObject *arg);
Py_LOCAL_SYMBOL const char *_Emul_ConvertTruth(parse *p, PyObject *arg);
Py_LOCAL_SYMBOL const char *_Emul_ConvertText(parse *p, char unit, PyObject *arg, const char **format);
Py_LOCAL_SYMBOL const char *_Emul_ConvertWritable(parse *p, PyObject *arg, const char **format);
Py_LOCAL_SYMBOL const char *_Emul_ConvertEncoded(parse *p, PyObject *arg, const char **format);
/* A unit or a parenthesized sequence of them; `levels` gets the place of the item that failed. */
Py_LOCAL_SYMBOL const char *_Emul_ConvertItem(parse *p, PyObject *arg, const char **format, Py_ssize_t *levels);

#endif
