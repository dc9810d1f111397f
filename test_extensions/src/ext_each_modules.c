/* Functions of the API that make modules from definitions, run them and keep them. */
#include "each.h"

static PyObject *attribute(PyObject *object, const char *name)
{
    return step(PyObject_GetAttrString(object, name));
}

static PyObject *answer(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(sO)", PyModule_Check(self) ? "a module" : Py_TYPE(self)->tp_name, argument ? argument : Py_None);
}

static PyMethodDef usual_methods[] = {{"answer", answer, METH_O, "answer($module, given)\n--\n\nAnswers."}, {"other", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef class_methods[] = {{"answer", answer, METH_O | METH_CLASS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef static_methods[] = {{"answer", answer, METH_O | METH_STATIC, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef bad_methods[] = {{"answer", answer, 0x40, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef later_bad_methods[] = {{"fine", answer, METH_O, NULL}, {"bad", answer, 0, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef method_methods[] = {{"answer", answer, METH_O | METH_METHOD, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef accented_methods[] = {{"na\xc3\xafve", answer, METH_O, "\xc3\xa9"}, {"", answer, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef bad_name_methods[] = {{"bad\xff", answer, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef no_methods[] = {{NULL, NULL, 0, NULL}};

static PyMethodDef *methods_of(const char *which)
{
    static const struct {
        const char *which;
        PyMethodDef *methods;
    } all[] = {
        {"class", class_methods},   {"static", static_methods},     {"bad-flags", bad_methods},      {"later-bad", later_bad_methods},
        {"method", method_methods}, {"accented", accented_methods}, {"bad-name", bad_name_methods}, {"none", no_methods},
    };
    for (size_t index = 0; index < Py_ARRAY_LENGTH(all); index++) {
        if (is(which, all[index].which)) {
            return all[index].methods;
        }
    }
    return usual_methods;
}

static PyObject *each_PyModule_AddFunctions(PyObject *module, const char *which)
{
    PyObject *done = number_step(PyModule_AddFunctions(module, methods_of(which)));
    PyObject *function = attribute(module, is(which, "accented") ? "na\xc3\xafve" : is(which, "later-bad") ? "fine" : "answer");
    PyObject *told = Py_BuildValue("(sNNN)", Py_TYPE(function)->tp_name, attribute(function, "__module__"),
                                   PyCFunction_Check(function) ? attribute(function, "__doc__") : Py_NewRef(Py_None),
                                   step(PyObject_CallFunction(function, "i", 3)));
    Py_DECREF(function);
    return Py_BuildValue("(NN)", done, told);
}

static int runs(PyObject *module)
{
    return PyModule_AddIntConstant(module, "ran", 1);
}

static int runs_again(PyObject *module)
{
    PyObject *ran = PyObject_GetAttrString(module, "ran");
    Py_XDECREF(ran);
    return ran ? PyModule_AddIntConstant(module, "ran", 2) : -1;
}

static int raises(PyObject *module)
{
    PyErr_SetString(PyExc_KeyError, "no module");
    return -1;
}

static int fails_silently(PyObject *module)
{
    return -1;
}

static int raises_beside(PyObject *module)
{
    PyErr_SetString(PyExc_KeyError, "beside");
    return 0;
}

static PyObject *makes_namespace(PyObject *spec, PyModuleDef *definition)
{
    PyObject *types = PyImport_ImportModule("types");
    PyObject *made = types ? PyObject_CallMethod(types, "SimpleNamespace", "({s:O})", "__doc__", Py_None) : NULL;
    Py_XDECREF(types);
    return made;
}

static PyObject *makes_module(PyObject *spec, PyModuleDef *definition)
{
    return PyModule_New("made by create");
}

static PyObject *makes_nothing(PyObject *spec, PyModuleDef *definition)
{
    return NULL;
}

static PyObject *makes_and_raises(PyObject *spec, PyModuleDef *definition)
{
    PyErr_SetString(PyExc_KeyError, "beside a module");
    return PyModule_New("made");
}

#define SLOTS(name, ...) static PyModuleDef_Slot name[] = {__VA_ARGS__, {0, NULL}}
SLOTS(exec_slots, {Py_mod_exec, runs});
SLOTS(two_slots, {Py_mod_exec, runs}, {Py_mod_exec, runs_again});
SLOTS(raising_slots, {Py_mod_exec, raises});
SLOTS(silent_slots, {Py_mod_exec, fails_silently});
SLOTS(beside_slots, {Py_mod_exec, raises_beside});
SLOTS(create_slots, {Py_mod_create, makes_namespace});
SLOTS(create_exec_slots, {Py_mod_create, makes_namespace}, {Py_mod_exec, runs});
SLOTS(create_module_slots, {Py_mod_create, makes_module}, {Py_mod_exec, runs});
SLOTS(create_nothing_slots, {Py_mod_create, makes_nothing});
SLOTS(create_raises_slots, {Py_mod_create, makes_and_raises});
SLOTS(create_twice_slots, {Py_mod_create, makes_module}, {Py_mod_create, makes_module});
SLOTS(unknown_slots, {77, runs});
SLOTS(negative_slots, {-1, runs});
SLOTS(interpreters_slots, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {Py_mod_exec, runs});
SLOTS(interpreters_twice_slots, {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
      {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED});
SLOTS(gil_slots, {Py_mod_gil, Py_MOD_GIL_NOT_USED}, {Py_mod_exec, runs});
SLOTS(gil_twice_slots, {Py_mod_gil, Py_MOD_GIL_NOT_USED}, {Py_mod_gil, Py_MOD_GIL_USED});
static PyModuleDef_Slot empty_slots[] = {{0, NULL}};

static int traversed(PyObject *module, visitproc visit, void *argument)
{
    return 0;
}

#define PLAIN(...) {PyModuleDef_HEAD_INIT, __VA_ARGS__}
static struct {
    const char *which;
    struct PyModuleDef definition;
} definitions[] = {
    {"usual", PLAIN(.m_name = "usual", .m_doc = "The doc.", .m_methods = usual_methods, .m_size = -1)},
    {"bare", PLAIN(.m_name = "bare")},
    {"state", PLAIN(.m_name = "state", .m_size = 24, .m_traverse = traversed)},
    {"huge-state", PLAIN(.m_name = "huge", .m_size = PY_SSIZE_T_MAX / 2)},
    {"negative-state", PLAIN(.m_name = "negative", .m_size = -5)},
    {"dotted", PLAIN(.m_name = "one.two", .m_methods = usual_methods)},
    {"empty-name", PLAIN(.m_name = "")},
    {"accented", PLAIN(.m_name = "na\xc3\xafve", .m_doc = "\xc3\xa9", .m_methods = accented_methods)},
    {"bad-name", PLAIN(.m_name = "bad\xff")},
    {"bad-doc", PLAIN(.m_name = "bad_doc", .m_doc = "bad \xff")},
    {"bad-flags", PLAIN(.m_name = "bad_flags", .m_methods = bad_methods)},
    {"class", PLAIN(.m_name = "class_flag", .m_methods = class_methods)},
    {"static", PLAIN(.m_name = "static_flag", .m_methods = static_methods)},
    {"exec", PLAIN(.m_name = "exec", .m_methods = usual_methods, .m_slots = exec_slots)},
    {"two", PLAIN(.m_name = "two", .m_slots = two_slots)},
    {"exec-state", PLAIN(.m_name = "exec_state", .m_size = 16, .m_slots = exec_slots)},
    {"exec-negative", PLAIN(.m_name = "exec_negative", .m_size = -1, .m_slots = exec_slots)},
    {"raises", PLAIN(.m_name = "raises", .m_slots = raising_slots)},
    {"silent", PLAIN(.m_name = "silent", .m_slots = silent_slots)},
    {"beside", PLAIN(.m_name = "beside", .m_slots = beside_slots)},
    {"create", PLAIN(.m_name = "create", .m_slots = create_slots)},
    {"create-doc", PLAIN(.m_name = "create", .m_doc = "The doc.", .m_methods = usual_methods, .m_slots = create_slots)},
    {"create-exec", PLAIN(.m_name = "create", .m_slots = create_exec_slots)},
    {"create-state", PLAIN(.m_name = "create", .m_size = 8, .m_slots = create_slots)},
    {"create-module", PLAIN(.m_name = "create", .m_size = 8, .m_slots = create_module_slots)},
    {"create-nothing", PLAIN(.m_name = "create", .m_slots = create_nothing_slots)},
    {"create-raises", PLAIN(.m_name = "create", .m_slots = create_raises_slots)},
    {"create-twice", PLAIN(.m_name = "create", .m_slots = create_twice_slots)},
    {"unknown-slot", PLAIN(.m_name = "unknown", .m_slots = unknown_slots)},
    {"negative-slot", PLAIN(.m_name = "unknown", .m_slots = negative_slots)},
    {"interpreters", PLAIN(.m_name = "interpreters", .m_slots = interpreters_slots)},
    {"interpreters-twice", PLAIN(.m_name = "interpreters", .m_slots = interpreters_twice_slots)},
    {"gil", PLAIN(.m_name = "gil", .m_slots = gil_slots)},
    {"gil-twice", PLAIN(.m_name = "gil", .m_slots = gil_twice_slots)},
    {"empty-slots", PLAIN(.m_name = "empty_slots", .m_slots = empty_slots)},
};

static PyModuleDef *definition(const char *which)
{
    for (size_t index = 0; index < Py_ARRAY_LENGTH(definitions); index++) {
        if (is(which, definitions[index].which)) {
            return &definitions[index].definition;
        }
    }
    return NULL;
}

static PyObject *told_of_module(PyObject *made, PyModuleDef *of)
{
    if (made == NULL) {
        return NULL;
    }
    if (!PyModule_Check(made)) {
        PyObject *told = Py_BuildValue("(sNNN)", Py_TYPE(made)->tp_name, attribute(made, "ran"), attribute(made, "__doc__"), attribute(made, "answer"));
        Py_DECREF(made);
        return told;
    }
    PyObject *names = Py_BuildValue("(NNNN)", attribute(made, "__name__"), attribute(made, "__doc__"), attribute(made, "__package__"), attribute(made, "__loader__"));
    PyObject *function = attribute(made, "answer");
    PyObject *told = Py_BuildValue("(NssNNN)", names, PyModule_GetDef(made) == of ? "its definition" : PyModule_GetDef(made) ? "another" : "none",
                                   PyModule_GetState(made) ? "state" : "no state", attribute(made, "ran"),
                                   PyCallable_Check(function) ? attribute(function, "__module__") : Py_NewRef(function), step(PyObject_Repr(made)));
    Py_DECREF(function);
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyModule_Create2(const char *which, long version)
{
    return told_of_module(PyModule_Create2(definition(which), (int)version), definition(which));
}

/* Anything that has a name serves as the spec. */
static PyObject *each_PyModule_FromDefAndSpec2(const char *which, PyObject *spec, long version)
{
    return told_of_module(PyModule_FromDefAndSpec2(definition(which), spec, (int)version), definition(which));
}

static PyObject *each_PyModule_ExecDef(const char *which, PyObject *module)
{
    PyObject *done = number_step(PyModule_ExecDef(module, definition(which)));
    return Py_BuildValue("(NNN)", done, attribute(module, "ran"), attribute(module, "answer"));
}

/* Made and run, as an import does. */
static PyObject *made_and_run(const char *which, PyObject *spec)
{
    PyModuleDef *of = definition(which);
    PyObject *module = PyModule_FromDefAndSpec(of, spec);
    if (module == NULL) {
        return NULL;
    }
    PyObject *first = number_step(PyModule_ExecDef(module, of)), *second = number_step(PyModule_ExecDef(module, of));
    return Py_BuildValue("(NNN)", first, second, told_of_module(module, of));
}

static PyObject *each_PyModuleDef_Init(const char *which)
{
    PyObject *first = PyModuleDef_Init(definition(which)), *again = PyModuleDef_Init(definition(which));
    return Py_BuildValue("(siii)", Py_TYPE(first)->tp_name, first == again, first == (PyObject *)definition(which), definition(which)->m_base.m_index > 0);
}

static struct PyModuleDef kept = PLAIN(.m_name = "kept", .m_size = -1);
static struct PyModuleDef never_kept = PLAIN(.m_name = "never_kept", .m_size = -1);
static struct PyModuleDef with_slots = PLAIN(.m_name = "with_slots", .m_slots = exec_slots);

static PyObject *found(struct PyModuleDef *definition)
{
    return step(or_none(PyState_FindModule(definition)));
}

static PyObject *each_PyState_FindModule(const char *which)
{
    return found(is(which, "slots") ? &with_slots : is(which, "never") ? &never_kept : &kept);
}

static PyObject *each_PyState_AddModule(PyObject *module, const char *which)
{
    struct PyModuleDef *definition = is(which, "slots") ? &with_slots : is(which, "null") ? NULL : &kept;
    PyObject *first = number_step(PyState_AddModule(module, definition));
    if (definition == NULL) {
        return first;
    }
    PyObject *lies = found(definition);
    PyObject *again = number_step(is(which, "once") ? PyState_AddModule(module, definition) : 0);
    PyObject *removed = number_step(PyState_RemoveModule(definition));
    return Py_BuildValue("(NNNNN)", first, lies, again, removed, found(definition));
}

/* In the stable ABI, and in no header. */
PyAPI_FUNC(int) _PyState_AddModule(PyThreadState *, PyObject *, PyModuleDef *);

static PyObject *each__PyState_AddModule(PyObject *module, const char *which)
{
    PyThreadState *state = PyThreadState_Get();
    if (is(which, "null")) {
        PyErr_SetString(PyExc_KeyError, "none was made");
        return number_step(_PyState_AddModule(state, module, NULL));
    }
    struct PyModuleDef *definition = is(which, "slots") ? &with_slots : &kept;
    PyObject *first = number_step(_PyState_AddModule(state, module, definition)), *lies = found(definition);
    PyObject *again = number_step(is(which, "twice") ? _PyState_AddModule(state, module, definition) : 0);
    PyObject *removed = number_step(PyState_RemoveModule(definition));
    return Py_BuildValue("(NNNNN)", first, lies, again, removed, found(definition));
}

static PyObject *each_PyState_RemoveModule(const char *which)
{
    return number_step(PyState_RemoveModule(is(which, "slots") ? &with_slots : is(which, "never") ? &never_kept : &kept));
}

static const each_function functions[] = {
    EACH(PyModule_AddFunctions),
    EACH(PyModule_Create2),
    EACH(PyModule_FromDefAndSpec2),
    EACH(PyModule_ExecDef),
    {"PyModule_ExecDef/made", (void *)made_and_run},
    EACH(PyModuleDef_Init),
    EACH(PyState_FindModule),
    EACH(PyState_AddModule),
    EACH(_PyState_AddModule),
    EACH(PyState_RemoveModule),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    PyModuleDef_Init(&kept);
    PyModuleDef_Init(&with_slots);
    return add_each(module, functions);
}

MODULE(ext_each_modules, "Functions that make modules.", NULL, fill)
