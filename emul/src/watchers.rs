//! Watchers (`cpython/dictobject.h`, `object.h`, `code.h`, `funcobject.h`): C asks to be told when a dict or type changes, or
//! when functions and code objects come, go and change.
//!
//! Who watches is kept here; that something changed, only the host can tell. Of types it does, through
//! [`around_class_change`]. A host that cannot see what becomes of its dicts, functions or code objects says so when C asks to
//! watch them: a watcher that missed changes would make C believe what is not so.

use std::ffi::{c_int, c_void};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_TYPE_SUBCLASS, PyObject, PyTypeObject};

use crate::boundary::{Cx, Obj, Result};
use crate::host::{HostObj, HostRef, Watched, host, offers, tools};
use crate::{cross, dictobject, lifetime, pystate};

/// How many watchers of each kind there can be.
const LIMIT: usize = 8;

/// The watchers of one kind: a place is taken while it holds a function.
struct Registry {
    kind: &'static str,
    /// How the messages about IDs begin.
    words: [&'static str; 2],
    /// The places before it are CPython's own.
    first: usize,
    places: Mutex<[usize; LIMIT]>,
}

static DICTS: Registry = Registry::new("dict", ["Invalid", "No"], 2);
static TYPES: Registry = Registry::new("type", ["Invalid", "No"], 0);
static FUNCTIONS: Registry = Registry::new("func", ["invalid", "no"], 0);
static CODES: Registry = Registry::new("code", ["Invalid", "No"], 0);

impl Registry {
    const fn new(kind: &'static str, words: [&'static str; 2], first: usize) -> Self {
        Self { kind, words, first, places: Mutex::new([0; LIMIT]) }
    }

    /// The functions to call, with their places.
    fn callbacks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        (*self.places()).into_iter().enumerate().filter(|&(_, callback)| callback != 0)
    }

    fn places(&self) -> std::sync::MutexGuard<'_, [usize; LIMIT]> {
        self.places.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn add(&self, cx: Cx<'_>, callback: usize) -> Result<c_int> {
        let mut places = self.places();
        if let Some(id) = (self.first..LIMIT).find(|&id| places[id] == 0) {
            places[id] = callback;
            return Ok(id as c_int);
        }
        drop(places);
        Err(cx.error("RuntimeError", format!("no more {} watcher IDs available", self.kind)))
    }

    /// The place of a watcher that is there; ValueError else.
    fn check(&self, cx: Cx<'_>, id: c_int) -> Result<usize> {
        let Some(place) = usize::try_from(id).ok().filter(|&place| place < LIMIT) else {
            return Err(cx.value_error(format!("{} {} watcher ID {id}", self.words[0], self.kind)));
        };
        if self.places()[place] == 0 {
            return Err(cx.value_error(format!("{} {} watcher set for ID {id}", self.words[1], self.kind)));
        }
        Ok(place)
    }

    fn clear(&self, cx: Cx<'_>, id: c_int) -> Result<()> {
        let place = self.check(cx, id)?;
        self.places()[place] = 0;
        Ok(())
    }
}

/// Have a function called for the dicts that are watched with the ID that is returned.
#[capi]
fn PyDict_AddWatcher(cx: Cx<'_>, callback: *const c_void) -> Result<c_int> {
    DICTS.add(cx, callback as usize)
}

/// Let the ID go.
#[capi]
fn PyDict_ClearWatcher(cx: Cx<'_>, watcher_id: c_int) -> Result<()> {
    DICTS.clear(cx, watcher_id)
}

/// The dict to watch or not, once the ID is known to be one.
fn watched_dict(cx: Cx<'_>, watcher_id: c_int, dict: Obj<'_>) -> Result<(HostObj, usize)> {
    if !dictobject::is_dict(dict) {
        return Err(cx.value_error("Cannot watch non-dictionary"));
    }
    let place = DICTS.check(cx, watcher_id)?;
    Ok((dict.give(cx)?, place))
}

/// Tell the watcher of every change of the dict before it happens.
#[capi]
fn PyDict_Watch(cx: Cx<'_>, watcher_id: c_int, dict: Obj<'_>) -> Result<()> {
    let (dict, place) = watched_dict(cx, watcher_id, dict)?;
    cx.call(|_| tools()?.watch_dict(dict.as_ref(), place, true))
}

/// Tell the watcher no more of the dict.
#[capi]
fn PyDict_Unwatch(cx: Cx<'_>, watcher_id: c_int, dict: Obj<'_>) -> Result<()> {
    let (dict, place) = watched_dict(cx, watcher_id, dict)?;
    cx.call(|_| tools()?.watch_dict(dict.as_ref(), place, false))
}

/// What happens to a watched dict, with CPython's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[allow(missing_docs, reason = "each variant is the PyDict_EVENT of that name")]
pub enum DictEvent {
    Added = 0,
    Modified = 1,
    Deleted = 2,
    Cloned = 3,
    Cleared = 4,
    Deallocated = 5,
}

type DictCallback = unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject, *mut PyObject) -> c_int;

/// The host is about to change a dict that the watchers in `places` (a bit each) watch. Key and value are those that are to
/// come, where the event has them; of a clone, the key is the other dict.
pub fn dict_changes(places: u8, event: DictEvent, dict: HostRef, key: Option<HostRef>, value: Option<HostRef>) {
    let _frame = pystate::Frame::enter();
    let _pending = crate::pyerrors::hold_pending();
    let guard = lifetime::Guard::hold();
    let dict = cross::to_c(dict);
    let (key, value) = (key.map(cross::to_c), value.map(cross::to_c));
    let pointer = |object: &Option<crate::boundary::New>| object.as_ref().map_or(std::ptr::null_mut(), |o| o.as_ptr());
    for place in (0..LIMIT).filter(|place| places & (1 << place) != 0) {
        let callback = DICTS.places()[place];
        if callback == 0 {
            continue;
        }
        // SAFETY: C gave this function for that; its arguments are live, and the frame holds the lock.
        let status = unsafe {
            let callback = std::mem::transmute::<usize, DictCallback>(callback);
            callback(event as c_int, dict.as_ptr(), pointer(&key), pointer(&value))
        };
        if status < 0 {
            let event = ["ADDED", "MODIFIED", "DELETED", "CLONED", "CLEARED", "DEALLOCATED"][event as usize];
            let address = dict.as_ptr();
            let message =
                format!("Exception ignored in PyDict_EVENT_{event} watcher callback for <dict at {address:p}>");
            report(guard.cx(), &message);
        }
    }
}

/// A callback failed: nobody can catch it.
fn report(cx: Cx<'_>, message: &str) {
    if let Some(error) = cx.take_error() {
        cx.unlocked(|h| h.unraisable(error, Some(message), None));
    }
}

/// Have a function called for the types that are watched with the ID that is returned.
#[capi]
fn PyType_AddWatcher(cx: Cx<'_>, callback: *const c_void) -> Result<c_int> {
    TYPES.add(cx, callback as usize)
}

/// Let the ID go.
#[capi]
fn PyType_ClearWatcher(cx: Cx<'_>, watcher_id: c_int) -> Result<()> {
    TYPES.clear(cx, watcher_id)
}

fn watched_type(cx: Cx<'_>, watcher_id: c_int, class: Obj<'_>) -> Result<(*mut PyTypeObject, u8)> {
    if !class.type_has(Py_TPFLAGS_TYPE_SUBCLASS) {
        return Err(cx.value_error("Cannot watch non-type"));
    }
    let place = TYPES.check(cx, watcher_id)?;
    Ok((class.cast(), 1 << place))
}

/// Tell the watcher when the type or one that it derives from changes: once until something is looked up in it again.
#[capi]
fn PyType_Watch(cx: Cx<'_>, watcher_id: c_int, class: Obj<'_>) -> Result<()> {
    let (ty, bit) = watched_type(cx, watcher_id, class)?;
    assign_version(cx, ty)?;
    // SAFETY: a live type.
    unsafe { (*ty).tp_watched |= bit };
    Ok(())
}

/// Tell the watcher no more of the type.
#[capi]
fn PyType_Unwatch(cx: Cx<'_>, watcher_id: c_int, class: Obj<'_>) -> Result<()> {
    let (ty, bit) = watched_type(cx, watcher_id, class)?;
    // SAFETY: a live type.
    unsafe { (*ty).tp_watched &= !bit };
    Ok(())
}

/// Give the type a version tag, if it has none; 0 if there are none left.
#[capi]
fn PyUnstable_Type_AssignVersionTag(cx: Cx<'_>, ty: *mut PyTypeObject) -> c_int {
    match assign_version(cx, ty) {
        Ok(version) => c_int::from(version != 0),
        Err(_) => {
            drop(cx.take_error());
            0
        }
    }
}

/// The types that have a watcher or whose version tag C was shown: their mirrors' addresses.
static FOLLOWED: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// Whether there are any: asked at each change of a class.
static ANY_FOLLOWED: AtomicBool = AtomicBool::new(false);

fn followed() -> std::sync::MutexGuard<'static, Vec<usize>> {
    FOLLOWED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The type's version tag, a new one if it has none, shown in its mirror from now on.
fn assign_version(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<u32> {
    // SAFETY: callers pass live types.
    let Some(class) = (unsafe { Obj::from_ptr(ty.cast()) }) else { return Err(cx.bad_internal_call()) };
    let class = class.give(cx)?;
    let version = cx.call(|_| tools()?.assign_class_version(class.as_ref()))?;
    // SAFETY: as above.
    unsafe { (*ty).tp_version_tag = version };
    let mut followed = followed();
    if !followed.contains(&(ty as usize)) {
        followed.push(ty as usize);
        ANY_FOLLOWED.store(true, Relaxed);
    }
    Ok(version)
}

/// The type's memory goes.
pub(crate) fn type_dies(ty: *mut PyTypeObject) {
    if ANY_FOLLOWED.load(Relaxed) {
        followed().retain(|&known| known != ty as usize);
    }
}

/// Run what changes a class, and tell C which of those that it follows lost their version by that: the class, and those
/// derived from it. The host calls it around every change of a class's namespace or bases.
#[inline]
pub fn around_class_change<R>(change: impl FnOnce() -> R) -> R {
    if !ANY_FOLLOWED.load(Relaxed) {
        return change();
    }
    let before = valid();
    let result = change();
    tell(before);
    result
}

/// The followed classes that have a version, held, derived ones first.
fn valid() -> Vec<HostObj> {
    let _held = crate::lock::hold();
    let types = followed().clone();
    let classes = types.into_iter().filter_map(|ty| lifetime::host_of(ty as *mut PyObject));
    let mut valid: Vec<HostObj> = classes.filter(|&class| version(class) != 0).map(HostRef::to_owned).collect();
    valid.sort_by_cached_key(|class| std::cmp::Reverse(host().class_info(class.as_ref()).mro.len()));
    valid
}

/// The version of a class that is followed: only a host that has versions gets to have such classes.
fn version(class: HostRef) -> u32 {
    offers().tools.map_or(0, |tools| tools.class_version(class))
}

fn tell(before: Vec<HostObj>) {
    let changed: Vec<HostObj> = before.into_iter().filter(|class| version(class.as_ref()) == 0).collect();
    if changed.is_empty() {
        return;
    }
    let _frame = pystate::Frame::enter();
    let _pending = crate::pyerrors::hold_pending();
    let guard = lifetime::Guard::hold();
    for class in &changed {
        let mirror = cross::to_c(class.as_ref());
        type_changed(guard.cx(), mirror.as_ptr().cast(), class);
    }
}

type TypeCallback = unsafe extern "C" fn(*mut PyTypeObject) -> c_int;

fn type_changed(cx: Cx<'_>, ty: *mut PyTypeObject, class: &HostObj) {
    // SAFETY: the mirror of a class is a live type, which the caller holds.
    let watched = unsafe {
        (*ty).tp_version_tag = 0;
        (*ty).tp_watched
    };
    for place in (0..LIMIT).filter(|place| watched & (1 << place) != 0) {
        let callback = TYPES.places()[place];
        if callback == 0 {
            continue;
        }
        // SAFETY: C gave this function for that; the frame holds the lock.
        let status = unsafe { std::mem::transmute::<usize, TypeCallback>(callback)(ty) };
        if status < 0 {
            let error = cx.take_error();
            let name = cx.unlocked(|h| h.repr(class.as_ref()));
            let name = name.map(|name| cross::text_of(name.as_ref())).unwrap_or_default();
            if let Some(error) = error {
                cx.raise(error);
            }
            report(cx, &format!("Exception ignored in type watcher callback #{place} for {name}"));
        }
    }
}

/// What happens to functions, with CPython's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[allow(missing_docs, reason = "each variant is the PyFunction_EVENT of that name")]
pub enum FunctionEvent {
    Create = 0,
    Destroy = 1,
    ModifyCode = 2,
    ModifyDefaults = 3,
    ModifyKwdefaults = 4,
}

/// What happens to code objects, with CPython's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[allow(missing_docs, reason = "each variant is the PY_CODE_EVENT of that name")]
pub enum CodeEvent {
    Create = 0,
    Destroy = 1,
}

type FunctionCallback = unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject) -> c_int;
type CodeCallback = unsafe extern "C" fn(c_int, *mut PyObject) -> c_int;

/// A function was made, is about to go, or to get another part, which is the `value`: the host was asked to tell
/// ([`crate::host::ToolProtocol::watch_all`]).
pub fn function_changes(event: FunctionEvent, function: HostRef, value: Option<HostRef>) {
    let names = ["CREATE", "DESTROY", "MODIFY_CODE", "MODIFY_DEFAULTS", "MODIFY_KWDEFAULTS"];
    let event_name = format!("PyFunction_EVENT_{}", names[event as usize]);
    tell_all(&FUNCTIONS, &event_name, function, value, |callback, function, value| {
        // SAFETY: C gave this function for that; its arguments are live, and the caller's frame holds the lock.
        unsafe { std::mem::transmute::<usize, FunctionCallback>(callback)(event as c_int, function, value) }
    });
}

/// The same of a code object.
pub fn code_changes(event: CodeEvent, code: HostRef) {
    let event_name = format!("PY_CODE_EVENT_{}", ["CREATE", "DESTROY"][event as usize]);
    tell_all(&CODES, &event_name, code, None, |callback, code, _| {
        // SAFETY: as above.
        unsafe { std::mem::transmute::<usize, CodeCallback>(callback)(event as c_int, code) }
    });
}

fn tell_all(
    watchers: &Registry,
    event: &str,
    object: HostRef,
    value: Option<HostRef>,
    call: impl Fn(usize, *mut PyObject, *mut PyObject) -> c_int,
) {
    let _frame = pystate::Frame::enter();
    let _pending = crate::pyerrors::hold_pending();
    let guard = lifetime::Guard::hold();
    let (mirror, value) = (cross::to_c(object), value.map(cross::to_c));
    let value = value.as_ref().map_or(std::ptr::null_mut(), |value| value.as_ptr());
    for (_, callback) in watchers.callbacks() {
        if call(callback, mirror.as_ptr(), value) < 0 {
            let error = guard.cx().take_error();
            let name = guard.cx().unlocked(|h| h.repr(object)).map(|name| cross::text_of(name.as_ref()));
            if let Some(error) = error {
                guard.cx().raise(error);
            }
            let name = name.unwrap_or_default();
            let name = if watchers.kind == FUNCTIONS.kind { name.trim_matches(['<', '>']) } else { &name };
            report(guard.cx(), &format!("Exception ignored in {event} watcher callback for {name}"));
        }
    }
}

/// Have the host tell of all objects of a kind, once there is a watcher for them; SystemError of one that cannot.
fn watch_all(cx: Cx<'_>, watchers: &Registry, what: Watched, callback: *const c_void) -> Result<c_int> {
    let name = host().name();
    if !offers().tools.is_some_and(|tools| tools.watch_all(what, true)) {
        let (function, objects) = match what {
            Watched::Functions => ("PyFunction_AddWatcher", "functions"),
            Watched::Codes => ("PyCode_AddWatcher", "code objects"),
        };
        return Err(cx.system_error(format!("{function}: {name} does not tell when {objects} come and go")));
    }
    watchers.add(cx, callback as usize)
}

/// Let the ID go; of the last one, the host tells no more.
fn watch_no_more(cx: Cx<'_>, watchers: &Registry, what: Watched, id: c_int) -> Result<()> {
    watchers.clear(cx, id)?;
    if watchers.callbacks().next().is_none()
        && let Some(tools) = offers().tools
    {
        tools.watch_all(what, false);
    }
    Ok(())
}

/// Have a function called for what happens to functions. The host has to tell of every one, those that there are already too.
#[capi]
fn PyFunction_AddWatcher(cx: Cx<'_>, callback: *const c_void) -> Result<c_int> {
    watch_all(cx, &FUNCTIONS, Watched::Functions, callback)
}

/// Let the ID go.
#[capi]
fn PyFunction_ClearWatcher(cx: Cx<'_>, watcher_id: c_int) -> Result<()> {
    watch_no_more(cx, &FUNCTIONS, Watched::Functions, watcher_id)
}

/// Have a function called when code objects come and go. The host has to tell of every one, those that there are already too.
#[capi]
fn PyCode_AddWatcher(cx: Cx<'_>, callback: *const c_void) -> Result<c_int> {
    watch_all(cx, &CODES, Watched::Codes, callback)
}

/// Let the ID go.
#[capi]
fn PyCode_ClearWatcher(cx: Cx<'_>, watcher_id: c_int) -> Result<()> {
    watch_no_more(cx, &CODES, Watched::Codes, watcher_id)
}
