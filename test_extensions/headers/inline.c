/* An extension that uses what the headers define inline. run.py builds it with our headers and with CPython's, loads both
 * in CPython, and compares what they return: the inline code must read and write the same fields. */
#include <Python.h>
#include <datetime.h>
#include <structmember.h>

/* ---- a static type with members, a getter and slots ---- */

typedef struct {
    PyObject_HEAD
    PyObject *object;
    int number;
    char flag;
} Thing;

static int thing_traverse(Thing *self, visitproc visit, void *arg)
{
    Py_VISIT(self->object);
    return 0;
}

static int thing_clear(Thing *self)
{
    Py_CLEAR(self->object);
    return 0;
}

static void thing_dealloc(Thing *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, thing_dealloc)
    thing_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
    Py_TRASHCAN_END
}

static PyObject *thing_set(Thing *self, PyObject *value)
{
    Py_XSETREF(self->object, Py_NewRef(value));
    Py_RETURN_NONE;
}

static PyObject *thing_compare(PyObject *self, PyObject *other, int op)
{
    if (!Py_IS_TYPE(other, Py_TYPE(self))) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_RICHCOMPARE(((Thing *)self)->number, ((Thing *)other)->number, op);
}

static PyObject *thing_double(Thing *self, void *Py_UNUSED(closure))
{
    return PyLong_FromLong(2L * self->number);
}

static PyMemberDef thing_members[] = {
    {"object", Py_T_OBJECT_EX, offsetof(Thing, object), Py_READONLY, NULL},
    {"number", T_INT, offsetof(Thing, number), 0, NULL},
    {"flag", T_BOOL, offsetof(Thing, flag), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef thing_getset[] = {{"double", (getter)thing_double, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyMethodDef thing_methods[] = {{"set", _PyCFunction_CAST(thing_set), METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyTypeObject Thing_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "inline.Thing",
    .tp_basicsize = sizeof(Thing),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = (destructor)thing_dealloc,
    .tp_traverse = (traverseproc)thing_traverse,
    .tp_clear = (inquiry)thing_clear,
    .tp_richcompare = thing_compare,
    .tp_members = thing_members,
    .tp_getset = thing_getset,
    .tp_methods = thing_methods,
    .tp_new = PyType_GenericNew,
};

/* ---- what each kind of object shows ---- */

static PyObject *describe_str(PyObject *s)
{
    PyObject *copy = PyUnicode_New(PyUnicode_GET_LENGTH(s), PyUnicode_MAX_CHAR_VALUE(s));
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(s); i++) {
        Py_UCS4 c = PyUnicode_READ(PyUnicode_KIND(s), PyUnicode_DATA(s), i);
        if (c != PyUnicode_READ_CHAR(s, i)) {
            return NULL;
        }
        PyUnicode_WRITE(PyUnicode_KIND(copy), PyUnicode_DATA(copy), i, c);
    }
    return Py_BuildValue("(iiiiIniN)", PyUnicode_KIND(s), PyUnicode_IS_ASCII(s), PyUnicode_IS_COMPACT(s),
                         PyUnicode_IS_COMPACT_ASCII(s), PyUnicode_MAX_CHAR_VALUE(s), PyUnicode_GET_LENGTH(s),
                         PyUnicode_CHECK_INTERNED(s), copy);
}

static PyObject *describe_int(PyObject *o)
{
    PyLongObject *number = (PyLongObject *)o;
    int compact = PyUnstable_Long_IsCompact(number);
    return Py_BuildValue("(ink)", compact, compact ? PyUnstable_Long_CompactValue(number) : 0,
                         (unsigned long)number->long_value.ob_digit[0]);
}

static PyObject *describe_datetime(PyObject *o)
{
    return Py_BuildValue("(iiiiiiiiO)", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o),
                         PyDateTime_DATE_GET_HOUR(o), PyDateTime_DATE_GET_MINUTE(o), PyDateTime_DATE_GET_SECOND(o),
                         PyDateTime_DATE_GET_MICROSECOND(o), PyDateTime_DATE_GET_FOLD(o), PyDateTime_DATE_GET_TZINFO(o));
}

static PyObject *describe_list(PyObject *o)
{
    PyObject *tuple = PyTuple_New(PyList_GET_SIZE(o));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(o); i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(PyList_GET_ITEM(o, i)));
    }
    return tuple;
}

static PyObject *describe_tuple(PyObject *o)
{
    PyObject *list = PyList_New(PyTuple_GET_SIZE(o));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(o); i++) {
        PyList_SET_ITEM(list, i, Py_NewRef(PySequence_Fast_GET_ITEM(o, i)));
    }
    return list;
}

static PyObject *describe_value(PyObject *o)
{
    if (PyBool_Check(o)) {
        return Py_BuildValue("(ii)", Py_IsTrue(o), Py_IsFalse(o));
    }
    if (PyLong_Check(o)) {
        return describe_int(o);
    }
    if (PyFloat_Check(o)) {
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(o));
    }
    if (PyComplex_Check(o)) {
        return PyComplex_FromCComplex(((PyComplexObject *)o)->cval);
    }
    if (PyUnicode_Check(o)) {
        return describe_str(o);
    }
    if (PyBytes_Check(o)) {
        return Py_BuildValue("(y#n)", PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), PyBytes_GET_SIZE(o));
    }
    if (PyByteArray_Check(o)) {
        return Py_BuildValue("(y#)", PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o));
    }
    if (PyList_Check(o)) {
        return describe_list(o);
    }
    if (PyTuple_Check(o)) {
        return describe_tuple(o);
    }
    if (PyDict_Check(o)) {
        return PyLong_FromSsize_t(PyDict_GET_SIZE(o));
    }
    if (PyAnySet_Check(o)) {
        return Py_BuildValue("(nii)", PySet_GET_SIZE(o), PySet_Check(o), PyFrozenSet_CheckExact(o));
    }
    if (PyMemoryView_Check(o)) {
        return Py_BuildValue("(nO)", PyMemoryView_GET_BUFFER(o)->len, PyMemoryView_GET_BASE(o));
    }
    if (PyCFunction_Check(o)) {
        return Py_BuildValue("(iO)", PyCFunction_GET_FLAGS(o), PyCFunction_GET_SELF(o) ? PyCFunction_GET_SELF(o) : Py_None);
    }
    if (PyFunction_Check(o)) {
        PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(o);
        return Py_BuildValue("(OOiin)", PyFunction_GET_MODULE(o), code->co_name, code->co_argcount, code->co_flags,
                             PyCode_GetNumFree(code));
    }
    if (PyMethod_Check(o)) {
        return Py_BuildValue("(OO)", PyMethod_GET_FUNCTION(o), PyMethod_GET_SELF(o));
    }
    if (PyCell_Check(o)) {
        return Py_XNewRef(PyCell_GET(o));
    }
    if (PySlice_Check(o)) {
        PySliceObject *slice = (PySliceObject *)o;
        return Py_BuildValue("(OOO)", slice->start, slice->stop, slice->step);
    }
    if (PyType_Check(o)) {
        PyTypeObject *type = (PyTypeObject *)o;
        return Py_BuildValue("(snnkii)", type->tp_name, type->tp_basicsize, type->tp_itemsize, type->tp_flags,
                             PyType_HasFeature(type, Py_TPFLAGS_BASETYPE), PyType_IS_GC(type));
    }
    if (PyDateTime_Check(o)) {
        return describe_datetime(o);
    }
    if (PyDelta_Check(o)) {
        return Py_BuildValue("(iii)", PyDateTime_DELTA_GET_DAYS(o), PyDateTime_DELTA_GET_SECONDS(o),
                             PyDateTime_DELTA_GET_MICROSECONDS(o));
    }
    Py_RETURN_NONE;
}

static PyObject *describe(PyObject *Py_UNUSED(self), PyObject *o)
{
    return Py_BuildValue("(iiiiN)", PyObject_TypeCheck(o, &PyLong_Type), _Py_IsImmortal(o), PyExceptionInstance_Check(o),
                         PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_DICT_SUBCLASS), describe_value(o));
}

/* Counts after taking and giving back references, of what may die and of what may not. */
static PyObject *counts(PyObject *Py_UNUSED(self), PyObject *o)
{
    Py_ssize_t before = Py_REFCNT(o);
    Py_INCREF(o);
    Py_ssize_t more = Py_REFCNT(o) - before;
    Py_XINCREF(o);
    Py_DECREF(o);
    Py_XDECREF(o);
    Py_XDECREF(NULL);
    Py_ssize_t none = Py_REFCNT(Py_None);
    Py_INCREF(Py_None);
    Py_DECREF(Py_None);
    Py_DECREF(Py_None);
    return Py_BuildValue("(nnnn)", more, Py_REFCNT(o) - before, none, Py_REFCNT(Py_None) - none);
}

static PyObject *pending(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(none))
{
    PyErr_SetString(PyExc_KeyError, "pending");
    PyObject *exception = Py_XNewRef(PyThreadState_Get()->current_exception);
    PyErr_Clear();
    return Py_BuildValue("(NOi)", exception, PyThreadState_Get()->current_exception ? Py_True : Py_False,
                         PyThreadState_Get()->c_recursion_remaining > 0);
}

/* Both conventions: the arguments' count carries a flag bit. */
static PyObject *fast(PyObject *Py_UNUSED(self), PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    PyObject *result = PyList_New(0);
    for (Py_ssize_t i = 0; i < PyVectorcall_NARGS((size_t)nargs); i++) {
        PyObject *repr = PyObject_CallMethodNoArgs(args[i], PyUnicode_InternFromString("__repr__"));
        PyList_Append(result, repr);
        Py_DECREF(repr);
    }
    Py_BEGIN_ALLOW_THREADS
    Py_BLOCK_THREADS
    PyList_Append(result, kwnames ? kwnames : Py_None);
    Py_UNBLOCK_THREADS
    Py_END_ALLOW_THREADS
    return result;
}

static PyMethodDef methods[] = {
    {"describe", describe, METH_O, NULL},
    {"counts", counts, METH_O, NULL},
    {"pending", pending, METH_NOARGS, NULL},
    {"fast", _PyCFunction_CAST(fast), METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static int execute(PyObject *module)
{
    PyDateTime_IMPORT;
    return PyDateTimeAPI == NULL || PyModule_AddType(module, &Thing_Type) < 0 || PyModule_AddIntMacro(module, METH_O) < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)execute},
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_USED},
    {0, NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "inline", .m_slots = slots, .m_methods = methods};

PyMODINIT_FUNC PyInit_inline(void)
{
    return PyModuleDef_Init(&definition);
}
