//! `sliceobject.h`: slices. What C makes stays in C; a slice of the host's shows its fields in the mirror.

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;
use object_mirror::sliceobject::PySliceObject;

use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::host::{BinaryOp, Compare, HostObj, HostRef, Kind, host};
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{cross, lifetime, longobject};

/// A C-born slice.
pub(crate) fn new(cx: Cx<'_>, fields: [Option<Obj<'_>>; 3]) -> Result<New> {
    let memory = lifetime::alloc_object(builtin!(PySlice_Type), size_of::<PySliceObject>());
    let slice: *mut PySliceObject = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr().cast();
    let [start, stop, step] = fields.map(|field| field.map_or_else(statics::none, |field| field.to_new().into_ptr()));
    // SAFETY: fresh memory of a slice's size; the fields own their references.
    unsafe {
        (*slice).start = start;
        (*slice).stop = stop;
        (*slice).step = step;
        Ok(New::from_ptr(slice.cast()).expect("just allocated"))
    }
}

/// Show the fields of a host slice in its mirror.
pub(crate) fn fill(mirror: *mut PyObject, slice: HostRef) {
    let field = |name: &str| {
        let name = host().new_str(name.as_bytes());
        host()
            .get_attr(slice, name.as_ref())
            .map_or_else(|_| statics::none(), |value| cross::to_c_owned(value).into_ptr())
    };
    let mirror: *mut PySliceObject = mirror.cast();
    // SAFETY: a fresh slice mirror; the fields own their references.
    unsafe {
        (*mirror).start = field("start");
        (*mirror).stop = field("stop");
        (*mirror).step = field("step");
    }
}

/// A new slice; NULL stands for None.
#[capi]
fn PySlice_New(cx: Cx<'_>, start: Option<Obj<'_>>, stop: Option<Obj<'_>>, step: Option<Obj<'_>>) -> Result<New> {
    new(cx, [start, stop, step])
}

/// The slice from `start` to `stop`.
#[capi]
fn _PySlice_FromIndices(cx: Cx<'_>, start: Py_ssize_t, stop: Py_ssize_t) -> Result<New> {
    from_indices(cx, start, stop)
}

/// The slice from `start` to `stop`.
pub(crate) fn from_indices(cx: Cx<'_>, start: Py_ssize_t, stop: Py_ssize_t) -> Result<New> {
    let (start, stop) = (longobject::new_from_i64(start as i64), longobject::new_from_i64(stop as i64));
    new(cx, [Some(start.obj()), Some(stop.obj()), None])
}

/// The fields of a slice.
fn fields<'a>(cx: Cx<'_>, slice: Obj<'a>) -> Result<[Obj<'a>; 3]> {
    if !std::ptr::eq(slice.type_ptr(), builtin!(PySlice_Type)) {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: a live slice, whose fields are live.
    let [start, stop, step] = unsafe {
        let slice: *mut PySliceObject = slice.cast();
        [Obj::from_ptr((*slice).start), Obj::from_ptr((*slice).stop), Obj::from_ptr((*slice).step)]
    };
    match (start, stop, step) {
        (Some(start), Some(stop), Some(step)) => Ok([start, stop, step]),
        _ => Err(cx.bad_internal_call()),
    }
}

/// A field as an index, clipped to what a Py_ssize_t holds; `None` for None.
fn index_of(cx: Cx<'_>, field: Obj<'_>) -> Result<Option<Py_ssize_t>> {
    if statics::is_none(field.as_ptr()) {
        return Ok(None);
    }
    // SAFETY: a live object of a live type.
    if unsafe { Slot::NbIndex.get(field.type_ptr()) } == 0 {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = crate::abstract_::number::index(cx, field)?;
    Ok(Some(clipped(index.as_ptr())))
}

/// An int's value, clipped to what a Py_ssize_t holds.
pub(crate) fn clipped(int: *mut PyObject) -> Py_ssize_t {
    if let Some(value) = longobject::to_i64(int) {
        return value as Py_ssize_t;
    }
    let (negative, _) = longobject::digits_of(int);
    if negative { Py_ssize_t::MIN } else { Py_ssize_t::MAX }
}

fn unpack(cx: Cx<'_>, slice: Obj<'_>) -> Result<[Py_ssize_t; 3]> {
    let [start, stop, step] = fields(cx, slice)?;
    let step = index_of(cx, step)?.unwrap_or(1);
    if step == 0 {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    // So that the caller may negate it.
    let step = step.max(-Py_ssize_t::MAX);
    let backwards = step < 0;
    let start = index_of(cx, start)?.unwrap_or(if backwards { Py_ssize_t::MAX } else { 0 });
    let stop = index_of(cx, stop)?.unwrap_or(if backwards { Py_ssize_t::MIN } else { Py_ssize_t::MAX });
    Ok([start, stop, step])
}

/// The fields as indices, with defaults for None; not clipped to any length.
#[capi]
fn PySlice_Unpack(
    cx: Cx<'_>,
    slice: Obj<'_>,
    start: Out<'_, Py_ssize_t>,
    stop: Out<'_, Py_ssize_t>,
    step: Out<'_, Py_ssize_t>,
) -> Result<()> {
    let (mut start, mut stop, mut step) = (start, stop, step);
    let [from, to, by] = unpack(cx, slice)?;
    start.write(from);
    stop.write(to);
    step.write(by);
    Ok(())
}

/// Clip a slice's bounds to a sequence of `length` items: the bounds, and how many items it has.
fn adjust(
    length: Py_ssize_t,
    start: Py_ssize_t,
    stop: Py_ssize_t,
    step: Py_ssize_t,
) -> (Py_ssize_t, Py_ssize_t, Py_ssize_t) {
    let (lowest, highest) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let clip = |bound: Py_ssize_t| {
        let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
        if bound < 0 { lowest } else { bound.min(highest) }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    (start, stop, count)
}

/// Clip bounds that `PySlice_Unpack` gave to a sequence's length; the number of items in the slice.
#[capi(raw)]
pub unsafe extern "C" fn PySlice_AdjustIndices(
    length: Py_ssize_t,
    start: *mut Py_ssize_t,
    stop: *mut Py_ssize_t,
    step: Py_ssize_t,
) -> Py_ssize_t {
    // SAFETY: C passes the addresses of two variables.
    unsafe {
        let (from, to, count) = adjust(length, *start, *stop, step);
        *start = from;
        *stop = to;
        count
    }
}

/// Ints for `slice.indices(length)`, whatever their size.
#[capi]
fn _PySlice_GetLongIndices(
    cx: Cx<'_>,
    slice: Obj<'_>,
    length: Obj<'_>,
    start_ptr: Out<'_, *mut PyObject>,
    stop_ptr: Out<'_, *mut PyObject>,
    step_ptr: Out<'_, *mut PyObject>,
) -> Result<()> {
    let [start, stop, step] = fields(cx, slice)?;
    let step = long_index(cx, step)?.unwrap_or_else(|| host().new_int(1));
    let zero = host().new_int(0);
    if !less(cx, &step, &zero)? && !less(cx, &zero, &step)? {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    let backwards = less(cx, &step, &zero)?;
    let length = length.give(cx)?;
    let (lower, upper) = if backwards {
        let before = host().new_int(-1);
        let last = add(cx, &length, &before)?;
        (before, last)
    } else {
        (zero.clone(), length.clone())
    };
    let clip = |field: Obj<'_>, default: &HostObj| -> Result<HostObj> {
        let Some(mut index) = long_index(cx, field)? else { return Ok(default.clone()) };
        if less(cx, &index, &zero)? {
            index = add(cx, &index, &length)?;
            return Ok(if less(cx, &index, &lower)? { lower.clone() } else { index });
        }
        Ok(if less(cx, &upper, &index)? { upper.clone() } else { index })
    };
    let start = clip(start, if backwards { &upper } else { &lower })?;
    let stop = clip(stop, if backwards { &lower } else { &upper })?;
    for (mut place, value) in [(start_ptr, start), (stop_ptr, stop), (step_ptr, step)] {
        place.write(cx.to_c(value).into_ptr());
    }
    Ok(())
}

/// A field as an int; `None` for None.
fn long_index(cx: Cx<'_>, field: Obj<'_>) -> Result<Option<HostObj>> {
    if statics::is_none(field.as_ptr()) {
        return Ok(None);
    }
    if !crate::abstract_::has_slot(field, Slot::NbIndex) {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    crate::abstract_::number::index(cx, field)?.obj().give(cx).map(Some)
}

fn less(cx: Cx<'_>, left: &HostObj, right: &HostObj) -> Result<bool> {
    let answer = cx.call(|h| h.rich_compare(left.as_ref(), right.as_ref(), Compare::Lt))?;
    Ok(host().kind(answer.as_ref()) == Kind::True)
}

fn add(cx: Cx<'_>, left: &HostObj, right: &HostObj) -> Result<HostObj> {
    cx.call(|h| h.binary(BinaryOp::Add, left.as_ref(), right.as_ref(), false))
}

/// `PySlice_Unpack` and `PySlice_AdjustIndices` in one.
#[capi]
fn PySlice_GetIndicesEx(
    cx: Cx<'_>,
    slice: Obj<'_>,
    length: Py_ssize_t,
    start: Out<'_, Py_ssize_t>,
    stop: Out<'_, Py_ssize_t>,
    step: Out<'_, Py_ssize_t>,
    slicelength: Out<'_, Py_ssize_t>,
) -> Result<()> {
    let (mut start, mut stop, mut step, mut slicelength) = (start, stop, step, slicelength);
    let [from, to, by] = unpack(cx, slice)?;
    let (from, to, count) = adjust(length, from, to, by);
    start.write(from);
    stop.write(to);
    step.write(by);
    slicelength.write(count);
    Ok(())
}

/// The oldest way to read a slice: ints only, and bounds beyond the length fail, without an error set.
#[capi(raw)]
pub unsafe extern "C" fn PySlice_GetIndices(
    slice: *mut PyObject,
    length: Py_ssize_t,
    start: *mut Py_ssize_t,
    stop: *mut Py_ssize_t,
    step: *mut Py_ssize_t,
) -> std::ffi::c_int {
    // SAFETY: C passes a live slice and the addresses of three variables.
    unsafe {
        let mirror: *mut PySliceObject = slice.cast();
        let read = |field: *mut PyObject, default: Py_ssize_t| {
            if statics::is_none(field) {
                return Some(default);
            }
            let value = Obj::from_ptr(field).filter(|&field| longobject::is_int(field))?;
            longobject::to_i64(value.as_ptr()).map(|value| value as Py_ssize_t)
        };
        let relative = |value: Py_ssize_t| if value < 0 { value + length } else { value };
        let is_given = |field: *mut PyObject| !statics::is_none(field);
        // What comes before a part that is no int has been written.
        let Some(by) = read((*mirror).step, 1) else { return -1 };
        *step = by;
        let Some(from) = read((*mirror).start, if by < 0 { length - 1 } else { 0 }) else { return -1 };
        *start = if is_given((*mirror).start) { relative(from) } else { from };
        let Some(to) = read((*mirror).stop, if by < 0 { -1 } else { length }) else { return -1 };
        *stop = if is_given((*mirror).stop) { relative(to) } else { to };
        if *stop > length || *start >= length || by == 0 { -1 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::adjust;

    /// Python's own rule, by walking: which indices a slice of `length` items selects.
    fn walked(length: isize, start: isize, stop: isize, step: isize) -> isize {
        let (from, to, _) = adjust(length, start, stop, step);
        let mut index = from;
        let mut count = 0;
        while if step > 0 { index < to } else { index > to } {
            assert!((0..length).contains(&index), "{length} {start} {stop} {step}: {index}");
            count += 1;
            index += step;
        }
        count
    }

    #[test]
    fn the_count_is_the_number_of_steps() {
        for length in 0..6 {
            for start in -8..8 {
                for stop in -8..8 {
                    for step in [-3, -2, -1, 1, 2, 3] {
                        let (_, _, count) = adjust(length, start, stop, step);
                        assert_eq!(count, walked(length, start, stop, step));
                    }
                }
            }
        }
        assert_eq!(adjust(5, isize::MAX, isize::MIN, -1), (4, -1, 5));
    }
}
