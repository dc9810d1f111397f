//! `cpython/object.h`: what is printed of an object that something is wrong with.

use std::ffi::{CStr, c_char, c_int};
use std::io::Write as _;

use capi_macros::capi;
use object_mirror::object::PyObject;

use crate::abstract_::object::text::to_print;
use crate::boundary::{Cx, Obj};
use crate::pyerrors::hold_pending;
use crate::{memdebug, pylifecycle, pystate};

/// Write to the process's standard error. That it cannot be written to changes nothing.
fn tell(text: &[u8]) {
    let mut stderr = std::io::stderr().lock();
    let _written = stderr.write_all(text).and_then(|()| stderr.flush());
}

/// An address as `%p` shows it.
fn address(object: *mut PyObject) -> String {
    if object.is_null() { "(nil)".to_owned() } else { format!("{object:p}") }
}

/// Tell that the object's memory was freed, if it was.
///
/// # Safety
/// NULL, or an address that an object is at or was.
unsafe fn told_as_freed(op: *mut PyObject) -> bool {
    // SAFETY: the caller's contract.
    if !op.is_null() && unsafe { memdebug::is_freed(op) } == 0 {
        return false;
    }
    tell(format!("<object at {} is freed>\n", address(op)).as_bytes());
    true
}

/// Print an object to standard error, what is least likely to crash first: for debuggers.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_Dump(op: *mut PyObject) {
    // SAFETY: C passes NULL, or an address that an object is at or was.
    unsafe {
        if told_as_freed(op) {
            return;
        }
        let ty = (*op).ob_type;
        tell(format!("object address  : {}\nobject refcount : {}\n", address(op), (*op).ob_refcnt).as_bytes());
        let name = if ty.is_null() { c"NULL" } else { CStr::from_ptr((*ty).tp_name) };
        tell(format!("object type     : {}\nobject type name: ", address(ty.cast())).as_bytes());
        tell(name.to_bytes());
        tell(b"\nobject repr     : ");
        let state = pystate::PyGILState_Ensure();
        {
            let cx = Cx::assume();
            let _held = hold_pending();
            match to_print(cx, Obj::from_ptr(op), false) {
                Ok(text) => tell(&text),
                Err(_) => drop(cx.take_error()),
            }
        }
        pystate::PyGILState_Release(state);
        tell(b"\n");
    }
}

/// Print what did not hold of an object, and abort.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_AssertFailed(
    obj: *mut PyObject,
    expr: *const c_char,
    msg: *const c_char,
    file: *const c_char,
    line: c_int,
    function: *const c_char,
) -> ! {
    // SAFETY: C passes NULL or NUL-terminated strings.
    let text = |text: *const c_char| (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy());
    let function = text(function).map_or(String::new(), |function| format!("{function}: "));
    let what = text(expr).map_or("Assertion failed".to_owned(), |expr| format!("Assertion \"{expr}\" failed"));
    let message = text(msg).map_or(String::new(), |message| format!(": {message}"));
    tell(format!("{}:{line}: {function}{what}{message}\n", text(file).as_deref().unwrap_or("(null)")).as_bytes());
    // SAFETY: C passes NULL, or an address that an object is at or was.
    unsafe {
        if !told_as_freed(obj) {
            tell(b"Enable tracemalloc to get the memory block allocation traceback\n\n");
            _PyObject_Dump(obj);
            tell(b"\n");
        }
    }
    pylifecycle::fatal(Some("_PyObject_AssertFailed"), "_PyObject_AssertFailed")
}

/// A place for a debugger's breakpoint: does nothing.
#[capi(raw)]
pub unsafe extern "C" fn _Py_BreakPoint() {}
