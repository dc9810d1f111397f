/* "Did you mean": which keyword a wrong one was meant to be, by edit distance. The costs and limits are CPython's, so that
 * messages are the same. */
#include <Python.h>

#include "emul.h"

enum { EDIT = 2, CHANGE_OF_CASE = 1, LONGEST = 40 };

static char lower(char c)
{
    return 'A' <= c && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static Py_ssize_t substitution(char a, char b)
{
    if (a == b) {
        return 0;
    }
    return lower(a) == lower(b) ? CHANGE_OF_CASE : EDIT;
}

/* Levenshtein's distance, one row at a time; anything above `limit` once it cannot be reached any more. */
static Py_ssize_t distance(const char *a, Py_ssize_t a_size, const char *b, Py_ssize_t b_size, Py_ssize_t limit)
{
    while (a_size > 0 && b_size > 0 && *a == *b) {
        a++, b++, a_size--, b_size--;
    }
    while (a_size > 0 && b_size > 0 && a[a_size - 1] == b[b_size - 1]) {
        a_size--, b_size--;
    }
    if (a_size == 0 || b_size == 0) {
        return (a_size + b_size) * EDIT;
    }
    if (a_size > LONGEST || b_size > LONGEST || Py_ABS(a_size - b_size) * EDIT > limit) {
        return limit + 1;
    }
    Py_ssize_t row[LONGEST + 1]; /* row[i]: from the first i of `a` to what of `b` was read */
    for (Py_ssize_t i = 0; i <= a_size; i++) {
        row[i] = i * EDIT;
    }
    for (Py_ssize_t j = 0; j < b_size; j++) {
        Py_ssize_t diagonal = row[0];
        Py_ssize_t least = PY_SSIZE_T_MAX;
        row[0] = (j + 1) * EDIT;
        for (Py_ssize_t i = 0; i < a_size; i++) {
            Py_ssize_t replaced = diagonal + substitution(a[i], b[j]);
            Py_ssize_t moved = Py_MIN(row[i], row[i + 1]) + EDIT;
            diagonal = row[i + 1];
            row[i + 1] = Py_MIN(replaced, moved);
            least = Py_MIN(least, row[i + 1]);
        }
        if (least > limit) {
            return limit + 1;
        }
    }
    return row[a_size];
}

const char *_Emul_Suggest(PyObject *name, const char *const *candidates)
{
    Py_ssize_t size;
    const char *given = PyUnicode_AsUTF8AndSize(name, &size);
    if (given == NULL) {
        PyErr_Clear();
        return NULL;
    }
    const char *best = NULL;
    Py_ssize_t best_distance = PY_SSIZE_T_MAX;
    for (; *candidates != NULL; candidates++) {
        Py_ssize_t candidate_size = (Py_ssize_t)strlen(*candidates);
        /* No more than a third of the characters may differ, and it has to beat the best so far. */
        Py_ssize_t limit = Py_MIN((size + candidate_size + 3) * EDIT / 6, best_distance - 1);
        Py_ssize_t found = distance(given, size, *candidates, candidate_size, limit);
        if (found <= limit) {
            best = *candidates;
            best_distance = found;
        }
    }
    return best;
}
