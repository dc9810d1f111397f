/* Functions of the C API as functions of Python, by their shape: what they give, then what they take. Ellipsis stands for NULL, both
   ways. An extension lists its functions once:

       #define FUNCTIONS(CALL) CALL(NEW_O, PyNumber_Long) CALL(INT_OO, PyObject_Contains)
       FUNCTIONS(DEFINE_CALL)
       static PyMethodDef functions[] = {FUNCTIONS(CALL_ENTRY) {0}};

   NEW and BORROWED give an object, INT what fails with -1, PLAIN an int that cannot fail, SIZE and HASH are INT of those types,
   TEXT gives a const char *. O takes an object, S a const char *, I an int, N a Py_ssize_t. */
#ifndef PIERGLASS_TEST_SHAPES_H
#define PIERGLASS_TEST_SHAPES_H

#include "common.h"

#define DEFINE_CALL(shape, function) shape(function)
#define CALL_ENTRY(shape, function) {#function, call_##function, METH_VARARGS, NULL},
/* A function of the extension itself, which takes its arguments as a tuple. */
#define OWN_ENTRY(function) {#function, function, METH_VARARGS, NULL},

/* "O&": Ellipsis is NULL. */
static inline int
nullable(PyObject *object, void *place)
{
    *(PyObject **)place = object == Py_Ellipsis ? NULL : object;
    return 1;
}

/* A result of ours: NULL with no exception is Ellipsis; a value beside an exception is an error of the API. */
static inline PyObject *
given(PyObject *result)
{
    if (result && PyErr_Occurred()) {
        Py_DECREF(result);
        PyErr_SetString(PyExc_AssertionError, "a result beside an exception");
        return NULL;
    }
    return result || PyErr_Occurred() ? result : Py_NewRef(Py_Ellipsis);
}

static inline PyObject *
given_number(long long number, int fallible)
{
    if (PyErr_Occurred()) {
        if (fallible && number == -1) {
            return NULL;
        }
        PyErr_Clear();
        return PyUnicode_FromFormat("%lld beside an exception", number);
    }
    return PyLong_FromLongLong(number);
}

static inline PyObject *
given_text(const char *text)
{
    return given(text ? PyUnicode_FromString(text) : NULL);
}

#define CALL_WITH(function, declare, parse, give)                                                                                  \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        declare;                                                                                                                   \
        if (!PyArg_ParseTuple parse) {                                                                                             \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        return give;                                                                                                               \
    }

#define GIVE_NEW(call) given((PyObject *)(call))
#define GIVE_BORROWED(call) given(Py_XNewRef((PyObject *)(call)))
#define GIVE_INT(call) given_number(call, 1)
#define GIVE_PLAIN(call) given_number(call, 0)
#define GIVE_TEXT(call) given_text(call)
#define GIVE_VOID(call) (call, given(PyErr_Occurred() ? NULL : Py_NewRef(Py_None)))

#define WITH_(function, give) CALL_WITH(function, , (arguments, ""), give(function()))
#define WITH_O(function, give) CALL_WITH(function, void *a, (arguments, "O&", nullable, &a), give(function(a)))
#define WITH_OO(function, give)                                                                                                    \
    CALL_WITH(function, void *a; void *b, (arguments, "O&O&", nullable, &a, nullable, &b), give(function(a, b)))
#define WITH_OOO(function, give)                                                                                                   \
    CALL_WITH(function, void *a; void *b; void *c, (arguments, "O&O&O&", nullable, &a, nullable, &b, nullable, &c),                \
              give(function(a, b, c)))
#define WITH_S(function, give) CALL_WITH(function, const char *a, (arguments, "z", &a), give(function(a)))
#define WITH_SS(function, give) CALL_WITH(function, const char *a; const char *b, (arguments, "zz", &a, &b), give(function(a, b)))
#define WITH_OS(function, give)                                                                                                    \
    CALL_WITH(function, void *a; const char *b, (arguments, "O&z", nullable, &a, &b), give(function(a, b)))
#define WITH_OSS(function, give)                                                                                                   \
    CALL_WITH(function, void *a; const char *b; const char *c, (arguments, "O&zz", nullable, &a, &b, &c), give(function(a, b, c)))
#define WITH_SO(function, give)                                                                                                    \
    CALL_WITH(function, const char *a; void *b, (arguments, "zO&", &a, nullable, &b), give(function(a, b)))
#define WITH_I(function, give) CALL_WITH(function, int a, (arguments, "i", &a), give(function(a)))
#define WITH_ON(function, give) CALL_WITH(function, void *a; Py_ssize_t b, (arguments, "O&n", nullable, &a, &b), give(function(a, b)))

#define NEW_(function) WITH_(function, GIVE_NEW)
#define NEW_O(function) WITH_O(function, GIVE_NEW)
#define NEW_OO(function) WITH_OO(function, GIVE_NEW)
#define NEW_OOO(function) WITH_OOO(function, GIVE_NEW)
#define NEW_S(function) WITH_S(function, GIVE_NEW)
#define NEW_SS(function) WITH_SS(function, GIVE_NEW)
#define NEW_OS(function) WITH_OS(function, GIVE_NEW)
#define NEW_OSS(function) WITH_OSS(function, GIVE_NEW)
#define NEW_I(function) WITH_I(function, GIVE_NEW)
#define NEW_ON(function) WITH_ON(function, GIVE_NEW)
#define BORROWED_(function) WITH_(function, GIVE_BORROWED)
#define BORROWED_O(function) WITH_O(function, GIVE_BORROWED)
#define BORROWED_OO(function) WITH_OO(function, GIVE_BORROWED)
#define BORROWED_OS(function) WITH_OS(function, GIVE_BORROWED)
#define BORROWED_I(function) WITH_I(function, GIVE_BORROWED)
#define INT_(function) WITH_(function, GIVE_INT)
#define INT_O(function) WITH_O(function, GIVE_INT)
#define INT_OO(function) WITH_OO(function, GIVE_INT)
#define INT_OOO(function) WITH_OOO(function, GIVE_INT)
#define INT_S(function) WITH_S(function, GIVE_INT)
#define INT_OS(function) WITH_OS(function, GIVE_INT)
#define INT_SO(function) WITH_SO(function, GIVE_INT)
#define INT_ON(function) WITH_ON(function, GIVE_INT)
#define PLAIN_(function) WITH_(function, GIVE_PLAIN)
#define PLAIN_O(function) WITH_O(function, GIVE_PLAIN)
#define PLAIN_OO(function) WITH_OO(function, GIVE_PLAIN)
#define PLAIN_OS(function) WITH_OS(function, GIVE_PLAIN)
#define PLAIN_S(function) WITH_S(function, GIVE_PLAIN)
#define PLAIN_I(function) WITH_I(function, GIVE_PLAIN)
#define TEXT_(function) WITH_(function, GIVE_TEXT)
#define TEXT_O(function) WITH_O(function, GIVE_TEXT)
#define TEXT_S(function) WITH_S(function, GIVE_TEXT)
#define VOID_O(function) WITH_O(function, GIVE_VOID)
#define VOID_OO(function) WITH_OO(function, GIVE_VOID)
#define VOID_OOO(function) WITH_OOO(function, GIVE_VOID)
#define VOID_S(function) WITH_S(function, GIVE_VOID)

#endif
