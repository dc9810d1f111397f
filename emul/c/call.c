/* Calls whose arguments are variable: PyObject_CallFunction, PyObject_CallMethod, and the forms that take objects. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "emul.h"

/* CPython's answer to a NULL that is no failed call's result. */
static PyObject *null_argument(void)
{
    if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    }
    return NULL;
}

/* A format of one value that is a tuple stands for its items: "(ii)" and "O" with a tuple call alike. */
static PyObject *call_with(PyObject *callable, const _Emul_arguments *built)
{
    if (built->count == 1 && PyTuple_Check(built->items[0])) {
        return PyObject_Call(callable, built->items[0], NULL);
    }
    return PyObject_Vectorcall(callable, built->items, (size_t)built->count, NULL);
}

static PyObject *call_function(PyObject *callable, const char *format, va_list values)
{
    if (callable == NULL) {
        return null_argument();
    }
    _Emul_arguments built;
    if (_Emul_BuildArguments(&built, format, values) < 0) {
        return NULL;
    }
    PyObject *result = call_with(callable, &built);
    _Emul_ReleaseArguments(&built);
    return result;
}

/* Takes the reference to `method`, which may be NULL with an exception. */
static PyObject *call_method(PyObject *method, const char *format, va_list values)
{
    if (method == NULL) {
        return NULL;
    }
    PyObject *result = NULL;
    if (PyCallable_Check(method)) {
        result = call_function(method, format, values);
    }
    else {
        PyErr_Format(PyExc_TypeError, "attribute of type '%.200s' is not callable", Py_TYPE(method)->tp_name);
    }
    Py_DECREF(method);
    return result;
}

static PyObject *call_method_named(PyObject *object, const char *name, const char *format, va_list values)
{
    if (object == NULL || name == NULL) {
        return null_argument();
    }
    return call_method(PyObject_GetAttrString(object, name), format, values);
}

PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_function(callable, format, values);
    va_end(values);
    return result;
}

PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_function(callable, format, values);
    va_end(values);
    return result;
}

/* The old names of PyObject_CallFunction and PyObject_CallMethod, which the stable ABI keeps and no header declares. */
PyAPI_FUNC(PyObject *) PyEval_CallFunction(PyObject *, const char *, ...);
PyAPI_FUNC(PyObject *) PyEval_CallMethod(PyObject *, const char *, const char *, ...);

PyObject *PyEval_CallFunction(PyObject *callable, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_function(callable, format, values);
    va_end(values);
    return result;
}

PyObject *PyEval_CallMethod(PyObject *object, const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_method_named(object, name, format, values);
    va_end(values);
    return result;
}

PyObject *PyObject_CallMethod(PyObject *object, const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_method_named(object, name, format, values);
    va_end(values);
    return result;
}

PyObject *_PyObject_CallMethod_SizeT(PyObject *object, const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_method_named(object, name, format, values);
    va_end(values);
    return result;
}

PyObject *_PyObject_CallMethodId(PyObject *object, _Py_Identifier *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *result = call_method_named(object, name->string, format, values);
    va_end(values);
    return result;
}

/* ---- arguments that are objects, up to a NULL ---- */

enum { FEW_OBJECTS = 8 };

/* Collect the objects behind `first` (borrowed, as the caller keeps them); NULL with an exception. One slot in front
 * stays free, as vectorcall allows the callee to use it. */
static PyObject **collect(PyObject *first, va_list objects, PyObject **few, Py_ssize_t *count)
{
    va_list counting;
    va_copy(counting, objects);
    Py_ssize_t behind = 0;
    while (va_arg(counting, PyObject *) != NULL) {
        behind++;
    }
    va_end(counting);
    *count = behind + (first != NULL);
    PyObject **slots = few;
    if (*count + 1 > FEW_OBJECTS) {
        slots = PyMem_Malloc((size_t)(*count + 1) * sizeof(PyObject *));
        if (slots == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
    }
    PyObject **items = slots + 1;
    if (first != NULL) {
        *items++ = first;
    }
    for (Py_ssize_t i = 0; i < behind; i++) {
        items[i] = va_arg(objects, PyObject *);
    }
    return slots;
}

PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    if (callable == NULL) {
        return null_argument();
    }
    PyObject *few[FEW_OBJECTS];
    Py_ssize_t count;
    va_list objects;
    va_start(objects, callable);
    PyObject **slots = collect(NULL, objects, few, &count);
    va_end(objects);
    if (slots == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_Vectorcall(callable, slots + 1, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    if (slots != few) {
        PyMem_Free(slots);
    }
    return result;
}

PyObject *PyObject_CallMethodObjArgs(PyObject *object, PyObject *name, ...)
{
    if (object == NULL || name == NULL) {
        return null_argument();
    }
    PyObject *few[FEW_OBJECTS];
    Py_ssize_t count;
    va_list objects;
    va_start(objects, name);
    PyObject **slots = collect(object, objects, few, &count);
    va_end(objects);
    if (slots == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_VectorcallMethod(name, slots + 1, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    if (slots != few) {
        PyMem_Free(slots);
    }
    return result;
}
