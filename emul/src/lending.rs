//! References that containers lend: `PyDict_GetItem`, `PyDict_Next`...
//!
//! C may use such a reference as long as the container holds the item, without one of its own. So the container's mirror
//! owns the mirrors of the values it lent, until it dies or a sweep, once their number doubled, finds that the container
//! no longer holds them. What C stored in the namespace of a module or a class it uses in the same way
//! (`PyModule_AddObject` takes the reference, and the static pointer stays); that is kept by name. Instances of C types need none of this: the container's wrapper of them keeps them.

use std::cell::UnsafeCell;
use std::collections::{HashMap, HashSet};

use object_mirror::object::{Py_TPFLAGS_LIST_SUBCLASS, PyObject, is_immortal};
use refcount_bridge::State;
use refcount_bridge::rules::{self, Rule};

use crate::boundary::{Borrowed, New, Obj};
use crate::host::{HostObj, Kind, host};
use crate::lifetime::bridge;
use crate::{cross, lifetime};

/// The least number of lent items at which a container is swept.
const FIRST_SWEEP: usize = 64;

struct Items {
    mirrors: HashSet<usize>,
    sweep_at: usize,
    /// What C itself stored in a namespace, by name.
    stored: HashMap<Vec<u8>, usize>,
}

impl Items {
    fn all(&self) -> impl Iterator<Item = *mut PyObject> + '_ {
        self.mirrors.iter().chain(self.stored.values()).map(|&mirror| mirror as *mut PyObject)
    }
}

struct Containers(UnsafeCell<Option<HashMap<usize, Items>>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Containers {}
static CONTAINERS: Containers = Containers(UnsafeCell::new(None));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn containers() -> &'static mut Option<HashMap<usize, Items>> {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { &mut *CONTAINERS.0.get() }
}

struct Lasting(UnsafeCell<Vec<*mut PyObject>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Lasting {}
static LASTING: Lasting = Lasting(UnsafeCell::new(Vec::new()));

/// The containers of C types that lent something.
#[allow(clippy::mut_from_ref, reason = "as above")]
fn lasting() -> &'static mut Vec<*mut PyObject> {
    // SAFETY: as above.
    unsafe { &mut *LASTING.0.get() }
}

/// Lend `item`, which the dict `container` holds.
pub(crate) fn lend<'a>(container: Obj<'_>, item: HostObj) -> Borrowed<'a> {
    let new = cross::to_c_shared(item.as_ref());
    let borrowed = Borrowed::of_static(new.as_ptr());
    if needs_owner(&new) && keep(container.as_ptr(), new) {
        sweep(container.as_ptr());
    }
    borrowed
}

/// C gets a reference of its own to `item`, which the dict `container` holds. It may give that back and go on using the item:
/// the dict owns it from now on as if it had lent it. A number's mirror is that one reference's alone.
pub(crate) fn shown(container: Obj<'_>, item: &New) {
    if needs_owner(item) && lifetime::has_state(item.as_ptr(), State::SHARED) {
        let _swept_later = keep(container.as_ptr(), item.obj().to_new());
    }
}

/// Sweep a dict that was shown more than it had.
pub(crate) fn sweep_if_due(container: *mut PyObject) {
    let items = containers().as_ref().and_then(|all| all.get(&(container as usize)));
    if items.is_some_and(|items| items.mirrors.len() >= items.sweep_at) {
        sweep(container);
    }
}

/// Whether nobody but C's own references would keep the mirror.
fn needs_owner(item: &New) -> bool {
    let mirror = item.as_ptr();
    // SAFETY: a live mirror.
    let immortal = is_immortal(unsafe { (*mirror).ob_refcnt });
    let by_its_wrapper = rests_never(item) && lifetime::has_state(mirror, State::IN_C);
    !immortal && !by_its_wrapper && !lifetime::has_state(mirror, State::IMMORTAL)
}

/// Drop all that containers lent and hold no more: a collection of everything finds nothing alive on their account.
pub(crate) fn sweep_all() {
    let all: Vec<usize> = containers().iter().flat_map(HashMap::keys).copied().collect();
    for container in all {
        let container = container as *mut PyObject;
        if has_lent(container) {
            sweep(container);
        }
    }
}

/// The dict of a module or a class: C forgets its references to what it stores there, and keeps the pointers.
pub(crate) fn mark_namespace(dict: *mut PyObject) {
    bridge(|bridge| bridge.link(dict).set(State::NAMESPACE));
}

/// As [`mark_namespace`], of a class.
pub(crate) fn mark_class_namespace(dict: *mut PyObject) {
    bridge(|bridge| bridge.link(dict).set(State::NAMESPACE | State::OF_CLASS));
}

/// Whether it is the dict of a class.
pub(crate) fn is_class_namespace(dict: *mut PyObject) -> bool {
    is_namespace(dict) && lifetime::has_state(dict, State::OF_CLASS)
}

/// Whether it is the dict of a module or a class.
pub(crate) fn is_namespace(dict: *mut PyObject) -> bool {
    lifetime::has_state(dict, State::NAMESPACE)
}

/// C stored `item` in the dict under `name`: in a namespace, the item's mirror lasts until C stores another.
pub(crate) fn stored(dict: *mut PyObject, name: impl FnOnce() -> Vec<u8>, item: Obj<'_>) {
    let item = item.as_ptr();
    // SAFETY: a live mirror.
    let immortal = is_immortal(unsafe { (*item).ob_refcnt });
    if immortal || !is_namespace(dict) || lifetime::has_state(item, State::IN_C) {
        return;
    }
    // SAFETY: as above.
    unsafe { lifetime::incref(item) };
    let before = items_of(dict).stored.insert(name(), item as usize);
    if let Some(before) = before {
        // SAFETY: the table owned one reference.
        unsafe { lifetime::decref(before as *mut PyObject) };
    }
}

fn items_of(container: *mut PyObject) -> &'static mut Items {
    containers().get_or_insert_default().entry(container as usize).or_insert_with(|| Items {
        mirrors: HashSet::new(),
        sweep_at: FIRST_SWEEP,
        stored: HashMap::new(),
    })
}

fn rests_never(item: &New) -> bool {
    !item.obj().type_has(Py_TPFLAGS_LIST_SUBCLASS)
}

/// Give `container` the reference, unless it has one already; whether it should be swept.
fn keep(container: *mut PyObject, item: New) -> bool {
    if !rules::holds(Rule::Owners) {
        return false;
    }
    let items = items_of(container);
    if !items.mirrors.insert(item.as_ptr() as usize) {
        drop(item);
        return false;
    }
    let _kept = item.into_ptr();
    let is_full = items.mirrors.len() >= items.sweep_at;
    if items.mirrors.len() == 1 && lifetime::has_state(container, State::IN_C) {
        lasting().push(container);
    }
    is_full
}

/// The outermost crossing ends: containers of C types, whose mirrors live as long as they do, keep nothing of what they lent
/// while C has no way to them.
#[inline]
pub(crate) fn settle() {
    if !lasting().is_empty() {
        settle_lasting();
    }
}

#[cold]
fn settle_lasting() {
    for container in std::mem::take(lasting()) {
        if !has_lent(container) {
            continue;
        }
        if lifetime::is_idle(container) {
            release(container);
        } else {
            lasting().push(container);
        }
    }
}

fn has_lent(container: *mut PyObject) -> bool {
    containers().as_ref().is_some_and(|all| all.contains_key(&(container as usize)))
}

/// Drop what the container lent and holds no more.
#[cold]
fn sweep(container: *mut PyObject) {
    let Some(dict) = lifetime::host_of(container) else { return };
    if host().kind(dict) != Kind::Dict {
        // A function: its mirror goes as soon as C has no way to it, and what it lent with it.
        return;
    }
    let mut held = HashSet::new();
    let mut position = 0;
    while let Some((next, key, value)) = host().dict_next(dict, position) {
        position = next;
        held.extend([host().identity(key.word()), host().identity(value.word())]);
    }
    let gone = |mirror: usize| {
        lifetime::host_of(mirror as *mut PyObject).is_some_and(|item| !held.contains(&host().identity(item.word())))
    };
    let Some(items) = containers().as_mut().and_then(|all| all.get_mut(&(container as usize))) else { return };
    let dropped: Vec<usize> = items.mirrors.iter().copied().filter(|&mirror| gone(mirror)).collect();
    for mirror in &dropped {
        items.mirrors.remove(mirror);
    }
    items.sweep_at = (items.mirrors.len() * 2).max(FIRST_SWEEP);
    for mirror in dropped {
        // SAFETY: the table owned one reference.
        unsafe { lifetime::decref(mirror as *mut PyObject) };
    }
}

/// The mirrors that the container's owns.
pub(crate) fn lent_by(container: *mut PyObject) -> Vec<*mut PyObject> {
    let items = containers().as_ref().and_then(|all| all.get(&(container as usize)));
    items.map_or_else(Vec::new, |items| items.all().collect())
}

/// The container's mirror dies, and with it what it lent.
pub(crate) fn release(container: *mut PyObject) {
    let Some(items) = containers().as_mut().and_then(|all| all.remove(&(container as usize))) else { return };
    for mirror in items.all() {
        // SAFETY: the table owned one reference.
        unsafe { lifetime::decref(mirror) };
    }
}
