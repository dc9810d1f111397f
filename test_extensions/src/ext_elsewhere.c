/* A module for every interpreter, also those that Python code makes: which one its code runs in, and what C says of the others. */

#include "common.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

extern PyInterpreterState *_PyInterpreterState_LookUpIDObject(PyObject *);
extern int _PyInterpreterState_SetRunningMain(PyInterpreterState *);
extern void _PyInterpreterState_SetNotRunningMain(PyInterpreterState *);
extern int _PyInterpreterState_IsRunningMain(PyInterpreterState *);
extern int _PyInterpreterState_FailIfRunningMain(PyInterpreterState *);
extern void _PyInterpreterState_RequireIDRef(PyInterpreterState *, int);
extern int _PyInterpreterState_RequiresIDRef(PyInterpreterState *);
extern int _PyEval_AddPendingCall(PyInterpreterState *, int (*)(void *), void *, int);

typedef struct {
    long calls;
    int ends_soon; /* Not the main interpreter's: the process may end without it. */
} State;

/* How often this was asked of a dict. */
static long
counted(PyObject *dict)
{
    PyObject *before = dict ? PyDict_GetItemString(dict, "ext_elsewhere") : NULL;
    long count = before ? PyLong_AsLong(before) + 1 : 1;
    PyObject *after = PyLong_FromLong(count);
    if (dict == NULL || after == NULL || PyDict_SetItemString(dict, "ext_elsewhere", after) < 0) {
        count = -1;
    }
    Py_XDECREF(after);
    return count;
}

/* here(): the interpreter's number; whether its thread state and lists agree with that; how often this was called with the same
   module, thread state and interpreter; whether the interpreter runs a program. */
static PyObject *
here(PyObject *self, PyObject *unused)
{
    State *state = PyModule_GetState(self);
    PyThreadState *thread = PyThreadState_Get();
    PyInterpreterState *interp = PyInterpreterState_Get();
    int of_it = 0, listed = 0;
    for (PyThreadState *one = PyInterpreterState_ThreadHead(interp); one; one = PyThreadState_Next(one)) {
        of_it += one == thread;
    }
    for (PyInterpreterState *one = PyInterpreterState_Head(); one; one = PyInterpreterState_Next(one)) {
        listed += one == interp;
    }
    int agrees = PyThreadState_GetInterpreter(thread) == interp && of_it == 1 && listed == 1;
    long of_thread = counted(PyThreadState_GetDict()), of_interpreter = counted(PyInterpreterState_GetDict(interp));
    return Py_BuildValue("{sLsislslslsi}", "number", (long long)PyInterpreterState_GetID(interp), "agrees", agrees, "module", ++state->calls,
                         "thread", of_thread, "interpreter", of_interpreter, "runs", _PyInterpreterState_IsRunningMain(interp));
}

/* find(id): the number of the interpreter, whether it is the main one, runs a program, has thread states, needs references. */
static PyObject *
find(PyObject *self, PyObject *id)
{
    PyInterpreterState *interp = _PyInterpreterState_LookUpIDObject(id);
    if (interp == NULL) {
        return NULL;
    }
    return Py_BuildValue("{sLsisisisi}", "number", (long long)PyInterpreterState_GetID(interp), "main", interp == PyInterpreterState_Main(),
                         "runs", _PyInterpreterState_IsRunningMain(interp), "threads", PyInterpreterState_ThreadHead(interp) != NULL,
                         "linked", _PyInterpreterState_RequiresIDRef(interp));
}

/* mark(id, how): say that it runs a program, or that it does not; or ask with an exception. */
static PyObject *
mark(PyObject *self, PyObject *args)
{
    PyObject *id;
    const char *how;
    if (!PyArg_ParseTuple(args, "Os", &id, &how)) {
        return NULL;
    }
    PyInterpreterState *interp = _PyInterpreterState_LookUpIDObject(id);
    if (interp == NULL) {
        return NULL;
    }
    if (strcmp(how, "runs") == 0) {
        if (_PyInterpreterState_SetRunningMain(interp) < 0) {
            return NULL;
        }
    } else if (strcmp(how, "rests") == 0) {
        _PyInterpreterState_SetNotRunningMain(interp);
    } else if (_PyInterpreterState_FailIfRunningMain(interp) < 0) {
        return NULL;
    }
    return PyBool_FromLong(_PyInterpreterState_IsRunningMain(interp));
}

/* link(id, required): whether it ends with the last reference to its number. */
static PyObject *
link_number(PyObject *self, PyObject *args)
{
    PyObject *id;
    int required;
    if (!PyArg_ParseTuple(args, "Op", &id, &required)) {
        return NULL;
    }
    PyInterpreterState *interp = _PyInterpreterState_LookUpIDObject(id);
    if (interp == NULL) {
        return NULL;
    }
    _PyInterpreterState_RequireIDRef(interp, required);
    return PyBool_FromLong(_PyInterpreterState_RequiresIDRef(interp));
}

static atomic_llong made_in = -1;

static int
note_where(void *unused)
{
    atomic_store(&made_in, PyInterpreterState_GetID(PyInterpreterState_Get()));
    return 0;
}

/* call_in(id): have a call made in that interpreter, soon. */
static PyObject *
call_in(PyObject *self, PyObject *id)
{
    PyInterpreterState *interp = _PyInterpreterState_LookUpIDObject(id);
    if (interp == NULL) {
        return NULL;
    }
    atomic_store(&made_in, -1);
    return PyLong_FromLong(_PyEval_AddPendingCall(interp, note_where, NULL, 0));
}

/* made(): the number of the interpreter that the call was made in; -1 while it was not. */
static PyObject *
made(PyObject *self, PyObject *unused)
{
    return PyLong_FromLongLong(atomic_load(&made_in));
}

struct saying {
    PyInterpreterState *interp;
    int more, fails;
    const char *words;
};

/* Says where it is made, and asks to be made once more. */
static int
say(void *data)
{
    struct saying *saying = data;
    printf("%s: in %lld, %d more\n", saying->words, (long long)PyInterpreterState_GetID(PyInterpreterState_Get()), saying->more);
    fflush(stdout);
    if (saying->more-- > 0) {
        return _PyEval_AddPendingCall(saying->interp, say, saying, 0);
    }
    int fails = saying->fails;
    if (fails) {
        PyErr_SetString(PyExc_ValueError, saying->words);
    }
    return fails ? -1 : 0;
}

/* say_in(id, words, more, fails): have a call made in that interpreter, which asks for as many more, the last of which may fail. */
static PyObject *
say_in(PyObject *self, PyObject *args)
{
    PyObject *id;
    const char *words;
    int more, fails;
    if (!PyArg_ParseTuple(args, "Osii", &id, &words, &more, &fails)) {
        return NULL;
    }
    PyInterpreterState *interp = _PyInterpreterState_LookUpIDObject(id);
    struct saying *saying = interp ? calloc(1, sizeof(*saying)) : NULL;
    if (saying == NULL) {
        return interp ? PyErr_NoMemory() : NULL;
    }
    *saying = (struct saying){interp, more, fails, strdup(words)};
    return PyLong_FromLong(_PyEval_AddPendingCall(interp, say, saying, 0));
}

/* finalize(): a call waits in the main interpreter when C ends it, which asks for others, the last of which fails. */
static PyObject *
finalize(PyObject *self, PyObject *unused)
{
    static struct saying saying[] = {{NULL, 0, 0, "once"}, {NULL, 3, 0, "again"}, {NULL, 0, 1, "fails"}, {NULL, 0, 0, "last"}};
    for (size_t i = 0; i < 4; i++) {
        saying[i].interp = PyInterpreterState_Main();
        if (_PyEval_AddPendingCall(saying[i].interp, say, &saying[i], 0) < 0) {
            return PyErr_Format(PyExc_RuntimeError, "no room");
        }
    }
    printf("Py_FinalizeEx: %d\n", Py_FinalizeEx());
    exit(2);
}

static void
say_end(void *words)
{
    printf("%s\n", (char *)words);
    fflush(stdout);
    free(words);
}

/* at_end(words): print them when this interpreter has ended. */
static PyObject *
at_end(PyObject *self, PyObject *words)
{
    const char *text = PyUnicode_AsUTF8(words);
    return text ? PyLong_FromLong(PyUnstable_AtExit(PyInterpreterState_Get(), say_end, strdup(text))) : NULL;
}

struct job {
    PyInterpreterState *interp;
    const char *source;
    int failed;
};

static void *
work(void *data)
{
    struct job *job = data;
    PyThreadState *thread = PyThreadState_New(job->interp);
    PyEval_RestoreThread(thread);
    job->failed = PyRun_SimpleString(job->source);
    PyThreadState_Clear(thread);
    PyThreadState_DeleteCurrent();
    return NULL;
}

/* in_thread(id, source): a thread of C's runs it in that interpreter; whether it raised. */
static PyObject *
in_thread(PyObject *self, PyObject *args)
{
    PyObject *id;
    struct job job = {0};
    if (!PyArg_ParseTuple(args, "Os", &id, &job.source)) {
        return NULL;
    }
    job.interp = _PyInterpreterState_LookUpIDObject(id);
    if (job.interp == NULL) {
        return NULL;
    }
    pthread_t thread;
    int started;
    Py_BEGIN_ALLOW_THREADS
    started = pthread_create(&thread, NULL, work, &job) == 0 && pthread_join(thread, NULL) == 0;
    Py_END_ALLOW_THREADS
    return started ? PyBool_FromLong(job.failed) : PyErr_Format(PyExc_RuntimeError, "no thread");
}

/* leave_one(source): C makes an interpreter, runs it there and goes, without an end. */
static PyObject *
leave_one(PyObject *self, PyObject *source)
{
    const char *text = PyUnicode_AsUTF8(source);
    if (text == NULL) {
        return NULL;
    }
    PyThreadState *mine = PyThreadState_Get(), *made = Py_NewInterpreter();
    int failed = made == NULL ? -1 : PyRun_SimpleString(text);
    PyThreadState_Swap(mine);
    return PyLong_FromLong(failed);
}

/* call(function): what it returns. */
static PyObject *
call(PyObject *self, PyObject *function)
{
    PyThreadState *before = PyThreadState_Get();
    PyObject *result = PyObject_CallNoArgs(function);
    if (result != NULL && PyThreadState_Get() != before) {
        Py_DECREF(result);
        return PyErr_Format(PyExc_RuntimeError, "the thread state is another one");
    }
    return result;
}

static PyMethodDef methods[] = {
    {"here", here, METH_NOARGS, NULL},
    {"find", find, METH_O, NULL},
    {"mark", mark, METH_VARARGS, NULL},
    {"link", link_number, METH_VARARGS, NULL},
    {"call_in", call_in, METH_O, NULL},
    {"made", made, METH_NOARGS, NULL},
    {"say_in", say_in, METH_VARARGS, NULL},
    {"finalize", finalize, METH_NOARGS, NULL},
    {"at_end", at_end, METH_O, NULL},
    {"leave_one", leave_one, METH_O, NULL},
    {"in_thread", in_thread, METH_VARARGS, NULL},
    {"call", call, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static void
free_module(void *module)
{
    State *state = PyModule_GetState(module);
    if (state && state->ends_soon) {
        printf("a module goes after %ld calls\n", state->calls);
        fflush(stdout);
    }
}

static int
exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    state->ends_soon = PyInterpreterState_Get() != PyInterpreterState_Main();
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)exec}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "ext_elsewhere", .m_doc = "Where C code runs.", .m_size = sizeof(State),
    .m_methods = methods, .m_slots = slots, .m_free = free_module,
};

PyMODINIT_FUNC
PyInit_ext_elsewhere(void)
{
    return PyModuleDef_Init(&definition);
}
