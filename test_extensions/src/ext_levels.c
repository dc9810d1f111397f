/* Two levels of C types with a Python class above, below and between: tp_new, tp_init and tp_dealloc that call their base's, and C that
   calls what Python overrides. */
#include "common.h"

typedef struct {
    PyObject_HEAD
    PyObject *log;
    long first;
} Lower;

typedef struct {
    Lower lower;
    long second;
} Upper;

static PyTypeObject *Lower_Type, *Upper_Type;

static int
note(PyObject *self, const char *word)
{
    PyObject *text = PyUnicode_FromString(word);
    int status = text ? PyList_Append(((Lower *)self)->log, text) : -1;
    Py_XDECREF(text);
    return status;
}

static PyObject *
lower_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    Lower *self = (Lower *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->log = PyList_New(0);
    if (self->log == NULL || note((PyObject *)self, "lower new") < 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static int
lower_init(Lower *self, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"first", NULL};
    self->first = -1;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|l:Lower", names, &self->first)) {
        return -1;
    }
    return note((PyObject *)self, "lower init");
}

static int
lower_traverse(Lower *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->log);
    return 0;
}

static int
lower_clear(Lower *self)
{
    Py_CLEAR(self->log);
    return 0;
}

static void
lower_dealloc(Lower *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    lower_clear(self);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

/* The template: calls step() of whatever self is, twice. */
static PyObject *
lower_run(PyObject *self, PyObject *argument)
{
    PyObject *once = PyObject_CallMethod(self, "step", "O", argument);
    PyObject *twice = once ? PyObject_CallMethod(self, "step", "O", once) : NULL;
    Py_XDECREF(once);
    return twice;
}

static PyObject *
lower_step(PyObject *self, PyObject *argument)
{
    return PyUnicode_FromFormat("lower(%S)", argument);
}

static PyObject *
lower_log(Lower *self, void *closure)
{
    return PyList_GetSlice(self->log, 0, PY_SSIZE_T_MAX);
}

static PyObject *
lower_repr(PyObject *self)
{
    PyObject *name = PyType_GetName(Py_TYPE(self));
    PyObject *text = PyUnicode_FromFormat("%U(first=%ld)", name, ((Lower *)self)->first);
    Py_XDECREF(name);
    return text;
}

static PyObject *
lower_compare(PyObject *left, PyObject *right, int operation)
{
    if (!PyObject_TypeCheck(left, Lower_Type) || !PyObject_TypeCheck(right, Lower_Type)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_RICHCOMPARE(((Lower *)left)->first, ((Lower *)right)->first, operation);
}

static Py_hash_t
lower_hash(PyObject *self)
{
    return ((Lower *)self)->first + 10;
}

static Py_ssize_t
lower_length(PyObject *self)
{
    return ((Lower *)self)->first;
}

static PyMethodDef lower_methods[] = {{"run", lower_run, METH_O, NULL}, {"step", lower_step, METH_O, NULL}, {0}};
static PyGetSetDef lower_getset[] = {{"log", (getter)lower_log, NULL, NULL, NULL}, {0}};
static PyMemberDef lower_members[] = {{"first", Py_T_LONG, offsetof(Lower, first), 0, NULL}, {0}};

static PyType_Slot lower_slots[] = {
    {Py_tp_new, lower_new},
    {Py_tp_init, lower_init},
    {Py_tp_traverse, lower_traverse},
    {Py_tp_clear, lower_clear},
    {Py_tp_dealloc, lower_dealloc},
    {Py_tp_methods, lower_methods},
    {Py_tp_getset, lower_getset},
    {Py_tp_members, lower_members},
    {Py_tp_repr, lower_repr},
    {Py_tp_richcompare, lower_compare},
    {Py_tp_hash, lower_hash},
    {Py_sq_length, lower_length},
    {0, NULL},
};

static PyType_Spec lower_spec = {"ext_levels.Lower", sizeof(Lower), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, lower_slots};

static PyObject *
upper_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *self = Lower_Type->tp_new(type, arguments, keywords);
    if (self && note(self, "upper new") < 0) {
        Py_CLEAR(self);
    }
    return self;
}

static int
upper_init(Upper *self, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"first", "second", NULL};
    long first = 0;
    self->second = -2;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|ll:Upper", names, &first, &self->second)) {
        return -1;
    }
    /* Base.__init__, the C way. */
    PyObject *for_base = Py_BuildValue("(l)", first);
    int status = for_base ? Lower_Type->tp_init((PyObject *)self, for_base, NULL) : -1;
    Py_XDECREF(for_base);
    return status < 0 ? -1 : note((PyObject *)self, "upper init");
}

static void
upper_dealloc(PyObject *self)
{
    Lower_Type->tp_dealloc(self);
}

static PyObject *
upper_step(PyObject *self, PyObject *argument)
{
    /* super().step(argument), the C way. */
    PyObject *method = PyObject_GetAttrString((PyObject *)Lower_Type, "step");
    PyObject *below = method ? PyObject_CallFunctionObjArgs(method, self, argument, NULL) : NULL;
    Py_XDECREF(method);
    PyObject *text = below ? PyUnicode_FromFormat("upper(%U)", below) : NULL;
    Py_XDECREF(below);
    return text;
}

static PyMethodDef upper_methods[] = {{"step", upper_step, METH_O, NULL}, {0}};
static PyMemberDef upper_members[] = {{"second", Py_T_LONG, offsetof(Upper, second), 0, NULL}, {0}};

static PyType_Slot upper_slots[] = {
    {Py_tp_new, upper_new},
    {Py_tp_init, upper_init},
    {Py_tp_traverse, lower_traverse},
    {Py_tp_dealloc, upper_dealloc},
    {Py_tp_methods, upper_methods},
    {Py_tp_members, upper_members},
    {0, NULL},
};

static PyType_Spec upper_spec = {"ext_levels.Upper", sizeof(Upper), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, upper_slots};

/* C goes through the abstract protocol: what Python overrode must answer. */
static PyObject *
seen_by_c(PyObject *module, PyObject *object)
{
    Py_ssize_t length = PyObject_Size(object);
    PyObject *repr = length < 0 ? NULL : PyObject_Repr(object);
    if (repr == NULL) {
        return NULL;
    }
    return Py_BuildValue("(nNNiiL)", length, repr, PyObject_Str(object), PyObject_IsTrue(object), PyObject_TypeCheck(object, Lower_Type),
                         (long long)PyObject_Hash(object));
}

static int
fill(PyObject *module)
{
    Lower_Type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &lower_spec, NULL);
    if (Lower_Type == NULL || PyModule_AddType(module, Lower_Type) < 0) {
        return -1;
    }
    Upper_Type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &upper_spec, (PyObject *)Lower_Type);
    return Upper_Type ? PyModule_AddType(module, Upper_Type) : -1;
}

static PyMethodDef functions[] = {{"seen_by_c", seen_by_c, METH_O, NULL}, {0}};

MODULE(ext_levels, "Levels of types.", functions, fill)
