//! The functions whose body is C: variadics, compiled from `c/` by `build.rs`.
//!
//! The linker takes nothing out of a static C library that nobody asks for, so this table names every function; being
//! `#[used]`, it stays, and the functions with it. Their prototypes are in `include/`, written by hand.

/// A function of the C shims, as data: these declarations are for their addresses only.
type Address = unsafe extern "C" fn();

unsafe extern "C" {
    // c/call.c
    fn PyObject_CallFunction();
    fn _PyObject_CallFunction_SizeT();
    fn PyObject_CallMethod();
    fn _PyObject_CallMethod_SizeT();
    fn _PyObject_CallMethodId();
    fn PyEval_CallFunction();
    fn PyEval_CallMethod();
    fn PyObject_CallFunctionObjArgs();
    fn PyObject_CallMethodObjArgs();
    // c/errors.c
    fn PyErr_FormatV();
    fn PyErr_Format();
    fn _PyErr_FormatFromCause();
    fn PyErr_WarnFormat();
    fn PyErr_ResourceWarning();
    fn PyErr_FormatUnraisable();
    fn PyErr_WarnExplicitFormat();
    // c/getargs.c
    fn PyArg_VaParse();
    fn PyArg_Parse();
    fn PyArg_ParseTuple();
    fn _PyArg_ParseStack();
    fn _PyArg_VaParse_SizeT();
    fn _PyArg_Parse_SizeT();
    fn _PyArg_ParseTuple_SizeT();
    // c/getargs_clinic.c
    fn _PyArg_CheckPositional();
    fn PyArg_UnpackTuple();
    fn _PyArg_BadArgument();
    fn _PyArg_NoKeywords();
    fn _PyArg_NoPositional();
    // c/getargs_keywords.c
    fn PyArg_VaParseTupleAndKeywords();
    fn PyArg_ParseTupleAndKeywords();
    fn _PyArg_ParseTupleAndKeywordsFast();
    fn _PyArg_ParseStackAndKeywords();
    fn _PyArg_VaParseTupleAndKeywords_SizeT();
    fn _PyArg_ParseTupleAndKeywords_SizeT();
    // c/modsupport.c
    fn Py_VaBuildValue();
    fn Py_BuildValue();
    fn _Py_VaBuildValue_SizeT();
    fn _Py_BuildValue_SizeT();
    fn PyTuple_Pack();
    // c/pystrutil.c
    fn PyOS_vsnprintf();
    fn PyOS_snprintf();
    fn PySys_WriteStdout();
    fn PySys_WriteStderr();
    fn PySys_FormatStdout();
    fn PySys_FormatStderr();
    // c/sysmodule.c
    fn PySys_Audit();
    fn PySys_AddAuditHook();
    // c/unicode.c
    fn PyUnicode_FromFormatV();
    fn PyUnicode_FromFormat();
    fn PyBytes_FromFormatV();
    fn PyBytes_FromFormat();
    // c/unpack.c
    fn _PyArg_UnpackKeywords();
    fn _PyArg_UnpackKeywordsWithVararg();
}

/// Name and address of every function in C.
#[used]
pub(crate) static IN_C: [(&str, Address); 53] = [
    ("PyObject_CallFunction", PyObject_CallFunction),
    ("_PyObject_CallFunction_SizeT", _PyObject_CallFunction_SizeT),
    ("PyObject_CallMethod", PyObject_CallMethod),
    ("_PyObject_CallMethod_SizeT", _PyObject_CallMethod_SizeT),
    ("_PyObject_CallMethodId", _PyObject_CallMethodId),
    ("PyEval_CallFunction", PyEval_CallFunction),
    ("PyEval_CallMethod", PyEval_CallMethod),
    ("PyObject_CallFunctionObjArgs", PyObject_CallFunctionObjArgs),
    ("PyObject_CallMethodObjArgs", PyObject_CallMethodObjArgs),
    ("PyErr_FormatV", PyErr_FormatV),
    ("PyErr_Format", PyErr_Format),
    ("_PyErr_FormatFromCause", _PyErr_FormatFromCause),
    ("PyErr_WarnFormat", PyErr_WarnFormat),
    ("PyErr_ResourceWarning", PyErr_ResourceWarning),
    ("PyErr_FormatUnraisable", PyErr_FormatUnraisable),
    ("PyErr_WarnExplicitFormat", PyErr_WarnExplicitFormat),
    ("PyArg_VaParse", PyArg_VaParse),
    ("PyArg_Parse", PyArg_Parse),
    ("PyArg_ParseTuple", PyArg_ParseTuple),
    ("_PyArg_ParseStack", _PyArg_ParseStack),
    ("PyArg_VaParseTupleAndKeywords", PyArg_VaParseTupleAndKeywords),
    ("PyArg_ParseTupleAndKeywords", PyArg_ParseTupleAndKeywords),
    ("_PyArg_ParseTupleAndKeywordsFast", _PyArg_ParseTupleAndKeywordsFast),
    ("_PyArg_ParseStackAndKeywords", _PyArg_ParseStackAndKeywords),
    ("_PyArg_CheckPositional", _PyArg_CheckPositional),
    ("PyArg_UnpackTuple", PyArg_UnpackTuple),
    ("_PyArg_BadArgument", _PyArg_BadArgument),
    ("_PyArg_NoKeywords", _PyArg_NoKeywords),
    ("_PyArg_NoPositional", _PyArg_NoPositional),
    ("_PyArg_VaParse_SizeT", _PyArg_VaParse_SizeT),
    ("_PyArg_VaParseTupleAndKeywords_SizeT", _PyArg_VaParseTupleAndKeywords_SizeT),
    ("_PyArg_Parse_SizeT", _PyArg_Parse_SizeT),
    ("_PyArg_ParseTuple_SizeT", _PyArg_ParseTuple_SizeT),
    ("_PyArg_ParseTupleAndKeywords_SizeT", _PyArg_ParseTupleAndKeywords_SizeT),
    ("Py_VaBuildValue", Py_VaBuildValue),
    ("Py_BuildValue", Py_BuildValue),
    ("_Py_VaBuildValue_SizeT", _Py_VaBuildValue_SizeT),
    ("_Py_BuildValue_SizeT", _Py_BuildValue_SizeT),
    ("PyTuple_Pack", PyTuple_Pack),
    ("PyOS_vsnprintf", PyOS_vsnprintf),
    ("PyOS_snprintf", PyOS_snprintf),
    ("PySys_WriteStdout", PySys_WriteStdout),
    ("PySys_WriteStderr", PySys_WriteStderr),
    ("PySys_FormatStdout", PySys_FormatStdout),
    ("PySys_FormatStderr", PySys_FormatStderr),
    ("PySys_Audit", PySys_Audit),
    ("PySys_AddAuditHook", PySys_AddAuditHook),
    ("PyUnicode_FromFormatV", PyUnicode_FromFormatV),
    ("PyUnicode_FromFormat", PyUnicode_FromFormat),
    ("PyBytes_FromFormatV", PyBytes_FromFormatV),
    ("PyBytes_FromFormat", PyBytes_FromFormat),
    ("_PyArg_UnpackKeywords", _PyArg_UnpackKeywords),
    ("_PyArg_UnpackKeywordsWithVararg", _PyArg_UnpackKeywordsWithVararg),
];
