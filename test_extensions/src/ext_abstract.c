/* The object, mapping, sequence and call protocols, and what dicts, sets and iterators have beside them: the functions that extensions
   call less often, each by its own name. */
#include "shapes.h"

/* Exported, and declared by internal headers alone, or by none. */
extern int PySequence_In(PyObject *, PyObject *);
extern PyObject *_PyObject_FunctionStr(PyObject *);
extern int _PyObject_IsFreed(PyObject *);
extern PyObject *_PyNamespace_New(PyObject *);
extern int _PySet_Update(PyObject *, PyObject *);
extern int _PyDict_SetItem_KnownHash(PyObject *, PyObject *, PyObject *, Py_hash_t);
extern int _PyDict_SetItem_KnownHash_LockHeld(PyDictObject *, PyObject *, PyObject *, Py_hash_t);
extern PyObject *PyEval_CallObjectWithKeywords(PyObject *, PyObject *, PyObject *);
extern PyObject *PyCFunction_Call(PyObject *, PyObject *, PyObject *);
extern PyObject *_PyObject_CallFunction_SizeT(PyObject *, const char *, ...);
extern PyObject *_PyObject_CallMethod_SizeT(PyObject *, const char *, const char *, ...);
extern PyObject *_PyBytes_Join(PyObject *, PyObject *);
extern int _PyGen_FetchStopIterationValue(PyObject **);
extern int _PyGen_SetStopIterationValue(PyObject *);

#undef PyMapping_Length
#undef PySequence_In
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define FUNCTIONS(CALL)                                                                                                            \
    CALL(NEW_O, PyObject_Bytes)                                                                                                    \
    CALL(INT_OO, PyObject_DelAttr)                                                                                                 \
    CALL(INT_OS, PyObject_DelAttrString)                                                                                           \
    CALL(INT_OS, PyObject_DelItemString)                                                                                           \
    CALL(INT_OS, PyObject_HasAttrStringWithError)                                                                                  \
    CALL(PLAIN_O, PyAIter_Check)                                                                                                   \
    CALL(NEW_O, PyObject_GetAIter)                                                                                                 \
    CALL(NEW_O, _PyObject_FunctionStr)                                                                                             \
    CALL(PLAIN_OO, Py_Is)                                                                                                          \
    CALL(PLAIN_OO, PyMapping_HasKey)                                                                                               \
    CALL(INT_OS, PyMapping_HasKeyStringWithError)                                                                                  \
    CALL(INT_O, PyMapping_Length)                                                                                                  \
    CALL(INT_OO, PySequence_In)                                                                                                    \
    CALL(INT_OO, _PySet_Update)                                                                                                    \
    CALL(NEW_OO, _PyBytes_Join)                                                                                                    \
    CALL(NEW_OOO, _PyDict_Pop)                                                                                                     \
    CALL(BORROWED_OS, _PyDict_GetItemStringWithError)                                                                              \
    CALL(NEW_, PyODict_New)                                                                                                        \
    CALL(INT_OOO, PyODict_SetItem)                                                                                                 \
    CALL(INT_OO, PyODict_DelItem)                                                                                                  \
    CALL(NEW_O, _PyNamespace_New)                                                                                                  \
    CALL(INT_O, _PyGen_SetStopIterationValue)                                                                                      \
    CALL(NEW_OOO, PyCFunction_Call)                                                                                                \
    CALL(NEW_OOO, PyEval_CallObjectWithKeywords)                                                                                   \
    CALL(NEW_O, PyInstanceMethod_New)                                                                                              \
    CALL(BORROWED_O, PyInstanceMethod_Function)                                                                                    \
    CALL(NEW_O, PyType_GetDict)                                                                                                    \
    CALL(NEW_OO, _PyType_LookupRef)                                                                                                \
    CALL(INT_O, PyType_GetTypeDataSize)                                                                                            \
    CALL(NEW_O, PyContext_Copy)                                                                                                    \
    CALL(NEW_, PyContext_New)                                                                                                      \
    CALL(PLAIN_O, PyDescr_IsData)
FUNCTIONS(DEFINE_CALL)

/* printed(object, raw): what PyObject_Print writes. */
static PyObject *
printed(PyObject *self, PyObject *arguments)
{
    PyObject *object;
    int flags;
    if (!PyArg_ParseTuple(arguments, "O&i", nullable, &object, &flags)) {
        return NULL;
    }
    char text[200] = "";
    FILE *file = tmpfile();
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    int status = PyObject_Print(object, file, flags);
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return status < 0 ? NULL : PyUnicode_DecodeUTF8(text, size, "replace");
}

/* Results that come by a pointer: the status, what came, which is NULL where nothing did. */
#define OPTIONAL(function, kind, code)                                                                                             \
    static PyObject *call_##function(PyObject *self, PyObject *arguments)                                                          \
    {                                                                                                                              \
        PyObject *object, *result = Py_Ellipsis;                                                                                   \
        kind key;                                                                                                                  \
        if (!PyArg_ParseTuple(arguments, "O" code, &object, &key)) {                                                               \
            return NULL;                                                                                                           \
        }                                                                                                                          \
        int status = function(object, key, &result);                                                                               \
        if (status < 0) {                                                                                                          \
            return result == NULL ? NULL : PyErr_Format(PyExc_AssertionError, "a result beside a failure");                        \
        }                                                                                                                          \
        return Py_BuildValue("(iN)", status, result ? result : Py_NewRef(Py_Ellipsis));                                            \
    }
OPTIONAL(PyMapping_GetOptionalItemString, const char *, "s")
OPTIONAL(PyDict_PopString, const char *, "s")

/* Once with the room for a result, once without. */
static PyObject *
popped_away(PyObject *self, PyObject *arguments)
{
    PyObject *dict;
    const char *key;
    return PyArg_ParseTuple(arguments, "Os", &dict, &key) ? given_number(PyDict_PopString(dict, key, NULL), 1) : NULL;
}

static PyObject *
set_known_hash(PyObject *self, PyObject *arguments)
{
    PyObject *dict, *key, *value;
    Py_ssize_t hash;
    int locked;
    if (!PyArg_ParseTuple(arguments, "OOOnp", &dict, &key, &value, &hash, &locked)) {
        return NULL;
    }
    return given_number(locked ? _PyDict_SetItem_KnownHash_LockHeld((PyDictObject *)dict, key, value, hash)
                               : _PyDict_SetItem_KnownHash(dict, key, value, hash),
                        1);
}

/* fetched(exception): with it pending, or nothing. */
static PyObject *
fetched(PyObject *self, PyObject *exception)
{
    PyObject *value = Py_Ellipsis;
    if (exception != Py_None) {
        PyErr_SetRaisedException(Py_NewRef(exception));
    }
    if (_PyGen_FetchStopIterationValue(&value) < 0) {
        return NULL;
    }
    return value;
}

/* Names that are made once. */
_Py_IDENTIFIER(denominator);
_Py_IDENTIFIER(join);

static PyObject *
by_identifier(PyObject *self, PyObject *object)
{
    PyObject *attribute = _PyObject_GetAttrId(object, &PyId_denominator);
    PyObject *joined = attribute ? _PyObject_CallMethodId(Py_None, &PyId_join, NULL) : NULL;
    PyObject *error = joined ? NULL : PyErr_GetRaisedException();
    if (attribute == NULL) {
        PyErr_SetRaisedException(error);
        return NULL;
    }
    PyObject *text = PyUnicode_FromString(", ");
    PyObject *called = text ? _PyObject_CallMethodId(text, &PyId_join, "([ss])", "a", "b") : NULL;
    Py_XDECREF(text);
    PyObject *name = _PyUnicode_FromId(&PyId_join);
    return Py_BuildValue("(NNNOi)", attribute, error, called, name, name == _PyUnicode_FromId(&PyId_join));
}

/* With a Py_ssize_t beside each "#". */
static PyObject *
called_by_format(PyObject *self, PyObject *arguments)
{
    PyObject *callable, *object;
    const char *method;
    if (!PyArg_ParseTuple(arguments, "OOs", &callable, &object, &method)) {
        return NULL;
    }
    PyObject *first = _PyObject_CallFunction_SizeT(callable, "s#i", "abcdef", (Py_ssize_t)3, 5);
    PyObject *second = first ? _PyObject_CallMethod_SizeT(object, method, "y#", "abcdef", (Py_ssize_t)2) : NULL;
    PyObject *third = second ? _PyObject_CallFunction_SizeT(callable, NULL) : NULL;
    if (third == NULL) {
        Py_XDECREF(first);
        Py_XDECREF(second);
        return NULL;
    }
    return Py_BuildValue("(NNN)", first, second, third);
}

static PyObject *
freed(PyObject *self, PyObject *object)
{
    return Py_BuildValue("(ii)", _PyObject_IsFreed(object), _PyObject_IsFreed(Py_None));
}

static PyMethodDef functions[] = {
    FUNCTIONS(CALL_ENTRY)
    CALL_ENTRY(, PyMapping_GetOptionalItemString) CALL_ENTRY(, PyDict_PopString)
    OWN_ENTRY(printed) OWN_ENTRY(popped_away) OWN_ENTRY(set_known_hash) OWN_ENTRY(called_by_format)
    {"fetched", fetched, METH_O, NULL},
    {"by_identifier", by_identifier, METH_O, NULL},
    {"freed", freed, METH_O, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_abstract, "Abstract.", functions)
