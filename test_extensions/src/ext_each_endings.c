/* Functions of the API that change the whole program for good, or end it: each call is made in a forked child, whose words and end are
 * told. */
#define _GNU_SOURCE
#include "each.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Exported, and declared no more; or hidden by macros. */
extern void Py_SetPath(const wchar_t *);
#undef Py_FatalError
extern void Py_FatalError(const char *);

/* What a child writes, to whatever descriptor it is. */
static void say(const char *text)
{
    if (write(1, text, strlen(text)) < 0) {
        _exit(98);
    }
}

static void say_object(PyObject *object)
{
    PyObject *shown = PyObject_ASCII(object);
    say(PyUnicode_AsUTF8(shown));
    say("\n");
    Py_DECREF(shown);
    Py_DECREF(object);
}

/* Lines that tell of places: a traceback's. */
static int of_place(const char *line, int after_place)
{
    return strncmp(line, "  File ", 7) == 0 || (after_place && strncmp(line, "    ", 4) == 0);
}

/* The lines that come from a child: up to the first empty one, after which a fatal error tells of places. */
static PyObject *lines_from(int descriptor)
{
    char into[4000];
    size_t count = 0;
    ssize_t got;
    while (count < sizeof into - 1 && (got = read(descriptor, into + count, sizeof into - 1 - count)) > 0) {
        count += (size_t)got;
    }
    into[count] = 0;
    close(descriptor);
    PyObject *lines = PyList_New(0);
    int after_place = 0;
    for (char *line = into, *next; *line != 0 && *line != '\n'; line = next) {
        size_t size = strcspn(line, "\n");
        next = line + size + (line[size] != 0);
        after_place = of_place(line, after_place);
        if (!after_place) {
            PyObject *text = PyUnicode_DecodeUTF8(line, (Py_ssize_t)size, "backslashreplace");
            PyList_Append(lines, text);
            Py_DECREF(text);
        }
    }
    return lines;
}

static PyObject *end_of(pid_t child)
{
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? PyUnicode_FromFormat("exit %d", WEXITSTATUS(status)) : PyUnicode_FromFormat("signal %d", WTERMSIG(status));
}

static PyObject *in_child(void (*work)(const char *, long), const char *which, long number)
{
    int ends[2];
    PyObject *out = PySys_GetObject("stdout");
    Py_XDECREF(out ? step(PyObject_CallMethod(out, "flush", NULL)) : NULL);
    fflush(NULL);
    if (pipe(ends) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyOS_BeforeFork();
    pid_t child = fork();
    if (child == 0) {
        PyOS_AfterFork_Child();
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        alarm(20);
        work(which, number);
        _exit(77);
    }
    PyOS_AfterFork_Parent();
    close(ends[1]);
    PyObject *words = lines_from(ends[0]);
    return Py_BuildValue("(NN)", words, end_of(child));
}

static void python(const char *source)
{
    PyObject *globals = Py_BuildValue("{s:O}", "__builtins__", PyEval_GetBuiltins());
    Py_XDECREF(PyRun_String(source, Py_file_input, globals, globals));
    Py_DECREF(globals);
    if (PyErr_Occurred()) {
        say_object(error_said());
    }
}

/* ---- ends */

static void exit_with(const char *which, long number)
{
    if (is(which, "unflushed")) {
        python("import sys\nsys.stdout.write('not flushed')\nsys.stdout.flush = sys.stdout.flush\n");
    } else if (is(which, "atexit")) {
        python("import atexit, os\natexit.register(os.write, 1, b'atexit\\n')\n");
    } else if (is(which, "atexit-fails")) {
        python("import atexit, os\natexit.register(os.write, 1, b'atexit\\n')\natexit.register(os.write, 'one')\nimport sys\nsys.unraisablehook = lambda told: os.write(1, "
               "b'unraisable\\n')\n");
    } else if (is(which, "finaliser")) {
        python("import os, sys\nclass Last:\n def __del__(self, write=os.write): write(1, b'finalised\\n')\nsys.last = Last()\n");
    }
    Py_Exit((int)number);
}

static PyObject *each_Py_Exit(const char *which, long number)
{
    return in_child(exit_with, which, number);
}

static void first(void)
{
    say("first\n");
}

static void second(void)
{
    say("second\n");
}

static void registers_another(void)
{
    char text[60];
    snprintf(text, sizeof text, "another: %d\n", Py_AtExit(first));
    say(text);
}

static void at_exit(const char *which, long number)
{
    int status = 0;
    if (is(which, "many")) {
        for (int index = 0; index < 40; index++) {
            status += Py_AtExit(index == 0 ? first : second) == 0;
        }
        status = status < 40;
    } else if (is(which, "registers")) {
        status = Py_AtExit(registers_another);
    } else {
        status = Py_AtExit(first);
        status += is(which, "two") ? Py_AtExit(second) : is(which, "twice") ? Py_AtExit(first) : 0;
    }
    say(status ? "refused\n" : "registered\n");
    if (is(which, "after-python")) {
        python("import atexit, os\natexit.register(os.write, 1, b'atexit\\n')\n");
    }
    if (is(which, "killed")) {
        _exit(3);
    }
    Py_Exit(0);
}

/* More than 32 are refused; that many words would be said too. */
static PyObject *each_Py_AtExit(const char *which)
{
    return in_child(at_exit, which, 0);
}

static void say_data(void *data)
{
    say(data ? data : "no data\n");
    say(Py_IsInitialized() ? "initialised\n" : "not initialised\n");
}

static void raises_data(void *data)
{
    PyErr_SetString(PyExc_KeyError, data);
}

static void unstable_at_exit(const char *which, long number)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (is(which, "after-python")) {
        python("import atexit, os\natexit.register(os.write, 1, b'atexit\\n')\n");
    }
    int status = PyUnstable_AtExit(interpreter, say_data, is(which, "no-data") ? NULL : "one\n");
    if (is(which, "two")) {
        status += PyUnstable_AtExit(interpreter, say_data, "two\n");
    } else if (is(which, "before-python")) {
        python("import atexit, os\natexit.register(os.write, 1, b'atexit\\n')\n");
    } else if (is(which, "with-Py_AtExit")) {
        status += Py_AtExit(first);
    } else if (is(which, "raises")) {
        python("import os, sys\nsys.unraisablehook = lambda told: os.write(1, b'unraisable\\n')\n");
        status += PyUnstable_AtExit(interpreter, raises_data, "raised");
    } else if (is(which, "run-at-once")) {
        python("import atexit\natexit._run_exitfuncs()\n");
        say("was run\n");
    }
    say(status ? "refused\n" : "registered\n");
    Py_Exit(0);
}

static PyObject *each_PyUnstable_AtExit(const char *which)
{
    return in_child(unstable_at_exit, which, 0);
}

static void fatal_words(const char *which, long number)
{
    if (is(which, "raised")) {
        PyErr_SetString(PyExc_KeyError, "set");
    }
    if (is(which, "without-the-lock")) {
        PyEval_SaveThread();
    }
    Py_FatalError(is(which, "null") ? NULL : is(which, "empty") ? "" : is(which, "accented") ? "h\xc3\xa9" : is(which, "percent") ? "%s %d" : "words");
}

static PyObject *each_Py_FatalError(const char *which)
{
    return in_child(fatal_words, which, 0);
}

/* What is fatal if it is done wrongly. */
static void misused(const char *which, long number)
{
    PyThreadState *own = PyThreadState_Get();
    if (is(which, "unlock")) {
        PyMutex mutex = {0};
        PyMutex_Unlock(&mutex);
    } else if (is(which, "get")) {
        PyEval_SaveThread();
        PyThreadState_Get();
    } else if (is(which, "delete")) {
        PyThreadState_Delete(own);
    } else if (is(which, "restore")) {
        PyEval_SaveThread();
        PyEval_RestoreThread(NULL);
    } else if (is(which, "acquire")) {
        PyEval_SaveThread();
        PyEval_AcquireThread(NULL);
    } else if (is(which, "release-other")) {
        PyEval_ReleaseThread(PyThreadState_New(PyInterpreterState_Get()));
    } else if (is(which, "gilstate-release")) {
        PyEval_SaveThread();
        PyGILState_Release(PyGILState_UNLOCKED);
    } else if (is(which, "append-inittab")) {
        PyImport_AppendInittab("made", NULL);
    } else if (is(which, "extend-inittab")) {
        static struct _inittab table[] = {{"made", NULL}, {NULL, NULL}};
        PyImport_ExtendInittab(table);
    } else if (is(which, "extend-with-none")) {
        static struct _inittab table[] = {{NULL, NULL}};
        PyImport_ExtendInittab(table);
    }
    say("went on");
}

static PyObject *each_misused(const char *which)
{
    return in_child(misused, which, 0);
}

/* ---- what stays */

static void initialize(const char *which, long number)
{
    is(which, "ex") ? Py_InitializeEx((int)number) : Py_Initialize();
    python("import os\nos.write(1, b'runs\\n')\n");
    say(Py_IsInitialized() ? "initialised\n" : "not initialised\n");
    _exit(0);
}

static PyObject *each_Py_Initialize(void)
{
    return in_child(initialize, "plain", 0);
}

static PyObject *each_Py_InitializeEx(long number)
{
    return in_child(initialize, "ex", number);
}

static void fill_and_free(PyMemAllocatorDomain domain, const char *which)
{
    PyMemAllocatorEx allocator;
    PyMem_GetAllocator(domain, &allocator);
    unsigned char *block = allocator.malloc(allocator.ctx, 10);
    int clean = block[0] == 0xCD && block[9] == 0xCD;
    if (is(which, "behind")) {
        block[10] = 1;
    } else if (is(which, "before")) {
        block[-1] = 1;
    }
    block = is(which, "grown") ? allocator.realloc(allocator.ctx, block, 20) : block;
    clean += is(which, "grown") && block[15] == 0xCD ? 10 : 0;
    if (is(which, "wrong-domain")) {
        PyMemAllocatorEx other;
        PyMem_GetAllocator(domain == PYMEM_DOMAIN_MEM ? PYMEM_DOMAIN_OBJ : PYMEM_DOMAIN_MEM, &other);
        other.free(other.ctx, block);
    }
    allocator.free(allocator.ctx, block);
    unsigned char *zeros = allocator.calloc(allocator.ctx, 3, 5);
    clean += zeros[0] == 0 && zeros[14] == 0 ? 100 : 0;
    allocator.free(allocator.ctx, zeros);
    allocator.free(allocator.ctx, NULL);
    say_object(PyLong_FromLong(clean));
}

static void ends_badly(int number)
{
    _exit(66);
}

/* New memory is filled; what was written beside a block, or freed by another domain, is told. */
static void debug_hooks(const char *which, long domain)
{
    /* CPython's fatal error may itself die of damaged memory, when the words that count are written. */
    signal(SIGABRT, ends_badly);
    signal(SIGSEGV, ends_badly);
    PyMem_SetupDebugHooks();
    if (is(which, "twice")) {
        PyMem_SetupDebugHooks();
    }
    if (is(which, "without-the-lock")) {
        PyEval_SaveThread();
        PyMem_Free(PyMem_Malloc(1));
    }
    fill_and_free((PyMemAllocatorDomain)domain, which);
    _exit(0);
}

static PyObject *each_PyMem_SetupDebugHooks(const char *which, long domain)
{
    return in_child(debug_hooks, which, domain);
}

static int hook(const char *event, PyObject *arguments, void *data)
{
    if (strncmp(event, "each.", 5) == 0 || strcmp(event, "sys.addaudithook") == 0) {
        say(data);
        say(" hears ");
        say(event);
        say(" ");
        say_object(Py_NewRef(arguments));
        if (strcmp(event, "each.refused") == 0 || (strcmp(event, "sys.addaudithook") == 0 && strcmp(data, "one") == 0)) {
            PyErr_SetString(PyExc_RuntimeError, data);
            return -1;
        }
    }
    return 0;
}

static int base_hook(const char *event, PyObject *arguments, void *data)
{
    if (strcmp(event, "sys.addaudithook") == 0) {
        PyErr_SetString(PyExc_KeyboardInterrupt, "stops");
        return -1;
    }
    return 0;
}

/* One hook, another after it, one that the first refuses, one of Python's; an event that a hook refuses. */
static void audit(const char *which, long number)
{
    PyObject *told = NULL;
    if (is(which, "base")) {
        PySys_AddAuditHook(base_hook, NULL);
        told = number_step(PySys_AddAuditHook(hook, "two"));
    } else if (is(which, "raised")) {
        PyErr_SetString(PyExc_KeyError, "set");
        told = number_step(PySys_AddAuditHook(hook, "three"));
    } else {
        told = number_step(PySys_AddAuditHook(hook, is(which, "refuses") ? "one" : "three"));
        if (!is(which, "one-alone")) {
            told = Py_BuildValue("(NN)", told, number_step(PySys_AddAuditHook(hook, "two")));
        }
    }
    say_object(told);
    if (is(which, "with-python")) {
        python("import sys, os\nsys.addaudithook(lambda event, args: os.write(1, f'Python hears {event} {args}\\n'.encode()) if event.startswith('each.') else None)\n");
    }
    say_object(number_step(PySys_Audit("each.told", "(is)", 5, "text")));
    say_object(number_step(PySys_Audit("each.refused", NULL)));
    _exit(0);
}

static PyObject *each_PySys_AddAuditHook(const char *which)
{
    return in_child(audit, which, 0);
}

/* What was set, as the functions that ask for it tell; those of which the table is not are told as changed or not. */
static void set_paths(const char *which, long function)
{
    const wchar_t *given = is(which, "empty") ? L"" : is(which, "null") ? NULL : is(which, "accented") ? L"/h\u20ac:/more" : L"/some/where:/more";
    wchar_t *(*const ask[])(void) = {Py_GetPath, Py_GetProgramName, Py_GetPythonHome, Py_GetPrefix, Py_GetExecPrefix, Py_GetProgramFullPath};
    PyObject *before[6], *told = PyList_New(0);
    for (int index = 0; index < 6; index++) {
        wchar_t *text = ask[index]();
        before[index] = text ? PyUnicode_FromWideChar(text, -1) : Py_NewRef(Py_None);
    }
    void (*const set[])(const wchar_t *) = {Py_SetPath, Py_SetProgramName, Py_SetPythonHome};
    wchar_t room[40];
    if (given != NULL) {
        wcscpy(room, given);
    }
    set[function](given ? room : NULL);
    if (is(which, "twice")) {
        set[function](L"/twice");
    }
    for (int index = 0; index < 6; index++) {
        wchar_t *text = ask[index]();
        PyObject *now = text ? PyUnicode_FromWideChar(text, -1) : Py_NewRef(Py_None);
        int same = PyObject_RichCompareBool(now, before[index], Py_EQ);
        PyObject *item = same ? PyUnicode_FromString("as before") : now;
        PyList_Append(told, item);
    }
    say_object(told);
    say_object(PyLong_FromLong(PyObject_RichCompareBool(PySys_GetObject("path"), PySequence_List(PySys_GetObject("path")), Py_EQ)));
    _exit(0);
}

static PyObject *each_Py_SetPath(const char *which)
{
    return in_child(set_paths, which, 0);
}

static PyObject *each_Py_SetProgramName(const char *which)
{
    return in_child(set_paths, which, 1);
}

static PyObject *each_Py_SetPythonHome(const char *which)
{
    return in_child(set_paths, which, 2);
}

/* ---- forks */

enum { BEFORE, PARENT, CHILD, OLD_CHILD };

/* The functions that os.register_at_fork was given say that they are called: by each function alone, and around a fork of C's. */
static void fork_functions(const char *which, long function)
{
    if (!is(which, "no-hooks")) {
        python("import os\nsays = lambda text: lambda: os.write(1, text)\n"
               "os.register_at_fork(before=says(b'before 1\\n'), after_in_parent=says(b'parent 1\\n'), after_in_child=says(b'child 1\\n'))\n"
               "os.register_at_fork(before=says(b'before 2\\n'), after_in_parent=says(b'parent 2\\n'), after_in_child=says(b'child 2\\n'))\n");
    }
    if (is(which, "hook-raises")) {
        python("import os, sys\nsys.unraisablehook = lambda told: os.write(1, b'unraisable\\n')\n"
               "os.register_at_fork(before=lambda: 1 // 0, after_in_parent=lambda: 1 // 0, after_in_child=lambda: 1 // 0)\n");
    }
    PyOS_BeforeFork();
    say("forks\n");
    pid_t child = function == CHILD || function == OLD_CHILD ? fork() : -1;
    if (child == 0) {
        function == CHILD ? PyOS_AfterFork_Child() : PyOS_AfterFork();
        python("import os, threading\nos.write(1, f'{threading.active_count()} {threading.current_thread() is threading.main_thread()}\\n'.encode())\n");
        say(PyGILState_Check() ? "has the lock\n" : "has no lock\n");
        _exit(5);
    }
    if (child > 0) {
        int status;
        waitpid(child, &status, 0);
    }
    PyOS_AfterFork_Parent();
    say_object(error_said());
    say(PyGILState_Check() ? "has the lock\n" : "has no lock\n");
    _exit(0);
}

static PyObject *each_PyOS_BeforeFork(const char *which)
{
    return in_child(fork_functions, which, BEFORE);
}

static PyObject *each_PyOS_AfterFork_Parent(const char *which)
{
    return in_child(fork_functions, which, PARENT);
}

static PyObject *each_PyOS_AfterFork_Child(const char *which)
{
    return in_child(fork_functions, which, CHILD);
}

static PyObject *each_PyOS_AfterFork(const char *which)
{
    return in_child(fork_functions, which, OLD_CHILD);
}

static const each_function functions[] = {
    EACH(Py_Exit),
    EACH(Py_AtExit),
    EACH(PyUnstable_AtExit),
    EACH(Py_FatalError),
    {"PyMutex_Unlock/misused", (void *)each_misused},
    {"PyThreadState_Get/misused", (void *)each_misused},
    {"PyThreadState_Delete/misused", (void *)each_misused},
    {"PyEval_RestoreThread/misused", (void *)each_misused},
    {"PyEval_AcquireThread/misused", (void *)each_misused},
    {"PyEval_ReleaseThread/misused", (void *)each_misused},
    {"PyGILState_Release/misused", (void *)each_misused},
    {"PyImport_AppendInittab", (void *)each_misused},
    {"PyImport_ExtendInittab", (void *)each_misused},
    EACH(Py_Initialize),
    EACH(Py_InitializeEx),
    EACH(PyMem_SetupDebugHooks),
    EACH(PySys_AddAuditHook),
    EACH(Py_SetPath),
    EACH(Py_SetProgramName),
    EACH(Py_SetPythonHome),
    EACH(PyOS_BeforeFork),
    EACH(PyOS_AfterFork_Parent),
    EACH(PyOS_AfterFork_Child),
    EACH(PyOS_AfterFork),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_endings, "Functions that change the whole program or end it.", NULL, fill)
