/* Functions of the API about threads: locks, storage, thread states, interpreters, the lock of the interpreter. */
#include "each.h"
#include <pthread.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"




/* ---- locks */

static PyObject *each_PyThread_allocate_lock(void)
{
    PyThread_type_lock lock = PyThread_allocate_lock(), other = PyThread_allocate_lock();
    int apart = lock != NULL && lock != other;
    PyThread_free_lock(other);
    PyThread_free_lock(lock);
    return Py_BuildValue("(i)", apart);
}

static PyObject *each_PyThread_acquire_lock(long wait)
{
    PyThread_type_lock lock = PyThread_allocate_lock();
    int first = PyThread_acquire_lock(lock, (int)wait), second = PyThread_acquire_lock(lock, 0);
    PyThread_release_lock(lock);
    int third = PyThread_acquire_lock(lock, (int)wait);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    return Py_BuildValue("(iii)", first, second, third);
}

/* Of a lock that is taken already, and of one that is free: how long at most the case tells. */
static PyObject *each_PyThread_acquire_lock_timed(long most, long interruptible)
{
    PyThread_type_lock lock = PyThread_allocate_lock();
    int free_one = (int)PyThread_acquire_lock_timed(lock, most, (int)interruptible);
    int taken_one = most < 0 ? 99 : (int)PyThread_acquire_lock_timed(lock, most > 1000 ? 1000 : most, (int)interruptible);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    return Py_BuildValue("(ii)", free_one, taken_one);
}

static PyObject *each_PyMutex_Lock(void)
{
    PyMutex mutex = {0}, other = {0};
    PyMutex_Lock(&mutex);
    PyMutex_Lock(&other);
    int taken = mutex._bits;
    PyMutex_Unlock(&other);
    PyMutex_Unlock(&mutex);
    int released = mutex._bits;
    PyMutex_Lock(&mutex);
    PyMutex_Unlock(&mutex);
    return Py_BuildValue("(iii)", taken, released, mutex._bits);
}

static PyObject *each_PyCriticalSection_Begin(PyObject *object, PyObject *other)
{
    Py_ssize_t before = object ? Py_REFCNT(object) : 0;
    /* Their layout is told to builds without the interpreter's lock alone. */
    long one[8], two[8];
    PyCriticalSection_Begin((PyCriticalSection *)one, object);
    PyCriticalSection2_Begin((PyCriticalSection2 *)two, object, other);
    PyCriticalSection2_End((PyCriticalSection2 *)two);
    PyCriticalSection_End((PyCriticalSection *)one);
    PyCriticalSection2_Begin((PyCriticalSection2 *)two, object, object);
    PyCriticalSection2_End((PyCriticalSection2 *)two);
    return Py_BuildValue("(i)", object == NULL || Py_REFCNT(object) == before);
}

/* ---- storage */

static PyObject *each_PyThread_tss_create(const char *which)
{
    Py_tss_t fixed = Py_tss_NEEDS_INIT, *allocated = PyThread_tss_alloc(), *key = is(which, "allocated") ? allocated : &fixed;
    int before = PyThread_tss_is_created(key), created = PyThread_tss_create(key), again = PyThread_tss_create(key), now = PyThread_tss_is_created(key);
    void *empty = PyThread_tss_get(key);
    int set = PyThread_tss_set(key, "value"), same = strcmp(PyThread_tss_get(key), "value") == 0;
    int reset = PyThread_tss_set(key, NULL);
    void *cleared = PyThread_tss_get(key);
    PyThread_tss_delete(key);
    int deleted = PyThread_tss_is_created(key);
    PyThread_tss_delete(key);
    int once_more = PyThread_tss_create(key);
    PyThread_tss_delete(key);
    PyThread_tss_free(allocated);
    PyThread_tss_free(NULL);
    PyObject *first = Py_BuildValue("(iiiiii)", before, created, again, now, empty == NULL, set);
    return Py_BuildValue("(Niiiii)", first, same, reset, cleared == NULL, deleted, once_more);
}

static PyObject *each_PyThread_create_key(void)
{
    int key = PyThread_create_key(), other = PyThread_create_key();
    void *empty = PyThread_get_key_value(key);
    int set = PyThread_set_key_value(key, "value"), again = PyThread_set_key_value(key, "other value");
    const char *value = PyThread_get_key_value(key);
    PyThread_delete_key_value(key);
    void *deleted = PyThread_get_key_value(key);
    PyThread_delete_key(other);
    PyThread_delete_key(key);
    return Py_BuildValue("(iiiisi)", key >= 0 && key != other, empty == NULL, set, again, value, deleted == NULL);
}

/* ---- threads */

struct errand {
    PyThread_type_lock done;
    PyObject *list;
    Py_tss_t key;
    int way, seen;
    unsigned long ident;
    PyThreadState *state;
    PyInterpreterState *interpreter;
};

static void run_errand(void *argument)
{
    struct errand *errand = argument;
    errand->ident = PyThread_get_thread_ident();
    errand->seen += PyThread_tss_get(&errand->key) == NULL;
    if (errand->way == 1) {
        errand->seen += PyGILState_Check() == 0 ? 10 : 0;
        PyGILState_STATE outer = PyGILState_Ensure(), inner = PyGILState_Ensure();
        errand->seen += outer == PyGILState_UNLOCKED && inner == PyGILState_LOCKED ? 100 : 0;
        PyList_Append(errand->list, Py_True);
        errand->seen += PyGILState_GetThisThreadState() == PyThreadState_Get() ? 1000 : 0;
        PyGILState_Release(inner);
        PyGILState_Release(outer);
        errand->seen += PyGILState_Check() == 0 ? 10000 : 0;
    }
    if (errand->way == 2) {
        PyThreadState *own = PyThreadState_New(errand->interpreter);
        errand->seen += own != NULL ? 10 : 0;
        PyEval_AcquireThread(own);
        PyList_Append(errand->list, Py_False);
        errand->seen += PyThreadState_Get() == own ? 100 : 0;
        PyEval_ReleaseThread(own);
        PyEval_RestoreThread(own);
        PyThreadState_Clear(own);
        PyThreadState_DeleteCurrent();
    }
    if (errand->way == 3) {
        PyThread_release_lock(errand->done);
        PyThread_exit_thread();
    }
    PyThread_release_lock(errand->done);
}

static PyObject *each_PyThread_start_new_thread(const char *which)
{
    struct errand errand = {.done = PyThread_allocate_lock(), .list = PyList_New(0), .key = Py_tss_NEEDS_INIT};
    errand.way = is(which, "ensure") ? 1 : is(which, "own-state") ? 2 : is(which, "exit") ? 3 : 0;
    errand.interpreter = PyInterpreterState_Get();
    PyThread_tss_create(&errand.key);
    PyThread_tss_set(&errand.key, "of the first thread");
    PyThread_acquire_lock(errand.done, 1);
    unsigned long started = PyThread_start_new_thread(run_errand, &errand);
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(errand.done, 1);
    usleep(1000);
    Py_END_ALLOW_THREADS
    int here = PyThread_tss_get(&errand.key) != NULL;
    PyThread_tss_delete(&errand.key);
    PyThread_release_lock(errand.done);
    PyThread_free_lock(errand.done);
    return Py_BuildValue("(iiiiN)", started == errand.ident, errand.ident != PyThread_get_thread_ident(), errand.seen, here, errand.list);
}

/* ---- the state of this thread, and its interpreter */

static PyObject *each_PyThreadState_Get(void)
{
    PyThreadState *state = PyThreadState_Get();
    PyFrameObject *frame = PyThreadState_GetFrame(state);
    PyObject *dict = PyThreadState_GetDict();
    int kept = PyDict_Check(dict) && dict == PyThreadState_GetDict() && PyDict_SetItemString(dict, "ext_each", Py_True) == 0;
    PyDict_DelItemString(dict, "ext_each");
    PyObject *told = Py_BuildValue("(iiiiii)", state != NULL, state == PyThreadState_GetUnchecked(), state == PyGILState_GetThisThreadState(), kept,
                                   PyThreadState_GetID(state) > 0, PyThreadState_GetInterpreter(state) == PyInterpreterState_Get());
    Py_XDECREF(frame);
    return Py_BuildValue("(Nii)", told, frame != NULL, PyGILState_Check());
}

static PyObject *each_PyThreadState_Swap(const char *which)
{
    PyThreadState *own = PyThreadState_Get(), *swapped = PyThreadState_Swap(NULL);
    PyThreadState *none = PyThreadState_GetUnchecked(), *back = PyThreadState_Swap(own);
    return Py_BuildValue("(iiii)", swapped == own, none == NULL, back == NULL, PyThreadState_Get() == own);
}

static PyObject *each_PyThreadState_New(void)
{
    PyThreadState *made = PyThreadState_New(PyInterpreterState_Get()), *other = PyThreadState_New(PyInterpreterState_Get());
    PyObject *told = Py_BuildValue("(iiii)", made != NULL && made != other, PyThreadState_GetInterpreter(made) == PyInterpreterState_Get(),
                                   PyThreadState_GetID(made) < PyThreadState_GetID(other), PyThreadState_GetFrame(made) == NULL);
    PyThreadState_Clear(other);
    PyThreadState_Delete(other);
    PyThreadState_Clear(made);
    PyThreadState_Clear(made);
    PyThreadState_Delete(made);
    return told;
}

static PyObject *each_PyThreadState_EnterTracing(void)
{
    PyThreadState *state = PyThreadState_Get();
    PyThreadState_EnterTracing(state);
    PyThreadState_EnterTracing(state);
    int tracing = state->tracing;
    PyThreadState_LeaveTracing(state);
    PyThreadState_LeaveTracing(state);
    return Py_BuildValue("(ii)", tracing, state->tracing);
}

static PyObject *each_PyInterpreterState_Get(void)
{
    PyInterpreterState *own = PyInterpreterState_Get();
    PyObject *dict = PyInterpreterState_GetDict(own);
    int listed = 0, count = 0;
    for (PyInterpreterState *each = PyInterpreterState_Head(); each != NULL && count < 100; each = PyInterpreterState_Next(each)) {
        listed |= each == own;
        count++;
    }
    return Py_BuildValue("(iiiiiiL)", own != NULL, own == PyInterpreterState_Main(), listed, count, PyDict_Check(dict), dict == PyInterpreterState_GetDict(own),
                         (long long)PyInterpreterState_GetID(own));
}

static PyObject *each_PyEval_SaveThread(const char *which)
{
    PyThreadState *own = PyThreadState_Get(), *saved = own;
    int held = 99;
    if (is(which, "thread")) {
        PyEval_ReleaseThread(own);
        held = PyGILState_Check();
        PyEval_AcquireThread(own);
    } else if (is(which, "ensure")) {
        saved = PyEval_SaveThread();
        PyGILState_STATE state = PyGILState_Ensure();
        held = PyGILState_Check() * 10 + (PyThreadState_Get() == own) + (state == PyGILState_UNLOCKED ? 100 : 0);
        PyGILState_Release(state);
        held += PyGILState_Check() ? 1000 : 0;
        PyEval_RestoreThread(saved);
    } else {
        saved = PyEval_SaveThread();
        held = PyGILState_Check();
        PyEval_RestoreThread(saved);
    }
    return Py_BuildValue("(iiii)", saved == own, held, PyGILState_Check(), PyThreadState_Get() == own);
}

static PyObject *each_PyGILState_Ensure(void)
{
    PyGILState_STATE first = PyGILState_Ensure(), second = PyGILState_Ensure();
    int held = PyGILState_Check();
    PyGILState_Release(second);
    PyGILState_Release(first);
    return Py_BuildValue("(iiii)", (int)first, (int)second, held, PyGILState_Check());
}

static const each_function functions[] = {
    EACH(PyThread_allocate_lock),
    {"PyThread_free_lock", (void *)each_PyThread_allocate_lock},
    EACH(PyThread_acquire_lock),
    {"PyThread_release_lock", (void *)each_PyThread_acquire_lock},
    EACH(PyThread_acquire_lock_timed),
    EACH(PyMutex_Lock),
    EACH(PyCriticalSection_Begin),
    EACH(PyThread_tss_create),
    EACH(PyThread_create_key),
    EACH(PyThread_start_new_thread),
    EACH(PyThreadState_Get),
    EACH(PyThreadState_Swap),
    EACH(PyThreadState_New),
    EACH(PyThreadState_EnterTracing),
    EACH(PyInterpreterState_Get),
    EACH(PyEval_SaveThread),
    EACH(PyGILState_Ensure),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_threads, "Functions about threads.", NULL, fill)
