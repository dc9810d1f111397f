/* What functions, code objects and frames are made of, by the functions that read and change it; watchers of functions and code. */
#include "shapes.h"
#include <frameobject.h>

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(NEW_OO, PyFunction_New)                                                                                                   \
    CALL(NEW_OOO, PyFunction_NewWithQualName)                                                                                      \
    CALL(BORROWED_O, PyFunction_GetGlobals)                                                                                        \
    CALL(BORROWED_O, PyFunction_GetModule)                                                                                         \
    CALL(BORROWED_O, PyFunction_GetKwDefaults)                                                                                     \
    CALL(BORROWED_O, PyFunction_GetClosure)                                                                                        \
    CALL(BORROWED_O, PyFunction_GetAnnotations)                                                                                    \
    CALL(INT_OO, PyFunction_SetDefaults)                                                                                           \
    CALL(INT_OO, PyFunction_SetKwDefaults)                                                                                         \
    CALL(INT_OO, PyFunction_SetClosure)                                                                                            \
    CALL(INT_OO, PyFunction_SetAnnotations)                                                                                        \
    CALL(NEW_O, PyCode_GetCode)                                                                                                    \
    CALL(NEW_O, PyCode_GetVarnames)                                                                                                \
    CALL(NEW_O, PyCode_GetCellvars)                                                                                                \
    CALL(NEW_O, PyCode_GetFreevars)                                                                                                \
    CALL(INT_ON, PyCode_Addr2Line)                                                                                                 \
    CALL(TEXT_O, PyEval_GetFuncName)                                                                                               \
    CALL(TEXT_O, PyEval_GetFuncDesc)                                                                                               \
    CALL(NEW_O, PyFrame_GetGlobals)                                                                                                \
    CALL(NEW_O, PyFrame_GetBuiltins)                                                                                               \
    CALL(NEW_O, PyFrame_GetLocals)                                                                                                 \
    CALL(NEW_O, PyFrame_GetGenerator)                                                                                              \
    CALL(PLAIN_O, PyFrame_GetLasti)                                                                                                \
    CALL(NEW_OO, PyFrame_GetVar)                                                                                                   \
    CALL(NEW_OS, PyFrame_GetVarString)                                                                                             \
    CALL(INT_O, PyFrame_FastToLocalsWithError)                                                                                     \
    CALL(VOID_O, PyFrame_FastToLocals)                                                                                             \
    CALL(BORROWED_, PyEval_GetLocals)                                                                                              \
    CALL(NEW_, PyEval_GetFrameLocals)                                                                                              \
    CALL(NEW_, PyEval_GetFrameGlobals)
FUNCTIONS(DEFINE_CALL)

/* evaluated(code, globals, locals, positional, names and values, defaults, keyword defaults, closure) */
static PyObject *
evaluated(PyObject *self, PyObject *arguments)
{
    PyObject *code, *globals, *locals, *positional, *named, *defaults, *keyword_defaults, *closure;
    if (!PyArg_ParseTuple(arguments, "OOO&O!O!O!O&O&", &code, &globals, nullable, &locals, &PyTuple_Type, &positional, &PyTuple_Type, &named,
                          &PyTuple_Type, &defaults, nullable, &keyword_defaults, nullable, &closure)) {
        return NULL;
    }
#define ITEMS(tuple) ((PyTupleObject *)tuple)->ob_item, (int)PyTuple_GET_SIZE(tuple)
    return PyEval_EvalCodeEx(code, globals, locals, ITEMS(positional), ((PyTupleObject *)named)->ob_item,
                             (int)PyTuple_GET_SIZE(named) / 2, ITEMS(defaults), keyword_defaults, closure);
}

/* What a watcher saw goes into this list. */
static PyObject *seen;

static int
saw(const char *what, PyObject *name, PyObject *value)
{
    PyObject *entry = Py_BuildValue("(sOO)", what, name, value ? value : Py_None);
    int status = entry ? PyList_Append(seen, entry) : -1;
    Py_XDECREF(entry);
    return status;
}

static int
watch_function(PyFunction_WatchEvent event, PyFunctionObject *function, PyObject *value)
{
    static const char *const names[] = {"create", "destroy", "modify code", "modify defaults", "modify kwdefaults"};
    PyObject *name = PyObject_GetAttrString((PyObject *)function, "__name__");
    if (name == NULL) {
        return -1;
    }
    int wanted = PyUnicode_Check(name) && PyUnicode_ReadChar(name, 0) == 'w';
    int status = wanted ? saw(names[event], name, event == PyFunction_EVENT_MODIFY_CODE ? NULL : value) : 0;
    Py_DECREF(name);
    return status;
}

static int
watch_code(PyCodeEvent event, PyCodeObject *code)
{
    PyObject *name = code->co_name;
    int wanted = PyUnicode_Check(name) && PyUnicode_ReadChar(name, 0) == 'w';
    return wanted ? saw(event == PY_CODE_EVENT_CREATE ? "create" : "destroy", name, NULL) : 0;
}

static int functions_id = -1, codes_id = -1;

/* The events of functions and code objects named w... are seen from now on. */
static PyObject *
watch(PyObject *self, PyObject *unused)
{
    functions_id = PyFunction_AddWatcher(watch_function);
    codes_id = functions_id < 0 ? -1 : PyCode_AddWatcher(watch_code);
    if (codes_id < 0) {
        return NULL;
    }
    Py_XSETREF(seen, PyList_New(0));
    return seen ? Py_NewRef(Py_None) : NULL;
}

/* What was seen; no more is. */
static PyObject *
watched(PyObject *self, PyObject *unused)
{
    if (PyFunction_ClearWatcher(functions_id) < 0 || PyCode_ClearWatcher(codes_id) < 0) {
        return NULL;
    }
    PyObject *found = seen;
    seen = NULL;
    return found;
}

/* The numbers that watchers get, until there is no room, and what ClearWatcher says to one that is not there. */
static PyObject *
watcher_numbers(PyObject *self, PyObject *unused)
{
    int ids[20], count = 0;
    while (count < 20 && (ids[count] = PyFunction_AddWatcher(watch_function)) >= 0) {
        count++;
    }
    PyObject *full = PyErr_GetRaisedException();
    for (int i = 0; i < count; i++) {
        if (PyFunction_ClearWatcher(ids[i]) < 0) {
            return NULL;
        }
    }
    int again = PyFunction_ClearWatcher(ids[0]);
    PyObject *gone = PyErr_GetRaisedException();
    int beyond = PyCode_ClearWatcher(-1);
    PyObject *outside = PyErr_GetRaisedException();
    return Py_BuildValue("(NiNiN)", full ? full : Py_NewRef(Py_None), again, gone ? gone : Py_NewRef(Py_None), beyond,
                         outside ? outside : Py_NewRef(Py_None));
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    OWN_ENTRY(evaluated)
    {"watch", watch, METH_NOARGS, NULL},
    {"watched", watched, METH_NOARGS, NULL},
    {"watcher_numbers", watcher_numbers, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_callables, "Callables.", functions)
