/* Functions of the API about the whole program, where a table's call alone would not do: what they change is put back. */
#include "each.h"
#include <signal.h>
#include <wchar.h>
#include <frameobject.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Exported, and declared no more. */
extern void PySys_SetPath(const wchar_t *);

static int was_called;

static int call_later(void *argument)
{
    was_called += (int)(long)argument;
    if (was_called > 100) {
        PyErr_SetString(PyExc_KeyError, "asked for");
        return -1;
    }
    return 0;
}

static PyObject *each_Py_AddPendingCall(long argument)
{
    was_called = 0;
    int added = Py_AddPendingCall(call_later, (void *)argument), again = Py_AddPendingCall(call_later, (void *)1L);
    PyObject *made = number_step(Py_MakePendingCalls()), *rest = number_step(Py_MakePendingCalls());
    return Py_BuildValue("(iiNNi)", added, again, made, rest, was_called);
}

static PyObject *each_PyErr_SetInterruptEx(long number)
{
    PyObject *set = number_step(PyErr_SetInterruptEx((int)number));
    PyObject *checked = number_step(PyErr_CheckSignals()), *again = number_step(PyErr_CheckSignals());
    return Py_BuildValue("(NNN)", set, checked, again);
}

static PyObject *each_PyErr_SetInterrupt(void)
{
    PyErr_SetInterrupt();
    int occurred = PyOS_InterruptOccurred(), again = PyOS_InterruptOccurred();
    return Py_BuildValue("(iiN)", occurred, again, number_step(PyErr_CheckSignals()));
}

static void caught(int number)
{
    was_called = number;
}

static PyObject *each_PyOS_setsig(long number)
{
    PyOS_sighandler_t before = PyOS_setsig((int)number, caught);
    if (before == SIG_ERR) {
        return text_or_null("SIG_ERR");
    }
    int ours = PyOS_getsig((int)number) == caught;
    was_called = 0;
    raise((int)number);
    PyOS_sighandler_t replaced = PyOS_setsig((int)number, before);
    return Py_BuildValue("(iiii)", ours, was_called, replaced == caught, PyOS_getsig((int)number) == before);
}

/* sys.argv after its setting, and what was first in sys.path; both are as before afterwards. */
static PyObject *argv_told(const char *which, int how)
{
    PyObject *argv = Py_XNewRef(PySys_GetObject("argv")), *path = PySys_GetObject("path");
    Py_ssize_t length = PyList_Size(path);
    wchar_t *given[] = {L"first", L"h\u20ac", L"", NULL};
    int count = is(which, "none") ? 0 : is(which, "empty") ? 1 : 3;
    wchar_t **from = is(which, "null") ? NULL : is(which, "empty") ? &given[2] : given;
    if (how < 0) {
        PySys_SetArgv(count, from);
    } else {
        PySys_SetArgvEx(count, from, how);
    }
    PyObject *error = error_said();
    PyObject *now = PySequence_List(PySys_GetObject("argv"));
    Py_ssize_t added = PyList_Size(path) - length;
    if (added > 0) {
        PyList_SetSlice(path, 0, added, NULL);
    }
    PySys_SetObject("argv", argv);
    Py_XDECREF(argv);
    return Py_BuildValue("(NNn)", error, now, added);
}

static PyObject *each_PySys_SetArgv(const char *which)
{
    return argv_told(which, -1);
}

static PyObject *each_PySys_SetArgvEx(const char *which, long update)
{
    return argv_told(which, update != 0);
}

static PyObject *each_PySys_SetPath(const char *which)
{
    PyObject *path = Py_XNewRef(PySys_GetObject("path"));
    PySys_SetPath(is(which, "many") ? L"one:two/h\u20ac::three" : is(which, "one") ? L"/one" : L"");
    PyObject *error = error_said(), *now = PySequence_List(PySys_GetObject("path"));
    PySys_SetObject("path", path);
    Py_XDECREF(path);
    return Py_BuildValue("(NN)", error, now);
}

static PyObject *status_told(PyStatus status)
{
    return Py_BuildValue("(iiiizzi)", PyStatus_IsError(status), PyStatus_IsExit(status), PyStatus_Exception(status), (int)status._type, status.err_msg,
                         status.func, status.exitcode);
}

static PyObject *each_PyStatus_Ok(void)
{
    return status_told(PyStatus_Ok());
}

static PyObject *each_PyStatus_Error(const char *text)
{
    return status_told(PyStatus_Error(text));
}

static PyObject *each_PyStatus_NoMemory(void)
{
    PyStatus status = PyStatus_NoMemory();
    status.func = NULL;
    return status_told(status);
}

static PyObject *each_PyStatus_Exit(long number)
{
    return status_told(PyStatus_Exit((int)number));
}

/* Statuses of each kind, and one of a kind that there is not. */
static PyStatus status_of(const char *which)
{
    PyStatus made = {.err_msg = "made"};
    if (is(which, "unknown")) {
        made._type = 5;
    }
    return is(which, "ok") ? PyStatus_Ok() : is(which, "error") ? PyStatus_Error("words") : is(which, "no-memory") ? PyStatus_NoMemory()
           : is(which, "exit") ? PyStatus_Exit(3) : is(which, "exit-0") ? PyStatus_Exit(0) : made;
}

static PyObject *each_PyStatus_IsError(const char *which)
{
    return PyLong_FromLong(PyStatus_IsError(status_of(which)));
}

static PyObject *each_PyStatus_IsExit(const char *which)
{
    return PyLong_FromLong(PyStatus_IsExit(status_of(which)));
}

static PyObject *each_PyStatus_Exception(const char *which)
{
    return PyLong_FromLong(PyStatus_Exception(status_of(which)));
}

static PyObject *config_told(PyConfig *config)
{
    PyObject *told = Py_BuildValue("(iiiiiiiinsn)", config->isolated, config->use_environment, config->dev_mode, config->install_signal_handlers,
                                   config->parse_argv, config->site_import, config->user_site_directory, config->safe_path, config->argv.length,
                                   config->program_name ? "a name" : "NULL", config->module_search_paths.length);
    PyConfig_Clear(config);
    int cleared = config->program_name == NULL && config->argv.length == 0;
    PyConfig_Clear(config);
    return Py_BuildValue("(Ni)", told, cleared);
}

static PyObject *each_PyConfig_InitPythonConfig(void)
{
    PyConfig config;
    memset(&config, 0xff, sizeof config);
    PyConfig_InitPythonConfig(&config);
    return config_told(&config);
}

static PyObject *each_PyConfig_InitIsolatedConfig(void)
{
    PyConfig config;
    memset(&config, 0xff, sizeof config);
    PyConfig_InitIsolatedConfig(&config);
    return config_told(&config);
}

/* Memory as the functions that fill a configuration give it. */
static wchar_t *raw_text(const wchar_t *text)
{
    wchar_t *made = PyMem_RawMalloc((wcslen(text) + 1) * sizeof *made);
    return made ? wcscpy(made, text) : NULL;
}

/* What it holds is freed, and it can be cleared again, or filled anew. */
static PyObject *each_PyConfig_Clear(const char *which)
{
    PyConfig config;
    if (is(which, "zeros")) {
        memset(&config, 0, sizeof config);
    } else {
        is(which, "isolated") ? PyConfig_InitIsolatedConfig(&config) : PyConfig_InitPythonConfig(&config);
    }
    if (is(which, "filled") || is(which, "again")) {
        config.program_name = raw_text(L"a name");
        config.run_command = raw_text(L"pass");
        config.argv.items = PyMem_RawCalloc(1, sizeof *config.argv.items);
        config.argv.items[0] = raw_text(L"argument");
        config.argv.length = 1;
    }
    PyConfig_Clear(&config);
    int has = (config.program_name != NULL) + 10 * (config.run_command != NULL) + 100 * (int)config.argv.length + 1000 * (config.argv.items != NULL);
    if (is(which, "again")) {
        config.program_name = raw_text(L"other");
    }
    PyConfig_Clear(&config);
    return Py_BuildValue("(ii)", has, config.program_name == NULL);
}

/* In place: the frame that runs C, and frames made for code. */
static PyObject *each_PyFrame_New(PyObject *code, PyObject *globals, PyObject *locals)
{
    PyObject *frame = (PyObject *)PyFrame_New(PyThreadState_Get(), (PyCodeObject *)code, globals, locals);
    if (frame == NULL) {
        return NULL;
    }
    PyObject *back = (PyObject *)PyFrame_GetBack((PyFrameObject *)frame);
    PyObject *own = step(PyFrame_GetGlobals((PyFrameObject *)frame));
    PyObject *told = Py_BuildValue("(sisi)", Py_TYPE(frame)->tp_name, PyFrame_GetLineNumber((PyFrameObject *)frame) > 0, back ? "back" : "no back", own == globals);
    Py_XDECREF(back);
    Py_DECREF(own);
    Py_DECREF(frame);
    return told;
}

static PyObject *each_PyEval_GetFrame(void)
{
    PyFrameObject *frame = PyEval_GetFrame();
    if (frame == NULL) {
        return text_or_null(NULL);
    }
    PyObject *globals = PyFrame_GetGlobals(frame), *builtins = PyFrame_GetBuiltins(frame), *own = PyEval_GetFrameGlobals(), *more = PyEval_GetFrameBuiltins();
    PyObject *locals = PyEval_GetFrameLocals(), *old = PyEval_GetLocals();
    PyObject *values = old ? PyMapping_GetItemString(old, "values") : NULL, *same = locals ? PyMapping_GetItemString(locals, "values") : NULL;
    PyObject *told = Py_BuildValue("(iiiii)", globals == PyEval_GetGlobals(), builtins == PyEval_GetBuiltins(), own == globals, more == builtins,
                                   values != NULL && values == same);
    Py_XDECREF(globals), Py_XDECREF(builtins), Py_XDECREF(own), Py_XDECREF(more), Py_XDECREF(locals), Py_XDECREF(values), Py_XDECREF(same);
    return told;
}

static PyObject *each_Py_EnterRecursiveCall(const char *where)
{
    int depth = 0, status = 0;
    while (depth < 30000 && (status = Py_EnterRecursiveCall(where)) == 0) {
        depth++;
    }
    PyObject *error = PyErr_GetRaisedException();
    for (int index = 0; index < depth; index++) {
        Py_LeaveRecursiveCall();
    }
    PyErr_SetRaisedException(error);
    PyObject *said = error_said();
    int again = Py_EnterRecursiveCall(where);
    if (again == 0) {
        Py_LeaveRecursiveCall();
    }
    return Py_BuildValue("(iiNi)", depth > 100, status, said, again);
}

/* In the stable ABI, and in no header. */
PyAPI_FUNC(int) _Py_CheckRecursiveCall(PyThreadState *, const char *);

/* With so many levels left: whether it is refused, and what is left then. */
static PyObject *each__Py_CheckRecursiveCall(const char *where, long left)
{
    PyThreadState *state = PyThreadState_Get();
    int before = state->c_recursion_remaining;
    state->c_recursion_remaining = (int)left;
    int status = _Py_CheckRecursiveCall(state, where), after = state->c_recursion_remaining;
    state->c_recursion_remaining = before;
    return Py_BuildValue("(iiN)", status, after, error_said());
}

/* As many as were entered, however deep; after that one can enter as before. */
static PyObject *each_Py_LeaveRecursiveCall(long depth)
{
    PyThreadState *state = PyThreadState_Get();
    int before = state->c_recursion_remaining;
    for (long index = 0; index < depth; index++) {
        if (Py_EnterRecursiveCall(" here") != 0) {
            return NULL;
        }
    }
    int during = state->c_recursion_remaining;
    for (long index = 0; index < depth; index++) {
        Py_LeaveRecursiveCall();
    }
    return Py_BuildValue("(ii)", before - during, before - state->c_recursion_remaining);
}

static int recursion_was;

static PyObject *each_Py_SetRecursionLimit(long limit)
{
    recursion_was = Py_GetRecursionLimit();
    Py_SetRecursionLimit((int)limit);
    int now = Py_GetRecursionLimit();
    Py_SetRecursionLimit(recursion_was);
    return Py_BuildValue("(ii)", now == limit, Py_GetRecursionLimit() == recursion_was);
}

/* Some time, that goes on; without the lock too, where that is allowed. */
static PyObject *time_told(int (*ask)(PyTime_t *), int without_lock)
{
    PyTime_t first = -1, second = -1;
    PyThreadState *state = without_lock ? PyEval_SaveThread() : NULL;
    int asked = ask(&first), again = ask(&second);
    if (state != NULL) {
        PyEval_RestoreThread(state);
    }
    return Py_BuildValue("(iiii)", asked, again, first > 0, second >= first);
}

#define TIME(name) \
    static PyObject *each_##name(void) { return time_told(name, 0); }
#define TIME_RAW(name) \
    static PyObject *each_##name(const char *which) { return time_told(name, is(which, "without-the-lock")); }
TIME(PyTime_Time)
TIME(PyTime_Monotonic)
TIME(PyTime_PerfCounter)
TIME_RAW(PyTime_TimeRaw)
TIME_RAW(PyTime_MonotonicRaw)
TIME_RAW(PyTime_PerfCounterRaw)

static int watches(PyObject *object)
{
    return 0;
}

static int clear_watcher(const char *which, int number)
{
    return is(which, "dict") ? PyDict_ClearWatcher(number) : is(which, "type") ? PyType_ClearWatcher(number) : is(which, "code") ? PyCode_ClearWatcher(number)
                                                                                                                              : PyFunction_ClearWatcher(number);
}

/* As many watchers as there is room for: the numbers may begin anywhere. */
static PyObject *watchers(const char *which)
{
    int numbers[16], count = 0;
    void *callback = (void *)watches;
    while (count < 16) {
        int number = is(which, "dict")   ? PyDict_AddWatcher((PyDict_WatchCallback)callback)
                     : is(which, "type") ? PyType_AddWatcher((PyType_WatchCallback)callback)
                     : is(which, "code") ? PyCode_AddWatcher((PyCode_WatchCallback)callback)
                                         : PyFunction_AddWatcher((PyFunction_WatchCallback)callback);
        if (number < 0) {
            break;
        }
        numbers[count++] = number;
    }
    PyObject *error = error_said();
    int cleared = 0;
    for (int index = 0; index < count; index++) {
        cleared += clear_watcher(which, numbers[index]);
    }
    PyObject *twice = count ? number_step(clear_watcher(which, numbers[count - 1])) : Py_NewRef(Py_None);
    return Py_BuildValue("(iNiNN)", count > 0, error, cleared, twice, number_step(count ? numbers[count - 1] < 8 : -1));
}

static PyObject *each_PyUnstable_Eval_RequestCodeExtraIndex(PyObject *code)
{
    static Py_ssize_t index = -1;
    if (index < 0) {
        index = PyUnstable_Eval_RequestCodeExtraIndex(NULL);
    }
    void *extra = "nothing";
    PyObject *before = number_step(PyUnstable_Code_GetExtra(code, index, &extra));
    const char *was = extra;
    PyObject *set = number_step(PyUnstable_Code_SetExtra(code, index, "extra"));
    PyObject *got = number_step(PyUnstable_Code_GetExtra(code, index, &extra));
    const char *lies = extra;
    PyErr_Clear();
    PyUnstable_Code_SetExtra(code, index, NULL);
    PyErr_Clear();
    return Py_BuildValue("(iNzNNz)", index >= 0, before, was, set, got, lies);
}

static int nothing(PyObject *callable, PyFrameObject *frame, int what, PyObject *argument)
{
    was_called++;
    return 0;
}

/* A call is seen, and after NULL none. */
static PyObject *tracing_told(void (*set)(Py_tracefunc, PyObject *), PyObject *argument)
{
    was_called = 0;
    set(nothing, argument);
    PyObject *error = error_said();
    Py_XDECREF(step(PyRun_String("(lambda: 1)()", Py_eval_input, PyEval_GetGlobals(), PyEval_GetGlobals())));
    int seen = was_called > 0;
    set(NULL, NULL);
    was_called = 0;
    Py_XDECREF(step(PyRun_String("(lambda: 1)()", Py_eval_input, PyEval_GetGlobals(), PyEval_GetGlobals())));
    return Py_BuildValue("(Nii)", error, seen, was_called);
}

static PyObject *each_PyEval_SetTrace(PyObject *argument)
{
    return tracing_told(PyEval_SetTrace, argument);
}

static PyObject *each_PyEval_SetProfile(PyObject *argument)
{
    return tracing_told(PyEval_SetProfile, argument);
}

static const each_function functions[] = {
    EACH(Py_AddPendingCall),
    EACH(PyErr_SetInterruptEx),
    EACH(PyErr_SetInterrupt),
    EACH(PyOS_setsig),
    EACH(PySys_SetArgv),
    EACH(PySys_SetArgvEx),
    EACH(PySys_SetPath),
    EACH(PyStatus_Ok),
    EACH(PyStatus_Error),
    EACH(PyStatus_NoMemory),
    EACH(PyStatus_Exit),
    EACH(PyStatus_IsError),
    EACH(PyStatus_IsExit),
    EACH(PyStatus_Exception),
    EACH(PyConfig_Clear),
    EACH(PyConfig_InitPythonConfig),
    EACH(PyConfig_InitIsolatedConfig),
    EACH(PyFrame_New),
    EACH(PyEval_GetFrame),
    EACH(Py_EnterRecursiveCall),
    EACH(_Py_CheckRecursiveCall),
    EACH(Py_LeaveRecursiveCall),
    EACH(Py_SetRecursionLimit),
    EACH(PyTime_Time),
    EACH(PyTime_Monotonic),
    EACH(PyTime_PerfCounter),
    EACH(PyTime_TimeRaw),
    EACH(PyTime_MonotonicRaw),
    EACH(PyTime_PerfCounterRaw),
    {"PyDict_AddWatcher", (void *)watchers},
    {"PyType_AddWatcher", (void *)watchers},
    {"PyCode_AddWatcher", (void *)watchers},
    {"PyFunction_AddWatcher", (void *)watchers},
    EACH(PyUnstable_Eval_RequestCodeExtraIndex),
    EACH(PyEval_SetTrace),
    EACH(PyEval_SetProfile),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_program, "Functions about the whole program.", NULL, fill)
