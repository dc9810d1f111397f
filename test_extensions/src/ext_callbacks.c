/* C calls Python: every form of call, re-entrancy, recursion, and the abstract object protocol on Python's objects. */
#include "common.h"

/* The same call in all the ways there are; `how` chooses. */
static PyObject *
call(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *function, *args, *keywords = NULL;
    if (!PyArg_ParseTuple(arguments, "sOO!|O", &how, &function, &PyTuple_Type, &args, &keywords)) {
        return NULL;
    }
    PyObject *const *items = ((PyTupleObject *)args)->ob_item;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (keywords == Py_None) {
        keywords = NULL;
    }
#define IS(text) (strcmp(how, text) == 0)
    if (IS("Call")) {
        return PyObject_Call(function, args, keywords);
    }
    if (IS("CallObject")) {
        return PyObject_CallObject(function, count ? args : NULL);
    }
    if (IS("CallNoArgs")) {
        return PyObject_CallNoArgs(function);
    }
    if (IS("CallOneArg")) {
        return PyObject_CallOneArg(function, items[0]);
    }
    if (IS("CallFunctionObjArgs")) {
        return PyObject_CallFunctionObjArgs(function, items[0], items[1], NULL);
    }
    if (IS("CallFunction")) {
        return PyObject_CallFunction(function, "OsN", items[0], "from C", PyLong_FromLong(5));
    }
    if (IS("CallFunction tuple")) {
        /* One tuple in the format: its items are the arguments. */
        return PyObject_CallFunction(function, "(OO)", items[0], items[1]);
    }
    if (IS("CallFunction one tuple")) {
        return PyObject_CallFunction(function, "O", args);
    }
    if (IS("CallFunction NULL")) {
        return PyObject_CallFunction(function, NULL);
    }
    if (IS("Vectorcall")) {
        return PyObject_Vectorcall(function, items, (size_t)count, NULL);
    }
    if (IS("Vectorcall names")) {
        return PyObject_Vectorcall(function, items, (size_t)count - (size_t)PyTuple_GET_SIZE(keywords), keywords);
    }
    if (IS("Vectorcall offset")) {
        PyObject *stack[9] = {NULL};
        memcpy(stack + 1, items, (size_t)count * sizeof(PyObject *));
        return PyObject_Vectorcall(function, stack + 1, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    if (IS("VectorcallDict")) {
        return PyObject_VectorcallDict(function, items, (size_t)count, keywords);
    }
    PyErr_SetString(PyExc_KeyError, how);
    return NULL;
}

static PyObject *
call_method(PyObject *self, PyObject *arguments)
{
    const char *how;
    PyObject *object, *name, *a, *b;
    if (!PyArg_ParseTuple(arguments, "sOOOO", &how, &object, &name, &a, &b)) {
        return NULL;
    }
    const char *text = PyUnicode_AsUTF8(name);
    if (IS("CallMethod")) {
        return PyObject_CallMethod(object, text, "OO", a, b);
    }
    if (IS("CallMethodObjArgs")) {
        return PyObject_CallMethodObjArgs(object, name, a, b, NULL);
    }
    if (IS("CallMethodNoArgs")) {
        return PyObject_CallMethodNoArgs(object, name);
    }
    if (IS("CallMethodOneArg")) {
        return PyObject_CallMethodOneArg(object, name, a);
    }
    if (IS("VectorcallMethod")) {
        PyObject *stack[] = {object, a, b};
        return PyObject_VectorcallMethod(name, stack, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    PyErr_SetString(PyExc_KeyError, how);
    return NULL;
}
#undef IS

/* A call through what PyVectorcall_Function says; objects without one are called as usual. */
static PyObject *
direct_vectorcall(PyObject *self, PyObject *arguments)
{
    PyObject *function, *argument;
    if (!PyArg_ParseTuple(arguments, "OO", &function, &argument)) {
        return NULL;
    }
    vectorcallfunc direct = PyVectorcall_Function(function);
    PyObject *stack[] = {argument};
    return direct ? direct(function, stack, 1, NULL) : PyObject_CallOneArg(function, argument);
}

/* The slot of the type, called by hand. */
static PyObject *
by_slot(PyObject *self, PyObject *arguments)
{
    PyObject *function, *args;
    if (!PyArg_ParseTuple(arguments, "OO!", &function, &PyTuple_Type, &args)) {
        return NULL;
    }
    ternaryfunc slot = Py_TYPE(function)->tp_call;
    return slot ? slot(function, args, NULL) : Py_NewRef(Py_NotImplemented);
}

/* map(function, list) into a fresh list; the callback may change the list meanwhile. */
static PyObject *
map_list(PyObject *self, PyObject *arguments)
{
    PyObject *function, *list, *results = PyList_New(0);
    if (results == NULL || !PyArg_ParseTuple(arguments, "OO!", &function, &PyList_Type, &list)) {
        Py_XDECREF(results);
        return NULL;
    }
    for (Py_ssize_t i = 0; results && i < PyList_GET_SIZE(list); i++) {
        PyObject *item = Py_NewRef(PyList_GET_ITEM(list, i));
        PyObject *result = PyObject_CallOneArg(function, item);
        Py_DECREF(item);
        if (result == NULL || PyList_Append(results, result) < 0) {
            Py_CLEAR(results);
        }
        Py_XDECREF(result);
    }
    return results;
}

/* Sort by a key and in reverse, through the method of list. */
static PyObject *
sort_by(PyObject *self, PyObject *arguments)
{
    PyObject *list, *key;
    int reverse;
    if (!PyArg_ParseTuple(arguments, "OOp", &list, &key, &reverse)) {
        return NULL;
    }
    PyObject *copy = PySequence_List(list), *sort = copy ? PyObject_GetAttrString(copy, "sort") : NULL, *empty = PyTuple_New(0);
    PyObject *keywords = Py_BuildValue("{sOsO}", "key", key, "reverse", reverse ? Py_True : Py_False);
    PyObject *done = sort && keywords ? PyObject_Call(sort, empty, keywords) : NULL;
    Py_XDECREF(sort);
    Py_XDECREF(keywords);
    Py_DECREF(empty);
    if (done == NULL) {
        Py_XDECREF(copy);
        return NULL;
    }
    Py_DECREF(done);
    return copy;
}

/* The key that C itself is: sorted(key=ext_callbacks.key). */
static PyObject *
key(PyObject *self, PyObject *item)
{
    return PyNumber_Negative(item);
}

/* Each step through Python: deep re-entrancy. */
static PyObject *
bounce(PyObject *self, PyObject *arguments)
{
    PyObject *function;
    int depth;
    if (!PyArg_ParseTuple(arguments, "Oi", &function, &depth)) {
        return NULL;
    }
    if (depth == 0) {
        return PyLong_FromLong(0);
    }
    PyObject *below = PyObject_CallFunction(function, "Oi", function, depth - 1);
    if (below == NULL) {
        return NULL;
    }
    long result = PyLong_AsLong(below) + 1;
    Py_DECREF(below);
    return PyLong_FromLong(result);
}

/* No way out but RecursionError. */
static PyObject *
forever(PyObject *self, PyObject *function)
{
    if (Py_EnterRecursiveCall(" in forever")) {
        return NULL;
    }
    PyObject *result = PyObject_CallOneArg(function, function);
    Py_LeaveRecursiveCall();
    return result;
}

/* The same without asking for the limit: the calls themselves must notice. */
static PyObject *
forever_unguarded(PyObject *self, PyObject *function)
{
    return PyObject_CallOneArg(function, function);
}

/* A chain in C alone, counted by Py_EnterRecursiveCall. */
static long depth_reached;

static int
dive(void)
{
    if (Py_EnterRecursiveCall(" while diving")) {
        return -1;
    }
    depth_reached++;
    int status = dive();
    Py_LeaveRecursiveCall();
    return status;
}

static PyObject *
dive_in_c(PyObject *self, PyObject *unused)
{
    depth_reached = 0;
    return dive() < 0 ? NULL : PyLong_FromLong(depth_reached);
}

static PyObject *
reached(PyObject *self, PyObject *unused)
{
    return PyBool_FromLong(depth_reached > 100);
}

static PyObject *
repr_inside(PyObject *self, PyObject *object)
{
    int status = Py_ReprEnter(object);
    if (status != 0) {
        return status < 0 ? NULL : PyUnicode_FromString("...");
    }
    PyObject *inner = PyObject_Repr(object);
    Py_ReprLeave(object);
    return inner;
}

/* The abstract object protocol. */
static PyObject *
attributes(PyObject *self, PyObject *object)
{
    PyObject *name = PyUnicode_InternFromString("value"), *found = NULL, *value = NULL;
    int status = -1;
    if (PyObject_SetAttrString(object, "value", Py_True) == 0 && PyObject_SetAttr(object, name, name) == 0 &&
        (value = PyObject_GetAttr(object, name)) != NULL) {
        int has = PyObject_HasAttr(object, name) + PyObject_HasAttrString(object, "missing") * 10 + PyObject_HasAttrWithError(object, name) * 100;
        int optional = PyObject_GetOptionalAttrString(object, "missing", &found) + PyObject_GetOptionalAttr(object, name, &found) * 10;
        Py_XDECREF(found);
        status = PyObject_DelAttrString(object, "value");
        if (status == 0) {
            Py_DECREF(name);
            return Py_BuildValue("(Niii)", value, has, optional, PyObject_HasAttrString(object, "value"));
        }
    }
    Py_DECREF(name);
    Py_XDECREF(value);
    return NULL;
}

static PyObject *
asked(PyObject *self, PyObject *arguments)
{
    PyObject *object, *cls;
    if (!PyArg_ParseTuple(arguments, "OO", &object, &cls)) {
        return NULL;
    }
    int instance = PyObject_IsInstance(object, cls), subclass = instance < 0 ? -1 : PyObject_IsSubclass((PyObject *)Py_TYPE(object), cls);
    return subclass < 0 ? NULL : Py_BuildValue("(iiii)", instance, subclass, PyCallable_Check(object), PyObject_Not(object));
}

static PyObject *
texts(PyObject *self, PyObject *object)
{
    return Py_BuildValue("(NNNNN)", PyObject_Str(object), PyObject_Repr(object), PyObject_ASCII(object), PyObject_Type(object),
                         PyObject_Format(object, NULL));
}

static PyObject *
directory(PyObject *self, PyObject *object)
{
    return PyObject_Dir(object);
}

static PyObject *
compared(PyObject *self, PyObject *arguments)
{
    PyObject *left, *right, *results = PyList_New(6);
    if (results == NULL || !PyArg_ParseTuple(arguments, "OO", &left, &right)) {
        Py_XDECREF(results);
        return NULL;
    }
    for (int operation = Py_LT; operation <= Py_GE; operation++) {
        PyObject *result = PyObject_RichCompare(left, right, operation);
        if (result == NULL) {
            Py_DECREF(results);
            return NULL;
        }
        PyList_SET_ITEM(results, operation, result);
    }
    return Py_BuildValue("(Ni)", results, PyObject_RichCompareBool(left, right, Py_EQ));
}

static PyMethodDef functions[] = {
    {"call", call, METH_VARARGS, NULL},
    {"call_method", call_method, METH_VARARGS, NULL},
    {"direct_vectorcall", direct_vectorcall, METH_VARARGS, NULL},
    {"by_slot", by_slot, METH_VARARGS, NULL},
    {"map_list", map_list, METH_VARARGS, NULL},
    {"sort_by", sort_by, METH_VARARGS, NULL},
    {"key", key, METH_O, NULL},
    {"bounce", bounce, METH_VARARGS, NULL},
    {"forever", forever, METH_O, NULL},
    {"forever_unguarded", forever_unguarded, METH_O, NULL},
    {"dive_in_c", dive_in_c, METH_NOARGS, NULL},
    {"reached", reached, METH_NOARGS, NULL},
    {"repr_inside", repr_inside, METH_O, NULL},
    {"attributes", attributes, METH_O, NULL},
    {"asked", asked, METH_VARARGS, NULL},
    {"texts", texts, METH_O, NULL},
    {"directory", directory, METH_O, NULL},
    {"compared", compared, METH_VARARGS, NULL},
    {0},
};

MODULE_OF_FUNCTIONS(ext_callbacks, "Callbacks.", functions)
