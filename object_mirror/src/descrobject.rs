//! `descrobject.h`: members, getsets and the descriptor objects.

use std::ffi::{c_char, c_int, c_void};

use crate::Py_ssize_t;
use crate::methodobject::PyMethodDef;
use crate::object::{PyObject, PyTypeObject, vectorcallfunc};

pub type getter = unsafe extern "C" fn(*mut PyObject, *mut c_void) -> *mut PyObject;
pub type setter = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void) -> c_int;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PyGetSetDef {
    pub name: *const c_char,
    pub get: Option<getter>,
    pub set: Option<setter>,
    pub doc: *const c_char,
    pub closure: *mut c_void,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PyMemberDef {
    pub name: *const c_char,
    pub type_: c_int,
    pub offset: Py_ssize_t,
    pub flags: c_int,
    pub doc: *const c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyDescrObject {
    pub ob_base: PyObject,
    pub d_type: *mut PyTypeObject,
    pub d_name: *mut PyObject,
    pub d_qualname: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyMethodDescrObject {
    pub d_common: PyDescrObject,
    pub d_method: *mut PyMethodDef,
    pub vectorcall: Option<vectorcallfunc>,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyMemberDescrObject {
    pub d_common: PyDescrObject,
    pub d_member: *mut PyMemberDef,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyGetSetDescrObject {
    pub d_common: PyDescrObject,
    pub d_getset: *mut PyGetSetDef,
}

/// What a slot's wrapper calls: the object, the arguments, the slot's function.
pub type wrapperfunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void) -> *mut PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct wrapperbase {
    pub name: *const c_char,
    pub offset: c_int,
    pub function: *mut c_void,
    pub wrapper: Option<wrapperfunc>,
    pub doc: *const c_char,
    pub flags: c_int,
    pub name_strobj: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyWrapperDescrObject {
    pub d_common: PyDescrObject,
    pub d_base: *mut wrapperbase,
    pub d_wrapped: *mut c_void,
}

pub const Py_T_SHORT: c_int = 0;
pub const Py_T_INT: c_int = 1;
pub const Py_T_LONG: c_int = 2;
pub const Py_T_FLOAT: c_int = 3;
pub const Py_T_DOUBLE: c_int = 4;
pub const Py_T_STRING: c_int = 5;
pub const _Py_T_OBJECT: c_int = 6;
pub const Py_T_CHAR: c_int = 7;
pub const Py_T_BYTE: c_int = 8;
pub const Py_T_UBYTE: c_int = 9;
pub const Py_T_USHORT: c_int = 10;
pub const Py_T_UINT: c_int = 11;
pub const Py_T_ULONG: c_int = 12;
pub const Py_T_STRING_INPLACE: c_int = 13;
pub const Py_T_BOOL: c_int = 14;
pub const Py_T_OBJECT_EX: c_int = 16;
pub const Py_T_LONGLONG: c_int = 17;
pub const Py_T_ULONGLONG: c_int = 18;
pub const Py_T_PYSSIZET: c_int = 19;
pub const _Py_T_NONE: c_int = 20;
pub const Py_READONLY: c_int = 1;
pub const Py_AUDIT_READ: c_int = 2;
pub const Py_RELATIVE_OFFSET: c_int = 8;

crate::layout::pinned! {
    PyGetSetDef 0x28 { name 0x0 8, get 0x8 8, set 0x10 8, doc 0x18 8, closure 0x20 8 }
    PyMemberDef 0x28 { name 0x0 8, type_ 0x8 4, offset 0x10 8, flags 0x18 4, doc 0x20 8 }
    PyDescrObject 0x28 { ob_base 0x0 16, d_type 0x10 8, d_name 0x18 8, d_qualname 0x20 8 }
    PyMethodDescrObject 0x38 { d_common 0x0 40, d_method 0x28 8, vectorcall 0x30 8 }
    PyMemberDescrObject 0x30 { d_common 0x0 40, d_member 0x28 8 }
    PyGetSetDescrObject 0x30 { d_common 0x0 40, d_getset 0x28 8 }
    wrapperbase 0x38 {
        name 0x0 8,
        offset 0x8 4,
        function 0x10 8,
        wrapper 0x18 8,
        doc 0x20 8,
        flags 0x28 4,
        name_strobj 0x30 8,
    }
    PyWrapperDescrObject 0x38 { d_common 0x0 40, d_base 0x28 8, d_wrapped 0x30 8 }
}
