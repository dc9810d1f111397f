/* Lists whose items C reads and writes inline while Python has them too: lists that C keeps, lists half filled, a list type with
   fields of its own, and a container by which lists and C objects can hold each other. */
#include "common.h"

static int
place_of(PyObject *list, PyObject *index, Py_ssize_t *place)
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "not a list");
        return -1;
    }
    *place = PyLong_AsSsize_t(index);
    if (*place == -1 && PyErr_Occurred()) {
        return -1;
    }
    if (*place < 0 || *place >= PyList_GET_SIZE(list)) {
        PyErr_SetString(PyExc_IndexError, "no such place");
        return -1;
    }
    return 0;
}

static int
put_inline(PyObject *list, Py_ssize_t place, PyObject *item)
{
    PyObject **slot = &((PyListObject *)list)->ob_item[place], *old = *slot;
    *slot = Py_NewRef(item);
    Py_XDECREF(old);
    return 0;
}

/* put(list, place, item): list[place] = item, without a function of Python's. */
static PyObject *
put(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t place;
    if (count != 3 || place_of(args[0], args[1], &place) < 0 || put_inline(args[0], place, args[2]) < 0) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "put(list, place, item)");
    }
    Py_RETURN_NONE;
}

/* is_at(list, place, item): whether the pointer in the slot is that of the item. */
static PyObject *
is_at(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t place;
    if (count != 3 || place_of(args[0], args[1], &place) < 0) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "is_at(list, place, item)");
    }
    return PyBool_FromLong(((PyListObject *)args[0])->ob_item[place] == args[2]);
}

/* grow(list, item): at the end, inline where there is room. */
static PyObject *
grow(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyList_Check(args[0])) {
        return PyErr_Format(PyExc_TypeError, "grow(list, item)");
    }
    PyListObject *list = (PyListObject *)args[0];
    Py_ssize_t size = PyList_GET_SIZE(list);
    if (list->allocated > size) {
        list->ob_item[size] = Py_NewRef(args[1]);
        Py_SET_SIZE(list, size + 1);
    } else if (PyList_Append(args[0], args[1]) < 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(PyList_GET_SIZE(list));
}

/* shrink(list): the last item, taken off by the size alone. */
static PyObject *
shrink(PyObject *self, PyObject *list)
{
    Py_ssize_t size = PyList_Check(list) ? PyList_GET_SIZE(list) : 0;
    if (size == 0) {
        return PyErr_Format(PyExc_IndexError, "nothing there");
    }
    PyObject *last = PyList_GET_ITEM(list, size - 1);
    Py_SET_SIZE(list, size - 1);
    return last;
}

/* turn(list): the items in reverse, by swapping slots. */
static PyObject *
turn(PyObject *self, PyObject *list)
{
    if (!PyList_Check(list)) {
        return PyErr_Format(PyExc_TypeError, "turn(list)");
    }
    PyObject **items = ((PyListObject *)list)->ob_item;
    for (Py_ssize_t low = 0, high = PyList_GET_SIZE(list) - 1; low < high; low++, high--) {
        PyObject *item = items[low];
        items[low] = items[high];
        items[high] = item;
    }
    Py_RETURN_NONE;
}

/* shape(list): how many items there are, whether there is room for them, and the sum of those that are ints; lists inside too. */
static int
add_up(PyObject *list, long *sum, int depth)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (item == NULL) {
            continue;
        }
        if (PyList_Check(item)) {
            if (depth > 0 && add_up(item, sum, depth - 1) < 0) {
                return -1;
            }
        } else if (PyLong_Check(item)) {
            *sum += PyLong_AsLong(item);
        }
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
shape(PyObject *self, PyObject *list)
{
    long sum = 0;
    if (!PyList_Check(list)) {
        return PyErr_Format(PyExc_TypeError, "shape(list)");
    }
    if (add_up(list, &sum, 4) < 0) {
        return NULL;
    }
    int roomy = ((PyListObject *)list)->allocated >= PyList_GET_SIZE(list);
    return Py_BuildValue("nNl", PyList_GET_SIZE(list), PyBool_FromLong(roomy), sum);
}

/* unfilled(count): the list as PyList_New gives it; put() fills it. */
static PyObject *
unfilled(PyObject *self, PyObject *count)
{
    Py_ssize_t size = PyLong_AsSsize_t(count);
    return size == -1 && PyErr_Occurred() ? NULL : PyList_New(size);
}

/* between(list, function): calls function(item), and puts what it returns where the item was, if it is there still. */
static PyObject *
between(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyList_Check(args[0])) {
        return PyErr_Format(PyExc_TypeError, "between(list, function)");
    }
    PyListObject *list = (PyListObject *)args[0];
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *item = Py_NewRef(list->ob_item[i]);
        PyObject *result = PyObject_CallOneArg(args[1], item);
        if (result != NULL && i < PyList_GET_SIZE(list) && list->ob_item[i] == item) {
            put_inline(args[0], i, result);
        }
        Py_DECREF(item);
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
    }
    Py_RETURN_NONE;
}

/* A list that C keeps from call to call. */
static PyObject *kept = NULL;

static PyObject *
keep(PyObject *self, PyObject *list)
{
    Py_XSETREF(kept, list == Py_None ? NULL : Py_NewRef(list));
    Py_RETURN_NONE;
}

static PyObject *
give(PyObject *self, PyObject *unused)
{
    return Py_NewRef(kept == NULL ? Py_None : kept);
}

/* put_kept(place, item): as put, of the list that was not given. */
static PyObject *
put_kept(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t place;
    if (count != 2 || kept == NULL || place_of(kept, args[0], &place) < 0 || put_inline(kept, place, args[1]) < 0) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "put_kept(place, item)");
    }
    return Py_NewRef(args[1]);
}

/* A list with a field behind the list's: it counts what C wrote into it, and refers to something else. */
typedef struct {
    PyListObject list;
    Py_ssize_t writes;
    PyObject *beside;
} Counted;

static int counted_alive = 0;

static PyObject *
counted_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = PyList_Type.tp_new(type, args, kwargs);
    counted_alive += self != NULL;
    return self;
}

static int
counted_traverse(Counted *self, visitproc visit, void *arg)
{
    Py_VISIT(self->beside);
    return PyList_Type.tp_traverse((PyObject *)self, visit, arg);
}

static int
counted_clear(Counted *self)
{
    Py_CLEAR(self->beside);
    return PyList_Type.tp_clear((PyObject *)self);
}

static void
counted_dealloc(Counted *self)
{
    PyObject_GC_UnTrack(self);
    counted_alive--;
    Py_CLEAR(self->beside);
    PyList_Type.tp_dealloc((PyObject *)self);
}

static PyObject *
counted_put(Counted *self, PyObject *arguments)
{
    Py_ssize_t place;
    PyObject *item;
    if (!PyArg_ParseTuple(arguments, "nO", &place, &item)) {
        return NULL;
    }
    if (place < 0 || place >= PyList_GET_SIZE(self)) {
        return PyErr_Format(PyExc_IndexError, "no such place");
    }
    put_inline((PyObject *)self, place, item);
    Py_XSETREF(self->beside, Py_NewRef(item));
    return PyLong_FromSsize_t(++self->writes);
}

static PyObject *
counted_last(Counted *self, PyObject *unused)
{
    Py_ssize_t size = PyList_GET_SIZE(self);
    return size == 0 ? Py_NewRef(Py_None) : Py_NewRef(PyList_GET_ITEM(self, size - 1));
}

static PyObject *
counted_get_beside(Counted *self, void *unused)
{
    return Py_NewRef(self->beside ? self->beside : Py_None);
}

static PyMethodDef counted_methods[] = {
    {"put", (PyCFunction)counted_put, METH_VARARGS, NULL},
    {"last", (PyCFunction)counted_last, METH_NOARGS, NULL},
    {0},
};

static PyGetSetDef counted_getset[] = {
    {"beside", (getter)counted_get_beside, NULL, NULL, NULL},
    {0},
};

static PyTypeObject Counted_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_items.Counted",
    .tp_basicsize = sizeof(Counted),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = counted_new,
    .tp_traverse = (traverseproc)counted_traverse,
    .tp_clear = (inquiry)counted_clear,
    .tp_dealloc = (destructor)counted_dealloc,
    .tp_methods = counted_methods,
    .tp_getset = counted_getset,
};

/* A C object that holds one other. */
typedef struct {
    PyObject_HEAD
    PyObject *inside;
} Box;

static int boxes_alive = 0;

static PyObject *
box_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *inside = Py_None;
    if (!PyArg_ParseTuple(args, "|O", &inside)) {
        return NULL;
    }
    Box *self = (Box *)type->tp_alloc(type, 0);
    if (self != NULL) {
        boxes_alive++;
        self->inside = Py_NewRef(inside);
    }
    return (PyObject *)self;
}

static int
box_traverse(Box *self, visitproc visit, void *arg)
{
    Py_VISIT(self->inside);
    return 0;
}

static int
box_clear(Box *self)
{
    Py_CLEAR(self->inside);
    return 0;
}

static void
box_dealloc(Box *self)
{
    PyObject_GC_UnTrack(self);
    boxes_alive--;
    Py_CLEAR(self->inside);
    PyObject_GC_Del(self);
}

static PyObject *
box_get_inside(Box *self, void *unused)
{
    return Py_NewRef(self->inside ? self->inside : Py_None);
}

static PyGetSetDef box_getset[] = {
    {"inside", (getter)box_get_inside, NULL, NULL, NULL},
    {0},
};

static PyTypeObject Box_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_items.Box",
    .tp_basicsize = sizeof(Box),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = box_new,
    .tp_traverse = (traverseproc)box_traverse,
    .tp_clear = (inquiry)box_clear,
    .tp_dealloc = (destructor)box_dealloc,
    .tp_getset = box_getset,
};

/* alive(): how many boxes and counted lists there are. */
static PyObject *
alive(PyObject *self, PyObject *unused)
{
    return Py_BuildValue("ii", boxes_alive, counted_alive);
}

/* knotted(): a list of C's with a box that holds the list. */
static PyObject *
knotted(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(2);
    PyObject *box = list ? PyObject_CallOneArg((PyObject *)&Box_Type, list) : NULL;
    if (box == NULL) {
        Py_XDECREF(list);
        return NULL;
    }
    PyList_SET_ITEM(list, 0, box);
    PyList_SET_ITEM(list, 1, Py_NewRef(list));
    return list;
}

static PyMethodDef functions[] = {
    {"put", METHOD(put), METH_FASTCALL, NULL},
    {"is_at", METHOD(is_at), METH_FASTCALL, NULL},
    {"grow", METHOD(grow), METH_FASTCALL, NULL},
    {"shrink", shrink, METH_O, NULL},
    {"turn", turn, METH_O, NULL},
    {"shape", shape, METH_O, NULL},
    {"unfilled", unfilled, METH_O, NULL},
    {"between", METHOD(between), METH_FASTCALL, NULL},
    {"keep", keep, METH_O, NULL},
    {"give", give, METH_NOARGS, NULL},
    {"put_kept", METHOD(put_kept), METH_FASTCALL, NULL},
    {"alive", alive, METH_NOARGS, NULL},
    {"knotted", knotted, METH_NOARGS, NULL},
    {0},
};

static int
items_exec(PyObject *module)
{
    Counted_Type.tp_base = &PyList_Type;
    if (PyModule_AddType(module, &Counted_Type) < 0 || PyModule_AddType(module, &Box_Type) < 0) {
        return -1;
    }
    return 0;
}

MODULE(ext_items, "Items of lists.", functions, items_exec)
