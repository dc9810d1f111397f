/* What the shims call and Rust defines. build.rs compiles the shims before anything is generated, so they do not rely on
 * include/gen; where its prototypes are there, the compiler checks that both agree. */
#ifndef CALLS_H
#define CALLS_H

#include <Python.h>

/* abstract.h */
PyObject *PyObject_Call(PyObject *, PyObject *, PyObject *);
PyObject *PyObject_Vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyObject_VectorcallMethod(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyNumber_Index(PyObject *);
int PySequence_Check(PyObject *);
Py_ssize_t PySequence_Size(PyObject *);
PyObject *PySequence_GetItem(PyObject *, Py_ssize_t);

/* bytearrayobject.h */
Py_ssize_t PyByteArray_Size(PyObject *);
char *PyByteArray_AsString(PyObject *);

/* bytesobject.h */
PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t);
Py_ssize_t PyBytes_Size(PyObject *);
char *PyBytes_AsString(PyObject *);

/* complexobject.h */
PyObject *PyComplex_FromCComplex(Py_complex);
Py_complex PyComplex_AsCComplex(PyObject *);

/* dictobject.h */
PyObject *PyDict_New(void);
int PyDict_SetItem(PyObject *, PyObject *, PyObject *);
int PyDict_Next(PyObject *, Py_ssize_t *, PyObject **, PyObject **);
Py_ssize_t PyDict_Size(PyObject *);
int PyDict_GetItemStringRef(PyObject *, const char *, PyObject **);

/* fileobject.h */
int PyFile_WriteObject(PyObject *, PyObject *, int);
int PyFile_WriteString(const char *, PyObject *);

/* floatobject.h */
PyObject *PyFloat_FromDouble(double);
double PyFloat_AsDouble(PyObject *);

/* import.h */
PyObject *PyImport_ImportModule(const char *);

/* listobject.h */
PyObject *PyList_New(Py_ssize_t);

/* longobject.h */
PyObject *PyLong_FromLong(long);
PyObject *PyLong_FromUnsignedLong(unsigned long);
PyObject *PyLong_FromSsize_t(Py_ssize_t);
long PyLong_AsLong(PyObject *);
Py_ssize_t PyLong_AsSsize_t(PyObject *);
unsigned long PyLong_AsUnsignedLongMask(PyObject *);
PyObject *PyLong_FromLongLong(long long);
PyObject *PyLong_FromUnsignedLongLong(unsigned long long);
long long PyLong_AsLongLong(PyObject *);
unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *);

/* object.h */
PyObject *PyType_GetQualName(PyTypeObject *);
PyObject *PyType_GetFullyQualifiedName(PyTypeObject *);
PyObject *PyType_GetModuleName(PyTypeObject *);
int PyType_IsSubtype(PyTypeObject *, PyTypeObject *);
PyObject *PyObject_Repr(PyObject *);
PyObject *PyObject_Str(PyObject *);
PyObject *PyObject_ASCII(PyObject *);
PyObject *PyObject_GetAttrString(PyObject *, const char *);
int PyObject_IsTrue(PyObject *);
int PyCallable_Check(PyObject *);
void _Py_Dealloc(PyObject *);

/* pybuffer.h */
int PyObject_GetBuffer(PyObject *, Py_buffer *, int);
int PyBuffer_IsContiguous(const Py_buffer *, char);
int PyBuffer_FillInfo(Py_buffer *, PyObject *, void *, Py_ssize_t, int, int);
void PyBuffer_Release(Py_buffer *);

/* pyerrors.h */
void PyErr_SetObject(PyObject *, PyObject *);
void PyErr_SetString(PyObject *, const char *);
PyObject *PyErr_Occurred(void);
void PyErr_Clear(void);
PyObject *PyErr_GetRaisedException(void);
void PyErr_SetRaisedException(PyObject *);
void PyException_SetCause(PyObject *, PyObject *);
void PyException_SetContext(PyObject *, PyObject *);
PyObject *PyErr_NoMemory(void);
void _PyErr_BadInternalCall(const char *, int);

/* pymem.h */
void *PyMem_Malloc(size_t);
void *PyMem_Realloc(void *, size_t);
void PyMem_Free(void *);

/* sysmodule.h */
PyObject *PySys_GetObject(const char *);

/* tupleobject.h */
PyObject *PyTuple_New(Py_ssize_t);

/* unicodeobject.h */
PyObject *PyUnicode_FromStringAndSize(const char *, Py_ssize_t);
Py_ssize_t PyUnicode_GetLength(PyObject *);
Py_UCS4 PyUnicode_ReadChar(PyObject *, Py_ssize_t);
PyObject *PyUnicode_FromWideChar(const wchar_t *, Py_ssize_t);
PyObject *PyUnicode_FromOrdinal(int);
const char *PyUnicode_GetDefaultEncoding(void);
PyObject *PyUnicode_AsEncodedString(PyObject *, const char *, const char *);
PyObject *PyUnicode_DecodeUTF8(const char *, Py_ssize_t, const char *);
const char *PyUnicode_AsUTF8AndSize(PyObject *, Py_ssize_t *);
int PyUnicode_CompareWithASCIIString(PyObject *, const char *);
int PyUnicode_EqualToUTF8(PyObject *, const char *);
PyObject *PyUnicode_FromKindAndData(int, const void *, Py_ssize_t);
const char *PyUnicode_AsUTF8(PyObject *);

/* warnings.h */
int PyErr_WarnEx(PyObject *, const char *, Py_ssize_t);

/* Our own. Give the exception that is set to sys.unraisablehook, with `message` (a str, or NULL) as its err_msg. */
void _Emul_WriteUnraisable(PyObject *message);
/* Whether anybody hears of audit events. */
int _Emul_IsAudited(void);

#endif
