/* C strings with formats: PyOS_snprintf, writing to sys.stdout and sys.stderr. */
#include <Python.h>

#include "emul.h"

int PyOS_vsnprintf(char *str, size_t size, const char *format, va_list values)
{
    /* Sizes that an int cannot tell are refused, with the number CPython returns. */
    int length = size > INT_MAX ? -666 : vsnprintf(str, size, format, values);
    if (size > 0) {
        str[size - 1] = '\0';
    }
    return length;
}

int PyOS_snprintf(char *str, size_t size, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = PyOS_vsnprintf(str, size, format, values);
    va_end(values);
    return length;
}

/* ---- sys.stdout and sys.stderr ---- */

enum { MESSAGE_SIZE = 1001 };

static int write_text(PyObject *file, const char *text)
{
    return file == NULL || file == Py_None ? -1 : PyFile_WriteString(text, file);
}

/* printf's language; a longer message is cut, and says so. What cannot be written goes to the C stream. */
static void write_printf(const char *name, FILE *fallback, const char *format, va_list values)
{
    PyObject *exception = PyErr_GetRaisedException();
    char text[MESSAGE_SIZE];
    int length = PyOS_vsnprintf(text, sizeof(text), format, values);
    PyObject *file = PySys_GetObject(name);
    Py_XINCREF(file);
    if (write_text(file, text) != 0) {
        PyErr_Clear();
        fputs(text, fallback);
    }
    if (length < 0 || (size_t)length >= sizeof(text)) {
        const char *truncated = "... truncated";
        if (write_text(file, truncated) != 0) {
            PyErr_Clear();
            fputs(truncated, fallback);
        }
    }
    Py_XDECREF(file);
    PyErr_SetRaisedException(exception);
}

/* PyUnicode_FromFormat's language, of any length. */
static void write_format(const char *name, FILE *fallback, const char *format, va_list values)
{
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *file = PySys_GetObject(name);
    Py_XINCREF(file);
    PyObject *message = PyUnicode_FromFormatV(format, values);
    if (message != NULL) {
        if (file == NULL || file == Py_None || PyFile_WriteObject(message, file, Py_PRINT_RAW) != 0) {
            PyErr_Clear();
            const char *text = PyUnicode_AsUTF8(message);
            if (text != NULL) {
                fputs(text, fallback);
            }
        }
        Py_DECREF(message);
    }
    Py_XDECREF(file);
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
}

void PySys_WriteStdout(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    write_printf("stdout", stdout, format, values);
    va_end(values);
}

void PySys_WriteStderr(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    write_printf("stderr", stderr, format, values);
    va_end(values);
}

void PySys_FormatStdout(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    write_format("stdout", stdout, format, values);
    va_end(values);
}

void PySys_FormatStderr(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    write_format("stderr", stderr, format, values);
    va_end(values);
}
