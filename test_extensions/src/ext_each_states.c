/* Functions of the API about the states of threads, the interpreters that have them, and the interpreter's lock. */
#include "each_threads.h"
#include <frameobject.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Exported, and declared no more. */
extern void PyEval_AcquireLock(void);
extern void PyEval_ReleaseLock(void);

/* ---- the state of this thread */

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

/* With no state at all, or with one that was made for it. */
struct elsewhere {
    void (*work)(void *);
    PyInterpreterState *interpreter;
    PyObject *list;
    int way, seen;
};

static PyThreadState *another(void)
{
    return PyThreadState_New(PyInterpreterState_Get());
}

static void away(PyThreadState *state)
{
    PyThreadState_Clear(state);
    PyThreadState_Delete(state);
}

static void ask_unchecked(void *argument)
{
    struct elsewhere *job = argument;
    job->seen = PyThreadState_GetUnchecked() == NULL;
    PyGILState_STATE had = PyGILState_Ensure();
    job->seen += PyThreadState_GetUnchecked() == PyThreadState_Get() ? 10 : 0;
    PyGILState_Release(had);
    job->seen += PyThreadState_GetUnchecked() == NULL ? 100 : 0;
}

static PyObject *each_PyThreadState_GetUnchecked(const char *which)
{
    PyThreadState *own = PyThreadState_Get(), *told = own;
    struct elsewhere job = {.work = ask_unchecked};
    if (is(which, "swapped")) {
        PyThreadState_Swap(NULL);
        told = PyThreadState_GetUnchecked();
        PyThreadState_Swap(own);
    } else if (is(which, "saved")) {
        PyEval_SaveThread();
        told = PyThreadState_GetUnchecked();
        PyEval_RestoreThread(own);
    } else if (is(which, "made")) {
        PyThreadState *made = another();
        PyThreadState_Swap(made);
        told = PyThreadState_GetUnchecked() == made ? own : NULL;
        PyThreadState_Swap(own);
        away(made);
    } else if (is(which, "other-thread")) {
        in_other_thread(&job);
    } else {
        told = PyThreadState_GetUnchecked();
    }
    return Py_BuildValue("(sii)", told == own ? "own" : told == NULL ? "none" : "other", PyThreadState_GetUnchecked() == own, job.seen);
}

static PyObject *name_of(PyFrameObject *frame)
{
    if (frame == NULL) {
        return text_or_null(NULL);
    }
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *name = PyObject_GetAttrString((PyObject *)code, "co_name");
    Py_DECREF(code);
    Py_DECREF(frame);
    return name;
}

static PyObject *own_frame(PyObject *self, PyObject *unused)
{
    return name_of(PyThreadState_GetFrame(PyThreadState_Get()));
}

static void ask_frame(void *argument)
{
    struct elsewhere *job = argument;
    PyGILState_STATE had = PyGILState_Ensure();
    job->seen = PyThreadState_GetFrame(PyThreadState_Get()) == NULL;
    PyGILState_Release(had);
}

/* The frame of the function that called this, of one that calls back, of a state that runs nothing. */
static PyObject *each_PyThreadState_GetFrame(const char *which)
{
    static PyMethodDef definition = {"own_frame", own_frame, METH_NOARGS, NULL};
    struct elsewhere job = {.work = ask_frame, .seen = -1};
    PyObject *told;
    if (is(which, "made")) {
        PyThreadState *made = another();
        told = name_of(PyThreadState_GetFrame(made));
        away(made);
    } else if (is(which, "inner")) {
        PyObject *asks = PyCFunction_New(&definition, NULL), *globals = Py_BuildValue("{s:O,s:O}", "ask", asks, "__builtins__", PyEval_GetBuiltins());
        Py_XDECREF(PyRun_String("def inner(): return ask()\n", Py_file_input, globals, globals));
        told = step(PyObject_CallNoArgs(PyDict_GetItemString(globals, "inner")));
        Py_DECREF(asks);
        Py_DECREF(globals);
    } else if (is(which, "other-thread")) {
        in_other_thread(&job);
        told = text_or_null("asked");
    } else {
        PyFrameObject *one = PyThreadState_GetFrame(PyThreadState_Get()), *two = PyThreadState_GetFrame(PyThreadState_Get());
        job.seen = one == two;
        Py_XDECREF(two);
        told = name_of(one);
    }
    return Py_BuildValue("(Ni)", told, job.seen);
}

static int count_of(PyObject *dict)
{
    return dict == NULL ? -1 : (int)(PyDict_GetItemString(dict, "ext_each") != NULL);
}

static void ask_dict(void *argument)
{
    struct elsewhere *job = argument;
    PyGILState_STATE had = PyGILState_Ensure();
    PyObject *dict = PyThreadState_GetDict();
    job->seen = dict != NULL && dict != job->list && count_of(dict) == 0;
    PyGILState_Release(had);
}

/* Each state has its own; no state, no dict and no error. */
static PyObject *each_PyThreadState_GetDict(const char *which)
{
    PyObject *dict = PyThreadState_GetDict();
    PyThreadState *own = PyThreadState_Get();
    struct elsewhere job = {.work = ask_dict, .list = dict, .seen = -1};
    int other = -5;
    PyDict_SetItemString(dict, "ext_each", Py_True);
    if (is(which, "none")) {
        PyThreadState_Swap(NULL);
        PyObject *none = PyThreadState_GetDict();
        PyThreadState_Swap(own);
        other = none == NULL;
    } else if (is(which, "made")) {
        PyThreadState *made = another();
        PyThreadState_Swap(made);
        other = PyThreadState_GetDict() != dict ? count_of(PyThreadState_GetDict()) : 99;
        PyThreadState_Swap(own);
        away(made);
    } else if (is(which, "other-thread")) {
        in_other_thread(&job);
    }
    int here = count_of(PyThreadState_GetDict());
    PyDict_DelItemString(dict, "ext_each");
    return Py_BuildValue("(iiiiN)", other, here, dict == PyThreadState_GetDict(), job.seen, error_said());
}

/* Numbers go up, and none is given again. */
static PyObject *each_PyThreadState_GetID(const char *which)
{
    uint64_t own = PyThreadState_GetID(PyThreadState_Get());
    PyThreadState *made = another();
    uint64_t first = PyThreadState_GetID(made);
    if (is(which, "cleared")) {
        PyThreadState_Clear(made);
    }
    uint64_t again = PyThreadState_GetID(made);
    away(made);
    made = another();
    uint64_t second = PyThreadState_GetID(made);
    away(made);
    return Py_BuildValue("(iiiii)", own > 0, first > own, again == first, second > first, own == PyThreadState_GetID(PyThreadState_Get()));
}

static PyObject *each_PyThreadState_GetInterpreter(const char *which)
{
    PyInterpreterState *own = PyInterpreterState_Get(), *other = PyInterpreterState_New();
    PyThreadState *made = PyThreadState_New(is(which, "of-another") ? other : own);
    PyThreadState *asked = is(which, "own") ? PyThreadState_Get() : made;
    PyInterpreterState *told = PyThreadState_GetInterpreter(asked);
    away(made);
    PyInterpreterState_Delete(other);
    return PyUnicode_FromString(told == own ? "own" : told == other ? "other" : "unknown");
}

/* How many states the interpreter has, and whether this is one of them. */
static int states_of(PyInterpreterState *interpreter, PyThreadState *state)
{
    int count = 0;
    for (PyThreadState *each = PyInterpreterState_ThreadHead(interpreter); each != NULL && count < 100; each = PyThreadState_Next(each)) {
        count += each == state ? 101 : 1;
    }
    return count;
}

/* What the state held is let go of; it may be cleared again, and is listed still. */
static PyObject *each_PyThreadState_Clear(const char *which)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    PyThreadState *own = PyThreadState_Get(), *made = another();
    PyObject *held = PyList_New(0);
    if (is(which, "with-dict") || is(which, "with-error")) {
        PyThreadState_Swap(made);
        PyDict_SetItemString(PyThreadState_GetDict(), "held", held);
        if (is(which, "with-error")) {
            PyErr_SetObject(PyExc_KeyError, held);
        }
        PyThreadState_Swap(own);
    }
    int before = (made->dict != NULL) + 10 * (made->current_exception != NULL);
    PyThreadState_Clear(made);
    int after = (made->dict != NULL) + 10 * (made->current_exception != NULL);
    if (is(which, "twice")) {
        PyThreadState_Clear(made);
    }
    int listed = states_of(interpreter, made) > 100;
    PyThreadState_Delete(made);
    Py_DECREF(held);
    return Py_BuildValue("(iiii)", before, after, listed, PyErr_Occurred() != NULL);
}

/* The newest, one in the midst, the oldest of those that were made. */
static PyObject *each_PyThreadState_Delete(const char *which)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    int before = states_of(interpreter, NULL);
    PyThreadState *made[3] = {another(), another(), another()};
    int first = is(which, "newest") ? 2 : is(which, "middle") ? 1 : 0;
    int listed = states_of(interpreter, made[first]) - before;
    away(made[first]);
    int left = states_of(interpreter, NULL) - before;
    for (int index = 0; index < 3; index++) {
        if (index != first) {
            away(made[index]);
        }
    }
    return Py_BuildValue("(iii)", listed, left, states_of(interpreter, NULL) - before);
}

static void delete_current(void *argument)
{
    struct elsewhere *job = argument;
    PyThreadState *own = PyThreadState_New(job->interpreter);
    PyEval_AcquireThread(own);
    PyList_Append(job->list, Py_True);
    if (job->way) {
        PyDict_SetItemString(PyThreadState_GetDict(), "list", job->list);
    }
    PyThreadState_Clear(own);
    PyThreadState_DeleteCurrent();
    job->seen = (PyThreadState_GetUnchecked() == NULL) + 10 * PyGILState_Check();
}

/* In a thread: the lock is given away with it, since the thread that waits goes on. */
static PyObject *each_PyThreadState_DeleteCurrent(const char *which)
{
    struct elsewhere job = {delete_current, PyInterpreterState_Get(), PyList_New(0), is(which, "with-dict"), -1};
    int before = states_of(job.interpreter, NULL);
    in_other_thread(&job);
    PyObject *told = Py_BuildValue("(iini)", job.seen, states_of(job.interpreter, NULL) - before, PyList_Size(job.list), PyGILState_Check());
    Py_DECREF(job.list);
    return told;
}

/* Those of an interpreter, the newest first; after the oldest none. */
static PyObject *each_PyThreadState_Next(const char *which)
{
    PyInterpreterState *other = PyInterpreterState_New();
    PyThreadState *one = PyThreadState_New(other), *two = PyThreadState_New(other), *three = PyThreadState_New(other);
    int of_all = (PyThreadState_Next(three) == two) + 10 * (PyThreadState_Next(two) == one) + 100 * (PyThreadState_Next(one) == NULL);
    PyThreadState *gone = is(which, "newest-gone") ? three : is(which, "middle-gone") ? two : one;
    away(gone);
    PyThreadState *first = PyInterpreterState_ThreadHead(other), *second = PyThreadState_Next(first);
    int of_rest = (first == three) + 10 * (second == two) + 100 * (second == one) + 1000 * (PyThreadState_Next(second) == NULL);
    while ((first = PyInterpreterState_ThreadHead(other)) != NULL) {
        away(first);
    }
    PyInterpreterState_Delete(other);
    return Py_BuildValue("(ii)", of_all, of_rest);
}

static PyObject *each_PyInterpreterState_ThreadHead(const char *which)
{
    PyInterpreterState *own = PyInterpreterState_Get(), *other = PyInterpreterState_New();
    PyThreadState *before = PyInterpreterState_ThreadHead(other), *made = PyThreadState_New(is(which, "own") ? own : other);
    int newest = PyInterpreterState_ThreadHead(is(which, "own") ? own : other) == made;
    away(made);
    int after = PyInterpreterState_ThreadHead(other) == NULL, listed = states_of(own, PyThreadState_Get()) > 100;
    PyInterpreterState_Delete(other);
    return Py_BuildValue("(iiii)", before == NULL, newest, after, listed);
}

/* What is set for a thread is raised where it next runs Python code. */
static PyObject *each_PyThreadState_SetAsyncExc(PyObject *exception)
{
    unsigned long own = PyThread_get_thread_ident();
    PyObject *set = number_step(PyThreadState_SetAsyncExc(own, exception)), *globals = Py_BuildValue("{s:O}", "__builtins__", PyEval_GetBuiltins());
    PyObject *ran = step(PyRun_String("for number in range(100): kept = number\n", Py_file_input, globals, globals));
    PyObject *again = step(PyRun_String("for number in range(100): kept = number\n", Py_file_input, globals, globals));
    Py_DECREF(globals);
    return Py_BuildValue("(NNN)", set, ran, again);
}

/* For a thread that there is not, and what is taken back or replaced before it is raised. */
static PyObject *each_PyThreadState_SetAsyncExc_number(const char *which)
{
    unsigned long own = PyThread_get_thread_ident();
    int first = 0, second = 0;
    if (is(which, "nobody")) {
        first = PyThreadState_SetAsyncExc(0, PyExc_KeyError);
        second = PyThreadState_SetAsyncExc(~0UL, PyExc_KeyError);
    } else {
        first = PyThreadState_SetAsyncExc(own, PyExc_KeyError);
        second = PyThreadState_SetAsyncExc(own, is(which, "taken-back") ? NULL : PyExc_IndexError);
    }
    PyObject *globals = Py_BuildValue("{s:O}", "__builtins__", PyEval_GetBuiltins());
    PyObject *ran = step(PyRun_String("for number in range(100): kept = number\n", Py_file_input, globals, globals));
    Py_DECREF(globals);
    return Py_BuildValue("(iiN)", first, second, ran);
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

static int traced;

static int count_events(PyObject *callable, PyFrameObject *frame, int what, PyObject *argument)
{
    traced++;
    return 0;
}

/* How many events a trace function hears of while a function of Python is called. */
static int events(void)
{
    traced = 0;
    Py_XDECREF(PyRun_String("(lambda: 1)()", Py_eval_input, PyEval_GetGlobals(), PyEval_GetGlobals()));
    return traced > 0;
}

static PyObject *each_PyThreadState_LeaveTracing(const char *which)
{
    PyThreadState *state = PyThreadState_Get(), *made = is(which, "made") ? another() : NULL;
    PyThreadState *asked = made ? made : state;
    PyEval_SetTrace(count_events, NULL);
    int before = events();
    PyThreadState_EnterTracing(asked);
    if (is(which, "nested")) {
        PyThreadState_EnterTracing(asked);
        PyThreadState_LeaveTracing(asked);
    }
    int during = events(), count = asked->tracing;
    PyThreadState_LeaveTracing(asked);
    int after = events();
    PyEval_SetTrace(NULL, NULL);
    int left = asked->tracing;
    if (made != NULL) {
        away(made);
    }
    return Py_BuildValue("(iiiii)", before, during, count, after, left);
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

/* ---- interpreters */

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

/* Where it is among the others, when it was just made, before another, or after that was deleted. */
static PyObject *each_PyInterpreterState_New(const char *which)
{
    PyInterpreterState *main = PyInterpreterState_Main(), *made = PyInterpreterState_New(), *other = is(which, "alone") ? NULL : PyInterpreterState_New();
    PyInterpreterState *newest = other ? other : made;
    int listed = (PyInterpreterState_Head() == newest) + 10 * (PyInterpreterState_Next(made) == main) + 100 * (PyInterpreterState_Get() == main);
    if (is(which, "oldest-first")) {
        PyInterpreterState_Delete(made);
        made = NULL;
    }
    int rest = (PyInterpreterState_Head() == newest) + 10 * (other != NULL && PyInterpreterState_Next(other) == (made ? made : main));
    if (other != NULL) {
        PyInterpreterState_Delete(other);
    }
    if (made != NULL) {
        PyInterpreterState_Delete(made);
    }
    return Py_BuildValue("(iii)", listed, rest, PyInterpreterState_Head() == main);
}

static PyObject *each_PyInterpreterState_Delete(const char *which)
{
    PyInterpreterState *made = PyInterpreterState_New(), *main = PyInterpreterState_Main();
    if (is(which, "had-a-dict")) {
        PyDict_SetItemString(PyInterpreterState_GetDict(made), "key", Py_True);
    }
    if (is(which, "had-a-state")) {
        away(PyThreadState_New(made));
    }
    int64_t number = PyInterpreterState_GetID(made);
    PyInterpreterState_Delete(made);
    int alone = PyInterpreterState_Head() == main && PyInterpreterState_Next(main) == NULL;
    made = PyInterpreterState_New();
    int fresh = PyInterpreterState_GetID(made) == number + 1 && PyDict_Size(PyInterpreterState_GetDict(made)) == 0 && PyInterpreterState_ThreadHead(made) == NULL;
    PyInterpreterState_Delete(made);
    return Py_BuildValue("(ii)", alone, fresh);
}

static void ask_interpreter(void *argument)
{
    struct elsewhere *job = argument;
    int main = PyInterpreterState_Main() == job->interpreter, head = PyInterpreterState_Head() == job->interpreter;
    PyGILState_STATE had = PyGILState_Ensure();
    job->seen = main + 10 * head + 100 * (PyInterpreterState_Get() == job->interpreter);
    PyGILState_Release(had);
}

/* Which one is the main one, and the newest: here, without the lock and in another thread, beside another interpreter. */
static PyObject *interpreters_told(const char *which, int head)
{
    PyInterpreterState *own = PyInterpreterState_Get(), *made = is(which, "beside-another") ? PyInterpreterState_New() : NULL, *told;
    struct elsewhere job = {.work = ask_interpreter, .interpreter = own, .seen = -1};
    if (is(which, "other-thread")) {
        in_other_thread(&job);
    }
    if (is(which, "without-the-lock")) {
        PyThreadState *saved = PyEval_SaveThread();
        told = head ? PyInterpreterState_Head() : PyInterpreterState_Main();
        PyEval_RestoreThread(saved);
    } else {
        told = head ? PyInterpreterState_Head() : PyInterpreterState_Main();
    }
    const char *name = told == own ? "own" : told == made ? "made" : "unknown";
    if (made != NULL) {
        PyInterpreterState_Delete(made);
    }
    return Py_BuildValue("(si)", name, job.seen);
}

static PyObject *each_PyInterpreterState_Main(const char *which)
{
    return interpreters_told(which, 0);
}

static PyObject *each_PyInterpreterState_Head(const char *which)
{
    return interpreters_told(which, 1);
}

static PyObject *each_PyInterpreterState_Next(const char *which)
{
    PyInterpreterState *own = PyInterpreterState_Get(), *one = PyInterpreterState_New(), *two = PyInterpreterState_New();
    PyInterpreterState *asked = is(which, "newest") ? two : is(which, "older") ? one : own, *next = PyInterpreterState_Next(asked);
    const char *told = next == NULL ? "none" : next == own ? "own" : next == one ? "older" : next == two ? "newest" : "unknown";
    PyInterpreterState_Delete(one);
    int rest = PyInterpreterState_Next(two) == own;
    PyInterpreterState_Delete(two);
    return Py_BuildValue("(si)", told, rest);
}

/* What is kept there stays; each interpreter has its own. */
static PyObject *each_PyInterpreterState_GetDict(const char *which)
{
    PyInterpreterState *own = PyInterpreterState_Get(), *made = PyInterpreterState_New();
    PyObject *dict = PyInterpreterState_GetDict(is(which, "made") ? made : own), *other = PyInterpreterState_GetDict(is(which, "made") ? own : made);
    PyDict_SetItemString(dict, "ext_each", Py_True);
    int kept = count_of(PyInterpreterState_GetDict(is(which, "made") ? made : own)), apart = count_of(other);
    PyDict_DelItemString(dict, "ext_each");
    int same = dict == PyInterpreterState_GetDict(is(which, "made") ? made : own);
    PyObject *told = Py_BuildValue("(iiisN)", kept, apart, same, Py_TYPE(dict)->tp_name, error_said());
    PyInterpreterState_Delete(made);
    return told;
}

static PyObject *each_PyInterpreterState_GetID(const char *which)
{
    PyInterpreterState *made = PyInterpreterState_New(), *other = PyInterpreterState_New();
    int64_t main = PyInterpreterState_GetID(PyInterpreterState_Main()), first = PyInterpreterState_GetID(made), second = PyInterpreterState_GetID(other);
    PyInterpreterState_Delete(other);
    PyInterpreterState_Delete(made);
    PyObject *none = number_step((long)PyInterpreterState_GetID(NULL));
    return Py_BuildValue("(LiiN)", (long long)main, first > 0, second == first + 1, none);
}

/* ---- the interpreter's lock */

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

static void append_with_own(void *argument)
{
    struct elsewhere *job = argument;
    PyThreadState *own = PyThreadState_New(job->interpreter);
    if (job->way == 0) {
        PyEval_AcquireThread(own);
    } else {
        PyEval_RestoreThread(own);
    }
    PyList_Append(job->list, Py_True);
    job->seen = (PyThreadState_Get() == own) + 10 * (PyGILState_GetThisThreadState() == own);
    if (job->way == 0) {
        PyEval_ReleaseThread(own);
    } else {
        PyEval_SaveThread();
    }
    job->seen += 100 * (PyThreadState_GetUnchecked() == NULL) + 1000 * (PyGILState_Check() == 0);
    PyEval_AcquireThread(own);
    PyThreadState_Clear(own);
    PyThreadState_DeleteCurrent();
}

/* With the thread's own state, with another one of this thread, with one in another thread. */
static PyObject *taken(const char *which, int way)
{
    PyThreadState *own = PyThreadState_Get(), *made = another();
    struct elsewhere job = {append_with_own, PyInterpreterState_Get(), PyList_New(0), way, 0};
    int current = -1;
    if (is(which, "other-thread")) {
        in_other_thread(&job);
    } else {
        PyThreadState *used = is(which, "made") ? made : own;
        PyEval_SaveThread();
        way == 0 ? PyEval_AcquireThread(used) : PyEval_RestoreThread(used);
        current = PyThreadState_Get() == used;
        PyErr_SetString(PyExc_KeyError, "of this state");
        PyErr_Clear();
        if (is(which, "made")) {
            way == 0 ? PyEval_ReleaseThread(used) : (void)PyEval_SaveThread();
            PyEval_RestoreThread(own);
        }
    }
    away(made);
    PyObject *told = Py_BuildValue("(iini)", current, job.seen, PyList_Size(job.list), PyThreadState_Get() == own);
    Py_DECREF(job.list);
    return told;
}

static PyObject *each_PyEval_AcquireThread(const char *which)
{
    return taken(which, 0);
}

static PyObject *each_PyEval_RestoreThread(const char *which)
{
    return taken(which, 1);
}

static void append_ensured(void *argument)
{
    struct elsewhere *job = argument;
    PyGILState_STATE had = PyGILState_Ensure();
    PyList_Append(job->list, Py_True);
    PyGILState_Release(had);
}

/* Only if the lock is free another thread can end. */
static PyObject *freed(const char *which, int with_state)
{
    PyThreadState *own = PyThreadState_Get();
    struct elsewhere job = {append_ensured, PyInterpreterState_Get(), PyList_New(0), 0, 0};
    pthread_t thread;
    if (with_state) {
        PyEval_ReleaseThread(own);
    } else {
        PyEval_ReleaseLock();
    }
    for (int index = 0; index < (is(which, "twice") ? 2 : 1); index++) {
        pthread_create(&thread, NULL, call_work, &job);
        pthread_join(thread, NULL);
    }
    int none = PyThreadState_GetUnchecked() == NULL;
    if (with_state) {
        PyEval_AcquireThread(own);
    } else {
        PyEval_AcquireLock();
    }
    PyObject *told = Py_BuildValue("(nii)", PyList_Size(job.list), none, PyThreadState_Get() == own);
    Py_DECREF(job.list);
    return told;
}

static PyObject *each_PyEval_ReleaseThread(const char *which)
{
    return freed(which, 1);
}

static PyObject *each_PyEval_ReleaseLock(const char *which)
{
    return freed(which, 0);
}

static void ask_own(void *argument)
{
    struct elsewhere *job = argument;
    job->seen = PyGILState_GetThisThreadState() == NULL;
    PyGILState_STATE outer = PyGILState_Ensure();
    PyThreadState *first = PyGILState_GetThisThreadState();
    PyThreadState *saved = PyEval_SaveThread();
    job->seen += 10 * (PyGILState_GetThisThreadState() == first) + 100 * (saved == first);
    PyEval_RestoreThread(saved);
    PyGILState_Release(outer);
    job->seen += 1000 * (PyGILState_GetThisThreadState() == NULL);
}

static PyObject *each_PyGILState_GetThisThreadState(const char *which)
{
    PyThreadState *own = PyThreadState_Get(), *told = NULL, *made = another();
    struct elsewhere job = {.work = ask_own, .seen = -1};
    if (is(which, "saved")) {
        PyEval_SaveThread();
        told = PyGILState_GetThisThreadState();
        PyEval_RestoreThread(own);
    } else if (is(which, "other-thread")) {
        in_other_thread(&job);
    } else {
        told = PyGILState_GetThisThreadState();
    }
    away(made);
    return Py_BuildValue("(ii)", told == own, job.seen);
}

static void release_nested(void *argument)
{
    struct elsewhere *job = argument;
    PyGILState_STATE outer = PyGILState_Ensure(), inner = PyGILState_Ensure();
    PyThreadState *state = PyThreadState_Get();
    PyThreadState *saved = job->way == 1 ? PyEval_SaveThread() : NULL;
    if (saved != NULL) {
        PyGILState_STATE again = PyGILState_Ensure();
        PyList_Append(job->list, Py_False);
        PyGILState_Release(again);
        PyEval_RestoreThread(saved);
    }
    PyGILState_Release(inner);
    PyList_Append(job->list, Py_True);
    job->seen = (PyThreadState_Get() == state) + 10 * PyGILState_Check();
    PyGILState_Release(outer);
    job->seen += 100 * (PyGILState_Check() == 0) + 1000 * (PyGILState_GetThisThreadState() == NULL);
}

/* What is ensured last is released first; the outermost release of a thread ends its state. */
static PyObject *each_PyGILState_Release(const char *which)
{
    struct elsewhere job = {release_nested, PyInterpreterState_Get(), PyList_New(0), is(which, "saved-between"), -1};
    int before = states_of(job.interpreter, NULL);
    if (is(which, "here")) {
        PyGILState_STATE had = PyGILState_Ensure();
        PyErr_SetString(PyExc_KeyError, "stays");
        PyGILState_Release(had);
    } else {
        in_other_thread(&job);
    }
    PyObject *error = error_said();
    return Py_BuildValue("(iiNN)", job.seen, states_of(job.interpreter, NULL) - before, job.list, error);
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
    EACH(PyThreadState_Get),
    EACH(PyThreadState_GetUnchecked),
    EACH(PyThreadState_GetFrame),
    EACH(PyThreadState_GetDict),
    EACH(PyThreadState_GetID),
    EACH(PyThreadState_GetInterpreter),
    EACH(PyThreadState_Clear),
    EACH(PyThreadState_Delete),
    EACH(PyThreadState_DeleteCurrent),
    EACH(PyThreadState_Next),
    EACH(PyThreadState_SetAsyncExc),
    {"PyThreadState_SetAsyncExc/number", (void *)each_PyThreadState_SetAsyncExc_number},
    EACH(PyThreadState_Swap),
    EACH(PyThreadState_New),
    EACH(PyThreadState_EnterTracing),
    EACH(PyThreadState_LeaveTracing),
    EACH(PyInterpreterState_Get),
    EACH(PyInterpreterState_New),
    EACH(PyInterpreterState_Delete),
    EACH(PyInterpreterState_Main),
    EACH(PyInterpreterState_Head),
    EACH(PyInterpreterState_Next),
    EACH(PyInterpreterState_GetDict),
    EACH(PyInterpreterState_GetID),
    EACH(PyInterpreterState_ThreadHead),
    EACH(PyEval_SaveThread),
    EACH(PyEval_AcquireThread),
    EACH(PyEval_RestoreThread),
    EACH(PyEval_ReleaseThread),
    EACH(PyEval_ReleaseLock),
    {"PyEval_AcquireLock", (void *)each_PyEval_ReleaseLock},
    EACH(PyGILState_GetThisThreadState),
    EACH(PyGILState_Release),
    EACH(PyGILState_Ensure),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_states, "Functions about thread states and interpreters.", NULL, fill)
