/* Functions of the API that take C functions and small structs: builtin functions, descriptors, members, capsules, generators. */
#include "each.h"
#include <structmember.h>

static PyObject *no_arguments(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(sOs)", "no", self ? self : Py_None, argument ? "argument" : "NULL");
}

static PyObject *one_argument(PyObject *self, PyObject *argument)
{
    return Py_BuildValue("(sOO)", "one", self ? self : Py_None, argument);
}

static PyObject *var_arguments(PyObject *self, PyObject *arguments)
{
    return Py_BuildValue("(sOO)", "var", self ? self : Py_None, arguments);
}

static PyObject *key_arguments(PyObject *self, PyObject *arguments, PyObject *named)
{
    return Py_BuildValue("(sOOO)", "key", self ? self : Py_None, arguments, named ? named : Py_None);
}

static PyObject *fast_arguments(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    return Py_BuildValue("(sOn)", "fast", self ? self : Py_None, count);
}

static PyObject *fast_keywords(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    return Py_BuildValue("(sOnO)", "fast key", self ? self : Py_None, count, names ? names : Py_None);
}

static PyObject *with_class(PyObject *self, PyTypeObject *defining, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    return Py_BuildValue("(sOOn)", "class", self ? self : Py_None, defining ? (PyObject *)defining : Py_None, count);
}

static PyObject *raises(PyObject *self, PyObject *argument)
{
    PyErr_SetString(PyExc_KeyError, "raised");
    return NULL;
}

static PyObject *silent(PyObject *self, PyObject *argument)
{
    return NULL;
}

static PyObject *says_and_raises(PyObject *self, PyObject *argument)
{
    PyErr_SetString(PyExc_KeyError, "beside");
    return Py_NewRef(Py_None);
}

static PyMethodDef definitions[] = {
    {"noargs", no_arguments, METH_NOARGS, "noargs($self)\n--\n\nThe doc."},
    {"one", one_argument, METH_O, "No signature."},
    {"var", var_arguments, METH_VARARGS, ""},
    {"key", METHOD(key_arguments), METH_VARARGS | METH_KEYWORDS, NULL},
    {"fast", METHOD(fast_arguments), METH_FASTCALL, "fast(one, /, two=2)\n--\n\n"},
    {"fast-key", METHOD(fast_keywords), METH_FASTCALL | METH_KEYWORDS, "fast_key()\n--\n\nNot its name."},
    {"with-class", METHOD(with_class), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {"class", one_argument, METH_CLASS | METH_O, "class($type, one)\n--\n\nOf the class."},
    {"static", one_argument, METH_STATIC | METH_O, NULL},
    {"coexist", no_arguments, METH_COEXIST | METH_NOARGS, NULL},
    {"raises", raises, METH_O, NULL},
    {"silent", silent, METH_NOARGS, NULL},
    {"both", says_and_raises, METH_NOARGS, NULL},
    {"", no_arguments, METH_NOARGS, NULL},
    {"na\xc3\xafve", no_arguments, METH_NOARGS, "accented \xc3\xa9"},
    {"bad-doc", no_arguments, METH_NOARGS, "bad \xff"},
    {"a.dotted", no_arguments, METH_NOARGS, NULL},
    {"flagless", no_arguments, 0, NULL},
    {"many-flags", no_arguments, METH_NOARGS | METH_O, NULL},
    {"keywords-alone", no_arguments, METH_KEYWORDS, NULL},
    {"method-alone", no_arguments, METH_METHOD, NULL},
    {"unknown-flag", no_arguments, 0x4000 | METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef *definition(const char *which)
{
    for (PyMethodDef *each = definitions; each->ml_name != NULL; each++) {
        if (is(which, each->ml_name) || (is(which, "nameless") && each->ml_name[0] == 0)) {
            return each;
        }
    }
    return is(which, "accented") ? &definitions[14] : NULL;
}

static PyObject *attribute(PyObject *object, const char *name)
{
    return step(PyObject_GetAttrString(object, name));
}

/* What a callable tells of itself. */
static PyObject *attributes(PyObject *object)
{
    return Py_BuildValue("(NNNNN)", attribute(object, "__name__"), attribute(object, "__qualname__"), attribute(object, "__doc__"),
                         attribute(object, "__text_signature__"), attribute(object, "__module__"));
}

/* And what it answers to nothing, to one, to two and to a keyword. */
static PyObject *answers(PyObject *object)
{
    PyObject *none = step(PyObject_CallNoArgs(object));
    PyObject *one = step(PyObject_CallFunction(object, "i", 1));
    PyObject *two = step(PyObject_CallFunction(object, "ii", 1, 2));
    PyObject *arguments = Py_BuildValue("(i)", 1), *named = Py_BuildValue("{s:i}", "key", 2);
    PyObject *key = step(PyObject_Call(object, arguments, named));
    Py_DECREF(arguments);
    Py_DECREF(named);
    return Py_BuildValue("(NNNN)", none, one, two, key);
}

static PyObject *described(PyObject *made)
{
    if (made == NULL) {
        return NULL;
    }
    PyObject *told = Py_BuildValue("(sNN)", Py_TYPE(made)->tp_name, attributes(made), answers(made));
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyCFunction_New(const char *which, PyObject *self)
{
    return described((PyCFunction_New)(definition(which), self));
}

static PyObject *each_PyCFunction_NewEx(const char *which, PyObject *self, PyObject *module)
{
    return described((PyCFunction_NewEx)(definition(which), self, module));
}

static PyObject *each_PyCMethod_New(const char *which, PyObject *self, PyObject *module, PyObject *type)
{
    return described(PyCMethod_New(definition(which), self, module, (PyTypeObject *)type));
}

static PyObject *each_PyCFunction_GetFlags(const char *which)
{
    PyObject *made = PyCFunction_New(definition(which), NULL);
    if (made == NULL) {
        return NULL;
    }
    PyObject *told = number_step(PyCFunction_GetFlags(made));
    Py_DECREF(made);
    return told;
}

/* A descriptor, what it tells, and what it gives for an object and for a class. */
static PyObject *descriptor(PyObject *made, PyObject *object)
{
    if (made == NULL) {
        return NULL;
    }
    descrgetfunc get = Py_TYPE(made)->tp_descr_get;
    PyObject *of_object = step(get ? get(made, object, (PyObject *)Py_TYPE(object)) : Py_NewRef(Py_None));
    PyObject *of_class = step(get ? get(made, NULL, (PyObject *)Py_TYPE(object)) : Py_NewRef(Py_None));
    PyObject *told = Py_BuildValue("(sNNsssi)", Py_TYPE(made)->tp_name, attributes(made), attribute(made, "__objclass__"),
                                   Py_TYPE(of_object)->tp_name, Py_TYPE(of_class)->tp_name,
                                   of_class == made ? "itself" : "another", Py_TYPE(made)->tp_descr_set != NULL);
    PyObject *called = step(PyObject_CallFunction(made, "O", object));
    Py_DECREF(of_object);
    Py_DECREF(of_class);
    Py_DECREF(made);
    return Py_BuildValue("(NN)", told, called);
}

static PyObject *each_PyDescr_NewMethod(const char *which, PyObject *type, PyObject *object)
{
    return descriptor(PyDescr_NewMethod((PyTypeObject *)type, definition(which)), object);
}

static PyObject *each_PyDescr_NewClassMethod(const char *which, PyObject *type, PyObject *object)
{
    return descriptor(PyDescr_NewClassMethod((PyTypeObject *)type, definition(which)), object);
}

static PyObject *get_closure(PyObject *self, void *closure)
{
    return Py_BuildValue("(sOs)", "got", self, (const char *)closure);
}

static int refuse(PyObject *self, PyObject *value, void *closure)
{
    PyErr_Format(PyExc_ValueError, "%s %s", value ? "set" : "deleted", closure ? (const char *)closure : "NULL");
    return -1;
}

static PyGetSetDef attribute_definitions[] = {
    {"both", get_closure, refuse, "The doc.", "closure"},
    {"read", get_closure, NULL, NULL, NULL},
    {"write", NULL, refuse, "read($self)\n--\n\nSigned.", NULL},
    {"neither", NULL, NULL, "", NULL},
    {"accent\xc3\xa9", get_closure, refuse, NULL, "closure"},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *got_and_set(PyObject *made, PyObject *object)
{
    if (made == NULL) {
        return NULL;
    }
    descrsetfunc set = Py_TYPE(made)->tp_descr_set;
    PyObject *got = step(Py_TYPE(made)->tp_descr_get(made, object, (PyObject *)Py_TYPE(object)));
    PyObject *was_set = number_step(set ? set(made, object, Py_True) : 99);
    PyObject *deleted = number_step(set ? set(made, object, NULL) : 99);
    PyObject *told = Py_BuildValue("(sNNNNN)", Py_TYPE(made)->tp_name, attributes(made), attribute(made, "__objclass__"), got, was_set, deleted);
    Py_DECREF(made);
    return told;
}

static PyObject *each_PyDescr_NewGetSet(const char *which, PyObject *type, PyObject *object)
{
    PyGetSetDef *chosen = attribute_definitions;
    while (chosen->name != NULL && !is(which, chosen->name)) {
        chosen++;
    }
    return got_and_set(PyDescr_NewGetSet((PyTypeObject *)type, chosen->name ? chosen : &attribute_definitions[4]), object);
}

/* An instance of a class of C with a field of every kind. */
typedef struct {
    PyObject_HEAD
    char small, boolean, character;
    unsigned char unsigned_small;
    short two_bytes;
    unsigned short unsigned_two_bytes;
    int number;
    unsigned unsigned_number;
    long wide;
    unsigned long unsigned_wide;
    long long widest;
    unsigned long long unsigned_widest;
    Py_ssize_t size;
    float single;
    double real;
    const char *text;
    char inside[8];
    PyObject *object, *strict;
} fields;

#define FIELD(name, kind, flags) {#name, kind, offsetof(fields, name), flags, "doc of " #name}

static PyMemberDef members[] = {
    FIELD(small, Py_T_BYTE, 0),
    FIELD(boolean, Py_T_BOOL, 0),
    FIELD(character, Py_T_CHAR, 0),
    FIELD(unsigned_small, Py_T_UBYTE, 0),
    FIELD(two_bytes, Py_T_SHORT, 0),
    FIELD(unsigned_two_bytes, Py_T_USHORT, 0),
    FIELD(number, Py_T_INT, 0),
    FIELD(unsigned_number, Py_T_UINT, 0),
    FIELD(wide, Py_T_LONG, 0),
    FIELD(unsigned_wide, Py_T_ULONG, 0),
    FIELD(widest, Py_T_LONGLONG, 0),
    FIELD(unsigned_widest, Py_T_ULONGLONG, 0),
    FIELD(size, Py_T_PYSSIZET, 0),
    FIELD(single, Py_T_FLOAT, 0),
    FIELD(real, Py_T_DOUBLE, 0),
    FIELD(text, Py_T_STRING, 0),
    FIELD(inside, Py_T_STRING_INPLACE, 0),
    FIELD(object, _Py_T_OBJECT, 0),
    FIELD(strict, Py_T_OBJECT_EX, 0),
    {"none", _Py_T_NONE, offsetof(fields, object), 0, NULL},
    {"readonly", Py_T_INT, offsetof(fields, number), Py_READONLY, NULL},
    {"audited", Py_T_INT, offsetof(fields, number), Py_AUDIT_READ, NULL},
    {"relative", Py_T_INT, offsetof(fields, number), Py_RELATIVE_OFFSET, NULL},
    {"unknown", 77, offsetof(fields, number), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMemberDef *member(const char *which)
{
    PyMemberDef *chosen = members;
    while (chosen->name != NULL && !is(which, chosen->name)) {
        chosen++;
    }
    return chosen;
}

static void fields_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_CLEAR(((fields *)self)->object);
    Py_CLEAR(((fields *)self)->strict);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot fields_slots[] = {{Py_tp_dealloc, fields_dealloc}, {0, NULL}};
static PyType_Spec fields_spec = {"ext_each_made.Fields", sizeof(fields), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, fields_slots};
static PyObject *fields_type;

static PyObject *new_fields(void)
{
    fields *made = (fields *)((PyTypeObject *)fields_type)->tp_alloc((PyTypeObject *)fields_type, 0);
    made->text = "text";
    memcpy(made->inside, "inside", 7);
    made->character = 'c';
    made->number = 7;
    return (PyObject *)made;
}

static PyObject *each_PyMember_GetOne(const char *which)
{
    PyObject *object = new_fields();
    PyObject *got = PyMember_GetOne((const char *)object, member(which));
    Py_DECREF(object);
    return got;
}

/* Sets or, with NULL, deletes, and reads what is there. */
static PyObject *each_PyMember_SetOne(const char *which, PyObject *value)
{
    PyObject *object = new_fields();
    PyObject *done = number_step(PyMember_SetOne((char *)object, member(which), value));
    PyObject *got = step(PyMember_GetOne((const char *)object, member(which)));
    Py_DECREF(object);
    return Py_BuildValue("(NN)", done, got);
}

static PyObject *each_PyDescr_NewMember(const char *which, PyObject *type, PyObject *object)
{
    PyObject *own = is(which, "wrong-object") ? Py_NewRef(object) : new_fields();
    PyMemberDef *chosen = is(which, "wrong-object") ? member("number") : member(which);
    PyObject *told = got_and_set(PyDescr_NewMember(Py_IsNone(type) ? (PyTypeObject *)fields_type : (PyTypeObject *)type, chosen), own);
    Py_DECREF(own);
    return told;
}

static int deaths;

static void dies(PyObject *capsule)
{
    deaths += PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)) != NULL ? 1 : 100;
}

static void dies_with_error(PyObject *capsule)
{
    deaths++;
    PyErr_SetString(PyExc_KeyError, "in the destructor");
}

static PyCapsule_Destructor destructor_of(const char *which)
{
    return is(which, "none") ? NULL : is(which, "error") ? dies_with_error : dies;
}

static PyObject *capsule_told(PyObject *capsule)
{
    const char *name = PyCapsule_GetName(capsule);
    PyObject *pointer = text_or_null(PyCapsule_GetPointer(capsule, name));
    PyObject *told = Py_BuildValue("(NzsNN)", step(pointer), name, PyCapsule_GetDestructor(capsule) ? "destructor" : "no destructor",
                                   step(text_or_null(PyCapsule_GetContext(capsule))), number_step(PyCapsule_IsValid(capsule, name)));
    deaths = 0;
    Py_DECREF(capsule);
    return Py_BuildValue("(NNi)", told, number_step(0), deaths);
}

static PyObject *each_PyCapsule_New(const char *which, const char *name, const char *destructor)
{
    PyObject *capsule = PyCapsule_New(is(which, "null") ? NULL : "pointed at", name, destructor_of(destructor));
    return capsule ? capsule_told(capsule) : NULL;
}

static PyObject *each_PyCapsule_SetDestructor(PyObject *capsule, const char *destructor)
{
    PyObject *own = Py_IsNone(capsule) ? PyCapsule_New("pointed at", "own", NULL) : NULL;
    PyObject *done = number_step(PyCapsule_SetDestructor(own ? own : capsule, destructor_of(destructor)));
    return own ? Py_BuildValue("(NN)", done, capsule_told(own)) : done;
}

static PyObject *by_vectorcall(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names)
{
    return Py_BuildValue("(snO)", "vectorcall", PyVectorcall_NARGS(flagged), names ? names : Py_None);
}

static PyObject *each_PyFunction_SetVectorcall(PyObject *function)
{
    PyFunction_SetVectorcall((PyFunctionObject *)function, by_vectorcall);
    return answers(function);
}

static PyObject *each_PyGen_GetCode(PyObject *generator)
{
    PyObject *code = (PyObject *)PyGen_GetCode((PyGenObject *)generator);
    PyObject *told = Py_BuildValue("(sN)", Py_TYPE(code)->tp_name, attribute(code, "co_name"));
    Py_DECREF(code);
    return told;
}

static const each_function functions[] = {
    EACH(PyCFunction_New),
    EACH(PyCFunction_NewEx),
    EACH(PyCMethod_New),
    EACH(PyCFunction_GetFlags),
    EACH(PyDescr_NewMethod),
    EACH(PyDescr_NewClassMethod),
    EACH(PyDescr_NewGetSet),
    EACH(PyDescr_NewMember),
    EACH(PyMember_GetOne),
    EACH(PyMember_SetOne),
    EACH(PyCapsule_New),
    EACH(PyCapsule_SetDestructor),
    EACH(PyFunction_SetVectorcall),
    EACH(PyGen_GetCode),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    fields_type = PyType_FromSpec(&fields_spec);
    return PyModule_Add(module, "Fields", Py_XNewRef(fields_type)) < 0 ? -1 : add_each(module, functions);
}

MODULE(ext_each_made, "Functions that take C functions and structs.", NULL, fill)
