//! `_struct.Struct`, whose size and number of values C reads inline: CPython's own `_testbuffer` does, and what was made after it.

use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, PyTypeObject};

use crate::host::{HostRef, host};
use crate::laid_out::{LaidOut, attribute};

/// `PyStructObject` of CPython's `_struct.c`.
#[repr(C)]
struct PyStructObject {
    ob_base: PyObject,
    s_size: Py_ssize_t,
    s_len: Py_ssize_t,
    s_codes: *mut std::ffi::c_void,
    s_format: *mut PyObject,
    weakreflist: *mut PyObject,
    ready: u8,
}

static STRUCT: LaidOut = LaidOut::new("_struct", "Struct", size_of::<PyStructObject>());

pub(crate) fn lay_out(ty: *mut PyTypeObject, class: HostRef, name: &str) {
    STRUCT.lay_out(ty, class, name);
}

/// Whether instances of `ty` have fields that [`fill`] fills.
pub(crate) fn is_type(ty: *mut PyTypeObject) -> bool {
    STRUCT.is_type(ty)
}

/// Show an instance's fields in its fresh mirror; as many values as it makes of zeros.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let size = attribute(object, "size").and_then(|size| host().int_value(size.as_ref())).unwrap_or(0);
    let zeros = host().new_bytes(&vec![0; usize::try_from(size).unwrap_or(0)]);
    let values =
        attribute(object, "unpack").and_then(|unpack| host().call(unpack.as_ref(), &[zeros.as_ref()], &[]).ok());
    let mirror: *mut PyStructObject = mirror.cast();
    // SAFETY: a fresh mirror of this struct.
    unsafe {
        (*mirror).s_size = size as Py_ssize_t;
        (*mirror).s_len = values.map_or(0, |values| host().container_len(values.as_ref()) as Py_ssize_t);
        (*mirror).ready = 1;
    }
}
