// C++: exceptions thrown and caught inside, turned into Python's; a C++ object in a Python object; a destructor run while unwinding.
#include "common.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

long unwound = 0;

struct Guard {
    ~Guard() { unwound++; }
};

long risky(long value)
{
    Guard guard;
    if (value < 0) {
        throw std::invalid_argument("negative: " + std::to_string(value));
    }
    if (value == 0) {
        throw std::out_of_range("zero");
    }
    if (value > 1000) {
        throw value;
    }
    return value * 2;
}

// What pybind11 does around every function: C++ exceptions become Python's.
template <typename Function> PyObject *translated(Function function)
{
    try {
        return function();
    } catch (const std::invalid_argument &error) {
        PyErr_SetString(PyExc_ValueError, error.what());
    } catch (const std::exception &error) {
        PyErr_Format(PyExc_RuntimeError, "C++: %s", error.what());
    } catch (...) {
        PyErr_SetString(PyExc_SystemError, "something else was thrown");
    }
    return nullptr;
}

PyObject *call_risky(PyObject *, PyObject *argument)
{
    return translated([&] { return PyLong_FromLong(risky(PyLong_AsLong(argument))); });
}

PyObject *count_unwound(PyObject *, PyObject *)
{
    return PyLong_FromLong(unwound);
}

struct PythonError {};

// A Python exception carried by a C++ one over C++ frames, and set again.
long call_back(PyObject *function, long depth)
{
    Guard guard;
    if (depth > 0) {
        return call_back(function, depth - 1) + 1;
    }
    PyObject *result = PyObject_CallNoArgs(function);
    if (result == nullptr) {
        throw PythonError();
    }
    Py_DECREF(result);
    return 0;
}

PyObject *carry(PyObject *, PyObject *function)
{
    try {
        return PyLong_FromLong(call_back(function, 5));
    } catch (const PythonError &) {
        return nullptr;
    }
}

// A C++ object inside a Python object: built in tp_new, destroyed in tp_dealloc.
struct Words {
    PyObject_HEAD
    std::map<std::string, std::vector<long>> *places;
};

PyObject *words_new(PyTypeObject *type, PyObject *, PyObject *)
{
    auto *self = reinterpret_cast<Words *>(type->tp_alloc(type, 0));
    if (self) {
        self->places = new std::map<std::string, std::vector<long>>();
    }
    return reinterpret_cast<PyObject *>(self);
}

void words_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    delete reinterpret_cast<Words *>(self)->places;
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject *words_add(PyObject *self, PyObject *arguments)
{
    const char *word;
    long place;
    if (!PyArg_ParseTuple(arguments, "sl", &word, &place)) {
        return nullptr;
    }
    auto &list = (*reinterpret_cast<Words *>(self)->places)[word];
    list.push_back(place);
    return PyLong_FromSize_t(list.size());
}

PyObject *words_find(PyObject *self, PyObject *name)
{
    return translated([&]() -> PyObject * {
        const auto &list = reinterpret_cast<Words *>(self)->places->at(PyUnicode_AsUTF8(name));
        PyObject *result = PyList_New(static_cast<Py_ssize_t>(list.size()));
        for (size_t i = 0; result && i < list.size(); i++) {
            PyList_SET_ITEM(result, static_cast<Py_ssize_t>(i), PyLong_FromLong(list[i]));
        }
        return result;
    });
}

PyMethodDef words_methods[] = {
    {"add", words_add, METH_VARARGS, nullptr},
    {"find", words_find, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot words_slots[] = {
    {Py_tp_new, reinterpret_cast<void *>(words_new)},
    {Py_tp_dealloc, reinterpret_cast<void *>(words_dealloc)},
    {Py_tp_methods, words_methods},
    {0, nullptr},
};

PyType_Spec words_spec = {"ext_throws.Words", sizeof(Words), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, words_slots};

PyMethodDef functions[] = {
    {"call_risky", call_risky, METH_O, nullptr},
    {"count_unwound", count_unwound, METH_NOARGS, nullptr},
    {"carry", carry, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

int fill(PyObject *module)
{
    return PyModule_Add(module, "Words", PyType_FromSpec(&words_spec));
}

PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void *>(fill)}, {0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_throws", "C++.", 0, functions, slots, nullptr, nullptr, nullptr};

} // namespace

PyMODINIT_FUNC PyInit_ext_throws(void)
{
    return PyModuleDef_Init(&definition);
}
