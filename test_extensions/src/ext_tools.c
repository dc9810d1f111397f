/* What tools ask of an interpreter: watchers, what is kept with code, files of marshalled objects, functions that C replaces,
 * and the arguments of Argument Clinic's functions. */
#include "common.h"
#include <marshal.h>

/* ---- watchers ---- */

static PyObject *seen; /* a list, while somebody watches */

static int note_type(PyTypeObject *type)
{
    return seen == NULL ? 0 : PyList_Append(seen, (PyObject *)type);
}

static int refuse_type(PyTypeObject *Py_UNUSED(type))
{
    PyErr_SetString(PyExc_RuntimeError, "boom!");
    return -1;
}

/* What happens, with what is there so far: the number of items before the change. */
static int note_dict(PyDict_WatchEvent event, PyObject *dict, PyObject *key, PyObject *value)
{
    if (seen == NULL) {
        return 0;
    }
    if (event == PyDict_EVENT_DEALLOCATED) {
        key = value = NULL;
    }
    PyObject *note = Py_BuildValue("inOO", (int)event, PyDict_GET_SIZE(dict), key == NULL ? Py_None : key,
                                   value == NULL ? Py_None : value);
    int status = note == NULL ? -1 : PyList_Append(seen, note);
    Py_XDECREF(note);
    return status;
}

static PyObject *add_type_watcher(PyObject *Py_UNUSED(self), PyObject *refuses)
{
    int id = PyType_AddWatcher(PyObject_IsTrue(refuses) ? refuse_type : note_type);
    return id < 0 ? NULL : PyLong_FromLong(id);
}

static PyObject *done(int status)
{
    if (status < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *clear_type_watcher(PyObject *Py_UNUSED(self), PyObject *id)
{
    return done(PyType_ClearWatcher((int)PyLong_AsLong(id)));
}

static PyObject *watch_type(PyObject *Py_UNUSED(self), PyObject *args)
{
    int id, on;
    PyObject *type;
    if (!PyArg_ParseTuple(args, "iOp", &id, &type, &on)) {
        return NULL;
    }
    return done(on ? PyType_Watch(id, type) : PyType_Unwatch(id, type));
}

static PyObject *take_seen(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    PyObject *taken = seen == NULL ? Py_NewRef(Py_None) : seen;
    seen = PyList_New(0);
    return taken;
}

static PyObject *add_dict_watcher(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    int id = PyDict_AddWatcher(note_dict);
    return id < 0 ? NULL : PyLong_FromLong(id);
}

static PyObject *clear_dict_watcher(PyObject *Py_UNUSED(self), PyObject *id)
{
    return done(PyDict_ClearWatcher((int)PyLong_AsLong(id)));
}

static PyObject *watch_dict(PyObject *Py_UNUSED(self), PyObject *args)
{
    int id;
    PyObject *dict;
    if (!PyArg_ParseTuple(args, "iO", &id, &dict)) {
        return NULL;
    }
    return done(PyDict_Watch(id, dict));
}

static PyObject *change_dict(PyObject *Py_UNUSED(self), PyObject *dict)
{
    if (PyDict_SetItemString(dict, "c", Py_True) < 0 || PyDict_SetItemString(dict, "c", Py_False) < 0
        || PyDict_DelItemString(dict, "c") < 0) {
        return NULL;
    }
    PyDict_Clear(dict);
    return PyBool_FromLong(PyDict_CheckExact(dict));
}

static PyObject *unwatch_dict(PyObject *Py_UNUSED(self), PyObject *args)
{
    int id;
    PyObject *dict;
    if (!PyArg_ParseTuple(args, "iO", &id, &dict)) {
        return NULL;
    }
    return done(PyDict_Unwatch(id, dict));
}

static PyObject *clear_other_watcher(PyObject *Py_UNUSED(self), PyObject *args)
{
    int id, of_code;
    if (!PyArg_ParseTuple(args, "ip", &id, &of_code)) {
        return NULL;
    }
    return done(of_code ? PyCode_ClearWatcher(id) : PyFunction_ClearWatcher(id));
}

static PyObject *version_tag(PyObject *Py_UNUSED(self), PyObject *type)
{
    int assigned = PyUnstable_Type_AssignVersionTag((PyTypeObject *)type);
    return Py_BuildValue("ii", assigned, ((PyTypeObject *)type)->tp_version_tag != 0);
}

static PyObject *tag_is_set(PyObject *Py_UNUSED(self), PyObject *type)
{
    return PyBool_FromLong(((PyTypeObject *)type)->tp_version_tag != 0);
}

/* ---- what is kept with code ---- */

static void *freed;

static void note_free(void *value)
{
    freed = value;
}

static PyObject *extra_index(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    return PyLong_FromSsize_t(PyUnstable_Eval_RequestCodeExtraIndex(note_free));
}

static PyObject *get_extra(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *code;
    Py_ssize_t index;
    void *extra = (void *)1;
    if (!PyArg_ParseTuple(args, "On", &code, &index) || PyUnstable_Code_GetExtra(code, index, &extra) < 0) {
        return NULL;
    }
    return PyLong_FromVoidPtr(extra);
}

static PyObject *set_extra(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *code;
    Py_ssize_t index, value;
    if (!PyArg_ParseTuple(args, "Onn", &code, &index, &value)) {
        return NULL;
    }
    return done(PyUnstable_Code_SetExtra(code, index, (void *)value));
}

static PyObject *last_freed(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    return PyLong_FromVoidPtr(freed);
}

/* ---- files of marshalled objects ---- */

static PyObject *write_objects(PyObject *Py_UNUSED(self), PyObject *args)
{
    const char *name;
    PyObject *objects;
    if (!PyArg_ParseTuple(args, "sO!", &name, &PyList_Type, &objects)) {
        return NULL;
    }
    FILE *file = fopen(name, "wb");
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++) {
        PyMarshal_WriteObjectToFile(PyList_GET_ITEM(objects, i), file, Py_MARSHAL_VERSION);
    }
    fclose(file);
    return done(PyErr_Occurred() ? -1 : 0);
}

static PyObject *read_objects(PyObject *Py_UNUSED(self), PyObject *args)
{
    const char *name;
    int count;
    if (!PyArg_ParseTuple(args, "si", &name, &count)) {
        return NULL;
    }
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *list = PyList_New(0);
    for (int i = 0; i < count && list != NULL; i++) {
        PyObject *object = PyMarshal_ReadObjectFromFile(file);
        if (object == NULL || PyList_Append(list, object) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(object);
    }
    fclose(file);
    return list;
}

/* ---- functions that C replaces ---- */

static PyObject *instead(PyObject *Py_UNUSED(callable), PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *all = PyTuple_New(0);
    Py_SETREF(all, PyList_New(0));
    Py_ssize_t count = PyVectorcall_NARGS(nargsf) + (kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames));
    for (Py_ssize_t i = 0; i < count; i++) {
        PyList_Append(all, args[i]);
    }
    return Py_BuildValue("sNO", "instead", all, kwnames == NULL ? Py_None : kwnames);
}

static PyObject *replace_function(PyObject *Py_UNUSED(self), PyObject *function)
{
    PyFunction_SetVectorcall((PyFunctionObject *)function, instead);
    return done(PyErr_Occurred() ? -1 : 0);
}

/* ---- the arguments of Argument Clinic's functions ---- */

extern PyObject *const *_PyArg_UnpackKeywords(PyObject *const *, Py_ssize_t, PyObject *, PyObject *,
                                              struct _PyArg_Parser *, int, int, int, PyObject **);
#undef _PyArg_UnpackKeywords

/* f(a, /, b, c=NULL, *, d, e=NULL) */
static PyObject *unpack(PyObject *Py_UNUSED(self), PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    static const char *const keywords[] = {"", "b", "c", "d", "e", NULL};
    static _PyArg_Parser parser = {.keywords = keywords, .fname = "unpack"};
    PyObject *buffer[5] = {NULL};
    PyObject *const *got = _PyArg_UnpackKeywords(args, nargs, NULL, kwnames, &parser, 2, 3, 1, buffer);
    if (got == NULL) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (int i = 0; i < 5; i++) {
        PyList_Append(list, got[i] == NULL ? Py_Ellipsis : got[i]);
    }
    return list;
}

static PyObject *reraise_star(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *original, *exceptions;
    if (!PyArg_ParseTuple(args, "OO", &original, &exceptions)) {
        return NULL;
    }
    return PyUnstable_Exc_PrepReraiseStar(original, exceptions);
}

static PyMethodDef methods[] = {
    {"add_type_watcher", add_type_watcher, METH_O, NULL},
    {"clear_type_watcher", clear_type_watcher, METH_O, NULL},
    {"watch_type", watch_type, METH_VARARGS, NULL},
    {"take_seen", take_seen, METH_NOARGS, NULL},
    {"add_dict_watcher", add_dict_watcher, METH_NOARGS, NULL},
    {"clear_dict_watcher", clear_dict_watcher, METH_O, NULL},
    {"watch_dict", watch_dict, METH_VARARGS, NULL},
    {"change_dict", change_dict, METH_O, NULL},
    {"unwatch_dict", unwatch_dict, METH_VARARGS, NULL},
    {"clear_other_watcher", clear_other_watcher, METH_VARARGS, NULL},
    {"version_tag", version_tag, METH_O, NULL},
    {"tag_is_set", tag_is_set, METH_O, NULL},
    {"extra_index", extra_index, METH_NOARGS, NULL},
    {"get_extra", get_extra, METH_VARARGS, NULL},
    {"set_extra", set_extra, METH_VARARGS, NULL},
    {"last_freed", last_freed, METH_NOARGS, NULL},
    {"write_objects", write_objects, METH_VARARGS, NULL},
    {"read_objects", read_objects, METH_VARARGS, NULL},
    {"replace_function", replace_function, METH_O, NULL},
    {"unpack", (PyCFunction)(void (*)(void))unpack, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"reraise_star", reraise_star, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "ext_tools", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_ext_tools(void)
{
    return PyModule_Create(&module);
}
