//! Which lists both sides hold, and what each looked like when the sides last agreed (`docs/decisions/001`).
//!
//! Every operation costs the same however many lists there are.

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use object_mirror::map::WordHasher;
use object_mirror::object::PyObject;

/// A list both sides hold, and what it looked like when they last agreed.
pub(crate) struct Exposed {
    pub mirror: *mut PyObject,
    /// The mirror's items then.
    pub in_c: Vec<*mut PyObject>,
    /// The identities of the host's items then.
    pub in_host: Vec<usize>,
}

/// How many exposed lists one change of side looks at: the cost of a crossing must not grow with their number.
const LOOKED_AT: usize = 16;

#[derive(Default)]
struct Lists {
    all: Vec<Exposed>,
    /// Where in `all` a mirror's entry is.
    places: HashMap<usize, usize, BuildHasherDefault<WordHasher>>,
    /// Where the next turn of those that are not the youngest begins.
    turn: usize,
    /// Lists exposed since the outermost crossing began: each is compared in full once, when it ends, for no more than
    /// what making the entry cost.
    fresh: Vec<*mut PyObject>,
}

struct Shared(UnsafeCell<Option<Lists>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Shared {}
static LISTS: Shared = Shared(UnsafeCell::new(None));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn lists() -> &'static mut Lists {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { (*LISTS.0.get()).get_or_insert_default() }
}

/// Whether no list is exposed.
#[inline]
pub(crate) fn none() -> bool {
    // SAFETY: as in `lists`.
    unsafe { (*LISTS.0.get()).as_ref().is_none_or(|lists| lists.all.is_empty()) }
}

/// From now on both sides hold this list.
pub(crate) fn add(entry: Exposed) {
    let lists = lists();
    lists.fresh.push(entry.mirror);
    match lists.places.insert(entry.mirror as usize, lists.all.len()) {
        Some(place) => {
            lists.places.insert(entry.mirror as usize, place);
            lists.all[place] = entry;
        }
        None => lists.all.push(entry),
    }
}

/// The mirror dies: nothing is to be kept in step any more.
pub(crate) fn remove(mirror: *mut PyObject) {
    let lists = lists();
    let Some(place) = lists.places.remove(&(mirror as usize)) else { return };
    lists.all.swap_remove(place);
    if let Some(moved) = lists.all.get(place) {
        lists.places.insert(moved.mirror as usize, place);
    }
}

/// The entry of a list, if it is exposed. Not to be kept over a call.
pub(crate) fn get(mirror: *mut PyObject) -> Option<&'static mut Exposed> {
    let lists = lists();
    let place = *lists.places.get(&(mirror as usize))?;
    lists.all.get_mut(place)
}

/// The lists whose turn it is: the youngest, which are the likeliest to change, and some others; all where there are few.
pub(crate) fn due() -> impl Iterator<Item = *mut PyObject> {
    let lists = lists();
    let len = lists.all.len();
    let youngest = if len <= LOOKED_AT { len } else { LOOKED_AT / 2 };
    let others = if len <= LOOKED_AT { 0 } else { LOOKED_AT / 2 };
    let turn = lists.turn;
    lists.turn = turn.wrapping_add(others);
    // A list may be dropped while the caller goes through them: places past the end have none.
    (len - youngest..len)
        .chain((0..others).map(move |step| turn.wrapping_add(step) % len))
        .filter_map(|place| self::lists().all.get(place).map(|entry| entry.mirror))
}

/// The lists exposed since this was last asked that still are.
pub(crate) fn take_fresh() -> Vec<*mut PyObject> {
    let lists = lists();
    if lists.fresh.is_empty() {
        return Vec::new();
    }
    let mut fresh = std::mem::take(&mut lists.fresh);
    fresh.retain(|&mirror| lists.places.contains_key(&(mirror as usize)));
    fresh
}
