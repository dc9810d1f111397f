//! The host's own builtin functions and method descriptors, as C reads them inline.
//!
//! Generated code looks at `m_ml->ml_flags` before it calls a builtin, and at a method descriptor's `d_method` to call the
//! method without binding it. So these mirrors have a definition with the function's name and flags that lead every such
//! look to the general call. There is no C function behind them: a descriptor's `ml_meth` is NULL, which readers check,
//! and a builtin's raises.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Mutex;

use object_mirror::descrobject::{
    PyDescrObject, PyGetSetDef, PyGetSetDescrObject, PyMemberDef, PyMemberDescrObject, PyMethodDescrObject,
};
use object_mirror::methodobject::{METH_KEYWORDS, METH_VARARGS, PyCFunction, PyCFunctionObject, PyMethodDef};
use object_mirror::object::{Py_TPFLAGS_TYPE_SUBCLASS, PyObject, PyTypeObject, visitproc};

use crate::boundary::Cx;
use crate::host::{HostRef, Kind, host};
use crate::statics::builtin;
use crate::{cross, lifetime};

/// The descriptor types' destructor; a builtin's is the C functions'.
pub(crate) fn init() {
    for ty in descriptors() {
        // SAFETY: our own statics, at start.
        unsafe {
            (*ty).tp_dealloc = Some(dealloc);
            (*ty).tp_traverse = Some(traverse);
        }
    }
}

fn descriptors() -> [*mut PyTypeObject; 5] {
    [
        builtin!(PyMethodDescr_Type),
        builtin!(PyClassMethodDescr_Type),
        builtin!(PyWrapperDescr_Type),
        builtin!(PyGetSetDescr_Type),
        builtin!(PyMemberDescr_Type),
    ]
}

/// Whether `ty` is a type whose mirrors [`fill`] fills.
pub(crate) fn is_type(ty: *mut PyTypeObject) -> bool {
    std::ptr::eq(ty, builtin!(PyCFunction_Type)) || descriptors().iter().any(|&known| std::ptr::eq(ty, known))
}

/// Show the function's parts in its fresh mirror.
pub(crate) fn fill(mirror: *mut PyObject, function: HostRef) {
    // SAFETY: a live mirror of the host function.
    let ty = unsafe { (*mirror).ob_type };
    if std::ptr::eq(ty, builtin!(PyCFunction_Type)) {
        fill_function(mirror.cast(), function);
    } else {
        fill_descriptor(mirror.cast(), function, ty);
    }
}

fn fill_function(mirror: *mut PyCFunctionObject, function: HostRef) {
    // SAFETY: a fresh mirror of this struct; its fields own their references.
    unsafe {
        (*mirror).m_self = part(function, "__self__");
        let name = name_of(function);
        let own = c_definition((*mirror).m_self, &name);
        (*mirror).m_ml = own.unwrap_or_else(|| definition(&name, Some(called_by_address)));
        (*mirror).m_module = part(function, "__module__");
    }
}

/// The definition behind a bound method of a C type: the method of that name of `self_`'s class, or of `self_` if it is one.
///
/// # Safety
/// `self_` is NULL or live.
unsafe fn c_definition(self_: *mut PyObject, name: &str) -> Option<*mut PyMethodDef> {
    if self_.is_null() {
        return None;
    }
    // SAFETY: live types, whose bases are live; their tables end with an entry without a name.
    unsafe {
        let ty = (*self_).ob_type;
        let is_class = (*ty).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS != 0;
        let mut ty = if is_class { self_.cast() } else { ty };
        while !ty.is_null() {
            if let Some(def) = find((*ty).tp_methods, name, |def| def.ml_name) {
                return Some(def);
            }
            ty = (*ty).tp_base;
        }
    }
    None
}

/// The entry of this name in a table of C's, as its descriptors show it: C reads it there, and writes docstrings to it.
///
/// # Safety
/// `table` is NULL or ends with an entry without a name.
unsafe fn find<T>(table: *mut T, name: &str, name_of: impl Fn(&T) -> *const c_char) -> Option<*mut T> {
    let mut entry = table;
    // SAFETY: the caller's contract; names are NUL-terminated.
    unsafe {
        while !entry.is_null() && !name_of(&*entry).is_null() {
            if CStr::from_ptr(name_of(&*entry)).to_bytes() == name.as_bytes() {
                return Some(entry);
            }
            entry = entry.add(1);
        }
    }
    None
}

/// The tables that a class got from C: methods, getters and members. Those of a class of the host's are empty.
type Tables = (*mut PyMethodDef, *mut PyGetSetDef, *mut PyMemberDef);

/// # Safety
/// `ty` is NULL or a live type.
unsafe fn tables(ty: *mut PyTypeObject) -> Tables {
    if ty.is_null() {
        return (null_mut(), null_mut(), null_mut());
    }
    // SAFETY: the caller's contract.
    unsafe { ((*ty).tp_methods, (*ty).tp_getset, (*ty).tp_members) }
}

fn fill_descriptor(mirror: *mut PyDescrObject, descriptor: HostRef, ty: *mut PyTypeObject) {
    let name = name_of(descriptor);
    // SAFETY: a fresh mirror of this struct; its fields own their references.
    unsafe {
        (*mirror).d_type = part(descriptor, "__objclass__").cast();
        (*mirror).d_name = cross::to_c_owned(host().new_str(name.as_bytes())).into_ptr();
        let (methods, getters, members) = tables((*mirror).d_type);
        if std::ptr::eq(ty, builtin!(PyMethodDescr_Type)) || std::ptr::eq(ty, builtin!(PyClassMethodDescr_Type)) {
            let own = find(methods, &name, |def| def.ml_name);
            (*mirror.cast::<PyMethodDescrObject>()).d_method = own.unwrap_or_else(|| definition(&name, None));
        } else if std::ptr::eq(ty, builtin!(PyGetSetDescr_Type)) {
            let own = find(getters, &name, |def| def.name);
            (*mirror.cast::<PyGetSetDescrObject>()).d_getset = own.unwrap_or_else(|| getter(&name));
        } else if std::ptr::eq(ty, builtin!(PyMemberDescr_Type)) {
            let own = find(members, &name, |def| def.name);
            (*mirror.cast::<PyMemberDescrObject>()).d_member = own.unwrap_or(null_mut());
        }
    }
}

fn name_of(function: HostRef) -> String {
    let name = host().new_str(b"__name__");
    let mut text = String::new();
    if let Ok(found) = host().get_attr(function, name.as_ref())
        && host().kind(found.as_ref()) == Kind::Str
    {
        host().with_str(found.as_ref(), &mut |wtf8| text = String::from_utf8_lossy(wtf8).into_owned());
    }
    text
}

/// An attribute's mirror; NULL for None or for none.
fn part(function: HostRef, name: &str) -> *mut PyObject {
    let name = host().new_str(name.as_bytes());
    match host().get_attr(function, name.as_ref()) {
        Ok(found) if host().kind(found.as_ref()) != Kind::None => cross::to_c_owned(found).into_ptr(),
        _ => std::ptr::null_mut(),
    }
}

/// The definition of a host function of this name. One for each name, for good: C may keep it.
fn definition(name: &str, function: Option<PyCFunction>) -> *mut PyMethodDef {
    static KNOWN: Mutex<Option<HashMap<(String, bool), usize>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let entry = known.get_or_insert_default().entry((name.to_owned(), function.is_some()));
    *entry.or_insert_with(|| {
        let name: *const c_char = CString::new(name).unwrap_or_default().into_raw();
        let flags = METH_VARARGS | METH_KEYWORDS;
        Box::into_raw(Box::new(PyMethodDef {
            ml_name: name,
            ml_meth: function,
            ml_flags: flags,
            ml_doc: std::ptr::null(),
        })) as usize
    }) as *mut PyMethodDef
}

/// The definition of a host's getter of this name, without functions. One for each name, for good.
fn getter(name: &str) -> *mut PyGetSetDef {
    static KNOWN: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let entry = known.get_or_insert_default().entry(name.to_owned());
    *entry.or_insert_with(|| {
        let name: *const c_char = CString::new(name).unwrap_or_default().into_raw();
        let (doc, closure) = (std::ptr::null(), null_mut());
        Box::into_raw(Box::new(PyGetSetDef { name, get: None, set: None, doc, closure })) as usize
    }) as *mut PyGetSetDef
}

/// C took a host function's address out of its definition and called it: the address cannot tell which function is meant.
unsafe extern "C" fn called_by_address(_self: *mut PyObject, _args: *mut PyObject) -> *mut PyObject {
    // SAFETY: C calls it as it calls any method, with the lock held.
    let cx = unsafe { Cx::assume() };
    cx.system_error("a builtin function of the host was called by the address in its PyMethodDef; call the object");
    std::ptr::null_mut()
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a descriptor mirror without references.
    unsafe {
        let descriptor: *mut PyDescrObject = op.cast();
        let fields = [(*descriptor).d_type.cast(), (*descriptor).d_name, (*descriptor).d_qualname];
        lifetime::free_object(op.cast());
        for field in fields {
            lifetime::xdecref(field);
        }
    }
}

pub(crate) unsafe extern "C" fn traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: a live descriptor mirror.
    unsafe {
        let class: *mut PyObject = (*op.cast::<PyDescrObject>()).d_type.cast();
        if class.is_null() { 0 } else { visit(class, arg) }
    }
}
