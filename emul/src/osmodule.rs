//! `osmodule.h`: paths.

use capi_macros::capi;
use object_mirror::object::Py_TPFLAGS_BYTES_SUBCLASS;

use crate::boundary::{Cx, New, Obj, Result};
use crate::unicodeobject;

/// The file system representation of a path: str and bytes as they are, else what `__fspath__` gives.
#[capi]
fn PyOS_FSPath(cx: Cx<'_>, path: Obj<'_>) -> Result<New> {
    if unicodeobject::is_str(path) || path.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return Ok(path.to_new());
    }
    let path = path.give(cx)?;
    Ok(cx.to_c(cx.call_function("os", "fspath", &[path.as_ref()])?))
}
