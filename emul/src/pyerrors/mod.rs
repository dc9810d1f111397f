//! `pyerrors.h`: the error indicator, exception objects and their parts.
//!
//! The pending exception is a word of the thread state that C code reads and writes inline; exceptions themselves are the
//! host's, so making one and asking for its parts goes there. `args` and `traceback` of a mirror are kept in step.

pub(crate) mod display;
pub(crate) mod errno;
pub(crate) mod groups;
pub(crate) mod handled;
pub(crate) mod new_class;
pub(crate) mod parts;
pub(crate) mod signals;
pub(crate) mod syntax;
pub(crate) mod unicode;

pub(crate) use unicode::unicode_range;

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS, PyObject, PyTypeObject,
};
use object_mirror::pyerrors::PyBaseExceptionObject;

use crate::boundary::{Cx, New, Obj, Raised, Result, Stolen, Text};
use crate::host::{HostObj, HostRef, HostResult, Kind, host};
use crate::slots::Slot;
use crate::statics::{self, builtin, exception};
use crate::{cross, lifetime, pystate, special, tupleobject, typeobject, unicodeobject};
use display::forgive;
use parts::PyException_GetTraceback;

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
pub(crate) fn class_object<'a>(ty: *mut PyTypeObject) -> Obj<'a> {
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
            match exception.obj().give(cx) {
                Ok(exception) => chain(cx, exception.as_ref()),
                Err(raised) => return raised,
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
pub(crate) fn chain(cx: Cx<'_>, exception: HostRef) {
    let Some(handled) = handled().and_then(|handled| handled.obj().give(cx).ok()) else { return };
    let same = |one: HostRef, other: HostRef| host().identity(one.word()) == host().identity(other.word());
    if same(handled.as_ref(), exception) {
        return;
    }
    let mut seen = handled.clone();
    let mut slow = handled.clone();
    let mut steps = 0_usize;
    while let Some(next) = context(cx, seen.as_ref()) {
        if same(next.as_ref(), exception) {
            set_context(cx, seen.as_ref(), host().singleton(Kind::None).as_ref());
            break;
        }
        seen = next;
        if same(seen.as_ref(), slow.as_ref()) {
            // A circle that was there before: it is not ours to open.
            break;
        }
        steps += 1;
        if steps.is_multiple_of(2) {
            slow = context(cx, slow.as_ref()).unwrap_or(slow);
        }
    }
    set_context(cx, exception, handled.as_ref());
}

/// As [`chain`], for an error of the host's. One with a traceback was raised by Python code, which gave it the context that it has.
pub(crate) fn chain_new(cx: Cx<'_>, exception: HostRef) {
    // SAFETY: the thread's own stack of handled exceptions.
    if optional(unsafe { (*pystate::handled()).exc_value }).is_some()
        && shown_part(cx, exception, "__traceback__").is_none()
        && context(cx, exception).is_none()
    {
        chain(cx, exception);
    }
}

fn context(cx: Cx<'_>, exception: HostRef) -> Option<HostObj> {
    shown_part(cx, exception, "__context__")
}

/// What a class makes of the attribute is nothing to raise another error for.
fn shown_part(cx: Cx<'_>, exception: HostRef, name: &str) -> Option<HostObj> {
    let name = host().new_str(name.as_bytes());
    let found = cx.unlocked(|_| own_attribute(exception, name.as_ref())).ok()?;
    (host().kind(found.as_ref()) != Kind::None).then_some(found)
}

fn set_context(cx: Cx<'_>, exception: HostRef, context: HostRef) {
    let name = host().new_str(b"__context__");
    // Any exception will do, so that nothing but a class's own way to set attributes can fail.
    let _ = cx.unlocked(|_| set_own_attribute(exception, name.as_ref(), context));
}

/// The exception being handled, if any.
pub(crate) fn handled() -> Option<New> {
    // SAFETY: the thread's own stack of handled exceptions; an item's value is NULL, None or live.
    let value = optional(unsafe { (*pystate::handled()).exc_value })?;
    (!statics::is_none(value.as_ptr())).then(|| value.to_new())
}

/// An attribute of an exception; None is none.
fn part(cx: Cx<'_>, exception: HostRef, name: &str) -> Result<Option<HostObj>> {
    let name = cx.str(name);
    let value = cx.call(|_| own_attribute(exception, name.as_ref()))?;
    Ok((host().kind(value.as_ref()) != Kind::None).then_some(value))
}

/// Whether the class of `exception` looks attributes up in a way of its own. CPython reads fields, whatever that is: C's function
/// may even raise an exception of the same class, whose parts are asked for in turn.
fn overrides_attributes(exception: HostRef, slot: Slot) -> bool {
    let Some(mirror) = lifetime::find(host().type_of(exception)) else { return false };
    let ty: *mut PyTypeObject = mirror.cast();
    // SAFETY: the mirror of a class is a live type.
    unsafe { slot.get(ty) != special::builtin_function(slot, false) }
}

fn own_attribute(exception: HostRef, name: HostRef) -> HostResult<HostObj> {
    if overrides_attributes(exception, Slot::TpGetattro) {
        return host().generic_get_attr(exception, name);
    }
    host().get_attr(exception, name)
}

fn set_part(cx: Cx<'_>, exception: HostRef, name: &str, value: Option<HostRef>) -> Result<()> {
    let name = cx.str(name);
    let none = host().singleton(Kind::None);
    let value = value.unwrap_or(none.as_ref());
    cx.call(|_| set_own_attribute(exception, name.as_ref(), value))
}

fn set_own_attribute(exception: HostRef, name: HostRef, value: HostRef) -> HostResult<()> {
    if overrides_attributes(exception, Slot::TpSetattro) {
        return host().generic_set_attr(exception, name, Some(value));
    }
    host().set_attr(exception, name, Some(value))
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
    let Ok(traceback) = own_attribute(object, name.as_ref()) else { return };
    let traceback = (host().kind(traceback.as_ref()) != Kind::None).then(|| cross::to_c_as_it_is(traceback.as_ref()));
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
        Some(value) if std::ptr::eq(value.type_ptr().cast(), class.as_ptr()) && is_exception(value) => value.to_new(),
        _ => create(cx, class, value)?,
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
    // CPython has some ready for when there is none left, and chains nothing to them.
    let exception = create(cx, class_object(exception!(PyExc_MemoryError)), None)?;
    Err(set_pending(cx, exception))
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
