//! Crossing: a host object becomes the mirror C sees, a mirror becomes the host object it stands for.
//!
//! Values without identity of their own (exact ints and floats) get a fresh mirror each time they cross, which the link
//! ties to its object one way only: it is freed by C's last decref. Everything else is found by its host identity.

use std::ptr::null_mut;

use object_mirror::Py_ssize_t;
use object_mirror::bytearrayobject::PyByteArrayObject;
use object_mirror::classobject::PyMethodObject;
use object_mirror::complexobject::PyComplexObject;
use object_mirror::dictobject::PyDictObject;
use object_mirror::floatobject::PyFloatObject;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject,
    PyVarObject,
};
use object_mirror::setobject::PySetObject;
use object_mirror::tupleobject::PyTupleObject;
use object_mirror::unicodeobject::{KIND_SHIFT, PyUnicodeObject};
use refcount_bridge::State;

use crate::boundary::{Cx, New, Obj, Raised, Result};
use crate::host::{HostObj, HostRef, HostResult, Kind, host};
use crate::lifetime::{self, bridge};
use crate::statics::{builtin, exception};
use crate::{
    bytesobject, dictobject, exposed, holes, host_functions, instancedict, listobject, lists, longobject, pystate,
    sizes, sliceobject, statics, traceback, tupleobject, typeobject, unicodeobject, weakrefobject,
};

/// A new reference to the mirror of `object`.
#[inline]
pub fn to_c(object: HostRef) -> New {
    cross(object, None, false, true)
}

/// As [`to_c`], giving up the host's reference.
pub fn to_c_owned(object: HostObj) -> New {
    cross(object.as_ref(), Some(object), false, true)
}

/// As [`to_c_owned`], for a container that the host has made for the caller alone: nobody else refers to it. Its count is C's
/// references and no more, until C passes it on.
pub(crate) fn to_c_fresh(object: HostObj) -> New {
    let kind = host().kind(object.as_ref());
    if !is_container_of_the_host(kind) || lifetime::find(object.as_ref()).is_some() {
        return to_c_owned(object);
    }
    let ty = typeobject::mirror_of_class(host().type_of(object.as_ref()));
    if typeobject::is_c_class(ty) {
        return to_c_owned(object);
    }
    let mirror = build(object.as_ref(), kind, ty);
    let identity = host().identity(object.word());
    bridge(|bridge| bridge.link_owned(mirror.as_ptr(), object.into_word(), identity));
    mirror
}

/// As [`to_c`], for a reference that a host container lends: the mirror is the same each time, values too.
pub fn to_c_shared(object: HostRef) -> New {
    cross(object, None, true, true)
}

/// As [`to_c`], where C does not look at what else the mirror shows, such as access to a field of C's own: that is left as it is.
pub(crate) fn to_c_as_it_is(object: HostRef) -> New {
    let known = match host().kind(object) {
        Kind::CInstance(mirror) => Some(mirror),
        _ => lifetime::find(object),
    };
    known.map_or_else(|| cross(object, None, false, false), new_reference)
}

/// `owned`: a reference to the object, for the link to take over if it wants one. `whole`: with all that a traceback shows.
fn cross(object: HostRef, owned: Option<HostObj>, shared: bool, whole: bool) -> New {
    let kind = host().kind(object);
    match kind {
        Kind::CInstance(mirror) => {
            let new = new_reference(mirror);
            instancedict::in_step(object, mirror);
            return new;
        }
        Kind::None => return New::from_static(statics::none()),
        Kind::True => return New::from_static(statics::true_()),
        Kind::False => return New::from_static(statics::false_()),
        Kind::NotImplemented => return New::from_static(statics::not_implemented()),
        Kind::Ellipsis => return New::from_static(statics::ellipsis()),
        Kind::Unboxed(value) if !shared => return longobject::new_from_i64(value),
        Kind::Unboxed(value) => {
            if let Some(small) = statics::small_int(value) {
                return New::from_static(small);
            }
        }
        Kind::Int if statics::is_exact_int(object) => {
            let value = host().int_value(object);
            if let Some(small) = value.and_then(statics::small_int) {
                return New::from_static(small);
            }
            if !shared {
                return int_to_c(object, value, owned);
            }
        }
        Kind::Float if !shared && statics::is_exact_float(object) => return float_to_c(object, owned),
        _ => {}
    }
    if let Some(mirror) = lifetime::find(object) {
        if bridge(|bridge| bridge.is_owned(mirror)) {
            let identity = host().identity(object.word());
            bridge(|bridge| bridge.share(mirror, identity));
        }
        // Held first: a refresh may let other threads run, which let go of what nobody holds.
        let new = new_reference(mirror);
        pystate::lend_mirror(mirror);
        refresh(kind, object, mirror);
        if kind == Kind::List && !shared {
            listobject::given(mirror);
        }
        return new;
    }
    let new = make(object, owned, kind);
    if kind == Kind::List && !shared {
        listobject::given(new.as_ptr());
    }
    if whole && kind == Kind::Other && std::ptr::eq(new.obj().type_ptr(), builtin!(PyTraceBack_Type)) {
        traceback::refresh(new.as_ptr(), object);
    }
    new
}

fn new_reference(mirror: *mut PyObject) -> New {
    // SAFETY: the link, or the wrapper, keeps the mirror live.
    unsafe {
        lifetime::incref(mirror);
        New::from_ptr(mirror).expect("mirrors have addresses")
    }
}

/// Bring in step what C reads inline and the host may have changed.
fn refresh(kind: Kind, object: HostRef, mirror: *mut PyObject) {
    // SAFETY: the mirror of an object of this kind has the kind's struct.
    unsafe {
        match kind {
            Kind::Dict | Kind::Set => {
                sizes::show(mirror, object);
                sizes::crossed(mirror);
            }
            Kind::FrozenSet => _ = sizes::show(mirror, object),
            Kind::ByteArray => show_bytearray(object, mirror.cast()),
            Kind::List | Kind::Tuple => listobject::crossed(mirror),
            Kind::Exception => crate::pyerrors::show(object, mirror),
            Kind::Other if std::ptr::eq((*mirror).ob_type, builtin!(PyCell_Type)) => {
                crate::cellobject::show(mirror, object)
            }
            Kind::Other if std::ptr::eq((*mirror).ob_type, builtin!(PyTraceBack_Type)) => {
                traceback::refresh(mirror, object)
            }
            Kind::Other if crate::socketmodule::is_type((*mirror).ob_type) => crate::socketmodule::fill(mirror, object),
            _ => {}
        }
    }
    // SAFETY: a live mirror of a live type.
    if kind != Kind::Module && typeobject::is_static(unsafe { (*mirror).ob_type }) {
        // The class of an instance of a static class cannot be set.
        return;
    }
    typeobject::check_type(object, mirror);
}

/// An int too large to be static; `value` is `None` when it is larger than 64 bits.
fn int_to_c(object: HostRef, value: Option<i64>, owned: Option<HostObj>) -> New {
    let new = match value {
        Some(value) => longobject::new_from_i64(value),
        None => {
            let (negative, digits) = host().int_digits(object);
            longobject::new_from_digits(negative, &digits)
        }
    };
    own(&new, object, owned);
    new
}

fn float_to_c(object: HostRef, owned: Option<HostObj>) -> New {
    let new = crate::floatobject::new(host().float_value(object));
    own(&new, object, owned);
    new
}

/// The word of a reference for a link.
fn reference(object: HostRef, owned: Option<HostObj>) -> usize {
    owned.unwrap_or_else(|| object.to_owned()).into_word()
}

/// Tie a fresh value mirror to its object, one way.
fn own(new: &New, object: HostRef, owned: Option<HostObj>) {
    let word = reference(object, owned);
    bridge(|bridge| bridge.link_value(new.as_ptr(), word, None));
}

/// The mirror of an object that has none yet.
fn make(object: HostRef, owned: Option<HostObj>, kind: Kind) -> New {
    if kind == Kind::Type {
        return new_reference(typeobject::mirror_of_class(object).cast());
    }
    if let Kind::Str = kind
        && statics::is_exact_str(object)
        && let Some(text) = static_text(object)
    {
        return New::from_static(text);
    }
    let ty = typeobject::mirror_of_class(host().type_of(object));
    let mirror = build(object, kind, ty);
    if matches!(kind, Kind::Dict | Kind::Set) {
        sizes::crossed(mirror.as_ptr());
    }
    let identity = host().identity(object.word());
    if typeobject::is_c_class(ty) {
        // An instance of a C type over a builtin, made by the host: C's fields start at zero, as `tp_alloc` leaves them.
        lifetime::link_wrapper(mirror.as_ptr(), object, Some(identity));
        match kind {
            Kind::List => listobject::wake(mirror.as_ptr()),
            _ => fill(mirror.as_ptr(), object, kind, ty),
        }
        typeobject::track(ty, mirror.as_ptr());
        return mirror;
    }
    if kind == Kind::List && lists::is_offered() {
        lists::link(mirror.as_ptr(), object);
        fill_items(mirror.as_ptr(), object, true);
        return mirror;
    }
    let is_unseen_value = owned.is_some() && kind == Kind::Bytes && typeobject::is_static(ty);
    let sole = owned.is_some() && is_container_of_the_host(kind);
    let word = reference(object, owned);
    if is_unseen_value && host().only_reference(word) {
        // The value is C's alone, which may fill what `bytes(size)` gave it.
        host().release(word);
        return mirror;
    }
    if sole && host().only_reference(word) {
        // What C just had made is C's alone until C passes it on: its count says so.
        bridge(|bridge| bridge.link_owned(mirror.as_ptr(), word, identity));
        return mirror;
    }
    if kind == Kind::Module {
        bridge(|bridge| bridge.link_bound(mirror.as_ptr(), word, identity));
        return mirror;
    }
    bridge(|bridge| bridge.link_value(mirror.as_ptr(), word, Some(identity)));
    if matches!(kind, Kind::Str | Kind::Bytes) && typeobject::is_static(ty) {
        mark_keepable(mirror.as_ptr());
    }
    fill(mirror.as_ptr(), object, kind, ty);
    pystate::lend_mirror(mirror.as_ptr());
    mirror
}

/// Whether all that C reads of an object of this kind is asked for anew whenever C's side of it is used.
fn is_container_of_the_host(kind: Kind) -> bool {
    matches!(kind, Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::ByteArray)
}

/// Fill the fields of a linked mirror that refer to other objects: a container may hold itself.
fn fill(mirror: *mut PyObject, object: HostRef, kind: Kind, ty: *mut PyTypeObject) {
    match kind {
        Kind::Tuple | Kind::List => fill_items(mirror, object, kind == Kind::List),
        Kind::Exception => fill_exception(mirror, object),
        Kind::Other if std::ptr::eq(ty, builtin!(PySlice_Type)) => sliceobject::fill(mirror, object),
        Kind::Other if weakrefobject::is_type(ty) => weakrefobject::fill(mirror, object),
        Kind::Other if crate::datetime::is_type(ty) => crate::datetime::fill(mirror, object),
        Kind::Other if crate::socketmodule::is_type(ty) => crate::socketmodule::fill(mirror, object),
        Kind::Other if crate::structmodule::is_type(ty) => crate::structmodule::fill(mirror, object),
        Kind::Other if host_functions::is_type(ty) => host_functions::fill(mirror, object),
        Kind::Other if std::ptr::eq(ty, builtin!(PyTraceBack_Type)) => fill_in_turn(mirror, object, traceback::fill),
        Kind::Other if std::ptr::eq(ty, builtin!(PyCode_Type)) => crate::code::fill(mirror, object),
        Kind::Other if std::ptr::eq(ty, builtin!(PyCell_Type)) => crate::cellobject::show(mirror, object),
        Kind::Other if std::ptr::eq(ty, builtin!(PyMemoryView_Type)) => crate::memoryobject::fill(mirror, object),
        _ => {}
    }
}

/// The largest text or bytes whose mirror is worth keeping.
const KEEPABLE: usize = 512;

fn mark_keepable(mirror: *mut PyObject) {
    if crate::freed::is_watched() {
        // A pointer that C keeps beyond its time is to be found at once.
        return;
    }
    bridge(|bridge| {
        // SAFETY: a mirror that was just made in mirror memory.
        if unsafe { bridge.heap.usable_size(mirror.cast()) } <= KEEPABLE {
            bridge.link(mirror).set(State::KEEPABLE);
        }
    });
}

fn static_text(object: HostRef) -> Option<*mut PyObject> {
    let mut found = None;
    host().with_str(object, &mut |wtf8| {
        found = match *wtf8 {
            [] => Some(statics::empty_str()),
            [ascii] => Some(statics::latin1(ascii)),
            [0xC2, low] => Some(statics::latin1(low)),
            [0xC3, low] => Some(statics::latin1(low + 0x40)),
            _ => None,
        };
    });
    found
}

/// Memory for a mirror of type `ty` that needs at least `size` bytes.
fn allocate(ty: *mut PyTypeObject, size: usize) -> *mut PyObject {
    // SAFETY: a live type.
    let size = size.max(unsafe { (*ty).tp_basicsize } as usize);
    lifetime::alloc_object(ty, size).expect("memory for a mirror").as_ptr()
}

/// The struct of `object`, filled but for references to other objects. C-born so far.
fn build(object: HostRef, kind: Kind, ty: *mut PyTypeObject) -> New {
    // SAFETY: each arm fills the struct that its kind's types have, in memory of its size.
    let mirror = unsafe {
        match kind {
            Kind::Int | Kind::Unboxed(_) | Kind::True | Kind::False => {
                let (negative, digits) = host().int_digits(object);
                let mirror = allocate(ty, longobject::size_for(digits.len()));
                longobject::fill(mirror, negative, &digits);
                mirror
            }
            Kind::Float => {
                let mirror = allocate(ty, size_of::<PyFloatObject>());
                (*mirror.cast::<PyFloatObject>()).ob_fval = host().float_value(object);
                mirror
            }
            Kind::Complex => {
                let mirror = allocate(ty, size_of::<PyComplexObject>());
                let (real, imag) = host().complex_value(object);
                (*mirror.cast::<PyComplexObject>()).cval = object_mirror::complexobject::Py_complex { real, imag };
                mirror
            }
            Kind::Str => build_text(object, ty),
            Kind::Bytes => {
                let mut mirror = null_mut();
                host().with_bytes(object, &mut |data| {
                    mirror = allocate(ty, bytesobject::size_for(data.len()));
                    bytesobject::fill(mirror, data);
                });
                mirror
            }
            Kind::ByteArray => {
                let mirror = allocate(ty, size_of::<PyByteArrayObject>());
                show_bytearray(object, mirror.cast());
                mirror
            }
            Kind::Tuple => {
                let len = host().container_len(object);
                let mirror = allocate(ty, size_of::<PyVarObject>() + len * size_of::<usize>());
                (*mirror.cast::<PyVarObject>()).ob_size = len as Py_ssize_t;
                mirror
            }
            Kind::Dict => {
                let mirror = allocate(ty, size_of::<PyDictObject>());
                sizes::show(mirror, object);
                mirror
            }
            Kind::Set | Kind::FrozenSet => {
                let mirror = allocate(ty, size_of::<PySetObject>());
                sizes::show(mirror, object);
                (*mirror.cast::<PySetObject>()).hash = -1;
                mirror
            }
            Kind::Method => {
                let mirror = allocate(ty, size_of::<PyMethodObject>());
                let (function, self_) = host().method_parts(object);
                (*mirror.cast::<PyMethodObject>()).im_func = to_c_owned(function).into_ptr();
                (*mirror.cast::<PyMethodObject>()).im_self = to_c_owned(self_).into_ptr();
                mirror
            }
            _ => allocate(ty, 0),
        }
    };
    // SAFETY: a fresh object with one reference.
    unsafe { New::from_ptr(mirror) }.expect("just allocated")
}

/// A str mirror: compact for exact strings; a subclass's data lies in a buffer of its own, as in CPython.
fn build_text(object: HostRef, ty: *mut PyTypeObject) -> *mut PyObject {
    let mut mirror = null_mut();
    host().with_str(object, &mut |wtf8| {
        if std::ptr::eq(ty, builtin!(PyUnicode_Type)) {
            mirror = allocate(ty, unicodeobject::fill_size(wtf8));
            unicodeobject::fill(mirror, wtf8);
            return;
        }
        let compact = unicodeobject::new_from_wtf8(wtf8);
        mirror = allocate(ty, size_of::<PyUnicodeObject>());
        // SAFETY: both are str structs; the data buffer is copied with its terminator.
        unsafe {
            let from: *mut PyUnicodeObject = compact.as_ptr().cast();
            let to: *mut PyUnicodeObject = mirror.cast();
            let state = (*from)._base._base.state;
            let kind = (state >> KIND_SHIFT & 7) as usize;
            let length = (*from)._base._base.length;
            (*to)._base._base.length = length;
            (*to)._base._base.hash = -1;
            (*to)._base._base.state = state & (object_mirror::unicodeobject::ASCII | 7 << KIND_SHIFT);
            let bytes = (length as usize + 1) * kind;
            (*to).data = libc::malloc(bytes.max(1));
            (*to).data.cast::<u8>().copy_from_nonoverlapping(unicodeobject::data(compact.as_ptr()).cast(), bytes);
            if state & object_mirror::unicodeobject::ASCII != 0 {
                (*to)._base.utf8 = (*to).data.cast();
                (*to)._base.utf8_length = length;
            }
        }
    });
    mirror
}

/// Let a bytearray's mirror point at the host's storage.
pub(crate) fn show_bytearray(object: HostRef, mirror: *mut PyByteArrayObject) {
    let (bytes, len) = host().bytearray_storage(object);
    // SAFETY: a live bytearray mirror.
    unsafe {
        (*mirror).ob_base.ob_size = len as Py_ssize_t;
        (*mirror).ob_alloc = len as Py_ssize_t + 1;
        (*mirror).ob_bytes = bytes.cast();
        (*mirror).ob_start = bytes.cast();
    }
}

/// Mirror a tuple's or list's items.
pub(crate) fn fill_items(mirror: *mut PyObject, object: HostRef, is_list: bool) {
    fill_in_turn(mirror, object, if is_list { listobject::fill } else { fill_tuple });
}

/// Fill a mirror that may refer to others of many levels: those are filled when their turn comes, not by recursion.
fn fill_in_turn(mirror: *mut PyObject, object: HostRef, fill: fn(*mut PyObject, HostRef)) {
    type Turn = (*mut PyObject, HostObj, fn(*mut PyObject, HostRef));
    thread_local! {
        static PENDING: std::cell::RefCell<Option<Vec<Turn>>> = const { std::cell::RefCell::new(None) };
    }
    let nested = PENDING.with_borrow_mut(|pending| {
        let nested = pending.is_some();
        pending.get_or_insert_default().push((mirror, object.to_owned(), fill));
        nested
    });
    if nested {
        return;
    }
    // Other threads find the mirrors by now, and must not run before they are filled.
    let _no_sweeps = pystate::NoSweeps::begin();
    while let Some((mirror, object, fill)) = PENDING.with_borrow_mut(|pending| pending.as_mut().and_then(Vec::pop)) {
        fill(mirror, object.as_ref());
    }
    PENDING.set(None);
}

fn fill_tuple(mirror: *mut PyObject, object: HostRef) {
    let items = host().items(object);
    for (index, item) in items.into_iter().enumerate() {
        let item = holes::item(item);
        // SAFETY: the mirror has as many places as the host tuple has items, and its link keeps it live.
        unsafe { (&raw mut (*mirror.cast::<PyTupleObject>()).ob_item).cast::<*mut PyObject>().add(index).write(item) };
    }
    holes::note(mirror);
}

/// What wheels read inline of an exception, with the value of a StopIteration.
fn fill_exception(mirror: *mut PyObject, object: HostRef) {
    crate::pyerrors::show(object, mirror);
    // SAFETY: a live mirror; the struct is a StopIteration's if its type says so.
    unsafe {
        if typeobject::is_subtype((*mirror).ob_type, exception!(PyExc_StopIteration)) {
            let name = host().new_str(b"value");
            if let Ok(value) = host().get_attr(object, name.as_ref()) {
                (*mirror.cast::<object_mirror::pyerrors::PyStopIterationObject>()).value = to_c_owned(value).into_ptr();
            }
        }
    }
}

/// Whether `op` stands for a host object.
pub fn is_linked(op: *mut PyObject) -> bool {
    lifetime::host_of(op).is_some()
}

/// The host object of `object`, which the host may keep: a C-born value is realized, and from now on the host side has
/// its share.
pub fn to_host(cx: Cx<'_>, object: Obj<'_>) -> Result<HostObj> {
    sizes::passed(object);
    reach(cx, object)
}

/// As [`to_host`], for what the host does not change.
fn reach(cx: Cx<'_>, object: Obj<'_>) -> Result<HostObj> {
    loop {
        if let Some(crossed) = try_to_host(cx, object) {
            return crossed;
        }
    }
}

/// As [`to_host`]; `None`: the link's wrapper just ended, and the link changes for that.
#[inline]
fn try_to_host(cx: Cx<'_>, object: Obj<'_>) -> Option<Result<HostObj>> {
    let mirror = object.as_ptr();
    let (word, in_c, strong, settled) = bridge(|bridge| {
        let link = bridge.link(mirror);
        (link.host(), link.has(State::IN_C), link.has(State::STRONG), link.has(State::SHARED | State::IMMORTAL))
    });
    if object.type_has(Py_TPFLAGS_LIST_SUBCLASS) && !lists::is_offered() {
        exposed::passed(mirror);
    }
    let Some(host_ref) = HostRef::from_word(word) else { return Some(realize(cx, mirror)) };
    if in_c && strong && !settled {
        return Some(Ok(lifetime::kept_wrapper(mirror, host_ref)));
    }
    if object.type_has(Py_TPFLAGS_TUPLE_SUBCLASS)
        && let Err(raised) = holes::check(cx, object)
    {
        return Some(Err(raised));
    }
    if in_c && !strong && settled {
        return lifetime::hold_wrapper(mirror, host_ref).map(Ok);
    }
    let owned = host_ref.to_owned();
    if !settled {
        share(mirror, &owned);
    }
    Some(Ok(owned))
}

/// As [`to_host`], for an item of a list that the host shares: the same object each time, numbers too.
pub(crate) fn item_to_host(cx: Cx<'_>, item: Obj<'_>) -> Result<HostObj> {
    let mirror = item.as_ptr();
    let object = to_host(cx, item)?;
    // SAFETY: a live object.
    let ty = unsafe { (*mirror).ob_type };
    let is_number = std::ptr::eq(ty, builtin!(PyFloat_Type)) || std::ptr::eq(ty, builtin!(PyLong_Type));
    if !is_number || lifetime::host_of(mirror).is_some() || matches!(host().kind(object.as_ref()), Kind::Unboxed(_)) {
        return Ok(object);
    }
    Ok(link_realized(mirror, object))
}

/// As [`to_host`], for a function that works on the object and lets nobody keep it: what C has to itself stays so.
pub(crate) fn look_at(cx: Cx<'_>, object: Obj<'_>) -> Result<HostObj> {
    let word = bridge(|bridge| if bridge.is_owned(object.as_ptr()) { bridge.link(object.as_ptr()).host() } else { 0 });
    HostRef::from_word(word).map_or_else(|| reach(cx, object), |object| Ok(object.to_owned()))
}

/// An owned value goes to the host: it must find this mirror again as long as C may use it.
fn share(mirror: *mut PyObject, object: &HostObj) {
    if lifetime::find(object.as_ref()).is_some_and(|found| found != mirror) {
        return;
    }
    let identity = host().identity(object.word());
    bridge(|bridge| bridge.share(mirror, identity));
    pystate::lend_mirror(mirror);
}

/// Cross to the host, giving up a reference: a value that nobody else holds moves, and its mirror is freed.
///
/// # Safety
/// `op` is live, the reference is the caller's, and the lock is held.
pub unsafe fn consume(op: *mut PyObject) -> HostObj {
    // SAFETY: the lock is held.
    let cx = unsafe { Cx::assume() };
    // SAFETY: the caller's contract.
    match consume_checked(cx, op) {
        Ok(object) => object,
        Err(exception) => exception,
    }
}

/// As [`consume`]; the error is what kept the value from being realized.
///
/// # Safety
/// As for [`consume`].
pub(crate) unsafe fn consume_checked_raw(cx: Cx<'_>, op: *mut PyObject) -> Result<HostObj> {
    // SAFETY: the caller's contract.
    let new = unsafe { New::from_ptr(op) }.expect("checked by the caller");
    // SAFETY: the reference keeps it live.
    let alone = unsafe { (*op).ob_refcnt } == 1;
    let (word, in_c, shared, immortal) = bridge(|bridge| {
        let link = bridge.link(op);
        (link.host(), link.has(State::IN_C), link.has(State::SHARED), link.has(State::IMMORTAL))
    });
    if immortal && let Some(object) = HostRef::from_word(word) {
        // `None` and its like: the most frequent result.
        return Ok(object.to_owned());
    }
    if alone && !in_c && !shared && !immortal {
        if word != 0 {
            // Owned, and this was C's last reference: the object goes, the mirror with it.
            let object = HostRef::from_word(word).expect("not zero").to_owned();
            return Ok(object);
        }
        if let Some(object) = plain_value(cx, op) {
            return object;
        }
    }
    to_host(cx, new.obj())
}

/// As [`consume_checked_raw`], with the error as the exception object.
pub(crate) fn consume_checked(cx: Cx<'_>, op: *mut PyObject) -> HostResult<HostObj> {
    // SAFETY: callers pass a new reference that a C function returned.
    unsafe { consume_checked_raw(cx, op) }.map_err(|Raised { .. }| crate::slots::pending(cx))
}

/// The host value of a C-born mirror of an exact builtin type, without linking them; `None` for other types.
fn plain_value(cx: Cx<'_>, op: *mut PyObject) -> Option<Result<HostObj>> {
    // SAFETY: a live object.
    let ty = unsafe { (*op).ob_type };
    // SAFETY: the type tells the struct.
    unsafe {
        if std::ptr::eq(ty, builtin!(PyLong_Type)) {
            return Some(Ok(host_int(op)));
        }
        if std::ptr::eq(ty, builtin!(PyUnicode_Type)) {
            return Some(Ok(unicodeobject::to_host(op)));
        }
        if std::ptr::eq(ty, builtin!(PyFloat_Type)) {
            return Some(Ok(host().new_float((*op.cast::<PyFloatObject>()).ob_fval)));
        }
        if std::ptr::eq(ty, builtin!(PyBytes_Type)) {
            return Some(Ok(host().new_bytes(bytesobject::data(op))));
        }
        if std::ptr::eq(ty, builtin!(PyTuple_Type)) {
            return Some(host_tuple(cx, op));
        }
        if std::ptr::eq(ty, builtin!(PyComplex_Type)) {
            let value = (*op.cast::<PyComplexObject>()).cval;
            return Some(Ok(host().new_complex(value.real, value.imag)));
        }
    }
    None
}

fn host_int(op: *mut PyObject) -> HostObj {
    let (negative, digits) = longobject::digits_of(op);
    match *digits {
        [] => host().new_int(0),
        [digit] => host().new_int(if negative { -i64::from(digit) } else { i64::from(digit) }),
        [low, high] => {
            let magnitude = i64::from(high) << 30 | i64::from(low);
            host().new_int(if negative { -magnitude } else { magnitude })
        }
        _ => host().new_big_int(negative, digits),
    }
}

fn host_items(cx: Cx<'_>, items: &[*mut PyObject]) -> Result<Vec<HostObj>> {
    items
        .iter()
        .map(|&item| {
            // SAFETY: a container's item is NULL or live.
            let item = unsafe { Obj::from_ptr(item) };
            item.ok_or_else(|| cx.system_error("a container with an empty slot cannot leave C"))?.give(cx)
        })
        .collect()
}

fn host_tuple(cx: Cx<'_>, op: *mut PyObject) -> Result<HostObj> {
    // SAFETY: a tuple's item is NULL or live.
    let item = |&item: &*mut PyObject| match unsafe { Obj::from_ptr(item) } {
        Some(item) => item.give(cx),
        None => holes::stand_in(cx),
    };
    Ok(host().new_tuple(tupleobject::items(op).iter().map(item).collect::<Result<_>>()?))
}

/// The items of a list mirror, crossed to the host.
pub(crate) fn host_list_items(cx: Cx<'_>, items: &[*mut PyObject]) -> Result<Vec<HostObj>> {
    host_items(cx, items)
}

/// Give a C-born mirror its host object.
fn realize(cx: Cx<'_>, mirror: *mut PyObject) -> Result<HostObj> {
    if crate::freed::is_watched() {
        crate::freed::check_crossing(mirror);
    }
    // SAFETY: a live object of a live type.
    let ty = unsafe { (*mirror).ob_type };
    // SAFETY: as above.
    let has = |flag: u64| unsafe { (*ty).tp_flags & flag as std::ffi::c_ulong != 0 };
    if has(Py_TPFLAGS_TYPE_SUBCLASS) {
        return typeobject::class_of(cx, mirror.cast());
    }
    if let Some(value) = plain_value(cx, mirror) {
        if std::ptr::eq(ty, builtin!(PyLong_Type)) || std::ptr::eq(ty, builtin!(PyFloat_Type)) {
            // Numbers have no identity to keep: each crossing makes the value anew, and no link.
            return value;
        }
        let object = link_realized(mirror, value?);
        if has(Py_TPFLAGS_TUPLE_SUBCLASS) {
            holes::note(mirror);
        }
        return Ok(object);
    }
    if std::ptr::eq(ty, builtin!(PyList_Type)) {
        return listobject::realize(cx, mirror);
    }
    if std::ptr::eq(ty, builtin!(PyCode_Type)) {
        return Ok(link_realized(mirror, crate::code::realize(cx, mirror)?));
    }
    if std::ptr::eq(ty, builtin!(PyCFunction_Type)) || std::ptr::eq(ty, builtin!(PyCMethod_Type)) {
        let object = host().new_c_function(mirror);
        lifetime::link_wrapper(mirror, object.as_ref(), None);
        return Ok(object);
    }
    if std::ptr::eq(ty, builtin!(PyMethod_Type)) {
        // SAFETY: a bound method's struct; its fields are live.
        let (function, self_) =
            unsafe { ((*mirror.cast::<PyMethodObject>()).im_func, (*mirror.cast::<PyMethodObject>()).im_self) };
        // SAFETY: as above.
        let (function, self_) = unsafe { (Obj::from_ptr(function), Obj::from_ptr(self_)) };
        let (Some(function), Some(self_)) = (function, self_) else { return Err(cx.bad_internal_call()) };
        let object = host().new_method(function.give(cx)?.as_ref(), self_.give(cx)?.as_ref());
        return Ok(link_realized(mirror, object));
    }
    if std::ptr::eq(ty, builtin!(PySlice_Type)) {
        // SAFETY: a slice's struct; its fields are live.
        let fields = unsafe {
            let slice: *mut object_mirror::sliceobject::PySliceObject = mirror.cast();
            [(*slice).start, (*slice).stop, (*slice).step]
        };
        let items = host_items(cx, &fields)?;
        let args: Vec<HostRef> = items.iter().map(HostObj::as_ref).collect();
        let object = cx.call_function("builtins", "slice", &args)?;
        return Ok(link_realized(mirror, object));
    }
    if let Some(method) = dictobject::view_method(ty) {
        return Ok(link_realized(mirror, dictobject::realize_view(cx, mirror, method)?));
    }
    let class = typeobject::class_of(cx, ty)?;
    if let Some(object) = over_builtin(cx, mirror, ty, class.as_ref(), has)? {
        if let Some(earlier) = lifetime::object_of(mirror) {
            return Ok(earlier);
        }
        let object = link_instance(mirror, object, has(Py_TPFLAGS_LIST_SUBCLASS));
        if has(Py_TPFLAGS_LIST_SUBCLASS) {
            listobject::realize_items(cx, mirror)?;
        } else if has(Py_TPFLAGS_TUPLE_SUBCLASS) {
            holes::note(mirror);
        }
        return Ok(object);
    }
    let object = host().new_c_instance(class.as_ref(), mirror);
    lifetime::link_wrapper(mirror, object.as_ref(), None);
    instancedict::in_step(object.as_ref(), mirror);
    Ok(object)
}

/// Link an instance that C allocated of a class over a builtin to the host's: where C lays out nothing of it, it is the host's as
/// if the host had made it.
fn link_instance(mirror: *mut PyObject, object: HostObj, is_list: bool) -> HostObj {
    // SAFETY: a live mirror.
    let is_the_hosts = !typeobject::is_c_class(unsafe { (*mirror).ob_type });
    if is_the_hosts && !(is_list && lists::is_offered()) {
        return link_realized(mirror, object);
    }
    let identity = host().identity(object.word());
    lifetime::link_wrapper(mirror, object.as_ref(), Some(identity));
    object
}

/// Whether what C keeps in an instance has no other place than the mirror.
fn is_laid_out_by_c(mirror: *mut PyObject, ty: *mut PyTypeObject) -> bool {
    typeobject::is_c_class(ty)
        || lifetime::has_state(mirror, State::LARGER)
        || !object_mirror::heap::in_range(mirror as usize)
}

/// For an instance of a class over a builtin that C made: the host's instance, with the builtin's value in it.
fn over_builtin(
    cx: Cx<'_>,
    mirror: *mut PyObject,
    ty: *mut PyTypeObject,
    class: HostRef,
    has: impl Fn(u64) -> bool,
) -> Result<Option<HostObj>> {
    let base = typeobject::builtin_base(ty);
    if std::ptr::eq(base, builtin!(PyBaseObject_Type)) && is_laid_out_by_c(mirror, ty) {
        return Ok(None);
    }
    let base = typeobject::class_of(cx, base)?;
    let value = base_value(cx, mirror, has)?;
    let args: Vec<HostRef> = value.iter().map(HostObj::as_ref).collect();
    match cx.call(|h| h.call_new(base.as_ref(), class, &args, &[])) {
        Ok(object) => Ok(Some(object)),
        Err(_) if value.is_empty() && typeobject::is_c_class(ty) => {
            // A builtin that cannot be made of nothing; C has it to itself.
            drop(cx.take_error());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// What the builtin's `__new__` makes the value that lies in the mirror of; nothing for one that it makes empty.
fn base_value(cx: Cx<'_>, mirror: *mut PyObject, has: impl Fn(u64) -> bool) -> Result<Vec<HostObj>> {
    // SAFETY: the flags tell the struct.
    unsafe {
        if has(Py_TPFLAGS_LONG_SUBCLASS) {
            return Ok(vec![host_int(mirror)]);
        }
        if has(Py_TPFLAGS_UNICODE_SUBCLASS) {
            return Ok(vec![unicodeobject::to_host(mirror)]);
        }
        if has(Py_TPFLAGS_BYTES_SUBCLASS) {
            return Ok(vec![host().new_bytes(bytesobject::data(mirror))]);
        }
        if has(Py_TPFLAGS_TUPLE_SUBCLASS) {
            return Ok(vec![host_tuple(cx, mirror)?]);
        }
        if has(Py_TPFLAGS_BASE_EXC_SUBCLASS) {
            let args = (*mirror.cast::<object_mirror::pyerrors::PyBaseExceptionObject>()).args;
            return if args.is_null() { Ok(Vec::new()) } else { host_items(cx, tupleobject::items(args)) };
        }
        let ty = (*mirror).ob_type;
        if typeobject::is_subtype(ty, builtin!(PyFloat_Type)) {
            return Ok(vec![host().new_float((*mirror.cast::<PyFloatObject>()).ob_fval)]);
        }
        if typeobject::is_subtype(ty, builtin!(PyComplex_Type)) {
            let value = (*mirror.cast::<PyComplexObject>()).cval;
            return Ok(vec![host().new_complex(value.real, value.imag)]);
        }
    }
    Ok(Vec::new())
}

/// Link a C-born value to the object it became.
pub(crate) fn link_realized(mirror: *mut PyObject, object: HostObj) -> HostObj {
    if let Some(earlier) = lifetime::host_of(mirror) {
        // It is among what its own items refer to, which have crossed by now, and so has it.
        return earlier.to_owned();
    }
    let word = object.clone().into_word();
    let identity = host().identity(object.word());
    // SAFETY: a live mirror.
    if object_mirror::object::is_immortal(unsafe { (*mirror).ob_refcnt }) {
        bridge(|bridge| bridge.link_immortal(mirror, word, identity));
        return object;
    }
    if lifetime::find(object.as_ref()).is_some() {
        // The host has one object for this value (a small int, an interned str), which has its mirror already.
        bridge(|bridge| bridge.link_value(mirror, word, None));
        return object;
    }
    bridge(|bridge| bridge.link_value(mirror, word, Some(identity)));
    pystate::lend_mirror(mirror);
    object
}

/// A C-born tuple of the names of keyword arguments. C compares them by address with strs that it interned, and finds
/// those: in CPython such names are interned, too.
pub(crate) fn tuple_of_names(names: &[HostRef]) -> New {
    let tuple = tupleobject::new(names.len());
    for (index, &name) in names.iter().enumerate() {
        let mut interned = None;
        host().with_str(name, &mut |text| interned = unicodeobject::intern::known(text));
        tupleobject::set_fresh(tuple.as_ptr(), index, interned.unwrap_or_else(|| to_c(name)));
    }
    tuple
}

/// A C-born tuple of the mirrors of `items`.
pub fn tuple_of_args(items: &[HostRef]) -> New {
    let tuple = tupleobject::new(items.len());
    for (index, &item) in items.iter().enumerate() {
        tupleobject::set_fresh(tuple.as_ptr(), index, to_c(item));
    }
    tuple
}

/// The text of a host str, for messages.
pub(crate) fn text_of(str: HostRef) -> String {
    let mut text = String::new();
    host().with_str(str, &mut |wtf8| text = String::from_utf8_lossy(wtf8).into_owned());
    text
}
