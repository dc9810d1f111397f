/* Exceptions and warnings with formatted messages. */
#include <Python.h>

#include "emul.h"

PyObject *PyErr_FormatV(PyObject *exception, const char *format, va_list values)
{
    /* Formatting may run Python code, which must not start with an exception set. */
    PyErr_Clear();
    PyObject *message = PyUnicode_FromFormatV(format, values);
    if (message != NULL) {
        PyErr_SetObject(exception, message);
        Py_DECREF(message);
    }
    return NULL;
}

PyObject *PyErr_Format(PyObject *exception, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyErr_FormatV(exception, format, values);
    va_end(values);
    return NULL;
}

/* The exception that is set becomes the cause of a new one. */
PyObject *_PyErr_FormatFromCause(PyObject *exception, const char *format, ...)
{
    PyObject *cause = PyErr_GetRaisedException();
    va_list values;
    va_start(values, format);
    PyErr_FormatV(exception, format, values);
    va_end(values);
    PyObject *raised = PyErr_GetRaisedException();
    if (raised != NULL && cause != NULL) {
        PyException_SetCause(raised, Py_NewRef(cause));
        PyException_SetContext(raised, Py_NewRef(cause));
    }
    Py_XDECREF(cause);
    PyErr_SetRaisedException(raised);
    return NULL;
}

int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    if (message == NULL) {
        return -1;
    }
    const char *text = PyUnicode_AsUTF8(message);
    int result = text == NULL ? -1 : PyErr_WarnEx(category, text, stack_level);
    Py_DECREF(message);
    return result;
}

/* warnings.warn(message, ResourceWarning, stack_level, source) */
static int warn_of_source(PyObject *message, Py_ssize_t stack_level, PyObject *source)
{
    PyObject *warnings = PyImport_ImportModule("warnings");
    if (warnings == NULL) {
        return -1;
    }
    PyObject *result = PyObject_CallMethod(warnings, "warn", "OOnO", message, PyExc_ResourceWarning, stack_level,
                                           source == NULL ? Py_None : source);
    Py_DECREF(warnings);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    if (message == NULL) {
        return -1;
    }
    int result = warn_of_source(message, stack_level, source);
    Py_DECREF(message);
    return result;
}

/* Call sys.unraisablehook for `exception` (stolen); -1 where that fails. */
static int call_unraisable_hook(PyObject *exception, PyObject *message)
{
    PyObject *hook = PySys_GetObject("unraisablehook");
    PyObject *make_arguments = PySys_GetObject("UnraisableHookArgs");
    if (hook == NULL || make_arguments == NULL) {
        PyErr_SetRaisedException(exception);
        return -1;
    }
    PyObject *traceback = PyException_GetTraceback(exception);
    PyObject *arguments = PyObject_CallFunction(make_arguments, "((OOOOO))", (PyObject *)Py_TYPE(exception), exception,
                                                traceback == NULL ? Py_None : traceback,
                                                message == NULL ? Py_None : message, Py_None);
    Py_XDECREF(traceback);
    Py_DECREF(exception);
    PyObject *result = arguments == NULL ? NULL : PyObject_CallFunctionObjArgs(hook, arguments, NULL);
    Py_XDECREF(arguments);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

void PyErr_FormatUnraisable(const char *format, ...)
{
    PyObject *exception = PyErr_GetRaisedException();
    if (exception == NULL) {
        return;
    }
    PyObject *message = NULL;
    if (format != NULL) {
        va_list values;
        va_start(values, format);
        message = PyUnicode_FromFormatV(format, values);
        va_end(values);
        PyErr_Clear();
    }
    if (call_unraisable_hook(exception, message) < 0) {
        PyErr_WriteUnraisable(NULL);
    }
    Py_XDECREF(message);
}
