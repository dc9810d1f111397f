//! The sequence protocol.

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, binaryfunc, objobjproc,
    ssizeargfunc, ssizeobjargproc,
};

use super::object::{compare_bool, from_start, get_item, iter, length, next, pending_is, set_item};
use super::{c_slot, call_c, has_slot, is_exactly, plain, returned};
use crate::boundary::{Cx, New, Obj, Raised, Result, Text, null_argument};
use crate::host::{BinaryOp, Compare, HostObj, host};
use crate::slots::Slot;
use crate::statics::{self, builtin, exception};
use crate::{listobject, longobject, sliceobject, special, tupleobject};

/// Whether the object is a sequence, as far as its type tells: it has `sq_item` and is no dict.
#[capi]
fn PySequence_Check(object: Obj<'_>) -> bool {
    is_sequence(object)
}

pub(crate) fn is_sequence(object: Obj<'_>) -> bool {
    !object.type_has(Py_TPFLAGS_DICT_SUBCLASS) && has_slot(object, Slot::SqItem)
}

/// What to say of an object that lacks a slot of sequences; one that has `instead` is a mapping.
#[cold]
fn no_sequence(cx: Cx<'_>, object: Obj<'_>, instead: Slot, complaint: &str) -> Raised {
    let name = object.type_name();
    if has_slot(object, instead) {
        return cx.type_error(format!("{name} is not a sequence"));
    }
    cx.type_error(format!("'{name}' object {complaint}"))
}

/// `len(sequence)`, of no mapping.
fn sequence_length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    if has_slot(object, Slot::SqLength) {
        return length(cx, object);
    }
    let name = object.type_name();
    if has_slot(object, Slot::MpLength) {
        return Err(cx.type_error(format!("{name} is not a sequence")));
    }
    Err(cx.type_error(format!("object of type '{name}' has no len()")))
}

/// `len(sequence)`.
#[capi]
fn PySequence_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    sequence_length(cx, object)
}

/// `len(sequence)`.
#[capi]
fn PySequence_Length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    sequence_length(cx, object)
}

/// The items of a list or tuple, or of an instance of a subclass.
pub(crate) fn items_of<'a>(object: Obj<'a>) -> Option<&'a [*mut PyObject]> {
    if object.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        return Some(tupleobject::items(object.as_ptr()));
    }
    object.type_has(Py_TPFLAGS_LIST_SUBCLASS).then(|| listobject::items(object.as_ptr()))
}

/// `sequence[index]`.
#[capi]
fn PySequence_GetItem(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<New> {
    item(cx, object, index)
}

/// `sequence[index]`.
pub(crate) fn item(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<New> {
    if let Some(item) = plain::item(object, index) {
        return Ok(item);
    }
    if let Some(function) = c_slot(object, Slot::SqItem) {
        let index = from_start(cx, object, index)?;
        return super::call::checked(cx, object, call_c!(function, ssizeargfunc, object.as_ptr(), index));
    }
    if !has_slot(object, Slot::SqItem) {
        return Err(no_sequence(cx, object, Slot::MpSubscript, "does not support indexing"));
    }
    let index = counted(cx, object, index, Slot::SqItem)?;
    let object = object.give(cx)?;
    let index = host().new_int(index as i64);
    cx.object(|h| h.get_item(object.as_ref(), index.as_ref()))
}

/// `sequence[index] = value`; without a value, `del sequence[index]`.
pub(crate) fn store(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t, value: Option<Obj<'_>>) -> Result<()> {
    let lacks = if value.is_some() { "does not support item assignment" } else { "doesn't support item deletion" };
    store_or(cx, object, index, value, lacks)
}

/// As [`store`]; `lacks` is what is said of an object that cannot.
fn store_or(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t, value: Option<Obj<'_>>, lacks: &str) -> Result<()> {
    if let Some(function) = c_slot(object, Slot::SqAssItem) {
        let index = from_start(cx, object, index)?;
        let status = call_c!(function, ssizeobjargproc, object.as_ptr(), index, crate::boundary::optional(value));
        return if status < 0 { Err(cx.pending()) } else { Ok(()) };
    }
    if !has_slot(object, Slot::SqAssItem) {
        return Err(no_sequence(cx, object, Slot::MpAssSubscript, lacks));
    }
    let index = counted(cx, object, index, Slot::SqAssItem)?;
    let index = longobject::new_from_i64(index as i64);
    set_item(cx, object, index.obj(), value)
}

/// The index as a class made in Python sees it: counted from the start, if the class can tell its length.
fn counted(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t, slot: Slot) -> Result<Py_ssize_t> {
    // SAFETY: a live type.
    let is_dynamic = |slot: Slot| special::is_dynamic(unsafe { slot.get(object.type_ptr()) });
    if index >= 0 || !(is_dynamic(slot) || is_dynamic(Slot::SqLength)) || !has_slot(object, Slot::SqLength) {
        return Ok(index);
    }
    Ok(index + length(cx, object)?)
}

/// `sequence[index] = value`, or deletion for NULL.
#[capi]
fn PySequence_SetItem(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t, value: Option<Obj<'_>>) -> Result<()> {
    // Of deletion too: the function's own name is what CPython goes by.
    store_or(cx, object, index, value, "does not support item assignment")
}

/// `del sequence[index]`.
#[capi]
fn PySequence_DelItem(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<()> {
    store(cx, object, index, None)
}

/// `sequence[low:high]`.
#[capi]
fn PySequence_GetSlice(cx: Cx<'_>, object: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t) -> Result<New> {
    if !has_slot(object, Slot::MpSubscript) {
        return Err(cx.type_error(format!("'{}' object is unsliceable", object.type_name())));
    }
    // CPython's tuples and strings never copy all of themselves.
    if low == 0
        && is_exactly(object, builtin!(PyTuple_Type))
        && high >= tupleobject::items(object.as_ptr()).len() as Py_ssize_t
    {
        return Ok(object.to_new());
    }
    let slice = sliceobject::from_indices(cx, low, high)?;
    get_item(cx, object, slice.obj())
}

fn store_slice(cx: Cx<'_>, object: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t, values: Option<Obj<'_>>) -> Result<()> {
    if !has_slot(object, Slot::MpAssSubscript) {
        let what = if values.is_some() { "assignment" } else { "deletion" };
        return Err(cx.type_error(format!("'{}' object doesn't support slice {what}", object.type_name())));
    }
    let slice = sliceobject::from_indices(cx, low, high)?;
    set_item(cx, object, slice.obj(), values)
}

/// `sequence[low:high] = values`, or deletion for NULL.
#[capi]
fn PySequence_SetSlice(
    cx: Cx<'_>,
    object: Obj<'_>,
    low: Py_ssize_t,
    high: Py_ssize_t,
    values: Option<Obj<'_>>,
) -> Result<()> {
    store_slice(cx, object, low, high, values)
}

/// `del sequence[low:high]`.
#[capi]
fn PySequence_DelSlice(cx: Cx<'_>, object: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t) -> Result<()> {
    store_slice(cx, object, low, high, None)
}

/// A sequence's operator, by C's function or the host's; both operands of a concatenation are sequences.
fn combine(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, in_place: bool) -> Result<New> {
    if let Some(result) = plain::concatenation(cx, left, right) {
        return result;
    }
    // SAFETY: a live object of a live type; the lock is held.
    let function = |slot: Slot| Some(unsafe { slot.get(left.type_ptr()) }).filter(|&function| function != 0);
    let in_place_first = if in_place { function(Slot::SqInplaceConcat) } else { None };
    if let Some(function) = in_place_first.or_else(|| function(Slot::SqConcat))
        // The host adds things of one type; it would ask another type on the right for `__radd__`.
        && (!special::is_ours(function) || !is_exactly(right, left.type_ptr()))
    {
        let result = super::call::checked(cx, left, call_c!(function, binaryfunc, left.as_ptr(), right.as_ptr()))?;
        if std::ptr::eq(result.as_ptr(), statics::not_implemented()) {
            // SAFETY: as above.
            let builtin = unsafe { special::builtin_with(left.as_ptr(), Slot::SqConcat) };
            let (one, other) = (crate::descrobject::tp_name(builtin), right.type_name());
            return Err(cx.type_error(format!("can only concatenate {one} (not \"{other}\") to {one}")));
        }
        return Ok(result);
    }
    // Numbers that are sequences too add themselves up.
    let adds =
        || [left, right].iter().any(|&operand| has_slot(operand, Slot::NbAdd) || has_slot(operand, Slot::NbInplaceAdd));
    let concatenates = has_slot(left, Slot::SqConcat) || (is_sequence(left) && is_sequence(right) && adds());
    if !concatenates {
        return Err(cx.type_error(format!("'{}' object can't be concatenated", left.type_name())));
    }
    let in_place = in_place && (in_place_first.is_some() || function(Slot::SqConcat).is_none());
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.binary(BinaryOp::Add, left.as_ref(), right.as_ref(), in_place))
}

/// `left + right` of sequences.
#[capi]
fn PySequence_Concat(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    combine(cx, left, right, false)
}

/// `left += right` of sequences, and what it results in.
#[capi]
fn PySequence_InPlaceConcat(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    combine(cx, left, right, true)
}

/// MemoryError where a list or tuple, so many times, would have more items than memory has places.
pub(super) fn expect_places(cx: Cx<'_>, object: Obj<'_>, count: Py_ssize_t) -> Result<()> {
    let Some(items) = items_of(object) else { return Ok(()) };
    let places = (items.len() as Py_ssize_t).checked_mul(count.max(0));
    if places.is_none_or(|places| places > Py_ssize_t::MAX / size_of::<*mut PyObject>() as Py_ssize_t) {
        return Err(cx.error("MemoryError", ""));
    }
    Ok(())
}

fn repeat(cx: Cx<'_>, object: Obj<'_>, count: Py_ssize_t, in_place: bool) -> Result<New> {
    if let Some(result) = plain::repetition(cx, object, count) {
        return result;
    }
    let function = if in_place { c_slot(object, Slot::SqInplaceRepeat) } else { None };
    if let Some(function) = function.or_else(|| c_slot(object, Slot::SqRepeat)) {
        return returned(cx, call_c!(function, ssizeargfunc, object.as_ptr(), count));
    }
    let multiplies = has_slot(object, Slot::NbMultiply) || has_slot(object, Slot::NbInplaceMultiply);
    if !(has_slot(object, Slot::SqRepeat) || is_sequence(object) && multiplies) {
        return Err(cx.type_error(format!("'{}' object can't be repeated", object.type_name())));
    }
    expect_places(cx, object, count)?;
    // The function that repeats comes before the number slots of what multiplies in place.
    let in_place = in_place && (has_slot(object, Slot::SqInplaceRepeat) || !has_slot(object, Slot::SqRepeat));
    let object = object.give(cx)?;
    let count = host().new_int(count as i64);
    cx.object(|h| h.binary(BinaryOp::Multiply, object.as_ref(), count.as_ref(), in_place))
}

/// `sequence * count`.
#[capi]
fn PySequence_Repeat(cx: Cx<'_>, object: Obj<'_>, count: Py_ssize_t) -> Result<New> {
    repeat(cx, object, count, false)
}

/// `sequence *= count`, and what it results in.
#[capi]
fn PySequence_InPlaceRepeat(cx: Cx<'_>, object: Obj<'_>, count: Py_ssize_t) -> Result<New> {
    repeat(cx, object, count, true)
}

/// `item in object`.
pub(crate) fn contains(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>) -> Result<bool> {
    if let Some(function) = c_slot(object, Slot::SqContains) {
        let answer = call_c!(function, objobjproc, object.as_ptr(), item.as_ptr());
        return if answer < 0 { Err(cx.pending()) } else { Ok(answer != 0) };
    }
    if plain::own_items(object).is_some() || !has_slot(object, Slot::SqContains) && iterates_in_c(object) {
        return Ok(search(cx, object, item, Search::First)?.is_some());
    }
    if !has_slot(object, Slot::SqContains) && !iterates(object) {
        return Err(cx.type_error(format!("argument of type '{}' is not iterable", object.type_name())));
    }
    let (object, item) = (object.give(cx)?, item.give(cx)?);
    cx.call(|h| h.contains(object.as_ref(), item.as_ref()))
}

/// Whether iterating over the object is C's business.
fn iterates_in_c(object: Obj<'_>) -> bool {
    c_slot(object, Slot::TpIter).is_some()
        || (!has_slot(object, Slot::TpIter) && c_slot(object, Slot::SqItem).is_some())
}

/// Whether `item`, which C may leave out, is in `object`: only where nothing is compared with it.
fn contains_given(cx: Cx<'_>, object: Obj<'_>, item: Option<Obj<'_>>) -> Result<bool> {
    match (item, items_of(object)) {
        (Some(item), _) => contains(cx, object, item),
        (None, Some([])) => Ok(false),
        (None, _) => Err(null_argument(cx)),
    }
}

/// `item in object`.
#[capi]
fn PySequence_Contains(cx: Cx<'_>, object: Obj<'_>, item: Option<Obj<'_>>) -> Result<bool> {
    contains_given(cx, object, item)
}

/// `item in object`, by the function's oldest name.
#[capi]
fn PySequence_In(cx: Cx<'_>, object: Obj<'_>, item: Option<Obj<'_>>) -> Result<bool> {
    contains_given(cx, object, item)
}

#[derive(PartialEq, Clone, Copy)]
enum Search {
    /// The position of the first item that is equal.
    First,
    /// How many items are equal.
    Count,
}

/// Look for items equal to `item`, as CPython's `_PySequence_IterSearch`: nothing found is `None`.
fn search(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>, what: Search) -> Result<Option<Py_ssize_t>> {
    if plain::own_items(object).is_some() {
        return search_items(cx, object, item, what);
    }
    let iterator = match iter(cx, object) {
        Ok(iterator) => iterator,
        Err(_) if pending_is(exception!(PyExc_TypeError)) => {
            drop(cx.take_error());
            return Err(cx.type_error(format!("argument of type '{}' is not iterable", object.type_name())));
        }
        Err(raised) => return Err(raised),
    };
    let (mut position, mut count) = (0, 0);
    while let Some(found) = next(cx, iterator.obj())? {
        if compare_bool(cx, found.obj(), item, Compare::Eq)? {
            if what == Search::First {
                return Ok(Some(position));
            }
            count += 1;
        }
        position += 1;
    }
    Ok((count > 0).then_some(count))
}

/// The same in an exact tuple or list. What compares may change the list.
fn search_items(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>, what: Search) -> Result<Option<Py_ssize_t>> {
    let (mut position, mut count) = (0, 0);
    while let Some(&found) = plain::items(object).and_then(|items| items.get(position as usize)) {
        // SAFETY: the container keeps its items; of a fresh one some may be missing.
        let found = unsafe { Obj::from_ptr(found) }.map(Obj::to_new);
        if let Some(found) = found
            && compare_bool(cx, found.obj(), item, Compare::Eq)?
        {
            if what == Search::First {
                return Ok(Some(position));
            }
            count += 1;
        }
        position += 1;
    }
    Ok((count > 0).then_some(count))
}

/// The number of items equal to `item`.
#[capi]
fn PySequence_Count(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>) -> Result<Py_ssize_t> {
    Ok(search(cx, object, item, Search::Count)?.unwrap_or(0))
}

/// The position of the first item equal to `item`; ValueError if there is none.
#[capi]
fn PySequence_Index(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>) -> Result<Py_ssize_t> {
    search(cx, object, item, Search::First)?.ok_or_else(|| cx.value_error("sequence.index(x): x not in sequence"))
}

/// The mirrors of what iterating over `object` yields.
fn collect(cx: Cx<'_>, object: Obj<'_>) -> Result<Vec<New>> {
    if (is_exactly(object, builtin!(PyTuple_Type)) || is_exactly(object, builtin!(PyList_Type)))
        && let Some(items) = items_of(object)
    {
        // SAFETY: the container keeps its items; an unfilled place is none.
        return Ok(items.iter().filter_map(|&item| unsafe { Obj::from_ptr(item) }).map(Obj::to_new).collect());
    }
    if iterates_in_c(object) {
        let iterator = iter(cx, object)?;
        let mut found = Vec::new();
        while let Some(item) = next(cx, iterator.obj())? {
            found.push(item);
        }
        return Ok(found);
    }
    let Some(list) = host().builtin_class("list") else { return Err(cx.bad_internal_call()) };
    let object = object.give(cx)?;
    let list: HostObj = cx.call(|h| h.call(list.as_ref(), &[object.as_ref()], &[]))?;
    Ok(host().items(list.as_ref()).into_iter().map(|item| cx.to_c(item)).collect())
}

fn pointers(items: &[New]) -> Vec<*mut PyObject> {
    items.iter().map(New::as_ptr).collect()
}

/// `list(object)`.
pub(crate) fn list(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    listobject::from_items(cx, &pointers(&collect(cx, object)?))
}

/// `tuple(object)`.
#[capi]
fn PySequence_Tuple(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyTuple_Type)) {
        return Ok(object.to_new());
    }
    Ok(tupleobject::from_items(&pointers(&collect(cx, object)?)))
}

/// `list(object)`.
#[capi]
fn PySequence_List(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    list(cx, object)
}

/// The object itself if it is exactly a list or tuple, otherwise a list of its items; TypeError with `message` where it has none.
#[capi]
fn PySequence_Fast(cx: Cx<'_>, object: Obj<'_>, message: Option<Text<'_>>) -> Result<New> {
    let Some(message) = message else { return fast(cx, object, "") };
    fast(cx, object, &message.to_str())
}

/// Whether the object's type says that it has items to iterate over.
pub(crate) fn iterates(object: Obj<'_>) -> bool {
    has_slot(object, Slot::TpIter) || is_sequence(object)
}

/// As `PySequence_Fast`.
pub(crate) fn fast(cx: Cx<'_>, object: Obj<'_>, message: &str) -> Result<New> {
    if is_exactly(object, builtin!(PyTuple_Type)) || is_exactly(object, builtin!(PyList_Type)) {
        return Ok(object.to_new());
    }
    if !iterates(object) {
        return Err(cx.type_error(message));
    }
    match iter(cx, object) {
        Ok(iterator) => list(cx, iterator.obj()),
        Err(_) if pending_is(exception!(PyExc_TypeError)) => {
            drop(cx.take_error());
            Err(cx.type_error(message))
        }
        Err(raised) => Err(raised),
    }
}
