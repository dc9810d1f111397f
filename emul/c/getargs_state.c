/* One call that reads arguments: what it takes back when it fails, and how it says which argument is wrong. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "getargs.h"

void _Emul_ParseBegin(parse *p, const char *fname, const char *message)
{
    p->fname = fname;
    p->message = message;
    p->levels[0] = 0;
    p->cleanups = p->few;
    p->cleanup_count = 0;
    p->cleanup_space = FEW_CLEANUPS;
}

/* Remember to undo a conversion if a later one fails; -1 without memory. */
int _Emul_ParseUndo(parse *p, int kind, void *target, converter convert)
{
    if (p->cleanup_count == p->cleanup_space) {
        size_t size = (size_t)p->cleanup_space * 2 * sizeof(cleanup);
        cleanup *more = PyMem_Malloc(size);
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        memcpy(more, p->cleanups, (size_t)p->cleanup_count * sizeof(cleanup));
        if (p->cleanups != p->few) {
            PyMem_Free(p->cleanups);
        }
        p->cleanups = more;
        p->cleanup_space *= 2;
    }
    cleanup *last = &p->cleanups[p->cleanup_count++];
    last->kind = kind;
    last->target = target;
    last->convert = convert;
    return 0;
}

static void undo(const cleanup *done)
{
    switch (done->kind) {
    case FREE_MEMORY:
        PyMem_Free(*(void **)done->target);
        *(void **)done->target = NULL;
        break;
    case RELEASE_BUFFER:
        PyBuffer_Release(done->target);
        break;
    case CALL_CONVERTER:
        done->convert(NULL, done->target);
        break;
    }
}

int _Emul_ParseEnd(parse *p, int succeeded)
{
    if (!succeeded) {
        for (Py_ssize_t i = 0; i < p->cleanup_count; i++) {
            undo(&p->cleanups[i]);
        }
    }
    if (p->cleanups != p->few) {
        PyMem_Free(p->cleanups);
    }
    return succeeded;
}

/* Raise for argument number `iarg` (0: the only one). An exception that is set already says more. */
void _Emul_RaiseForArgument(parse *p, Py_ssize_t iarg, const char *text, const Py_ssize_t *levels)
{
    if (PyErr_Occurred()) {
        return;
    }
    const char *message = p->message;
    char whole[512];
    if (message == NULL) {
        size_t used = 0;
        if (p->fname != NULL) {
            PyOS_snprintf(whole, sizeof(whole), "%.200s() ", p->fname);
            used = strlen(whole);
        }
        PyOS_snprintf(whole + used, sizeof(whole) - used, "argument");
        used += strlen(whole + used);
        if (iarg != 0) {
            PyOS_snprintf(whole + used, sizeof(whole) - used, " %zd", iarg);
            used += strlen(whole + used);
            for (int i = 0; i < NESTING && levels[i] > 0 && used < 220; i++) {
                PyOS_snprintf(whole + used, sizeof(whole) - used, ", item %zd", levels[i] - 1);
                used += strlen(whole + used);
            }
        }
        PyOS_snprintf(whole + used, sizeof(whole) - used, " %.256s", text);
        message = whole;
    }
    /* A parenthesis says that the format is wrong, not the argument. */
    PyErr_SetString(text[0] == '(' ? PyExc_SystemError : PyExc_TypeError, message);
}

const char *_Emul_Mismatch(parse *p, const char *expected, PyObject *arg)
{
    if (expected[0] == '(') {
        PyOS_snprintf(p->text, sizeof(p->text), "%.100s", expected);
    }
    else {
        PyOS_snprintf(p->text, sizeof(p->text), "must be %.50s, not %.50s", expected, type_name(arg));
    }
    return p->text;
}
