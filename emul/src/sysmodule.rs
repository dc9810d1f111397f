//! `sysmodule.h`: the module `sys`, by name.

use std::ffi::{CStr, c_int};

use capi_macros::capi;
use libc::wchar_t;

use crate::boundary::{Borrowed, Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::pyerrors::text_of;
use crate::unicodeobject::make::PyUnicode_FromWideChar;

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
    Ok(Borrowed::lent(x_options(cx)?))
}

fn x_options(cx: Cx<'_>) -> Result<HostObj> {
    if let Some(options) = host().sys_attr("_xoptions").filter(|options| host().kind(options.as_ref()) == Kind::Dict) {
        return Ok(options);
    }
    let options = host().new_dict();
    set(cx, "_xoptions", options.as_ref())?;
    Ok(options)
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

/// `sys.warnoptions`, a new list if it is none.
fn warn_options(cx: Cx<'_>) -> Result<HostObj> {
    if let Some(options) = host().sys_attr("warnoptions").filter(|options| host().kind(options.as_ref()) == Kind::List)
    {
        return Ok(options);
    }
    let options = host().new_list(Vec::new());
    set(cx, "warnoptions", options.as_ref())?;
    Ok(options)
}

/// Set an attribute of `sys`.
fn set(cx: Cx<'_>, name: &str, value: HostRef) -> Result<()> {
    let sys = cx.call(|h| h.import("sys"))?;
    let name = cx.str(name);
    cx.call(|h| h.set_attr(sys.as_ref(), name.as_ref(), Some(value)))
}

/// Wide characters up to the NUL as a str.
fn wide(cx: Cx<'_>, text: *const wchar_t) -> Result<HostObj> {
    // SAFETY: C passes a NUL-terminated wide string.
    let text = unsafe { New::from_ptr(PyUnicode_FromWideChar(text, -1)) }.ok_or_else(|| cx.pending())?;
    text.obj().give(cx)
}

/// The end of a function that cannot say that it failed.
fn report(cx: Cx<'_>, function: &str, result: Result<()>) {
    if result.is_err()
        && let Some(error) = cx.take_error()
    {
        let message = format!("Exception ignored in {function}()");
        cx.unlocked(|h| h.unraisable(error, Some(&message), None));
    }
}

/// Add an option to `sys.warnoptions`.
#[capi]
fn PySys_AddWarnOption(cx: Cx<'_>, s: *const wchar_t) {
    let added = wide(cx, s).and_then(|option| add_warn_option(cx, option));
    report(cx, "PySys_AddWarnOption", added);
}

/// Add an option to `sys.warnoptions`.
#[capi]
fn PySys_AddWarnOptionUnicode(cx: Cx<'_>, option: Obj<'_>) {
    let added = option.give(cx).and_then(|option| add_warn_option(cx, option));
    report(cx, "PySys_AddWarnOptionUnicode", added);
}

fn add_warn_option(cx: Cx<'_>, option: HostObj) -> Result<()> {
    let options = warn_options(cx)?;
    cx.unlocked(|h| h.splice_list(options.as_ref(), usize::MAX..usize::MAX, vec![option]));
    Ok(())
}

/// Whether `sys.warnoptions` has any.
#[capi]
fn PySys_HasWarnOptions(_cx: Cx<'_>) -> bool {
    let options = host().sys_attr("warnoptions");
    options.is_some_and(|options| {
        host().kind(options.as_ref()) == Kind::List && !host().items(options.as_ref()).is_empty()
    })
}

/// Add an option, `name` or `name=value`, to `sys._xoptions`.
#[capi]
fn PySys_AddXOption(cx: Cx<'_>, s: *const wchar_t) {
    report(cx, "PySys_AddXOption", add_x_option(cx, s));
}

fn add_x_option(cx: Cx<'_>, option: *const wchar_t) -> Result<()> {
    let (option, separator) = (wide(cx, option)?, cx.str("="));
    let parts = cx.call_method(option.as_ref(), "partition", &[separator.as_ref()])?;
    let parts = host().items(parts.as_ref());
    let [name, found, value] = &parts[..] else { return Err(cx.bad_internal_call()) };
    let options = x_options(cx)?;
    let is_set = host().singleton(Kind::True);
    let value = if cx.call(|h| h.is_true(found.as_ref()))? { value } else { &is_set };
    cx.call(|h| h.dict_set(options.as_ref(), name.as_ref(), value.as_ref()))
}

/// Make `sys.path` the folders of a wide string, between colons.
#[capi]
fn PySys_SetPath(cx: Cx<'_>, path: *const wchar_t) {
    report(cx, "PySys_SetPath", set_path(cx, path));
}

fn set_path(cx: Cx<'_>, path: *const wchar_t) -> Result<()> {
    let (path, separator) = (wide(cx, path)?, cx.str(":"));
    let folders = cx.call_method(path.as_ref(), "split", &[separator.as_ref()])?;
    set(cx, "path", folders.as_ref())
}

/// `PySys_SetArgvEx`, which changes `sys.path` unless the program was told to keep to itself.
#[capi]
fn PySys_SetArgv(cx: Cx<'_>, argc: c_int, argv: *mut *mut wchar_t) {
    let isolated = || {
        let flags = host().sys_attr("flags")?;
        let isolated = cx.attr_str(flags.as_ref(), "isolated").ok()?;
        cx.call(|h| h.is_true(isolated.as_ref())).ok()
    };
    report(cx, "PySys_SetArgv", set_argv(cx, argc, argv, !isolated().unwrap_or(false)));
}

/// Make `sys.argv` of these arguments, one that is empty if there are none; if asked, the folder of the first, a script, comes
/// to the front of `sys.path`.
#[capi]
fn PySys_SetArgvEx(cx: Cx<'_>, argc: c_int, argv: *mut *mut wchar_t, updatepath: c_int) {
    report(cx, "PySys_SetArgvEx", set_argv(cx, argc, argv, updatepath != 0));
}

fn set_argv(cx: Cx<'_>, argc: c_int, argv: *mut *mut wchar_t, update_path: bool) -> Result<()> {
    let count = if argv.is_null() { 0 } else { usize::try_from(argc).unwrap_or(0) };
    let mut arguments = Vec::with_capacity(count.max(1));
    for index in 0..count {
        // SAFETY: C passes as many wide strings.
        arguments.push(wide(cx, unsafe { *argv.add(index) })?);
    }
    if arguments.is_empty() {
        arguments.push(cx.str(""));
    }
    let first = arguments[0].clone();
    let list = host().new_list(arguments);
    set(cx, "argv", list.as_ref())?;
    if !update_path {
        return Ok(());
    }
    let Some(path) = host().sys_attr("path").filter(|path| host().kind(path.as_ref()) == Kind::List) else {
        return Ok(());
    };
    let folder = folder_of_script(cx, first)?;
    cx.unlocked(|h| h.splice_list(path.as_ref(), 0..0, vec![folder]));
    Ok(())
}

/// Where the modules of a program are: beside the script, links followed; in the folder it runs in, for `-m`; nowhere else
/// for `-c`.
fn folder_of_script(cx: Cx<'_>, script: HostObj) -> Result<HostObj> {
    let os = cx.call(|h| h.import("os"))?;
    match text_of(script.as_ref()).as_str() {
        "-c" => return Ok(cx.str("")),
        "-m" => return cx.call_method(os.as_ref(), "getcwd", &[]),
        "" => return Ok(script),
        _ => {}
    }
    let (path, strict, yes) = (cx.attr_str(os.as_ref(), "path")?, cx.str("strict"), host().singleton(Kind::True));
    let realpath = cx.attr_str(path.as_ref(), "realpath")?;
    let real = cx.call(|h| h.call(realpath.as_ref(), &[script.as_ref(), yes.as_ref()], &[strict.as_ref()]));
    if real.is_err() {
        drop(cx.take_error());
    }
    cx.call_method(path.as_ref(), "dirname", &[real.unwrap_or(script).as_ref()])
}

/// For `PySys_Audit`, which then does not look at its arguments.
#[unsafe(no_mangle)]
extern "C" fn _Emul_IsAudited() -> c_int {
    host().is_audited().into()
}

/// Raise an auditing event with a tuple of arguments, or none for NULL.
#[capi]
fn PySys_AuditTuple(cx: Cx<'_>, event: Option<Text<'_>>, args: Option<Obj<'_>>) -> Result<()> {
    if let Some(args) = args.as_ref().filter(|args| !args.type_has(object_mirror::object::Py_TPFLAGS_TUPLE_SUBCLASS)) {
        return Err(cx.type_error(format!("args must be tuple, got {}", args.type_name())));
    }
    if !host().is_audited() {
        return Ok(());
    }
    let event = event.ok_or_else(|| cx.bad_internal_call())?;
    let mut values = vec![event.host_str(cx)?];
    if let Some(args) = args {
        values.extend(crate::cross::host_list_items(cx, crate::tupleobject::items(args.as_ptr()))?);
    }
    let refs: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    cx.call_function("sys", "audit", &refs)?;
    Ok(())
}

/// Whether a stream is a terminal, or `-i` makes it one.
#[capi(raw)]
pub unsafe extern "C" fn Py_FdIsInteractive(fp: *mut libc::FILE, filename: *const std::ffi::c_char) -> c_int {
    // SAFETY: C passes an open stream, and NULL or a NUL-terminated name; the flag is an int that C may set.
    unsafe {
        let named = || filename.is_null() || matches!(CStr::from_ptr(filename).to_bytes(), b"<stdin>" | b"???");
        c_int::from(libc::isatty(libc::fileno(fp)) == 1 || crate::pydebug::Py_InteractiveFlag != 0 && named())
    }
}
