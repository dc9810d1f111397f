/* Threads: C threads that take the GIL, Python threads in C without it, thread states, locks, thread-specific storage. */
#include "common.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

/* Wait without the GIL; 0 after ten seconds, so that a mistake fails and does not hang. */
static int
wait_for(sem_t *semaphore)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 10;
    while (sem_timedwait(semaphore, &deadline) != 0) {
        if (errno != EINTR) {
            return 0;
        }
    }
    return 1;
}

/* meet(me): two threads, both without the GIL at once, or neither gets through. */
static sem_t arrived[2];

static PyObject *
meet(PyObject *self, PyObject *argument)
{
    long me = PyLong_AsLong(argument);
    int met;
    Py_BEGIN_ALLOW_THREADS
    sem_post(&arrived[me]);
    met = wait_for(&arrived[1 - me]);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(met);
}

/* A C thread that calls Python `times` times, with the GIL taken for each call. */
typedef struct {
    PyObject *function;
    int times, failures;
    pthread_t thread;
} Caller;

static atomic_int enough;

static void *
call_from_thread(void *argument)
{
    Caller *caller = argument;
    for (int i = 0; i < caller->times && !enough; i++) {
        PyGILState_STATE state = PyGILState_Ensure();
        PyObject *result = PyObject_CallFunction(caller->function, "i", i);
        if (result == NULL) {
            PyErr_Clear();
            caller->failures++;
        }
        Py_XDECREF(result);
        PyGILState_Release(state);
    }
    return NULL;
}

/* spawn(function, threads, times): start C threads, wait without the GIL, return how many calls failed. */
static PyObject *
spawn(PyObject *self, PyObject *arguments)
{
    Caller callers[16];
    PyObject *function;
    int threads, times, failures = 0;
    if (!PyArg_ParseTuple(arguments, "Oii", &function, &threads, &times)) {
        return NULL;
    }
    for (int i = 0; i < threads; i++) {
        callers[i] = (Caller){.function = function, .times = times};
        pthread_create(&callers[i].thread, NULL, call_from_thread, &callers[i]);
    }
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < threads; i++) {
        pthread_join(callers[i].thread, NULL);
    }
    Py_END_ALLOW_THREADS
    for (int i = 0; i < threads; i++) {
        failures += callers[i].failures;
    }
    return PyLong_FromLong(failures);
}

/* The same, not waited for: the thread goes on while Python does other things, until join(). */
static Caller background;
static int background_runs;

static PyObject *
start(PyObject *self, PyObject *arguments)
{
    PyObject *function;
    int times;
    if (!PyArg_ParseTuple(arguments, "Oi", &function, &times)) {
        return NULL;
    }
    background = (Caller){.function = Py_NewRef(function), .times = times};
    background_runs = pthread_create(&background.thread, NULL, call_from_thread, &background) == 0;
    return PyBool_FromLong(background_runs);
}

static PyObject *
stop(PyObject *self, PyObject *unused)
{
    enough = 1;
    Py_RETURN_NONE;
}

static PyObject *
join(PyObject *self, PyObject *unused)
{
    if (!background_runs) {
        Py_RETURN_NONE;
    }
    Py_BEGIN_ALLOW_THREADS
    pthread_join(background.thread, NULL);
    Py_END_ALLOW_THREADS
    background_runs = enough = 0;
    Py_CLEAR(background.function);
    return PyLong_FromLong(background.failures);
}

/* PyGILState_Ensure on a thread that has the GIL already, and what PyGILState_Check says. */
static PyObject *
nested_gil(PyObject *self, PyObject *function)
{
    PyGILState_STATE outer = PyGILState_Ensure(), inner = PyGILState_Ensure();
    PyObject *result = PyObject_CallNoArgs(function);
    int held = PyGILState_Check();
    PyGILState_Release(inner);
    PyGILState_Release(outer);
    PyThreadState *saved = PyEval_SaveThread();
    int released = PyGILState_Check();
    PyGILState_STATE again = PyGILState_Ensure();
    int taken = PyGILState_Check();
    PyGILState_Release(again);
    PyEval_RestoreThread(saved);
    if (result == NULL) {
        return NULL;
    }
    return Py_BuildValue("(Niiiii)", result, held, released, taken, outer == PyGILState_LOCKED, PyThreadState_Get() == saved);
}

/* Py_BLOCK_THREADS in the middle of a section without the GIL. */
static PyObject *
blocked_inside(PyObject *self, PyObject *function)
{
    PyObject *first = NULL, *second = NULL;
    Py_BEGIN_ALLOW_THREADS
    Py_BLOCK_THREADS
    first = PyObject_CallOneArg(function, Py_True);
    Py_UNBLOCK_THREADS
    Py_BLOCK_THREADS
    second = first ? PyObject_CallOneArg(function, Py_False) : NULL;
    Py_UNBLOCK_THREADS
    Py_END_ALLOW_THREADS
    if (second == NULL) {
        Py_XDECREF(first);
        return NULL;
    }
    return Py_BuildValue("(NN)", first, second);
}

/* Facts of this thread's state. */
static PyObject *
thread_facts(PyObject *self, PyObject *unused)
{
    PyThreadState *thread = PyThreadState_Get();
    PyObject *dict = PyThreadState_GetDict();
    int had = PyDict_GetItemString(dict, "ext_threads.seen") != NULL;
    if (PyDict_SetItemString(dict, "ext_threads.seen", Py_True) < 0) {
        return NULL;
    }
    return Py_BuildValue("(iiii)", thread == PyGILState_GetThisThreadState(), thread->interp == PyInterpreterState_Get(),
                         PyInterpreterState_GetID(thread->interp) == 0, had);
}

static PyObject *
identifier(PyObject *self, PyObject *unused)
{
    return PyLong_FromUnsignedLong(PyThread_get_thread_ident());
}

/* PyThread locks and thread-specific storage. */
static Py_tss_t storage = Py_tss_NEEDS_INIT;

static PyObject *
stored(PyObject *self, PyObject *argument)
{
    if (PyThread_tss_create(&storage) != 0) {
        return PyErr_NoMemory();
    }
    void *before = PyThread_tss_get(&storage);
    PyThread_tss_set(&storage, (void *)PyLong_AsSsize_t(argument));
    return Py_BuildValue("(ni)", (Py_ssize_t)before, PyThread_tss_is_created(&storage));
}

static PyObject *
locked(PyObject *self, PyObject *unused)
{
    PyThread_type_lock lock = PyThread_allocate_lock();
    int first = PyThread_acquire_lock(lock, NOWAIT_LOCK), second = PyThread_acquire_lock(lock, NOWAIT_LOCK);
    int timed = PyThread_acquire_lock_timed(lock, 1000, 0);
    PyThread_release_lock(lock);
    int third = PyThread_acquire_lock(lock, WAIT_LOCK);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    return Py_BuildValue("(iiii)", first, second, timed, third);
}

/* Work for the main thread, asked for by another one. */
static atomic_int pending_ran;

static int
pending(void *argument)
{
    pending_ran++;
    return 0;
}

static void *
ask_for_pending(void *argument)
{
    Py_AddPendingCall(pending, NULL);
    return NULL;
}

static PyObject *
pending_call(PyObject *self, PyObject *unused)
{
    pthread_t thread;
    pthread_create(&thread, NULL, ask_for_pending, NULL);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    if (Py_MakePendingCalls() < 0) {
        return NULL;
    }
    return PyLong_FromLong(pending_ran);
}

/* soon(callable, main_only): ask for a call of it, which any thread may make unless it is to be the main one. */
extern int _PyEval_AddPendingCall(PyInterpreterState *, int (*)(void *), void *, int);

static int
call_it(void *callable)
{
    PyObject *result = PyObject_CallNoArgs(callable);
    Py_DECREF(callable);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

static PyObject *
soon(PyObject *self, PyObject *arguments)
{
    PyObject *callable;
    int main_only;
    if (!PyArg_ParseTuple(arguments, "Op", &callable, &main_only)) {
        return NULL;
    }
    Py_INCREF(callable);
    int status = main_only ? Py_AddPendingCall(call_it, callable) : _PyEval_AddPendingCall(PyInterpreterState_Get(), call_it, callable, 0);
    if (status < 0) {
        Py_DECREF(callable);
    }
    return PyLong_FromLong(status);
}

static PyObject *
make_pending(PyObject *self, PyObject *unused)
{
    return Py_MakePendingCalls() < 0 ? NULL : Py_NewRef(Py_None);
}

/* A lock of C's own, taken without the GIL, as every careful extension does. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static PyObject *
count_up(PyObject *self, PyObject *times)
{
    long n = PyLong_AsLong(times);
    for (long i = 0; i < n; i++) {
        Py_BEGIN_ALLOW_THREADS
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        Py_END_ALLOW_THREADS
    }
    return PyLong_FromLong(counter);
}

/* Without any lock of its own: the GIL protects it. */
static long unprotected;

static PyObject *
count_unprotected(PyObject *self, PyObject *unused)
{
    long before = unprotected;
    PyObject *text = PyUnicode_FromFormat("%ld", before);
    Py_XDECREF(text);
    unprotected = before + 1;
    return PyLong_FromLong(unprotected);
}

/* States that C makes by itself, as pybind11 and cffi do on threads that Python never saw. */
struct visitor {
    PyInterpreterState *interpreter;
    PyObject *callback;
    int rounds;
    char facts[64];
};

static void
note(struct visitor *visitor, int fact)
{
    size_t length = strlen(visitor->facts);
    snprintf(visitor->facts + length, sizeof(visitor->facts) - length, "%d", fact);
}

static void
call_callback(struct visitor *visitor)
{
    PyObject *dict = PyThreadState_GetDict();
    note(visitor, dict ? (int)PyDict_Size(dict) : -1);
    PyObject *result = PyObject_CallFunction(visitor->callback, "i", visitor->rounds);
    if (!result || !dict || PyDict_SetItemString(dict, "seen", result) < 0) {
        PyErr_Print();
    }
    Py_XDECREF(result);
}

static void *
visit_with_own_state(void *argument)
{
    struct visitor *visitor = argument;
    for (int i = 0; i < visitor->rounds; i++) {
        note(visitor, PyGILState_GetThisThreadState() != NULL);
        PyThreadState *mine = PyThreadState_New(visitor->interpreter);
        PyEval_AcquireThread(mine);
        note(visitor, PyThreadState_Get() == mine);
        note(visitor, PyGILState_Check());
        call_callback(visitor);
        PyEval_SaveThread();
        note(visitor, PyThreadState_GetUnchecked() != NULL);
        PyEval_RestoreThread(mine);
        call_callback(visitor);
        PyThreadState_Clear(mine);
        PyThreadState_DeleteCurrent();
        note(visitor, PyThreadState_GetUnchecked() != NULL);
    }
    return NULL;
}

/* PyGILState_Ensure once; afterwards the thread keeps its state and counts by itself, until the last release. */
static void *
visit_and_keep_state(void *argument)
{
    struct visitor *visitor = argument;
    for (int i = 0; i < visitor->rounds; i++) {
        PyThreadState *mine = PyGILState_GetThisThreadState();
        note(visitor, mine != NULL);
        PyGILState_STATE state = PyGILState_UNLOCKED;
        if (mine) {
            mine->gilstate_counter++;
            PyEval_RestoreThread(mine);
        }
        else {
            state = PyGILState_Ensure();
            PyGILState_GetThisThreadState()->gilstate_counter++;
        }
        PyGILState_STATE inner = PyGILState_Ensure();
        note(visitor, inner == PyGILState_LOCKED);
        call_callback(visitor);
        PyGILState_Release(inner);
        note(visitor, PyGILState_Check());
        if (i == visitor->rounds - 1) {
            PyGILState_GetThisThreadState()->gilstate_counter--;
        }
        PyGILState_Release(state);
        note(visitor, PyThreadState_GetUnchecked() != NULL);
    }
    note(visitor, PyGILState_GetThisThreadState() != NULL);
    return NULL;
}

/* visit(callback, rounds, keep): what a thread of C's own saw. */
static PyObject *
visit(PyObject *self, PyObject *arguments)
{
    struct visitor visitor = {PyInterpreterState_Get(), NULL, 0, ""};
    int keep;
    if (!PyArg_ParseTuple(arguments, "Oip", &visitor.callback, &visitor.rounds, &keep)) {
        return NULL;
    }
    pthread_t thread;
    Py_BEGIN_ALLOW_THREADS
    pthread_create(&thread, NULL, keep ? visit_and_keep_state : visit_with_own_state, &visitor);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    return PyUnicode_FromString(visitor.facts);
}

/* swap(): this thread without a state, with another one, and with its own again. */
static PyObject *
swap(PyObject *self, PyObject *unused)
{
    struct visitor seen = {NULL, NULL, 0, ""};
    PyThreadState *own = PyThreadState_Get();
    note(&seen, PyThreadState_Swap(NULL) == own);
    note(&seen, PyThreadState_GetUnchecked() == NULL);
    PyThreadState *other = PyThreadState_New(PyInterpreterState_Main());
    note(&seen, PyThreadState_Swap(other) == NULL);
    note(&seen, PyThreadState_Get() == other);
    note(&seen, PyThreadState_GetID(own) != PyThreadState_GetID(other));
    note(&seen, PyThreadState_GetInterpreter(other) == PyInterpreterState_Get());
    PyObject *list = Py_BuildValue("[i]", 1);
    note(&seen, list && PyList_GET_SIZE(list) == 1);
    Py_XDECREF(list);
    PyErr_SetString(PyExc_ValueError, "of the other state");
    note(&seen, own->current_exception == NULL && other->current_exception != NULL);
    PyThreadState_Clear(other);
    note(&seen, PyThreadState_Swap(own) == other);
    note(&seen, PyErr_Occurred() == NULL);
    PyThreadState_Delete(other);
    PyThreadState_EnterTracing(own);
    note(&seen, own->tracing == 1);
    PyThreadState_LeaveTracing(own);
    note(&seen, own->tracing == 0);
    PyObject *data = PyInterpreterState_GetDict(PyInterpreterState_Get());
    note(&seen, data != NULL && data == PyInterpreterState_GetDict(PyInterpreterState_Main()));
    note(&seen, data && PyDict_SetItemString(data, "ext_threads", Py_None) == 0);
    return PyUnicode_FromString(seen.facts);
}

/* fork_in_c(function): fork without os.fork; the child ends with the number that the function returns, or 99. */
static PyObject *
fork_in_c(PyObject *self, PyObject *function)
{
    int status;
    PyOS_BeforeFork();
    pid_t child = fork();
    if (child == 0) {
        PyOS_AfterFork_Child();
        PyObject *result = PyObject_CallNoArgs(function);
        if (result == NULL) {
            PyErr_Print();
        }
        _exit(result ? (int)PyLong_AsLong(result) : 99);
    }
    PyOS_AfterFork_Parent();
    Py_BEGIN_ALLOW_THREADS
    waitpid(child, &status, 0);
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
}

static int
fill(PyObject *module)
{
    return sem_init(&arrived[0], 0, 0) || sem_init(&arrived[1], 0, 0) ? -1 : 0;
}

static PyMethodDef functions[] = {
    {"meet", meet, METH_O, NULL},
    {"spawn", spawn, METH_VARARGS, NULL},
    {"start", start, METH_VARARGS, NULL},
    {"stop", stop, METH_NOARGS, NULL},
    {"join", join, METH_NOARGS, NULL},
    {"nested_gil", nested_gil, METH_O, NULL},
    {"blocked_inside", blocked_inside, METH_O, NULL},
    {"thread_facts", thread_facts, METH_NOARGS, NULL},
    {"identifier", identifier, METH_NOARGS, NULL},
    {"stored", stored, METH_O, NULL},
    {"locked", locked, METH_NOARGS, NULL},
    {"pending_call", pending_call, METH_NOARGS, NULL},
    {"soon", soon, METH_VARARGS, NULL},
    {"make_pending", make_pending, METH_NOARGS, NULL},
    {"visit", visit, METH_VARARGS, NULL},
    {"swap", swap, METH_NOARGS, NULL},
    {"fork_in_c", fork_in_c, METH_O, NULL},
    {"count_up", count_up, METH_O, NULL},
    {"count_unprotected", count_unprotected, METH_NOARGS, NULL},
    {0},
};

MODULE(ext_threads, "Threads.", functions, fill)
