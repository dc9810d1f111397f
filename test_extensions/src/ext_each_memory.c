/* Functions of the API about memory: allocators, what they give for odd sizes, objects made in it by hand, buffers. */
#include "each.h"
#include <stdint.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Walloc-size-larger-than="

typedef struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
} family;

static const family families[] = {
    {PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree},
    {PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free},
    {PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free},
};

static const family *family_of(const char *which)
{
    return &families[is(which, "raw") ? 0 : is(which, "mem") ? 1 : 2];
}

/* A function of each domain that calls `way` with the domain's name. */
#define EACH_DOMAIN(way, parameters, ...) \
    static PyObject *way##_raw parameters { const char *which = "raw"; return each_##way(__VA_ARGS__); } \
    static PyObject *way##_mem parameters { const char *which = "mem"; return each_##way(__VA_ARGS__); } \
    static PyObject *way##_object parameters { const char *which = "object"; return each_##way(__VA_ARGS__); }

static int is_filled(const unsigned char *memory, size_t size, int with)
{
    size_t index = 0;
    while (index < size && memory[index] == with) {
        index++;
    }
    return index == size;
}

/* Not all of what is huge is looked at: it would have to be there. */
static size_t some_of(size_t size)
{
    return size < 100000 ? size : 100000;
}

/* Whether there is memory, on a boundary of 16, apart from another piece, that takes what is written. */
static PyObject *each_malloc(const char *which, long size)
{
    const family *own = family_of(which);
    unsigned char *memory = own->malloc((size_t)size), *other = own->malloc((size_t)size);
    PyObject *told = Py_BuildValue("(iii)", memory != NULL, ((uintptr_t)memory & 15) == 0, memory != other || memory == NULL);
    if (memory != NULL && size < 100000) {
        memset(memory, 0xAB, (size_t)size);
    }
    own->free(other);
    own->free(memory);
    own->free(NULL);
    return told;
}

static PyObject *each_calloc(const char *which, long count, long size)
{
    const family *own = family_of(which);
    unsigned char *memory = own->calloc((size_t)count, (size_t)size);
    PyObject *told = Py_BuildValue("(ii)", memory != NULL, memory == NULL || is_filled(memory, some_of((size_t)(count * size)), 0));
    own->free(memory);
    return told;
}

/* Grown or shrunk: what fits is still there. */
static PyObject *each_realloc(const char *which, long before, long after)
{
    const family *own = family_of(which);
    unsigned char *memory = before < 0 ? NULL : own->malloc((size_t)before);
    size_t kept = before < 0 ? 0 : (size_t)(before < after ? before : after);
    if (memory != NULL) {
        memset(memory, 0xCD, (size_t)before);
    }
    unsigned char *moved = own->realloc(memory, (size_t)after);
    PyObject *told = Py_BuildValue("(ii)", moved != NULL, moved == NULL || after < 0 || is_filled(moved, kept, 0xCD));
    own->free(moved ? moved : memory);
    return told;
}

/* Nothing is freed without complaint, and what was allocated can be had again. */
static PyObject *each_free(const char *which)
{
    const family *own = family_of(which);
    own->free(NULL);
    for (int index = 0; index < 1000; index++) {
        own->free(own->malloc((size_t)index * 7));
    }
    own->free(own->calloc(3, 5));
    own->free(own->realloc(NULL, 5));
    return error_said();
}

EACH_DOMAIN(malloc, (long size), which, size)
EACH_DOMAIN(calloc, (long count, long size), which, count, size)
EACH_DOMAIN(realloc, (long from, long to), which, from, to)
EACH_DOMAIN(free, (void), which)

static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
static PyMemAllocatorEx before;
static int asked, freed;

static void *count_malloc(void *context, size_t size)
{
    asked++;
    return before.malloc(before.ctx, size);
}

static void *count_calloc(void *context, size_t count, size_t size)
{
    asked++;
    return before.calloc(before.ctx, count, size);
}

static void *count_realloc(void *context, void *memory, size_t size)
{
    asked++;
    return before.realloc(before.ctx, memory, size);
}

static void count_free(void *context, void *memory)
{
    freed++;
    before.free(before.ctx, memory);
}

/* The functions of one domain go through what was set, the others do not; and after it was put back none does. */
static PyObject *each_PyMem_SetAllocator(const char *which)
{
    PyMemAllocatorDomain domain = domains[family_of(which) - families];
    PyMemAllocatorEx counting = {"context", count_malloc, count_calloc, count_realloc, count_free}, now;
    PyMem_GetAllocator(domain, &before);
    PyMem_SetAllocator(domain, &counting);
    PyMem_GetAllocator(domain, &now);
    asked = freed = 0;
    const family *own = family_of(which);
    void *memory = own->malloc(10), *zeros = own->calloc(2, 5);
    memory = own->realloc(memory, 300);
    int seen = asked >= 3;
    own->free(memory);
    own->free(zeros);
    seen += freed >= 2 ? 10 : 0;
    PyMem_SetAllocator(domain, &before);
    asked = 0;
    own->free(own->malloc(10));
    return Py_BuildValue("(iiiii)", seen, asked, now.malloc == count_malloc, now.ctx == counting.ctx, now.free == count_free);
}

static PyObject *each_PyMem_GetAllocator(const char *which)
{
    PyMemAllocatorEx allocator = {NULL, NULL, NULL, NULL, NULL};
    PyMem_GetAllocator(domains[family_of(which) - families], &allocator);
    if (allocator.malloc == NULL || allocator.calloc == NULL || allocator.realloc == NULL || allocator.free == NULL) {
        return text_or_null("incomplete");
    }
    unsigned char *memory = allocator.malloc(allocator.ctx, 20), *zeros = allocator.calloc(allocator.ctx, 3, 7);
    int fine = memory != NULL && zeros != NULL && is_filled(zeros, 21, 0);
    memory = allocator.realloc(allocator.ctx, memory, 2000);
    allocator.free(allocator.ctx, memory);
    allocator.free(allocator.ctx, zeros);
    allocator.free(allocator.ctx, NULL);
    return Py_BuildValue("(i)", fine);
}

/* A domain that there is not is answered with nothing. */
static PyObject *each_PyMem_GetAllocator_unknown(long domain)
{
    PyMemAllocatorEx allocator = {"context", count_malloc, count_calloc, count_realloc, count_free};
    PyMem_GetAllocator((PyMemAllocatorDomain)domain, &allocator);
    return Py_BuildValue("(ii)", allocator.malloc == NULL, allocator.ctx == NULL);
}

static PyObject *each_PyObject_GetArenaAllocator(void)
{
    PyObjectArenaAllocator allocator = {NULL, NULL, NULL};
    PyObject_GetArenaAllocator(&allocator);
    void *memory = allocator.alloc ? allocator.alloc(allocator.ctx, 4096) : NULL;
    int fine = memory != NULL;
    if (memory != NULL) {
        memset(memory, 1, 4096);
        allocator.free(allocator.ctx, memory, 4096);
    }
    return Py_BuildValue("(i)", fine);
}

/* ---- objects */

typedef struct {
    PyObject_VAR_HEAD
    PyObject *held;
} holder;

static int finalised, died, visited;

/* Whether a finaliser keeps what it is called for, and where. */
static int to_keep;
static PyObject *kept_alive;

static void holder_finalize(PyObject *self)
{
    finalised++;
    if (to_keep) {
        kept_alive = Py_NewRef(self);
    }
}

static int holder_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((holder *)self)->held);
    return 0;
}

static int holder_clear(PyObject *self)
{
    Py_CLEAR(((holder *)self)->held);
    return 0;
}

static void holder_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        return;
    }
    died++;
    if (PyType_IS_GC(type)) {
        PyObject_GC_UnTrack(self);
    }
    holder_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot tracked_slots[] = {{Py_tp_traverse, holder_traverse}, {Py_tp_clear, holder_clear}, {Py_tp_dealloc, holder_dealloc}, {Py_tp_finalize, holder_finalize}, {0, NULL}};
static PyType_Slot plain_slots[] = {{Py_tp_dealloc, holder_dealloc}, {Py_tp_finalize, holder_finalize}, {0, NULL}};
static PyType_Spec tracked_spec = {"ext_each_memory.Tracked", sizeof(holder), sizeof(long), Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, tracked_slots};
static PyType_Spec plain_spec = {"ext_each_memory.Plain", sizeof(holder), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, plain_slots};
static PyTypeObject *tracked_type, *plain_type;

static PyObject *each_PyObject_Init(const char *which)
{
    PyObject *memory = is(which, "null") ? NULL : PyObject_Calloc(1, sizeof(holder));
    PyObject *made = is(which, "var") ? (PyObject *)PyObject_InitVar((PyVarObject *)memory, plain_type, 7) : PyObject_Init(memory, plain_type);
    if (made == NULL) {
        return NULL;
    }
    PyObject *told = Py_BuildValue("(isni)", made == memory, Py_TYPE(made)->tp_name, Py_REFCNT(made), is(which, "var") ? (int)Py_SIZE(made) : 0);
    died = finalised = 0;
    Py_DECREF(made);
    return Py_BuildValue("(Nii)", told, died, finalised);
}

static PyObject *each_PyObject_InitVar(const char *which, long size)
{
    PyVarObject *memory = is(which, "null") ? NULL : PyObject_Calloc(1, sizeof(holder));
    PyVarObject *made = PyObject_InitVar(memory, plain_type, size);
    if (made == NULL) {
        return NULL;
    }
    PyObject *told = Py_BuildValue("(isnn)", made == memory, Py_TYPE(made)->tp_name, Py_REFCNT(made), Py_SIZE(made));
    Py_SET_SIZE(made, 0);
    Py_DECREF(made);
    return told;
}

/* Tracked, untracked and tracked again, a second untracking does nothing; freed by its type or by hand. */
static PyObject *each_PyObject_GC_Track(const char *which)
{
    holder *made = is(which, "var") ? PyObject_GC_NewVar(holder, tracked_type, 5) : PyObject_GC_New(holder, tracked_type);
    if (made == NULL) {
        return NULL;
    }
    made->held = NULL;
    PyObject *self = (PyObject *)made;
    int first = PyObject_GC_IsTracked(self);
    PyObject_GC_Track(self);
    int second = PyObject_GC_IsTracked(self);
    PyObject_GC_UnTrack(self);
    PyObject_GC_UnTrack(self);
    int third = PyObject_GC_IsTracked(self);
    int finalised_yet = PyObject_GC_IsFinalized(self), is_gc = PyObject_IS_GC(self);
    died = finalised = 0;
    if (is(which, "by-hand")) {
        Py_DECREF(Py_TYPE(self));
        PyObject_GC_Del(self);
    } else {
        Py_DECREF(self);
    }
    return Py_BuildValue("(iiiiiii)", first, second, third, finalised_yet, is_gc, died, finalised);
}

/* One that was never tracked, or is not when a collection comes; a second untracking does nothing. */
static PyObject *each_PyObject_GC_UnTrack(const char *which)
{
    holder *made = PyObject_GC_New(holder, tracked_type);
    made->held = NULL;
    PyObject *self = (PyObject *)made;
    if (!is(which, "never-tracked")) {
        PyObject_GC_Track(self);
    }
    if (is(which, "in-a-cycle")) {
        made->held = Py_NewRef(self);
        PyObject_GC_UnTrack(self);
        PyGC_Collect();
        Py_CLEAR(made->held);
    }
    PyObject_GC_UnTrack(self);
    int tracked = PyObject_GC_IsTracked(self);
    died = finalised = 0;
    Py_DECREF(self);
    return Py_BuildValue("(iii)", tracked, died, finalised);
}

/* The memory alone goes: no destructor, and the type has its reference still. */
static PyObject *each_PyObject_GC_Del(const char *which)
{
    Py_ssize_t count = Py_REFCNT(tracked_type);
    PyObject *made = is(which, "var") ? (PyObject *)PyObject_GC_NewVar(holder, tracked_type, 5) : (PyObject *)PyObject_GC_New(holder, tracked_type);
    ((holder *)made)->held = NULL;
    if (is(which, "tracked") || is(which, "was-tracked")) {
        PyObject_GC_Track(made);
    }
    if (is(which, "was-tracked")) {
        PyObject_GC_UnTrack(made);
    }
    died = finalised = 0;
    PyObject_GC_Del(made);
    Py_ssize_t kept = Py_REFCNT(tracked_type) - count;
    Py_DECREF(tracked_type);
    PyGC_Collect();
    return Py_BuildValue("(nii)", kept, died, finalised);
}

static PyObject *each_PyUnstable_Object_GC_NewWithExtraData(long extra)
{
    PyObject *made = PyUnstable_Object_GC_NewWithExtraData(tracked_type, (size_t)extra);
    if (made == NULL) {
        return NULL;
    }
    unsigned char *after = (unsigned char *)made + tracked_type->tp_basicsize;
    int zeros = is_filled(after, (size_t)extra, 0);
    memset(after, 0xEE, (size_t)extra);
    PyObject *told = Py_BuildValue("(siin)", Py_TYPE(made)->tp_name, zeros, PyObject_GC_IsTracked(made), Py_SIZE(made));
    Py_DECREF(made);
    return told;
}

/* Called by hand it runs once, and not again when the object dies. */
static PyObject *each_PyObject_CallFinalizer(const char *which)
{
    PyTypeObject *type = is(which, "tracked") ? tracked_type : plain_type;
    PyObject *made = type->tp_alloc(type, 0);
    finalised = died = 0;
    PyObject_CallFinalizer(made);
    int once = finalised;
    PyObject_CallFinalizer(made);
    int twice = finalised;
    Py_DECREF(made);
    return Py_BuildValue("(iiii)", once, twice, finalised, died);
}

/* From a destructor: once for what is tracked. One whose finaliser keeps it goes on living. */
static PyObject *each_PyObject_CallFinalizerFromDealloc(const char *which)
{
    PyTypeObject *type = strstr(which, "tracked") ? tracked_type : plain_type;
    PyObject *made = type->tp_alloc(type, 0);
    finalised = died = 0;
    to_keep = strstr(which, "kept") ? 1 : 0;
    if (is(which, "called-before-tracked")) {
        PyObject_CallFinalizer(made);
    }
    Py_DECREF(made);
    PyObject *first = Py_BuildValue("(iii)", finalised, died, kept_alive != NULL);
    to_keep = 0;
    if (kept_alive != NULL) {
        PyObject *again = kept_alive;
        kept_alive = NULL;
        first = Py_BuildValue("(Nn)", first, Py_REFCNT(again));
        Py_DECREF(again);
    }
    return Py_BuildValue("(Nii)", first, finalised, died);
}

static PyObject *each_PyObject_CallFinalizer_of(PyObject *object)
{
    PyObject_CallFinalizer(object);
    return error_said();
}

static int visit_one(PyObject *object, void *argument)
{
    visited++;
    if (object == argument) {
        *(int *)&died = 1000;
        return 0;
    }
    return 1;
}

static PyObject *each_PyUnstable_GC_VisitObjects(void)
{
    PyObject *made = tracked_type->tp_alloc(tracked_type, 0);
    visited = died = 0;
    PyUnstable_GC_VisitObjects(visit_one, made);
    int seen = died == 1000;
    Py_DECREF(made);
    return Py_BuildValue("(ii)", seen, visited > 0);
}

static int count_visit(PyObject *object, void *argument)
{
    visited++;
    return 0;
}

/* Of an instance of a class of Python, whose dict has been asked for. */
static PyObject *each_PyObject_VisitManagedDict(PyObject *object)
{
    if (!PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_MANAGED_DICT)) {
        visited = 0;
        int status = PyObject_VisitManagedDict(object, count_visit, NULL);
        return Py_BuildValue("(sii)", "no managed dict", status, visited);
    }
    PyObject_SetAttrString(object, "attribute", Py_True);
    PyErr_Clear();
    visited = 0;
    int status = PyObject_VisitManagedDict(object, count_visit, NULL);
    return Py_BuildValue("(si)", "managed", status);
}

static PyObject *each_PyObject_ClearManagedDict(PyObject *object)
{
    if (PyObject_SetAttrString(object, "attribute", Py_True) < 0) {
        return NULL;
    }
    if (!PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_MANAGED_DICT)) {
        return text_or_null("no managed dict");
    }
    PyObject_ClearManagedDict(object);
    return Py_BuildValue("(N)", step(PyObject_GetAttrString(object, "attribute")));
}

static PyObject *each_PyObject_ClearWeakRefs(PyObject *class, const char *which)
{
    PyObject *object = PyObject_CallNoArgs(class), *heard = PyList_New(0);
    PyObject *append = PyObject_GetAttrString(heard, "append");
    PyObject *plain = object ? PyWeakref_NewRef(object, NULL) : NULL;
    PyObject *with = plain ? PyWeakref_NewRef(object, append) : NULL;
    if (with == NULL) {
        Py_XDECREF(object), Py_DECREF(heard), Py_DECREF(append), Py_XDECREF(plain);
        return NULL;
    }
    if (is(which, "silently")) {
        PyUnstable_Object_ClearWeakRefsNoCallbacks(object);
    } else {
        /* The references of what is alive still are left alone. */
        PyObject_ClearWeakRefs(object);
    }
    PyObject *error = error_said();
    PyObject *told = Py_BuildValue("(Nssn)", error, Py_IsNone(PyWeakref_GetObject(plain)) ? "cleared" : "there", Py_IsNone(PyWeakref_GetObject(with)) ? "cleared" : "there",
                                   PyList_GET_SIZE(heard));
    Py_DECREF(object), Py_DECREF(heard), Py_DECREF(append), Py_DECREF(plain), Py_DECREF(with);
    return told;
}

static PyObject *each_PyUnstable_Object_ClearWeakRefsNoCallbacks(PyObject *class)
{
    return each_PyObject_ClearWeakRefs(class, "silently");
}

static PyObject *each_Py_DecRef(const char *which)
{
    PyObject *made = plain_type->tp_alloc(plain_type, 0);
    died = 0;
    Py_IncRef(made);
    Py_IncRef(NULL);
    Py_DecRef(NULL);
    Py_ssize_t two = Py_REFCNT(made);
    Py_DecRef(made);
    Py_ssize_t one = Py_REFCNT(made);
    int yet = died;
    Py_DecRef(made);
    Py_DecRef(Py_None);
    return Py_BuildValue("(nnii)", two, one, yet, died);
}

/* ---- buffers */

/* What lies at an index of a view, or where none is. */
static PyObject *each_PyBuffer_GetPointer(const char *which)
{
    char bytes[24];
    for (int index = 0; index < 24; index++) {
        bytes[index] = (char)index;
    }
    Py_ssize_t shape[2] = {4, 6}, strides[2] = {6, 1}, back[2] = {-6, -1}, suboffsets[2] = {0, -1}, indices[2] = {1, 2};
    char *rows[4] = {bytes, bytes + 6, bytes + 12, bytes + 18};
    Py_buffer view = {.buf = bytes, .len = 24, .itemsize = 1, .ndim = 2, .shape = shape, .strides = strides};
    if (is(which, "backwards")) {
        view.buf = bytes + 23, view.strides = back;
    }
    if (is(which, "rows")) {
        static Py_ssize_t pointers[2] = {sizeof(char *), 1};
        view.buf = rows, view.strides = pointers, view.suboffsets = suboffsets;
    }
    if (is(which, "no-dimensions")) {
        view.ndim = 0;
    }
    if (is(which, "first")) {
        indices[0] = indices[1] = 0;
    }
    return PyLong_FromLong(*(char *)PyBuffer_GetPointer(&view, indices));
}

static PyObject *each_PyBuffer_Release(PyObject *object)
{
    Py_buffer view = {.obj = NULL};
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    PyBuffer_Release(&view);
    int empty = view.obj == NULL;
    PyBuffer_Release(&view);
    return Py_BuildValue("(in)", empty, view.len);
}

static const each_function functions[] = {
    {"PyMem_RawMalloc", (void *)malloc_raw},
    {"PyMem_Malloc", (void *)malloc_mem},
    {"PyObject_Malloc", (void *)malloc_object},
    {"PyMem_RawCalloc", (void *)calloc_raw},
    {"PyMem_Calloc", (void *)calloc_mem},
    {"PyObject_Calloc", (void *)calloc_object},
    {"PyMem_RawRealloc", (void *)realloc_raw},
    {"PyMem_Realloc", (void *)realloc_mem},
    {"PyObject_Realloc", (void *)realloc_object},
    {"PyMem_RawFree", (void *)free_raw},
    {"PyMem_Free", (void *)free_mem},
    {"PyObject_Free", (void *)free_object},
    EACH(PyMem_SetAllocator),
    EACH(PyMem_GetAllocator),
    {"PyMem_GetAllocator/unknown", (void *)each_PyMem_GetAllocator_unknown},
    EACH(PyObject_GetArenaAllocator),
    EACH(PyObject_Init),
    EACH(PyObject_InitVar),
    EACH(PyObject_GC_Track),
    EACH(PyUnstable_Object_GC_NewWithExtraData),
    EACH(PyObject_CallFinalizer),
    {"PyObject_CallFinalizer/of", (void *)each_PyObject_CallFinalizer_of},
    EACH(PyUnstable_GC_VisitObjects),
    EACH(PyObject_VisitManagedDict),
    EACH(PyObject_ClearManagedDict),
    EACH(PyObject_ClearWeakRefs),
    EACH(PyUnstable_Object_ClearWeakRefsNoCallbacks),
    EACH(PyObject_CallFinalizerFromDealloc),
    EACH(PyObject_GC_UnTrack),
    EACH(PyObject_GC_Del),
    EACH(Py_DecRef),
    EACH(PyBuffer_GetPointer),
    EACH(PyBuffer_Release),
    {NULL, NULL},
};

static int fill(PyObject *module)
{
    tracked_type = (PyTypeObject *)PyType_FromSpec(&tracked_spec);
    plain_type = (PyTypeObject *)PyType_FromSpec(&plain_spec);
    return PyModule_AddObjectRef(module, "Tracked", (PyObject *)tracked_type) < 0 || PyModule_AddObjectRef(module, "Plain", (PyObject *)plain_type) < 0
               ? -1
               : add_each(module, functions);
}

MODULE(ext_each_memory, "Functions about memory.", NULL, fill)
