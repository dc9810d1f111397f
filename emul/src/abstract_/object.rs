//! The object protocol.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::{Py_hash_t, Py_ssize_t};

use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::host::{Compare, HostObj, Kind, host};
use crate::statics::builtin;
use crate::{bytesobject, listobject, lock, tupleobject};

fn op_of(cx: Cx<'_>, op: c_int) -> Result<Compare> {
    Compare::from_c(op).ok_or_else(|| cx.bad_internal_call())
}

/// `object.name`.
#[capi]
fn PyObject_GetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

/// `object.name`.
#[capi]
fn PyObject_GetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    let (object, name) = (object.give(cx)?, name.host_str(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

fn optional(cx: Cx<'_>, object: HostObj, name: HostObj) -> Result<Option<New>> {
    match cx.unlocked(|h| h.get_attr(object.as_ref(), name.as_ref())) {
        Ok(value) => Ok(Some(cx.to_c(value))),
        Err(error) => {
            let class = host().builtin_class("AttributeError").ok_or_else(|| cx.bad_internal_call())?;
            if host().is_subtype(host().type_of(error.as_ref()), class.as_ref()) {
                return Ok(None);
            }
            Err(cx.raise(error))
        }
    }
}

fn store_optional(found: Result<Option<New>>, mut out: Out<'_, *mut PyObject>) -> Result<bool> {
    out.write(std::ptr::null_mut());
    let found = found?;
    Ok(match found {
        Some(value) => {
            out.write(value.into_ptr());
            true
        }
        None => false,
    })
}

/// `object.name` if there is one: 1 with the value, 0 without, -1 for another error.
#[capi]
fn PyObject_GetOptionalAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, result: Out<'_, *mut PyObject>) -> Result<bool> {
    let found = object.give(cx).and_then(|object| optional(cx, object, name.give(cx)?));
    store_optional(found, result)
}

/// As `PyObject_GetOptionalAttr`.
#[capi]
fn PyObject_GetOptionalAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, result: Out<'_, *mut PyObject>) -> Result<bool> {
    let found = object.give(cx).and_then(|object| optional(cx, object, name.host_str(cx)?));
    store_optional(found, result)
}

/// Whether the attribute is there; errors other than AttributeError are reported.
#[capi]
fn PyObject_HasAttrWithError(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<bool> {
    Ok(optional(cx, object.give(cx)?, name.give(cx)?)?.is_some())
}

/// As `PyObject_HasAttrWithError`.
#[capi]
fn PyObject_HasAttrStringWithError(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<bool> {
    Ok(optional(cx, object.give(cx)?, name.host_str(cx)?)?.is_some())
}

fn never_fails(cx: Cx<'_>, found: Result<Option<New>>) -> c_int {
    match found {
        Ok(found) => c_int::from(found.is_some()),
        Err(_) => {
            if let Some(error) = cx.take_error() {
                cx.unlocked(|h| h.unraisable(error, None, None));
            }
            0
        }
    }
}

/// Whether the attribute is there; errors are reported as unraisable.
#[capi]
fn PyObject_HasAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> c_int {
    let found = object.give(cx).and_then(|object| optional(cx, object, name.give(cx)?));
    never_fails(cx, found)
}

/// As `PyObject_HasAttr`.
#[capi]
fn PyObject_HasAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> c_int {
    let found = object.give(cx).and_then(|object| optional(cx, object, name.host_str(cx)?));
    never_fails(cx, found)
}

fn set_attr(cx: Cx<'_>, object: Obj<'_>, name: HostObj, value: Option<Obj<'_>>) -> Result<()> {
    let object = object.give(cx)?;
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_attr(object.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

/// `object.name = value`, or deletion for NULL.
#[capi]
fn PyObject_SetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr(cx, object, name.give(cx)?, value)
}

/// `object.name = value`, or deletion for NULL.
#[capi]
fn PyObject_SetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr(cx, object, name.host_str(cx)?, value)
}

/// `repr(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Repr(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(crate::unicodeobject::new_from_wtf8(b"<NULL>")) };
    let object = object.give(cx)?;
    cx.object(|h| h.repr(object.as_ref()))
}

/// `str(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Str(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(crate::unicodeobject::new_from_wtf8(b"<NULL>")) };
    if std::ptr::eq(object.type_ptr(), builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    let object = object.give(cx)?;
    cx.object(|h| h.str(object.as_ref()))
}

/// `ascii(object)`.
#[capi]
fn PyObject_ASCII(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "ascii", &[object.as_ref()])?))
}

/// `bytes(object)`.
#[capi]
fn PyObject_Bytes(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if std::ptr::eq(object.type_ptr(), builtin!(PyBytes_Type)) {
        return Ok(bytesobject::new(bytesobject::data(object.as_ptr())));
    }
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "bytes", &[object.as_ref()])?))
}

/// `hash(object)`.
#[capi]
fn PyObject_Hash(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    let object = object.give(cx)?;
    cx.call(|h| h.hash(object.as_ref()))
}

/// `bool(object)`.
#[capi]
fn PyObject_IsTrue(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    let object = object.give(cx)?;
    cx.call(|h| h.is_true(object.as_ref()))
}

/// `not object`.
#[capi]
fn PyObject_Not(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    let object = object.give(cx)?;
    Ok(!cx.call(|h| h.is_true(object.as_ref()))?)
}

/// The comparison's result object.
#[capi]
fn PyObject_RichCompare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<New> {
    let op = op_of(cx, op)?;
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.rich_compare(left.as_ref(), right.as_ref(), op))
}

/// The comparison's truth; an object equals itself.
#[capi]
fn PyObject_RichCompareBool(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<bool> {
    let op = op_of(cx, op)?;
    if left == right && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(op == Compare::Eq);
    }
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    let result = cx.call(|h| h.rich_compare(left.as_ref(), right.as_ref(), op))?;
    cx.call(|h| h.is_true(result.as_ref()))
}

/// `isinstance`.
#[capi]
fn PyObject_IsInstance(cx: Cx<'_>, object: Obj<'_>, class: Obj<'_>) -> Result<bool> {
    if std::ptr::eq(object.type_ptr().cast(), class.as_ptr()) {
        return Ok(true);
    }
    let (object, class) = (object.give(cx)?, class.give(cx)?);
    cx.call(|h| h.is_instance(object.as_ref(), class.as_ref()))
}

/// `issubclass`.
#[capi]
fn PyObject_IsSubclass(cx: Cx<'_>, class: Obj<'_>, of: Obj<'_>) -> Result<bool> {
    let (class, of) = (class.give(cx)?, of.give(cx)?);
    cx.call(|h| h.is_subclass(class.as_ref(), of.as_ref()))
}

/// `type(object)`.
#[capi]
fn PyObject_Type(_cx: Cx<'_>, object: Obj<'_>) -> Option<New> {
    // SAFETY: a live object's type is live.
    unsafe { Obj::from_ptr(object.type_ptr().cast()) }.map(Obj::to_new)
}

fn length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    if std::ptr::eq(object.type_ptr(), builtin!(PyTuple_Type)) {
        return Ok(tupleobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    if std::ptr::eq(object.type_ptr(), builtin!(PyList_Type)) {
        return Ok(listobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    let object = object.give(cx)?;
    Ok(cx.call(|h| h.length(object.as_ref()))? as Py_ssize_t)
}

/// `len(object)`.
#[capi]
fn PyObject_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `len(object)`.
#[capi]
fn PyObject_Length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `len(mapping)`.
#[capi]
fn PyMapping_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `len(sequence)`.
#[capi]
fn PySequence_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `len(sequence)`.
#[capi]
fn PySequence_Length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `object[key]`.
#[capi]
fn PyObject_GetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<New> {
    let (object, key) = (object.give(cx)?, key.give(cx)?);
    cx.object(|h| h.get_item(object.as_ref(), key.as_ref()))
}

/// `object[key] = value`.
#[capi]
fn PyObject_SetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    let (object, key, value) = (object.give(cx)?, key.give(cx)?, value.give(cx)?);
    cx.call(|h| h.set_item(object.as_ref(), key.as_ref(), Some(value.as_ref())))
}

/// `del object[key]`.
#[capi]
fn PyObject_DelItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<()> {
    let (object, key) = (object.give(cx)?, key.give(cx)?);
    cx.call(|h| h.set_item(object.as_ref(), key.as_ref(), None))
}

/// `iter(object)`.
#[capi]
fn PyObject_GetIter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let object = object.give(cx)?;
    cx.object(|h| h.iter(object.as_ref()))
}

/// The iterator itself: `tp_iter` of iterators.
#[capi]
fn PyObject_SelfIter(_cx: Cx<'_>, object: Obj<'_>) -> New {
    object.to_new()
}

/// The next item; NULL without an error at the end.
#[capi]
fn PyIter_Next(cx: Cx<'_>, iterator: Obj<'_>) -> Result<Option<New>> {
    let iterator = iterator.give(cx)?;
    Ok(cx.call(|h| h.next(iterator.as_ref()))?.map(|item| cx.to_c(item)))
}

/// Whether the object is an iterator.
#[capi]
fn PyIter_Check(cx: Cx<'_>, object: Obj<'_>) -> c_int {
    object.give(cx).map_or(0, |object| c_int::from(host().is_iterator(object.as_ref())))
}

/// Whether the object can be called.
#[capi]
fn PyCallable_Check(cx: Cx<'_>, object: Option<Obj<'_>>) -> c_int {
    let Some(object) = object else { return 0 };
    object.give(cx).map_or(0, |object| c_int::from(host().is_callable(object.as_ref())))
}

/// `dir(object)`.
#[capi]
fn PyObject_Dir(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "dir", &[object.as_ref()])?))
}

/// `format(object, spec)`.
#[capi]
fn PyObject_Format(cx: Cx<'_>, object: Obj<'_>, spec: Option<Obj<'_>>) -> Result<New> {
    let object = object.give(cx)?;
    let spec = match spec {
        Some(spec) => spec.give(cx)?,
        None => cx.str(""),
    };
    Ok(cx.to_c(cx.call_function("builtins", "format", &[object.as_ref(), spec.as_ref()])?))
}

/// Guard against endless recursion in C: RecursionError with `where` at the end of its message.
#[capi]
fn Py_EnterRecursiveCall(cx: Cx<'_>, place: Option<Text<'_>>) -> Result<()> {
    let tstate = crate::pystate::thread_state();
    // SAFETY: the thread's own state.
    let left = unsafe { (*tstate).c_recursion_remaining };
    if left <= 0 || host().recursion_limit_reached() {
        let place = place.map_or_else(String::new, |place| place.to_str().into_owned());
        return Err(cx.error("RecursionError", format!("maximum recursion depth exceeded{place}")));
    }
    // SAFETY: as above.
    unsafe { (*tstate).c_recursion_remaining = left - 1 };
    Ok(())
}

/// Undo `Py_EnterRecursiveCall`.
#[capi(raw)]
pub unsafe extern "C" fn Py_LeaveRecursiveCall() {
    // SAFETY: the thread's own state.
    unsafe { (*crate::pystate::thread_state()).c_recursion_remaining += 1 };
}

/// The module `name` names, imported as `import` statements do.
#[capi]
fn PyImport_ImportModule(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    let name = name.to_str().into_owned();
    cx.object(|h| h.import(&name))
}

/// The module `name` names.
#[capi]
fn PyImport_Import(cx: Cx<'_>, name: Obj<'_>) -> Result<New> {
    let name = name.give(cx)?;
    if host().kind(name.as_ref()) != Kind::Str {
        return Err(cx.type_error("module name must be a string"));
    }
    let mut text = String::new();
    host().with_str(name.as_ref(), &mut |name| text = String::from_utf8_lossy(name).into_owned());
    cx.object(|h| h.import(&text))
}

/// Whether the interpreter runs: C code asks it while it does.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsInitialized() -> c_int {
    c_int::from(crate::host::is_installed())
}

/// The version text, which starts with the version C is promised.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetVersion() -> *const std::ffi::c_char {
    c"3.13.0 (pierglass) [Rust]".as_ptr()
}

/// Lock a mutex whose byte C found taken.
#[capi(raw)]
pub unsafe extern "C" fn PyMutex_Lock(mutex: *mut u8) {
    // SAFETY: C passes its mutex's byte, which it and we change atomically only.
    let byte = unsafe { std::sync::atomic::AtomicU8::from_ptr(mutex) };
    use std::sync::atomic::Ordering::{Acquire, Relaxed};
    while byte.compare_exchange_weak(0, 1, Acquire, Relaxed).is_err() {
        let _released = lock::release();
        std::thread::yield_now();
    }
}

/// Unlock a mutex.
#[capi(raw)]
pub unsafe extern "C" fn PyMutex_Unlock(mutex: *mut u8) {
    // SAFETY: as in `PyMutex_Lock`.
    unsafe { std::sync::atomic::AtomicU8::from_ptr(mutex) }.store(0, std::sync::atomic::Ordering::Release);
}
