/* What the C shims share. They hold no state and no policy: what they do is what `...` keeps Rust from doing. */
#ifndef EMUL_H
#define EMUL_H

#include "calls.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Arguments built from a format, for a call: new references. */
typedef struct {
    PyObject **items;
    Py_ssize_t count;
    PyObject *few[6];
} _Emul_arguments;

/* Build one argument for each value of `format` (NULL or "": none); -1 with an exception. */
Py_LOCAL_SYMBOL int _Emul_BuildArguments(_Emul_arguments *built, const char *format, va_list values);
Py_LOCAL_SYMBOL void _Emul_ReleaseArguments(_Emul_arguments *built);

/* The name of `candidates` (NULL ends it) that is most like `name`, a str, or NULL where none is like it. */
Py_LOCAL_SYMBOL const char *_Emul_Suggest(PyObject *name, const char *const *candidates);

static inline const char *plural(Py_ssize_t n)
{
    return n == 1 ? "" : "s";
}

/* ctype without the locale. */
static inline int is_digit(char c)
{
    return '0' <= c && c <= '9';
}

static inline int is_letter(char c)
{
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}

#endif
