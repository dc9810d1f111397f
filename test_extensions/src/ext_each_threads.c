/* Functions of the API about threads: locks, events, storage, threads that C starts. */
#include "each_threads.h"
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

struct knocking {
    void (*work)(void *);
    PyMutex *mutex;
    PyThread_type_lock knocks;
    int got;
};

static void knock(void *argument)
{
    struct knocking *knocking = argument;
    PyThread_release_lock(knocking->knocks);
    PyMutex_Lock(knocking->mutex);
    knocking->got++;
    PyMutex_Unlock(knocking->mutex);
}

/* Unlocked it is free again; so it is for another thread, that waits for it. */
static PyObject *each_PyMutex_Unlock(const char *which)
{
    PyMutex mutex = {0};
    struct knocking knocking = {knock, &mutex, PyThread_allocate_lock(), 0};
    PyMutex_Lock(&mutex);
    if (is(which, "waited-for")) {
        pthread_t thread;
        PyThread_acquire_lock(knocking.knocks, 1);
        pthread_create(&thread, NULL, call_work, &knocking);
        PyThread_acquire_lock(knocking.knocks, 1);
        PyMutex_Unlock(&mutex);
        Py_BEGIN_ALLOW_THREADS
        pthread_join(thread, NULL);
        Py_END_ALLOW_THREADS
    } else {
        PyMutex_Unlock(&mutex);
        if (is(which, "again")) {
            PyMutex_Lock(&mutex);
            PyMutex_Unlock(&mutex);
        }
    }
    PyThread_free_lock(knocking.knocks);
    return Py_BuildValue("(ii)", mutex._bits, knocking.got);
}

/* One that C sets and waits for: functions that no header declares. */
typedef struct {
    unsigned char v;
} event;
extern void PyEvent_Wait(event *);
extern void _PyEvent_Notify(event *);

struct notifying {
    void (*work)(void *);
    event *event, *answer;
};

static void answer(void *argument)
{
    struct notifying *notifying = argument;
    PyEvent_Wait(notifying->event);
    _PyEvent_Notify(notifying->answer);
}

static PyObject *each_PyEvent_Wait(const char *which)
{
    event event = {0}, other = {0};
    struct notifying notifying = {answer, &event, &other};
    if (is(which, "set") || is(which, "set-twice")) {
        _PyEvent_Notify(&event);
        if (is(which, "set-twice")) {
            _PyEvent_Notify(&event);
        }
        PyEvent_Wait(&event);
        PyEvent_Wait(&event);
    } else {
        /* Each of two threads waits for what the other sets. */
        pthread_t thread;
        pthread_create(&thread, NULL, call_work, &notifying);
        _PyEvent_Notify(&event);
        PyEvent_Wait(&other);
        Py_BEGIN_ALLOW_THREADS
        pthread_join(thread, NULL);
        Py_END_ALLOW_THREADS
    }
    return Py_BuildValue("(ii)", event.v, other.v);
}

/* Their layout is told to builds without the interpreter's lock alone; in others no function of these does anything. */
static PyObject *section(PyObject *object, PyObject *other, int which)
{
    unsigned char room[64], untouched[64];
    memset(room, 0xAB, sizeof room);
    memset(untouched, 0xAB, sizeof untouched);
    Py_ssize_t before = object ? Py_REFCNT(object) : 0;
    switch (which) {
    case 0:
        PyCriticalSection_Begin((PyCriticalSection *)room, object);
        break;
    case 1:
        PyCriticalSection_End((PyCriticalSection *)room);
        break;
    case 2:
        PyCriticalSection2_Begin((PyCriticalSection2 *)room, object, other);
        break;
    default:
        PyCriticalSection2_End((PyCriticalSection2 *)room);
    }
    return Py_BuildValue("(ii)", memcmp(room, untouched, sizeof room) == 0, object == NULL || Py_REFCNT(object) == before);
}

static PyObject *each_PyCriticalSection_End(PyObject *object)
{
    return section(object, NULL, 1);
}

static PyObject *each_PyCriticalSection2_Begin(PyObject *object, PyObject *other)
{
    return section(object, other, 2);
}

static PyObject *each_PyCriticalSection2_End(PyObject *object)
{
    return section(object, object, 3);
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

/* A key: one that a struct holds, or an allocated one; as new, created, with a value, deleted. */
static Py_tss_t *key_in(const char *which)
{
    Py_tss_t *key = PyThread_tss_alloc();
    if (!is(which, "new")) {
        PyThread_tss_create(key);
    }
    if (is(which, "set") || is(which, "deleted-set")) {
        PyThread_tss_set(key, "value");
    }
    if (is(which, "deleted") || is(which, "deleted-set") || is(which, "again")) {
        PyThread_tss_delete(key);
    }
    if (is(which, "again")) {
        PyThread_tss_create(key);
    }
    return key;
}

static PyObject *each_PyThread_tss_alloc(void)
{
    Py_tss_t *key = PyThread_tss_alloc(), *other = PyThread_tss_alloc();
    PyObject *told = Py_BuildValue("(ii)", key != NULL && key != other, PyThread_tss_is_created(key));
    PyThread_tss_free(key);
    PyThread_tss_free(other);
    return told;
}

/* It can be had again: there are fewer keys than this in a process. */
static PyObject *each_PyThread_tss_free(const char *which)
{
    int created = 0;
    for (int index = 0; index < 3000; index++) {
        Py_tss_t *key = is(which, "null") ? NULL : key_in(which);
        created += key != NULL && PyThread_tss_is_created(key);
        PyThread_tss_free(key);
    }
    return PyLong_FromLong(created);
}

static PyObject *each_PyThread_tss_is_created(const char *which)
{
    Py_tss_t *key = key_in(which);
    PyObject *told = PyLong_FromLong(PyThread_tss_is_created(key));
    PyThread_tss_free(key);
    return told;
}

static PyObject *each_PyThread_tss_delete(const char *which)
{
    Py_tss_t *key = key_in(which);
    PyThread_tss_delete(key);
    int deleted = PyThread_tss_is_created(key);
    PyThread_tss_delete(key);
    int created = PyThread_tss_create(key);
    void *value = PyThread_tss_get(key);
    PyThread_tss_free(key);
    return Py_BuildValue("(iii)", deleted, created, value == NULL);
}

struct storing {
    void (*work)(void *);
    Py_tss_t *key;
    int old_key, empty, set, got;
};

static void store(void *argument)
{
    struct storing *storing = argument;
    storing->empty = PyThread_tss_get(storing->key) == NULL;
    storing->set = PyThread_tss_set(storing->key, "of the other thread");
    storing->got = strcmp(PyThread_tss_get(storing->key), "of the other thread") == 0;
}

/* What is got after a value, another one, or none was set here; or one in another thread. */
static PyObject *stored(const char *which)
{
    Py_tss_t *key = key_in("set");
    struct storing storing = {store, key, 0, -1, -1, -1};
    int set = -1;
    if (is(which, "other-value")) {
        set = PyThread_tss_set(key, "other");
    } else if (is(which, "null")) {
        set = PyThread_tss_set(key, NULL);
    } else if (is(which, "other-thread")) {
        in_other_thread(&storing);
    } else if (is(which, "again")) {
        PyThread_tss_delete(key);
        PyThread_tss_create(key);
    }
    PyObject *got = text_or_null(PyThread_tss_get(key));
    PyThread_tss_free(key);
    return Py_BuildValue("(iNiii)", set, got, storing.empty, storing.set, storing.got);
}

static PyObject *each_PyThread_tss_set(const char *which)
{
    return stored(which);
}

static PyObject *each_PyThread_tss_get(const char *which)
{
    return stored(which);
}

static void store_by_number(void *argument)
{
    struct storing *storing = argument;
    storing->empty = PyThread_get_key_value(storing->old_key) == NULL;
    storing->set = PyThread_set_key_value(storing->old_key, "of the other thread");
    storing->got = strcmp(PyThread_get_key_value(storing->old_key), "of the other thread") == 0;
}

/* The same of keys that are numbers, of which there may be wrong ones: the answer of the function named, and what is got after it. */
static PyObject *stored_by_number(const char *which, int deletes)
{
    int key = PyThread_create_key(), other = PyThread_create_key(), set = -5;
    struct storing storing = {store_by_number, NULL, key, -1, -1, -1};
    if (!is(which, "unset")) {
        PyThread_set_key_value(key, "value");
        PyThread_set_key_value(other, "of another key");
    }
    int used = is(which, "negative") ? -1 : is(which, "huge") ? 0x7fffffff : key;
    if (is(which, "other-thread")) {
        in_other_thread(&storing);
    } else if (is(which, "other-value")) {
        set = PyThread_set_key_value(key, "other");
    } else if (is(which, "null")) {
        set = PyThread_set_key_value(key, NULL);
    } else if (used != key && !deletes) {
        set = PyThread_set_key_value(used, "value") == 0;
    }
    if (deletes) {
        PyThread_delete_key_value(used);
    }
    PyObject *got = text_or_null(PyThread_get_key_value(used)), *got_other = text_or_null(PyThread_get_key_value(other));
    PyThread_delete_key(other);
    PyThread_delete_key(key);
    return Py_BuildValue("(iNNiii)", set, got, got_other, storing.empty, storing.set, storing.got);
}

static PyObject *each_PyThread_set_key_value(const char *which)
{
    return stored_by_number(which, 0);
}

static PyObject *each_PyThread_delete_key_value(const char *which)
{
    return stored_by_number(which, 1);
}

/* A key is free again: there are fewer of them in a process than this. */
static PyObject *each_PyThread_delete_key(const char *which)
{
    int failed = 0;
    for (int index = 0; index < 3000; index++) {
        int key = PyThread_create_key();
        failed += key < 0;
        if (is(which, "set")) {
            PyThread_set_key_value(key, "value");
        }
        PyThread_delete_key(key);
    }
    PyThread_delete_key(-1);
    PyThread_delete_key(0x7fffffff);
    return PyLong_FromLong(failed);
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

struct leaving {
    void (*work)(void *);
    int state, went_on;
};

static void leave(void *argument)
{
    struct leaving *leaving = argument;
    if (leaving->state) {
        PyGILState_Release(PyGILState_Ensure());
    }
    leaving->state += 10;
    PyThread_exit_thread();
    leaving->went_on = 1;
}

static PyObject *each_PyThread_exit_thread(const char *which)
{
    struct leaving leaving = {leave, is(which, "had-a-state"), 0};
    in_other_thread(&leaving);
    return Py_BuildValue("(ii)", leaving.state, leaving.went_on);
}

static const each_function functions[] = {
    EACH(PyThread_allocate_lock),
    {"PyThread_free_lock", (void *)each_PyThread_allocate_lock},
    EACH(PyThread_acquire_lock),
    {"PyThread_release_lock", (void *)each_PyThread_acquire_lock},
    EACH(PyThread_acquire_lock_timed),
    EACH(PyMutex_Lock),
    EACH(PyMutex_Unlock),
    EACH(PyEvent_Wait),
    EACH(PyCriticalSection_Begin),
    EACH(PyCriticalSection_End),
    EACH(PyCriticalSection2_Begin),
    EACH(PyCriticalSection2_End),
    EACH(PyThread_tss_alloc),
    EACH(PyThread_tss_free),
    EACH(PyThread_tss_is_created),
    EACH(PyThread_tss_delete),
    EACH(PyThread_tss_set),
    EACH(PyThread_tss_get),
    EACH(PyThread_set_key_value),
    {"PyThread_get_key_value", (void *)each_PyThread_set_key_value},
    EACH(PyThread_delete_key_value),
    EACH(PyThread_delete_key),
    EACH(PyThread_exit_thread),
    EACH(PyThread_tss_create),
    EACH(PyThread_create_key),
    EACH(PyThread_start_new_thread),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_threads, "Functions about threads.", NULL, fill)
