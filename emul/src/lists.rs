//! Lists whose items lie in their mirror's array on both sides, on a host that offers [`ListStorage`] (`docs/decisions/013`).
//!
//! Such a list's link is a wrapper's: the host's list holds the mirror by the share, and the mirror holds the items, each by a
//! counted reference. So what C writes inline is what the host reads next, and a collection sees the items by the mirror's
//! traversal. Ints lie there as C-born ones that no link ties to the host; all else is linked when the host first meets it, so
//! that an item is the same object each time it is read.
//!
//! The host's part: [`look`] at what it reads, [`to_host`] where a look does not tell, [`Work`] for what it changes.

use std::ops::Range;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use object_mirror::Py_ssize_t;
use object_mirror::listobject::PyListObject;
use object_mirror::object::{Py_TPFLAGS_LIST_SUBCLASS, PyObject, is_immortal};
use refcount_bridge::State;

use crate::boundary::{Cx, Obj, Raised};
use crate::host::{HostObj, HostRef, HostResult, Kind, ListStorage, host, offers};
use crate::lifetime::{self, bridge};
use crate::statics::builtin;
use crate::{cross, freed, listobject, lock, longobject, pystate};

/// Whether the host offers [`ListStorage`]: asked at each crossing of a list.
static OFFERED: AtomicBool = AtomicBool::new(false);

pub(crate) fn note_offer(offered: bool) {
    OFFERED.store(offered, Relaxed);
}

#[inline]
pub(crate) fn is_offered() -> bool {
    OFFERED.load(Relaxed)
}

fn storage() -> Option<&'static dyn ListStorage> {
    offers().list_storage
}

// ---- switching

/// A wrapper's link for a list whose items will be the mirror's.
pub(crate) fn link(mirror: *mut PyObject, list: HostRef) {
    let identity = host().identity(list.word());
    lifetime::link_wrapper(mirror, list, Some(identity));
    bridge(|bridge| bridge.link(mirror).set(State::TRACKED));
}

/// The items of the host's list go to its mirror, which is linked to it and empty.
pub(crate) fn move_to_mirror(mirror: *mut PyObject, list: HostRef) {
    let Some(storage) = storage() else { return };
    loop {
        let items = host().items(list);
        let held: Vec<Held> = items.iter().map(|item| hold(item.as_ref())).collect();
        // What crossed may have run anything, which may have changed the list.
        if storage.move_items(list, mirror, &items) {
            return install(mirror, held);
        }
    }
}

fn install(mirror: *mut PyObject, held: Vec<Held>) {
    let len = listobject::in_mirror(mirror).len();
    let old = listobject::splice(mirror, 0..len, &pointers(held)).expect("memory for a list");
    old.into_iter().for_each(|item| drop(Held(item)));
}

/// The host's list for one that C made: nothing is copied, and what the slots hold is of no matter yet.
pub(crate) fn realize(mirror: *mut PyObject) -> Option<HostObj> {
    watch(mirror);
    let list = storage()?.list_over(mirror);
    link(mirror, list.as_ref());
    Some(list)
}

/// Where freed objects are watched for, none may be among the items of a list that the host gets.
fn watch(mirror: *mut PyObject) {
    if freed::is_watched() {
        listobject::in_mirror(mirror).iter().for_each(|&item| freed::check_crossing(item));
    }
}

/// The host's list, new and empty, gets the items of the mirror, which it has been linked to.
pub(crate) fn adopt(mirror: *mut PyObject, list: HostRef) {
    watch(mirror);
    if let Some(storage) = storage() {
        storage.move_items(list, mirror, &[]);
    }
}

/// The mirror's link is about to end, or its items are: the host does not look at them any more.
pub(crate) fn mirror_ends(mirror: *mut PyObject) {
    if !is_offered() || !is_list(mirror) {
        return;
    }
    if let (Some(storage), Some(list)) = (storage(), lifetime::host_of(mirror)) {
        storage.leave_mirror(list);
    }
}

fn is_list(mirror: *mut PyObject) -> bool {
    // SAFETY: callers pass live mirrors, or such as are in their destructor.
    unsafe { Obj::from_ptr(mirror) }.is_some_and(|op| op.type_has(Py_TPFLAGS_LIST_SUBCLASS))
}

// ---- reading

/// What the host finds in a slot of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// C has not filled it.
    Empty,
    /// An exact int.
    Int(i64),
    /// The object that this word names; the link's own word, good while the item is in the list.
    Word(usize),
    /// What [`to_host`] gives.
    Other,
}

/// Look at an item. A thread that is attached to the host may; nothing runs.
///
/// # Safety
/// A list's item: NULL or live.
#[inline]
pub unsafe fn look(item: *mut PyObject) -> Look {
    if item.is_null() {
        return Look::Empty;
    }
    // SAFETY: the caller's contract.
    if unsafe { std::ptr::eq((*item).ob_type, builtin!(PyLong_Type)) }
        && let Some(value) = longobject::short_value(item)
    {
        return Look::Int(value);
    }
    let link = bridge(|bridge| bridge.link(item));
    if link.host() != 0 && link.has(State::SHARED | State::IMMORTAL) { Look::Word(link.host()) } else { Look::Other }
}

/// The host's object for an item, which is the same from now on.
///
/// # Safety
/// As for [`look`].
pub unsafe fn to_host(item: *mut PyObject) -> HostResult<HostObj> {
    let _work = Work::begin();
    // SAFETY: the guard holds the lock.
    let cx = unsafe { Cx::assume() };
    // SAFETY: the caller's contract.
    let Some(item) = (unsafe { Obj::from_ptr(item) }) else {
        cx.system_error("an item of the list has not been set");
        return Err(crate::slots::pending(cx));
    };
    // Whatever crossing runs may take it out of the list.
    let item = item.to_new();
    cross::item_to_host(cx, item.obj()).map_err(|Raised { .. }| crate::slots::pending(cx))
}

// ---- writing

/// A reference for a list to hold: one that is in no list is given back.
#[derive(Debug)]
pub struct Held(*mut PyObject);

impl Held {
    /// What it refers to.
    pub fn item(&self) -> *mut PyObject {
        self.0
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        let _held = lock::hold();
        if !self.0.is_null() {
            // SAFETY: this reference keeps it live.
            unsafe { lifetime::incref(self.0) };
        }
        Self(self.0)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _held = lock::hold();
        // SAFETY: the reference was this one's.
        unsafe { let_go(self.0) };
    }
}

fn pointers(held: Vec<Held>) -> Vec<*mut PyObject> {
    let pointers = held.iter().map(|held| held.0).collect();
    held.into_iter().for_each(std::mem::forget);
    pointers
}

/// The reference for an object of the host's.
fn hold(object: HostRef) -> Held {
    let new = match host().kind(object) {
        Kind::Unboxed(value) => longobject::new_from_i64(value),
        _ => cross::to_c_shared(object),
    };
    Held(new.into_ptr())
}

/// A list lets go of an item, or a buffer of its exporter: a value that nobody else in C holds goes when the frame
/// returns.
///
/// # Safety
/// `item` is NULL or live, the reference is given up, and the lock is held.
pub(crate) unsafe fn let_go(item: *mut PyObject) {
    // SAFETY: the caller's contract.
    unsafe {
        if item.is_null() || is_immortal((*item).ob_refcnt) {
            return;
        }
        if (*item).ob_refcnt == 2 {
            (*item).ob_refcnt = 1;
            if bridge(|bridge| bridge.unretain_idle(item)) {
                pystate::lend_mirror(item);
            }
            return;
        }
        lifetime::decref(item);
    }
}

/// There is no memory for that many items.
#[derive(Debug)]
pub struct NoMemory;

/// The host changes lists: the lock is held, and what nobody holds any more ends with this.
///
/// Whatever is dropped, here or by one of the methods, may run C's destructors and Python code; each leaves the list whole before.
#[must_use]
#[allow(missing_debug_implementations, reason = "a guard has nothing to show")]
pub struct Work(#[allow(dead_code, reason = "held until dropped")] (pystate::Ending, lock::Held));

impl Work {
    /// Begin. By a thread that is attached to the host.
    pub fn begin() -> Self {
        let held = lock::hold();
        Self((pystate::Ending::enter(), held))
    }

    /// The reference for an object of the host's. May allocate, and run anything.
    pub fn hold(&self, object: HostRef) -> Held {
        hold(object)
    }

    /// The reference for an int.
    pub fn hold_int(&self, value: i64) -> Held {
        Held(longobject::new_from_i64(value).into_ptr())
    }

    /// More references to the items in `range` of a list.
    pub fn copies(&self, list: *mut PyObject, range: Range<usize>) -> Vec<Held> {
        let items = listobject::in_mirror(list);
        let len = items.len();
        let items = &items[range.start.min(len)..range.end.min(len)];
        let held = |&item: &*mut PyObject| {
            if !item.is_null() {
                // SAFETY: a list's items are live.
                unsafe { lifetime::incref(item) };
            }
            Held(item)
        };
        items.iter().map(held).collect()
    }

    /// Put `new` in the place of the items in `range`, which may go beyond the end.
    pub fn splice(&self, list: *mut PyObject, range: Range<usize>, new: Vec<Held>) -> Result<(), NoMemory> {
        let len = listobject::in_mirror(list).len();
        let range = range.start.min(len)..range.end.min(len).max(range.start.min(len));
        let pointers = pointers(new);
        let Some(old) = listobject::splice(list, range, &pointers) else {
            pointers.into_iter().for_each(|item| drop(Held(item)));
            return Err(NoMemory);
        };
        old.into_iter().for_each(|item| drop(Held(item)));
        Ok(())
    }

    /// Put `item` at the end.
    pub fn push(&self, list: *mut PyObject, item: Held) -> Result<(), NoMemory> {
        if !listobject::append_pointer(list, item.0) {
            return Err(NoMemory);
        }
        std::mem::forget(item);
        Ok(())
    }

    /// Put `item` in the place of another; `false`: there is none.
    pub fn set(&self, list: *mut PyObject, at: usize, item: Held) -> bool {
        if at >= listobject::in_mirror(list).len() {
            return false;
        }
        // SAFETY: a live list with more items than that.
        let place = unsafe { (*list.cast::<PyListObject>()).ob_item.add(at) };
        // SAFETY: as above; the reference there becomes ours.
        let old = unsafe { std::mem::replace(&mut *place, item.0) };
        std::mem::forget(item);
        drop(Held(old));
        true
    }

    /// Remove the items at these places, which come in order.
    pub fn remove_each(&self, list: *mut PyObject, places: &[usize]) {
        let mut places = places.iter().copied().peekable();
        let (mut kept, mut gone) = (0, Vec::new());
        let items = listobject::in_mirror(list);
        for (at, &item) in items.iter().enumerate() {
            if places.next_if_eq(&at).is_some() {
                gone.push(Held(item));
                continue;
            }
            // SAFETY: `kept` is not beyond `at`.
            unsafe { (*list.cast::<PyListObject>()).ob_item.add(kept).write(item) };
            kept += 1;
        }
        // SAFETY: a live list.
        unsafe { (*list.cast::<PyListObject>()).ob_base.ob_size = kept as Py_ssize_t };
        drop(gone);
    }

    /// Reverse the items.
    pub fn reverse(&self, list: *mut PyObject) {
        let len = listobject::in_mirror(list).len();
        if len > 1 {
            // SAFETY: a live list with that many items; nothing runs meanwhile.
            unsafe { std::slice::from_raw_parts_mut((*list.cast::<PyListObject>()).ob_item, len) }.reverse();
        }
    }

    /// Take all items away; the array goes too. C sees an empty list until they are [put back](Work::put_back), and whether it
    /// was used meanwhile can be told.
    pub fn take(&self, list: *mut PyObject) -> Vec<Held> {
        let items = listobject::in_mirror(list).iter().map(|&item| Held(item)).collect();
        let list: *mut PyListObject = list.cast();
        // SAFETY: a live list, whose array is libc's; the references are the result's.
        unsafe {
            libc::free((*list).ob_item.cast());
            (*list).ob_item = null_mut();
            (*list).ob_base.ob_size = 0;
            (*list).allocated = -1;
        }
        items
    }

    /// The items that were taken away come back, in any order. `Ok(false)`: somebody used the list meanwhile; what it put there
    /// is gone.
    pub fn put_back(&self, list: *mut PyObject, items: Vec<Held>) -> Result<bool, NoMemory> {
        // SAFETY: a live list.
        let unused = unsafe { (*list.cast::<PyListObject>()).allocated == -1 };
        self.splice(list, 0..usize::MAX, items)?;
        Ok(unused)
    }
}
