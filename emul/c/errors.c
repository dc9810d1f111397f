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

void PyErr_FormatUnraisable(const char *format, ...)
{
    if (!PyErr_Occurred()) {
        return;
    }
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *message = NULL;
    if (format != NULL) {
        va_list values;
        va_start(values, format);
        message = PyUnicode_FromFormatV(format, values);
        va_end(values);
        PyErr_Clear();
    }
    PyErr_SetRaisedException(exception);
    _Emul_WriteUnraisable(message);
    Py_XDECREF(message);
}

int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int line, const char *module, PyObject *registry,
                             const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *message = PyUnicode_FromFormatV(format, values);
    va_end(values);
    PyObject *file = message == NULL ? NULL : PyUnicode_DecodeFSDefault(filename);
    PyObject *name = file == NULL || module == NULL ? NULL : PyUnicode_FromString(module);
    int result = -1;
    if (file != NULL && (name != NULL || module == NULL)) {
        result = PyErr_WarnExplicitObject(category, message, file, line, name, registry);
    }
    Py_XDECREF(name);
    Py_XDECREF(file);
    Py_XDECREF(message);
    return result;
}
