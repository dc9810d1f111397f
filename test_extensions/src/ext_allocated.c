/* Objects that C allocates by hand: with and without the collector, with items and with data of other sizes, the trashcan, finalizers
   by hand; allocators that are replaced; members and reference counts read by functions; reference tracers. */
#include "common.h"
#include <structmember.h>

/* Exported, and declared by internal headers alone. */
extern PyObject *_PyObject_GC_New(PyTypeObject *);
extern PyVarObject *_PyObject_GC_NewVar(PyTypeObject *, Py_ssize_t);
extern const char *_PyMem_GetCurrentAllocatorName(void);

/* A node may have another below it: chains of any length end without recursion, by _PyTrash_thread_deposit_object and
   _PyTrash_thread_destroy_chain, which the macros call. */
typedef struct {
    PyObject_VAR_HEAD
    PyObject *below;
    PyObject *references;
    long marks[1];
} Node;

static long ended;

static int
node_traverse(Node *self, visitproc visit, void *arg)
{
    Py_VISIT(self->below);
    return 0;
}

static int
node_clear(Node *self)
{
    Py_CLEAR(self->below);
    return 0;
}

static void
node_dealloc(Node *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, node_dealloc)
    ended++;
    /* Nobody is told. */
    PyUnstable_Object_ClearWeakRefsNoCallbacks((PyObject *)self);
    Py_CLEAR(self->below);
    PyObject_GC_Del(self);
    Py_TRASHCAN_END
}

static long finalizers;

static void
node_finalize(PyObject *self)
{
    finalizers++;
}

static PyObject *
node_below(Node *self, void *closure)
{
    return Py_NewRef(self->below ? self->below : Py_None);
}

static PyGetSetDef node_getsets[] = {{"below", (getter)node_below, NULL, NULL, NULL}, {0}};

static PyTypeObject Node_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_allocated.Node",
    .tp_basicsize = offsetof(Node, marks),
    .tp_itemsize = sizeof(long),
    .tp_dealloc = (destructor)node_dealloc,
    .tp_traverse = (traverseproc)node_traverse,
    .tp_clear = (inquiry)node_clear,
    .tp_getset = node_getsets,
    .tp_finalize = node_finalize,
    .tp_weaklistoffset = offsetof(Node, references),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
};

/* Without the collector. */
static void
plain_dealloc(PyObject *self)
{
    ended++;
    PyObject_Free(self);
}

static PyTypeObject Plain_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_allocated.Plain",
    .tp_basicsize = offsetof(Node, marks),
    .tp_itemsize = sizeof(long),
    .tp_dealloc = plain_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* node(items, below): by _PyObject_GC_NewVar; what a fresh object is like is told by fresh(). */
static PyObject *
node(PyObject *self, PyObject *arguments)
{
    Py_ssize_t items;
    PyObject *below;
    if (!PyArg_ParseTuple(arguments, "nO", &items, &below)) {
        return NULL;
    }
    Node *made = (Node *)_PyObject_GC_NewVar(&Node_Type, items);
    if (made == NULL) {
        return NULL;
    }
    made->below = Py_NewRef(below);
    made->references = NULL;
    for (Py_ssize_t i = 0; i < items; i++) {
        made->marks[i] = (long)i;
    }
    PyObject_GC_Track(made);
    return (PyObject *)made;
}

/* A chain as long as that, and its head's reference gone again. */
static PyObject *
chain(PyObject *self, PyObject *argument)
{
    long length = PyLong_AsLong(argument);
    PyObject *head = Py_NewRef(Py_None);
    for (long i = 0; i < length; i++) {
        Node *made = PyObject_GC_NewVar(Node, &Node_Type, 0);
        if (made == NULL) {
            Py_DECREF(head);
            return NULL;
        }
        made->below = head;
        made->references = NULL;
        PyObject_GC_Track(made);
        head = (PyObject *)made;
    }
    return head;
}

static PyObject *
fresh(PyObject *self, PyObject *unused)
{
    Node *tracked = (Node *)_PyObject_GC_NewVar(&Node_Type, 3);
    PyVarObject *plain = _PyObject_NewVar(&Plain_Type, 2);
    if (tracked == NULL || plain == NULL) {
        return NULL;
    }
    tracked->below = tracked->references = NULL;
    tracked->marks[2] = 7;
    PyObject *first = Py_BuildValue("(nniii)", Py_SIZE(tracked), Py_REFCNT(tracked), Py_IS_TYPE(tracked, &Node_Type),
                                    PyObject_GC_IsTracked((PyObject *)tracked), PyObject_IS_GC((PyObject *)tracked));
    Node *larger = (Node *)_PyObject_GC_Resize((PyVarObject *)tracked, 40);
    if (larger == NULL) {
        return NULL;
    }
    PyObject *second = Py_BuildValue("(nl)", Py_SIZE(larger), larger->marks[2]);
    PyObject *third = Py_BuildValue("(nnii)", plain->ob_size, Py_REFCNT(plain), Py_IS_TYPE(plain, &Plain_Type), PyObject_IS_GC((PyObject *)plain));
    Py_DECREF(larger);
    Py_DECREF(plain);
    Node *single = (Node *)_PyObject_GC_New(&Node_Type);
    single->below = single->references = NULL;
    int tracked_at_once = PyObject_GC_IsTracked((PyObject *)single);
    PyObject_GC_Track(single);
    int tracked_then = PyObject_GC_IsTracked((PyObject *)single);
    Py_DECREF(single);
    return Py_BuildValue("(NNNii)", first, second, third, tracked_at_once, tracked_then);
}

static PyObject *
too_large(PyObject *self, PyObject *argument)
{
    Py_ssize_t items = PyLong_AsSsize_t(argument);
    PyObject *made = PyErr_Occurred() ? NULL : (PyObject *)_PyObject_NewVar(&Plain_Type, items);
    return made;
}

static PyObject *
ended_so_far(PyObject *self, PyObject *unused)
{
    long count = ended;
    ended = 0;
    return PyLong_FromLong(count);
}

/* _Py_IncRef, _Py_DecRef, _Py_Dealloc: an object counted by functions alone, down to its end. */
static PyObject *
counted(PyObject *self, PyObject *unused)
{
    PyObject *plain = (PyObject *)_PyObject_NewVar(&Plain_Type, 0);
    if (plain == NULL) {
        return NULL;
    }
    _Py_IncRef(plain);
    Py_ssize_t two = Py_REFCNT(plain);
    _Py_DecRef(plain);
    Py_ssize_t one = Py_REFCNT(plain);
    (Py_IncRef)(plain);
    (Py_DecRef)(plain);
    (Py_IncRef)(NULL);
    (Py_DecRef)(NULL);
    long before = ended;
    _Py_DecRef(plain);
    long after = ended;
    PyObject *other = (PyObject *)_PyObject_NewVar(&Plain_Type, 0);
    Py_SET_REFCNT(other, 0);
    _Py_Dealloc(other);
    return Py_BuildValue("(nnll)", two, one, after - before, ended - after);
}

/* An object that its deallocator brings back once. */
static PyObject *survivor;

static void
lasting_dealloc(PyObject *self)
{
    if (survivor == NULL) {
        Py_SET_REFCNT(self, 1);
        _Py_ResurrectReference(self);
        survivor = self;
        return;
    }
    plain_dealloc(self);
}

static PyTypeObject Lasting_Type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_allocated.Lasting",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = lasting_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

static PyObject *
lasting(PyObject *self, PyObject *unused)
{
    survivor = NULL;
    PyObject *made = (PyObject *)PyObject_New(PyObject, &Lasting_Type);
    long before = ended;
    Py_XDECREF(made);
    PyObject *shown = PyList_New(0);
    if (shown == NULL || PyList_Append(shown, survivor) < 0) {
        return NULL;
    }
    Py_ssize_t count = Py_REFCNT(survivor);
    int same = survivor == made;
    long then = ended - before;
    Py_DECREF(shown);
    Py_DECREF(survivor);
    return Py_BuildValue("(inll)", same, count, then, ended - before);
}

/* ---- objects of Python's classes ---- */

static int
count_object(PyObject *object, void *counts)
{
    long *found = counts;
    found[0]++;
    found[1] += Py_IS_TYPE(object, &Node_Type);
    return found[1] < 3;
}

static PyObject *
visited(PyObject *self, PyObject *unused)
{
    long counts[2] = {0, 0};
    PyUnstable_GC_VisitObjects(count_object, counts);
    return Py_BuildValue("(il)", counts[0] >= counts[1], counts[1]);
}

/* Hidden data behind an object of a Python class. */
static PyObject *
with_extra(PyObject *self, PyObject *arguments)
{
    PyTypeObject *type;
    Py_ssize_t extra;
    if (!PyArg_ParseTuple(arguments, "O!n", &PyType_Type, &type, &extra)) {
        return NULL;
    }
    PyObject *made = PyUnstable_Object_GC_NewWithExtraData(type, extra);
    if (made == NULL) {
        return NULL;
    }
    unsigned char *data = (unsigned char *)made + type->tp_basicsize;
    int zero = 1;
    for (Py_ssize_t i = 0; i < extra; i++) {
        zero &= data[i] == 0;
        data[i] = (unsigned char)i;
    }
    if (!PyObject_GC_IsTracked(made)) {
        PyObject_GC_Track(made);
    }
    return Py_BuildValue("(Nii)", made, zero, extra == 0 || data[extra - 1] == (unsigned char)(extra - 1));
}

/* Finalizers called by hand: once each. */
static PyObject *
finalized(PyObject *self, PyObject *object)
{
    long before = finalizers;
    PyObject_CallFinalizer(object);
    int first = PyObject_GC_IsFinalized(object);
    PyObject_CallFinalizer(object);
    return Py_BuildValue("(il)", first, finalizers - before);
}

static PyObject *
weakly(PyObject *self, PyObject *reference)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    return Py_XNewRef(PyWeakref_GetObject(reference));
#pragma GCC diagnostic pop
}

/* ---- members by hand ---- */

typedef struct {
    PyObject_HEAD
    int number;
    const char *text;
    PyObject *object;
    char in_place[8];
    Py_ssize_t size;
    char flag;
    double real;
} Record;

static PyMemberDef record_members[] = {
    {"number", Py_T_INT, offsetof(Record, number), 0, NULL},
    {"text", Py_T_STRING, offsetof(Record, text), 0, NULL},
    {"object", Py_T_OBJECT_EX, offsetof(Record, object), 0, NULL},
    {"in_place", Py_T_STRING_INPLACE, offsetof(Record, in_place), 0, NULL},
    {"size", Py_T_PYSSIZET, offsetof(Record, size), 0, NULL},
    {"flag", Py_T_BOOL, offsetof(Record, flag), 0, NULL},
    {"real", Py_T_DOUBLE, offsetof(Record, real), 0, NULL},
    {"locked", Py_T_INT, offsetof(Record, number), Py_READONLY, NULL},
    {"odd", 99, 0, 0, NULL},
};

/* member(name, value): what it was, what setting says, what it is. */
static PyObject *
member(PyObject *self, PyObject *arguments)
{
    const char *name;
    PyObject *value = NULL;
    static Record record = {PyObject_HEAD_INIT(&Plain_Type).number = 1, .text = "text", .in_place = "inside", .size = 2, .flag = 1, .real = 0.5};
    if (!PyArg_ParseTuple(arguments, "s|O", &name, &value)) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(record_members); i++) {
        if (strcmp(record_members[i].name, name)) {
            continue;
        }
        if (value == NULL) {
            return PyMember_GetOne((char *)&record, &record_members[i]);
        }
        return PyMember_SetOne((char *)&record, &record_members[i], value == Py_Ellipsis ? NULL : value) < 0
                   ? NULL
                   : PyMember_GetOne((char *)&record, &record_members[i]);
    }
    return PyErr_Format(PyExc_KeyError, name);
}

/* ---- allocators ---- */

static PyMemAllocatorEx usual[3];
static long calls[3][4];

static void *
counting_malloc(void *context, size_t size)
{
    calls[(intptr_t)context][0]++;
    PyMemAllocatorEx *allocator = &usual[(intptr_t)context];
    return allocator->malloc(allocator->ctx, size);
}

static void *
counting_calloc(void *context, size_t count, size_t size)
{
    calls[(intptr_t)context][1]++;
    PyMemAllocatorEx *allocator = &usual[(intptr_t)context];
    return allocator->calloc(allocator->ctx, count, size);
}

static void *
counting_realloc(void *context, void *memory, size_t size)
{
    calls[(intptr_t)context][2]++;
    PyMemAllocatorEx *allocator = &usual[(intptr_t)context];
    return allocator->realloc(allocator->ctx, memory, size);
}

static void
counting_free(void *context, void *memory)
{
    calls[(intptr_t)context][3]++;
    PyMemAllocatorEx *allocator = &usual[(intptr_t)context];
    allocator->free(allocator->ctx, memory);
}

/* With an allocator of C's in the way: that it was called by each function of the domain, and that the usual one came back. */
static PyObject *
allocators(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    for (intptr_t domain = PYMEM_DOMAIN_RAW; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &usual[domain]);
        memset(calls[domain], 0, sizeof calls[domain]);
        PyMemAllocatorEx counting = {(void *)domain, counting_malloc, counting_calloc, counting_realloc, counting_free};
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &counting);
        PyMemAllocatorEx now;
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &now);
        char *memory[2];
        if (domain == PYMEM_DOMAIN_RAW) {
            memory[0] = PyMem_RawRealloc(PyMem_RawMalloc(5), 10);
            memory[1] = PyMem_RawCalloc(3, 4);
        } else if (domain == PYMEM_DOMAIN_MEM) {
            memory[0] = PyMem_Realloc(PyMem_Malloc(5), 10);
            memory[1] = PyMem_Calloc(3, 4);
        } else {
            memory[0] = PyObject_Realloc(PyObject_Malloc(5), 10);
            memory[1] = PyObject_Calloc(3, 4);
        }
        int zero = memory[1][0] == 0 && memory[1][11] == 0;
        memset(memory[0], 1, 10);
        if (domain == PYMEM_DOMAIN_RAW) {
            PyMem_RawFree(memory[0]);
            PyMem_RawFree(memory[1]);
        } else if (domain == PYMEM_DOMAIN_MEM) {
            PyMem_Free(memory[0]);
            PyMem_Free(memory[1]);
        } else {
            PyObject_Free(memory[0]);
            PyObject_Free(memory[1]);
        }
        long *called = calls[domain];
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &usual[domain]);
        PyObject *row = Py_BuildValue("(iiiiii)", now.malloc == counting_malloc && now.ctx == (void *)domain, called[0] >= 1, called[1] >= 1,
                                      called[2] >= 1, called[3] >= 2, zero);
        if (row == NULL || PyList_Append(list, row) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(row);
        if (list == NULL) {
            return NULL;
        }
    }
    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    return Py_BuildValue("(Ni)", list, arenas.alloc != NULL && arenas.free != NULL);
}

static PyObject *
trace_malloc(PyObject *self, PyObject *unused)
{
    static char memory[10];
    return Py_BuildValue("(ii)", PyTraceMalloc_Track(1, (uintptr_t)memory, 10), PyTraceMalloc_Untrack(1, (uintptr_t)memory));
}

/* ---- tracers ---- */

static long traced[2];

static int
trace(PyObject *object, PyRefTracerEvent event, void *data)
{
    if (Py_IS_TYPE(object, &Plain_Type)) {
        traced[event == PyRefTracer_DESTROY]++;
        return data == &traced ? 0 : -1;
    }
    return 0;
}

static PyObject *
tracers(PyObject *self, PyObject *unused)
{
    void *data = NULL, *later = &data;
    PyRefTracer before = PyRefTracer_GetTracer(&data);
    traced[0] = traced[1] = 0;
    if (PyRefTracer_SetTracer(trace, &traced) < 0) {
        return NULL;
    }
    PyRefTracer during = PyRefTracer_GetTracer(&data);
    PyObject *plain = (PyObject *)_PyObject_NewVar(&Plain_Type, 0);
    Py_XDECREF(plain);
    int status = PyRefTracer_SetTracer(NULL, NULL);
    PyRefTracer after = PyRefTracer_GetTracer(&later);
    return Py_BuildValue("(iiiiill)", before == NULL, during == trace, data == &traced, status, after == NULL && later == NULL, traced[0], traced[1]);
}

static int
fill(PyObject *module)
{
    if (PyType_Ready(&Plain_Type) < 0 || PyType_Ready(&Lasting_Type) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &Node_Type);
}

static PyMethodDef functions[] = {
    {"node", node, METH_VARARGS, NULL},
    {"chain", chain, METH_O, NULL},
    {"fresh", fresh, METH_NOARGS, NULL},
    {"too_large", too_large, METH_O, NULL},
    {"ended_so_far", ended_so_far, METH_NOARGS, NULL},
    {"counted", counted, METH_NOARGS, NULL},
    {"lasting", lasting, METH_NOARGS, NULL},
    {"visited", visited, METH_NOARGS, NULL},
    {"with_extra", with_extra, METH_VARARGS, NULL},
    {"finalized", finalized, METH_O, NULL},
    {"weakly", weakly, METH_O, NULL},
    {"member", member, METH_VARARGS, NULL},
    {"allocators", allocators, METH_NOARGS, NULL},
    {"trace_malloc", trace_malloc, METH_NOARGS, NULL},
    {"tracers", tracers, METH_NOARGS, NULL},
    {0},
};

MODULE(ext_allocated, "Allocated.", functions, fill)
