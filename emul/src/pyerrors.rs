//! `pyerrors.h`: setting, testing and taking exceptions. The pending one is `PyThreadState.current_exception`.

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS};

use crate::boundary::{Cx, New, Obj, Out, Raised, Result, Stolen, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::{lifetime, pystate, statics, typeobject};

fn is_class(object: Obj<'_>) -> bool {
    // SAFETY: a live type.
    object.type_has(Py_TPFLAGS_TYPE_SUBCLASS) && unsafe { (*object.cast::<object_mirror::object::PyTypeObject>()).tp_flags } & Py_TPFLAGS_BASE_EXC_SUBCLASS as std::ffi::c_ulong != 0
}

fn is_instance(object: Obj<'_>) -> bool {
    object.type_has(Py_TPFLAGS_BASE_EXC_SUBCLASS)
}

/// Make the exception that `class` and `value` mean, as CPython's `_PyErr_SetObject` does.
fn make(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) -> Result<HostObj> {
    if !is_class(class) {
        return Err(cx.system_error(format!("_PyErr_SetObject: exception {} is not a BaseException subclass", class.type_name())));
    }
    let host_class = class.give(cx)?;
    let Some(value) = value.filter(|value| !statics::is_none(value.as_ptr())) else {
        return cx.call(|h| h.call(host_class.as_ref(), &[], &[]));
    };
    let host_value = value.give(cx)?;
    if is_instance(value) && typeobject::is_subtype(value.type_ptr(), class.cast()) {
        return Ok(host_value);
    }
    if host().kind(host_value.as_ref()) == Kind::Tuple {
        let items = host().items(host_value.as_ref());
        let refs: Vec<HostRef> = items.iter().map(HostObj::as_ref).collect();
        return cx.call(|h| h.call(host_class.as_ref(), &refs, &[]));
    }
    cx.call(|h| h.call(host_class.as_ref(), &[host_value.as_ref()], &[]))
}

/// Set the exception; the handled one becomes its context.
fn set(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) {
    drop(cx.take_error());
    let Ok(exception) = make(cx, class, value) else { return };
    // SAFETY: the item's word is NULL or a live exception.
    let handled = unsafe { Obj::from_ptr((*pystate::handled()).exc_value) };
    if let Some(handled) = handled.filter(|handled| !statics::is_none(handled.as_ptr()))
        && let Ok(context) = handled.give(cx)
        && host().identity(context.word()) != host().identity(exception.word())
    {
        let name = cx.str("__context__");
        let _ = cx.unlocked(|h| h.set_attr(exception.as_ref(), name.as_ref(), Some(context.as_ref())));
    }
    cx.raise(exception);
}

/// Set an exception with a message.
#[capi]
fn PyErr_SetString(cx: Cx<'_>, class: Obj<'_>, message: Text<'_>) {
    let text = crate::unicodeobject::new_from_wtf8(message.to_str().as_bytes());
    set(cx, class, Some(text.obj()));
}

/// Set an exception with a value.
#[capi]
fn PyErr_SetObject(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) {
    set(cx, class, value);
}

/// Set an exception without a value.
#[capi]
fn PyErr_SetNone(cx: Cx<'_>, class: Obj<'_>) {
    set(cx, class, None);
}

/// The pending exception's type, or NULL; borrowed.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_Occurred() -> *mut PyObject {
    let exception = pystate::current_exception();
    // SAFETY: a live exception has a type.
    if exception.is_null() { null_mut() } else { unsafe { (*exception).ob_type.cast() } }
}

/// Forget the pending exception.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_Clear() {
    pystate::set_current_exception(null_mut());
}

/// Take the pending exception.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetRaisedException() -> *mut PyObject {
    pystate::take_current_exception()
}

/// Set `exception` (its reference is taken) as the pending one; NULL clears.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_SetRaisedException(exception: *mut PyObject) {
    pystate::set_current_exception(exception);
}

/// Take the pending exception in three parts.
#[capi]
fn PyErr_Fetch(cx: Cx<'_>, mut ty: Out<'_, *mut PyObject>, mut value: Out<'_, *mut PyObject>, mut traceback: Out<'_, *mut PyObject>) {
    let exception = pystate::take_current_exception();
    // SAFETY: NULL or the reference just taken.
    let Some(exception) = (unsafe { New::from_ptr(exception) }) else {
        ty.write(null_mut());
        value.write(null_mut());
        traceback.write(null_mut());
        return;
    };
    let class: *mut PyObject = exception.obj().type_ptr().cast();
    // SAFETY: a live type.
    unsafe { lifetime::incref(class) };
    ty.write(class);
    traceback.write(part(cx, exception.obj(), "__traceback__").map_or(null_mut(), New::into_ptr));
    value.write(exception.into_ptr());
}

/// An attribute of an exception; `None` for None.
fn part(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Option<New> {
    let object = exception.give(cx).ok()?;
    let name = cx.str(name);
    let value = cx.unlocked(|h| h.get_attr(object.as_ref(), name.as_ref())).ok()?;
    (host().kind(value.as_ref()) != Kind::None).then(|| cx.to_c(value))
}

fn set_part(cx: Cx<'_>, exception: Obj<'_>, name: &str, value: Option<Obj<'_>>) -> Result<()> {
    let object = exception.give(cx)?;
    let value = match value {
        Some(value) => value.give(cx)?,
        None => host().singleton(Kind::None),
    };
    let name = cx.str(name);
    cx.call(|h| h.set_attr(object.as_ref(), name.as_ref(), Some(value.as_ref())))
}

/// Set the pending exception from three parts, whose references are taken.
#[capi]
fn PyErr_Restore(cx: Cx<'_>, ty: Option<Stolen<'_>>, value: Option<Stolen<'_>>, traceback: Option<Stolen<'_>>) {
    let Some(ty) = ty else {
        pystate::set_current_exception(null_mut());
        return;
    };
    let value = value.map(Stolen::into_new);
    if let Some(exception) = value.as_ref().filter(|value| is_instance(value.obj())) {
        if let Some(traceback) = &traceback {
            let _ = set_part(cx, exception.obj(), "__traceback__", Some(traceback.obj()));
        }
        pystate::set_current_exception(value.map_or(null_mut(), New::into_ptr));
        return;
    }
    if let Ok(exception) = make(cx, ty.obj(), value.as_ref().map(New::obj)) {
        cx.raise(exception);
    }
}

/// Make the value an instance of the type.
#[capi]
fn PyErr_NormalizeException(cx: Cx<'_>, mut ty: Out<'_, *mut PyObject>, mut value: Out<'_, *mut PyObject>, _traceback: Out<'_, *mut PyObject>) {
    // SAFETY: C initialised the three: NULL or references.
    unsafe {
        let Some(class) = Obj::from_ptr(ty.read()) else { return };
        let old = Obj::from_ptr(value.read());
        if old.is_some_and(is_instance) || !is_class(class) {
            return;
        }
        let made = match make(cx, class, old) {
            Ok(made) => cx.to_c(made),
            Err(Raised { .. }) => match New::from_ptr(pystate::take_current_exception()) {
                Some(error) => error,
                None => return,
            },
        };
        let new_class: *mut PyObject = made.obj().type_ptr().cast();
        lifetime::incref(new_class);
        lifetime::decref(ty.read());
        ty.write(new_class);
        lifetime::xdecref(value.read());
        value.write(made.into_ptr());
    }
}

fn matches(given: Obj<'_>, wanted: Obj<'_>) -> bool {
    if wanted.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        // SAFETY: a tuple's items are live.
        return crate::tupleobject::items(wanted.as_ptr()).iter().any(|&item| unsafe { Obj::from_ptr(item) }.is_some_and(|item| matches(given, item)));
    }
    let class = if is_instance(given) { given.type_ptr().cast() } else { given.as_ptr() };
    // SAFETY: an exception class, or what C compares with one.
    let class_object = unsafe { Obj::from_ptr(class) };
    if class_object.is_some_and(is_class) && is_class(wanted) {
        return typeobject::is_subtype(class.cast(), wanted.cast());
    }
    std::ptr::eq(class, wanted.as_ptr())
}

/// Whether `given` (an exception or its class) is of the class, or of one of the tuple's.
#[capi]
fn PyErr_GivenExceptionMatches(_cx: Cx<'_>, given: Option<Obj<'_>>, wanted: Option<Obj<'_>>) -> c_int {
    match (given, wanted) {
        (Some(given), Some(wanted)) => c_int::from(matches(given, wanted)),
        _ => 0,
    }
}

/// Whether the pending exception is of the class.
#[capi]
fn PyErr_ExceptionMatches(_cx: Cx<'_>, wanted: Obj<'_>) -> c_int {
    // SAFETY: NULL or a live exception.
    unsafe { Obj::from_ptr(pystate::current_exception()) }.map_or(0, |given| c_int::from(matches(given, wanted)))
}

/// Set MemoryError; always NULL.
#[capi]
fn PyErr_NoMemory(cx: Cx<'_>) -> Result<Option<New>> {
    Err(cx.error("MemoryError", ""))
}

/// Set TypeError for a bad argument; always 0.
#[capi]
fn PyErr_BadArgument(cx: Cx<'_>) -> c_int {
    cx.type_error("bad argument type for built-in operation");
    0
}

/// Set SystemError for a bad internal call.
#[capi]
fn PyErr_BadInternalCall(cx: Cx<'_>) {
    cx.bad_internal_call();
}

/// Set SystemError for a bad internal call.
#[capi]
fn _PyErr_BadInternalCall(cx: Cx<'_>, _file: *const c_char, _line: c_int) {
    cx.bad_internal_call();
}

fn from_errno(cx: Cx<'_>, class: Obj<'_>, file: Option<HostObj>) -> Raised {
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    let code = host().new_int(number.into());
    let Ok(text) = cx.call_function("os", "strerror", &[code.as_ref()]) else { return cx.pending() };
    let Ok(class) = class.give(cx) else { return cx.pending() };
    let mut args = vec![code.as_ref(), text.as_ref()];
    if let Some(file) = &file {
        args.push(file.as_ref());
    }
    match cx.unlocked(|h| h.call(class.as_ref(), &args, &[])) {
        Ok(exception) | Err(exception) => cx.raise(exception),
    }
}

/// Set an exception from `errno`; always NULL.
#[capi]
fn PyErr_SetFromErrno(cx: Cx<'_>, class: Obj<'_>) -> Result<Option<New>> {
    Err(from_errno(cx, class, None))
}

/// Set an exception from `errno` and a file name; always NULL.
#[capi]
fn PyErr_SetFromErrnoWithFilename(cx: Cx<'_>, class: Obj<'_>, file: Option<Text<'_>>) -> Result<Option<New>> {
    let file = file.map(|file| file.host_str(cx)).transpose()?;
    Err(from_errno(cx, class, file))
}

/// Set an exception from `errno` and a file object; always NULL.
#[capi]
fn PyErr_SetFromErrnoWithFilenameObject(cx: Cx<'_>, class: Obj<'_>, file: Option<Obj<'_>>) -> Result<Option<New>> {
    let file = file.map(|file| file.give(cx)).transpose()?;
    Err(from_errno(cx, class, file))
}

fn new_exception(cx: Cx<'_>, name: &str, doc: Option<&str>, base: Option<Obj<'_>>, namespace: Option<Obj<'_>>) -> Result<New> {
    let Some((module, short)) = name.rsplit_once('.') else {
        return Err(cx.system_error("PyErr_NewException: name must be module.class"));
    };
    let dict = match namespace {
        Some(namespace) => {
            let namespace = namespace.give(cx)?;
            cx.call_function("builtins", "dict", &[namespace.as_ref()])?
        }
        None => host().new_dict(),
    };
    let mut put = |key: &str, value: &str| {
        let (key, value) = (cx.str(key), cx.str(value));
        cx.call(|h| h.dict_set(dict.as_ref(), key.as_ref(), value.as_ref()))
    };
    put("__module__", module)?;
    if let Some(doc) = doc {
        put("__doc__", doc)?;
    }
    let bases = match base {
        Some(base) if base.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => base.give(cx)?,
        Some(base) => host().new_tuple(vec![base.give(cx)?]),
        None => host().new_tuple(vec![host().builtin_class("Exception").ok_or_else(|| cx.bad_internal_call())?]),
    };
    let name = cx.str(short);
    Ok(cx.to_c(cx.call_function("builtins", "type", &[name.as_ref(), bases.as_ref(), dict.as_ref()])?))
}

/// Make an exception class named `module.class`.
#[capi]
fn PyErr_NewException(cx: Cx<'_>, name: Text<'_>, base: Option<Obj<'_>>, namespace: Option<Obj<'_>>) -> Result<New> {
    new_exception(cx, &name.to_str(), None, base, namespace)
}

/// As `PyErr_NewException`, with a docstring.
#[capi]
fn PyErr_NewExceptionWithDoc(cx: Cx<'_>, name: Text<'_>, doc: Option<Text<'_>>, base: Option<Obj<'_>>, namespace: Option<Obj<'_>>) -> Result<New> {
    new_exception(cx, &name.to_str(), doc.map(Text::to_str).as_deref(), base, namespace)
}

/// Report the pending exception to `sys.unraisablehook`.
#[capi]
fn PyErr_WriteUnraisable(cx: Cx<'_>, object: Option<Obj<'_>>) {
    let Some(exception) = cx.take_error() else { return };
    let object = object.and_then(|object| object.give(cx).ok());
    cx.unlocked(|h| h.unraisable(exception, None, object.as_ref().map(HostObj::as_ref)));
}

/// As `PyErr_WriteUnraisable`, with a message: the shims' `PyErr_FormatUnraisable` ends here.
#[unsafe(no_mangle)]
unsafe extern "C" fn _Emul_WriteUnraisable(message: *mut PyObject) {
    // SAFETY: called by the shims with the lock held; the message is NULL or live.
    unsafe {
        let cx = Cx::assume();
        let Some(exception) = cx.take_error() else { return };
        let text = Obj::from_ptr(message).map(|message| crate::unicodeobject::to_wtf8(message.as_ptr()));
        let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
        cx.unlocked(|h| h.unraisable(exception, text.as_deref(), None));
    }
}

/// Print the pending exception and its traceback.
#[capi]
fn PyErr_PrintEx(cx: Cx<'_>, _set_last: c_int) {
    if let Some(exception) = cx.take_error() {
        cx.unlocked(|h| h.print_exception(exception));
    }
}

/// Print the pending exception and its traceback.
#[capi]
fn PyErr_Print(cx: Cx<'_>) {
    if let Some(exception) = cx.take_error() {
        cx.unlocked(|h| h.print_exception(exception));
    }
}

/// Issue a warning.
#[capi]
fn PyErr_WarnEx(cx: Cx<'_>, category: Option<Obj<'_>>, message: Text<'_>, level: Py_ssize_t) -> Result<()> {
    let category = match category {
        Some(category) => category.give(cx)?,
        None => host().builtin_class("RuntimeWarning").ok_or_else(|| cx.bad_internal_call())?,
    };
    let (message, level) = (message.host_str(cx)?, host().new_int(level as i64));
    cx.call_function("warnings", "warn", &[message.as_ref(), category.as_ref(), level.as_ref()])?;
    Ok(())
}

/// Handle pending signals.
#[capi]
fn PyErr_CheckSignals(cx: Cx<'_>) -> Result<()> {
    cx.call(|h| h.check_signals())
}

/// The exception's traceback, or NULL.
#[capi]
fn PyException_GetTraceback(cx: Cx<'_>, exception: Obj<'_>) -> Option<New> {
    part(cx, exception, "__traceback__")
}

/// Set the exception's traceback.
#[capi]
fn PyException_SetTraceback(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    set_part(cx, exception, "__traceback__", traceback)
}

/// The exception's cause, or NULL.
#[capi]
fn PyException_GetCause(cx: Cx<'_>, exception: Obj<'_>) -> Option<New> {
    part(cx, exception, "__cause__")
}

/// Set the exception's cause, whose reference is taken.
#[capi]
fn PyException_SetCause(cx: Cx<'_>, exception: Obj<'_>, cause: Option<Stolen<'_>>) {
    let _ = set_part(cx, exception, "__cause__", cause.as_ref().map(Stolen::obj));
}

/// The exception's context, or NULL.
#[capi]
fn PyException_GetContext(cx: Cx<'_>, exception: Obj<'_>) -> Option<New> {
    part(cx, exception, "__context__")
}

/// Set the exception's context, whose reference is taken.
#[capi]
fn PyException_SetContext(cx: Cx<'_>, exception: Obj<'_>, context: Option<Stolen<'_>>) {
    let _ = set_part(cx, exception, "__context__", context.as_ref().map(Stolen::obj));
}

/// Print a fatal error and abort, as CPython does.
#[capi(raw)]
pub unsafe extern "C" fn _Py_FatalErrorFunc(function: *const c_char, message: *const c_char) -> ! {
    // SAFETY: C passes NUL-terminated strings.
    unsafe {
        let text = |pointer: *const c_char| if pointer.is_null() { String::new() } else { std::ffi::CStr::from_ptr(pointer).to_string_lossy().into_owned() };
        eprintln!("Fatal Python error: {}: {}", text(function), text(message));
    }
    std::process::abort()
}
