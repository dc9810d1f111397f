//! `sysmodule.h`: the module `sys`, by name.

use std::ffi::c_int;

use capi_macros::capi;

use crate::boundary::{Borrowed, Cx, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};

/// An attribute of `sys`, borrowed; NULL without an error where there is none.
#[capi]
fn PySys_GetObject<'a>(cx: Cx<'a>, name: Text<'a>) -> Option<Borrowed<'a>> {
    if std::str::from_utf8(name.bytes()).is_ok() {
        return host().sys_attr(&name.to_str()).map(Borrowed::lent);
    }
    // No attribute has such a name; the error is nobody's to hear of, and what was pending stays so.
    let _pending = crate::pyerrors::hold_pending();
    if name.host_str(cx).is_err()
        && let Some(error) = cx.take_error()
    {
        cx.unlocked(|h| h.unraisable(error, Some("Exception ignored in PySys_GetObject()"), None));
    }
    None
}

/// Set an attribute of `sys`; NULL deletes it.
#[capi]
fn PySys_SetObject(cx: Cx<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let sys = cx.call(|h| h.import("sys"))?;
    let key = name.host_str(cx)?;
    let Some(value) = value else {
        let namespace = host().namespace(sys.as_ref());
        return cx.call(|h| h.dict_remove(namespace.as_ref(), key.as_ref())).map(drop);
    };
    let value = value.give(cx)?;
    cx.call(|h| h.set_attr(sys.as_ref(), key.as_ref(), Some(value.as_ref())))
}

/// `sys._xoptions`; borrowed.
#[capi]
fn PySys_GetXOptions(cx: Cx<'_>) -> Result<Borrowed<'_>> {
    if let Some(options) = host().sys_attr("_xoptions").filter(|options| host().kind(options.as_ref()) == Kind::Dict) {
        return Ok(Borrowed::lent(options));
    }
    let sys = cx.call(|h| h.import("sys"))?;
    let (name, options) = (cx.str("_xoptions"), host().new_dict());
    cx.call(|h| h.set_attr(sys.as_ref(), name.as_ref(), Some(options.as_ref())))?;
    Ok(Borrowed::lent(options))
}

/// Empty `sys.warnoptions`.
#[capi]
fn PySys_ResetWarnOptions(_cx: Cx<'_>) {
    if let Some(options) = host().sys_attr("warnoptions")
        && host().kind(options.as_ref()) == Kind::List
    {
        host().splice_list(options.as_ref(), 0..usize::MAX, Vec::new());
    }
}

/// Raise an auditing event with a tuple of arguments, or none for NULL.
#[capi]
fn PySys_AuditTuple(cx: Cx<'_>, event: Text<'_>, args: Option<Obj<'_>>) -> Result<()> {
    let mut values = vec![event.host_str(cx)?];
    if let Some(args) = args {
        if !args.type_has(object_mirror::object::Py_TPFLAGS_TUPLE_SUBCLASS) {
            return Err(cx.type_error(format!("args must be tuple, got {}", args.type_name())));
        }
        values.extend(crate::cross::host_list_items(cx, crate::tupleobject::items(args.as_ptr()))?);
    }
    let refs: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    cx.call_function("sys", "audit", &refs)?;
    Ok(())
}

/// Whether a stream is a terminal, or `-i` makes it one.
#[capi(raw)]
pub unsafe extern "C" fn Py_FdIsInteractive(fp: *mut libc::FILE, _filename: *const std::ffi::c_char) -> c_int {
    // SAFETY: C passes an open stream.
    unsafe { libc::isatty(libc::fileno(fp)) }
}

/// Close the file of `perf`'s map, which is opened by what writes to it: nothing here does.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_PerfMapState_Fini() {}
