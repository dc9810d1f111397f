/* Functions of the API that make types, struct sequences and modules from definitions, and those that read what was made. */
#include "each.h"
#include <structmember.h>

static PyObject *attribute(PyObject *object, const char *name)
{
    return step(PyObject_GetAttrString(object, name));
}

typedef struct {
    PyObject_HEAD
    int number;
} plain;

static PyObject *plain_method(PyObject *self, PyObject *nothing)
{
    return PyUnicode_FromFormat("method of %s", Py_TYPE(self)->tp_name);
}

static PyObject *defining(PyObject *self, PyTypeObject *type, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    PyObject *module = PyType_GetModule(type);
    PyErr_Clear();
    return Py_BuildValue("(sO)", type->tp_name, module ? module : Py_None);
}

static PyMethodDef plain_methods[] = {
    {"method", plain_method, METH_NOARGS, "method($self)\n--\n\nThe doc."},
    {"defining", METHOD(defining), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"coexist", plain_method, METH_NOARGS | METH_COEXIST, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef bad_methods[] = {{"bad", plain_method, 0x40, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef class_and_static[] = {{"bad", plain_method, METH_NOARGS | METH_CLASS | METH_STATIC, NULL}, {NULL, NULL, 0, NULL}};
static PyMemberDef plain_members[] = {{"number", Py_T_INT, offsetof(plain, number), 0, "A number."}, {NULL, 0, 0, 0, NULL}};
static PyMemberDef relative_members[] = {{"number", Py_T_INT, 0, Py_RELATIVE_OFFSET, NULL}, {NULL, 0, 0, 0, NULL}};
static PyMemberDef far_members[] = {{"number", Py_T_INT, 4000, Py_RELATIVE_OFFSET, NULL}, {NULL, 0, 0, 0, NULL}};
static PyMemberDef negative_members[] = {{"number", Py_T_INT, -8, Py_RELATIVE_OFFSET, NULL}, {NULL, 0, 0, 0, NULL}};
static PyMemberDef weak_members[] = {{"__weaklistoffset__", Py_T_PYSSIZET, 16, Py_READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
static PyMemberDef bad_weak_members[] = {{"__weaklistoffset__", Py_T_INT, 16, 0, NULL}, {NULL, 0, 0, 0, NULL}};

static PyObject *plain_repr(PyObject *self)
{
    return PyUnicode_FromString("plain!");
}

static PyObject *no_new(PyTypeObject *type, PyObject *arguments, PyObject *named)
{
    PyErr_SetString(PyExc_ValueError, "no new one");
    return NULL;
}

static int never_traversed(PyObject *self, visitproc visit, void *argument)
{
    return 0;
}

#define SLOTS(name, ...) static PyType_Slot name[] = {__VA_ARGS__, {0, NULL}}
SLOTS(usual_slots, {Py_tp_doc, "usual(one)\n--\n\nThe doc."}, {Py_tp_methods, plain_methods}, {Py_tp_members, plain_members}, {Py_tp_repr, plain_repr});
SLOTS(no_doc_slots, {Py_tp_doc, NULL}, {Py_tp_methods, plain_methods});
SLOTS(new_slots, {Py_tp_new, no_new});
SLOTS(unknown_slots, {999, plain_repr});
SLOTS(negative_slots, {-1, plain_repr});
SLOTS(twice_slots, {Py_tp_repr, plain_repr}, {Py_tp_repr, NULL});
SLOTS(bad_method_slots, {Py_tp_methods, bad_methods});
SLOTS(both_method_slots, {Py_tp_methods, class_and_static});
SLOTS(relative_slots, {Py_tp_members, relative_members});
SLOTS(far_slots, {Py_tp_members, far_members});
SLOTS(negative_member_slots, {Py_tp_members, negative_members});
SLOTS(weak_slots, {Py_tp_members, weak_members});
SLOTS(bad_weak_slots, {Py_tp_members, bad_weak_members});
SLOTS(base_slots, {Py_tp_base, &PyList_Type});
SLOTS(final_slots, {Py_tp_base, &PyBool_Type});
SLOTS(traverse_slots, {Py_tp_traverse, never_traversed});
static PyType_Slot empty_slots[] = {{0, NULL}};

enum { USUAL = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE };

static const struct {
    const char *which;
    PyType_Spec spec;
} specs[] = {
    {"usual", {"ext_each_types.Usual", sizeof(plain), 0, USUAL, usual_slots}},
    {"empty", {"ext_each_types.Empty", 0, 0, USUAL, empty_slots}},
    {"final", {"ext_each_types.Final", sizeof(plain), 0, Py_TPFLAGS_DEFAULT, usual_slots}},
    {"no-module", {"NoModule", sizeof(plain), 0, USUAL, no_doc_slots}},
    {"dotted", {"one.two.Three", sizeof(plain), 0, USUAL, empty_slots}},
    {"nameless", {"", sizeof(plain), 0, USUAL, empty_slots}},
    {"null-name", {NULL, sizeof(plain), 0, USUAL, empty_slots}},
    {"accented", {"m.Na\xc3\xafve", sizeof(plain), 0, USUAL, empty_slots}},
    {"bad-name", {"m.Bad\xff", sizeof(plain), 0, USUAL, empty_slots}},
    {"new", {"ext_each_types.New", sizeof(plain), 0, USUAL, new_slots}},
    {"too-small", {"ext_each_types.Small", 8, 0, USUAL, empty_slots}},
    {"extends", {"ext_each_types.Extends", -16, 0, USUAL, relative_slots}},
    {"far-member", {"ext_each_types.Far", -16, 0, USUAL, far_slots}},
    {"negative-member", {"ext_each_types.Negative", -16, 0, USUAL, negative_member_slots}},
    {"absolute-relative", {"ext_each_types.Absolute", sizeof(plain), 0, USUAL, relative_slots}},
    {"item-size", {"ext_each_types.Items", sizeof(PyVarObject), 8, USUAL, empty_slots}},
    {"negative-item", {"ext_each_types.Items", sizeof(PyVarObject), -8, USUAL, empty_slots}},
    {"gc-without-traverse", {"ext_each_types.Collected", sizeof(plain), 0, USUAL | Py_TPFLAGS_HAVE_GC, empty_slots}},
    {"gc", {"ext_each_types.Collected", sizeof(plain), 0, USUAL | Py_TPFLAGS_HAVE_GC, traverse_slots}},
    {"immutable", {"ext_each_types.Immutable", sizeof(plain), 0, USUAL | Py_TPFLAGS_IMMUTABLETYPE, usual_slots}},
    {"no-instances", {"ext_each_types.Abstract", sizeof(plain), 0, USUAL | Py_TPFLAGS_DISALLOW_INSTANTIATION, usual_slots}},
    {"disallow-and-new", {"ext_each_types.Abstract", sizeof(plain), 0, USUAL | Py_TPFLAGS_DISALLOW_INSTANTIATION, new_slots}},
    {"mapping", {"ext_each_types.Mapping", sizeof(plain), 0, USUAL | Py_TPFLAGS_MAPPING, empty_slots}},
    {"managed", {"ext_each_types.Managed", sizeof(plain), 0, USUAL | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_HAVE_GC, traverse_slots}},
    {"managed-weak", {"ext_each_types.Weak", sizeof(plain), 0, USUAL | Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_HAVE_GC, traverse_slots}},
    {"unknown-slot", {"ext_each_types.Unknown", sizeof(plain), 0, USUAL, unknown_slots}},
    {"negative-slot", {"ext_each_types.Unknown", sizeof(plain), 0, USUAL, negative_slots}},
    {"twice", {"ext_each_types.Twice", sizeof(plain), 0, USUAL, twice_slots}},
    {"bad-method", {"ext_each_types.Bad", sizeof(plain), 0, USUAL, bad_method_slots}},
    {"class-and-static", {"ext_each_types.Bad", sizeof(plain), 0, USUAL, both_method_slots}},
    {"weak-list", {"ext_each_types.Weak", 24, 0, USUAL, weak_slots}},
    {"bad-weak-list", {"ext_each_types.Weak", 24, 0, USUAL, bad_weak_slots}},
    {"slot-base", {"ext_each_types.List", 0, 0, USUAL, base_slots}},
    {"slot-final-base", {"ext_each_types.Bool", 0, 0, USUAL, final_slots}},
};

/* A copy: what was made keeps nothing of it but the tables. */
static PyType_Spec spec_of(const char *which)
{
    for (size_t index = 0; index < Py_ARRAY_LENGTH(specs); index++) {
        if (is(which, specs[index].which)) {
            return specs[index].spec;
        }
    }
    return specs[0].spec;
}

/* The flags that a type's maker has a say in, and those that it takes from its bases. */
static unsigned long flags_told(PyTypeObject *type)
{
    return PyType_GetFlags(type) & (Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_READY | Py_TPFLAGS_IMMUTABLETYPE |
                                    Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING | Py_TPFLAGS_LIST_SUBCLASS |
                                    Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_BASE_EXC_SUBCLASS |
                                    Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS);
}

/* An instance of a type; of one whose items have a negative size none, which CPython would write behind. */
static PyObject *instance_of(PyObject *type)
{
    if (PyType_Check(type) && ((PyTypeObject *)type)->tp_itemsize < 0) {
        return PyUnicode_FromString("has no room for its size");
    }
    return PyObject_CallNoArgs(type);
}

static PyObject *told_of_type(PyObject *made)
{
    if (made == NULL) {
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)made;
    PyObject *names = Py_BuildValue("(sNNNNNN)", type->tp_name, attribute(made, "__name__"), attribute(made, "__qualname__"), attribute(made, "__module__"),
                                    attribute(made, "__doc__"), attribute(made, "__text_signature__"), attribute(made, "__bases__"));
    PyObject *sizes = Py_BuildValue("(nnknni)", type->tp_basicsize, type->tp_itemsize, flags_told(type), type->tp_weaklistoffset > 0 ? 1 : type->tp_weaklistoffset < 0 ? -1 : 0,
                                    type->tp_dictoffset == 0 ? 0 : 1, Py_TYPE(made) == &PyType_Type);
    PyObject *instance = step(instance_of(made));
    PyObject *used = Py_BuildValue("(NNN)", step(PyObject_Repr(instance)), step(PyObject_CallMethod(instance, "method", NULL)),
                                   step(PyObject_CallMethod(instance, "defining", NULL)));
    PyObject *other = Py_BuildValue("(NNi)", attribute(instance, "number"), attribute(instance, "missing"), PyObject_SetAttrString(made, "own", Py_None));
    PyErr_Clear();
    PyObject *derived = step(PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){}", "Derived", made));
    PyObject *of_derived = step(instance_of(derived));
    PyObject *told = Py_BuildValue("(NNNNss)", names, sizes, used, other, Py_TYPE(derived)->tp_name, Py_TYPE(of_derived)->tp_name);
    Py_DECREF(instance);
    Py_DECREF(derived);
    Py_DECREF(of_derived);
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyType_FromSpec(const char *which)
{
    PyType_Spec spec = spec_of(which);
    return told_of_type(PyType_FromSpec(&spec));
}

static PyObject *each_PyType_FromSpecWithBases(const char *which, PyObject *bases)
{
    PyType_Spec spec = spec_of(which);
    return told_of_type(PyType_FromSpecWithBases(&spec, bases));
}

static PyObject *each_PyType_FromModuleAndSpec(const char *which, PyObject *module, PyObject *bases)
{
    PyType_Spec spec = spec_of(which);
    return told_of_type(PyType_FromModuleAndSpec(module, &spec, bases));
}

static PyObject *each_PyType_FromMetaclass(const char *which, PyObject *metaclass, PyObject *module, PyObject *bases)
{
    PyType_Spec spec = spec_of(which);
    return told_of_type(PyType_FromMetaclass((PyTypeObject *)metaclass, module, &spec, bases));
}

static PyObject *each_PyType_GetFlags(PyObject *type)
{
    return PyLong_FromUnsignedLong(flags_told((PyTypeObject *)type));
}

/* How much a type made from a spec adds to each class that may be extended. */
static PyObject *each_PyType_GetTypeDataSize(const char *which, PyObject *base)
{
    PyType_Spec spec = spec_of(which);
    PyObject *made = PyType_FromSpecWithBases(&spec, base);
    if (made == NULL) {
        return NULL;
    }
    PyObject *told = number_step(PyType_GetTypeDataSize((PyTypeObject *)made));
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyObject_GetTypeData(const char *which, PyObject *base)
{
    PyType_Spec spec = spec_of(which);
    PyObject *made = PyType_FromSpecWithBases(&spec, base);
    PyObject *instance = made ? instance_of(made) : NULL;
    Py_XDECREF(made);
    if (instance == NULL || PyUnicode_CheckExact(instance)) {
        return instance;
    }
    char *data = PyObject_GetTypeData(instance, Py_TYPE(instance));
    Py_ssize_t before = data - (char *)instance, size = PyType_GetTypeDataSize(Py_TYPE(instance));
    int zeros = 1;
    for (Py_ssize_t index = 0; index < size; index++) {
        zeros &= data[index] == 0;
        data[index] = 'x';
    }
    PyObject *told = Py_BuildValue("(sni)", before % 16 ? "unaligned" : "aligned", size, zeros);
    Py_DECREF(instance);
    return told;
}

static struct PyModuleDef other_definition = {PyModuleDef_HEAD_INIT, .m_name = "other"};
static struct PyModuleDef ext_each_types_definition;

static PyObject *own_module;

/* Of a class that is made from a spec in this module, of one derived from it by Python, or of `type` itself. */
static PyObject *each_PyType_GetModuleByDef(const char *which, PyObject *type)
{
    PyType_Spec spec = spec_of("empty");
    PyObject *made = is(which, "given") ? Py_NewRef(type) : PyType_FromModuleAndSpec(own_module, &spec, type);
    if (made != NULL && is(which, "derived")) {
        Py_SETREF(made, PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){}", "Derived", made));
    }
    if (made == NULL) {
        return NULL;
    }
    PyObject *found = PyType_GetModuleByDef((PyTypeObject *)made, is(which, "other") ? &other_definition : &ext_each_types_definition);
    PyObject *told = found ? attribute(found, "__name__") : NULL;
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyType_ClearCache(void)
{
    PyType_ClearCache();
    return Py_NewRef(Py_None);
}

static PyObject *each_PyUnstable_Type_AssignVersionTag(PyObject *type)
{
    int assigned = PyUnstable_Type_AssignVersionTag((PyTypeObject *)type);
    PyType_Modified((PyTypeObject *)type);
    return Py_BuildValue("(ii)", assigned, PyUnstable_Type_AssignVersionTag((PyTypeObject *)type));
}

static PyStructSequence_Field fields[] = {
    {"first", "The first."}, {"second", NULL}, {NULL, "Unnamed."}, {"hidden", "Not in the tuple."}, {NULL, NULL}};
static PyStructSequence_Field no_fields[] = {{NULL, NULL}};
static PyStructSequence_Field accented_fields[] = {{"na\xc3\xafve", "\xc3\xa9"}, {"class", "A keyword."}, {"", NULL}, {NULL, NULL}};

static PyStructSequence_Desc description(const char *which)
{
    PyStructSequence_Desc made = {"ext_each_types.Record", "The doc.", fields, 3};
    made.name = is(which, "no-module") ? "Record" : is(which, "accented") ? "m.R\xc3\xa9" : made.name;
    made.doc = is(which, "no-doc") ? NULL : is(which, "signed") ? "Record(one)\n--\n\nWith a signature." : made.doc;
    made.fields = is(which, "no-fields") ? no_fields : is(which, "accented") ? accented_fields : fields;
    made.n_in_sequence = is(which, "no-fields") || is(which, "none-in-sequence") ? 0 : is(which, "all-in-sequence") ? 4 : made.n_in_sequence;
    return made;
}

static PyObject *told_of_record(PyTypeObject *type)
{
    PyObject *class = (PyObject *)type;
    PyObject *counts = Py_BuildValue("(NNNNNN)", attribute(class, "n_fields"), attribute(class, "n_sequence_fields"), attribute(class, "n_unnamed_fields"),
                                     attribute(class, "__match_args__"), attribute(class, "__doc__"), attribute(class, "__module__"));
    PyObject *record = PyStructSequence_New(type);
    if (record == NULL) {
        return Py_BuildValue("(NN)", counts, error_said());
    }
    Py_ssize_t all = PyLong_AsSsize_t(PyDict_GetItemString(type->tp_dict, "n_fields"));
    for (Py_ssize_t index = 0; index < all; index++) {
        PyStructSequence_SetItem(record, index, PyLong_FromSsize_t(index * 10));
    }
    PyObject *told = Py_BuildValue("(NNNNNNn)", counts, step(PyObject_Repr(record)), attribute(record, "first"), attribute(record, "hidden"),
                                   attribute(record, "missing"), step(PySequence_Tuple(record)), PyTuple_GET_SIZE(record));
    PyObject *remade = Py_BuildValue("(NNN)", step(PyObject_CallFunction(class, "((iii))", 1, 2, 3)), step(PyObject_CallFunction(class, "(i)", 1)),
                                     step(PyObject_CallNoArgs(class)));
    Py_DECREF(record);
    return Py_BuildValue("(NN)", told, remade);
}

static PyObject *each_PyStructSequence_NewType(const char *which)
{
    PyStructSequence_Desc desc = description(which);
    PyTypeObject *type = PyStructSequence_NewType(&desc);
    PyObject *told = type ? told_of_record(type) : NULL;
    Py_XDECREF(type);
    return told;
}

/* Their types stay for ever, each in a place of its own. */
static PyTypeObject static_types[24];
static size_t static_count;

static PyObject *each_PyStructSequence_InitType(const char *which)
{
    PyStructSequence_Desc desc = description(which);
    PyTypeObject *type = &static_types[static_count++ % Py_ARRAY_LENGTH(static_types)];
    PyStructSequence_InitType(type, &desc);
    return PyErr_Occurred() ? NULL : told_of_record(type);
}

static PyObject *each_PyStructSequence_InitType2(const char *which)
{
    PyStructSequence_Desc desc = description(which);
    PyTypeObject *type = &static_types[static_count++ % Py_ARRAY_LENGTH(static_types)];
    int status = PyStructSequence_InitType2(type, &desc);
    return status < 0 ? NULL : Py_BuildValue("(iN)", status, told_of_record(type));
}

/* A new record's fields are empty. */
static PyObject *each_PyStructSequence_New(PyObject *type)
{
    PyObject *record = PyStructSequence_New((PyTypeObject *)type);
    if (record == NULL) {
        return NULL;
    }
    PyObject *told = Py_BuildValue("(sns)", Py_TYPE(record)->tp_name, PyTuple_GET_SIZE(record), PyStructSequence_GetItem(record, 0) ? "object" : "NULL");
    Py_DECREF(record);
    return told;
}

/* Into a field of the tuple, or one beyond it. */
static PyObject *each_PyStructSequence_SetItem(PyObject *type, long index, PyObject *value)
{
    PyObject *record = PyStructSequence_New((PyTypeObject *)type);
    if (record == NULL) {
        return NULL;
    }
    PyStructSequence_SetItem(record, index, Py_XNewRef(value));
    PyObject *put = or_none(PyStructSequence_GetItem(record, index));
    for (Py_ssize_t other = 0; other < 4; other++) {
        if (PyStructSequence_GetItem(record, other) == NULL) {
            PyStructSequence_SetItem(record, other, PyLong_FromSsize_t(other));
        }
    }
    PyObject *told = Py_BuildValue("(NNN)", put, step(PySequence_Tuple(record)), step(PyObject_GetAttrString(record, "hidden")));
    Py_DECREF(record);
    return told;
}

static const each_function functions[] = {
    EACH(PyType_FromSpec),
    EACH(PyType_FromSpecWithBases),
    EACH(PyType_FromModuleAndSpec),
    EACH(PyType_FromMetaclass),
    EACH(PyType_GetFlags),
    EACH(PyType_GetTypeDataSize),
    EACH(PyObject_GetTypeData),
    EACH(PyType_GetModuleByDef),
    EACH(PyType_ClearCache),
    EACH(PyUnstable_Type_AssignVersionTag),
    EACH(PyStructSequence_NewType),
    EACH(PyStructSequence_InitType),
    EACH(PyStructSequence_InitType2),
    EACH(PyStructSequence_New),
    EACH(PyStructSequence_SetItem),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    fields[2].name = PyStructSequence_UnnamedField;
    own_module = module;
    PyStructSequence_Desc desc = description("usual");
    return PyModule_Add(module, "Record", (PyObject *)PyStructSequence_NewType(&desc)) < 0 ? -1 : add_each(module, functions);
}

MODULE(ext_each_types, "Functions that make types and struct sequences.", NULL, fill)
