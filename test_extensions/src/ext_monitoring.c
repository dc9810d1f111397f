/* C that runs a language of its own and tells the tools of sys.monitoring about it: one scope, each event by the macro's function,
   which looks whether somebody listens, and by the function behind it. */
#include "common.h"

static const uint8_t events[] = {
    PY_MONITORING_EVENT_PY_START, PY_MONITORING_EVENT_PY_RESUME, PY_MONITORING_EVENT_PY_RETURN, PY_MONITORING_EVENT_PY_YIELD,
    PY_MONITORING_EVENT_CALL, PY_MONITORING_EVENT_LINE, PY_MONITORING_EVENT_JUMP, PY_MONITORING_EVENT_BRANCH,
    PY_MONITORING_EVENT_STOP_ITERATION, PY_MONITORING_EVENT_RAISE, PY_MONITORING_EVENT_EXCEPTION_HANDLED,
    PY_MONITORING_EVENT_PY_UNWIND, PY_MONITORING_EVENT_PY_THROW, PY_MONITORING_EVENT_RERAISE, PY_MONITORING_EVENT_C_RETURN,
    PY_MONITORING_EVENT_C_RAISE,
};
static PyMonitoringState states[sizeof(events)];
static uint64_t version;

/* enter() -> the tools that listen to each event of the scope, a bit each. */
static PyObject *
enter(PyObject *self, PyObject *unused)
{
    if (PyMonitoring_EnterScope(states, &version, events, Py_ARRAY_LENGTH(events)) < 0) {
        return NULL;
    }
    PyObject *list = PyList_New(Py_ARRAY_LENGTH(events));
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(events); i++) {
        PyList_SET_ITEM(list, i, PyLong_FromLong(states[i].active));
    }
    return list;
}

static PyObject *
leave(PyObject *self, PyObject *unused)
{
    return PyLong_FromLong(PyMonitoring_ExitScope());
}

static PyMonitoringState *
state_of(int event)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(events); i++) {
        if (events[i] == event) {
            return &states[i];
        }
    }
    return NULL;
}

/* fire(event, codelike, offset, first, second, directly): the status, or the exception. */
static PyObject *
fire(PyObject *self, PyObject *arguments)
{
    int event, offset, directly = 0, status = -2;
    PyObject *code, *first = Py_None, *second = Py_None;
    if (!PyArg_ParseTuple(arguments, "iOi|OOp", &event, &code, &offset, &first, &second, &directly)) {
        return NULL;
    }
    PyMonitoringState *state = state_of(event);
    if (state == NULL) {
        return PyErr_Format(PyExc_ValueError, "the scope has no event %d", event);
    }
#define EVENT(number, name, function, ...)                                                                                                   \
    case PY_MONITORING_EVENT_##number:                                                                                             \
        status = directly ? function(state, code, offset __VA_ARGS__) : name(state, code, offset __VA_ARGS__);                      \
        break;
#define RAISING(number, name, function)                                                                                                      \
    case PY_MONITORING_EVENT_##number:                                                                                             \
        if (first != Py_None) {                                                                                                    \
            PyErr_SetRaisedException(Py_NewRef(first));                                                                            \
        }                                                                                                                          \
        status = directly ? function(state, code, offset) : name(state, code, offset);                                              \
        break;
    switch (event) {
        EVENT(PY_START, PyMonitoring_FirePyStartEvent, _PyMonitoring_FirePyStartEvent)
        EVENT(PY_RESUME, PyMonitoring_FirePyResumeEvent, _PyMonitoring_FirePyResumeEvent)
        EVENT(PY_RETURN, PyMonitoring_FirePyReturnEvent, _PyMonitoring_FirePyReturnEvent, , first)
        EVENT(PY_YIELD, PyMonitoring_FirePyYieldEvent, _PyMonitoring_FirePyYieldEvent, , first)
        EVENT(CALL, PyMonitoring_FireCallEvent, _PyMonitoring_FireCallEvent, , first, second)
        EVENT(LINE, PyMonitoring_FireLineEvent, _PyMonitoring_FireLineEvent, , (int)PyLong_AsLong(first))
        EVENT(JUMP, PyMonitoring_FireJumpEvent, _PyMonitoring_FireJumpEvent, , first)
        EVENT(BRANCH, PyMonitoring_FireBranchEvent, _PyMonitoring_FireBranchEvent, , first)
        EVENT(C_RETURN, PyMonitoring_FireCReturnEvent, _PyMonitoring_FireCReturnEvent, , first)
        EVENT(STOP_ITERATION, PyMonitoring_FireStopIterationEvent, _PyMonitoring_FireStopIterationEvent, , first)
        RAISING(RAISE, PyMonitoring_FireRaiseEvent, _PyMonitoring_FireRaiseEvent)
        RAISING(EXCEPTION_HANDLED, PyMonitoring_FireExceptionHandledEvent, _PyMonitoring_FireExceptionHandledEvent)
        RAISING(PY_UNWIND, PyMonitoring_FirePyUnwindEvent, _PyMonitoring_FirePyUnwindEvent)
        RAISING(PY_THROW, PyMonitoring_FirePyThrowEvent, _PyMonitoring_FirePyThrowEvent)
        RAISING(RERAISE, PyMonitoring_FireReraiseEvent, _PyMonitoring_FireReraiseEvent)
        RAISING(C_RAISE, PyMonitoring_FireCRaiseEvent, _PyMonitoring_FireCRaiseEvent)
    }
    PyObject *raised = PyErr_GetRaisedException();
    return Py_BuildValue("(iN)", status, raised ? raised : Py_NewRef(Py_None));
}

/* The numbers, which other versions of Python have otherwise. */
static int
fill(PyObject *module)
{
    int status = 0;
#define NUMBER(name) status |= PyModule_AddIntConstant(module, #name, PY_MONITORING_EVENT_##name);
    NUMBER(PY_START) NUMBER(PY_RESUME) NUMBER(PY_RETURN) NUMBER(PY_YIELD) NUMBER(CALL) NUMBER(LINE) NUMBER(JUMP) NUMBER(BRANCH)
    NUMBER(STOP_ITERATION) NUMBER(RAISE) NUMBER(EXCEPTION_HANDLED) NUMBER(PY_UNWIND) NUMBER(PY_THROW) NUMBER(RERAISE)
    NUMBER(C_RETURN) NUMBER(C_RAISE)
    return status;
}

static PyMethodDef functions[] = {
    {"enter", enter, METH_NOARGS, NULL},
    {"leave", leave, METH_NOARGS, NULL},
    {"fire", fire, METH_VARARGS, NULL},
    {0},
};

MODULE(ext_monitoring, "Monitoring.", functions, fill)
