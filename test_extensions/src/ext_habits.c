/* Habits of real extensions that no manual mentions: what they read inline after a call, and what they leave to it. */
#include "common.h"
#include <datetime.h>

/* hash_kept(o): the hash by tp_hash or PyObject_Hash, and whether it then lies in the object, where C tables read it. */
static PyObject *
hash_kept(PyObject *module, PyObject *arguments)
{
    PyObject *o;
    int by_slot;
    if (!PyArg_ParseTuple(arguments, "Op", &o, &by_slot)) {
        return NULL;
    }
    PyTypeObject *implementer = PyUnicode_Check(o) ? &PyUnicode_Type : Py_TYPE(o);
    Py_hash_t hash = by_slot ? implementer->tp_hash(o) : PyObject_Hash(o);
    if (hash == -1) {
        return NULL;
    }
    Py_hash_t kept = -1;
    if (PyUnicode_Check(o)) {
        kept = ((PyASCIIObject *)o)->hash;
    } else if (PyFrozenSet_Check(o)) {
        kept = ((PySetObject *)o)->hash;
    }
    return Py_BuildValue("OO", PyBool_FromLong(hash == kept), PyBool_FromLong(hash == PyObject_Hash(o)));
}

/* Asking: tp_getattro falls back on a method __getattr__ of its own; methods and slots want the same names. */
static PyObject *
asking_getattr(PyObject *self, PyObject *name)
{
    return PyUnicode_FromFormat("made up: %U", name);
}

static PyObject *
asking_getattro(PyObject *self, PyObject *name)
{
    PyObject *found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return found;
    }
    PyErr_Clear();
    return PyObject_CallMethod(self, "__getattr__", "O", name);
}

static Py_ssize_t
asking_length(PyObject *self)
{
    return 3;
}

static PyObject *
first(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("first");
}

static PyObject *
second(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromString("second");
}

static PyMethodDef asking_methods[] = {
    {"__getattr__", asking_getattr, METH_O, NULL},
    {"__len__", first, METH_NOARGS, "Not this one: the slot has the name."},
    {"__repr__", second, METH_NOARGS | METH_COEXIST, "This one, beside the slot."},
    {"twice", first, METH_NOARGS, NULL},
    {"twice", second, METH_NOARGS, NULL},
    {"member", first, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
asking_repr(PyObject *self)
{
    return PyUnicode_FromString("<asking>");
}

static PyMemberDef asking_members[] = {
    {"member", Py_T_INT, 0, Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot asking_slots[] = {
    {Py_tp_getattro, asking_getattro}, {Py_sq_length, asking_length}, {Py_tp_repr, asking_repr},
    {Py_tp_methods, asking_methods},   {Py_tp_members, asking_members}, {0, NULL},
};

static PyType_Spec asking_spec = {
    .name = "ext_habits.Asking", .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = asking_slots};

/* Objects whose reference a namespace took, and whose address C keeps for later calls, as old modules do everywhere. */
#define LASTING 8
static PyObject *lasting[4 * LASTING];

static PyObject *
make_lasting(int which)
{
    switch (which) {
    case 0: return Py_BuildValue("{s:i}", "one", 1);
    case 1: return Py_BuildValue("[ii]", 1, 2);
    case 2: return PyUnicode_FromFormat("text %d", which);
    case 3: return PyLong_FromLong(123456789);
    case 4: return PyFloat_FromDouble(0.25);
    case 5: return Py_BuildValue("(si)", "tuple", 3);
    case 6: return PySet_New(NULL);
    default: return PyObject_CallFunction((PyObject *)&PyBytes_Type, "i", 3);
    }
}

static int
keep_lasting(PyObject *module, PyTypeObject *type)
{
    for (int i = 0; i < 4 * LASTING; i++) {
        char name[32];
        PyOS_snprintf(name, sizeof(name), "lasting_%d", i);
        PyObject *value = make_lasting(i % LASTING);
        int status = 0, takes = 0;
        switch (i / LASTING) {
        case 0: status = PyModule_AddObject(module, name, value), takes = 1; break;
        case 1: status = PyModule_AddObjectRef(module, name, value); break;
        case 2: status = PyDict_SetItemString(PyModule_GetDict(module), name, value); break;
        default: status = PyDict_SetItemString(type->tp_dict, name, value); break;
        }
        if (!value || status < 0) {
            return -1;
        }
        lasting[i] = value;
        if (!takes) {
            Py_DECREF(value);
        }
    }
    return 0;
}

/* still_there(i): one of them, a call later. */
static PyObject *
still_there(PyObject *module, PyObject *index)
{
    return Py_NewRef(lasting[PyLong_AsLong(index)]);
}

/* Lone: a type with a member and no method of that name. */
typedef struct {
    PyObject_HEAD
    int number;
} lone_object;

static PyMemberDef lone_members[] = {{"number", Py_T_INT, offsetof(lone_object, number), 0, NULL}, {NULL, 0, 0, 0, NULL}};
static PyType_Slot lone_slots[] = {{Py_tp_members, lone_members}, {0, NULL}};
static PyType_Spec lone_spec = {
    .name = "ext_habits.Lone", .basicsize = sizeof(lone_object), .flags = Py_TPFLAGS_DEFAULT, .slots = lone_slots};

/* A getter that gives neither a value nor an error: no attribute, to those who ask for none. */
static PyObject *
silent_get(PyObject *self, void *closure)
{
    return NULL;
}

static PyGetSetDef silent_getset[] = {{"silent", silent_get, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot silent_slots[] = {{Py_tp_getset, silent_getset}, {0, NULL}};
static PyType_Spec silent_spec = {.name = "ext_habits.Silent", .flags = Py_TPFLAGS_DEFAULT, .slots = silent_slots};

/* optional(o, name): PyObject_GetOptionalAttr. */
static PyObject *
optional(PyObject *module, PyObject *arguments)
{
    PyObject *o, *name, *found;
    if (!PyArg_ParseTuple(arguments, "OO", &o, &name)) {
        return NULL;
    }
    int status = PyObject_GetOptionalAttr(o, name, &found);
    return status < 0 ? NULL : Py_BuildValue("iN", status, found ? found : Py_NewRef(Py_None));
}

/* dict_view(dict, which): a view that C makes by hand, without the method, as mypyc does. */
typedef struct {
    PyObject_HEAD
    PyDictObject *dict;
} view_object;

static PyObject *
dict_view(PyObject *module, PyObject *arguments)
{
    PyObject *dict;
    int which;
    if (!PyArg_ParseTuple(arguments, "O!i", &PyDict_Type, &dict, &which)) {
        return NULL;
    }
    PyTypeObject *types[] = {&PyDictKeys_Type, &PyDictValues_Type, &PyDictItems_Type};
    view_object *view = PyObject_GC_New(view_object, types[which]);
    if (view) {
        view->dict = (PyDictObject *)Py_NewRef(dict);
        PyObject_GC_Track(view);
    }
    return (PyObject *)view;
}

/* from_template(name, bases, original_bases): a heap type filled by hand over a static template, as mypyc makes classes. */
static PyTypeObject template = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "template",
    .tp_basicsize = sizeof(PyObject) + sizeof(PyObject *),
    .tp_dictoffset = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE,
};

static PyObject *
from_template(PyObject *module, PyObject *arguments)
{
    PyObject *name, *bases, *original;
    if (!PyArg_ParseTuple(arguments, "UO!O", &name, &PyTuple_Type, &bases, &original)) {
        return NULL;
    }
    PyHeapTypeObject *type = (PyHeapTypeObject *)PyType_GenericAlloc(&PyType_Type, 0);
    if (!type) {
        return NULL;
    }
    memcpy((char *)type + sizeof(PyVarObject), (char *)&template + sizeof(PyVarObject), sizeof(PyTypeObject) - sizeof(PyVarObject));
    if (original != Py_None && PyObject_SetAttrString((PyObject *)type, "__orig_bases__", original) < 0) {
        return NULL;
    }
    type->ht_type.tp_base = (PyTypeObject *)Py_NewRef(PyTuple_GET_ITEM(bases, 0));
    type->ht_name = Py_NewRef(name);
    type->ht_qualname = Py_NewRef(name);
    type->ht_type.tp_name = PyUnicode_AsUTF8(name);
    type->ht_type.tp_bases = Py_NewRef(bases);
    if (PyType_Ready(&type->ht_type) < 0 ||
        PyObject_SetAttrString((PyObject *)type, "__module__", PyUnicode_FromString("somewhere")) < 0) {
        return NULL;
    }
    PyObject *above = PyObject_CallFunctionObjArgs((PyObject *)&PySuper_Type, type, type, NULL);
    PyObject *done = above ? PyObject_CallMethod(above, "__init_subclass__", NULL) : NULL;
    Py_XDECREF(above);
    if (!done) {
        return NULL;
    }
    Py_DECREF(done);
    return (PyObject *)type;
}

/* hold(list), let_go(): lists that C keeps. */
static PyObject *held;

static PyObject *
hold(PyObject *module, PyObject *list)
{
    if (!held && !(held = PyList_New(0))) {
        return NULL;
    }
    return PyLong_FromLong(PyList_Append(held, list));
}

static PyObject *
let_go(PyObject *module, PyObject *unused)
{
    Py_CLEAR(held);
    Py_RETURN_NONE;
}

/* held_sizes(index, item): the size of a held list, read inline between calls that change it in Python's way. */
static PyObject *
held_sizes(PyObject *module, PyObject *arguments)
{
    int index;
    PyObject *item;
    if (!PyArg_ParseTuple(arguments, "iO", &index, &item)) {
        return NULL;
    }
    PyObject *list = PyList_GET_ITEM(held, index);
    Py_ssize_t sizes[6], at = 0;
    PyObject *zero = PyLong_FromLong(0);
    sizes[at++] = PyList_GET_SIZE(list);
    int failed = PyObject_DelItem(list, zero) < 0;
    sizes[at++] = PyList_GET_SIZE(list);
    failed |= PyList_Insert(list, 0, item) < 0;
    sizes[at++] = PyList_GET_SIZE(list);
    PyObject *appended = PyObject_CallMethod(list, "append", "O", item);
    sizes[at++] = PyList_GET_SIZE(list);
    failed |= !appended || PyList_GET_ITEM(list, PyList_GET_SIZE(list) - 1) != item;
    PyObject *sum = PyNumber_InPlaceAdd(list, list);
    sizes[at++] = PyList_GET_SIZE(list);
    PyObject *popped = PyObject_CallMethod(list, "pop", NULL);
    sizes[at++] = PyList_GET_SIZE(list);
    failed |= !sum || !popped;
    Py_XDECREF(appended);
    Py_XDECREF(sum);
    Py_XDECREF(popped);
    Py_DECREF(zero);
    return failed ? NULL : Py_BuildValue("nnnnnn", sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]);
}

/* definition(descriptor): the name and docstring in the definition that a descriptor shows; add_doc writes one there. */
static const char **
doc_of(PyObject *descriptor, const char **name)
{
    if (Py_TYPE(descriptor) == &PyMethodDescr_Type || Py_TYPE(descriptor) == &PyClassMethodDescr_Type) {
        PyMethodDef *definition = ((PyMethodDescrObject *)descriptor)->d_method;
        *name = definition->ml_name;
        return &definition->ml_doc;
    }
    if (Py_TYPE(descriptor) == &PyGetSetDescr_Type) {
        PyGetSetDef *definition = ((PyGetSetDescrObject *)descriptor)->d_getset;
        *name = definition->name;
        return &definition->doc;
    }
    if (Py_TYPE(descriptor) == &PyMemberDescr_Type) {
        PyMemberDef *definition = ((PyMemberDescrObject *)descriptor)->d_member;
        *name = definition->name;
        return &definition->doc;
    }
    PyErr_SetString(PyExc_TypeError, "not a descriptor");
    return NULL;
}

static PyObject *
definition(PyObject *module, PyObject *descriptor)
{
    const char *name;
    const char **doc = doc_of(descriptor, &name);
    PyDescrObject *common = (PyDescrObject *)descriptor;
    return doc ? Py_BuildValue("szOs", name, *doc, common->d_name, common->d_type->tp_name) : NULL;
}

static PyObject *
add_doc(PyObject *module, PyObject *arguments)
{
    PyObject *descriptor, *text;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "OU", &descriptor, &text)) {
        return NULL;
    }
    const char **doc = doc_of(descriptor, &name);
    if (!doc) {
        return NULL;
    }
    *doc = PyUnicode_AsUTF8(Py_NewRef(text));
    Py_RETURN_NONE;
}

/* by_name(**names): which keyword C knows by the address of its interned name alone, as orjson does. */
static PyObject *known_name;

static PyObject *
by_name(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    Py_ssize_t found = -1, given = names ? PyTuple_GET_SIZE(names) : 0;
    for (Py_ssize_t i = 0; i < given; i++) {
        if (PyTuple_GET_ITEM(names, i) == known_name) {
            found = i;
        }
    }
    return Py_BuildValue("nnO", found, given, found < 0 ? Py_None : arguments[count + found]);
}

static int
ext_habits_exec(PyObject *module)
{
    PyObject *asking = PyType_FromModuleAndSpec(module, &asking_spec, NULL);
    if (PyModule_AddObjectRef(module, "Asking", asking) < 0) {
        return -1;
    }
    Py_DECREF(asking);
    known_name = PyUnicode_InternFromString("option_of_habits");
    PyObject *silent = PyType_FromModuleAndSpec(module, &silent_spec, NULL);
    PyObject *lone = PyType_FromModuleAndSpec(module, &lone_spec, NULL);
    if (PyModule_Add(module, "Silent", silent) < 0 || PyModule_Add(module, "Lone", lone) < 0) {
        return -1;
    }
    return keep_lasting(module, (PyTypeObject *)asking);
}

/* filled_bytes(size): what bytes(size) gives is filled and sliced, as blosc2 does. */
static PyObject *
filled_bytes(PyObject *module, PyObject *size)
{
    PyObject *bytes = PyObject_CallOneArg((PyObject *)&PyBytes_Type, size);
    if (!bytes) {
        return NULL;
    }
    memset(PyBytes_AS_STRING(bytes), 'x', PyBytes_GET_SIZE(bytes));
    PyObject *slice = PySequence_GetSlice(bytes, 0, 3);
    return slice ? Py_BuildValue("(NN)", slice, bytes) : NULL;
}

/* moment(o): what lies in a date, datetime, time or timedelta, read inline. */
static PyObject *
moment(PyObject *module, PyObject *o)
{
    if (!PyDateTimeAPI) {
        PyDateTime_IMPORT;
    }
    if (!PyDateTimeAPI) {
        return NULL;
    }
    if (PyDateTime_Check(o)) {
        return Py_BuildValue("(iiiiiiiiO)", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o),
                             PyDateTime_DATE_GET_HOUR(o), PyDateTime_DATE_GET_MINUTE(o), PyDateTime_DATE_GET_SECOND(o),
                             PyDateTime_DATE_GET_MICROSECOND(o), PyDateTime_DATE_GET_FOLD(o), PyDateTime_DATE_GET_TZINFO(o));
    }
    if (PyDate_Check(o)) {
        return Py_BuildValue("(iii)", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o));
    }
    if (PyTime_Check(o)) {
        return Py_BuildValue("(iiiiiO)", PyDateTime_TIME_GET_HOUR(o), PyDateTime_TIME_GET_MINUTE(o),
                             PyDateTime_TIME_GET_SECOND(o), PyDateTime_TIME_GET_MICROSECOND(o), PyDateTime_TIME_GET_FOLD(o),
                             PyDateTime_TIME_GET_TZINFO(o));
    }
    if (PyDelta_Check(o)) {
        return Py_BuildValue("(iii)", PyDateTime_DELTA_GET_DAYS(o), PyDateTime_DELTA_GET_SECONDS(o),
                             PyDateTime_DELTA_GET_MICROSECONDS(o));
    }
    Py_RETURN_NONE;
}

/* put_into_class(class, first, second, value): an entry of tp_dict under a name put together here, as Cython sets methods. */
static PyObject *
put_into_class(PyObject *module, PyObject *arguments)
{
    PyTypeObject *class;
    const char *first, *second;
    PyObject *value;
    if (!PyArg_ParseTuple(arguments, "O!ssO", &PyType_Type, &class, &first, &second, &value)) {
        return NULL;
    }
    PyObject *name = PyUnicode_FromFormat("%s%s", first, second);
    int failed = !name || PyDict_SetItem(class->tp_dict, name, value) < 0;
    Py_XDECREF(name);
    PyType_Modified(class);
    return failed ? NULL : Py_NewRef(Py_None);
}

/* size_of(what): of a dict or set, read inline. */
static Py_ssize_t
size_of(PyObject *what)
{
    return PyDict_Check(what) ? PyDict_GET_SIZE(what) : PySet_GET_SIZE(what);
}

/* keep_one(dict or set or None): C keeps it. kept_size(): its size, read inline. */
static PyObject *kept_one;

static PyObject *
keep_one(PyObject *module, PyObject *what)
{
    Py_XSETREF(kept_one, what == Py_None ? NULL : Py_NewRef(what));
    Py_RETURN_NONE;
}

static PyObject *
kept_size(PyObject *module, PyObject *unused)
{
    return PyLong_FromSsize_t(size_of(kept_one));
}

/* sizes_after(method, argument, ...): the sizes of the kept one, read inline after each call of a method of its own. */
static PyObject *
sizes_after(PyObject *module, PyObject *arguments)
{
    PyObject *sizes = PyList_New(0);
    for (Py_ssize_t i = 0; sizes && i < PyTuple_GET_SIZE(arguments); i += 2) {
        PyObject *name = PyTuple_GET_ITEM(arguments, i), *argument = PyTuple_GET_ITEM(arguments, i + 1);
        PyObject *result = PyObject_CallMethodObjArgs(kept_one, name, argument == Py_None ? NULL : argument, NULL);
        PyObject *size = result ? PyLong_FromSsize_t(size_of(kept_one)) : NULL;
        Py_XDECREF(result);
        if (!size || PyList_Append(sizes, size) < 0) {
            Py_CLEAR(sizes);
        }
        Py_XDECREF(size);
    }
    return sizes;
}

/* How a frame begins, which only CPython's internal headers tell. */
typedef struct {
    PyObject ob_base;
    PyFrameObject *f_back;
} FrameHead;

/* frames_of(exception): the names of its traceback's functions, by fields alone; frames let go of their callers, as Cython has it. */
static PyObject *
frames_of(PyObject *module, PyObject *exception)
{
    PyObject *names = PyList_New(0), *traceback = PyException_GetTraceback(exception);
    for (PyTracebackObject *entry = (PyTracebackObject *)traceback; names && entry; entry = entry->tb_next) {
        PyCodeObject *code = PyFrame_GetCode(entry->tb_frame);
        Py_CLEAR(((FrameHead *)entry->tb_frame)->f_back);
        if (PyList_Append(names, code->co_name) < 0) {
            Py_CLEAR(names);
        }
        Py_DECREF(code);
    }
    Py_XDECREF(traceback);
    return names;
}

static PyMethodDef ext_habits_methods[] = {
    {"hash_kept", hash_kept, METH_VARARGS, NULL},
    {"hold", hold, METH_O, NULL},
    {"let_go", let_go, METH_NOARGS, NULL},
    {"held_sizes", held_sizes, METH_VARARGS, NULL},
    {"filled_bytes", filled_bytes, METH_O, NULL},
    {"moment", moment, METH_O, NULL},
    {"put_into_class", put_into_class, METH_VARARGS, NULL},
    {"keep_one", keep_one, METH_O, NULL},
    {"kept_size", kept_size, METH_NOARGS, NULL},
    {"sizes_after", sizes_after, METH_VARARGS, NULL},
    {"frames_of", frames_of, METH_O, NULL},
    {"definition", definition, METH_O, NULL},
    {"add_doc", add_doc, METH_VARARGS, NULL},
    {"by_name", METHOD(by_name), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"dict_view", dict_view, METH_VARARGS, NULL},
    {"from_template", from_template, METH_VARARGS, NULL},
    {"still_there", still_there, METH_O, NULL},
    {"optional", optional, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

MODULE(ext_habits, "Habits of real extensions.", ext_habits_methods, ext_habits_exec)
