/* cpython/monitoring.h: the events, and inline functions that do nothing while nobody listens. */
#include "Python.h"
#if !defined(Py_CPYTHON_MONITORING_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_MONITORING_H
#ifdef __cplusplus
extern "C" {
#endif

#define PY_MONITORING_EVENT_PY_START 0
#define PY_MONITORING_EVENT_PY_RESUME 1
#define PY_MONITORING_EVENT_PY_RETURN 2
#define PY_MONITORING_EVENT_PY_YIELD 3
#define PY_MONITORING_EVENT_CALL 4
#define PY_MONITORING_EVENT_LINE 5
#define PY_MONITORING_EVENT_INSTRUCTION 6
#define PY_MONITORING_EVENT_JUMP 7
#define PY_MONITORING_EVENT_BRANCH 8
#define PY_MONITORING_EVENT_STOP_ITERATION 9

/* Not tied to an instruction. */
#define PY_MONITORING_EVENT_RAISE 10
#define PY_MONITORING_EVENT_EXCEPTION_HANDLED 11
#define PY_MONITORING_EVENT_PY_UNWIND 12
#define PY_MONITORING_EVENT_PY_THROW 13
#define PY_MONITORING_EVENT_RERAISE 14
#define PY_MONITORING_EVENT_C_RETURN 15
#define PY_MONITORING_EVENT_C_RAISE 16

#define PY_MONITORING_IS_INSTRUMENTED_EVENT(ev) ((ev) < 10)

/* One for each event type that a scope may fire. */
typedef struct _PyMonitoringState {
    uint8_t active;
    uint8_t opaque;
} PyMonitoringState;

#if __has_include("gen/monitoring.h")
#include "gen/monitoring.h"
#endif

#define _Emul_FIRE(name, parameters, arguments)                                             \
    PyAPI_FUNC(int) _PyMonitoring_Fire##name##Event parameters;                             \
    static inline int PyMonitoring_Fire##name##Event parameters                             \
    {                                                                                       \
        return state->active ? _PyMonitoring_Fire##name##Event arguments : 0;               \
    }

_Emul_FIRE(PyStart, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(PyResume, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(PyReturn, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval), (state, codelike, offset, retval))
_Emul_FIRE(PyYield, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval), (state, codelike, offset, retval))
_Emul_FIRE(Call, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *callable, PyObject *arg0), (state, codelike, offset, callable, arg0))
_Emul_FIRE(Line, (PyMonitoringState *state, PyObject *codelike, int32_t offset, int lineno), (state, codelike, offset, lineno))
_Emul_FIRE(Jump, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset), (state, codelike, offset, target_offset))
_Emul_FIRE(Branch, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *target_offset), (state, codelike, offset, target_offset))
_Emul_FIRE(CReturn, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *retval), (state, codelike, offset, retval))
_Emul_FIRE(PyThrow, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(Raise, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(Reraise, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(ExceptionHandled, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(CRaise, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(PyUnwind, (PyMonitoringState *state, PyObject *codelike, int32_t offset), (state, codelike, offset))
_Emul_FIRE(StopIteration, (PyMonitoringState *state, PyObject *codelike, int32_t offset, PyObject *value), (state, codelike, offset, value))

#undef _Emul_FIRE

#ifdef __cplusplus
}
#endif
#endif
