/* Static types, made ready by PyType_Ready: members, getset, methods, the slots of every protocol, inheritance, __dict__ and weakrefs. */
#include "common.h"

/* Fields: every kind of PyMemberDef. */
typedef struct {
    PyObject_HEAD
    char a_bool, a_char;
    signed char a_byte;
    unsigned char a_ubyte;
    short a_short;
    unsigned short a_ushort;
    int an_int;
    unsigned int a_uint;
    long a_long;
    unsigned long a_ulong;
    long long a_long_long;
    unsigned long long a_ulong_long;
    Py_ssize_t a_size;
    float a_float;
    double a_double;
    const char *a_string;
    char in_place[8];
    PyObject *an_object, *a_strict_object;
    int fixed;
} Fields;

static PyMemberDef fields_members[] = {
    {"a_bool", Py_T_BOOL, offsetof(Fields, a_bool), 0, "A truth."},
    {"a_char", Py_T_CHAR, offsetof(Fields, a_char), 0, NULL},
    {"a_byte", Py_T_BYTE, offsetof(Fields, a_byte), 0, NULL},
    {"a_ubyte", Py_T_UBYTE, offsetof(Fields, a_ubyte), 0, NULL},
    {"a_short", Py_T_SHORT, offsetof(Fields, a_short), 0, NULL},
    {"a_ushort", Py_T_USHORT, offsetof(Fields, a_ushort), 0, NULL},
    {"an_int", Py_T_INT, offsetof(Fields, an_int), 0, NULL},
    {"a_uint", Py_T_UINT, offsetof(Fields, a_uint), 0, NULL},
    {"a_long", Py_T_LONG, offsetof(Fields, a_long), 0, NULL},
    {"a_ulong", Py_T_ULONG, offsetof(Fields, a_ulong), 0, NULL},
    {"a_long_long", Py_T_LONGLONG, offsetof(Fields, a_long_long), 0, NULL},
    {"a_ulong_long", Py_T_ULONGLONG, offsetof(Fields, a_ulong_long), 0, NULL},
    {"a_size", Py_T_PYSSIZET, offsetof(Fields, a_size), 0, NULL},
    {"a_float", Py_T_FLOAT, offsetof(Fields, a_float), 0, NULL},
    {"a_double", Py_T_DOUBLE, offsetof(Fields, a_double), 0, NULL},
    {"a_string", Py_T_STRING, offsetof(Fields, a_string), 0, NULL},
    {"in_place", Py_T_STRING_INPLACE, offsetof(Fields, in_place), 0, NULL},
    {"an_object", _Py_T_OBJECT, offsetof(Fields, an_object), 0, "NULL reads as None."},
    {"a_strict_object", Py_T_OBJECT_EX, offsetof(Fields, a_strict_object), 0, "NULL is an AttributeError."},
    {"fixed", Py_T_INT, offsetof(Fields, fixed), Py_READONLY, NULL},
    {0},
};

static PyObject *
fields_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Fields *self = (Fields *)type->tp_alloc(type, 0);
    if (self) {
        self->a_string = "text";
        strcpy(self->in_place, "place");
        self->fixed = 7;
    }
    return (PyObject *)self;
}

static void
fields_dealloc(Fields *self)
{
    Py_XDECREF(self->an_object);
    Py_XDECREF(self->a_strict_object);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyTypeObject Fields_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Fields",
    .tp_basicsize = sizeof(Fields),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = fields_new,
    .tp_dealloc = (destructor)fields_dealloc,
    .tp_members = fields_members,
};

/* Amount: a number whose slots say what they were called with. */
typedef struct {
    PyObject_HEAD
    long value;
} Amount;

static PyTypeObject Amount_Type;

static PyObject *
amount_make(long value)
{
    Amount *self = PyObject_New(Amount, &Amount_Type);
    if (self) {
        self->value = value;
    }
    return (PyObject *)self;
}

/* 0 if `object` is neither an Amount nor an int. */
static int
amount_value(PyObject *object, long *value)
{
    if (PyObject_TypeCheck(object, &Amount_Type)) {
        *value = ((Amount *)object)->value;
        return 1;
    }
    if (PyLong_Check(object)) {
        *value = PyLong_AsLong(object);
        return 1;
    }
    return 0;
}

#define BINARY(name, sign)                                                                                                         \
    static PyObject *amount_##name(PyObject *left, PyObject *right)                                                                \
    {                                                                                                                              \
        long a, b;                                                                                                                 \
        if (!amount_value(left, &a) || !amount_value(right, &b)) {                                                                 \
            Py_RETURN_NOTIMPLEMENTED;                                                                                              \
        }                                                                                                                          \
        return PyUnicode_FromFormat("%ld" sign "%ld", a, b);                                                                       \
    }

BINARY(add, "+")
BINARY(subtract, "-")
BINARY(multiply, "*")
BINARY(remainder, "%%")
BINARY(divmod, " divmod ")
BINARY(lshift, "<<")
BINARY(rshift, ">>")
BINARY(and, "&")
BINARY(xor, "^")
BINARY(or, "|")
BINARY(floor_divide, "//")
BINARY(true_divide, "/")
BINARY(matrix_multiply, "@")

static PyObject *
amount_power(PyObject *left, PyObject *right, PyObject *modulus)
{
    long a, b;
    if (!amount_value(left, &a) || !amount_value(right, &b)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return PyUnicode_FromFormat("%ld**%ld mod %R", a, b, modulus);
}

static PyObject *
amount_negative(Amount *self)
{
    return amount_make(-self->value);
}

static PyObject *
amount_positive(PyObject *self)
{
    return Py_NewRef(self);
}

static PyObject *
amount_absolute(Amount *self)
{
    return amount_make(labs(self->value));
}

static int
amount_bool(Amount *self)
{
    if (self->value == 666) {
        PyErr_SetString(PyExc_ValueError, "neither true nor false");
        return -1;
    }
    return self->value != 0;
}

static PyObject *
amount_invert(Amount *self)
{
    return amount_make(~self->value);
}

static PyObject *
amount_int(Amount *self)
{
    return PyLong_FromLong(self->value);
}

static PyObject *
amount_float(Amount *self)
{
    return PyFloat_FromDouble((double)self->value);
}

static PyObject *
amount_inplace_add(Amount *self, PyObject *other)
{
    long more;
    if (!amount_value(other, &more)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    self->value += more;
    return Py_NewRef(self);
}

static int
amount_init(Amount *self, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"value", NULL};
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|l:Amount", names, &self->value) ? 0 : -1;
}

static PyObject *
amount_repr(Amount *self)
{
    return PyUnicode_FromFormat("Amount(%ld)", self->value);
}

static PyObject *
amount_str(Amount *self)
{
    return PyUnicode_FromFormat("%ld euro", self->value);
}

static Py_hash_t
amount_hash(Amount *self)
{
    /* -1 would mean an error. */
    return self->value == -1 ? -2 : self->value;
}

static PyObject *
amount_compare(PyObject *left, PyObject *right, int operation)
{
    long a, b;
    if (!amount_value(left, &a) || !amount_value(right, &b)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_RICHCOMPARE(a, b, operation);
}

static PyObject *
amount_call(Amount *self, PyObject *arguments, PyObject *keywords)
{
    return Py_BuildValue("(lOO)", self->value, arguments, keywords ? keywords : Py_None);
}

static PyNumberMethods amount_number = {
    .nb_add = amount_add,
    .nb_subtract = amount_subtract,
    .nb_multiply = amount_multiply,
    .nb_remainder = amount_remainder,
    .nb_divmod = amount_divmod,
    .nb_power = amount_power,
    .nb_negative = (unaryfunc)amount_negative,
    .nb_positive = amount_positive,
    .nb_absolute = (unaryfunc)amount_absolute,
    .nb_bool = (inquiry)amount_bool,
    .nb_invert = (unaryfunc)amount_invert,
    .nb_lshift = amount_lshift,
    .nb_rshift = amount_rshift,
    .nb_and = amount_and,
    .nb_xor = amount_xor,
    .nb_or = amount_or,
    .nb_int = (unaryfunc)amount_int,
    .nb_float = (unaryfunc)amount_float,
    .nb_inplace_add = (binaryfunc)amount_inplace_add,
    .nb_floor_divide = amount_floor_divide,
    .nb_true_divide = amount_true_divide,
    .nb_index = (unaryfunc)amount_int,
    .nb_matrix_multiply = amount_matrix_multiply,
};

static PyTypeObject Amount_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Amount",
    .tp_doc = "Amount(value=0)\n--\n\nA number of euros.",
    .tp_basicsize = sizeof(Amount),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)amount_init,
    .tp_repr = (reprfunc)amount_repr,
    .tp_str = (reprfunc)amount_str,
    .tp_hash = (hashfunc)amount_hash,
    .tp_richcompare = amount_compare,
    .tp_call = (ternaryfunc)amount_call,
    .tp_as_number = &amount_number,
};

/* Row: a sequence and a mapping of variable size, with its items inside the object. */
typedef struct {
    PyObject_VAR_HEAD
    PyObject *items[1];
} Row;

static PyTypeObject Row_Type, RowIterator_Type;

static PyObject *
row_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Py_ssize_t size = PyTuple_GET_SIZE(arguments);
    Row *self = (Row *)type->tp_alloc(type, size);
    for (Py_ssize_t i = 0; self && i < size; i++) {
        self->items[i] = Py_NewRef(PyTuple_GET_ITEM(arguments, i));
    }
    return (PyObject *)self;
}

static int
row_traverse(Row *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        Py_VISIT(self->items[i]);
    }
    return 0;
}

static int
row_clear(Row *self)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        Py_CLEAR(self->items[i]);
    }
    return 0;
}

static void
row_dealloc(Row *self)
{
    PyObject_GC_UnTrack(self);
    row_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static Py_ssize_t
row_length(Row *self)
{
    return Py_SIZE(self);
}

static PyObject *
row_item(Row *self, Py_ssize_t at)
{
    if (at < 0 || at >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "beyond the row");
        return NULL;
    }
    return Py_NewRef(self->items[at]);
}

static int
row_set_item(Row *self, Py_ssize_t at, PyObject *value)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "a row keeps its length");
        return -1;
    }
    if (at < 0 || at >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "beyond the row");
        return -1;
    }
    Py_SETREF(self->items[at], Py_NewRef(value));
    return 0;
}

static int
row_contains(Row *self, PyObject *item)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        int equal = PyObject_RichCompareBool(self->items[i], item, Py_EQ);
        if (equal) {
            return equal;
        }
    }
    return 0;
}

static PyObject *
row_concat(Row *self, PyObject *other)
{
    return Py_BuildValue("(snO)", "concat", Py_SIZE(self), other);
}

static PyObject *
row_repeat(Row *self, Py_ssize_t times)
{
    return Py_BuildValue("(snn)", "repeat", Py_SIZE(self), times);
}

static PyObject *
row_subscript(Row *self, PyObject *key)
{
    if (PyUnicode_Check(key)) {
        return PyUnicode_FromFormat("<%U>", key);
    }
    if (PySlice_Check(key)) {
        Py_ssize_t start, stop, step;
        if (PySlice_Unpack(key, &start, &stop, &step) < 0) {
            return NULL;
        }
        Py_ssize_t length = PySlice_AdjustIndices(Py_SIZE(self), &start, &stop, step);
        PyObject *list = PyList_New(length);
        for (Py_ssize_t i = 0; list && i < length; i++) {
            PyList_SET_ITEM(list, i, Py_NewRef(self->items[start + i * step]));
        }
        return list;
    }
    Py_ssize_t at = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (at == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return row_item(self, at < 0 ? at + Py_SIZE(self) : at);
}

/* An iterator type of its own. */
typedef struct {
    PyObject_HEAD
    Row *row;
    Py_ssize_t at;
} RowIterator;

static PyObject *
row_iter(Row *self)
{
    RowIterator *iterator = PyObject_GC_New(RowIterator, &RowIterator_Type);
    if (iterator) {
        iterator->row = (Row *)Py_NewRef(self);
        iterator->at = 0;
        PyObject_GC_Track(iterator);
    }
    return (PyObject *)iterator;
}

static PyObject *
row_iterator_next(RowIterator *self)
{
    /* The end: NULL without an exception. */
    return self->at < Py_SIZE(self->row) ? Py_NewRef(self->row->items[self->at++]) : NULL;
}

static int
row_iterator_traverse(RowIterator *self, visitproc visit, void *arg)
{
    Py_VISIT(self->row);
    return 0;
}

static void
row_iterator_dealloc(RowIterator *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->row);
    PyObject_GC_Del(self);
}

static PyTypeObject RowIterator_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.RowIterator",
    .tp_basicsize = sizeof(RowIterator),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)row_iterator_traverse,
    .tp_dealloc = (destructor)row_iterator_dealloc,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)row_iterator_next,
};

static PySequenceMethods row_sequence = {
    .sq_length = (lenfunc)row_length,
    .sq_concat = (binaryfunc)row_concat,
    .sq_repeat = (ssizeargfunc)row_repeat,
    .sq_item = (ssizeargfunc)row_item,
    .sq_ass_item = (ssizeobjargproc)row_set_item,
    .sq_contains = (objobjproc)row_contains,
};

static PyMappingMethods row_mapping = {
    .mp_length = (lenfunc)row_length,
    .mp_subscript = (binaryfunc)row_subscript,
};

static PyTypeObject Row_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Row",
    .tp_basicsize = offsetof(Row, items),
    .tp_itemsize = sizeof(PyObject *),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = row_new,
    .tp_traverse = (traverseproc)row_traverse,
    .tp_clear = (inquiry)row_clear,
    .tp_dealloc = (destructor)row_dealloc,
    .tp_as_sequence = &row_sequence,
    .tp_as_mapping = &row_mapping,
    .tp_iter = (getiterfunc)row_iter,
};

/* Base and Derived: slots inherited, one overridden, __dict__ and weakrefs by offset, getset with closures. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weak_references;
    PyObject *payload;
} Base;

typedef struct {
    Base base;
    long extra;
} Derived;

static int
base_traverse(Base *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    Py_VISIT(self->payload);
    return 0;
}

static int
base_clear(Base *self)
{
    Py_CLEAR(self->dict);
    Py_CLEAR(self->payload);
    return 0;
}

static void
base_dealloc(Base *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weak_references) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    base_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *
base_get(Base *self, void *closure)
{
    if (closure) {
        return PyUnicode_FromString((const char *)closure);
    }
    return Py_NewRef(self->payload ? self->payload : Py_None);
}

static int
base_set(Base *self, PyObject *value, void *closure)
{
    /* NULL: `del` */
    Py_XSETREF(self->payload, Py_XNewRef(value));
    return 0;
}

static PyObject *
base_who(PyObject *self, PyObject *unused)
{
    return PyUnicode_FromFormat("base method of %s", Py_TYPE(self)->tp_name);
}

static PyObject *
base_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<%s>", Py_TYPE(self)->tp_name);
}

static PyObject *
base_getattro(PyObject *self, PyObject *name)
{
    PyObject *found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return found;
    }
    /* Our own exception stays set where the name is none of ours. */
    if (strncmp(PyUnicode_AsUTF8(name), "magic_", 6) != 0) {
        return NULL;
    }
    PyErr_Clear();
    return PyUnicode_FromFormat("conjured %U", name);
}

static int
base_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    if (PyUnicode_CompareWithASCIIString(name, "forbidden") == 0) {
        PyErr_Format(PyExc_AttributeError, "%s of %U is forbidden", value ? "setting" : "deleting", name);
        return -1;
    }
    return PyObject_GenericSetAttr(self, name, value);
}

static PyGetSetDef base_getset[] = {
    {"payload", (getter)base_get, (setter)base_set, "What it carries.", NULL},
    {"motto", (getter)base_get, NULL, NULL, "from the closure"},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {0},
};

static PyMethodDef base_methods[] = {{"who", base_who, METH_NOARGS, NULL}, {0}};

static PyTypeObject Base_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Base",
    .tp_basicsize = sizeof(Base),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_traverse = (traverseproc)base_traverse,
    .tp_clear = (inquiry)base_clear,
    .tp_dealloc = (destructor)base_dealloc,
    .tp_dictoffset = offsetof(Base, dict),
    .tp_weaklistoffset = offsetof(Base, weak_references),
    .tp_getset = base_getset,
    .tp_methods = base_methods,
    .tp_repr = base_repr,
    .tp_getattro = base_getattro,
    .tp_setattro = base_setattro,
};

static int
derived_init(Derived *self, PyObject *arguments, PyObject *keywords)
{
    self->extra = PyTuple_GET_SIZE(arguments);
    return 0;
}

static PyMemberDef derived_members[] = {{"extra", Py_T_LONG, offsetof(Derived, extra), Py_READONLY, NULL}, {0}};

static PyTypeObject Derived_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Derived",
    .tp_basicsize = sizeof(Derived),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &Base_Type,
    .tp_init = (initproc)derived_init,
    .tp_members = derived_members,
};

/* What PyType_Ready made of the two: inherited slots are the base's own pointers. */
static PyObject *
inherited(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:n}", "traverse", Derived_Type.tp_traverse == Base_Type.tp_traverse, "dealloc",
                         Derived_Type.tp_dealloc == Base_Type.tp_dealloc, "repr", Derived_Type.tp_repr == base_repr, "getattro",
                         Derived_Type.tp_getattro == base_getattro, "gc", PyType_HasFeature(&Derived_Type, Py_TPFLAGS_HAVE_GC) != 0, "dictoffset",
                         Derived_Type.tp_dictoffset == Base_Type.tp_dictoffset, "own init", Derived_Type.tp_init == (initproc)derived_init,
                         "mro", PyTuple_GET_SIZE(Derived_Type.tp_mro));
}

/* Descriptor: tp_descr_get and tp_descr_set. */
static PyObject *
descriptor_get(PyObject *self, PyObject *object, PyObject *type)
{
    return Py_BuildValue("(sNN)", "get", object ? PyObject_Repr(object) : Py_NewRef(Py_None),
                         type ? PyObject_GetAttrString(type, "__name__") : Py_NewRef(Py_None));
}

static int
descriptor_set(PyObject *self, PyObject *object, PyObject *value)
{
    PyErr_Format(PyExc_ValueError, "%s %R", value ? "set to" : "deleted", value ? value : Py_None);
    return -1;
}

static PyTypeObject Descriptor_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Descriptor",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_descr_get = descriptor_get,
    .tp_descr_set = descriptor_set,
};

/* Sealed: cannot be made by Python, nor derived from. */
static PyTypeObject Sealed_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_static.Sealed",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

static PyObject *
make_sealed(PyObject *self, PyObject *unused)
{
    return _PyObject_New(&Sealed_Type);
}

static int
fill(PyObject *module)
{
    PyTypeObject *types[] = {&Fields_Type, &Amount_Type, &Row_Type, &RowIterator_Type, &Base_Type, &Derived_Type, &Descriptor_Type, &Sealed_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyType_Ready(types[i]) < 0 || PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    /* A constant in a static type's dict, as many modules add one after PyType_Ready. */
    PyObject *largest = amount_make(1000);
    int status = largest ? PyDict_SetItemString(Amount_Type.tp_dict, "LARGEST", largest) : -1;
    Py_XDECREF(largest);
    PyType_Modified(&Amount_Type);
    return status;
}

/* set_doc(type or function, text, bytes or None): as extensions do that bring their documentation in a file of its own. */
static PyObject *
set_doc(PyObject *self, PyObject *args)
{
    PyObject *object;
    Py_buffer text;
    if (!PyArg_ParseTuple(args, "Oz*:set_doc", &object, &text)) {
        return NULL;
    }
    const char *doc = text.buf == NULL ? NULL : strdup(text.buf);
    if (PyCFunction_Check(object)) {
        ((PyCFunctionObject *)object)->m_ml->ml_doc = doc;
    } else {
        ((PyTypeObject *)object)->tp_doc = doc;
    }
    PyBuffer_Release(&text);
    Py_RETURN_NONE;
}

/* documented(bytes, kind): a type or a module that is made with this documentation. */
static PyObject *
documented(PyObject *self, PyObject *args)
{
    const char *text, *kind;
    if (!PyArg_ParseTuple(args, "ys:documented", &text, &kind)) {
        return NULL;
    }
    if (strcmp(kind, "heap") == 0) {
        PyType_Slot slots[] = {{Py_tp_doc, (void *)text}, {0}};
        PyType_Spec spec = {.name = "ext_static.Documented", .flags = Py_TPFLAGS_DEFAULT, .slots = slots};
        return PyType_FromSpec(&spec);
    }
    if (strcmp(kind, "static") == 0) {
        PyTypeObject *type = PyMem_RawCalloc(1, sizeof(*type));
        *type = (PyTypeObject){PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_static.Documented", .tp_doc = strdup(text)};
        return PyType_Ready(type) < 0 ? NULL : Py_NewRef(type);
    }
    PyObject *module = PyModule_New("documented");
    return module == NULL || PyModule_SetDocString(module, text) < 0 ? NULL : module;
}

static PyMethodDef functions[] = {
    {"inherited", inherited, METH_NOARGS, NULL},
    {"make_sealed", make_sealed, METH_NOARGS, NULL},
    {"set_doc", set_doc, METH_VARARGS, NULL},
    {"documented", documented, METH_VARARGS, NULL},
    {0},
};

MODULE(ext_static, "Static types.", functions, fill)
