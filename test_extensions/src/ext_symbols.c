/* The data of the API, each symbol by its own name: types, exceptions, singletons. Python asks what lies there; C reads the type's
   fields and uses it as extensions do. */
#include "common.h"

/* Exported, and not declared by every header. */
extern PyTypeObject _PyNone_Type, _PyNotImplemented_Type, _PyUnion_Type, _PyAsyncGenASend_Type;
extern PyTypeObject _PyWeakref_RefType, _PyWeakref_ProxyType, _PyWeakref_CallableProxyType;

extern PyObject *PyExc_InterpreterError, *PyExc_InterpreterNotFoundError;

#define EXCEPTIONS(X)                                                                                                              \
    X(PyExc_ArithmeticError) X(PyExc_AssertionError) X(PyExc_AttributeError) X(PyExc_BaseException) X(PyExc_BaseExceptionGroup)    \
    X(PyExc_BlockingIOError) X(PyExc_BrokenPipeError) X(PyExc_BufferError) X(PyExc_BytesWarning) X(PyExc_ChildProcessError)        \
    X(PyExc_ConnectionAbortedError) X(PyExc_ConnectionError) X(PyExc_ConnectionRefusedError) X(PyExc_ConnectionResetError)         \
    X(PyExc_DeprecationWarning) X(PyExc_EOFError) X(PyExc_EncodingWarning) X(PyExc_EnvironmentError) X(PyExc_Exception)            \
    X(PyExc_FileExistsError) X(PyExc_FileNotFoundError) X(PyExc_FloatingPointError) X(PyExc_FutureWarning) X(PyExc_GeneratorExit)  \
    X(PyExc_IOError) X(PyExc_ImportError) X(PyExc_ImportWarning) X(PyExc_IndentationError) X(PyExc_IndexError)                     \
    X(PyExc_InterpreterError) X(PyExc_InterpreterNotFoundError) X(PyExc_InterruptedError) X(PyExc_IsADirectoryError)               \
    X(PyExc_KeyError) X(PyExc_KeyboardInterrupt) X(PyExc_LookupError)                                                              \
    X(PyExc_MemoryError) X(PyExc_ModuleNotFoundError) X(PyExc_NameError) X(PyExc_NotADirectoryError) X(PyExc_NotImplementedError)  \
    X(PyExc_OSError) X(PyExc_OverflowError) X(PyExc_PendingDeprecationWarning) X(PyExc_PermissionError)                            \
    X(PyExc_ProcessLookupError) X(PyExc_PythonFinalizationError) X(PyExc_RecursionError) X(PyExc_ReferenceError)                   \
    X(PyExc_ResourceWarning) X(PyExc_RuntimeError) X(PyExc_RuntimeWarning) X(PyExc_StopAsyncIteration) X(PyExc_StopIteration)      \
    X(PyExc_SyntaxError) X(PyExc_SyntaxWarning) X(PyExc_SystemError) X(PyExc_SystemExit) X(PyExc_TabError) X(PyExc_TimeoutError)   \
    X(PyExc_TypeError) X(PyExc_UnboundLocalError) X(PyExc_UnicodeDecodeError) X(PyExc_UnicodeEncodeError) X(PyExc_UnicodeError)    \
    X(PyExc_UnicodeTranslateError) X(PyExc_UnicodeWarning) X(PyExc_UserWarning) X(PyExc_ValueError) X(PyExc_Warning)               \
    X(PyExc_ZeroDivisionError)

#define TYPES(X)                                                                                                                   \
    X(PyAsyncGen_Type) X(PyBaseObject_Type) X(PyBool_Type) X(PyByteArrayIter_Type) X(PyByteArray_Type) X(PyBytesIter_Type)         \
    X(PyBytes_Type) X(PyCFunction_Type) X(PyCMethod_Type) X(PyCallIter_Type) X(PyCapsule_Type) X(PyCell_Type)                      \
    X(PyClassMethodDescr_Type) X(PyClassMethod_Type) X(PyCode_Type) X(PyComplex_Type) X(PyContextToken_Type) X(PyContextVar_Type)  \
    X(PyContext_Type) X(PyCoro_Type) X(PyDictItems_Type) X(PyDictIterItem_Type) X(PyDictIterKey_Type) X(PyDictIterValue_Type)      \
    X(PyDictKeys_Type) X(PyDictProxy_Type) X(PyDictRevIterItem_Type) X(PyDictRevIterKey_Type) X(PyDictRevIterValue_Type)           \
    X(PyDictValues_Type) X(PyDict_Type) X(PyEllipsis_Type) X(PyEnum_Type) X(PyFilter_Type) X(PyFloat_Type)                         \
    X(PyFrameLocalsProxy_Type) X(PyFrame_Type) X(PyFrozenSet_Type) X(PyFunction_Type) X(PyGen_Type) X(PyGetSetDescr_Type)          \
    X(PyInstanceMethod_Type) X(PyListIter_Type) X(PyListRevIter_Type) X(PyList_Type) X(PyLongRangeIter_Type) X(PyLong_Type)        \
    X(PyMap_Type) X(PyMemberDescr_Type) X(PyMemoryView_Type) X(PyMethodDescr_Type) X(PyMethod_Type) X(PyModuleDef_Type)            \
    X(PyModule_Type) X(PyODictItems_Type) X(PyODictIter_Type) X(PyODictKeys_Type) X(PyODictValues_Type) X(PyODict_Type)            \
    X(PyPickleBuffer_Type) X(PyProperty_Type) X(PyRangeIter_Type) X(PyRange_Type) X(PyReversed_Type) X(PySeqIter_Type)             \
    X(PySetIter_Type) X(PySet_Type) X(PySlice_Type) X(PyStaticMethod_Type) X(PyStdPrinter_Type) X(PySuper_Type)                    \
    X(PyTraceBack_Type) X(PyTupleIter_Type) X(PyTuple_Type) X(PyType_Type) X(PyUnicodeIter_Type) X(PyUnicode_Type)                 \
    X(PyWrapperDescr_Type) X(PyZip_Type) X(Py_GenericAliasType) X(_PyAsyncGenASend_Type) X(_PyNone_Type)                           \
    X(_PyNotImplemented_Type) X(_PyUnion_Type) X(_PyWeakref_CallableProxyType) X(_PyWeakref_ProxyType) X(_PyWeakref_RefType)

static int
add_exception(PyObject *dict, const char *name, PyObject *exception)
{
    return PyExceptionClass_Check(exception) ? PyDict_SetItemString(dict, name, exception) : -1;
}

/* name -> class */
static PyObject *
exceptions(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyDict_New();
    int status = dict ? 0 : -1;
#define ADD_EXCEPTION(name) status = status < 0 ? status : add_exception(dict, #name, name);
    EXCEPTIONS(ADD_EXCEPTION)
    if (status < 0) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* name -> type */
static PyObject *
types(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyDict_New();
    int status = dict ? 0 : -1;
#define ADD_TYPE(name) status = status < 0 ? status : PyDict_SetItemString(dict, #name, (PyObject *)&name);
    TYPES(ADD_TYPE)
    if (status < 0) {
        Py_CLEAR(dict);
    }
    return dict;
}

/* Which of the types' symbols is this object's type, by address. */
static PyObject *
symbol_of(PyObject *self, PyObject *object)
{
#define IS_TYPE(name)                                                                                                              \
    if (Py_IS_TYPE(object, &name)) {                                                                                               \
        return PyUnicode_FromString(#name);                                                                                        \
    }
    TYPES(IS_TYPE)
    return PyUnicode_FromFormat("%s, which has no symbol", Py_TYPE(object)->tp_name);
}

/* What C reads of a type: tp_name, whether it may be a base, collects, is immutable, is a heap type; what it is a subclass of. */
static PyObject *
fields(PyObject *self, PyObject *object)
{
    if (!PyType_Check(object)) {
        return PyErr_Format(PyExc_TypeError, "no type: %R", object);
    }
    static const struct {
        const char *name;
        unsigned long flag;
    } flags[] = {
        {"base", Py_TPFLAGS_BASETYPE},   {"gc", Py_TPFLAGS_HAVE_GC},       {"immutable", Py_TPFLAGS_IMMUTABLETYPE},
        {"heap", Py_TPFLAGS_HEAPTYPE},   {"int", Py_TPFLAGS_LONG_SUBCLASS}, {"list", Py_TPFLAGS_LIST_SUBCLASS},
        {"tuple", Py_TPFLAGS_TUPLE_SUBCLASS}, {"bytes", Py_TPFLAGS_BYTES_SUBCLASS}, {"str", Py_TPFLAGS_UNICODE_SUBCLASS},
        {"dict", Py_TPFLAGS_DICT_SUBCLASS}, {"exception", Py_TPFLAGS_BASE_EXC_SUBCLASS}, {"type", Py_TPFLAGS_TYPE_SUBCLASS},
        {"sequence", Py_TPFLAGS_SEQUENCE}, {"mapping", Py_TPFLAGS_MAPPING}, {"method", Py_TPFLAGS_METHOD_DESCRIPTOR},
        {"vectorcall", Py_TPFLAGS_HAVE_VECTORCALL}, {"abstract", Py_TPFLAGS_IS_ABSTRACT}, {"ready", Py_TPFLAGS_READY},
        {"no instances", Py_TPFLAGS_DISALLOW_INSTANTIATION},
    };
    PyTypeObject *type = (PyTypeObject *)object;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < Py_ARRAY_LENGTH(flags); i++) {
        PyObject *name = PyType_HasFeature(type, flags[i].flag) ? PyUnicode_FromString(flags[i].name) : NULL;
        if (name && PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(name);
    }
    return Py_BuildValue("(sON)", type->tp_name, type->tp_base ? (PyObject *)type->tp_base : Py_None, list);
}

/* PyType_IsSubtype, which wheels use with these types and their own. */
static PyObject *
is_subtype(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type, *base;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyType_Type, &type, &PyType_Type, &base)) {
        return NULL;
    }
    return PyBool_FromLong(PyType_IsSubtype(type, base));
}

/* Raise it with a text, see that it has been raised, and let it go on. */
static PyObject *
raised(PyObject *self, PyObject *arguments)
{
    PyObject *exception;
    const char *text;
    if (!PyArg_ParseTuple(arguments, "Os", &exception, &text)) {
        return NULL;
    }
    PyErr_SetString(exception, text);
    if (!PyErr_ExceptionMatches(PyExc_BaseException)) {
        PyErr_SetString(PyExc_AssertionError, "no exception");
    }
    return NULL;
}

static PyObject *
singletons(PyObject *self, PyObject *unused)
{
    PyTypeObject *types[] = {Py_TYPE(&_Py_NoneStruct), Py_TYPE(&_Py_EllipsisObject), Py_TYPE(&_Py_NotImplementedStruct),
                             Py_TYPE((PyObject *)&_Py_TrueStruct), Py_TYPE((PyObject *)&_Py_FalseStruct)};
    return Py_BuildValue("[OOOOOsssss]", &_Py_NoneStruct, &_Py_EllipsisObject, &_Py_NotImplementedStruct, &_Py_TrueStruct, &_Py_FalseStruct,
                         types[0]->tp_name, types[1]->tp_name, types[2]->tp_name, types[3]->tp_name, types[4]->tp_name);
}

/* Which singleton this is by address, and by the functions that ask. */
static PyObject *
which(PyObject *self, PyObject *object)
{
    const char *name = object == &_Py_NoneStruct               ? "None"
                       : object == &_Py_EllipsisObject         ? "Ellipsis"
                       : object == &_Py_NotImplementedStruct   ? "NotImplemented"
                       : object == (PyObject *)&_Py_TrueStruct ? "True"
                       : object == (PyObject *)&_Py_FalseStruct ? "False"
                                                               : "none of them";
    return Py_BuildValue("(siiii)", name, (Py_IsNone)(object), (Py_IsTrue)(object), (Py_IsFalse)(object), (Py_Is)(object, Py_Ellipsis));
}

/* None lives for ever, whatever is counted. */
static PyObject *
dropped(PyObject *self, PyObject *unused)
{
    for (int i = 0; i < 100000; i++) {
        Py_DECREF(&_Py_NoneStruct);
        Py_DECREF((PyObject *)&_Py_TrueStruct);
    }
    return Py_BuildValue("(ii)", Py_REFCNT(&_Py_NoneStruct) > 0, Py_REFCNT((PyObject *)&_Py_TrueStruct) > 0);
}

static PyObject *
constants(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (unsigned int i = 0; list && i <= Py_CONSTANT_EMPTY_TUPLE + 1; i++) {
        PyObject *borrowed = Py_GetConstantBorrowed(i);
        if (borrowed == NULL) {
            break;
        }
        PyObject *same = Py_GetConstant(i);
        PyObject *pair = Py_BuildValue("(Oi)", borrowed, same == borrowed);
        Py_XDECREF(same);
        int status = pair ? PyList_Append(list, pair) : -1;
        Py_XDECREF(pair);
        if (status < 0) {
            Py_CLEAR(list);
        }
    }
    if (list && PyErr_Occurred()) {
        PyErr_Clear();
        return Py_BuildValue("(Ns)", list, "then an exception");
    }
    return list;
}

/* An empty bytearray's storage is this one byte. */
static PyObject *
empty_storage(PyObject *self, PyObject *bytearray)
{
    if (!PyByteArray_Check(bytearray)) {
        return PyErr_Format(PyExc_TypeError, "no bytearray");
    }
    return Py_BuildValue("(iin)", PyByteArray_AsString(bytearray) == _PyByteArray_empty_string, _PyByteArray_empty_string[0],
                         PyByteArray_GET_SIZE(bytearray));
}

static PyMethodDef functions[] = {
    {"exceptions", exceptions, METH_NOARGS, NULL},
    {"types", types, METH_NOARGS, NULL},
    {"symbol_of", symbol_of, METH_O, NULL},
    {"fields", fields, METH_O, NULL},
    {"is_subtype", is_subtype, METH_VARARGS, NULL},
    {"raised", raised, METH_VARARGS, NULL},
    {"singletons", singletons, METH_NOARGS, NULL},
    {"which", which, METH_O, NULL},
    {"dropped", dropped, METH_NOARGS, NULL},
    {"constants", constants, METH_NOARGS, NULL},
    {"empty_storage", empty_storage, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_symbols, "Symbols.", functions)
