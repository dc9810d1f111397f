//! What a function that is not implemented does: it sets SystemError with its name. Never a plausible answer.

use std::ptr::null_mut;

use object_mirror::object::PyObject;

use crate::boundary::Cx;

#[cold]
fn raise(name: &str) {
    // SAFETY: called by C through the API, with the lock held.
    let cx = unsafe { Cx::assume() };
    cx.system_error(format!("{name} is not implemented by pierglass"));
}

/// The body of a missing function whose error value is NULL.
pub(crate) fn missing_pointer(name: &str) -> *mut PyObject {
    raise(name);
    null_mut()
}

/// The body of a missing function whose error value is -1.
pub(crate) fn missing_number(name: &str) -> isize {
    raise(name);
    -1
}
