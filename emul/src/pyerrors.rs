//! `pyerrors.h`: the error indicator, exception objects and their parts.
//!
//! The pending exception is a word of the thread state that C code reads and writes inline; exceptions themselves are the
//! host's, so making one and asking for its parts goes there. `args` and `traceback` of a mirror are kept in step.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS,
    Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject,
};
use object_mirror::pyerrors::PyBaseExceptionObject;

use crate::boundary::{Cx, New, Obj, Out, Raised, Result, Stolen, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::{self, builtin, exception};
use crate::{cross, frameobject, lifetime, longobject, pystate, tupleobject, typeobject, unicodeobject};

/// Whether the object is an exception.
pub(crate) fn is_exception(object: Obj<'_>) -> bool {
    object.type_has(Py_TPFLAGS_BASE_EXC_SUBCLASS)
}

/// Whether the object is an exception class.
pub(crate) fn is_exception_class(object: Obj<'_>) -> bool {
    // SAFETY: the flag says that the object is a type.
    object.type_has(Py_TPFLAGS_TYPE_SUBCLASS)
        && unsafe { (*object.cast::<PyTypeObject>()).tp_flags } & Py_TPFLAGS_BASE_EXC_SUBCLASS as std::ffi::c_ulong != 0
}

/// A static or otherwise live type, as an object.
fn class_object<'a>(ty: *mut PyTypeObject) -> Obj<'a> {
    // SAFETY: callers pass our statics, which live for ever, or types of live objects.
    unsafe { Obj::from_ptr(ty.cast()) }.expect("types have addresses")
}

/// NULL or a live object, as C passed it.
fn optional<'a>(op: *mut PyObject) -> Option<Obj<'a>> {
    // SAFETY: C's contract.
    unsafe { Obj::from_ptr(op) }
}

/// Call an exception class as `raise` does: a tuple is the arguments, None or nothing none.
fn create(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) -> Result<New> {
    let callable = class.give(cx)?;
    let mut args = Vec::new();
    match value {
        None => {}
        Some(value) if statics::is_none(value.as_ptr()) => {}
        Some(value) if value.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => {
            args = cross::host_list_items(cx, tupleobject::items(value.as_ptr()))?;
        }
        Some(value) => args.push(value.give(cx)?),
    }
    let refs: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
    let made = cx.call(|h| h.call(callable.as_ref(), &refs, &[]))?;
    let made = cx.to_c(made);
    if !is_exception(made.obj()) {
        let class = text_of(cx.call(|h| h.repr(callable.as_ref()))?.as_ref());
        let name = made.obj().type_name();
        return Err(
            cx.type_error(format!("calling {class} should have returned an instance of BaseException, not {name}"))
        );
    }
    Ok(made)
}

pub(crate) fn text_of(text: HostRef) -> String {
    let mut found = String::new();
    host().with_str(text, &mut |wtf8| found = String::from_utf8_lossy(wtf8).into_owned());
    found
}

/// Make `exception` the pending one.
fn set_pending(cx: Cx<'_>, exception: New) -> Raised {
    pystate::set_current_exception(exception.into_ptr());
    cx.pending()
}

/// `PyErr_SetObject`.
pub(crate) fn set_object(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) -> Raised {
    match new_pending(cx, class, value) {
        Ok(exception) => {
            if let Err(raised) = chain(cx, &exception) {
                return raised;
            }
            set_pending(cx, exception)
        }
        Err(raised) => raised,
    }
}

fn new_pending(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) -> Result<New> {
    if !is_exception_class(class) {
        let class = class.give(cx)?;
        let class = text_of(cx.call(|h| h.repr(class.as_ref()))?.as_ref());
        return Err(cx.system_error(format!("_PyErr_SetObject: exception {class} is not a BaseException subclass")));
    }
    if let Some(value) = value
        && is_exception(value)
        && is_made_by(cx, value, class)?
    {
        return Ok(value.to_new());
    }
    pystate::set_current_exception(null_mut());
    create(cx, class, value).inspect_err(|_| note_failure(cx, class, value))
}

/// `issubclass(type(exception), class)`: a metaclass has its say, and its error is raised instead.
fn is_made_by(cx: Cx<'_>, exception: Obj<'_>, class: Obj<'_>) -> Result<bool> {
    // SAFETY: a live class.
    if unsafe { std::ptr::eq((*class.as_ptr()).ob_type, builtin!(PyType_Type)) } {
        return Ok(typeobject::is_subtype(exception.type_ptr(), class.cast()));
    }
    pystate::set_current_exception(null_mut());
    let (made, class) = (exception.give(cx)?, class.give(cx)?);
    cx.call(|h| h.is_subclass(h.type_of(made.as_ref()), class.as_ref()))
}

/// Write on the pending error, which a class raised when it was called, what was to be made.
fn note_failure(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>) {
    let Some(error) = cx.take_error() else { return };
    let shown = value.map(|value| {
        let value = value.give(cx)?;
        cx.call(|h| h.repr(value.as_ref())).map(|text| text_of(text.as_ref()))
    });
    let args = match shown {
        None => "<NULL>".to_owned(),
        Some(Ok(text)) => text,
        Some(Err(_)) => {
            drop(cx.take_error());
            "<unknown>".to_owned()
        }
    };
    // SAFETY: a live class.
    let name = unsafe { std::ffi::CStr::from_ptr((*class.as_ptr().cast::<PyTypeObject>()).tp_name) }.to_string_lossy();
    let name = name.rsplit('.').next().unwrap_or_default();
    let note = cx.str(&format!("Normalization failed: type={name} args={args}"));
    forgive(cx, cx.call_method(error.as_ref(), "add_note", &[note.as_ref()]).map(drop));
    let _: Raised = cx.raise(error);
}

/// The exception being handled becomes the context of a new one, without closing a circle of contexts.
fn chain(cx: Cx<'_>, exception: &New) -> Result<()> {
    let Some(handled) = handled() else { return Ok(()) };
    if handled.as_ptr() == exception.as_ptr() {
        return Ok(());
    }
    let exception = exception.obj().give(cx)?;
    let handled = handled.obj().give(cx)?;
    let same = |one: &HostObj, other: &HostObj| host().identity(one.word()) == host().identity(other.word());
    let mut seen = handled.clone();
    let mut slow = handled.clone();
    let mut steps = 0_usize;
    while let Some(context) = part(cx, seen.as_ref(), "__context__")? {
        if same(&context, &exception) {
            set_part(cx, seen.as_ref(), "__context__", None)?;
            break;
        }
        seen = context;
        if same(&seen, &slow) {
            // A circle that was there before: it is not ours to open.
            break;
        }
        steps += 1;
        if steps.is_multiple_of(2) {
            slow = part(cx, slow.as_ref(), "__context__")?.unwrap_or(slow);
        }
    }
    set_part(cx, exception.as_ref(), "__context__", Some(handled.as_ref()))
}

/// The exception being handled, if any.
pub(crate) fn handled() -> Option<New> {
    // SAFETY: the thread's own stack of handled exceptions; an item's value is NULL, None or live.
    let value = optional(unsafe { (*pystate::handled()).exc_value })?;
    (!statics::is_none(value.as_ptr())).then(|| value.to_new())
}

/// An attribute of an exception; None is none.
fn part(cx: Cx<'_>, exception: HostRef, name: &str) -> Result<Option<HostObj>> {
    let value = cx.attr_str(exception, name)?;
    Ok((host().kind(value.as_ref()) != Kind::None).then_some(value))
}

fn set_part(cx: Cx<'_>, exception: HostRef, name: &str, value: Option<HostRef>) -> Result<()> {
    let name = cx.str(name);
    let none = host().singleton(Kind::None);
    cx.call(|h| h.set_attr(exception, name.as_ref(), Some(value.unwrap_or(none.as_ref()))))
}

fn part_of(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Result<Option<New>> {
    let exception = exception.give(cx)?;
    Ok(part(cx, exception.as_ref(), name)?.map(|value| cx.to_c(value)))
}

fn set_part_of(cx: Cx<'_>, exception: Obj<'_>, name: &str, value: Option<Obj<'_>>) -> Result<()> {
    let exception = exception.give(cx)?;
    let value = value.map(|value| value.give(cx)).transpose()?;
    set_part(cx, exception.as_ref(), name, value.as_ref().map(HostObj::as_ref))
}

/// A field of an exception's mirror takes the reference `value`, or NULL.
///
/// # Safety
/// `field` is a field of a live exception's struct: NULL, or owning a reference.
unsafe fn store(field: *mut *mut PyObject, value: Option<New>) {
    // SAFETY: the caller's contract.
    drop(unsafe { New::from_ptr(std::mem::replace(&mut *field, value.map_or(null_mut(), New::into_ptr))) });
}

fn fields(exception: *mut PyObject) -> *mut PyBaseExceptionObject {
    exception.cast()
}

/// Bring what C reads inline of an exception in step with the host's: `args` and the traceback.
pub(crate) fn show(object: HostRef, mirror: *mut PyObject) {
    show_traceback(object, mirror);
    let args = cross::to_c_owned(host().exception_args(object));
    // SAFETY: the mirror of an exception has its struct, whose field owns a reference.
    unsafe { store(&raw mut (*fields(mirror)).args, Some(args)) };
}

/// As [`show`], the traceback alone.
pub(crate) fn show_traceback(object: HostRef, mirror: *mut PyObject) {
    let name = host().new_str(b"__traceback__");
    let Ok(traceback) = host().get_attr(object, name.as_ref()) else { return };
    let traceback = (host().kind(traceback.as_ref()) != Kind::None).then(|| cross::to_c_owned(traceback));
    // SAFETY: the mirror of an exception has its struct, whose field owns a reference.
    unsafe { store(&raw mut (*fields(mirror)).traceback, traceback) };
}

fn set_traceback(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    let traceback = traceback.filter(|traceback| !statics::is_none(traceback.as_ptr()));
    set_part_of(cx, exception, "__traceback__", traceback)?;
    // SAFETY: a live exception's field.
    unsafe { store(&raw mut (*fields(exception.as_ptr())).traceback, traceback.map(Obj::to_new)) };
    Ok(())
}

/// Set an exception of class `exception` made with `value`.
#[capi]
fn PyErr_SetObject(cx: Cx<'_>, exception: Option<Obj<'_>>, value: Option<Obj<'_>>) {
    match exception {
        Some(class) => {
            set_object(cx, class, value);
        }
        None => pystate::set_current_exception(null_mut()),
    }
}

/// Set an exception with a message.
#[capi]
fn PyErr_SetString(cx: Cx<'_>, exception: Obj<'_>, message: Text<'_>) {
    // What is no UTF-8 raises the error that says so.
    if let Ok(message) = unicodeobject::decode_utf8(cx, message.bytes(), None) {
        set_object(cx, exception, Some(cx.to_c(message).obj()));
    }
}

/// Set an exception without arguments.
#[capi]
fn PyErr_SetNone(cx: Cx<'_>, exception: Obj<'_>) {
    set_object(cx, exception, None);
}

/// `KeyError(key)`, whatever the key is: a tuple stays one argument.
#[capi]
fn _PyErr_SetKeyError(cx: Cx<'_>, key: Obj<'_>) {
    let args = tupleobject::from_items(&[key.as_ptr()]);
    set_object(cx, class_object(exception!(PyExc_KeyError)), Some(args.obj()));
}

/// The class of the pending exception, borrowed; NULL where none is pending.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_Occurred() -> *mut PyObject {
    let pending = pystate::current_exception();
    // SAFETY: a pending exception is live.
    if pending.is_null() { null_mut() } else { unsafe { (*pending).ob_type.cast() } }
}

/// Forget the pending exception.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_Clear() {
    pystate::set_current_exception(null_mut());
}

/// Take the pending exception: a new reference, or NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetRaisedException() -> *mut PyObject {
    pystate::take_current_exception()
}

/// Make `exception`, whose reference is taken, the pending one; NULL clears it.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_SetRaisedException(exception: *mut PyObject) {
    pystate::set_current_exception(exception);
}

/// Take the pending exception apart: class, exception, traceback.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_Fetch(
    class: *mut *mut PyObject,
    value: *mut *mut PyObject,
    traceback: *mut *mut PyObject,
) {
    let exception = pystate::take_current_exception();
    // SAFETY: C passes three places; the exception is live.
    unsafe {
        *value = exception;
        *class = null_mut();
        *traceback = null_mut();
        if !exception.is_null() {
            lifetime::incref((*exception).ob_type.cast());
            *class = (*exception).ob_type.cast();
            *traceback = PyException_GetTraceback(exception);
        }
    }
}

/// Set the pending exception from the three parts, whose references are taken.
#[capi]
fn PyErr_Restore(cx: Cx<'_>, class: Option<Stolen<'_>>, value: Option<Stolen<'_>>, traceback: Option<Stolen<'_>>) {
    let Some(class) = class else { return pystate::set_current_exception(null_mut()) };
    let _raised = restore(cx, class.obj(), value.as_ref().map(Stolen::obj), traceback.as_ref().map(Stolen::obj));
}

fn restore(cx: Cx<'_>, class: Obj<'_>, value: Option<Obj<'_>>, traceback: Option<Obj<'_>>) -> Result<()> {
    pystate::set_current_exception(null_mut());
    let exception = match value {
        Some(value) if is_exception(value) => value.to_new(),
        _ if is_exception_class(class) => create(cx, class, value)?,
        _ => return Err(cx.system_error("PyErr_Restore: exception is not a BaseException subclass")),
    };
    let traceback = traceback.filter(|traceback| !statics::is_none(traceback.as_ptr()));
    if let Some(traceback) = traceback
        && !std::ptr::eq(traceback.type_ptr(), builtin!(PyTraceBack_Type))
    {
        return Err(cx.type_error("traceback must be a Traceback or None"));
    }
    let old = part_of(cx, exception.obj(), "__traceback__")?;
    if old.as_ref().map(New::as_ptr) != traceback.map(Obj::as_ptr) {
        set_traceback(cx, exception.obj(), traceback)?;
    }
    set_pending(cx, exception);
    Ok(())
}

/// Make sure that `*value` is an exception of the class `*class`.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_NormalizeException(
    class: *mut *mut PyObject,
    value: *mut *mut PyObject,
    traceback: *mut *mut PyObject,
) {
    // SAFETY: C passes three places that own references or are NULL; the lock is held.
    unsafe {
        let cx = Cx::assume();
        // Each failure to make the exception leaves the exception that says so, which needs no making.
        for _ in 0..32 {
            let Some(kind) = Obj::from_ptr(*class) else { return };
            if !is_exception_class(kind) {
                return;
            }
            let fits = Obj::from_ptr(*value)
                .filter(|value| is_exception(*value) && typeobject::is_subtype(value.type_ptr(), kind.cast()));
            if let Some(value) = fits {
                lifetime::incref(value.type_ptr().cast());
                lifetime::decref(std::mem::replace(&mut *class, value.type_ptr().cast()));
                return;
            }
            match create(cx, kind, Obj::from_ptr(*value)) {
                Ok(made) => lifetime::xdecref(std::mem::replace(&mut *value, made.into_ptr())),
                Err(_) => {
                    lifetime::xdecref(*class);
                    lifetime::xdecref(*value);
                    let mut newer = null_mut();
                    PyErr_Fetch(class, value, &raw mut newer);
                    if !newer.is_null() {
                        lifetime::xdecref(std::mem::replace(&mut *traceback, newer));
                    }
                }
            }
        }
    }
}

/// Whether `given`, an exception or a class, matches `wanted`, a class or a tuple of them.
pub(crate) fn matches(given: Option<Obj<'_>>, wanted: Option<Obj<'_>>) -> bool {
    let (Some(given), Some(wanted)) = (given, wanted) else { return false };
    if wanted.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        return tupleobject::items(wanted.as_ptr()).iter().any(|&one| matches(Some(given), optional(one)));
    }
    let given = if is_exception(given) { class_object(given.type_ptr()) } else { given };
    if is_exception_class(given) && is_exception_class(wanted) {
        return typeobject::is_subtype(given.cast(), wanted.cast());
    }
    given == wanted
}

/// Whether the exception or class `given` matches a class or a tuple of classes.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GivenExceptionMatches(given: *mut PyObject, exc: *mut PyObject) -> c_int {
    c_int::from(matches(optional(given), optional(exc)))
}

/// Whether the pending exception matches a class or a tuple of classes.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_ExceptionMatches(exc: *mut PyObject) -> c_int {
    c_int::from(matches(optional(pystate::current_exception()), optional(exc)))
}

/// `MemoryError()`.
#[capi]
fn PyErr_NoMemory(cx: Cx<'_>) -> Result<New> {
    Err(set_object(cx, class_object(exception!(PyExc_MemoryError)), None))
}

/// TypeError for an argument of the wrong type; returns 0.
#[capi]
fn PyErr_BadArgument(cx: Cx<'_>) -> c_int {
    cx.type_error("bad argument type for built-in operation");
    0
}

/// SystemError for a call that breaks the API's rules.
#[capi]
fn PyErr_BadInternalCall(cx: Cx<'_>) {
    cx.bad_internal_call();
}

/// As `PyErr_BadInternalCall`, naming the place.
#[capi]
fn _PyErr_BadInternalCall(cx: Cx<'_>, filename: Text<'_>, line: c_int) {
    cx.system_error(format!("{}:{line}: bad argument to internal function", filename.to_str()));
}

/// Set an OSError from `errno`.
#[capi]
fn PyErr_SetFromErrno(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, None, None))
}

/// Set an OSError from `errno` about a file.
#[capi]
fn PyErr_SetFromErrnoWithFilenameObject(cx: Cx<'_>, exception: Obj<'_>, filename: Option<Obj<'_>>) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, filename, None))
}

/// Set an OSError from `errno` about two files.
#[capi]
fn PyErr_SetFromErrnoWithFilenameObjects(
    cx: Cx<'_>,
    exception: Obj<'_>,
    filename: Option<Obj<'_>>,
    filename2: Option<Obj<'_>>,
) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, filename, filename2))
}

/// Set an OSError from `errno` about a file.
#[capi]
fn PyErr_SetFromErrnoWithFilename(cx: Cx<'_>, exception: Obj<'_>, filename: Option<Text<'_>>) -> Result<New> {
    let errno = errno();
    let filename = match filename {
        Some(name) => Some(cx.to_c(unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))?)),
        None => None,
    };
    Err(from_errno(cx, errno, exception, filename.as_ref().map(New::obj), None))
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn from_errno(cx: Cx<'_>, errno: i32, class: Obj<'_>, filename: Option<Obj<'_>>, filename2: Option<Obj<'_>>) -> Raised {
    match try_from_errno(cx, errno, class, filename, filename2) {
        Ok(raised) | Err(raised) => raised,
    }
}

fn try_from_errno(
    cx: Cx<'_>,
    errno: i32,
    class: Obj<'_>,
    filename: Option<Obj<'_>>,
    filename2: Option<Obj<'_>>,
) -> Result<Raised> {
    if errno == libc::EINTR {
        cx.call(|h| h.check_signals())?;
    }
    let message = if errno == 0 {
        c"Error"
    } else {
        // SAFETY: `strerror` gives a NUL-terminated string, copied before anything else may call it.
        unsafe { CStr::from_ptr(libc::strerror(errno)) }
    };
    let message = cx.str(&message.to_string_lossy());
    let number = host().new_int(errno.into());
    let zero = host().new_int(0);
    let filename = filename.map(|name| name.give(cx)).transpose()?;
    let filename2 = filename2.map(|name| name.give(cx)).transpose()?;
    let mut args = vec![number.as_ref(), message.as_ref()];
    if let Some(filename) = &filename {
        args.push(filename.as_ref());
    }
    if let Some(filename2) = &filename2 {
        args.extend([zero.as_ref(), filename2.as_ref()]);
    }
    let class = class.give(cx)?;
    let made = cx.to_c(cx.call(|h| h.call(class.as_ref(), &args, &[]))?);
    Ok(set_object(cx, class_object(made.obj().type_ptr()), Some(made.obj())))
}

/// Make an exception class named `module.class`.
#[capi]
fn PyErr_NewException(cx: Cx<'_>, name: Text<'_>, base: Option<Obj<'_>>, dict: Option<Obj<'_>>) -> Result<New> {
    new_exception(cx, name, None, base, dict)
}

/// Make an exception class with a docstring.
#[capi]
fn PyErr_NewExceptionWithDoc(
    cx: Cx<'_>,
    name: Text<'_>,
    doc: Option<Text<'_>>,
    base: Option<Obj<'_>>,
    dict: Option<Obj<'_>>,
) -> Result<New> {
    new_exception(cx, name, doc, base, dict)
}

fn new_exception(
    cx: Cx<'_>,
    name: Text<'_>,
    doc: Option<Text<'_>>,
    base: Option<Obj<'_>>,
    dict: Option<Obj<'_>>,
) -> Result<New> {
    let full = name.to_str();
    let Some((module, short)) = full.rsplit_once('.') else {
        return Err(cx.system_error("PyErr_NewException: name must be module.class"));
    };
    let namespace = match dict {
        Some(dict) => dict.give(cx)?,
        None => host().new_dict(),
    };
    let key = cx.str("__module__");
    if cx.call(|h| h.dict_get(namespace.as_ref(), key.as_ref()))?.is_none() {
        let module = cx.str(module);
        cx.call(|h| h.dict_set(namespace.as_ref(), key.as_ref(), module.as_ref()))?;
    }
    if let Some(doc) = doc {
        let (key, doc) = (cx.str("__doc__"), doc.host_str(cx)?);
        cx.call(|h| h.dict_set(namespace.as_ref(), key.as_ref(), doc.as_ref()))?;
    }
    let base = base.unwrap_or_else(|| class_object(exception!(PyExc_Exception))).give(cx)?;
    let bases = if host().kind(base.as_ref()) == Kind::Tuple { base } else { host().new_tuple(vec![base]) };
    let short = cx.str(short);
    let made = cx.call_function("builtins", "type", &[short.as_ref(), bases.as_ref(), namespace.as_ref()])?;
    Ok(cx.to_c(made))
}

/// Report the pending exception, which nobody can catch, with the object that was at work.
#[capi]
fn PyErr_WriteUnraisable(cx: Cx<'_>, object: Option<Obj<'_>>) {
    let Some(error) = cx.take_error() else { return };
    add_place(cx, &error);
    let object = object.and_then(|object| object.give(cx).ok());
    drop(cx.take_error());
    cx.unlocked(|h| h.unraisable(error, None, object.as_ref().map(HostObj::as_ref)));
}

/// An error of C's that nobody will catch has no traceback yet: the running Python code is where it happened.
fn add_place(cx: Cx<'_>, error: &HostObj) {
    let place = || {
        if host().kind(cx.attr_str(error.as_ref(), "__traceback__")?.as_ref()) != Kind::None {
            return Ok(());
        }
        let Some(frame) = frameobject::current(cx) else { return Ok(()) };
        let code = cx.attr_str(frame.as_ref(), "f_code")?;
        let file = text_of(cx.attr_str(code.as_ref(), "co_filename")?.as_ref());
        let function = text_of(cx.attr_str(code.as_ref(), "co_name")?.as_ref());
        let line = cx.to_c(cx.attr_str(frame.as_ref(), "f_lineno")?);
        let line = longobject::to_i64(line.as_ptr()).unwrap_or(0) as i32;
        cx.unlocked(|h| h.add_traceback(error.as_ref(), &file, &function, line));
        Ok(())
    };
    forgive(cx, place());
}

/// As `PyErr_WriteUnraisable`, with a message: the shims' `PyErr_FormatUnraisable` ends here.
#[unsafe(no_mangle)]
unsafe extern "C" fn _Emul_WriteUnraisable(message: *mut PyObject) {
    // SAFETY: called by the shims with the lock held.
    let cx = unsafe { Cx::assume() };
    let Some(error) = cx.take_error() else { return };
    add_place(cx, &error);
    let message = optional(message).map(|message| unicodeobject::to_wtf8(message.as_ptr()));
    let message = message.map(|message| String::from_utf8_lossy(&message).into_owned());
    cx.unlocked(|h| h.unraisable(error, message.as_deref(), None));
}

/// Print the pending exception, setting `sys.last_exc` and its kin; SystemExit ends the process.
#[capi]
fn PyErr_Print(cx: Cx<'_>) {
    forgive(cx, print(cx, true));
}

/// As `PyErr_Print`, with the choice of setting `sys.last_exc`.
#[capi]
fn PyErr_PrintEx(cx: Cx<'_>, set_sys_last_vars: c_int) {
    forgive(cx, print(cx, set_sys_last_vars != 0));
}

/// For functions without an error channel: an error while printing an error is dropped.
fn forgive(cx: Cx<'_>, outcome: Result<()>) {
    if outcome.is_err() {
        drop(cx.take_error());
    }
}

fn print(cx: Cx<'_>, set_last: bool) -> Result<()> {
    let Some(error) = cx.take_error() else { return Ok(()) };
    if host()
        .builtin_class("SystemExit")
        .is_some_and(|class| host().is_subtype(host().type_of(error.as_ref()), class.as_ref()))
    {
        return leave(cx, error.as_ref());
    }
    let traceback = cx.attr_str(error.as_ref(), "__traceback__")?;
    let class = host().type_of(error.as_ref()).to_owned();
    if set_last {
        let sys = cx.call(|h| h.import("sys"))?;
        for (name, value) in
            [("last_exc", &error), ("last_type", &class), ("last_value", &error), ("last_traceback", &traceback)]
        {
            let name = cx.str(name);
            cx.call(|h| h.set_attr(sys.as_ref(), name.as_ref(), Some(value.as_ref())))?;
        }
    }
    let args = [class.as_ref(), error.as_ref(), traceback.as_ref()];
    if cx.call_function("sys", "excepthook", &args).is_err() {
        let second = cx.take_error();
        to_stderr(cx, "Error in sys.excepthook:\n");
        second.map_or(Ok(()), |second| display_by_default(cx, &second))?;
        to_stderr(cx, "\nOriginal exception was:\n");
        display_by_default(cx, &error)?;
    }
    Ok(())
}

/// Show an exception as `sys.excepthook` does unless it is replaced.
fn display_by_default(cx: Cx<'_>, error: &HostObj) -> Result<()> {
    let traceback = cx.attr_str(error.as_ref(), "__traceback__")?;
    let class = host().type_of(error.as_ref()).to_owned();
    cx.call_function("sys", "__excepthook__", &[class.as_ref(), error.as_ref(), traceback.as_ref()]).map(drop)
}

/// Write to `sys.stderr`: nothing where that is None; to the process's own where there is none or it fails.
fn to_stderr(cx: Cx<'_>, text: &str) {
    let written = host().sys_attr("stderr").is_some_and(|stream| {
        let text = cx.str(text);
        host().kind(stream.as_ref()) == Kind::None || cx.call_method(stream.as_ref(), "write", &[text.as_ref()]).is_ok()
    });
    if !written {
        drop(cx.take_error());
        eprint!("{text}");
    }
}

/// SystemExit where nothing is left to catch it.
fn leave(cx: Cx<'_>, error: HostRef) -> Result<()> {
    let code = cx.attr_str(error, "code")?;
    let status = match host().kind(code.as_ref()) {
        Kind::None => 0,
        Kind::Int | Kind::Unboxed(_) | Kind::True | Kind::False => {
            host().int_value(code.as_ref()).unwrap_or(-1) as c_int
        }
        _ => {
            let text = cx.call(|h| h.str(code.as_ref()))?;
            to_stderr(cx, &format!("{}\n", text_of(text.as_ref())));
            1
        }
    };
    crate::pylifecycle::exit(cx, status)
}

/// Print an exception with its traceback to `sys.stderr`.
#[capi]
fn PyErr_DisplayException(cx: Cx<'_>, exception: Obj<'_>) {
    forgive(cx, display(cx, exception, None));
}

/// Print an exception with its traceback; `traceback` serves where the exception has none.
#[capi]
fn PyErr_Display(cx: Cx<'_>, _class: Option<Obj<'_>>, value: Obj<'_>, traceback: Option<Obj<'_>>) {
    forgive(cx, display(cx, value, traceback));
}

fn display(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    if is_exception(exception)
        && let Some(traceback) = traceback
        && part_of(cx, exception, "__traceback__")?.is_none()
    {
        set_traceback(cx, exception, Some(traceback))?;
    }
    let error = exception.give(cx)?;
    if !is_exception(exception) {
        if statics::is_none(exception.as_ptr()) {
            to_stderr(cx, "NoneType: None\n");
            return Ok(());
        }
        let found = exception.type_name();
        to_stderr(cx, &format!("TypeError: print_exception(): Exception expected for value, {found} found\n"));
        return Ok(());
    }
    display_by_default(cx, &error)
}

/// Set an ImportError with a message, a module's name and a path.
#[capi]
fn PyErr_SetImportError(
    cx: Cx<'_>,
    message: Option<Obj<'_>>,
    name: Option<Obj<'_>>,
    path: Option<Obj<'_>>,
) -> Result<New> {
    import_error(cx, class_object(exception!(PyExc_ImportError)), message, name, path)
}

/// As `PyErr_SetImportError`, of a subclass.
#[capi]
fn PyErr_SetImportErrorSubclass(
    cx: Cx<'_>,
    exception: Obj<'_>,
    message: Option<Obj<'_>>,
    name: Option<Obj<'_>>,
    path: Option<Obj<'_>>,
) -> Result<New> {
    import_error(cx, exception, message, name, path)
}

fn import_error(
    cx: Cx<'_>,
    class: Obj<'_>,
    message: Option<Obj<'_>>,
    name: Option<Obj<'_>>,
    path: Option<Obj<'_>>,
) -> Result<New> {
    let given = class.give(cx)?;
    let import_error = host().builtin_class("ImportError").ok_or_else(|| cx.bad_internal_call())?;
    // The error of what is no class at all is `issubclass()`'s.
    let answer = cx.call_function("builtins", "issubclass", &[given.as_ref(), import_error.as_ref()])?;
    if !cx.call(|h| h.is_true(answer.as_ref()))? {
        return Err(cx.type_error("expected a subclass of ImportError"));
    }
    let Some(message) = message else { return Err(cx.type_error("expected a message argument")) };
    let none = host().singleton(Kind::None);
    let or_none = |value: Option<Obj<'_>>| value.map_or(Ok(none.clone()), |value| value.give(cx));
    let (message, name, path) = (message.give(cx)?, or_none(name)?, or_none(path)?);
    let class = class.give(cx)?;
    let names = [cx.str("name"), cx.str("path")];
    let names = [names[0].as_ref(), names[1].as_ref()];
    let made = cx.call(|h| h.call(class.as_ref(), &[message.as_ref(), name.as_ref(), path.as_ref()], &names))?;
    let made = cx.to_c(made);
    Err(set_object(cx, class_object(made.obj().type_ptr()), Some(made.obj())))
}

/// Run the handlers of signals that arrived.
#[capi]
fn PyErr_CheckSignals(cx: Cx<'_>) -> Result<()> {
    cx.call(|h| h.check_signals())
}

/// As if Ctrl-C had been pressed.
#[capi]
fn PyErr_SetInterrupt(cx: Cx<'_>) {
    interrupt(cx, libc::SIGINT);
}

/// As if the signal had arrived; -1 for a number that is none.
#[capi]
fn PyErr_SetInterruptEx(cx: Cx<'_>, signum: c_int) -> c_int {
    if !(1..=64).contains(&signum) {
        return -1;
    }
    interrupt(cx, signum);
    0
}

fn interrupt(cx: Cx<'_>, signum: c_int) {
    let _held = hold_pending();
    let number = host().new_int(signum.into());
    if cx.call_function("_thread", "interrupt_main", &[number.as_ref()]).is_err() {
        drop(cx.take_error());
    }
}

/// The pending exception, put back when this is dropped.
pub(crate) struct Pending(*mut PyObject);

/// Keep the pending exception aside while something that may set or clear errors runs.
pub(crate) fn hold_pending() -> Pending {
    Pending(pystate::take_current_exception())
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.0.is_null() {
            pystate::set_current_exception(self.0);
        }
    }
}

/// The exception being handled: a new reference, or NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetHandledException() -> *mut PyObject {
    handled().map_or(null_mut(), New::into_ptr)
}

/// Set the exception being handled; NULL or None clears it.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_SetHandledException(exception: *mut PyObject) {
    let value = optional(exception).filter(|value| !statics::is_none(value.as_ptr()));
    // SAFETY: the thread's own state: the item's word owns a reference or is NULL.
    unsafe {
        let tstate = pystate::thread_state();
        let item = (*tstate).exc_info;
        store(&raw mut (*item).exc_value, value.map(Obj::to_new));
        // Items that C pushed (a generator's) come and go unseen by the host; the base item is the host's own.
        if std::ptr::eq(item, &raw const (*tstate).exc_state) {
            host().set_handled_exception(value.and_then(|value| lifetime::host_of(value.as_ptr())));
        }
    }
}

/// The exception being handled, in three parts: new references, or NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetExcInfo(
    class: *mut *mut PyObject,
    value: *mut *mut PyObject,
    traceback: *mut *mut PyObject,
) {
    let handled = handled();
    // SAFETY: C passes three places.
    unsafe {
        (*class, *value, *traceback) = (null_mut(), null_mut(), null_mut());
        if let Some(exception) = handled {
            *class = class_object(exception.obj().type_ptr()).to_new().into_ptr();
            *traceback = PyException_GetTraceback(exception.as_ptr());
            *value = exception.into_ptr();
        }
    }
}

/// Set the exception being handled; the references are taken, only `value` counts.
#[capi]
fn PyErr_SetExcInfo(_cx: Cx<'_>, class: Option<Stolen<'_>>, value: Option<Stolen<'_>>, traceback: Option<Stolen<'_>>) {
    let value = value.map_or(null_mut(), |value| value.into_new().into_ptr());
    drop((class, traceback));
    // SAFETY: a live object or NULL, whose reference is ours.
    unsafe {
        PyErr_SetHandledException(value);
        lifetime::xdecref(value);
    }
}

/// Put a pending exception, if any, on top of `exception`, whose reference is taken: that becomes its context.
#[capi]
fn _PyErr_ChainExceptions1(cx: Cx<'_>, exception: Option<Stolen<'_>>) {
    let Some(exception) = exception else { return };
    // SAFETY: the thread state's reference becomes ours.
    match unsafe { New::from_ptr(pystate::take_current_exception()) } {
        Some(newer) => {
            forgive(cx, set_part_of(cx, newer.obj(), "__context__", Some(exception.obj())));
            set_pending(cx, newer);
        }
        None => {
            set_pending(cx, exception.into_new());
        }
    }
}

/// The traceback of an exception: a new reference, or NULL without an error.
#[capi]
fn PyException_GetTraceback(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__traceback__")
}

/// Set the traceback of an exception; None clears it.
#[capi]
fn PyException_SetTraceback(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    let Some(traceback) = traceback else { return Err(cx.type_error("__traceback__ may not be deleted")) };
    if !statics::is_none(traceback.as_ptr()) && !std::ptr::eq(traceback.type_ptr(), builtin!(PyTraceBack_Type)) {
        return Err(cx.type_error("__traceback__ must be a traceback or None"));
    }
    set_traceback(cx, exception, Some(traceback))
}

/// `__cause__`: a new reference, or NULL without an error.
#[capi]
fn PyException_GetCause(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__cause__")
}

/// Set `__cause__`, whose reference is taken; NULL clears it.
#[capi]
fn PyException_SetCause(cx: Cx<'_>, exception: Obj<'_>, cause: Option<Stolen<'_>>) {
    let _raised = set_part_of(cx, exception, "__cause__", cause.as_ref().map(Stolen::obj));
}

/// `__context__`: a new reference, or NULL without an error.
#[capi]
fn PyException_GetContext(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__context__")
}

/// Set `__context__`, whose reference is taken; NULL clears it.
#[capi]
fn PyException_SetContext(cx: Cx<'_>, exception: Obj<'_>, context: Option<Stolen<'_>>) {
    let _raised = set_part_of(cx, exception, "__context__", context.as_ref().map(Stolen::obj));
}

/// `args`.
#[capi]
fn PyException_GetArgs(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let exception = exception.give(cx)?;
    Ok(cx.to_c(cx.attr_str(exception.as_ref(), "args")?))
}

/// Set `args`.
#[capi]
fn PyException_SetArgs(cx: Cx<'_>, exception: Obj<'_>, args: Obj<'_>) {
    if set_part_of(cx, exception, "args", Some(args)).is_ok() {
        // SAFETY: a live exception's field.
        unsafe { store(&raw mut (*fields(exception.as_ptr())).args, Some(args.to_new())) };
    }
}

/// The name of an exception class.
#[capi(raw)]
pub unsafe extern "C" fn PyExceptionClass_Name(class: *mut PyObject) -> *const c_char {
    // SAFETY: C passes a class.
    unsafe { (*class.cast::<PyTypeObject>()).tp_name }
}

/// `UnicodeDecodeError(encoding, object, start, end, reason)`.
#[capi]
fn PyUnicodeDecodeError_Create(
    cx: Cx<'_>,
    encoding: Text<'_>,
    object: *const c_char,
    length: Py_ssize_t,
    start: Py_ssize_t,
    end: Py_ssize_t,
    reason: Text<'_>,
) -> Result<New> {
    let data = match usize::try_from(length) {
        Ok(0) => &[],
        // SAFETY: C passes a string that ends, as for any length in `Py_BuildValue`.
        Err(_) if !object.is_null() => unsafe { CStr::from_ptr(object) }.to_bytes(),
        _ => unicodeobject::codec::expect_bytes(cx, object, length)?,
    };
    let Some(class) = host().builtin_class("UnicodeDecodeError") else { return Err(cx.bad_internal_call()) };
    let (encoding, reason) = (encoding.host_str(cx)?, reason.host_str(cx)?);
    let (data, start, end) = (host().new_bytes(data), host().new_int(start as i64), host().new_int(end as i64));
    let args = [encoding.as_ref(), data.as_ref(), start.as_ref(), end.as_ref(), reason.as_ref()];
    cx.object(|h| h.call(class.as_ref(), &args, &[]))
}

/// A part that has to be text, as `encoding` and `reason` are.
fn unicode_text(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Result<New> {
    unicode_part(cx, exception, name, Py_TPFLAGS_UNICODE_SUBCLASS, "unicode")
}

fn unicode_part(cx: Cx<'_>, exception: Obj<'_>, name: &str, subclass: u64, kind: &str) -> Result<New> {
    let given = exception.give(cx)?;
    let Ok(part) = cx.attr_str(given.as_ref(), name) else {
        drop(cx.take_error());
        return Err(cx.type_error(format!("{name} attribute not set")));
    };
    let part = cx.to_c(part);
    if part.obj().type_has(subclass) {
        return Ok(part);
    }
    Err(cx.type_error(format!("{name} attribute must be {kind}")))
}

/// What could not be decoded is bytes, what could not be encoded or translated is text.
fn unicode_object(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let given = exception.give(cx)?;
    let decode_error = host().builtin_class("UnicodeDecodeError").ok_or_else(|| cx.bad_internal_call())?;
    if cx.call(|h| h.is_instance(given.as_ref(), decode_error.as_ref()))? {
        return unicode_part(cx, exception, "object", Py_TPFLAGS_BYTES_SUBCLASS, "bytes");
    }
    unicode_text(cx, exception, "object")
}

fn unicode_int(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Result<i64> {
    let exception = exception.give(cx)?;
    let value = cx.attr_str(exception.as_ref(), name)?;
    Ok(host().int_value(value.as_ref()).unwrap_or(0))
}

/// `start` and `end`, brought into the object's range as CPython does: `start` is -1 where the object is empty.
pub(crate) fn unicode_range(cx: Cx<'_>, exception: Obj<'_>) -> Result<(i64, i64)> {
    let object = unicode_object(cx, exception)?.obj().give(cx)?;
    let length = cx.call(|h| h.length(object.as_ref()))? as i64;
    let (start, end) = (unicode_int(cx, exception, "start")?, unicode_int(cx, exception, "end")?);
    Ok((start.max(0).min(length - 1), end.max(1).min(length)))
}

fn unicode_start(cx: Cx<'_>, exception: Obj<'_>, mut start: Out<'_, Py_ssize_t>) -> Result<()> {
    start.write(unicode_range(cx, exception)?.0 as Py_ssize_t);
    Ok(())
}

fn unicode_end(cx: Cx<'_>, exception: Obj<'_>, mut end: Out<'_, Py_ssize_t>) -> Result<()> {
    end.write(unicode_range(cx, exception)?.1 as Py_ssize_t);
    Ok(())
}

fn set_unicode_int(cx: Cx<'_>, exception: Obj<'_>, name: &str, value: Py_ssize_t) -> Result<()> {
    let exception = exception.give(cx)?;
    let value = host().new_int(value as i64);
    set_part(cx, exception.as_ref(), name, Some(value.as_ref()))
}

fn set_unicode_reason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    let exception = exception.give(cx)?;
    let reason = reason.host_str(cx)?;
    set_part(cx, exception.as_ref(), "reason", Some(reason.as_ref()))
}

/// `encoding` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetEncoding(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "encoding")
}

/// `encoding` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetEncoding(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "encoding")
}

/// `object` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `object` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `object` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `start` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// `start` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// `start` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// Set `start` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// Set `start` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// Set `start` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// `end` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// `end` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// `end` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// Set `end` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// Set `end` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// Set `end` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// `reason` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// `reason` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// `reason` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// Set `reason` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}

/// Set `reason` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}

/// Set `reason` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}

/// Add file and line to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocation(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int) {
    let name = filename.map(|name| unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, -1);
}

/// Add file, line and column to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocationEx(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int, column: c_int) {
    let name = filename.map(|name| unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, column);
}

/// Add file, line and column to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocationObject(cx: Cx<'_>, filename: Option<Obj<'_>>, line: c_int, column: c_int) {
    let name = filename.map(|name| name.give(cx)).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, column);
}

fn syntax_location(cx: Cx<'_>, filename: Option<HostObj>, line: c_int, column: c_int) {
    let held = hold_pending();
    let Some(error) = optional(held.0).and_then(|error| error.give(cx).ok()) else { return };
    let number = host().new_int(line.into());
    let offset = host().new_int(column.into());
    let text = filename.as_ref().and_then(|name| program_text(cx, name.as_ref(), line).ok().flatten());
    let parts = [
        ("lineno", Some(number.as_ref())),
        ("offset", (column >= 0).then_some(offset.as_ref())),
        ("end_lineno", None),
        ("end_offset", None),
        ("filename", filename.as_ref().map(HostObj::as_ref)),
        ("text", text.as_ref().map(HostObj::as_ref)),
    ];
    for (name, value) in parts {
        // An exception without such an attribute keeps what it has, as in CPython.
        forgive(cx, set_part(cx, error.as_ref(), name, value));
    }
    drop(cx.take_error());
}

fn program_text(cx: Cx<'_>, filename: HostRef, line: c_int) -> Result<Option<HostObj>> {
    let Ok(source) = std::fs::read(text_of(filename)) else { return Ok(None) };
    let index = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
    let found = index.and_then(|index| source.split_inclusive(|&byte| byte == b'\n').nth(index));
    Ok(found.and_then(|text| std::str::from_utf8(text).ok()).map(|text| cx.str(text)))
}

/// A line of a source file; NULL without an error where there is none.
#[capi]
fn PyErr_ProgramText(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int) -> Result<Option<New>> {
    let Some(filename) = filename else { return Ok(None) };
    let filename = unicodeobject::decode_utf8(cx, filename.bytes(), Some("surrogateescape"))?;
    Ok(program_text(cx, filename.as_ref(), line)?.map(|text| cx.to_c(text)))
}

/// A line of a source file; NULL without an error where there is none.
#[capi]
fn PyErr_ProgramTextObject(cx: Cx<'_>, filename: Option<Obj<'_>>, line: c_int) -> Result<Option<New>> {
    let Some(filename) = filename else { return Ok(None) };
    let filename = filename.give(cx)?;
    Ok(program_text(cx, filename.as_ref(), line)?.map(|text| cx.to_c(text)))
}

/// The source of what `except*` does with the exceptions that its clauses raised: those that are parts of the original group
/// are put together again, beside the new ones.
const PREPARE_RERAISE: &str = "\
def is_part(exception, group):
    return (getattr(exception, '__notes__', None) is getattr(group, '__notes__', None)
            and exception.__traceback__ is group.__traceback__
            and exception.__cause__ is group.__cause__
            and exception.__context__ is group.__context__)

def leaves(exception, found):
    if isinstance(exception, BaseExceptionGroup):
        for inner in exception.exceptions:
            leaves(inner, found)
    else:
        found.append(exception)

def prepare(group, exceptions):
    if not exceptions:
        return None
    if not isinstance(group, BaseExceptionGroup):
        return exceptions[0]
    raised, kept = [], []
    for exception in exceptions:
        if exception is None:
            continue
        if is_part(exception, group):
            leaves(exception, kept)
        else:
            raised.append(exception)
    again = group.subgroup(lambda inner: any(inner is leaf for leaf in kept)) if kept else None
    if not raised:
        return again
    if again is not None:
        raised.append(again)
    return raised[0] if len(raised) == 1 else BaseExceptionGroup('', raised)
";

/// What to raise after `except*`: of the original exception and the list of what its clauses raised (None: nothing).
#[capi]
fn PyUnstable_Exc_PrepReraiseStar(cx: Cx<'_>, orig: Obj<'_>, excs: Obj<'_>) -> Result<New> {
    if !is_exception(orig) {
        return Err(cx.type_error("orig must be an exception instance"));
    }
    if !excs.type_has(Py_TPFLAGS_LIST_SUBCLASS) {
        return Err(cx.type_error("excs must be a list of exception instances"));
    }
    let (orig, excs) = (orig.give(cx)?, excs.give(cx)?);
    let base = class_object(exception!(PyExc_BaseException)).give(cx)?;
    for (index, item) in host().items(excs.as_ref()).iter().enumerate() {
        let is_none = host().kind(item.as_ref()) == Kind::None;
        if !is_none && !cx.call(|h| h.is_instance(item.as_ref(), base.as_ref()))? {
            return Err(cx.type_error(format!("item {index} of excs is not an exception")));
        }
    }
    let traceback = cx.attr_str(orig.as_ref(), "__traceback__")?;
    if host().kind(traceback.as_ref()) == Kind::None {
        return Err(cx.value_error("orig must be a raised exception"));
    }
    let namespace = host().new_dict();
    cx.call(|h| h.run_source(PREPARE_RERAISE, "<pyerrors>", false, namespace.as_ref(), namespace.as_ref()))?;
    let name = cx.str("prepare");
    let prepare = cx.call(|h| h.dict_get(namespace.as_ref(), name.as_ref()))?;
    let prepare = prepare.ok_or_else(|| cx.bad_internal_call())?;
    cx.object(|h| h.call(prepare.as_ref(), &[orig.as_ref(), excs.as_ref()], &[]))
}
