//! `osmodule.h`: paths.

use capi_macros::capi;
use object_mirror::object::Py_TPFLAGS_BYTES_SUBCLASS;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::host;
use crate::unicodeobject;

/// The file system representation of a path: str and bytes as they are, else what `__fspath__` gives.
#[capi]
fn PyOS_FSPath(cx: Cx<'_>, path: Obj<'_>) -> Result<New> {
    fs_path(cx, path)
}

/// As `PyOS_FSPath`.
pub(crate) fn fs_path(cx: Cx<'_>, path: Obj<'_>) -> Result<New> {
    if unicodeobject::is_str(path) || path.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return Ok(path.to_new());
    }
    let name = cx.str("__fspath__");
    let given = path.give(cx)?;
    let class = host().type_of(given.as_ref());
    if host().type_lookup(class, name.as_ref()).is_none() {
        let name = path.type_name();
        let name = name.rsplit('.').next().unwrap_or_default();
        return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {name:.200}")));
    }
    Ok(cx.to_c(cx.call_function("os", "fspath", &[given.as_ref()])?))
}
