/* Clocks and times of C; threads, their storage and locks; pending calls, tracing and profiling. */
#include "common.h"
#include <sys/time.h>
#include <time.h>
#include <frameobject.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* As in an internal header: how times are rounded. */
typedef int rounding;
extern PyTime_t _PyTime_FromSeconds(int);
extern int _PyTime_FromLong(PyTime_t *, PyObject *);
extern int _PyTime_FromSecondsObject(PyTime_t *, PyObject *, rounding);
extern PyObject *_PyTime_AsLong(PyTime_t);
extern PyTime_t _PyTime_AsMilliseconds(PyTime_t, rounding);
extern PyTime_t _PyTime_AsMicroseconds(PyTime_t, rounding);
extern int _PyTime_AsTimeval(PyTime_t, struct timeval *, rounding);
extern void _PyTime_AsTimeval_clamp(PyTime_t, struct timeval *, rounding);
extern int _PyTime_AsTimespec(PyTime_t, struct timespec *);
extern void _PyTime_AsTimespec_clamp(PyTime_t, struct timespec *);
extern time_t _PyLong_AsTime_t(PyObject *);
extern PyObject *_PyLong_FromTime_t(time_t);

/* Each clock twice, and that it goes on, near the system's own where that is known. */
static PyObject *
clocks(PyObject *self, PyObject *unused)
{
    int (*const read[])(PyTime_t *) = {PyTime_Monotonic, PyTime_MonotonicRaw, PyTime_PerfCounter, PyTime_PerfCounterRaw, PyTime_Time, PyTime_TimeRaw};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(read); i++) {
        PyTime_t first = -1, second = -1;
        int status = read[i](&first);
        status |= read[i](&second);
        struct timespec now;
        clock_gettime(i < 4 ? CLOCK_MONOTONIC : CLOCK_REALTIME, &now);
        double distance = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - PyTime_AsSecondsDouble(second);
        PyObject *row = Py_BuildValue("(iii)", status, first > 0 && second >= first, distance > -1 && distance < 1);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

/* times(nanoseconds, rounding): in every other form. */
static PyObject *
times(PyObject *self, PyObject *arguments)
{
    long long time;
    int round;
    struct timeval micro = {-7, -7}, micro_clamped;
    struct timespec nano = {-7, -7}, nano_clamped;
    if (!PyArg_ParseTuple(arguments, "Li", &time, &round)) {
        return NULL;
    }
    int status = _PyTime_AsTimeval(time, &micro, round);
    PyErr_Clear();
    _PyTime_AsTimeval_clamp(time, &micro_clamped, round);
    status += _PyTime_AsTimespec(time, &nano);
    PyErr_Clear();
    _PyTime_AsTimespec_clamp(time, &nano_clamped);
    return Py_BuildValue("(dNLLi(LL)(LL)(LL)(LL))", PyTime_AsSecondsDouble(time), _PyTime_AsLong(time), (long long)_PyTime_AsMilliseconds(time, round),
                         (long long)_PyTime_AsMicroseconds(time, round), status, (long long)micro.tv_sec, (long long)micro.tv_usec,
                         (long long)micro_clamped.tv_sec, (long long)micro_clamped.tv_usec, (long long)nano.tv_sec, (long long)nano.tv_nsec,
                         (long long)nano_clamped.tv_sec, (long long)nano_clamped.tv_nsec);
}

static PyObject *
from_seconds(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    int round;
    PyTime_t time = -7;
    if (!PyArg_ParseTuple(arguments, "Oi", &object, &round)) {
        return NULL;
    }
    return _PyTime_FromSecondsObject(&time, object, round) < 0 ? NULL : PyLong_FromLongLong(time);
}

static PyObject *
from_long(PyObject *self, PyObject *object)
{
    PyTime_t time = -7;
    return _PyTime_FromLong(&time, object) < 0 ? NULL : Py_BuildValue("(LL)", (long long)time, (long long)_PyTime_FromSeconds(-3));
}

static PyObject *
through_time_t(PyObject *self, PyObject *object)
{
    time_t time = _PyLong_AsTime_t(object);
    return time == (time_t)-1 && PyErr_Occurred() ? NULL : _PyLong_FromTime_t(time);
}

/* ---- threads ---- */

typedef struct {
    PyThread_type_lock done;
    PyObject *call;
    unsigned long ident;
    int key;
    Py_tss_t *storage;
    int seen; /* what the thread found in the storage of its own */
} Work;

static void
work(void *argument)
{
    Work *given = argument;
    given->ident = PyThread_get_thread_ident();
    given->seen = (PyThread_get_key_value(given->key) != NULL) + 2 * (PyThread_tss_get(given->storage) != NULL);
    PyThread_set_key_value(given->key, given);
    PyThread_tss_set(given->storage, given);
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *result = PyObject_CallNoArgs(given->call);
    if (result == NULL) {
        PyErr_WriteUnraisable(given->call);
    }
    Py_XDECREF(result);
    PyGILState_Release(state);
    PyThread_release_lock(given->done);
    PyThread_exit_thread();
}


/* A thread of C's calls it; what storage each thread has of its own. */
static PyObject *
in_a_thread(PyObject *self, PyObject *call)
{
    Work given = {.done = PyThread_allocate_lock(), .call = call, .key = PyThread_create_key(), .storage = PyThread_tss_alloc()};
    if (given.done == NULL || given.storage == NULL) {
        return PyErr_NoMemory();
    }
    int created[] = {PyThread_tss_is_created(given.storage), PyThread_tss_create(given.storage), PyThread_tss_create(given.storage),
                     PyThread_tss_is_created(given.storage)};
    int value;
    PyThread_set_key_value(given.key, &value);
    PyThread_tss_set(given.storage, &value);
    PyThread_acquire_lock(given.done, WAIT_LOCK);
    unsigned long started = PyThread_start_new_thread(work, &given);
    if (started == PYTHREAD_INVALID_THREAD_ID) {
        return PyErr_Format(PyExc_RuntimeError, "no thread");
    }
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(given.done, WAIT_LOCK);
    Py_END_ALLOW_THREADS
    PyThread_release_lock(given.done);
    PyThread_free_lock(given.done);
    int mine = PyThread_get_key_value(given.key) == &value && PyThread_tss_get(given.storage) == &value;
    PyThread_delete_key_value(given.key);
    int gone = PyThread_get_key_value(given.key) == NULL;
    PyThread_ReInitTLS();
    PyThread_delete_key(given.key);
    PyThread_tss_delete(given.storage);
    int deleted = PyThread_tss_is_created(given.storage);
    PyThread_tss_delete(given.storage);
    PyThread_tss_free(given.storage);
    PyThread_tss_free(NULL);
    return Py_BuildValue("((iiii)iiiiii)", created[0], created[1], created[2], created[3], started == given.ident, given.seen, mine, gone, deleted,
                         given.ident != PyThread_get_thread_ident());
}

static PyObject *
thread_facts(PyObject *self, PyObject *unused)
{
    PyThread_init_thread();
    PyEval_InitThreads();
    size_t usual = PyThread_get_stacksize();
    int too_small = PyThread_set_stacksize(100), set = PyThread_set_stacksize(1 << 20);
    size_t now = PyThread_get_stacksize();
    int back = PyThread_set_stacksize(0);
    return Py_BuildValue("(Nniiniki)", PyThread_GetInfo(), (Py_ssize_t)usual, too_small, set, (Py_ssize_t)now, back, 0UL,
                         PyThread_get_thread_native_id() != 0);
}


/* ---- tracing ---- */

static int
trace(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    static const char *const names[] = {"call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"};
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *name = code->co_name;
    int wanted = PyUnicode_Check(name) && PyUnicode_ReadChar(name, 0) == 't';
    PyObject *entry = !wanted ? NULL
                      : what == PyTrace_RETURN || what == PyTrace_C_CALL
                          ? Py_BuildValue("(sOO)", names[what], name, argument ? argument : Py_None)
                          : Py_BuildValue("(sOi)", names[what], name, PyFrame_GetLineNumber(frame) - code->co_firstlineno);
    Py_DECREF(code);
    if (!wanted) {
        return 0;
    }
    int status = entry ? PyList_Append(object, entry) : -1;
    Py_XDECREF(entry);
    return status;
}

static int
fails(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    if (what != PyTrace_CALL) {
        return 0;
    }
    PyErr_SetString(PyExc_LookupError, "the tracer failed");
    return -1;
}

/* traced(how, call): the events of functions named t... */
static PyObject *
traced(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *call;
    if (!PyArg_ParseTuple(arguments, "sO", &how, &call)) {
        return NULL;
    }
    void (*set)(Py_tracefunc, PyObject *) = strcmp(how, "profile") == 0 ? PyEval_SetProfile : PyEval_SetTrace;
    PyObject *list = PyList_New(0);
    set(strcmp(how, "fail") == 0 ? fails : trace, list);
    PyObject *result = PyObject_CallNoArgs(call);
    PyObject *error = PyErr_GetRaisedException();
    set(NULL, NULL);
    Py_XDECREF(result);
    return Py_BuildValue("(NN)", list, error ? error : Py_NewRef(Py_None));
}

static PyMethodDef functions[] = {
    {"clocks", clocks, METH_NOARGS, NULL},
    {"times", times, METH_VARARGS, NULL},
    {"from_seconds", from_seconds, METH_VARARGS, NULL},
    {"from_long", from_long, METH_O, NULL},
    {"through_time_t", through_time_t, METH_O, NULL},
    {"in_a_thread", in_a_thread, METH_O, NULL},
    {"thread_facts", thread_facts, METH_NOARGS, NULL},
    {"traced", traced, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_timing, "Timing.", functions)
