//! Uses of freed objects, found: with `PIERGLASS_DEBUG=1` in the environment, and in builds with debug assertions.
//!
//! An extension that keeps a pointer without a reference is undefined behaviour; what it finds there depends on what took the
//! place. Watched, a freed mirror's memory is not used again for a while, and holds poison: a type whose slots end the process,
//! a count that falls to zero at the next `Py_DECREF`. Each function of the API looks whether a pointer it gets is such an
//! address, and says which function that is and what the object was. Nobody watches otherwise: the price is one flag that is read.

use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::fmt::Write;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use object_mirror::Py_hash_t;
use object_mirror::heap::in_range;
use object_mirror::object::{IMMORTAL_REFCNT, PyObject, PyTypeObject};
use refcount_bridge::{Bridge, State};

use crate::boundary::Cx;
use crate::lifetime::bridge;
use crate::statics::builtin;
use crate::{lock, pylifecycle};

static WATCHED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The function of an extension that runs.
    static RUNNING: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether freed objects are kept, to find their uses.
#[inline(always)]
pub(crate) fn is_watched() -> bool {
    WATCHED.load(Relaxed)
}

/// Watch from now on, if that is wanted: called once, before anything is freed.
pub(crate) fn begin(bridge: &mut Bridge) {
    let wanted =
        std::env::var_os("PIERGLASS_DEBUG").map_or(cfg!(debug_assertions), |value| !value.is_empty() && value != "0");
    if wanted && bridge.heap.keep_freed(poison_type()) {
        WATCHED.store(true, Relaxed);
    }
}

/// Free `op`, mirror memory, keeping what it was.
#[cold]
pub(crate) fn bury(op: *mut PyObject) {
    check("tp_free", &[op as usize]);
    let what = description(op);
    // SAFETY: the caller's contract, that of `PyObject_Free`; the lock is held.
    let disturbed = bridge(|bridge| unsafe { bridge.heap.bury(op.cast(), what) });
    if let Some(what) = disturbed {
        pylifecycle::fatal(None, &format!("{what} was written to after it was freed"));
    }
}

/// What is about to be freed, in words.
fn description(op: *mut PyObject) -> Box<str> {
    // SAFETY: mirror memory; an object that was alive has its type until its memory goes.
    unsafe {
        if !bridge(|bridge| bridge.link(op).has(State::ALIVE))
            || (*op).ob_type.is_null()
            || is_grave((*op).ob_type as usize)
        {
            return "memory".into();
        }
        let name = CStr::from_ptr((*(*op).ob_type).tp_name).to_string_lossy();
        let during = RUNNING.get().map_or(String::new(), |function| format!(", freed while {function}() ran"));
        format!("a '{name}' object{during}").into()
    }
}

fn is_grave(address: usize) -> bool {
    in_range(address) && bridge(|bridge| bridge.heap.grave(address).is_some())
}

/// C called `function` with these pointers: none of them may be a freed object's.
#[cold]
pub(crate) fn check(function: &str, pointers: &[usize]) {
    if !lock::is_held() {
        return;
    }
    for &pointer in pointers {
        if is_grave(pointer) {
            used(pointer, function);
        }
    }
}

/// An object comes from C, as a result or inside of something else.
#[cold]
pub(crate) fn check_crossing(op: *mut PyObject) {
    check("an object for the interpreter", &[op as usize]);
}

/// Say what was used after it was freed, and end the process.
fn used(address: usize, by: &str) -> ! {
    let what = bridge(|bridge| bridge.heap.grave(address).map(|grave| grave.what.to_string()));
    let mut message = match what {
        Some(what) => format!("use of a freed object: {address:#x} was {what}"),
        None => format!("use of a freed object at {address:#x}"),
    };
    if let Some(function) = RUNNING.get() {
        // Writing to a String cannot fail.
        let _ = write!(message, "; used by {function}()");
    }
    pylifecycle::print_fatal(Some(by), &message);
    // SAFETY: the lock is held: C called.
    pylifecycle::flush(unsafe { Cx::assume() });
    std::process::abort()
}

/// While it lives, the extension's function of this name runs.
pub(crate) struct Running(Option<&'static str>);

impl Running {
    /// The names are kept for good: functions are few.
    #[cold]
    pub(crate) fn enter(name: &str) -> Self {
        use std::collections::HashSet;
        use std::sync::Mutex;
        static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
        let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let names = names.get_or_insert_default();
        let known = names.get(name).copied().unwrap_or_else(|| {
            let kept: &'static str = Box::leak(name.into());
            names.insert(kept);
            kept
        });
        Self(RUNNING.replace(Some(known)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(self.0);
    }
}

/// At the interpreter's end: nothing that was freed may have been written to.
pub fn check_at_end() {
    if !is_watched() || !(lock::is_held() || lock::try_take()) {
        return;
    }
    if let Some(what) = bridge(|bridge| bridge.heap.disturbed_grave().map(|grave| grave.what.to_string())) {
        pylifecycle::fatal(None, &format!("{what} was written to after it was freed"));
    }
}

/// The type of freed objects. Each slot that C may call inline says so.
fn poison_type() -> *mut PyTypeObject {
    // SAFETY: a type whose pointers and slots are all NULL is one that has nothing.
    let mut ty: Box<PyTypeObject> = Box::new(unsafe { MaybeUninit::zeroed().assume_init() });
    ty.ob_base.ob_base = PyObject { ob_refcnt: IMMORTAL_REFCNT, ob_type: builtin!(PyType_Type) };
    ty.tp_name = c"freed object".as_ptr();
    ty.tp_basicsize = size_of::<PyObject>() as isize;
    ty.tp_dealloc = Some(dealloc);
    ty.tp_repr = Some(repr);
    ty.tp_str = Some(repr);
    ty.tp_hash = Some(hash);
    ty.tp_call = Some(call);
    ty.tp_getattro = Some(getattr);
    ty.tp_setattro = Some(setattr);
    ty.tp_richcompare = Some(compare);
    ty.tp_iter = Some(iter);
    ty.tp_iternext = Some(next);
    Box::leak(ty)
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    used(op as usize, "Py_DECREF")
}

unsafe extern "C" fn repr(op: *mut PyObject) -> *mut PyObject {
    used(op as usize, "tp_repr")
}

unsafe extern "C" fn hash(op: *mut PyObject) -> Py_hash_t {
    used(op as usize, "tp_hash")
}

unsafe extern "C" fn call(op: *mut PyObject, _args: *mut PyObject, _kwargs: *mut PyObject) -> *mut PyObject {
    used(op as usize, "tp_call")
}

unsafe extern "C" fn getattr(op: *mut PyObject, _name: *mut PyObject) -> *mut PyObject {
    used(op as usize, "tp_getattro")
}

unsafe extern "C" fn setattr(op: *mut PyObject, _name: *mut PyObject, _value: *mut PyObject) -> c_int {
    used(op as usize, "tp_setattro")
}

unsafe extern "C" fn compare(op: *mut PyObject, _other: *mut PyObject, _how: c_int) -> *mut PyObject {
    used(op as usize, "tp_richcompare")
}

unsafe extern "C" fn iter(op: *mut PyObject) -> *mut PyObject {
    used(op as usize, "tp_iter")
}

unsafe extern "C" fn next(op: *mut PyObject) -> *mut PyObject {
    used(op as usize, "tp_iternext")
}
