/* What CPython has inside and exports nevertheless: hash tables, locks, events, thread and interpreter states, configuration and
   status, signals, ends of the process. */
#include "shapes.h"
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

/* ---- pycore_hashtable.h ---- */

typedef struct _Py_hashtable_t _Py_hashtable_t;
typedef struct _Py_hashtable_entry_t {
    struct _Py_hashtable_entry_t *next;
    Py_uhash_t key_hash;
    void *key;
    void *value;
} _Py_hashtable_entry_t;
typedef Py_uhash_t (*hash_function)(const void *);
typedef int (*compare_function)(const void *, const void *);
typedef void (*destroy_function)(void *);
extern Py_uhash_t _Py_hashtable_hash_ptr(const void *);
extern int _Py_hashtable_compare_direct(const void *, const void *);
extern _Py_hashtable_t *_Py_hashtable_new(hash_function, compare_function);
extern _Py_hashtable_t *_Py_hashtable_new_full(hash_function, compare_function, destroy_function, destroy_function, void *);
extern void _Py_hashtable_destroy(_Py_hashtable_t *);
extern void _Py_hashtable_clear(_Py_hashtable_t *);
extern int _Py_hashtable_foreach(_Py_hashtable_t *, int (*)(_Py_hashtable_t *, const void *, const void *, void *), void *);
extern size_t _Py_hashtable_size(const _Py_hashtable_t *);
extern size_t _Py_hashtable_len(const _Py_hashtable_t *);
extern int _Py_hashtable_set(_Py_hashtable_t *, const void *, void *);
extern void *_Py_hashtable_get(_Py_hashtable_t *, const void *);
extern void *_Py_hashtable_steal(_Py_hashtable_t *, const void *);

static long destroyed[2];

static void
destroy_key(void *key)
{
    destroyed[0]++;
    PyMem_RawFree(key);
}

static void
destroy_value(void *value)
{
    destroyed[1] += (long)(intptr_t)value;
}

static Py_uhash_t
hash_text(const void *key)
{
    return (Py_uhash_t)((const char *)key)[0] * 31 + (Py_uhash_t)strlen(key);
}

static int
same_text(const void *first, const void *second)
{
    return strcmp(first, second) == 0;
}

static int
add_up(_Py_hashtable_t *table, const void *key, const void *value, void *data)
{
    long *sums = data;
    sums[0]++;
    sums[1] += (long)(intptr_t)value;
    return sums[0] == sums[2] ? 99 : 0;
}

static char *
copied(const char *text)
{
    char *copy = PyMem_RawMalloc(strlen(text) + 1);
    return strcpy(copy, text);
}

static PyObject *
tables(PyObject *self, PyObject *unused)
{
    _Py_hashtable_t *direct = _Py_hashtable_new(_Py_hashtable_hash_ptr, _Py_hashtable_compare_direct);
    int status = 0;
    for (intptr_t i = 1; i <= 1000; i++) {
        status |= _Py_hashtable_set(direct, (void *)(i * 16), (void *)i);
    }
    long found = 0, sums[3] = {0, 0, -1}, stopped[3] = {0, 0, 10};
    for (intptr_t i = 1; i <= 1000; i++) {
        found += (intptr_t)_Py_hashtable_get(direct, (void *)(i * 16)) == i;
    }
    PyObject *first = Py_BuildValue("(ilkiiilli)", status, found, (unsigned long)_Py_hashtable_len(direct), _Py_hashtable_get(direct, (void *)8) == NULL,
                                    (int)(intptr_t)_Py_hashtable_steal(direct, (void *)(5 * 16)), _Py_hashtable_steal(direct, (void *)(5 * 16)) == NULL,
                                    (long)_Py_hashtable_foreach(direct, add_up, sums), sums[1], _Py_hashtable_foreach(direct, add_up, stopped));
    int sized = _Py_hashtable_size(direct) > _Py_hashtable_len(direct) * sizeof(_Py_hashtable_entry_t);
    _Py_hashtable_clear(direct);
    unsigned long cleared = _Py_hashtable_len(direct);
    _Py_hashtable_destroy(direct);

    _Py_hashtable_t *full = _Py_hashtable_new_full(hash_text, same_text, destroy_key, destroy_value, NULL);
    destroyed[0] = destroyed[1] = 0;
    _Py_hashtable_set(full, copied("one"), (void *)1);
    _Py_hashtable_set(full, copied("two"), (void *)2);
    _Py_hashtable_set(full, copied("three"), (void *)3);
    long two = (long)(intptr_t)_Py_hashtable_get(full, "two"), none = _Py_hashtable_get(full, "four") == NULL;
    _Py_hashtable_clear(full);
    long keys = destroyed[0], values = destroyed[1];
    _Py_hashtable_set(full, copied("again"), (void *)10);
    _Py_hashtable_destroy(full);
    int same = _Py_hashtable_compare_direct(full, full) && !_Py_hashtable_compare_direct(full, &destroyed) &&
               _Py_hashtable_hash_ptr((void *)16) == (Py_uhash_t)Py_HashPointer((void *)16);
    return Py_BuildValue("(Nik(llllll)i)", first, sized, cleared, two, none, keys, values, destroyed[0], destroyed[1], same);
}

/* ---- pycore_lock.h, critical sections ---- */

typedef struct { uint8_t v; } Event;
typedef struct { uint8_t v; } Once;
typedef struct { PyMutex mutex; unsigned long long thread; size_t level; } RecursiveMutex;
typedef struct { uintptr_t bits; } ReadersWriter;
extern void PyEvent_Wait(Event *);
extern void _PyEvent_Notify(Event *);
extern int _PyOnceFlag_CallOnceSlow(Once *, int (*)(void *), void *);
extern void _PyRecursiveMutex_Lock(RecursiveMutex *);
extern void _PyRecursiveMutex_Unlock(RecursiveMutex *);
extern int _PyRecursiveMutex_IsLockedByCurrentThread(RecursiveMutex *);
extern void _PyRWMutex_RLock(ReadersWriter *);
extern void _PyRWMutex_RUnlock(ReadersWriter *);
extern void _PyRWMutex_Lock(ReadersWriter *);
extern void _PyRWMutex_Unlock(ReadersWriter *);
extern unsigned long long PyThread_get_thread_ident_ex(void);

static int
once(void *argument)
{
    long *calls = argument;
    return ++*calls == 1 ? -1 : 0;
}

typedef struct {
    Event started, go_on;
    RecursiveMutex mutex;
    ReadersWriter many;
    long steps;
} Meeting;

static void
meet(void *argument)
{
    Meeting *meeting = argument;
    meeting->steps = _PyRecursiveMutex_IsLockedByCurrentThread(&meeting->mutex);
    _PyEvent_Notify(&meeting->started);
    _PyRecursiveMutex_Lock(&meeting->mutex);
    meeting->steps += 10;
    _PyRecursiveMutex_Unlock(&meeting->mutex);
    _PyRWMutex_Lock(&meeting->many);
    meeting->steps += 100;
    _PyRWMutex_Unlock(&meeting->many);
    _PyEvent_Notify(&meeting->go_on);
}

static PyObject *
locks(PyObject *self, PyObject *unused)
{
    static Meeting meeting;
    memset(&meeting, 0, sizeof meeting);
    Once flag = {0};
    long calls = 0;
    int first = _PyOnceFlag_CallOnceSlow(&flag, once, &calls), second = _PyOnceFlag_CallOnceSlow(&flag, once, &calls);
    int third = _PyOnceFlag_CallOnceSlow(&flag, once, &calls);
    _PyRecursiveMutex_Lock(&meeting.mutex);
    _PyRecursiveMutex_Lock(&meeting.mutex);
    int mine = _PyRecursiveMutex_IsLockedByCurrentThread(&meeting.mutex);
    _PyRWMutex_RLock(&meeting.many);
    _PyRWMutex_RLock(&meeting.many);
    if (PyThread_start_new_thread(meet, &meeting) == PYTHREAD_INVALID_THREAD_ID) {
        return PyErr_Format(PyExc_RuntimeError, "no thread");
    }
    PyEvent_Wait(&meeting.started);
    _PyRecursiveMutex_Unlock(&meeting.mutex);
    long inside = meeting.steps;
    _PyRecursiveMutex_Unlock(&meeting.mutex);
    int still = _PyRecursiveMutex_IsLockedByCurrentThread(&meeting.mutex);
    _PyRWMutex_RUnlock(&meeting.many);
    _PyRWMutex_RUnlock(&meeting.many);
    PyEvent_Wait(&meeting.go_on);
    return Py_BuildValue("(iiiliiil)", first, second, third, calls, mine, (int)inside, still, meeting.steps);
}

/* Sections that cost nothing where there is a lock for all, and nest. */
static PyObject *
sections(PyObject *self, PyObject *arguments)
{
    PyObject *first, *second, *call;
    uintptr_t outer[4], inner[6]; /* Their structs are private where there is a lock for all. */
    if (!PyArg_ParseTuple(arguments, "OOO", &first, &second, &call)) {
        return NULL;
    }
    (PyCriticalSection_Begin)((PyCriticalSection *)outer, first);
    (PyCriticalSection2_Begin)((PyCriticalSection2 *)inner, first, second);
    PyObject *result = PyObject_CallNoArgs(call);
    (PyCriticalSection2_End)((PyCriticalSection2 *)inner);
    (PyCriticalSection_End)((PyCriticalSection *)outer);
    return result;
}

/* ---- states ---- */

extern PyThreadState *_PyThreadState_GetCurrent(void);
extern PyObject *_PyThreadState_GetDict(PyThreadState *);
extern PyObject *_PyInterpreterState_GetIDObject(PyInterpreterState *);
extern PyInterpreterState *_PyInterpreterState_LookUpIDObject(PyObject *);
extern int64_t _PyInterpreterState_ObjectToID(PyObject *);
extern const char _PyRuntime[];

static PyObject *
states(PyObject *self, PyObject *unused)
{
    PyThreadState *thread = _PyThreadState_GetCurrent();
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    int listed = 0;
    for (PyInterpreterState *one = PyInterpreterState_Head(); one; one = PyInterpreterState_Next(one)) {
        listed += one == interpreter;
    }
    PyObject *dict = _PyThreadState_GetDict(thread);
    PyEval_ReleaseThread(thread);
    PyEval_AcquireThread(thread);
    return Py_BuildValue("(iiiii)", thread == PyThreadState_Get(), listed, dict != NULL && dict == PyThreadState_GetDict(),
                         PyThread_get_thread_ident_ex() == (unsigned long long)PyThread_get_thread_ident(), _PyRuntime[0] == _PyRuntime[0]);
}

static PyObject *
interpreter_of(PyObject *self, PyObject *id)
{
    PyInterpreterState *found = _PyInterpreterState_LookUpIDObject(id);
    if (found == NULL) {
        return NULL;
    }
    return Py_BuildValue("(NiL)", _PyInterpreterState_GetIDObject(found), found == PyInterpreterState_Main(), (long long)_PyInterpreterState_ObjectToID(id));
}

/* ---- configuration ---- */

extern void _PyErr_SetFromPyStatus(PyStatus);

static PyObject *
statuses(PyObject *self, PyObject *unused)
{
    PyStatus each[] = {PyStatus_Ok(), PyStatus_Error("went wrong"), PyStatus_NoMemory(), PyStatus_Exit(7)};
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(each); i++) {
        PyObject *raised = NULL;
        if (PyStatus_IsError(each[i])) {
            _PyErr_SetFromPyStatus(each[i]);
            raised = PyErr_GetRaisedException();
        }
        PyObject *row = Py_BuildValue("(iiiziN)", PyStatus_Exception(each[i]), PyStatus_IsError(each[i]), PyStatus_IsExit(each[i]), each[i].err_msg,
                                      each[i].exitcode, raised ? raised : Py_NewRef(Py_None));
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
    }
    return list;
}

static PyObject *
configurations(PyObject *self, PyObject *unused)
{
    PyConfig isolated, python;
    PyConfig_InitIsolatedConfig(&isolated);
    PyConfig_InitPythonConfig(&python);
    PyObject *found = Py_BuildValue("((iiii)(iiii))", isolated.isolated, isolated.use_environment, isolated.user_site_directory, isolated.parse_argv,
                                    python.isolated, python.use_environment != 0, python.user_site_directory != 0, python.parse_argv);
    PyConfig_Clear(&isolated);
    PyConfig_Clear(&python);
    return found;
}

/* ---- signals and ends ---- */

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{
    caught = number;
}

static PyObject *
signals(PyObject *self, PyObject *unused)
{
    PyOS_sighandler_t before = PyOS_setsig(SIGUSR2, on_signal);
    int set = PyOS_getsig(SIGUSR2) == on_signal;
    caught = 0;
    raise(SIGUSR2);
    int seen = caught == SIGUSR2;
    raise(SIGUSR2);
    PyOS_sighandler_t during = PyOS_setsig(SIGUSR2, before);
    return Py_BuildValue("(iiiiiii)", before == SIG_DFL, set, seen, during == on_signal, PyOS_getsig(SIGUSR2) == before,
                         PyOS_getsig(-1) == SIG_ERR, PyErr_SetInterruptEx(-1));
}

static PyObject *
interrupted(PyObject *self, PyObject *number)
{
    int signal = (int)PyLong_AsLong(number);
    if (PyErr_Occurred()) {
        return NULL;
    }
    int status = PyErr_SetInterruptEx(signal);
    return PyErr_CheckSignals() < 0 ? NULL : PyLong_FromLong(status);
}

/* ---- odds and ends ---- */

extern PyObject *_PyLong_FromGid(gid_t);
extern int _PyEval_AddPendingCall(PyInterpreterState *, int (*)(void *), void *, int);
extern void _PyFloat_ExactDealloc(PyObject *);
extern void _PyUnicode_ExactDealloc(PyObject *);
extern const unsigned char _Py_HashSecret[24];

static int
pending(void *argument)
{
    ++*(long *)argument;
    return 0;
}

static int
pending_fails(void *argument)
{
    PyErr_SetString(PyExc_LookupError, "a pending call failed");
    return -1;
}

/* Calls that the interpreter makes when it comes to it: here at once. */
static PyObject *
pending_calls(PyObject *self, PyObject *unused)
{
    static long calls;
    calls = 0;
    int status = 0;
    for (int i = 0; i < 5; i++) {
        status |= _PyEval_AddPendingCall(PyInterpreterState_Get(), pending, &calls, 1);
    }
    long before = calls;
    int made = Py_MakePendingCalls();
    status |= _PyEval_AddPendingCall(PyInterpreterState_Get(), pending_fails, NULL, 0);
    int failed = Py_MakePendingCalls();
    PyObject *error = PyErr_GetRaisedException();
    return Py_BuildValue("(ililiN)", status, before, made, calls, failed, error ? error : Py_NewRef(Py_None));
}

/* What deallocates exact floats and texts, whose last reference went by hand; memory with debug hooks; group numbers. */
static PyObject *
oddities(PyObject *self, PyObject *unused)
{
    PyObject *number = PyFloat_FromDouble(1234.5), *text = PyUnicode_FromString("a text of its own");
    if (number == NULL || text == NULL) {
        return NULL;
    }
    Py_SET_REFCNT(number, 0);
    _PyFloat_ExactDealloc(number);
    Py_SET_REFCNT(text, 0);
    _PyUnicode_ExactDealloc(text);
    PyUnstable_PerfMapState_Fini();
    int secret = 0;
    for (size_t i = 0; i < sizeof _Py_HashSecret; i++) {
        secret |= _Py_HashSecret[i];
    }
    return Py_BuildValue("(NNNi)", _PyLong_FromGid((gid_t)-1), _PyLong_FromGid(0), _PyLong_FromGid(4000000000U), secret);
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static PyObject *
without_warn_options(PyObject *self, PyObject *unused)
{
    PySys_ResetWarnOptions();
    Py_RETURN_NONE;
}

/* In a child: memory by allocators that have been watched since they were called first. */
static int
debugged(void)
{
    PyMem_SetupDebugHooks();
    char *memory = PyMem_Malloc(10), *raw = PyMem_RawMalloc(10), *object = PyObject_Malloc(10);
    int filled = (unsigned char)memory[0] == 0xCD && (unsigned char)raw[9] == 0xCD && (unsigned char)object[5] == 0xCD;
    memory = PyMem_Realloc(memory, 100);
    PyMem_Free(memory);
    PyMem_RawFree(raw);
    PyObject_Free(object);
    return filled;
}

static struct _inittab none[] = {{NULL, NULL}};

/* The process ends: only in a child. */
static PyObject *
end(PyObject *self, PyObject *arguments)
{
    const char *how;
    int status;
    if (!PyArg_ParseTuple(arguments, "si", &how, &status)) {
        return NULL;
    }
    if (strcmp(how, "exit") == 0) {
        Py_Exit(status);
    }
    if (strcmp(how, "debug") == 0) {
        _exit(debugged() ? 42 : 1);
    }
    if (strcmp(how, "after fork") == 0) {
        PyOS_BeforeFork();
        PyOS_AfterFork();
        _exit(PyGILState_Check() ? 42 : 1);
    }
    if (strcmp(how, "append") == 0) {
        PyImport_AppendInittab("late", NULL);
    }
    if (strcmp(how, "extend") == 0) {
        PyImport_ExtendInittab(none);
    }
    if (strcmp(how, "interpreter") == 0) {
        Py_EndInterpreter(PyThreadState_Get());
    }
    if (strcmp(how, "fatal") == 0) {
        (Py_FatalError)("as it should");
    }
    _Py_FatalErrorFunc("some_function", "as it should");
}

static PyObject *
already(PyObject *self, PyObject *unused)
{
    Py_Initialize();
    Py_InitializeEx(0);
    return Py_BuildValue("(ik)", Py_IsInitialized(), (unsigned long)(PyType_ClearCache() * 0));
}

/* another(how, source): run it in an interpreter of its own, which ends then. */
static PyObject *
another(PyObject *self, PyObject *arguments)
{
    const char *how, *source;
    if (!PyArg_ParseTuple(arguments, "ss", &how, &source)) {
        return NULL;
    }
    PyThreadState *mine = PyThreadState_Get(), *made = NULL;
    PyInterpreterConfig config = {.use_main_obmalloc = 0, .allow_fork = 0, .allow_exec = 0, .allow_threads = 1, .allow_daemon_threads = 0,
                                  .check_multi_interp_extensions = 1, .gil = PyInterpreterConfig_OWN_GIL};
    PyStatus status = PyStatus_Ok();
    if (strcmp(how, "config") == 0) {
        status = Py_NewInterpreterFromConfig(&made, &config);
    } else {
        made = Py_NewInterpreter();
    }
    if (made == NULL) {
        PyThreadState_Swap(mine);
        return PyErr_Format(PyExc_RuntimeError, "no interpreter: %s", status.err_msg ? status.err_msg : "it says no more");
    }
    int other = PyInterpreterState_GetID(PyThreadState_GetInterpreter(made)) > 0;
    int ran = PyRun_SimpleString(source);
    Py_EndInterpreter(made);
    PyThreadState_Swap(mine);
    return Py_BuildValue("(ii)", other, ran);
}

static PyMethodDef functions[] = {
    OWN_ENTRY(another)
    OWN_ENTRY(end) OWN_ENTRY(sections)
    {"pending_calls", pending_calls, METH_NOARGS, NULL},
    {"oddities", oddities, METH_NOARGS, NULL},
    {"without_warn_options", without_warn_options, METH_NOARGS, NULL},
    {"tables", tables, METH_NOARGS, NULL},
    {"locks", locks, METH_NOARGS, NULL},
    {"states", states, METH_NOARGS, NULL},
    {"interpreter_of", interpreter_of, METH_O, NULL},
    {"statuses", statuses, METH_NOARGS, NULL},
    {"configurations", configurations, METH_NOARGS, NULL},
    {"signals", signals, METH_NOARGS, NULL},
    {"interrupted", interrupted, METH_O, NULL},
    {"already", already, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_internals, "Internals.", functions)
