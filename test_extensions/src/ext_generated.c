/* What code generators and old extensions call: private helpers of 3.13 that wheels bind, code and frame objects, every PyExc_. */
#include "common.h"
#include <frameobject.h>

/* In no public header, yet bound by wheels. */
PyAPI_FUNC(int) _PyUnicode_Equal(PyObject *left, PyObject *right);

static PyObject *
texts(PyObject *self, PyObject *unused)
{
    PyObject *smile = PyUnicode_FromOrdinal(0x1F600), *beyond = PyUnicode_FromOrdinal(0x110000);
    PyErr_Clear();
    Py_XDECREF(beyond);
    PyObject *left = PyUnicode_FromStringAndSize("sa\0me", 5), *right = PyUnicode_FromStringAndSize("sa\0me", 5);
    int equal = _PyUnicode_Equal(left, right);
    Py_DECREF(right);
    return Py_BuildValue("(NNii)", smile, left, equal, beyond == NULL);
}

/* _PyUnicodeWriter: kinds that widen on the way. */
static PyObject *
written(PyObject *self, PyObject *text)
{
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.overallocate = 1;
    if (_PyUnicodeWriter_WriteASCIIString(&writer, "ascii ", 6) < 0 || _PyUnicodeWriter_WriteStr(&writer, text) < 0 ||
        _PyUnicodeWriter_WriteChar(&writer, 0x20AC) < 0 || _PyUnicodeWriter_WriteSubstring(&writer, text, 1, 3) < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&writer);
}

static PyObject *
dicts(PyObject *self, PyObject *key)
{
    PyObject *dict = _PyDict_NewPresized(20), *found = NULL;
    if (dict == NULL || PyDict_SetItem(dict, key, Py_True) < 0) {
        Py_XDECREF(dict);
        return NULL;
    }
    Py_hash_t hash = PyObject_Hash(key);
    int known = _PyDict_GetItem_KnownHash(dict, key, hash) == Py_True;
    int status = PyDict_SetItemString(dict, "string", Py_None) < 0 ? -1 : PyDict_GetItemStringRef(dict, "string", &found);
    int missing = PyDict_GetItemStringRef(dict, "missing", &found);
    return Py_BuildValue("(Niii)", dict, known, status, missing);
}

/* Attributes through the place of the instance dict; NULL where there is none. */
static PyObject *
dict_pointer(PyObject *self, PyObject *object)
{
    PyObject **place = _PyObject_GetDictPtr(object);
    return Py_BuildValue("(iO)", place != NULL, place && *place ? *place : Py_None);
}

static PyObject *
longs(PyObject *self, PyObject *number)
{
    unsigned char bytes[16];
    if (_PyLong_AsByteArray((PyLongObject *)number, bytes, sizeof bytes, 1, 1, 1) < 0) {
        return NULL;
    }
    return Py_BuildValue("(y#NN)", bytes, (Py_ssize_t)sizeof bytes, _PyLong_FromByteArray(bytes, sizeof bytes, 1, 1),
                         _PyLong_Copy((PyLongObject *)number));
}

/* A module, a code object and a frame made by hand, as Cython makes them for its tracebacks. */
static PyObject *
code(PyObject *self, PyObject *unused)
{
    PyObject *empty = PyBytes_FromString(""), *names = Py_BuildValue("(ss)", "first", "second"), *nothing = PyTuple_New(0);
    PyObject *file = PyUnicode_FromString("generated.pyx"), *name = PyUnicode_FromString("function");
    PyCodeObject *made =
        PyUnstable_Code_NewWithPosOnlyArgs(2, 1, 0, 2, 0, CO_OPTIMIZED | CO_NEWLOCALS, empty, nothing, nothing, names, nothing, nothing, file, name, name, 33, empty, empty);
    Py_DECREF(empty);
    Py_DECREF(nothing);
    Py_DECREF(names);
    Py_DECREF(file);
    Py_DECREF(name);
    if (made == NULL) {
        return NULL;
    }
    PyObject *result = Py_BuildValue("(NNNii)", PyObject_GetAttrString((PyObject *)made, "co_name"), PyObject_GetAttrString((PyObject *)made, "co_filename"),
                                     PyObject_GetAttrString((PyObject *)made, "co_varnames"), made->co_argcount, made->co_firstlineno);
    Py_DECREF(made);
    return result;
}

static PyObject *
module_made(PyObject *self, PyObject *name)
{
    PyObject *module = PyModule_NewObject(name);
    if (module == NULL || PyModule_SetDocString(module, "made by hand") < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}

static PyObject *
frames(PyObject *self, PyObject *unused)
{
    PyThreadState *thread = PyThreadState_GetUnchecked();
    PyFrameObject *frame = PyThreadState_GetFrame(thread);
    int same = frame == PyEval_GetFrame();
    Py_XDECREF(frame);
    return Py_BuildValue("(ii)", thread == PyThreadState_Get(), same);
}

static PyObject *
generator_code(PyObject *self, PyObject *generator)
{
    if (!PyGen_CheckExact(generator)) {
        return Py_NewRef(Py_NotImplemented);
    }
    PyCodeObject *found = PyGen_GetCode((PyGenObject *)generator);
    PyObject *name = PyObject_GetAttrString((PyObject *)found, "co_name");
    Py_DECREF(found);
    return name;
}

static PyObject *
traceback_printed(PyObject *self, PyObject *arguments)
{
    PyObject *traceback, *file;
    if (!PyArg_ParseTuple(arguments, "OO", &traceback, &file) || PyTraceBack_Print(traceback, file) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
printed(PyObject *self, PyObject *error)
{
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    PyErr_PrintEx(0);
    Py_RETURN_NONE;
}

/* PyMutex is one byte in the extension's own memory. */
static PyMutex mutex;

static PyObject *
mutexes(PyObject *self, PyObject *function)
{
    PyMutex_Lock(&mutex);
    PyObject *result = PyObject_CallNoArgs(function);
    PyMutex_Unlock(&mutex);
    PyMutex_Lock(&mutex);
    PyMutex_Unlock(&mutex);
    return result;
}

static PyObject *
allocated(PyObject *self, PyObject *type)
{
    return PyType_GenericAlloc((PyTypeObject *)type, 0);
}

/* Every exception class that C has a name for: is it the one that Python has? */
static PyObject *
exceptions(PyObject *self, PyObject *unused)
{
#define E(name) {#name, &PyExc_##name}
    static const struct {
        const char *name;
        PyObject **place;
    } all[] = {
        E(BaseException), E(Exception), E(BaseExceptionGroup), E(StopAsyncIteration), E(StopIteration), E(GeneratorExit), E(ArithmeticError),
        E(LookupError), E(AssertionError), E(AttributeError), E(BufferError), E(EOFError), E(FloatingPointError), E(OSError), E(ImportError),
        E(ModuleNotFoundError), E(IndexError), E(KeyError), E(KeyboardInterrupt), E(MemoryError), E(NameError), E(OverflowError), E(RuntimeError),
        E(RecursionError), E(NotImplementedError), E(SyntaxError), E(IndentationError), E(TabError), E(ReferenceError), E(SystemError), E(SystemExit),
        E(TypeError), E(UnboundLocalError), E(UnicodeError), E(UnicodeEncodeError), E(UnicodeDecodeError), E(UnicodeTranslateError), E(ValueError),
        E(ZeroDivisionError), E(BlockingIOError), E(BrokenPipeError), E(ChildProcessError), E(ConnectionError), E(ConnectionAbortedError),
        E(ConnectionRefusedError), E(ConnectionResetError), E(FileExistsError), E(FileNotFoundError), E(InterruptedError), E(IsADirectoryError),
        E(NotADirectoryError), E(PermissionError), E(ProcessLookupError), E(TimeoutError), E(EnvironmentError), E(IOError), E(Warning),
        E(UserWarning), E(DeprecationWarning), E(PendingDeprecationWarning), E(SyntaxWarning), E(RuntimeWarning), E(FutureWarning),
        E(ImportWarning), E(UnicodeWarning), E(BytesWarning), E(ResourceWarning), E(EncodingWarning),
    };
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict && i < Py_ARRAY_LENGTH(all); i++) {
        if (PyDict_SetItemString(dict, all[i].name, *all[i].place) < 0) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

static PyMethodDef functions[] = {
    {"texts", texts, METH_NOARGS, NULL},
    {"written", written, METH_O, NULL},
    {"dicts", dicts, METH_O, NULL},
    {"dict_pointer", dict_pointer, METH_O, NULL},
    {"longs", longs, METH_O, NULL},
    {"code", code, METH_NOARGS, NULL},
    {"module_made", module_made, METH_O, NULL},
    {"frames", frames, METH_NOARGS, NULL},
    {"generator_code", generator_code, METH_O, NULL},
    {"traceback_printed", traceback_printed, METH_VARARGS, NULL},
    {"printed", printed, METH_O, NULL},
    {"mutexes", mutexes, METH_O, NULL},
    {"allocated", allocated, METH_O, NULL},
    {"exceptions", exceptions, METH_NOARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_generated, "Generated code.", functions)
