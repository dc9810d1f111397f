//! The object protocol, and iterators.

use std::cell::RefCell;
use std::ffi::{CString, c_int};
use std::ptr::null_mut;

use capi_macros::{capi, capi_data};
use object_mirror::bytesobject::PyBytesObject;
use object_mirror::object::{
    Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS,
    PyObject, PyTypeObject, binaryfunc, getattrofunc, hashfunc, inquiry, iternextfunc, lenfunc, objobjargproc,
    richcmpfunc, sendfunc, setattrofunc, ssizeargfunc, ssizeobjargproc, unaryfunc,
};
use object_mirror::pyerrors::PyStopIterationObject;
use object_mirror::setobject::PySetObject;
use object_mirror::unicodeobject::{KIND_SHIFT, PyASCIIObject};
use object_mirror::{Py_hash_t, Py_ssize_t};

use super::{c_slot, call_c, has_slot, is_exactly, returned};
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::dictobject::is_error;
use crate::host::{Compare, HostObj, Kind, host};
use crate::slots::Slot;
use crate::special;
use crate::statics::{self, builtin, exception};
use crate::unicodeobject::intern::{_Py_Identifier, of_identifier};
use crate::{bytesobject, floatobject, listobject, longobject, pystate, tupleobject, typeobject, unicodeobject};

/// The comparison that asks the same with its sides changed, by the comparison's number.
#[capi_data]
pub static _Py_SwappedOp: [c_int; 6] = [4, 5, 2, 3, 0, 1];

fn op_of(cx: Cx<'_>, op: c_int) -> Result<Compare> {
    Compare::from_c(op).ok_or_else(|| cx.bad_internal_call())
}

/// A type's own way to get attributes, where C implements it.
pub(crate) enum GetAttr {
    /// `tp_getattro`.
    Object(usize),
    /// `tp_getattr`, of an older time.
    Text(object_mirror::object::getattrfunc),
}

/// How C gets an attribute of `object`; `None` where the host does, C's own descriptors included.
#[inline]
pub(crate) fn c_getattr(object: Obj<'_>) -> Option<GetAttr> {
    if let Some(function) = c_slot(object, Slot::TpGetattro) {
        return Some(GetAttr::Object(function));
    }
    // SAFETY: a live object of a live type.
    let function = unsafe { (*object.type_ptr()).tp_getattr };
    function.filter(|_| !has_slot(object, Slot::TpGetattro)).map(GetAttr::Text)
}

fn check_name(cx: Cx<'_>, name: Obj<'_>) -> Result<()> {
    if name.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Ok(());
    }
    Err(cx.type_error(format!("attribute name must be string, not '{}'", name.type_name())))
}

fn c_text(cx: Cx<'_>, name: Obj<'_>) -> Result<CString> {
    let text = unicodeobject::to_wtf8(name.as_ptr());
    CString::new(text).map_err(|_| cx.value_error("embedded null character"))
}

fn c_get(cx: Cx<'_>, how: GetAttr, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    match how {
        GetAttr::Object(function) => returned(cx, call_c!(function, getattrofunc, object.as_ptr(), name.as_ptr())),
        GetAttr::Text(function) => {
            let name = c_text(cx, name)?;
            // SAFETY: the slot's function takes the object and a NUL-terminated name.
            returned(cx, unsafe { function(object.as_ptr(), name.as_ptr().cast_mut()) })
        }
    }
}

/// `object.name`.
pub(crate) fn get_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    check_name(cx, name)?;
    if let Some(how) = c_getattr(object) {
        return c_get(cx, how, object, name);
    }
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

/// `object.name` for a name of C's.
pub(crate) fn get_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    if let Some(how) = c_getattr(object) {
        let name = unicodeobject::utf8_to_new(cx, name.bytes(), None)?;
        return c_get(cx, how, object, name.obj());
    }
    let (object, name) = (object.give(cx)?, name.host_str(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

/// `object.name`.
#[capi]
fn PyObject_GetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    get_attr(cx, object, name)
}

/// `object.name`, with the name as UTF-8.
#[capi]
fn PyObject_GetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    get_attr_text(cx, object, name)
}

/// The attribute that an identifier names.
#[capi]
fn _PyObject_GetAttrId(cx: Cx<'_>, object: Obj<'_>, id: *mut _Py_Identifier) -> Result<New> {
    get_attr(cx, object, of_identifier(cx, id)?)
}

/// Turn a pending AttributeError into the absence of the attribute.
fn absent(cx: Cx<'_>, found: Result<New>) -> Result<Option<New>> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(_) if pending_is(exception!(PyExc_AttributeError)) => {
            drop(cx.take_error());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Whether the pending error is an instance of this exception type.
pub(crate) fn pending_is(class: *mut object_mirror::object::PyTypeObject) -> bool {
    let pending = pystate::current_exception();
    // SAFETY: the pending error is a live exception.
    !pending.is_null() && typeobject::is_subtype(unsafe { (*pending).ob_type }, class)
}

/// The host's attribute, if there is one: its AttributeError does not even cross.
fn optional_of_host(cx: Cx<'_>, object: HostObj, name: HostObj) -> Result<Option<New>> {
    match cx.unlocked(|h| h.get_attr(object.as_ref(), name.as_ref())) {
        Ok(value) => Ok(Some(cx.to_c(value))),
        Err(error) if is_error(&error, "AttributeError") => Ok(None),
        Err(error) => Err(cx.raise(error)),
    }
}

/// `object.name`, if there is such an attribute.
pub(crate) fn optional_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<Option<New>> {
    check_name(cx, name)?;
    match c_getattr(object) {
        Some(how) => absent(cx, c_get(cx, how, object, name)),
        None => optional_of_host(cx, object.give(cx)?, name.give(cx)?),
    }
}

fn optional_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<Option<New>> {
    match c_getattr(object) {
        Some(_) => absent(cx, get_attr_text(cx, object, name)),
        None => optional_of_host(cx, object.give(cx)?, name.host_str(cx)?),
    }
}

/// Pass an optional value out: 1 with a new reference, 0 and NULL without.
pub(crate) fn pass_out(found: Result<Option<New>>, out: Out<'_, *mut PyObject>) -> Result<bool> {
    let mut out = out;
    out.write(null_mut());
    let Some(value) = found? else { return Ok(false) };
    out.write(value.into_ptr());
    Ok(true)
}

/// `object.name` if there is one: 1 with the value, 0 without, -1 for another error.
#[capi]
fn PyObject_GetOptionalAttr(
    cx: Cx<'_>,
    object: Obj<'_>,
    name: Obj<'_>,
    result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    pass_out(optional_attr(cx, object, name), result)
}

/// As `PyObject_GetOptionalAttr`, with the name as UTF-8.
#[capi]
fn PyObject_GetOptionalAttrString(
    cx: Cx<'_>,
    object: Obj<'_>,
    name: Text<'_>,
    result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    pass_out(optional_attr_text(cx, object, name), result)
}

/// Whether the attribute is there; errors other than AttributeError are reported.
#[capi]
fn PyObject_HasAttrWithError(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<bool> {
    Ok(optional_attr(cx, object, name)?.is_some())
}

/// As `PyObject_HasAttrWithError`, with the name as UTF-8.
#[capi]
fn PyObject_HasAttrStringWithError(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<bool> {
    Ok(optional_attr_text(cx, object, name)?.is_some())
}

/// The answer of a question that has no way to report an error: it goes to `sys.unraisablehook`.
pub(crate) fn or_unraisable(cx: Cx<'_>, answer: Result<bool>, function: &str) -> c_int {
    let Err(_) = answer else { return c_int::from(answer.unwrap_or(false)) };
    if let Some(error) = cx.take_error() {
        let message = format!("Exception ignored in {function}");
        cx.unlocked(|h| h.unraisable(error, Some(&message), None));
    }
    0
}

/// Whether the attribute is there; errors are reported as unraisable.
#[capi]
fn PyObject_HasAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> c_int {
    let found = optional_attr(cx, object, name).map(|found| found.is_some());
    or_unraisable(
        cx,
        found,
        "PyObject_HasAttr(); consider using PyObject_HasAttrWithError(), PyObject_GetOptionalAttr() or PyObject_GetAttr()",
    )
}

/// As `PyObject_HasAttr`, with the name as UTF-8.
#[capi]
fn PyObject_HasAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> c_int {
    let found = optional_attr_text(cx, object, name).map(|found| found.is_some());
    or_unraisable(
        cx,
        found,
        "PyObject_HasAttrString(); consider using PyObject_HasAttrStringWithError(), PyObject_GetOptionalAttrString() or PyObject_GetAttrString()",
    )
}

fn done(cx: Cx<'_>, status: c_int) -> Result<()> {
    if status < 0 { Err(cx.pending()) } else { Ok(()) }
}

/// `object.name = value`, or deletion.
pub(crate) fn set_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    check_name(cx, name)?;
    let pointer = crate::boundary::optional(value);
    if let Some(function) = c_slot(object, Slot::TpSetattro) {
        return done(cx, call_c!(function, setattrofunc, object.as_ptr(), name.as_ptr(), pointer));
    }
    // SAFETY: a live object of a live type.
    let old = unsafe { (*object.type_ptr()).tp_setattr };
    if let Some(function) = old.filter(|_| !has_slot(object, Slot::TpSetattro)) {
        let name = c_text(cx, name)?;
        // SAFETY: the slot's function takes the object, a NUL-terminated name, and a value or NULL.
        return done(cx, unsafe { function(object.as_ptr(), name.as_ptr().cast_mut(), pointer) });
    }
    if let Some(ty) = typeobject::unready(object) {
        return typeobject::set_before_ready(cx, ty, name, value);
    }
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    value.into_iter().for_each(pystate::stored);
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_attr(object.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

fn set_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let name = unicodeobject::utf8_to_new(cx, name.bytes(), None)?;
    set_attr(cx, object, name.obj(), value)
}

/// `object.name = value`, or deletion for NULL.
#[capi]
fn PyObject_SetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr(cx, object, name, value)
}

/// As `PyObject_SetAttr`, with the name as UTF-8.
#[capi]
fn PyObject_SetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr_text(cx, object, name, value)
}

/// `del object.name`.
#[capi]
fn PyObject_DelAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<()> {
    set_attr(cx, object, name, None)
}

/// As `PyObject_DelAttr`, with the name as UTF-8.
#[capi]
fn PyObject_DelAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<()> {
    set_attr_text(cx, object, name, None)
}

/// What C's `__repr__` or `__str__` returned, which must be a str.
fn text_result(cx: Cx<'_>, object: Obj<'_>, result: *mut PyObject, method: &str) -> Result<New> {
    let text = super::call::checked(cx, object, result)?;
    if !text.obj().type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Err(cx.type_error(format!("{method} returned non-string (type {})", text.obj().type_name())));
    }
    Ok(text)
}

fn null_text() -> New {
    unicodeobject::new_from_wtf8(b"<NULL>")
}

/// `repr(object)`.
fn repr(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if let Some(function) = c_slot(object, Slot::TpRepr) {
        return text_result(cx, object, call_c!(function, unaryfunc, object.as_ptr()), "__repr__");
    }
    let object = object.give(cx)?;
    cx.object(|h| h.repr(object.as_ref()))
}

/// `repr(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Repr(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    object.map_or_else(|| Ok(null_text()), |object| repr(cx, object))
}

/// `str(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Str(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(null_text()) };
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    if let Some(function) = c_slot(object, Slot::TpStr) {
        return text_result(cx, object, call_c!(function, unaryfunc, object.as_ptr()), "__str__");
    }
    let object = object.give(cx)?;
    cx.object(|h| h.str(object.as_ref()))
}

/// `ascii(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_ASCII(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(null_text()) };
    let text = repr(cx, object)?;
    if unicodeobject::is_ascii(text.as_ptr()) {
        return Ok(text);
    }
    let text = text.obj().give(cx)?;
    let (encoding, errors) = (cx.str("ascii"), cx.str("backslashreplace"));
    let bytes = cx.call_builtin_method("str", "encode", &[text.as_ref(), encoding.as_ref(), errors.as_ref()])?;
    let mut ascii = None;
    host().with_bytes(bytes.as_ref(), &mut |bytes| ascii = Some(unicodeobject::new_from_wtf8(bytes)));
    ascii.ok_or_else(|| cx.bad_internal_call())
}

/// `bytes(object)`, but for ints, which are no content; `b"<NULL>"` for NULL.
#[capi]
fn PyObject_Bytes(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(bytesobject::new(b"<NULL>")) };
    if is_exactly(object, builtin!(PyBytes_Type)) {
        return Ok(object.to_new());
    }
    let name = cx.str("__bytes__");
    let class = typeobject::class_of(cx, object.type_ptr())?;
    let has_method = host().type_lookup(class.as_ref(), name.as_ref()).is_some();
    if !has_method {
        return bytesobject::from_object(cx, object);
    }
    let object = object.give(cx)?;
    let made = cx.to_c(cx.call_method(object.as_ref(), "__bytes__", &[])?);
    if made.obj().type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return Ok(made);
    }
    Err(cx.type_error(format!("__bytes__ returned non-bytes (type {:.200})", made.obj().type_name())))
}

/// `hash(object)`.
#[capi]
fn PyObject_Hash(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return text_hash(cx, object);
    }
    if let Some(function) = c_slot(object, Slot::TpHash) {
        let hash = call_c!(function, hashfunc, object.as_ptr());
        return if hash == -1 { Err(cx.pending()) } else { Ok(hash) };
    }
    let given = object.give(cx)?;
    let hash = cx.call(|h| h.hash(given.as_ref()))?;
    // SAFETY: a live object; the lock is held.
    unsafe {
        let inherits = Slot::TpHash.get(object.type_ptr()) == Slot::TpHash.get(builtin!(PyUnicode_Type));
        if inherits {
            remember_hash(object.as_ptr(), special::builtin_with(object.as_ptr(), Slot::TpHash), hash);
        }
    }
    Ok(hash)
}

/// Keep a hash that the implementation of `ty` worked out where C reads it inline. Other types keep none.
///
/// # Safety
/// `object` is alive, and an instance of `ty`.
pub(crate) unsafe fn remember_hash(object: *mut PyObject, ty: *mut PyTypeObject, hash: Py_hash_t) {
    // SAFETY: an instance of a type has the type's layout.
    unsafe {
        if ty == builtin!(PyUnicode_Type) {
            (*object.cast::<PyASCIIObject>()).hash = hash;
        } else if ty == builtin!(PyBytes_Type) {
            (*object.cast::<PyBytesObject>()).ob_shash = hash;
        } else if ty == builtin!(PyFrozenSet_Type) {
            (*object.cast::<PySetObject>()).hash = hash;
        }
    }
}

/// A str's hash: the host's, kept where C reads it inline.
fn text_hash(cx: Cx<'_>, text: Obj<'_>) -> Result<Py_hash_t> {
    let header: *mut PyASCIIObject = text.cast();
    // SAFETY: a live str.
    let known = unsafe { (*header).hash };
    if known != -1 {
        return Ok(known);
    }
    let object = text.give(cx)?;
    let hash = cx.call(|h| h.hash(object.as_ref()))?;
    // SAFETY: as above.
    unsafe { (*header).hash = hash };
    Ok(hash)
}

/// `tp_hash` of types that cannot be hashed.
#[capi]
fn PyObject_HashNotImplemented(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    Err(cx.type_error(format!("unhashable type: '{}'", object.type_name())))
}

/// The hash of an object by its identity.
#[capi]
fn PyObject_GenericHash(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    // The host's answer: a mirror's address is its own only as long as C holds it.
    let object = object.give(cx)?;
    let hash = cx.call_builtin_method("object", "__hash__", &[object.as_ref()])?;
    host().int_value(hash.as_ref()).map(|hash| hash as Py_hash_t).ok_or_else(|| cx.bad_internal_call())
}

/// The truth of what the mirror itself answers for.
#[inline]
fn plain_truth(object: Obj<'_>) -> Option<bool> {
    let op = object.as_ptr();
    if std::ptr::eq(op, statics::true_()) {
        return Some(true);
    }
    if std::ptr::eq(op, statics::false_()) || statics::is_none(op) {
        return Some(false);
    }
    if is_exactly(object, builtin!(PyLong_Type)) {
        return Some(!longobject::digits_of(op).1.is_empty());
    }
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Some(unicodeobject::length(op) != 0);
    }
    plain_length(object).map(|length| length != 0)
}

/// `bool(object)`.
pub(crate) fn is_true(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    if let Some(truth) = plain_truth(object) {
        return Ok(truth);
    }
    if let Some(function) = c_slot(object, Slot::NbBool) {
        let truth = call_c!(function, inquiry, object.as_ptr());
        return if truth < 0 { Err(cx.pending()) } else { Ok(truth != 0) };
    }
    if !has_slot(object, Slot::NbBool)
        && let Some(length) = c_length(cx, object)
    {
        return Ok(length? != 0);
    }
    let object = object.give(cx)?;
    cx.call(|h| h.is_true(object.as_ref()))
}

/// `bool(object)`.
#[capi]
fn PyObject_IsTrue(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    is_true(cx, object)
}

/// `not object`.
#[capi]
fn PyObject_Not(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    Ok(!is_true(cx, object)?)
}

/// The comparison of two exact ints, floats or (for equality) strs, which their mirrors answer.
fn plain_comparison(left: Obj<'_>, right: Obj<'_>, op: Compare) -> Option<bool> {
    if !std::ptr::eq(left.type_ptr(), right.type_ptr()) {
        return None;
    }
    if is_exactly(left, builtin!(PyLong_Type)) {
        let (left, right) = (longobject::to_i64(left.as_ptr())?, longobject::to_i64(right.as_ptr())?);
        return Some(ordered(op, left.cmp(&right)));
    }
    if is_exactly(left, builtin!(PyFloat_Type)) {
        let order = floatobject::value(left).partial_cmp(&floatobject::value(right));
        return Some(order.map_or(op == Compare::Ne, |order| ordered(op, order)));
    }
    if is_exactly(left, builtin!(PyUnicode_Type)) && matches!(op, Compare::Eq | Compare::Ne) {
        return Some(same_text(left.as_ptr(), right.as_ptr()) == (op == Compare::Eq));
    }
    None
}

fn ordered(op: Compare, order: std::cmp::Ordering) -> bool {
    match op {
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    }
}

/// Whether two exact strs have the same characters: each is stored in the narrowest kind that holds it.
fn same_text(left: *mut PyObject, right: *mut PyObject) -> bool {
    // SAFETY: live strs; the kind tells the width of their data.
    unsafe {
        let kind = |text: *mut PyObject| ((*text.cast::<PyASCIIObject>()).state >> KIND_SHIFT & 7) as usize;
        let (length, width) = (unicodeobject::length(left), kind(left));
        if length != unicodeobject::length(right) || width != kind(right) {
            return false;
        }
        let bytes = |text| std::slice::from_raw_parts(unicodeobject::data(text).cast::<u8>(), length * width);
        bytes(left) == bytes(right)
    }
}

const fn reflected(op: Compare) -> Compare {
    match op {
        Compare::Lt => Compare::Gt,
        Compare::Le => Compare::Ge,
        Compare::Gt => Compare::Lt,
        Compare::Ge => Compare::Le,
        same => same,
    }
}

/// One side's `tp_richcompare`; `None` for NotImplemented.
fn compare_by(cx: Cx<'_>, owner: Obj<'_>, other: Obj<'_>, op: Compare) -> Result<Option<New>> {
    // SAFETY: a live object of a live type.
    let function = unsafe { Slot::TpRichcompare.get(owner.type_ptr()) };
    if function == 0 {
        return Ok(None);
    }
    let result = returned(cx, call_c!(function, richcmpfunc, owner.as_ptr(), other.as_ptr(), op as c_int))?;
    Ok((!std::ptr::eq(result.as_ptr(), statics::not_implemented())).then_some(result))
}

fn bool_object(value: bool) -> New {
    New::from_static(if value { statics::true_() } else { statics::false_() })
}

/// The comparison as CPython orders the attempts, where C implements one of the sides.
fn compare_in_c(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<New> {
    let (of_left, of_right) = (left.type_ptr(), right.type_ptr());
    let right_first = !std::ptr::eq(of_left, of_right) && typeobject::is_subtype(of_right, of_left);
    if right_first && let Some(result) = compare_by(cx, right, left, reflected(op))? {
        return Ok(result);
    }
    if let Some(result) = compare_by(cx, left, right, op)? {
        return Ok(result);
    }
    if !right_first && let Some(result) = compare_by(cx, right, left, reflected(op))? {
        return Ok(result);
    }
    let symbol = match op {
        Compare::Eq => return Ok(bool_object(left == right)),
        Compare::Ne => return Ok(bool_object(left != right)),
        Compare::Lt => "<",
        Compare::Le => "<=",
        Compare::Gt => ">",
        Compare::Ge => ">=",
    };
    let (left, right) = (left.type_name(), right.type_name());
    Err(cx.type_error(format!("'{symbol}' not supported between instances of '{left}' and '{right}'")))
}

pub(crate) fn compare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<New> {
    if let Some(answer) = plain_comparison(left, right, op) {
        return Ok(bool_object(answer));
    }
    if c_slot(left, Slot::TpRichcompare).is_some() || c_slot(right, Slot::TpRichcompare).is_some() {
        return compare_in_c(cx, left, right, op);
    }
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.rich_compare(left.as_ref(), right.as_ref(), op))
}

/// The comparison's truth; an object equals itself.
pub(crate) fn compare_bool(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<bool> {
    if left == right && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(op == Compare::Eq);
    }
    if let Some(answer) = plain_comparison(left, right, op) {
        return Ok(answer);
    }
    let result = compare(cx, left, right, op)?;
    is_true(cx, result.obj())
}

/// The comparison's result object.
#[capi]
fn PyObject_RichCompare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<New> {
    let op = op_of(cx, op)?;
    compare(cx, left, right, op)
}

/// The comparison's truth; an object equals itself.
#[capi]
fn PyObject_RichCompareBool(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<bool> {
    let op = op_of(cx, op)?;
    compare_bool(cx, left, right, op)
}

/// `isinstance`.
#[capi]
fn PyObject_IsInstance(cx: Cx<'_>, object: Obj<'_>, class: Obj<'_>) -> Result<bool> {
    if std::ptr::eq(object.type_ptr().cast(), class.as_ptr()) {
        return Ok(true);
    }
    if is_exactly(class, builtin!(PyType_Type)) {
        if typeobject::is_subtype(object.type_ptr(), class.cast()) {
            return Ok(true);
        }
        // Instances of exact builtin value types have no `__class__` of their own.
        if is_plain(object) {
            return Ok(false);
        }
    }
    let (object, class) = (object.give(cx)?, class.give(cx)?);
    cx.call(|h| h.is_instance(object.as_ref(), class.as_ref()))
}

fn is_plain(object: Obj<'_>) -> bool {
    [
        builtin!(PyLong_Type),
        builtin!(PyUnicode_Type),
        builtin!(PyFloat_Type),
        builtin!(PyBool_Type),
        builtin!(PyBytes_Type),
        builtin!(PyTuple_Type),
        builtin!(PyList_Type),
        builtin!(PyDict_Type),
        builtin!(_PyNone_Type),
    ]
    .into_iter()
    .any(|ty| is_exactly(object, ty))
}

/// `issubclass`.
#[capi]
fn PyObject_IsSubclass(cx: Cx<'_>, class: Obj<'_>, of: Obj<'_>) -> Result<bool> {
    if class.type_has(Py_TPFLAGS_TYPE_SUBCLASS) && is_exactly(of, builtin!(PyType_Type)) {
        return Ok(typeobject::is_subtype(class.cast(), of.cast()));
    }
    let (class, of) = (class.give(cx)?, of.give(cx)?);
    cx.call(|h| h.is_subclass(class.as_ref(), of.as_ref()))
}

/// `type(object)`.
#[capi]
fn PyObject_Type(object: Obj<'_>) -> Option<New> {
    // SAFETY: a live object's type is live.
    unsafe { Obj::from_ptr(object.type_ptr().cast()) }.map(Obj::to_new)
}

/// The length of what the mirror itself holds.
#[inline]
pub(crate) fn plain_length(object: Obj<'_>) -> Option<Py_ssize_t> {
    if is_exactly(object, builtin!(PyTuple_Type)) {
        return Some(tupleobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    if is_exactly(object, builtin!(PyList_Type)) {
        return Some(listobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Some(unicodeobject::length(object.as_ptr()) as Py_ssize_t);
    }
    is_exactly(object, builtin!(PyBytes_Type)).then(|| bytesobject::data(object.as_ptr()).len() as Py_ssize_t)
}

/// The length by a C function: the sequence's first, or the mapping's.
fn c_length(cx: Cx<'_>, object: Obj<'_>) -> Option<Result<Py_ssize_t>> {
    let function = c_slot(object, Slot::SqLength).or_else(|| c_slot(object, Slot::MpLength))?;
    let length = call_c!(function, lenfunc, object.as_ptr());
    Some(if length < 0 { Err(cx.pending()) } else { Ok(length) })
}

/// `len(object)`.
pub(crate) fn length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    if let Some(length) = plain_length(object) {
        return Ok(length);
    }
    if let Some(length) = c_length(cx, object) {
        return length;
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

/// `operator.length_hint(object, default)`.
#[capi]
fn PyObject_LengthHint(cx: Cx<'_>, object: Obj<'_>, default: Py_ssize_t) -> Result<Py_ssize_t> {
    if let Some(length) = plain_length(object) {
        return Ok(length);
    }
    let object = object.give(cx)?;
    // C's default may be negative, Python's may not: a length that no object has stands for it.
    let none = if default < 0 { Py_ssize_t::MAX } else { default };
    let given = host().new_int(none as i64);
    let hint = cx.call_function("operator", "length_hint", &[object.as_ref(), given.as_ref()])?;
    let hint = host().int_value(hint.as_ref()).unwrap_or(i64::MAX) as Py_ssize_t;
    Ok(if hint == none { default } else { hint })
}

/// The item of an exact list or tuple at an exact int; `None` where that does not answer.
fn plain_item(object: Obj<'_>, key: Obj<'_>) -> Option<New> {
    if !is_exactly(key, builtin!(PyLong_Type)) {
        return None;
    }
    let items = if is_exactly(object, builtin!(PyTuple_Type)) {
        tupleobject::items(object.as_ptr())
    } else if is_exactly(object, builtin!(PyList_Type)) {
        listobject::items(object.as_ptr())
    } else {
        return None;
    };
    let index = longobject::to_i64(key.as_ptr())?;
    let index = if index < 0 { index + items.len() as i64 } else { index };
    let item = *items.get(usize::try_from(index).ok()?)?;
    // SAFETY: the container keeps its items.
    unsafe { Obj::from_ptr(item) }.map(Obj::to_new)
}

/// The key of a sequence as an index.
fn sequence_index(cx: Cx<'_>, key: Obj<'_>) -> Result<Py_ssize_t> {
    if !has_slot(key, Slot::NbIndex) {
        return Err(cx.type_error(format!("sequence index must be integer, not '{}'", key.type_name())));
    }
    super::number::as_ssize_t(cx, key, Some("IndexError"))
}

/// The index counted from the start, where the sequence's C function tells its length.
pub(crate) fn from_start(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<Py_ssize_t> {
    if index >= 0 {
        return Ok(index);
    }
    let Some(function) = c_slot(object, Slot::SqLength) else { return Ok(index) };
    let length = call_c!(function, lenfunc, object.as_ptr());
    if length < 0 { Err(cx.pending()) } else { Ok(index + length) }
}

/// `object[key]`.
pub(crate) fn get_item(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<New> {
    if let Some(item) = plain_item(object, key) {
        return Ok(item);
    }
    if let Some(function) = c_slot(object, Slot::MpSubscript) {
        return super::call::checked(cx, object, call_c!(function, binaryfunc, object.as_ptr(), key.as_ptr()));
    }
    if !has_slot(object, Slot::MpSubscript)
        && let Some(function) = c_slot(object, Slot::SqItem)
    {
        let index = from_start(cx, object, sequence_index(cx, key)?)?;
        return super::call::checked(cx, object, call_c!(function, ssizeargfunc, object.as_ptr(), index));
    }
    let (object, key) = (object.give(cx)?, key.give(cx)?);
    cx.object(|h| h.get_item(object.as_ref(), key.as_ref()))
}

/// `object[key] = value`, or deletion.
pub(crate) fn set_item(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let pointer = crate::boundary::optional(value);
    if let Some(function) = c_slot(object, Slot::MpAssSubscript) {
        return done(cx, call_c!(function, objobjargproc, object.as_ptr(), key.as_ptr(), pointer));
    }
    if !has_slot(object, Slot::MpAssSubscript)
        && let Some(function) = c_slot(object, Slot::SqAssItem)
    {
        let index = from_start(cx, object, sequence_index(cx, key)?)?;
        return done(cx, call_c!(function, ssizeobjargproc, object.as_ptr(), index, pointer));
    }
    if !has_slot(object, Slot::MpAssSubscript) && !has_slot(object, Slot::SqAssItem) {
        // SAFETY: a live type.
        let is_sequence = !unsafe { (*object.type_ptr()).tp_as_sequence }.is_null();
        if is_sequence && has_slot(key, Slot::NbIndex) {
            let index = sequence_index(cx, key)?;
            return super::sequence::store(cx, object, index, value);
        }
        let what = if value.is_some() { "assignment" } else { "deletion" };
        return Err(cx.type_error(format!("'{}' object does not support item {what}", object.type_name())));
    }
    let owner = object.give(cx)?;
    value.into_iter().for_each(pystate::stored);
    let key = key.give(cx)?;
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_item(owner.as_ref(), key.as_ref(), value.as_ref().map(HostObj::as_ref)))?;
    if object.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        crate::dictobject::show_used(object, &owner);
    }
    Ok(())
}

/// `object[key]`.
#[capi]
fn PyObject_GetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<New> {
    get_item(cx, object, key)
}

/// `object[key] = value`.
#[capi]
fn PyObject_SetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    set_item(cx, object, key, Some(value))
}

/// `del object[key]`.
#[capi]
fn PyObject_DelItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<()> {
    set_item(cx, object, key, None)
}

/// As `PyObject_DelItem`, with the key as UTF-8.
#[capi]
fn PyObject_DelItemString(cx: Cx<'_>, object: Obj<'_>, key: Text<'_>) -> Result<()> {
    let key = unicodeobject::utf8_to_new(cx, key.bytes(), None)?;
    set_item(cx, object, key.obj(), None)
}

/// `iter(object)`.
pub(crate) fn iter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let Some(function) = c_slot(object, Slot::TpIter) else {
        let object = object.give(cx)?;
        return cx.object(|h| h.iter(object.as_ref()));
    };
    let iterator = super::call::checked(cx, object, call_c!(function, unaryfunc, object.as_ptr()))?;
    if !has_slot(iterator.obj(), Slot::TpIternext) {
        return Err(cx.type_error(format!("iter() returned non-iterator of type '{}'", iterator.obj().type_name())));
    }
    Ok(iterator)
}

/// The iterator's next item; `None` at the end.
pub(crate) fn next(cx: Cx<'_>, iterator: Obj<'_>) -> Result<Option<New>> {
    let Some(function) = c_slot(iterator, Slot::TpIternext) else {
        let iterator = iterator.give(cx)?;
        return match cx.call(|h| h.next(iterator.as_ref())) {
            Ok(item) => Ok(item.map(|item| cx.to_c(item))),
            // A generator's end that has a value.
            Err(_) if pending_is(exception!(PyExc_StopIteration)) => {
                drop(cx.take_error());
                Ok(None)
            }
            Err(raised) => Err(raised),
        };
    };
    let item = call_c!(function, iternextfunc, iterator.as_ptr());
    // SAFETY: a C function returns NULL or a new reference.
    if let Some(item) = unsafe { New::from_ptr(item) } {
        return Ok(Some(item));
    }
    if !cx.has_error() {
        return Ok(None);
    }
    if pending_is(exception!(PyExc_StopIteration)) {
        drop(cx.take_error());
        return Ok(None);
    }
    Err(cx.pending())
}

/// `iter(object)`.
#[capi]
fn PyObject_GetIter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    iter(cx, object)
}

/// `aiter(object)`.
#[capi]
fn PyObject_GetAIter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if let Some(function) = c_slot(object, Slot::AmAiter) {
        let iterator = super::call::checked(cx, object, call_c!(function, unaryfunc, object.as_ptr()))?;
        if !has_slot(iterator.obj(), Slot::AmAnext) {
            return Err(cx.type_error(format!(
                "aiter() returned not an async iterator of type '{}'",
                iterator.obj().type_name()
            )));
        }
        return Ok(iterator);
    }
    if !has_slot(object, Slot::AmAiter) {
        return Err(cx.type_error(format!("'{}' object is not an async iterable", object.type_name())));
    }
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "aiter", &[object.as_ref()])?))
}

/// The iterator itself: `tp_iter` of iterators.
#[capi]
fn PyObject_SelfIter(object: Obj<'_>) -> New {
    object.to_new()
}

/// The next item; NULL without an error at the end.
#[capi]
fn PyIter_Next(cx: Cx<'_>, iterator: Obj<'_>) -> Result<Option<New>> {
    next(cx, iterator).or_else(|raised| match cx.take_error() {
        // The end, with a value: nobody hears of it here.
        Some(error) if crate::dictobject::is_error(&error, "StopIteration") => Ok(None),
        Some(error) => Err(cx.raise(error)),
        None => Err(raised),
    })
}

/// Whether the object is an iterator.
#[capi]
fn PyIter_Check(object: Obj<'_>) -> bool {
    has_slot(object, Slot::TpIternext)
}

/// Whether the object is an asynchronous iterator.
#[capi]
fn PyAIter_Check(object: Obj<'_>) -> bool {
    has_slot(object, Slot::AmAnext)
}

/// What a generator did: CPython's `PySendResult`.
const PYGEN_RETURN: c_int = 0;
const PYGEN_ERROR: c_int = -1;
const PYGEN_NEXT: c_int = 1;

/// Send a value into a generator: 1 with what it yielded, 0 with what it returned, -1 for an error.
#[capi]
fn PyIter_Send(cx: Cx<'_>, iterator: Obj<'_>, value: Option<Obj<'_>>, result: Out<'_, *mut PyObject>) -> c_int {
    let mut result = result;
    // SAFETY: a live object of a live type.
    let send = unsafe {
        let suite = (*iterator.type_ptr()).tp_as_async;
        if suite.is_null() { None } else { (*suite).am_send }
    };
    if let Some(send) = send {
        let mut sent = null_mut();
        let send: sendfunc = send;
        // SAFETY: the slot's function takes the iterator, the value and a place for the result.
        let what = unsafe { send(iterator.as_ptr(), value.map_or(null_mut(), Obj::as_ptr), &raw mut sent) };
        result.write(sent);
        return what as c_int;
    }
    result.write(null_mut());
    match sent(cx, iterator, value) {
        Ok(Some(item)) => {
            result.write(item.into_ptr());
            PYGEN_NEXT
        }
        Ok(None) => {
            result.write(cx.none().into_ptr());
            PYGEN_RETURN
        }
        Err(_) if pending_is(exception!(PyExc_StopIteration)) => {
            result.write(stop_value(cx).into_ptr());
            PYGEN_RETURN
        }
        Err(_) => PYGEN_ERROR,
    }
}

/// What the iterator yields for `value`; `None` where it ended without saying more.
fn sent(cx: Cx<'_>, iterator: Obj<'_>, value: Option<Obj<'_>>) -> Result<Option<New>> {
    let is_none = value.is_some_and(|value| statics::is_none(value.as_ptr()));
    if is_none && let Some(function) = c_slot(iterator, Slot::TpIternext) {
        let item = call_c!(function, iternextfunc, iterator.as_ptr());
        // SAFETY: a C function returns NULL or a new reference.
        let item = unsafe { New::from_ptr(item) };
        return if item.is_none() && cx.has_error() { Err(cx.pending()) } else { Ok(item) };
    }
    let is_iterator = has_slot(iterator, Slot::TpIternext);
    let iterator = iterator.give(cx)?;
    let send = match cx.attr_str(iterator.as_ref(), "send") {
        Ok(send) => send,
        Err(_) if pending_is(exception!(PyExc_AttributeError)) && is_none && is_iterator => {
            drop(cx.take_error());
            return Ok(cx.call(|h| h.next(iterator.as_ref()))?.map(|item| cx.to_c(item)));
        }
        Err(raised) => return Err(raised),
    };
    let Some(value) = value else { return Err(crate::boundary::null_argument(cx)) };
    let value = value.give(cx)?;
    cx.call(|h| h.call(send.as_ref(), &[value.as_ref()], &[])).map(|item| Some(cx.to_c(item)))
}

/// Take the pending StopIteration's value.
fn stop_value(cx: Cx<'_>) -> New {
    let error = pystate::take_current_exception();
    // SAFETY: the pending StopIteration, whose reference is ours now; its value is NULL or live.
    unsafe {
        let error = New::from_ptr(error);
        let value =
            error.as_ref().and_then(|error| Obj::from_ptr((*error.as_ptr().cast::<PyStopIterationObject>()).value));
        value.map_or_else(|| cx.none(), Obj::to_new)
    }
}

/// `dir(object)`; the names of the innermost frame for NULL.
#[capi]
fn PyObject_Dir(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let object = object.map(|object| object.give(cx)).transpose()?;
    let args: Vec<_> = object.iter().map(HostObj::as_ref).collect();
    Ok(cx.to_c(cx.call_function("builtins", "dir", &args)?))
}

/// `format(object, spec)`; NULL for an empty specification.
#[capi]
fn PyObject_Format(cx: Cx<'_>, object: Obj<'_>, spec: Option<Obj<'_>>) -> Result<New> {
    if let Some(spec) = spec
        && !spec.type_has(Py_TPFLAGS_UNICODE_SUBCLASS)
    {
        return Err(cx.system_error(format!("Format specifier must be a string, not {}", spec.type_name())));
    }
    let is_empty = spec.is_none_or(|spec| unicodeobject::length(spec.as_ptr()) == 0);
    if is_empty && is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    let object = object.give(cx)?;
    let spec = match spec {
        Some(spec) => spec.give(cx)?,
        None => cx.str(""),
    };
    Ok(cx.to_c(cx.call_function("builtins", "format", &[object.as_ref(), spec.as_ref()])?))
}

/// Write `repr(object)`, or `str(object)` if `flags` has `Py_PRINT_RAW`, to a C stream.
#[capi]
fn PyObject_Print(cx: Cx<'_>, object: Option<Obj<'_>>, stream: *mut libc::FILE, flags: c_int) -> Result<()> {
    const PY_PRINT_RAW: c_int = 1;
    let text = match object {
        None => b"<nil>".to_vec(),
        // SAFETY: C passes a live object, or one of which nothing is left but the count.
        Some(object) if unsafe { (*object.as_ptr()).ob_refcnt } <= 0 => {
            // SAFETY: as above.
            format!("<refcnt {} at {:p}>", unsafe { (*object.as_ptr()).ob_refcnt }, object.as_ptr()).into_bytes()
        }
        Some(object) => {
            let raw = flags & PY_PRINT_RAW != 0;
            let text = if raw { str_of(cx, object)? } else { repr(cx, object)? };
            unicodeobject::to_wtf8(text.as_ptr())
        }
    };
    // SAFETY: C passes an open stream.
    let written = unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) };
    if written == text.len() { Ok(()) } else { Err(cx.error("OSError", "cannot write")) }
}

fn str_of(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    let object = object.give(cx)?;
    cx.object(|h| h.str(object.as_ref()))
}

/// Whether two pointers are the same object.
#[capi(raw)]
pub unsafe extern "C" fn Py_Is(left: *mut PyObject, right: *mut PyObject) -> c_int {
    c_int::from(std::ptr::eq(left, right))
}

/// Whether the pointer is None.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsNone(object: *mut PyObject) -> c_int {
    c_int::from(statics::is_none(object))
}

fn constant(id: std::ffi::c_uint) -> Option<*mut PyObject> {
    Some(match id {
        0 => statics::none(),
        1 => statics::false_(),
        2 => statics::true_(),
        3 => statics::ellipsis(),
        4 => statics::not_implemented(),
        5 => statics::small_int(0)?,
        6 => statics::small_int(1)?,
        7 => statics::empty_str(),
        8 => statics::empty_bytes(),
        9 => statics::empty_tuple(),
        _ => return None,
    })
}

/// The constant of that number (`Py_CONSTANT_NONE`...); all of them are immortal.
#[capi]
fn Py_GetConstant(cx: Cx<'_>, id: std::ffi::c_uint) -> Result<New> {
    constant(id).map(New::from_static).ok_or_else(|| cx.bad_internal_call())
}

/// As `Py_GetConstant`, borrowed.
#[capi]
fn Py_GetConstantBorrowed(cx: Cx<'_>, id: std::ffi::c_uint) -> Result<*mut PyObject> {
    constant(id).ok_or_else(|| cx.bad_internal_call())
}

thread_local! {
    /// The objects whose `__repr__` runs on this thread.
    static REPR: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The object's `__repr__` begins: 1 if it runs already.
#[capi(raw)]
pub unsafe extern "C" fn Py_ReprEnter(object: *mut PyObject) -> c_int {
    REPR.with_borrow_mut(|running| {
        if running.contains(&(object as usize)) {
            return 1;
        }
        running.push(object as usize);
        0
    })
}

/// The object's `__repr__` ends.
#[capi(raw)]
pub unsafe extern "C" fn Py_ReprLeave(object: *mut PyObject) {
    REPR.with_borrow_mut(|running| {
        if let Some(place) = running.iter().rposition(|&other| other == object as usize) {
            running.remove(place);
        }
    });
}

/// The name of an object's function, for messages: `module.qualname()`, or its str.
#[capi]
fn _PyObject_FunctionStr(cx: Cx<'_>, function: Obj<'_>) -> Result<New> {
    let object = function.give(cx)?;
    let text = |name: &str| {
        let name = cx.str(name);
        let found = cx.unlocked(|h| h.get_attr(object.as_ref(), name.as_ref())).ok()?;
        let mut text = None;
        if host().kind(found.as_ref()) == Kind::Str {
            host().with_str(found.as_ref(), &mut |wtf8| text = Some(wtf8.to_vec()));
        }
        text
    };
    let Some(qualname) = text("__qualname__") else { return str_of(cx, function) };
    let mut full = text("__module__").filter(|module| module != b"builtins").map_or_else(Vec::new, |mut module| {
        module.push(b'.');
        module
    });
    full.extend_from_slice(&qualname);
    full.extend_from_slice(b"()");
    Ok(unicodeobject::new_from_wtf8(&full))
}

/// Whether the object is in memory that was freed: CPython's debugging aid, told by the count.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_IsFreed(object: *mut PyObject) -> c_int {
    // SAFETY: C asks about memory of an object.
    unsafe { crate::memdebug::is_freed(object) }
}
