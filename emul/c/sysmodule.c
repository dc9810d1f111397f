/* Auditing: events with arguments built from a format, and hooks written in C. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "emul.h"

/* A new tuple of the values of `format`, which may be NULL. */
static PyObject *arguments_of(const char *format, va_list values)
{
    if (format == NULL || *format == '\0') {
        return PyTuple_New(0);
    }
    PyObject *built = Py_VaBuildValue(format, values);
    if (built == NULL || PyTuple_Check(built)) {
        return built;
    }
    PyObject *arguments = PyTuple_Pack(1, built);
    Py_DECREF(built);
    return arguments;
}

int PySys_Audit(const char *event, const char *format, ...)
{
    if (!_Emul_IsAudited()) {
        return 0;
    }
    /* The hooks run Python code, which must not start with an exception set. */
    PyObject *pending = PyErr_GetRaisedException();
    va_list values;
    va_start(values, format);
    PyObject *arguments = arguments_of(format, values);
    va_end(values);
    int result = arguments == NULL ? -1 : PySys_AuditTuple(event, arguments);
    Py_XDECREF(arguments);
    if (result < 0) {
        Py_XDECREF(pending);
        return -1;
    }
    PyErr_SetRaisedException(pending);
    return 0;
}

typedef struct {
    Py_AuditHookFunction function;
    void *data;
} audit_hook;

/* What the host calls: the hook is in the capsule. */
static PyObject *call_hook(PyObject *capsule, PyObject *args)
{
    const audit_hook *hook = PyCapsule_GetPointer(capsule, NULL);
    const char *event;
    PyObject *arguments;
    if (hook == NULL || !PyArg_ParseTuple(args, "sO:audit hook", &event, &arguments)) {
        return NULL;
    }
    if (hook->function(event, arguments, hook->data) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static void free_hook(PyObject *capsule)
{
    PyMem_RawFree(PyCapsule_GetPointer(capsule, NULL));
}

static PyMethodDef hook_method = {"audit hook", call_hook, METH_VARARGS, NULL};

static PyObject *function_of(Py_AuditHookFunction function, void *data)
{
    audit_hook *hook = PyMem_RawMalloc(sizeof(audit_hook));
    if (hook == NULL) {
        return PyErr_NoMemory();
    }
    *hook = (audit_hook){function, data};
    PyObject *capsule = PyCapsule_New(hook, NULL, free_hook);
    if (capsule == NULL) {
        PyMem_RawFree(hook);
        return NULL;
    }
    PyObject *made = PyCFunction_NewEx(&hook_method, capsule, NULL);
    Py_DECREF(capsule);
    return made;
}

int PySys_AddAuditHook(Py_AuditHookFunction function, void *data)
{
    PyObject *add = PySys_GetObject("addaudithook");
    if (add == NULL) {
        PyErr_SetString(PyExc_SystemError, "PySys_AddAuditHook: the host's sys has no addaudithook");
        return -1;
    }
    Py_INCREF(add);
    PyObject *hook = function_of(function, data);
    PyObject *added = hook == NULL ? NULL : PyObject_CallOneArg(add, hook);
    Py_DECREF(add);
    Py_XDECREF(hook);
    Py_XDECREF(added);
    return added == NULL ? -1 : 0;
}
