/* Lives of C objects: who keeps whom, identity, weak references, finalisers, resurrection, dealloc order, cycles, free lists. */
#include "common.h"

/* Node: holds what Python and C give it. Deallocation is noted in a log. */
typedef struct {
    PyObject_HEAD
    PyObject *name, *child, *weak_references, *dict;
} Node;

static PyObject *events;
static PyTypeObject Node_Type;

static void
note(const char *what, PyObject *name)
{
    PyObject *error = PyErr_GetRaisedException();
    PyObject *text = PyUnicode_FromFormat("%s %S", what, name ? name : Py_None);
    if (text == NULL || (events && PyList_Append(events, text) < 0)) {
        PyErr_Clear();
    }
    Py_XDECREF(text);
    PyErr_SetRaisedException(error);
}

static int
node_init(Node *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *name, *child = Py_None;
    if (!PyArg_ParseTuple(arguments, "O|O", &name, &child)) {
        return -1;
    }
    Py_XSETREF(self->name, Py_NewRef(name));
    Py_XSETREF(self->child, Py_NewRef(child));
    return 0;
}

static int
node_traverse(Node *self, visitproc visit, void *arg)
{
    Py_VISIT(self->name);
    Py_VISIT(self->child);
    Py_VISIT(self->dict);
    return 0;
}

static int
node_clear(Node *self)
{
    Py_CLEAR(self->child);
    Py_CLEAR(self->dict);
    return 0;
}

static void
node_dealloc(Node *self)
{
    PyObject_GC_UnTrack(self);
    /* Long chains must not exhaust the stack. */
    Py_TRASHCAN_BEGIN(self, node_dealloc)
    if (self->weak_references) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    note("dealloc", self->name);
    node_clear(self);
    Py_CLEAR(self->name);
    Py_TYPE(self)->tp_free((PyObject *)self);
    Py_TRASHCAN_END
}

static PyObject *
node_swap(Node *self, PyObject *child)
{
    PyObject *old = self->child;
    self->child = Py_NewRef(child);
    return old ? old : Py_NewRef(Py_None);
}

static PyMethodDef node_methods[] = {{"swap", (PyCFunction)node_swap, METH_O, NULL}, {0}};

static PyMemberDef node_members[] = {
    {"name", _Py_T_OBJECT, offsetof(Node, name), Py_READONLY, NULL},
    {"child", _Py_T_OBJECT, offsetof(Node, child), 0, NULL},
    {0},
};

static PyGetSetDef node_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {0}};

static PyTypeObject Node_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lives.Node",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)node_init,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_dealloc = (destructor)node_dealloc,
    .tp_methods = node_methods,
    .tp_members = node_members,
    .tp_getset = node_getset,
    .tp_dictoffset = offsetof(Node, dict),
    .tp_weaklistoffset = offsetof(Node, weak_references),
};

/* Final: a Node with tp_finalize, which may bring it back. */
static PyObject *rescued;

static void
final_finalize(PyObject *self)
{
    PyObject *error = PyErr_GetRaisedException();
    Node *node = (Node *)self;
    note("finalize", node->name);
    if (node->child && PyCallable_Check(node->child)) {
        PyObject *result = PyObject_CallOneArg(node->child, self);
        if (result == NULL) {
            PyErr_WriteUnraisable(self);
        }
        Py_XDECREF(result);
    }
    PyErr_SetRaisedException(error);
}

static void
final_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    node_dealloc((Node *)self);
}

static PyTypeObject Final_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lives.Final",
    .tp_basicsize = sizeof(Node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &Node_Type,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_dealloc = final_dealloc,
    .tp_finalize = final_finalize,
};

static PyObject *
rescue(PyObject *module, PyObject *object)
{
    PyObject *old = rescued;
    rescued = object == Py_None ? NULL : Py_NewRef(object);
    return old ? old : Py_NewRef(Py_None);
}

/* Pooled: without GC, kept in a free list when it dies, revived by PyObject_Init. */
typedef struct {
    PyObject_HEAD
    long serial;
} Pooled;

static PyTypeObject Pooled_Type;
static Pooled *pool[4];
static int pooled, reused;
static long serial;

static PyObject *
pooled_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Pooled *self;
    if (type == &Pooled_Type && pooled > 0) {
        self = pool[--pooled];
        PyObject_Init((PyObject *)self, type);
        reused++;
    } else {
        self = (Pooled *)type->tp_alloc(type, 0);
    }
    if (self) {
        self->serial = ++serial;
    }
    return (PyObject *)self;
}

static void
pooled_dealloc(Pooled *self)
{
    if (Py_IS_TYPE(self, &Pooled_Type) && pooled < (int)Py_ARRAY_LENGTH(pool)) {
        pool[pooled++] = self;
        return;
    }
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *
pool_state(PyObject *module, PyObject *unused)
{
    return Py_BuildValue("(ii)", pooled, reused);
}

static PyMemberDef pooled_members[] = {{"serial", Py_T_LONG, offsetof(Pooled, serial), Py_READONLY, NULL}, {0}};

static PyTypeObject Pooled_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lives.Pooled",
    .tp_basicsize = sizeof(Pooled),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = pooled_new,
    .tp_dealloc = (destructor)pooled_dealloc,
    .tp_members = pooled_members,
};

/* Recycled: with GC, a free list as asyncpg has it: untracked when it dies, revived by _Py_NewReference. */
typedef struct {
    PyObject_HEAD
    PyObject *content;
} Recycled;

static PyTypeObject Recycled_Type;
static Recycled *recycled;

static PyObject *
recycle(PyObject *module, PyObject *content)
{
    Recycled *self = recycled;
    if (self) {
        recycled = NULL;
        _Py_NewReference((PyObject *)self);
    } else {
        self = PyObject_GC_New(Recycled, &Recycled_Type);
    }
    if (self == NULL) {
        return NULL;
    }
    self->content = Py_NewRef(content);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static int
recycled_traverse(Recycled *self, visitproc visit, void *arg)
{
    Py_VISIT(self->content);
    return 0;
}

static int
recycled_clear(Recycled *self)
{
    Py_CLEAR(self->content);
    return 0;
}

static void
recycled_dealloc(Recycled *self)
{
    PyObject_GC_UnTrack(self);
    recycled_clear(self);
    if (recycled == NULL) {
        recycled = self;
        return;
    }
    PyObject_GC_Del(self);
}

static PyMemberDef recycled_members[] = {{"content", _Py_T_OBJECT, offsetof(Recycled, content), 0, NULL}, {0}};

static PyTypeObject Recycled_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_lives.Recycled",
    .tp_basicsize = sizeof(Recycled),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)recycled_traverse,
    .tp_clear = (inquiry)recycled_clear,
    .tp_dealloc = (destructor)recycled_dealloc,
    .tp_members = recycled_members,
};

/* In static memory, never freed, made an object by hand. */
static Pooled in_static_memory;

static PyObject *
static_instance(PyObject *module, PyObject *unused)
{
    if (Py_TYPE(&in_static_memory) == NULL) {
        PyObject_Init((PyObject *)&in_static_memory, &Pooled_Type);
        in_static_memory.serial = -1;
    }
    return Py_NewRef((PyObject *)&in_static_memory);
}

/* A singleton that C keeps from the start to the end. */
static PyObject *held;

static PyObject *
hold(PyObject *module, PyObject *object)
{
    Py_XSETREF(held, Py_NewRef(object));
    Py_RETURN_NONE;
}

static PyObject *
get_held(PyObject *module, PyObject *unused)
{
    return Py_NewRef(held ? held : Py_None);
}

static PyObject *
drop_held(PyObject *module, PyObject *unused)
{
    Py_CLEAR(held);
    Py_RETURN_NONE;
}

/* The same object, by address, on two crossings. */
static PyObject *
same_as_held(PyObject *module, PyObject *object)
{
    return PyBool_FromLong(object == held);
}

static PyObject *
chain(PyObject *module, PyObject *arguments)
{
    PyObject *type, *child = Py_NewRef(Py_None);
    int length;
    if (!PyArg_ParseTuple(arguments, "Oi", &type, &length)) {
        return NULL;
    }
    for (int i = 0; i < length; i++) {
        PyObject *next = PyObject_CallFunction(type, "iN", i, child);
        if (next == NULL) {
            return NULL;
        }
        child = next;
    }
    return child;
}

/* near_the_limit(deep, flat): makes Node(name) of each of the list `deep`, lets them go where little is left of C's stack, and then
   Node(flat) where enough is: how many were deallocated there, back here, and after the last. */
static PyObject *
near_the_limit(PyObject *module, PyObject *arguments)
{
    PyObject *deep, *flat, *nodes;
    if (!PyArg_ParseTuple(arguments, "O!O", &PyList_Type, &deep, &flat) || (nodes = PyList_New(0)) == NULL) {
        return NULL;
    }
    Py_ssize_t count = PyList_GET_SIZE(deep), there, here;
    PyObject **held = PyMem_New(PyObject *, count);
    for (Py_ssize_t i = 0; i < count; i++) {
        held[i] = PyObject_CallOneArg((PyObject *)&Node_Type, PyList_GET_ITEM(deep, i));
    }
    PyObject *last = PyObject_CallOneArg((PyObject *)&Node_Type, flat);
    Py_XSETREF(events, nodes);
    PyThreadState *tstate = PyThreadState_Get();
    int depth = 0;
    while (tstate->c_recursion_remaining > 10 && Py_EnterRecursiveCall(" near the limit") == 0) {
        depth++;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_XDECREF(held[i]);
    }
    there = PyList_GET_SIZE(events);
    while (depth-- > 0) {
        Py_LeaveRecursiveCall();
    }
    here = PyList_GET_SIZE(events);
    Py_XDECREF(last);
    PyMem_Free(held);
    return PyErr_Occurred() ? NULL : Py_BuildValue("(nnO)", there, here, events);
}

/* A ring that only C knows: none of its members was ever seen by Python. */
static PyObject *
ring(PyObject *module, PyObject *argument)
{
    long length = PyLong_AsLong(argument);
    PyObject *first = PyObject_CallFunction((PyObject *)&Node_Type, "s", "ring");
    if (first == NULL) {
        return NULL;
    }
    PyObject *last = first;
    for (long i = 1; i < length; i++) {
        PyObject *next = PyObject_CallFunction((PyObject *)&Node_Type, "s", "ring");
        Py_XSETREF(((Node *)last)->child, next);
        last = next;
    }
    Py_XSETREF(((Node *)last)->child, first);
    Py_RETURN_NONE;
}

static PyObject *
take_events(PyObject *module, PyObject *unused)
{
    PyObject *taken = events;
    events = PyList_New(0);
    return taken;
}

/* PyWeakref_* from C, with a callback in Python. */
static PyObject *
weak(PyObject *module, PyObject *arguments)
{
    PyObject *object, *callback = NULL;
    if (!PyArg_ParseTuple(arguments, "O|O", &object, &callback)) {
        return NULL;
    }
    PyObject *reference = PyWeakref_NewRef(object, callback), *proxy = reference ? PyWeakref_NewProxy(object, NULL) : NULL;
    if (proxy == NULL) {
        Py_XDECREF(reference);
        return NULL;
    }
    int checks = PyWeakref_Check(reference) + 10 * PyWeakref_CheckRef(reference) + 100 * PyWeakref_CheckProxy(proxy);
    return Py_BuildValue("(NNi)", reference, proxy, checks);
}

static PyObject *
referent(PyObject *module, PyObject *reference)
{
    PyObject *found;
    int status = PyWeakref_GetRef(reference, &found);
    return status < 0 ? NULL : status == 0 ? Py_NewRef(Py_None) : found;
}

static PyObject *
gc_facts(PyObject *module, PyObject *object)
{
    return Py_BuildValue("(iii)", PyObject_IS_GC(object), PyObject_GC_IsTracked(object), PyObject_GC_IsFinalized(object));
}

/* What the functions of containers give is tracked at once, a dict when it holds what can be in a cycle. */
static PyObject *
gc_of_new(PyObject *module, PyObject *item)
{
    PyObject *made[] = {PyList_New(0), PyTuple_Pack(1, item), PyTuple_New(0), PySet_New(NULL), PySlice_New(item, item, item),
                        PyDict_New(),  Py_BuildValue("{sO}", "key", item),    Py_BuildValue("[O]", item)};
    PyObject *tracked = PyList_New(0);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(made); i++) {
        PyList_Append(tracked, PyObject_GC_IsTracked(made[i]) ? Py_True : Py_False);
        Py_DECREF(made[i]);
    }
    return tracked;
}

static PyObject *
collect(PyObject *module, PyObject *unused)
{
    int was_on = PyGC_Disable();
    int now = PyGC_IsEnabled();
    if (was_on) {
        PyGC_Enable();
    }
    return Py_BuildValue("(iii)", PyGC_Collect() >= 0, now, PyGC_IsEnabled());
}

static int
fill(PyObject *module)
{
    events = PyList_New(0);
    PyTypeObject *types[] = {&Node_Type, &Final_Type, &Pooled_Type, &Recycled_Type};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(types); i++) {
        if (PyModule_AddType(module, types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyMethodDef functions[] = {
    {"rescue", rescue, METH_O, NULL},
    {"pool_state", pool_state, METH_NOARGS, NULL},
    {"recycle", recycle, METH_O, NULL},
    {"static_instance", static_instance, METH_NOARGS, NULL},
    {"hold", hold, METH_O, NULL},
    {"held", get_held, METH_NOARGS, NULL},
    {"drop_held", drop_held, METH_NOARGS, NULL},
    {"same_as_held", same_as_held, METH_O, NULL},
    {"chain", chain, METH_VARARGS, NULL},
    {"near_the_limit", near_the_limit, METH_VARARGS, NULL},
    {"ring", ring, METH_O, NULL},
    {"take_events", take_events, METH_NOARGS, NULL},
    {"weak", weak, METH_VARARGS, NULL},
    {"referent", referent, METH_O, NULL},
    {"gc_facts", gc_facts, METH_O, NULL},
    {"gc_of_new", gc_of_new, METH_O, NULL},
    {"collect", collect, METH_NOARGS, NULL},
    {0},
};

MODULE(ext_lives, "Lives.", functions, fill)
