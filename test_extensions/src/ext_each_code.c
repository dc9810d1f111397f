/* Functions of the API about code and what listens to it: code from its parts, wrappers of slots, tracers of references, scopes of
 * monitoring. */
#include "each.h"
#include <frameobject.h>

/* ---- code from its parts */

enum { ARGCOUNT, POSONLY, KWONLY, NLOCALS, STACKSIZE, FLAGS, FIRSTLINE, NUMBERS };
static const char *const number_names[NUMBERS] = {"argcount", "posonly", "kwonly", "nlocals", "stacksize", "flags", "firstline"};
enum { CODE, CONSTS, NAMES, VARNAMES, FREEVARS, CELLVARS, FILENAME, NAME, QUALNAME, LINETABLE, EXCEPTIONTABLE, PARTS };
static const char *const part_names[PARTS] = {"code", "consts", "names", "varnames", "freevars", "cellvars", "filename", "name", "qualname", "linetable", "exceptiontable"};

static int index_of(const char *which, const char *const *names, int count)
{
    int index = 0;
    while (index < count && !is(which, names[index])) {
        index++;
    }
    return index;
}

/* Without its instructions, and what those refer to: they are the interpreter's own. */
static PyObject *code_told(PyObject *code)
{
    static const char *const names[] = {"co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_flags", "co_varnames",
                                        "co_freevars", "co_cellvars", "co_filename", "co_name", "co_qualname", "co_firstlineno"};
    PyObject *told = PyList_New(0);
    for (size_t index = 0; index < Py_ARRAY_LENGTH(names); index++) {
        PyObject *value = step(PyObject_GetAttrString(code, names[index])), *shown = PyObject_Repr(value);
        PyList_Append(told, shown);
        Py_DECREF(value);
        Py_DECREF(shown);
    }
    PyObject *text = PyUnicode_FromString(" "), *line = PyUnicode_Join(text, told);
    Py_DECREF(text);
    Py_DECREF(told);
    Py_DECREF(code);
    return line;
}

/* Code like that of `def name(one, two, *, three): local`, with one of its numbers or parts replaced. */
static PyObject *made_code(int by_position, int number, long value, int part, PyObject *object)
{
    int n[NUMBERS] = {2, by_position ? 1 : 0, 1, 4, 3, CO_OPTIMIZED | CO_NEWLOCALS, 33};
    PyObject *names = Py_BuildValue("(ss)", "global", "attribute"), *varnames = Py_BuildValue("(ssss)", "one", "two", "three", "local");
    PyObject *consts = Py_BuildValue("(Oi)", Py_None, 5), *nothing = PyTuple_New(0), *empty = PyBytes_FromStringAndSize(NULL, 0);
    PyObject *file = PyUnicode_FromString("file.py"), *name = PyUnicode_FromString("name"), *qualname = PyUnicode_FromString("Class.name");
    PyObject *p[PARTS] = {empty, consts, names, varnames, nothing, nothing, file, name, qualname, empty, empty};
    if (number < NUMBERS) {
        n[number] = (int)value;
    }
    if (part < PARTS) {
        p[part] = object;
    }
    PyCodeObject *code = by_position ? PyUnstable_Code_NewWithPosOnlyArgs(n[0], n[1], n[2], n[3], n[4], n[5], p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8],
                                                                          n[6], p[9], p[10])
                                     : PyUnstable_Code_New(n[0], n[2], n[3], n[4], n[5], p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], n[6], p[9], p[10]);
    Py_DECREF(names), Py_DECREF(varnames), Py_DECREF(consts), Py_DECREF(nothing), Py_DECREF(empty), Py_DECREF(file), Py_DECREF(name), Py_DECREF(qualname);
    return code ? code_told((PyObject *)code) : NULL;
}

static PyObject *each_PyUnstable_Code_New(const char *which, long value)
{
    return made_code(0, index_of(which, number_names, NUMBERS), value, PARTS, NULL);
}

static PyObject *each_PyUnstable_Code_New_part(const char *which, PyObject *object)
{
    return made_code(0, NUMBERS, 0, index_of(which, part_names, PARTS), object);
}

static PyObject *each_PyUnstable_Code_NewWithPosOnlyArgs(const char *which, long value)
{
    return made_code(1, index_of(which, number_names, NUMBERS), value, PARTS, NULL);
}

static PyObject *each_PyUnstable_Code_NewWithPosOnlyArgs_part(const char *which, PyObject *object)
{
    return made_code(1, NUMBERS, 0, index_of(which, part_names, PARTS), object);
}

static Py_ssize_t own_index(void)
{
    static Py_ssize_t index = -1;
    if (index < 0) {
        index = PyUnstable_Eval_RequestCodeExtraIndex(NULL);
    }
    return index;
}

/* What was set is got, and what is set after it; an index that nobody asked for is refused. */
static PyObject *each_PyUnstable_Code_SetExtra(PyObject *code, long beyond)
{
    Py_ssize_t index = beyond == 0 ? own_index() : beyond;
    void *extra = "nothing";
    PyObject *set = number_step(PyUnstable_Code_SetExtra(code, index, "first"));
    PyObject *again = number_step(PyUnstable_Code_SetExtra(code, index, "second"));
    PyObject *got = number_step(PyUnstable_Code_GetExtra(code, index, &extra));
    PyObject *lies = text_or_null(extra);
    PyObject *cleared = number_step(PyUnstable_Code_SetExtra(code, index, NULL));
    extra = "nothing";
    PyErr_Clear();
    PyUnstable_Code_GetExtra(code, index, &extra);
    PyErr_Clear();
    return Py_BuildValue("(NNNNNN)", set, again, got, lies, cleared, text_or_null(extra));
}

/* ---- frames */

/* Of a frame that never ran; of one that runs, where it is somewhere. */
static PyObject *each_PyFrame_GetLasti(const char *which)
{
    if (is(which, "running")) {
        return PyLong_FromLong(PyFrame_GetLasti(PyEval_GetFrame()) >= 0);
    }
    PyObject *globals = PyDict_New(), *code = Py_CompileString("x + 1", "frame.py", Py_eval_input);
    PyFrameObject *frame = PyFrame_New(PyThreadState_Get(), (PyCodeObject *)code, globals, NULL);
    PyObject *told = frame ? number_step(PyFrame_GetLasti(frame)) : NULL;
    Py_XDECREF(frame);
    Py_DECREF(globals);
    Py_DECREF(code);
    return told;
}

/* ---- wrappers of slots */

static PyObject *wrap(PyObject *object, PyObject *arguments, void *wrapped)
{
    return Py_BuildValue("(OOs)", object, arguments, (const char *)wrapped);
}

static PyObject *wrap_keywords(PyObject *object, PyObject *arguments, void *wrapped, PyObject *named)
{
    return Py_BuildValue("(OOsO)", object, arguments, (const char *)wrapped, named && PyDict_GET_SIZE(named) ? named : Py_None);
}

static PyObject *wrap_fails(PyObject *object, PyObject *arguments, void *wrapped)
{
    PyErr_SetString(PyExc_LookupError, (const char *)wrapped);
    return NULL;
}

static struct wrapperbase bases[] = {
    {.name = "plain", .wrapper = wrap, .doc = "plain($self, other, /)\n--\n\nThe doc."},
    {.name = "keyed", .wrapper = (wrapperfunc)(void (*)(void))wrap_keywords, .flags = PyWrapperFlag_KEYWORDS, .doc = "No signature."},
    {.name = "fails", .wrapper = wrap_fails},
    {.name = "na\xc3\xafve", .wrapper = wrap, .doc = ""},
};

static PyObject *each_PyDescr_NewWrapper(const char *which, PyTypeObject *type, PyObject *object)
{
    struct wrapperbase *base = &bases[is(which, "keyed") ? 1 : is(which, "fails") ? 2 : is(which, "accented") ? 3 : 0];
    if (base->name_strobj == NULL) {
        base->name_strobj = PyUnicode_InternFromString(base->name);
    }
    PyObject *made = PyDescr_NewWrapper(type, base, "wrapped");
    if (made == NULL) {
        return NULL;
    }
    static const char *const names[] = {"__name__", "__qualname__", "__doc__", "__text_signature__", "__objclass__"};
    PyObject *told = PyList_New(0);
    for (size_t index = 0; index < Py_ARRAY_LENGTH(names); index++) {
        PyObject *value = step(PyObject_GetAttrString(made, names[index]));
        PyList_Append(told, value);
        Py_DECREF(value);
    }
    PyObject *called = step(PyObject_CallFunction(made, "Oi", object, 1)), *none = step(PyObject_CallNoArgs(made));
    PyObject *arguments = Py_BuildValue("(O)", object), *named = Py_BuildValue("{s:i}", "key", 2);
    PyObject *key = step(PyObject_Call(made, arguments, named));
    PyObject *bound = step(Py_TYPE(made)->tp_descr_get ? Py_TYPE(made)->tp_descr_get(made, object, (PyObject *)Py_TYPE(object)) : NULL);
    PyObject *result = Py_BuildValue("(sNNNNN)", Py_TYPE(made)->tp_name, told, called, none, key, bound);
    Py_DECREF(arguments), Py_DECREF(named), Py_DECREF(made);
    return result;
}

/* ---- reference tracers */

static int events[2], others;

static int count_events(PyObject *object, PyRefTracerEvent event, void *data)
{
    if (PyList_CheckExact(object)) {
        ((int *)data)[event == PyRefTracer_DESTROY]++;
    }
    return 0;
}

static int other_tracer(PyObject *object, PyRefTracerEvent event, void *data)
{
    others++;
    return 0;
}

static PyObject *tracer_told(PyRefTracer tracer, void *data)
{
    return PyUnicode_FromFormat("%s %s", tracer == count_events ? "counts" : tracer == other_tracer ? "other" : tracer == NULL ? "none" : "unknown",
                                data == events ? "events" : data == &others ? "others" : data == NULL ? "NULL" : "unknown");
}

/* A list comes and goes while a tracer is set, was replaced or taken away. */
static PyObject *each_PyRefTracer_SetTracer(const char *which)
{
    void *before_data = NULL, *data = events;
    PyRefTracer before = PyRefTracer_GetTracer(&before_data);
    memset(events, 0, sizeof events);
    others = 0;
    int set = PyRefTracer_SetTracer(count_events, events), again = -5;
    if (is(which, "replaced")) {
        again = PyRefTracer_SetTracer(other_tracer, &others);
    } else if (is(which, "taken-away")) {
        again = PyRefTracer_SetTracer(NULL, NULL);
    } else if (is(which, "none-with-data")) {
        again = PyRefTracer_SetTracer(NULL, &others);
    }
    Py_DECREF(PyList_New(0));
    PyRefTracer now = PyRefTracer_GetTracer(&data);
    int heard = others > 0;
    PyRefTracer_SetTracer(before, before_data);
    return Py_BuildValue("(iiNiii)", set, again, tracer_told(now, data), events[0], events[1], heard);
}

static PyObject *each_PyRefTracer_GetTracer(const char *which)
{
    void *data = &others;
    if (!is(which, "none")) {
        PyRefTracer_SetTracer(count_events, is(which, "no-data") ? NULL : events);
    }
    PyRefTracer now = PyRefTracer_GetTracer(is(which, "no-place") ? NULL : &data);
    PyRefTracer_SetTracer(NULL, NULL);
    return tracer_told(now, data);
}

/* ---- scopes of monitoring */

static const uint8_t watched[] = {PY_MONITORING_EVENT_PY_START, PY_MONITORING_EVENT_LINE, PY_MONITORING_EVENT_RAISE};

static int with_tool(const char *source)
{
    PyObject *globals = Py_BuildValue("{s:O}", "__builtins__", PyEval_GetBuiltins());
    PyObject *ran = PyRun_String(source, Py_file_input, globals, globals);
    Py_DECREF(globals);
    Py_XDECREF(ran);
    return ran ? 0 : -1;
}

/* Which tools listen in the scope; in one that was entered before they began, and again. */
static PyObject *each_PyMonitoring_EnterScope(const char *which)
{
    PyMonitoringState states[3] = {{0, 0}, {0, 0}, {0, 0}};
    uint64_t version = 0;
    Py_ssize_t length = is(which, "no-events") ? 0 : is(which, "one-event") ? 1 : 3;
    int entered = is(which, "tool-later") ? PyMonitoring_EnterScope(states, &version, watched, length) : -5;
    if (!is(which, "no-tool") &&
        with_tool("import sys\nm = sys.monitoring\nm.use_tool_id(3, 'each')\nm.set_events(3, m.events.PY_START | m.events.RAISE)\n") < 0) {
        return NULL;
    }
    int again = PyMonitoring_EnterScope(states, &version, watched, length);
    PyObject *told = Py_BuildValue("(iiiii)", entered, again, states[0].active, states[1].active, states[2].active);
    int left = PyMonitoring_ExitScope();
    if (!is(which, "no-tool") && with_tool("import sys\nm = sys.monitoring\nm.set_events(3, 0)\nm.free_tool_id(3)\n") < 0) {
        return NULL;
    }
    if (is(which, "tool-gone")) {
        again = PyMonitoring_EnterScope(states, &version, watched, length);
        PyMonitoring_ExitScope();
    }
    return Py_BuildValue("(Niiii)", told, left, states[0].active, states[1].active, states[2].active);
}

static PyObject *each_PyMonitoring_ExitScope(const char *which)
{
    PyMonitoringState states[1] = {{0, 0}};
    uint64_t version = 0;
    if (!is(which, "not-entered")) {
        PyMonitoring_EnterScope(states, &version, watched, 1);
    }
    int first = PyMonitoring_ExitScope(), second = is(which, "twice") ? PyMonitoring_ExitScope() : -5;
    return Py_BuildValue("(iiN)", first, second, error_said());
}

static const each_function functions[] = {
    EACH(PyUnstable_Code_New),
    {"PyUnstable_Code_New/part", (void *)each_PyUnstable_Code_New_part},
    EACH(PyUnstable_Code_NewWithPosOnlyArgs),
    {"PyUnstable_Code_NewWithPosOnlyArgs/part", (void *)each_PyUnstable_Code_NewWithPosOnlyArgs_part},
    EACH(PyUnstable_Code_SetExtra),
    EACH(PyFrame_GetLasti),
    EACH(PyDescr_NewWrapper),
    EACH(PyRefTracer_SetTracer),
    EACH(PyRefTracer_GetTracer),
    EACH(PyMonitoring_EnterScope),
    EACH(PyMonitoring_ExitScope),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    return add_each(module, functions);
}

MODULE(ext_each_code, "Functions about code and frames.", NULL, fill)
