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
    /// The host's stamp of the list then.
    pub stamp: Option<u32>,
    /// Whether there were lists or tuples among the items: C reaches what they hold without a call.
    pub is_nested: bool,
    /// Where in a long list C's changes are looked for next.
    pub cursor: usize,
    /// The thread that compares it in full when its outermost crossing ends, of several the last; 0: none.
    pub fresh_in: usize,
    /// The host's changes are being brought to C: items cross, and the list may be among them.
    pub is_pulled: bool,
    /// The last walk through what a list holds that met it.
    pub walk: u64,
}

impl Exposed {
    pub(crate) fn new(mirror: *mut PyObject) -> Self {
        Self {
            mirror,
            in_c: Vec::new(),
            in_host: Vec::new(),
            stamp: None,
            is_nested: false,
            cursor: 0,
            fresh_in: 0,
            is_pulled: false,
            walk: 0,
        }
    }
}

/// How many of the lists given to C as such, and still held by it, are remembered.
const ROOTS: usize = 16;

/// How many of the lists that C passed to the host are remembered.
const PASSED: usize = 4;

#[derive(Default)]
struct Lists {
    all: Vec<Exposed>,
    /// Where in `all` a mirror's entry is.
    places: HashMap<usize, usize, BuildHasherDefault<WordHasher>>,
    /// Where the next turn of those that are neither roots nor close begins.
    turn: usize,
    /// By thread, the lists exposed or given to C since its outermost crossing began: each is compared in full once, when that
    /// ends, for no more than what making the entry cost. Other threads come and go meanwhile, and take none of them.
    fresh: HashMap<usize, Vec<*mut PyObject>, BuildHasherDefault<WordHasher>>,
    /// The lists last given to C as arguments and results.
    roots: Vec<*mut PyObject>,
    /// The list that C used last.
    used: usize,
    /// The lists that C passed to the host last, which may change them.
    passed: [usize; PASSED],
    /// How many walks there were.
    walks: u64,
    /// What walks have spent of their credit for lists that lie deep.
    spent: usize,
    /// Lists of C types that C has no way to: they are not watched, and are compared when they cross again.
    unwatched: HashMap<usize, Exposed, BuildHasherDefault<WordHasher>>,
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
    let mirror = entry.mirror;
    let lists = lists();
    match lists.places.insert(mirror as usize, lists.all.len()) {
        Some(place) => {
            lists.places.insert(mirror as usize, place);
            lists.all[place] = entry;
        }
        None => lists.all.push(entry),
    }
    freshen(mirror);
}

/// C may change this list inline until this thread's outermost crossing ends.
pub(crate) fn freshen(mirror: *mut PyObject) {
    let (lists, thread) = (lists(), this_thread());
    let Some(&place) = lists.places.get(&(mirror as usize)) else { return };
    if std::mem::replace(&mut lists.all[place].fresh_in, thread) != thread {
        lists.fresh.entry(thread).or_default().push(mirror);
    }
}

/// A walk meets the list, which C may change from now on. Whether for the first time; `None`: it is not exposed.
pub(crate) fn meet(mirror: *mut PyObject, walk: u64) -> Option<bool> {
    let (lists, thread) = (lists(), this_thread());
    let entry = &mut lists.all[*lists.places.get(&(mirror as usize))?];
    if std::mem::replace(&mut entry.walk, walk) == walk {
        return Some(false);
    }
    if std::mem::replace(&mut entry.fresh_in, thread) != thread {
        lists.fresh.entry(thread).or_default().push(mirror);
    }
    Some(true)
}

/// A word that is this thread's while it lives, and is not 0.
#[inline]
fn this_thread() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}

/// The list is an argument of a C function, or the result of an API function.
pub(crate) fn given(mirror: *mut PyObject) {
    let roots = &mut lists().roots;
    if roots.contains(&mirror) {
        return;
    }
    if roots.len() == ROOTS {
        roots.remove(0);
    }
    roots.push(mirror);
}

/// The name of a new walk through what a list holds.
pub(crate) fn begin_walk() -> u64 {
    let lists = lists();
    lists.walks += 1;
    lists.spent = lists.spent.saturating_sub(CREDIT);
    lists.walks
}

/// How many lists that lie deep may be looked at for each walk; what one leaves another may use, up to a number that a nest takes
/// in which a thousand lists are put one around the other.
const CREDIT: usize = 128;
const MOST_CREDIT: usize = 1 << 19;

/// Look at one of them, if some of the credit is left.
pub(crate) fn spend() -> bool {
    let lists = lists();
    let is_left = lists.spent < MOST_CREDIT;
    lists.spent += usize::from(is_left);
    is_left
}

/// C passed the list to an API function.
#[inline]
pub(crate) fn used(mirror: *mut PyObject) {
    lists().used = mirror as usize;
}

/// C passes the list to the host: what either side does to it shows to the other at the next change of side.
#[inline]
pub(crate) fn passed(mirror: *mut PyObject) {
    if none() {
        return;
    }
    let passed = &mut lists().passed;
    if passed[0] != mirror as usize {
        passed.rotate_right(1);
        passed[0] = mirror as usize;
    }
}

/// The mirror dies: nothing is to be kept in step any more.
pub(crate) fn remove(mirror: *mut PyObject) {
    if take(mirror).is_none() {
        lists().unwatched.remove(&(mirror as usize));
    }
}

fn take(mirror: *mut PyObject) -> Option<Exposed> {
    let lists = lists();
    let place = lists.places.remove(&(mirror as usize))?;
    lists.roots.retain(|&root| !std::ptr::eq(root, mirror));
    let entry = lists.all.swap_remove(place);
    if let Some(moved) = lists.all.get(place) {
        lists.places.insert(moved.mirror as usize, place);
    }
    Some(entry)
}

/// C has no way to the list until it crosses again.
pub(crate) fn unwatch(mirror: *mut PyObject) {
    if let Some(entry) = take(mirror) {
        lists().unwatched.insert(mirror as usize, entry);
    }
}

/// An unwatched list crosses again; whether it was one.
pub(crate) fn watch(mirror: *mut PyObject) -> bool {
    match lists().unwatched.remove(&(mirror as usize)) {
        Some(entry) => {
            add(entry);
            true
        }
        None => false,
    }
}

/// The entry of a list, if it is exposed. Not to be kept over a call.
pub(crate) fn get(mirror: *mut PyObject) -> Option<&'static mut Exposed> {
    let lists = lists();
    let place = *lists.places.get(&(mirror as usize))?;
    lists.all.get_mut(place)
}

/// Of more lists than are all looked at, parts of so many.
const MANY: usize = 64;

/// Those that are `wanted`, of all lists where there are no more than `few`; else of those given to C, those it reads next, the
/// youngest, and some of the others in turn. `wanted` is a look, not a call.
pub(crate) fn due(few: usize, mut wanted: impl FnMut(&mut Exposed) -> bool) -> Vec<*mut PyObject> {
    let lists = lists();
    let len = lists.all.len();
    let mut found = Vec::new();
    let mut look = |entry: &mut Exposed| {
        if wanted(entry) {
            found.push(entry.mirror);
        }
    };
    if len <= few {
        lists.all.iter_mut().for_each(look);
        return found;
    }
    let roots = lists.roots.iter().map(|&root| root as usize);
    let places = roots.chain(lists.passed).filter_map(|root| lists.places.get(&root));
    for &place in places {
        look(&mut lists.all[place]);
    }
    let used = lists.places.get(&lists.used).copied().unwrap_or(len);
    let part = few.min(MANY) / 4;
    let ahead = used..(used + part).min(len);
    let youngest = len - part / 2..len;
    // Those in turn have not been looked at for long: each is a few words out of far memory.
    let in_turn = part / 4;
    let turn = (0..in_turn).map(|step| lists.turn.wrapping_add(step) % len);
    for place in ahead.chain(youngest).chain(turn) {
        look(&mut lists.all[place]);
    }
    lists.turn = lists.turn.wrapping_add(in_turn);
    // A list may have been met twice.
    found.sort_unstable();
    found.dedup();
    found
}

/// The lists exposed or given to C in this thread since it last asked, that still are.
pub(crate) fn take_fresh() -> Vec<*mut PyObject> {
    let (lists, thread) = (lists(), this_thread());
    if lists.fresh.is_empty() {
        return Vec::new();
    }
    let mut fresh = lists.fresh.remove(&thread).unwrap_or_default();
    fresh.retain(|&mirror| {
        let Some(entry) = get(mirror) else { return false };
        if entry.fresh_in == thread {
            entry.fresh_in = 0;
        }
        true
    });
    fresh
}
