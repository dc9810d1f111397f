//! `cpython/pyerrors.h`: exceptions. `head` stands for the fields of CPython's `PyException_HEAD`.

use std::ffi::c_char;

use crate::Py_ssize_t;
use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyBaseExceptionObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyStopIterationObject {
    pub head: PyBaseExceptionObject,
    pub value: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyBaseExceptionGroupObject {
    pub head: PyBaseExceptionObject,
    pub msg: *mut PyObject,
    pub excs: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PySyntaxErrorObject {
    pub head: PyBaseExceptionObject,
    pub msg: *mut PyObject,
    pub filename: *mut PyObject,
    pub lineno: *mut PyObject,
    pub offset: *mut PyObject,
    pub end_lineno: *mut PyObject,
    pub end_offset: *mut PyObject,
    pub text: *mut PyObject,
    pub print_file_and_line: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyImportErrorObject {
    pub head: PyBaseExceptionObject,
    pub msg: *mut PyObject,
    pub name: *mut PyObject,
    pub path: *mut PyObject,
    pub name_from: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyUnicodeErrorObject {
    pub head: PyBaseExceptionObject,
    pub encoding: *mut PyObject,
    pub object: *mut PyObject,
    pub start: Py_ssize_t,
    pub end: Py_ssize_t,
    pub reason: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PySystemExitObject {
    pub head: PyBaseExceptionObject,
    pub code: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyOSErrorObject {
    pub head: PyBaseExceptionObject,
    pub myerrno: *mut PyObject,
    pub strerror: *mut PyObject,
    pub filename: *mut PyObject,
    pub filename2: *mut PyObject,
    pub written: Py_ssize_t,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyNameErrorObject {
    pub head: PyBaseExceptionObject,
    pub name: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyAttributeErrorObject {
    pub head: PyBaseExceptionObject,
    pub obj: *mut PyObject,
    pub name: *mut PyObject,
}

crate::layout::pinned! {
    PyBaseExceptionObject 0x48 {
        ob_base 0x0 16,
        dict 0x10 8,
        args 0x18 8,
        notes 0x20 8,
        traceback 0x28 8,
        context 0x30 8,
        cause 0x38 8,
        suppress_context 0x40 1,
    }
    PyStopIterationObject 0x50 { head 0x0 72, value 0x48 8 }
    PyBaseExceptionGroupObject 0x58 { head 0x0 72, msg 0x48 8, excs 0x50 8 }
    PySyntaxErrorObject 0x88 {
        head 0x0 72,
        msg 0x48 8,
        filename 0x50 8,
        lineno 0x58 8,
        offset 0x60 8,
        end_lineno 0x68 8,
        end_offset 0x70 8,
        text 0x78 8,
        print_file_and_line 0x80 8,
    }
    PyImportErrorObject 0x68 { head 0x0 72, msg 0x48 8, name 0x50 8, path 0x58 8, name_from 0x60 8 }
    PyUnicodeErrorObject 0x70 { head 0x0 72, encoding 0x48 8, object 0x50 8, start 0x58 8, end 0x60 8, reason 0x68 8 }
    PySystemExitObject 0x50 { head 0x0 72, code 0x48 8 }
    PyOSErrorObject 0x70 {
        head 0x0 72,
        myerrno 0x48 8,
        strerror 0x50 8,
        filename 0x58 8,
        filename2 0x60 8,
        written 0x68 8,
    }
    PyNameErrorObject 0x50 { head 0x0 72, name 0x48 8 }
    PyAttributeErrorObject 0x58 { head 0x0 72, obj 0x48 8, name 0x50 8 }
}
