/* Exceptions: set, fetch, restore, normalise, chain, match, format, report; the pending one as the thread state shows it. */
#include "common.h"
#include <frameobject.h>

static PyObject *Custom, *Documented;

static PyObject *
set(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *type, *value = Py_None;
    if (!PyArg_ParseTuple(arguments, "sO|O", &how, &type, &value)) {
        return NULL;
    }
    if (strcmp(how, "string") == 0) {
        PyErr_SetString(type, PyUnicode_AsUTF8(value));
    } else if (strcmp(how, "object") == 0) {
        PyErr_SetObject(type, value);
    } else if (strcmp(how, "none") == 0) {
        PyErr_SetNone(type);
    } else if (strcmp(how, "format") == 0) {
        return PyErr_Format(type, "%s %d %R %U", "formatted", 5, value, value);
    } else if (strcmp(how, "no memory") == 0) {
        return PyErr_NoMemory();
    } else if (strcmp(how, "bad argument") == 0) {
        PyErr_BadArgument();
    } else if (strcmp(how, "internal") == 0) {
        PyErr_BadInternalCall();
    } else if (strcmp(how, "errno") == 0) {
        errno = ENOENT;
        return PyErr_SetFromErrnoWithFilenameObject(type, value);
    } else if (strcmp(how, "plain errno") == 0) {
        errno = EACCES;
        return PyErr_SetFromErrno(type);
    } else if (strcmp(how, "import") == 0) {
        return PyErr_SetImportError(value, type, Py_None);
    } else if (strcmp(how, "raised") == 0) {
        PyErr_SetRaisedException(Py_NewRef(type));
    } else {
        /* What an old extension does: type, value and traceback as it likes. */
        PyErr_Restore(Py_NewRef(type), Py_NewRef(value), NULL);
    }
    return NULL;
}

/* Call, and tell what is pending: by PyErr_Fetch, NormalizeException and Restore. */
static PyObject *
fetched(PyObject *self, PyObject *function)
{
    PyObject *result = PyObject_CallNoArgs(function), *type, *value, *traceback;
    if (result) {
        return result;
    }
    PyErr_Fetch(&type, &value, &traceback);
    int none_left = PyErr_Occurred() == NULL;
    int normal = PyExceptionInstance_Check(value);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback) {
        PyException_SetTraceback(value, traceback);
    }
    PyObject *told = Py_BuildValue("(OOiiO)", type, value, none_left, normal, traceback ? Py_True : Py_False);
    PyErr_Restore(type, value, traceback);
    int again = PyErr_Occurred() == type;
    PyErr_Clear();
    return Py_BuildValue("(Ni)", told, again);
}

/* The same with 3.12's functions, and raised again. */
static PyObject *
raised_again(PyObject *self, PyObject *function)
{
    PyObject *result = PyObject_CallNoArgs(function);
    if (result) {
        return result;
    }
    PyObject *error = PyErr_GetRaisedException();
    if (PyErr_Occurred() || PyErr_GetRaisedException()) {
        PyErr_SetString(PyExc_AssertionError, "still pending");
        return NULL;
    }
    PyObject *cleanup = PyLong_FromLong(1);
    Py_XDECREF(cleanup);
    PyErr_SetRaisedException(error);
    return NULL;
}

/* The pending exception as the thread state has it: what Cython reads inline. */
static PyObject *
in_thread_state(PyObject *self, PyObject *function)
{
    PyThreadState *thread = PyThreadState_Get();
    if (thread->current_exception) {
        PyErr_SetString(PyExc_AssertionError, "pending before");
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(function);
    PyObject *pending = thread->current_exception;
    if (result) {
        return Py_BuildValue("(NO)", result, pending ? pending : Py_None);
    }
    /* Taken as Cython takes it, by hand. */
    thread->current_exception = NULL;
    if (PyErr_Occurred()) {
        return NULL;
    }
    return Py_BuildValue("(sN)", Py_TYPE(pending)->tp_name, pending);
}

/* Put there by hand. */
static PyObject *
by_hand(PyObject *self, PyObject *error)
{
    PyThreadState_Get()->current_exception = Py_NewRef(error);
    return NULL;
}

/* The exception being handled, by the three ways to ask. */
static PyObject *
handled(PyObject *self, PyObject *unused)
{
    PyObject *type, *value, *traceback, *now = PyErr_GetHandledException();
    PyErr_GetExcInfo(&type, &value, &traceback);
    _PyErr_StackItem *item = PyThreadState_Get()->exc_info;
    while ((item->exc_value == NULL || item->exc_value == Py_None) && item->previous_item) {
        item = item->previous_item;
    }
    int same = now == value && (item->exc_value == Py_None ? NULL : item->exc_value) == now;
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return Py_BuildValue("(Ni)", now ? now : Py_NewRef(Py_None), same);
}

/* C handles one exception, Python is called meanwhile and sees it, then the old one is back. */
static PyObject *
while_handling(PyObject *self, PyObject *arguments)
{
    PyObject *error, *function;
    if (!PyArg_ParseTuple(arguments, "OO", &error, &function)) {
        return NULL;
    }
    PyObject *old = PyErr_GetHandledException();
    PyErr_SetHandledException(error);
    PyObject *result = PyObject_CallNoArgs(function);
    PyErr_SetHandledException(old);
    Py_XDECREF(old);
    return result;
}

/* The same as Cython does it, by hand: in the item that is there, or in one of a generator's that is pushed. */
static PyObject *
while_handling_inline(PyObject *self, PyObject *arguments)
{
    PyObject *error, *function;
    int pushed;
    if (!PyArg_ParseTuple(arguments, "OOp", &error, &function, &pushed)) {
        return NULL;
    }
    PyThreadState *tstate = PyThreadState_Get();
    _PyErr_StackItem own = {NULL, tstate->exc_info}, *item = pushed ? &own : tstate->exc_info;
    PyObject *old = item->exc_value;
    tstate->exc_info = item;
    item->exc_value = error == Py_None ? NULL : Py_NewRef(error);
    PyObject *result = PyObject_CallNoArgs(function);
    Py_XDECREF(item->exc_value);
    item->exc_value = old;
    if (pushed) {
        tstate->exc_info = own.previous_item;
    }
    return result;
}

static PyObject *
matches(PyObject *self, PyObject *arguments)
{
    PyObject *error, *type;
    if (!PyArg_ParseTuple(arguments, "OO", &error, &type)) {
        return NULL;
    }
    int given = PyErr_GivenExceptionMatches(error, type);
    PyErr_SetNone(PyExceptionClass_Check(error) ? error : (PyObject *)Py_TYPE(error));
    int pending = PyErr_ExceptionMatches(type);
    PyErr_Clear();
    return Py_BuildValue("(ii)", given, pending);
}

static PyObject *
parts(PyObject *self, PyObject *error)
{
    PyObject *cause = PyException_GetCause(error), *context = PyException_GetContext(error);
    PyObject *traceback = PyException_GetTraceback(error);
    PyObject *result = Py_BuildValue("(sNOOO)", PyExceptionClass_Name((PyObject *)Py_TYPE(error)), PyException_GetArgs(error),
                                     cause ? cause : Py_None, context ? context : Py_None, traceback ? Py_True : Py_False);
    Py_XDECREF(cause);
    Py_XDECREF(context);
    Py_XDECREF(traceback);
    return result;
}

static PyObject *
chain(PyObject *self, PyObject *arguments)
{
    PyObject *error, *cause, *context;
    if (!PyArg_ParseTuple(arguments, "OOO", &error, &cause, &context)) {
        return NULL;
    }
    PyException_SetContext(error, Py_NewRef(context));
    PyException_SetCause(error, Py_NewRef(cause));
    PyException_SetArgs(error, PyTuple_GetSlice(PyTuple_Pack(1, cause), 0, 1));
    Py_RETURN_NONE;
}

/* A new exception in place of the pending one, with that as its cause: `raise ... from` in C. */
static PyObject *
wrapped(PyObject *self, PyObject *function)
{
    PyObject *result = PyObject_CallNoArgs(function);
    if (result) {
        return result;
    }
    PyObject *first = PyErr_GetRaisedException();
    PyErr_Format(Custom, "wrapped: %S", first);
    PyObject *second = PyErr_GetRaisedException();
    PyException_SetCause(second, Py_NewRef(first));
    PyException_SetContext(second, first);
    PyErr_SetRaisedException(second);
    return NULL;
}

/* C catches one kind, lets the others through. */
static PyObject *
swallow(PyObject *self, PyObject *arguments)
{
    PyObject *function, *type;
    if (!PyArg_ParseTuple(arguments, "OO", &function, &type)) {
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(function);
    if (result == NULL && PyErr_ExceptionMatches(type)) {
        PyErr_Clear();
        return PyUnicode_FromString("swallowed");
    }
    return result;
}

/* C -> Python -> C -> Python ... and an exception all the way back. */
static PyObject *
through(PyObject *self, PyObject *arguments)
{
    PyObject *function;
    int depth;
    if (!PyArg_ParseTuple(arguments, "Oi", &function, &depth)) {
        return NULL;
    }
    return PyObject_CallFunction(function, "i", depth - 1);
}

static PyObject *
unraisable(PyObject *self, PyObject *arguments)
{
    PyObject *error, *where;
    if (!PyArg_ParseTuple(arguments, "OO", &error, &where)) {
        return NULL;
    }
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    if (PyUnicode_Check(where)) {
        PyErr_FormatUnraisable("Ignored while %U", where);
    } else {
        PyErr_WriteUnraisable(where == Py_None ? NULL : where);
    }
    return PyBool_FromLong(PyErr_Occurred() == NULL);
}

static PyObject *
warn(PyObject *self, PyObject *arguments)
{
    PyObject *category;
    const char *text;
    if (!PyArg_ParseTuple(arguments, "Os", &category, &text)) {
        return NULL;
    }
    if (PyErr_WarnEx(category, text, 1) < 0 || PyErr_WarnFormat(category, 1, "%s %d", text, 2) < 0) {
        return NULL;
    }
    return Py_BuildValue("i", PyErr_WarnExplicit(category, text, "file.py", 7, "some.module", NULL));
}

/* A call that fails while an exception is pending would lose it: C puts it aside first. */
static PyObject *
put_aside(PyObject *self, PyObject *function)
{
    PyErr_SetString(PyExc_ValueError, "first");
    PyObject *first = PyErr_GetRaisedException();
    PyObject *result = PyObject_CallNoArgs(function);
    if (result == NULL) {
        _PyErr_ChainExceptions1(first);
        return NULL;
    }
    Py_DECREF(result);
    PyErr_SetRaisedException(first);
    return NULL;
}

/* A traceback line for a place in C, as Cython adds one. */
static PyObject *
traceback_added(PyObject *self, PyObject *unused)
{
    PyErr_SetString(PyExc_ValueError, "with a line of C");
    PyObject *error = PyErr_GetRaisedException();
    PyCodeObject *code = PyCode_NewEmpty("imaginary.c", "c_function", 77);
    PyFrameObject *frame = code ? PyFrame_New(PyThreadState_Get(), code, PyModule_GetDict(self), NULL) : NULL;
    PyErr_SetRaisedException(error);
    if (frame) {
        PyTraceBack_Here(frame);
    }
    Py_XDECREF(code);
    Py_XDECREF(frame);
    return NULL;
}

/* PyException_SetTraceback, and what PyException_GetTraceback finds then. */
static PyObject *
with_traceback(PyObject *self, PyObject *arguments)
{
    PyObject *error, *traceback;
    if (!PyArg_ParseTuple(arguments, "OO", &error, &traceback) || PyException_SetTraceback(error, traceback) < 0) {
        return NULL;
    }
    PyObject *found = PyException_GetTraceback(error);
    return found ? found : PyUnicode_FromString("no traceback");
}

static int
fill(PyObject *module)
{
    Custom = PyErr_NewException("ext_errors.Custom", NULL, NULL);
    PyObject *bases = Custom ? PyTuple_Pack(2, Custom, PyExc_LookupError) : NULL;
    PyObject *dict = bases ? Py_BuildValue("{s:i}", "code", 55) : NULL;
    Documented = dict ? PyErr_NewExceptionWithDoc("ext_errors.Documented", "Says why.", bases, dict) : NULL;
    Py_XDECREF(bases);
    Py_XDECREF(dict);
    if (Documented == NULL || PyModule_AddObjectRef(module, "Custom", Custom) < 0) {
        return -1;
    }
    return PyModule_AddObjectRef(module, "Documented", Documented);
}

static PyMethodDef functions[] = {
    {"set", set, METH_VARARGS, NULL},
    {"fetched", fetched, METH_O, NULL},
    {"raised_again", raised_again, METH_O, NULL},
    {"in_thread_state", in_thread_state, METH_O, NULL},
    {"by_hand", by_hand, METH_O, NULL},
    {"handled", handled, METH_NOARGS, NULL},
    {"while_handling", while_handling, METH_VARARGS, NULL},
    {"while_handling_inline", while_handling_inline, METH_VARARGS, NULL},
    {"matches", matches, METH_VARARGS, NULL},
    {"parts", parts, METH_O, NULL},
    {"chain", chain, METH_VARARGS, NULL},
    {"wrapped", wrapped, METH_O, NULL},
    {"swallow", swallow, METH_VARARGS, NULL},
    {"through", through, METH_VARARGS, NULL},
    {"unraisable", unraisable, METH_VARARGS, NULL},
    {"warn", warn, METH_VARARGS, NULL},
    {"put_aside", put_aside, METH_O, NULL},
    {"traceback_added", traceback_added, METH_NOARGS, NULL},
    {"with_traceback", with_traceback, METH_VARARGS, NULL},
    {0},
};

MODULE(ext_errors, "Errors.", functions, fill)
