/* Exceptions for other threads, lists of interpreters and thread states, hooks for all threads. */
#include "common.h"

/* set_async_exc(thread, exception): what the function says; NULL for no exception. */
static PyObject *
set_async_exc(PyObject *self, PyObject *args)
{
    unsigned long thread;
    PyObject *exception = NULL;
    if (!PyArg_ParseTuple(args, "k|O", &thread, &exception)) {
        return NULL;
    }
    int found = PyThreadState_SetAsyncExc(thread, exception);
    if (found < 0) {
        return NULL;
    }
    return PyLong_FromLong(found);
}

/* interrupt_and_call(thread, exception, callable): what is called runs in C, with the exception waiting already. */
static PyObject *
interrupt_and_call(PyObject *self, PyObject *args)
{
    unsigned long thread;
    PyObject *exception, *callable;
    if (!PyArg_ParseTuple(args, "kOO", &thread, &exception, &callable)) {
        return NULL;
    }
    if (PyThreadState_SetAsyncExc(thread, exception) < 0) {
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(callable);
    if (result == NULL) {
        PyObject *error = PyErr_GetRaisedException();
        result = Py_BuildValue("sN", "raised", error);
    }
    return result;
}

/* wait(began): says that it has begun, and waits in C until go_on(): what another thread raises here meanwhile comes after it. */
static PyThread_type_lock gate;

static PyObject *
wait(PyObject *self, PyObject *began)
{
    if (PyList_Append(began, Py_True) < 0) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(gate, WAIT_LOCK);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *
go_on(PyObject *self, PyObject *unused)
{
    PyThread_release_lock(gate);
    Py_RETURN_NONE;
}

/* interpreters(): what the lists say while another interpreter comes and goes. (CPython crashes if it clears one that nobody
   initialised.) */
static PyObject *
interpreters(PyObject *self, PyObject *unused)
{
    PyInterpreterState *main = PyInterpreterState_Main(), *head = PyInterpreterState_Head();
    PyObject *said = PyList_New(0);
#define SAY(...)                                                                                                               \
    do {                                                                                                                       \
        PyObject *item = Py_BuildValue(__VA_ARGS__);                                                                           \
        if (item == NULL || PyList_Append(said, item) < 0) {                                                                   \
            return NULL;                                                                                                       \
        }                                                                                                                      \
        Py_DECREF(item);                                                                                                       \
    } while (0)
    SAY("siii", "before", head == main, PyInterpreterState_Next(main) == NULL, PyInterpreterState_Get() == main);
    PyInterpreterState *first = PyInterpreterState_New(), *second = PyInterpreterState_New();
    if (first == NULL || second == NULL) {
        return NULL;
    }
    SAY("siiii", "listed", PyInterpreterState_Head() == second, PyInterpreterState_Next(second) == first,
        PyInterpreterState_Next(first) == main, PyInterpreterState_Get() == main);
    long long number = PyInterpreterState_GetID(first);
    SAY("siii", "numbers", number > 0, PyInterpreterState_GetID(second) == number + 1, (int)PyInterpreterState_GetID(main));
    PyObject *dict = PyInterpreterState_GetDict(first), *key = PyUnicode_FromString("key");
    SAY("siii", "dicts", PyDict_CheckExact(dict), dict == PyInterpreterState_GetDict(first),
        dict == PyInterpreterState_GetDict(second) || dict == PyInterpreterState_GetDict(main));
    SAY("siO", "kept", PyDict_SetItem(dict, key, Py_True), PyInterpreterState_GetDict(first));
    Py_DECREF(key);
    SAY("si", "no threads", PyInterpreterState_ThreadHead(first) == NULL);
    PyThreadState *one = PyThreadState_New(first), *two = PyThreadState_New(first), *other = PyThreadState_New(second);
    SAY("siiii", "threads", PyInterpreterState_ThreadHead(first) == two, PyThreadState_Next(two) == one,
        PyThreadState_Next(one) == NULL, PyInterpreterState_ThreadHead(second) == other);
    SAY("siii", "of", PyThreadState_GetInterpreter(one) == first, PyThreadState_GetInterpreter(other) == second,
        one->interp == first && two->next == one && one->prev == two);
    PyThreadState_Clear(two);
    PyThreadState_Delete(two);
    SAY("siii", "one left", PyInterpreterState_ThreadHead(first) == one, PyThreadState_Next(one) == NULL, one->prev == NULL);
    PyThreadState_Clear(one);
    PyThreadState_Delete(one);
    SAY("si", "none left", PyInterpreterState_ThreadHead(first) == NULL);
    PyInterpreterState_Delete(first);
    SAY("sii", "deleted", PyInterpreterState_Head() == second, PyInterpreterState_Next(second) == main);
    PyThreadState_Clear(other);
    PyThreadState_Delete(other);
    PyInterpreterState_Delete(second);
    SAY("sii", "after", PyInterpreterState_Head() == main, PyInterpreterState_Next(main) == NULL);
    first = PyInterpreterState_New();
    SAY("si", "numbers go on", PyInterpreterState_GetID(first) == number + 2);
    PyInterpreterState_Delete(first);
    return said;
}

/* own_threads(): is this thread's state in the list of its interpreter, once; how many there are. */
static PyObject *
own_threads(PyObject *self, PyObject *unused)
{
    int found = 0, count = 0;
    PyThreadState *me = PyThreadState_Get();
    for (PyThreadState *state = PyInterpreterState_ThreadHead(PyInterpreterState_Get()); state; state = PyThreadState_Next(state)) {
        found += state == me;
        count++;
    }
    return Py_BuildValue("ii", found, count);
}

static PyObject *
current_frames(PyObject *self, PyObject *unused)
{
    return _PyThread_CurrentFrames();
}

/* get_attr(object, name, dict or None for the object's own, suppress) */
static PyObject *
get_attr(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *dict;
    int suppress;
    if (!PyArg_ParseTuple(args, "OOOi", &object, &name, &dict, &suppress)) {
        return NULL;
    }
    PyObject *found = _PyObject_GenericGetAttrWithDict(object, name, dict == Py_None ? NULL : dict, suppress);
    if (found == NULL && !PyErr_Occurred()) {
        return PyUnicode_FromString("(none)");
    }
    return found;
}

/* set_attr(object, name, dict or None[, value]) */
static PyObject *
set_attr(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *dict, *value = NULL;
    if (!PyArg_ParseTuple(args, "OOO|O", &object, &name, &dict, &value)) {
        return NULL;
    }
    int status = _PyObject_GenericSetAttrWithDict(object, name, value, dict == Py_None ? NULL : dict);
    return status < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *
long_indices(PyObject *self, PyObject *args)
{
    PyObject *slice, *length, *start, *stop, *step;
    if (!PyArg_ParseTuple(args, "O!O!", &PySlice_Type, &slice, &PyLong_Type, &length)) {
        return NULL;
    }
    if (_PySlice_GetLongIndices((PySliceObject *)slice, length, &start, &stop, &step) < 0) {
        return NULL;
    }
    return Py_BuildValue("NNN", start, stop, step);
}

static PyObject *
dump(PyObject *self, PyObject *object)
{
    _PyObject_Dump(object);
    _PyObject_Dump(NULL);
    _Py_BreakPoint();
    Py_RETURN_NONE;
}

static PyObject *
assert_failed(PyObject *self, PyObject *args)
{
    PyObject *object;
    const char *expression, *message, *function;
    if (!PyArg_ParseTuple(args, "Ozzz", &object, &expression, &message, &function)) {
        return NULL;
    }
    _PyObject_AssertFailed(object, expression, message, "file.c", 12, function);
}

static PyObject *
perf_map(PyObject *self, PyObject *args)
{
    const char *parent;
    if (!PyArg_ParseTuple(args, "s", &parent)) {
        return NULL;
    }
    int opened = PyUnstable_PerfMapState_Init();
    int written = PyUnstable_WritePerfMapEntry((void *)0xabcdef, 255, "py::of C:here");
    written += PyUnstable_WritePerfMapEntry(NULL, 0, "");
    int copied = PyUnstable_CopyPerfMapFile(parent);
    int missing = PyUnstable_CopyPerfMapFile("/nonexistent/file");
    PyUnstable_PerfMapState_Fini();
    return Py_BuildValue("iiii", opened, written, copied, missing);
}

static void
say_ending(void *data)
{
    printf("at the end: %s, initialized %d\n", (const char *)data, Py_IsInitialized());
    fflush(stdout);
}

static void
say_last(void)
{
    printf("last\n");
    fflush(stdout);
}

/* at_exit(): the functions that the interpreter's end calls. */
static PyObject *
at_exit(PyObject *self, PyObject *unused)
{
    PyInterpreterState *interp = PyInterpreterState_Get();
    return Py_BuildValue("iii", PyUnstable_AtExit(interp, say_ending, "one"), Py_AtExit(say_last),
                         PyUnstable_AtExit(interp, say_ending, "two"));
}

/* read_lines(path, prompt): what PyOS_Readline gives until the end of the file. */
static PyObject *
read_lines(PyObject *self, PyObject *args)
{
    const char *path, *prompt;
    if (!PyArg_ParseTuple(args, "sz", &path, &prompt)) {
        return NULL;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *lines = PyList_New(0);
    for (int i = 0; i < 10; i++) {
        char *line = PyOS_Readline(file, stdout, prompt);
        if (line == NULL) {
            Py_CLEAR(lines);
            break;
        }
        PyObject *item = PyBytes_FromString(line);
        PyMem_Free(line);
        int is_end = PyBytes_GET_SIZE(item) == 0, failed = PyList_Append(lines, item);
        Py_DECREF(item);
        if (is_end || failed) {
            break;
        }
    }
    fclose(file);
    return lines;
}

/* Wrappers of slots: one that takes what it is given, one with keywords, one that fails. */
static PyObject *
wrap(PyObject *object, PyObject *args, void *wrapped)
{
    return Py_BuildValue("OOs", object, args, (const char *)wrapped);
}

static PyObject *
wrap_keywords(PyObject *object, PyObject *args, void *wrapped, PyObject *keywords)
{
    return Py_BuildValue("OOsO", object, args, (const char *)wrapped, keywords && PyDict_GET_SIZE(keywords) ? keywords : Py_None);
}

static PyObject *
wrap_fails(PyObject *object, PyObject *args, void *wrapped)
{
    PyErr_SetString(PyExc_LookupError, (const char *)wrapped);
    return NULL;
}

static struct wrapperbase plain = {.name = "plain", .wrapper = wrap, .doc = "Plain."};
static struct wrapperbase keyed = {
    .name = "keyed", .wrapper = (wrapperfunc)(void (*)(void))wrap_keywords, .flags = PyWrapperFlag_KEYWORDS};
static struct wrapperbase failing = {.name = "failing", .wrapper = wrap_fails};

/* wrappers(type) */
static PyObject *
wrappers(PyObject *self, PyObject *type)
{
    struct wrapperbase *all[] = {&plain, &keyed, &failing};
    PyObject *made = PyList_New(0);
    for (int i = 0; i < 3; i++) {
        if (all[i]->name_strobj == NULL) {
            all[i]->name_strobj = PyUnicode_InternFromString(all[i]->name);
        }
        PyObject *descr = PyDescr_NewWrapper((PyTypeObject *)type, all[i], "what is wrapped");
        if (descr == NULL || PyList_Append(made, descr) < 0) {
            return NULL;
        }
        Py_DECREF(descr);
    }
    return made;
}

static PyObject *
born_again(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(1);
    PyList_SET_ITEM(list, 0, Py_NewRef(Py_None));
    Py_ssize_t before = Py_REFCNT(list);
    _Py_NewReferenceNoTotal(list);
    return Py_BuildValue("nnN", before, Py_REFCNT(list), list);
}

/* others(call, sources...): an interpreter for each list of sources, which run there by turns; after each, `call` is called here. */
static PyObject *
others(PyObject *self, PyObject *args)
{
    enum { MOST = 4 };
    PyThreadState *mine = PyThreadState_Get(), *made[MOST];
    Py_ssize_t count = PyTuple_GET_SIZE(args) - 1, rounds = PyList_GET_SIZE(PyTuple_GET_ITEM(args, 1));
    int distinct = 1, failed = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        made[i] = Py_NewInterpreter();
        if (made[i] == NULL) {
            PyThreadState_Swap(mine);
            return PyErr_Format(PyExc_RuntimeError, "no interpreter");
        }
        PyInterpreterState *interp = PyThreadState_GetInterpreter(made[i]);
        distinct &= PyThreadState_Get() == made[i] && PyInterpreterState_Get() == interp && PyGILState_Check();
        distinct &= interp != PyInterpreterState_Main() && PyInterpreterState_GetDict(interp) != NULL;
        for (Py_ssize_t j = 0; j < i; j++) {
            PyInterpreterState *other = PyThreadState_GetInterpreter(made[j]);
            distinct &= interp != other && PyInterpreterState_GetID(interp) > PyInterpreterState_GetID(other);
            distinct &= PyInterpreterState_GetDict(interp) != PyInterpreterState_GetDict(other);
        }
    }
    for (Py_ssize_t round = 0; round < rounds; round++) {
        for (Py_ssize_t i = 0; i < count; i++) {
            PyThreadState *before = PyThreadState_Swap(made[i]);
            const char *source = PyUnicode_AsUTF8(PyList_GET_ITEM(PyTuple_GET_ITEM(args, i + 1), round));
            failed += PyRun_SimpleString(source) != 0;
            Py_BEGIN_ALLOW_THREADS
            Py_END_ALLOW_THREADS
            PyGILState_STATE state = PyThreadState_Get() == made[i] ? PyGILState_LOCKED : PyGILState_UNLOCKED;
            distinct &= state == PyGILState_LOCKED && (before == mine || before == made[count - 1]);
            PyThreadState_Swap(mine);
            PyObject *result = PyObject_CallFunction(PyTuple_GET_ITEM(args, 0), "nn", i, round);
            if (result == NULL) {
                PyErr_Print();
            }
            Py_XDECREF(result);
        }
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyThreadState_Swap(made[i]);
        Py_EndInterpreter(made[i]);
        distinct &= PyThreadState_GetUnchecked() == NULL;
    }
    PyThreadState_Swap(mine);
    return Py_BuildValue("ii", distinct, failed);
}

/* configured(flags...): what a start with these PyInterpreterConfig fields says; one that started ends again. */
static PyObject *
configured(PyObject *self, PyObject *args)
{
    PyInterpreterConfig config;
    if (!PyArg_ParseTuple(args, "iiiiiii", &config.use_main_obmalloc, &config.allow_fork, &config.allow_exec, &config.allow_threads,
                          &config.allow_daemon_threads, &config.check_multi_interp_extensions, &config.gil)) {
        return NULL;
    }
    PyThreadState *mine = PyThreadState_Get(), *made = NULL;
    PyStatus status = Py_NewInterpreterFromConfig(&made, &config);
    if (PyStatus_Exception(status)) {
        PyThreadState_Swap(mine);
        return Py_BuildValue("ssi", status.func, status.err_msg, made == NULL);
    }
    Py_EndInterpreter(made);
    PyThreadState_Swap(mine);
    return Py_BuildValue("s", "started");
}

static PyMethodDef methods[] = {
    {"others", others, METH_VARARGS, NULL},
    {"configured", configured, METH_VARARGS, NULL},
    {"set_async_exc", set_async_exc, METH_VARARGS, NULL},
    {"interrupt_and_call", interrupt_and_call, METH_VARARGS, NULL},
    {"wait", wait, METH_O, NULL},
    {"go_on", go_on, METH_NOARGS, NULL},
    {"interpreters", interpreters, METH_NOARGS, NULL},
    {"own_threads", own_threads, METH_NOARGS, NULL},
    {"current_frames", current_frames, METH_NOARGS, NULL},
    {"get_attr", get_attr, METH_VARARGS, NULL},
    {"set_attr", set_attr, METH_VARARGS, NULL},
    {"long_indices", long_indices, METH_VARARGS, NULL},
    {"dump", dump, METH_O, NULL},
    {"assert_failed", assert_failed, METH_VARARGS, NULL},
    {"perf_map", perf_map, METH_VARARGS, NULL},
    {"at_exit", at_exit, METH_NOARGS, NULL},
    {"read_lines", read_lines, METH_VARARGS, NULL},
    {"wrappers", wrappers, METH_O, NULL},
    {"born_again", born_again, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int
exec(PyObject *module)
{
    if (gate != NULL) {
        return 0;
    }
    gate = PyThread_allocate_lock();
    if (gate == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    PyThread_acquire_lock(gate, WAIT_LOCK);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)exec}, {0, NULL}};
DEFINE_MODULE(ext_states, "Threads and interpreters as C sees them.", methods, slots)
