//! `listobject.h`: lists, and keeping those that both sides hold in step.
//!
//! Wheels read and write `ob_item` and `ob_size` inline. A C-born list lives in its mirror alone. A list that the host has
//! too is *exposed*: a shadow tells what each side looked like when they last agreed; C's changes go to the host before
//! the host runs, the host's come to the mirror before C runs. Host lists show `allocated == ob_size`, so that inline
//! appends come to us. Where the host offers it, none of this is done: the mirror's items are the host's ([`crate::lists`]).

use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::listobject::PyListObject;
use object_mirror::map::WordHasher;
use object_mirror::object::{Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyVarObject};

use refcount_bridge::State;

use crate::boundary::{Borrowed, Cx, New, Obj, Result, Stolen};
use crate::exposed::{self, Exposed};
use crate::host::{HostObj, HostRef, host};
use crate::statics::builtin;
use crate::{cross, lifetime, lists, tupleobject};

/// The items of a list that C passed to an API function.
pub(crate) fn items<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    note_use(op);
    in_mirror(op)
}

#[inline]
fn note_use(op: *mut PyObject) {
    if !lists::is_offered() {
        exposed::used(op);
    }
}

/// Whether the mirror's items are compared with the host's: those of C's own lists are not, nor any where the host reads them here.
fn is_compared(op: *mut PyObject) -> bool {
    !lists::is_offered() && cross::is_linked(op)
}

/// The items of a list mirror.
pub(crate) fn in_mirror<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: callers pass live lists; `ob_item` has `ob_size` items.
    unsafe {
        let list: *mut PyListObject = op.cast();
        if (*list).ob_item.is_null() {
            return &[];
        }
        std::slice::from_raw_parts((*list).ob_item, (*list).ob_base.ob_size as usize)
    }
}

/// The room for `len` items: none to spare in a mirror whose host has a list of its own.
fn room_for(op: *mut PyObject, len: usize) -> usize {
    if is_compared(op) { len.max(1) } else { (len + (len >> 3) + 6) & !3 }
}

/// Make room for `len` items; `false` if there is no memory.
#[must_use]
fn reserve(list: *mut PyListObject, len: usize) -> bool {
    // SAFETY: a live list mirror, whose array is libc's and has room for `allocated` items; -1 says that it has none.
    unsafe {
        if len as Py_ssize_t <= (*list).allocated && !(*list).ob_item.is_null() {
            return true;
        }
        let room = room_for(list.cast(), len);
        let Some(bytes) = room.checked_mul(size_of::<usize>()).filter(|&bytes| bytes <= isize::MAX as usize) else {
            return false;
        };
        let array = libc::realloc((*list).ob_item.cast(), bytes).cast::<*mut PyObject>();
        if array.is_null() {
            return false;
        }
        (*list).ob_item = array;
        (*list).allocated = room as Py_ssize_t;
    }
    true
}

/// Put `new` (references) in place of the items in `range`; returns the items that were there, whose references are the
/// caller's now, or nothing where there is no memory. A mirror that is compared is left without room to spare.
pub(crate) fn splice(op: *mut PyObject, range: Range<usize>, new: &[*mut PyObject]) -> Option<Vec<*mut PyObject>> {
    let now = in_mirror(op);
    let old = now[range.clone()].to_vec();
    let (tail, len) = (now.len() - range.end, now.len() - old.len() + new.len());
    let list: *mut PyListObject = op.cast();
    if !reserve(list, len) {
        return None;
    }
    // SAFETY: the array has room for `len` items now.
    unsafe {
        let at = (*list).ob_item.add(range.start);
        at.add(new.len()).copy_from(at.add(old.len()), tail);
        at.copy_from_nonoverlapping(new.as_ptr(), new.len());
        (*list).ob_base.ob_size = len as Py_ssize_t;
        if is_compared(op) {
            (*list).allocated = len as Py_ssize_t;
        }
    }
    Some(old)
}

/// As [`splice`], for what cannot fail.
fn replace(op: *mut PyObject, range: Range<usize>, new: &[*mut PyObject]) -> Vec<*mut PyObject> {
    splice(op, range, new).expect("memory for a list")
}

/// The lists and tuples among these.
fn containers(items: &[*mut PyObject]) -> impl Iterator<Item = *mut PyObject> {
    let is_container = |item: &*mut PyObject| {
        // SAFETY: a container's item is NULL or live.
        unsafe { Obj::from_ptr(*item) }
            .is_some_and(|item| item.type_has(Py_TPFLAGS_LIST_SUBCLASS) || item.type_has(Py_TPFLAGS_TUPLE_SUBCLASS))
    };
    items.iter().copied().filter(is_container)
}

fn identities(items: &[HostObj]) -> Vec<usize> {
    items.iter().map(|item| host().identity(item.word())).collect()
}

fn mirrors(items: Vec<HostObj>) -> Vec<*mut PyObject> {
    items.into_iter().map(|item| cross::to_c_shared(item.as_ref()).into_ptr()).collect()
}

/// Fill the mirror of a host list.
pub(crate) fn fill(op: *mut PyObject, list: HostRef) {
    if lists::is_offered() {
        return lists::move_to_mirror(op, list);
    }
    let host_items = host().items(list);
    let stamp = host().list_stamp(list);
    let in_host = identities(&host_items);
    let in_c = mirrors(host_items);
    give_back(replace(op, 0..in_mirror(op).len(), &in_c));
    let is_nested = containers(&in_c).next().is_some();
    exposed::add(Exposed { in_c, in_host, stamp, is_nested, ..Exposed::new(op) });
}

/// Give a C-born list its host object. It has one before its items have, since it may contain itself; lists in it take turns
/// with it, since they may be nested deeply.
pub(crate) fn realize(cx: Cx<'_>, op: *mut PyObject) -> Result<HostObj> {
    if let Some(object) = lists::realize(op) {
        return Ok(object);
    }
    let object = start(op);
    realize_items(cx, op)?;
    Ok(object)
}

/// Give the host's list, empty so far and linked to `op`, the items that C gave the mirror.
pub(crate) fn realize_items(cx: Cx<'_>, op: *mut PyObject) -> Result<()> {
    if lists::is_offered() {
        if let Some(list) = lifetime::host_of(op) {
            lists::adopt(op, list);
        }
        return Ok(());
    }
    let mut waiting = vec![op];
    while let Some(list) = waiting.pop() {
        if let Err(error) = finish(cx, list, &mut waiting) {
            // Empty in the host so far: the difference is looked for again.
            waiting.push(list);
            waiting.into_iter().for_each(|list| exposed::add(Exposed::new(list)));
            return Err(error);
        }
    }
    Ok(())
}

/// Link a C-born list to an empty list of the host's.
fn start(op: *mut PyObject) -> HostObj {
    cross::link_realized(op, host().new_list(Vec::new()))
}

fn finish(cx: Cx<'_>, op: *mut PyObject, waiting: &mut Vec<*mut PyObject>) -> Result<()> {
    let Some(list) = lifetime::host_of(op).map(HostRef::to_owned) else { return Ok(()) };
    let in_c = in_mirror(op).to_vec();
    if in_c.contains(&null_mut()) {
        // C stores a list and fills it afterwards. The host's is empty until the last slot has its item.
        exposed::add(Exposed { stamp: host().list_stamp(list.as_ref()), ..Exposed::new(op) });
        return Ok(());
    }
    let mut host_items = Vec::with_capacity(in_c.len());
    for &item in &in_c {
        // SAFETY: a list's items are live.
        let item = unsafe { Obj::from_ptr(item) }.ok_or_else(|| cx.bad_internal_call())?;
        // SAFETY: as above.
        let is_list = unsafe { std::ptr::eq((*item.as_ptr()).ob_type, builtin!(PyList_Type)) };
        if is_list && !cross::is_linked(item.as_ptr()) {
            start(item.as_ptr());
            waiting.push(item.as_ptr());
        }
        host_items.push(item.give(cx)?);
    }
    let in_host = identities(&host_items);
    host().splice_list(list.as_ref(), 0..usize::MAX, host_items);
    let stamp = host().list_stamp(list.as_ref());
    let is_nested = containers(&in_c).next().is_some();
    exposed::add(Exposed { in_c, in_host, stamp, is_nested, ..Exposed::new(op) });
    Ok(())
}

/// A list mirror dies.
pub(crate) fn release(op: *mut PyObject) {
    if lists::is_offered() {
        lists::mirror_ends(op);
    } else {
        exposed::remove(op);
    }
    let old: Vec<*mut PyObject> = in_mirror(op).to_vec();
    // SAFETY: the mirror's array is libc's; its items are references.
    unsafe {
        let list: *mut PyListObject = op.cast();
        libc::free((*list).ob_item.cast());
        (*list).ob_item = null_mut();
        (*list).ob_base.ob_size = 0;
    }
    give_back(old);
}

/// Give up references that a list held.
fn give_back(items: Vec<*mut PyObject>) {
    for item in items {
        // SAFETY: the references were the list's.
        unsafe { lists::let_go(item) };
    }
}

/// C's changes of exposed lists go to the host.
#[inline]
pub(crate) fn sync_to_host() {
    if !exposed::none() {
        push_due();
    }
}

/// The host's changes of exposed lists come to the mirrors.
#[inline]
pub(crate) fn sync_to_c() {
    if !exposed::none() {
        pull_due(FEW_OF_HOST);
    }
}

/// All exposed lists look the same on both sides: mirrors hold nothing any more that the host took out of its lists.
pub(crate) fn sync_all() {
    for mirror in exposed::due(usize::MAX, |list| !is_as_known(list)) {
        push(mirror);
    }
    pull_due(usize::MAX);
}

/// The outermost crossing ends: what C did to the lists it met goes to the host, however many and long.
#[inline]
pub(crate) fn settle() {
    if !exposed::none() {
        settle_exposed();
    }
}

#[inline(never)]
fn settle_exposed() {
    for mirror in exposed::take_fresh() {
        if exposed::get(mirror).is_some_and(|list| list.in_c.as_slice() != in_mirror(mirror)) {
            push(mirror);
        }
        if exposed::get(mirror).is_some() && lifetime::is_idle(mirror) {
            rest(mirror);
        }
    }
    for mirror in exposed::due(FEW_OF_EITHER, |list| !is_as_known(list)) {
        push(mirror);
    }
}

/// The longest list of a C type that shows no items while C does not hold it.
const RESTING: usize = 32;

/// As many levels of lists of C types rest with the one that holds them.
const RESTING_LEVELS: usize = 16;

/// The mirror of a list of a C type lives as long as the list. Its items need not: what the host takes out of the list while C
/// has no way to it ends at once. They come back when it crosses; where they are too many to do that each time, or nested too
/// deeply, they stay.
fn rest(mirror: *mut PyObject) {
    let len = in_mirror(mirror).len();
    if len > RESTING || is_deep(mirror) {
        return exposed::unwatch(mirror);
    }
    let items = replace(mirror, 0..len, &[]);
    exposed::remove(mirror);
    give_back(items);
}

/// Whether more than [`RESTING_LEVELS`] of lists and tuples are nested in this one.
fn is_deep(mirror: *mut PyObject) -> bool {
    let (mut level, mut below) = (vec![mirror], Vec::new());
    for _ in 0..RESTING_LEVELS {
        for op in level.drain(..) {
            // SAFETY: what a live list holds is live.
            let is_tuple = unsafe { Obj::from_ptr(op) }.is_some_and(|op| op.type_has(Py_TPFLAGS_TUPLE_SUBCLASS));
            below.extend(containers(if is_tuple { tupleobject::items(op) } else { in_mirror(op) }));
        }
        below.sort_unstable();
        below.dedup();
        std::mem::swap(&mut level, &mut below);
    }
    !level.is_empty()
}

/// Let a mirror that rests show the host's items again.
pub(crate) fn wake(mirror: *mut PyObject) {
    let Some(list) = lifetime::host_of(mirror) else { return };
    if lists::is_offered() {
        return cross::fill_items(mirror, list, true);
    }
    if exposed::get(mirror).is_some() {
        return;
    }
    if !exposed::watch(mirror) {
        // Known from here on: it may hold itself.
        exposed::add(Exposed { stamp: host().list_stamp(list), ..Exposed::new(mirror) });
        cross::fill_items(mirror, list, true);
    } else if exposed::get(mirror).is_some_and(is_changed) {
        pull(mirror);
    }
}

/// An outermost crossing begins: what the host did to the lists that C kept comes to the mirrors.
#[inline]
pub(crate) fn begin() {
    if !exposed::none() {
        pull_due(FEW_OF_EITHER);
    }
}

/// As many are looked at when an outermost crossing begins or ends.
const FEW_OF_EITHER: usize = 128;
/// Up to this many lists the host's changes are looked for in all at each change of side: a stamp each.
const FEW_OF_HOST: usize = 64;
/// Up to this many lists C's changes are looked for in all: their items.
const FEW_OF_C: usize = 16;
/// Up to this length all of a list's items are compared at each change of side; of a longer one its ends, and one part.
const COMPARED: usize = 256;

/// Whether C did not change the list, as far as a bounded look tells.
fn is_as_known(list: &mut Exposed) -> bool {
    let (known, now) = (&list.in_c[..], in_mirror(list.mirror));
    if known.len() != now.len() || now.len() <= COMPARED {
        return known == now;
    }
    let part = COMPARED / 8;
    let start = if list.cursor + part > now.len() { 0 } else { list.cursor };
    list.cursor = start + part;
    let same = |range: Range<usize>| known[range.clone()] == now[range];
    same(0..part) && same(now.len() - part..now.len()) && same(start..start + part)
}

#[cold]
fn push_due() {
    for mirror in exposed::due(FEW_OF_C, |list| !is_as_known(list)) {
        push(mirror);
    }
}

/// What of `known` has to be replaced by what of `now`, to get the one from the other.
fn difference<T: PartialEq>(known: &[T], now: &[T]) -> (Range<usize>, Range<usize>) {
    let start = known.iter().zip(now).take_while(|(known, now)| known == now).count();
    let end =
        known[start..].iter().rev().zip(now[start..].iter().rev()).take_while(|(known, now)| known == now).count();
    (start..known.len() - end, start..now.len() - end)
}

/// Bring the host's list in step with its mirror.
fn push(mirror: *mut PyObject) {
    let Some(entry) = exposed::get(mirror) else { return };
    let (old, new) = difference(&entry.in_c, in_mirror(mirror));
    // C goes on close to where it was.
    entry.cursor = new.start.saturating_sub(1);
    push_change(mirror, old, new);
}

/// C replaced the items in `old` by those in `new`, and nothing else.
fn push_change(mirror: *mut PyObject, old: Range<usize>, new: Range<usize>) {
    let (Some(list), Some(entry)) = (lifetime::host_of(mirror), exposed::get(mirror)) else { return };
    let now = in_mirror(mirror);
    let is_all =
        entry.in_c.len() + new.len() == now.len() + old.len() && host().container_len(list) == entry.in_host.len();
    // If the other side changed it too, C's view is the one that was written.
    let (old, new) = if is_all { (old, new) } else { (0..usize::MAX, 0..now.len()) };
    let changed = now[new].to_vec();
    if changed.contains(&null_mut()) {
        return;
    }
    // SAFETY: the lock is held.
    let cx = unsafe { Cx::assume() };
    let Ok(host_items) = cross::host_list_items(cx, &changed) else {
        drop(cx.take_error());
        return;
    };
    let in_host = identities(&host_items);
    host().splice_list(list, old.clone(), host_items);
    let stamp = host().list_stamp(list);
    let Some(entry) = exposed::get(mirror) else { return };
    let old = old.start.min(entry.in_c.len())..old.end.min(entry.in_c.len());
    entry.is_nested |= containers(&changed).next().is_some();
    entry.in_c.splice(old.clone(), changed);
    entry.in_host.splice(old, in_host);
    entry.stamp = stamp;
}

#[cold]
fn pull_due(few: usize) {
    for mirror in exposed::due(few, is_changed) {
        pull(mirror);
    }
}

/// Whether the host may have changed the list.
#[inline]
fn is_changed(list: &mut Exposed) -> bool {
    lifetime::host_of(list.mirror)
        .is_some_and(|host_list| list.stamp.is_none() || list.stamp != host().list_stamp(host_list))
}

/// A list is an argument of a C function, or the result of an API function.
pub(crate) fn given(mirror: *mut PyObject) {
    if !lists::is_offered() {
        exposed::given(mirror);
    }
}

/// A list or tuple that has a mirror is given to C again. C reads all that it holds inline, so all of it is brought in step.
pub(crate) fn crossed(mirror: *mut PyObject) {
    if lists::is_offered() {
        return;
    }
    let is_c_list = lifetime::has_state(mirror, State::IN_C)
        // SAFETY: what crosses is live.
        && unsafe { Obj::from_ptr(mirror) }.is_some_and(|op| op.type_has(Py_TPFLAGS_LIST_SUBCLASS));
    if !is_c_list {
        if exposed::none() {
            return;
        }
        if exposed::get(mirror).is_some_and(|entry| !entry.is_nested && !is_changed(entry)) {
            return exposed::freshen(mirror);
        }
    }
    let is_first = WALK.with_borrow_mut(|walk| {
        let is_first = walk.is_none();
        walk.get_or_insert_default();
        is_first
    });
    if is_c_list {
        wake(mirror);
    }
    WALK.with_borrow_mut(|walk| walk.get_or_insert_default().push_front((mirror, 0)));
    if is_first {
        walk();
        WALK.set(None);
    }
}

/// How many levels below what crosses are brought in step each time. What lies deeper is, too, as long as the credit for such lists
/// lasts ([`exposed::spend`]), so that no time grows with the depth. Then it shows what it did when it last came in step: it does so
/// in turn, where few lists are exposed at each change of side, and when it crosses.
const DEPTH: usize = 32;

/// What a walk has still to look at, the nearest first, and how many levels down each is.
type Walk = VecDeque<(*mut PyObject, usize)>;
thread_local! {
    static WALK: RefCell<Option<Walk>> = const { RefCell::new(None) };
}

/// Bring the lists and tuples that the walk begins with in step, and all that they hold down to [`DEPTH`]. What crosses on the way
/// takes its turn in the same walk.
fn walk() {
    let name = exposed::begin_walk();
    let mut tuples: HashSet<usize, BuildHasherDefault<WordHasher>> = HashSet::default();
    while let Some((mirror, depth)) = WALK.with_borrow_mut(|walk| walk.as_mut().and_then(VecDeque::pop_front)) {
        let met = exposed::meet(mirror, name);
        if met == Some(false) {
            continue;
        }
        let is_list = met.is_some();
        if is_list && exposed::get(mirror).is_some_and(is_changed) {
            pull(mirror);
        }
        let has_none = is_list && !exposed::get(mirror).is_some_and(|entry| entry.is_nested);
        if has_none || depth >= DEPTH && !exposed::spend() {
            continue;
        }
        // SAFETY: what is given to C, and what it holds, is live.
        let is_tuple = unsafe { Obj::from_ptr(mirror) }.is_some_and(|op| op.type_has(Py_TPFLAGS_TUPLE_SUBCLASS));
        if !is_list && !(is_tuple && tuples.insert(mirror as usize)) {
            continue;
        }
        let inside = containers(if is_list { in_mirror(mirror) } else { tupleobject::items(mirror) });
        WALK.with_borrow_mut(|walk| {
            let walk = walk.get_or_insert_default();
            inside.for_each(|item| walk.push_back((item, depth + 1)));
        });
    }
}

/// Bring a mirror in step with the host's list.
fn pull(mirror: *mut PyObject) {
    let (Some(list), Some(entry)) = (lifetime::host_of(mirror), exposed::get(mirror)) else { return };
    if entry.is_pulled {
        return;
    }
    let stamp = host().list_stamp(list);
    // If C changed its length too, what Python sees is the truth.
    let is_all = in_mirror(mirror).len() != entry.in_c.len();
    let change =
        if is_all { Some((0..usize::MAX, host().items(list))) } else { host().list_change(list, &entry.in_host) };
    let Some((range, host_items)) = change else {
        entry.stamp = stamp;
        return;
    };
    let in_host = identities(&host_items);
    // The list may be among its own items, which cross now.
    entry.is_pulled = true;
    let new = mirrors(host_items);
    let Some(entry) = exposed::get(mirror) else { return give_back(new) };
    entry.is_pulled = false;
    let clamp = |len: usize| range.start.min(len)..range.end.min(len);
    entry.stamp = stamp;
    entry.in_host.splice(clamp(entry.in_host.len()), in_host);
    let old = replace(mirror, clamp(in_mirror(mirror).len()), &new);
    entry.in_c = in_mirror(mirror).to_vec();
    entry.is_nested |= containers(&new).next().is_some();
    // Last: it lets go of the old items, which may run anything.
    give_back(old);
}

fn check<'a>(cx: Cx<'_>, op: Obj<'a>) -> Result<Obj<'a>> {
    note_use(op.as_ptr());
    if !op.type_has(Py_TPFLAGS_LIST_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    catch_up(op.as_ptr());
    Ok(op)
}

/// As [`items`], of a list that C asks for by a function of the protocols.
pub(crate) fn items_now<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    catch_up(op);
    items(op)
}

/// C asks for this list by a function: what the host did to it since the last change of side is looked for, since not all lists are
/// looked at then, and destructors run without one. Where C wrote to it as well, the next change of side settles it.
fn catch_up(mirror: *mut PyObject) {
    if !is_compared(mirror) {
        return;
    }
    let is_due = |list: &mut Exposed| list.stamp.is_some() && is_changed(list) && is_as_known(list);
    if exposed::get(mirror).is_some_and(is_due) {
        pull(mirror);
    }
}

/// Put `new` (references) in place of the items in `range`, on both sides.
fn change(cx: Cx<'_>, op: *mut PyObject, range: Range<usize>, new: &[*mut PyObject]) -> Result<()> {
    let Some(old) = splice(op, range.clone(), new) else {
        give_back(new.to_vec());
        return Err(cx.error("MemoryError", ""));
    };
    if !lists::is_offered() {
        let end = range.start + new.len();
        push_change(op, range.clone(), range.start..end);
    }
    give_back(old);
    Ok(())
}

/// A list of `len` places; C fills them before anything else sees it.
#[capi]
fn PyList_New(cx: Cx<'_>, len: Py_ssize_t) -> Result<New> {
    let len = usize::try_from(len).map_err(|_| cx.bad_internal_call())?;
    let memory = lifetime::alloc_object(builtin!(PyList_Type), size_of::<PyListObject>());
    let list = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr();
    // SAFETY: fresh memory of a list's size.
    unsafe {
        if len > 0 {
            let array = libc::calloc(len, size_of::<usize>()).cast::<*mut PyObject>();
            if array.is_null() {
                lifetime::free_object(list.cast());
                return Err(cx.error("MemoryError", ""));
            }
            (*list.cast::<PyListObject>()).ob_item = array;
        }
        (*list.cast::<PyVarObject>()).ob_size = len as Py_ssize_t;
        (*list.cast::<PyListObject>()).allocated = len as Py_ssize_t;
        Ok(New::from_ptr(list).expect("just allocated"))
    }
}

/// The number of items.
#[capi]
fn PyList_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    Ok(items(check(cx, op)?.as_ptr()).len() as Py_ssize_t)
}

fn item_at(cx: Cx<'_>, op: *mut PyObject, index: Py_ssize_t) -> Result<*mut PyObject> {
    let item = usize::try_from(index).ok().and_then(|index| items(op).get(index)).copied();
    item.filter(|item| !item.is_null()).ok_or_else(|| cx.error("IndexError", "list index out of range"))
}

/// The item at `index`; borrowed.
#[capi]
fn PyList_GetItem<'a>(cx: Cx<'a>, op: Obj<'a>, index: Py_ssize_t) -> Result<Borrowed<'a>> {
    let item = item_at(cx, check(cx, op)?.as_ptr(), index)?;
    // SAFETY: the list keeps its items.
    Ok(Borrowed::of(unsafe { Obj::from_ptr(item) }.expect("checked")))
}

/// The item at `index`; a new reference.
#[capi]
fn PyList_GetItemRef(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t) -> Result<New> {
    if !op.type_has(Py_TPFLAGS_LIST_SUBCLASS) {
        return Err(cx.type_error("expected a list"));
    }
    let item = item_at(cx, check(cx, op)?.as_ptr(), index)?;
    // SAFETY: the list keeps its items.
    Ok(unsafe { Obj::from_ptr(item) }.expect("checked").to_new())
}

/// Store `item`, whose reference is taken, at `index`.
#[capi]
fn PyList_SetItem(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t, item: Option<Stolen<'_>>) -> Result<()> {
    let op = check(cx, op)?.as_ptr();
    let Some(index) = usize::try_from(index).ok().filter(|&index| index < items(op).len()) else {
        return Err(cx.error("IndexError", "list assignment index out of range"));
    };
    change(cx, op, index..index + 1, &[item.map_or(null_mut(), |item| item.into_new().into_ptr())])
}

/// Append an item.
#[capi]
fn PyList_Append(cx: Cx<'_>, op: Obj<'_>, item: Obj<'_>) -> Result<()> {
    let op = check(cx, op)?.as_ptr();
    append(cx, op, item.to_new())?;
    if is_compared(op) {
        let last = in_mirror(op).len() - 1;
        push_change(op, last..last, last..last + 1);
    }
    Ok(())
}

fn append(cx: Cx<'_>, op: *mut PyObject, item: New) -> Result<()> {
    if !append_pointer(op, item.as_ptr()) {
        return Err(cx.error("MemoryError", ""));
    }
    std::mem::forget(item);
    Ok(())
}

/// Put a reference at the end; `false`, and it is the caller's still, if there is no memory.
pub(crate) fn append_pointer(op: *mut PyObject, item: *mut PyObject) -> bool {
    let list: *mut PyListObject = op.cast();
    // SAFETY: a live list mirror.
    unsafe {
        let len = (*list).ob_base.ob_size;
        let before = (*list).allocated;
        if !reserve(list, len as usize + 1) {
            return false;
        }
        if before < len + 1 && is_compared(op) {
            // Inline appends come to us.
            (*list).allocated = len + 1;
        }
        (*list).ob_item.add(len as usize).write(item);
        (*list).ob_base.ob_size = len + 1;
    }
    true
}

/// Insert an item before `index`, as `list.insert` clips it.
#[capi]
fn PyList_Insert(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t, item: Obj<'_>) -> Result<()> {
    let op = check(cx, op)?;
    let len = items(op.as_ptr()).len() as Py_ssize_t;
    let index = if index < 0 { (index + len).max(0) } else { index.min(len) } as usize;
    change(cx, op.as_ptr(), index..index, &[item.to_new().into_ptr()])
}

/// The items from `low` to `high` as a new list.
#[capi]
fn PyList_GetSlice(cx: Cx<'_>, op: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t) -> Result<New> {
    let items = items(check(cx, op)?.as_ptr());
    let len = items.len() as Py_ssize_t;
    let low = low.clamp(0, len);
    let high = high.clamp(low, len);
    from_items(cx, &items[low as usize..high as usize])
}

/// A C-born list of these live objects.
pub(crate) fn from_items(cx: Cx<'_>, items: &[*mut PyObject]) -> Result<New> {
    // SAFETY: called with the lock held.
    let list = unsafe { New::from_ptr(PyList_New(0)) }.ok_or_else(|| cx.pending())?;
    for &item in items {
        // SAFETY: callers pass live objects.
        if let Some(item) = unsafe { Obj::from_ptr(item) } {
            append(cx, list.as_ptr(), item.to_new())?;
        }
    }
    Ok(list)
}

/// `list[low:high] = values`, or deletion for NULL.
#[capi]
fn PyList_SetSlice(cx: Cx<'_>, op: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t, values: Option<Obj<'_>>) -> Result<()> {
    let op = check(cx, op)?;
    let mut fresh = Vec::new();
    if let Some(values) = values {
        let values = crate::abstract_::sequence::fast(cx, values, "can only assign an iterable")?;
        // SAFETY: `values` keeps them meanwhile.
        fresh.extend(crate::abstract_::sequence::items_of(values.obj()).unwrap_or_default().iter().map(
            |&item| unsafe {
                lifetime::incref(item);
                item
            },
        ));
    }
    let len = items(op.as_ptr()).len() as Py_ssize_t;
    let low = low.clamp(0, len) as usize;
    let high = high.clamp(low as Py_ssize_t, len) as usize;
    change(cx, op.as_ptr(), low..high, &fresh)
}

fn through_host(cx: Cx<'_>, op: Obj<'_>, method: &str, arguments: &[HostRef]) -> Result<()> {
    let op = check(cx, op)?;
    let list = op.give(cx)?;
    let mut args = vec![list.as_ref()];
    args.extend_from_slice(arguments);
    cx.call_builtin_method("list", method, &args)?;
    if !lists::is_offered() {
        pull(op.as_ptr());
    }
    Ok(())
}

/// `list.sort()`.
#[capi]
fn PyList_Sort(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    through_host(cx, op, "sort", &[])
}

/// `list.reverse()`.
#[capi]
fn PyList_Reverse(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    through_host(cx, op, "reverse", &[])
}

/// `list.extend(iterable)`.
#[capi]
fn PyList_Extend(cx: Cx<'_>, op: Obj<'_>, iterable: Obj<'_>) -> Result<()> {
    let iterable = iterable.give(cx)?;
    through_host(cx, op, "extend", &[iterable.as_ref()])
}

/// `list.clear()`.
#[capi]
fn PyList_Clear(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    clear(cx, check(cx, op)?.as_ptr());
    Ok(())
}

/// Take every item out of a list, on both sides.
pub(crate) fn clear(cx: Cx<'_>, op: *mut PyObject) {
    change(cx, op, 0..in_mirror(op).len(), &[]).expect("nothing grows");
}

/// The items as a new tuple.
#[capi]
fn PyList_AsTuple(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    Ok(tupleobject::from_items(items(check(cx, op)?.as_ptr())))
}
