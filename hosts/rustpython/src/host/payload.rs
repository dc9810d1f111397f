//! The payload of wrappers: what a host object holds of the mirror whose state is in C, and how such a wrapper ends.
//!
//! A wrapper whose last host reference goes has three ways to end. While C still holds the mirror, the wrapper is *kept*:
//! the link takes a reference to it, and it lives on with its identity, dict and weak references. Otherwise a `__del__` of
//! a class made in Python runs, once, and may revive it. Otherwise it dies, and tells the layer, which ends the mirror.
//! All of this happens in RustPython's `del` slot; the payload's own `Drop` is the last step.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicUsize, Ordering::Relaxed};

use emul::host::HostRef;
use emul::lifetime;
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::PyType;
use rustpython::vm::function::PosArgs;
use rustpython::vm::object::{MaybeTraverse, TraverseFn};
use rustpython::vm::vm::thread;
use rustpython::vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, gc_state,
};

use super::{ctx, get, own};

/// The wrapper of an instance of a C type, or of a C function object.
#[derive(Debug)]
pub(super) struct CInstance {
    mirror: AtomicPtr<Mirror>,
    /// The class that the mirror's type stands for, to see that `__class__` was assigned.
    class: AtomicUsize,
}

impl CInstance {
    pub(super) fn mirror(&self) -> *mut Mirror {
        self.mirror.load(Relaxed)
    }

    /// Let the mirror's type follow the wrapper's class.
    #[inline]
    pub(super) fn check_class(&self, wrapper: &PyObject) {
        if self.class.load(Relaxed) != wrapper.class().get_id() {
            self.class.store(wrapper.class().get_id(), Relaxed);
            emul::slots::class_replaced(self.mirror(), super::handle(wrapper.class().as_object()));
        }
    }

    /// A new wrapper of `class`. `tracked`: whether it can be part of a cycle.
    pub(super) fn wrap(mirror: *mut Mirror, class: PyRef<PyType>, tracked: bool) -> PyObjectRef {
        let wrapper: PyObjectRef = {
            let class_id = AtomicUsize::new(class.get_id());
            PyRef::new_ref(Self { mirror: AtomicPtr::new(mirror), class: class_id }, class, None).into()
        };
        if tracked {
            // SAFETY: a live object that is not tracked yet.
            unsafe { gc_state::gc_state().track_object((&*wrapper).into(), gc_state::current_owner()) };
        }
        wrapper
    }
}

impl PyPayload for CInstance {
    /// Most instances of C types hold no references; [`CInstance::wrap`] tracks the others.
    const NEW_REF_UNTRACKED: bool = true;

    fn class(ctx: &Context) -> &'static Py<PyType> {
        ctx.types.object_type
    }
}

impl MaybeTraverse for CInstance {
    const HAS_TRAVERSE: bool = true;
    const HAS_CLEAR: bool = true;

    fn try_traverse(&self, visit: &mut TraverseFn<'_>) {
        lifetime::traverse(self.mirror(), &mut |child: HostRef| visit(get(child)));
    }

    fn try_clear(&mut self, _out: &mut Vec<PyObjectRef>) {
        // RustPython clears every dying payload; `tp_clear` is for the members of dead cycles alone.
        if !is_being_freed(self) {
            lifetime::clear(self.mirror());
        }
    }
}

impl Drop for CInstance {
    fn drop(&mut self) {
        // Without an interpreter a destructor could not run: the process is at its end, and the mirror ends with it.
        if thread::current_vm_is_set() {
            lifetime::wrapper_died(self.mirror());
        }
    }
}

/// Whether the object around this payload has no references left.
fn is_being_freed(payload: &CInstance) -> bool {
    let offset = rustpython::vm::object::payload_offset::<CInstance>();
    let object = std::ptr::from_ref(payload).cast::<u8>().wrapping_sub(offset).cast::<PyObject>();
    // SAFETY: payloads of this type are made by `wrap` alone, inside an object.
    unsafe { &*object }.strong_count() == 0
}

thread_local! {
    /// Set between the predicate and the finaliser when the collector, and not a dying wrapper, asks.
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Wrappers whose `__del__` has run but which did not die of it.
static FINALIZED: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// Have the wrappers of `class` end as the layer needs. To be done again when `__del__` is defined in the class or a base.
pub(super) fn arm(class: &Py<PyType>) {
    let slots = class.slots();
    let native = finaliser_of(class).is_none();
    slots.del_needed.store(Some(if native { needed_by_layer } else { needed_by_class }));
    slots.del.store(Some(finalize));
}

/// Whether [`arm`] was done and not undone since: RustPython replaces the slot when `__del__` is set.
pub(super) fn is_armed(class: &Py<PyType>) -> bool {
    let ours: fn(&PyObject, &VirtualMachine) -> PyResult<()> = finalize;
    class.slots().del.load().is_some_and(|del| std::ptr::fn_addr_eq(del, ours))
}

/// The `__del__` that classes of C types have: RustPython wants the name of whose finaliser it calls, and
/// `super().__del__()` must find one.
pub(super) fn layer_finaliser() -> PyObjectRef {
    static FINALISER: std::sync::OnceLock<PyObjectRef> = std::sync::OnceLock::new();
    let make = || super::with(|vm| vm.new_function("__del__", |_args: PosArgs| {}).into());
    FINALISER.get_or_init(make).clone()
}

/// The `__del__` that a class made in Python defines, if any.
fn finaliser_of(class: &Py<PyType>) -> Option<PyObjectRef> {
    let found = class.get_attr(ctx().intern_str("__del__"))?;
    (!found.is(&layer_finaliser())).then_some(found)
}

/// The mirror of a wrapper: its payload's, or the one linked by identity to an instance of a C type over a builtin.
fn mirror_of(wrapper: &PyObject) -> Option<*mut Mirror> {
    match wrapper.downcast_ref::<CInstance>() {
        Some(instance) => Some(instance.mirror()),
        None => lifetime::mirror_of(wrapper.as_raw() as usize),
    }
}

fn needed_by_layer(wrapper: &PyObject) -> bool {
    if wrapper.strong_count() != 0 {
        return false;
    }
    match wrapper.downcast_ref::<CInstance>() {
        // SAFETY: the wrapper holds the mirror by the share. Read without the lock: nobody but C code that already has a
        // reference could take another one now, and the finaliser looks again with the lock held.
        Some(instance) => unsafe { (&raw const (*instance.mirror()).ob_refcnt).read_volatile() > 1 },
        None => true,
    }
}

fn needed_by_class(wrapper: &PyObject) -> bool {
    COLLECTING.set(wrapper.strong_count() != 0);
    true
}

fn finalize(wrapper: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let address = wrapper.as_raw() as usize;
    if COLLECTING.take() {
        clear_finalized(wrapper);
        return call_finaliser(wrapper, address, vm);
    }
    if keep(wrapper) {
        return Ok(());
    }
    let done = call_finaliser(wrapper, address, vm);
    // Two references are the caller's.
    let revived = wrapper.strong_count() > 2;
    if revived || keep(wrapper) {
        clear_finalized(wrapper);
        return done;
    }
    finalized().remove(&address);
    if !wrapper.downcastable::<CInstance>()
        && let Some(mirror) = mirror_of(wrapper)
    {
        lifetime::wrapper_died(mirror);
    }
    done
}

/// Let the link keep the wrapper, if C still holds its mirror.
fn keep(wrapper: &PyObject) -> bool {
    let Some(mirror) = mirror_of(wrapper) else { return false };
    let kept = lifetime::wrapper_unreferenced(mirror, || own(wrapper.to_owned()).into_word());
    if kept {
        clear_finalized(wrapper);
    }
    kept
}

fn finalized() -> std::sync::MutexGuard<'static, BTreeSet<usize>> {
    FINALIZED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Call the class's `__del__`, once in the wrapper's life.
fn call_finaliser(wrapper: &PyObject, address: usize, vm: &VirtualMachine) -> PyResult<()> {
    if finaliser_of(wrapper.class()).is_none() || !finalized().insert(address) {
        return Ok(());
    }
    vm.call_special_method(wrapper, vm.ctx.intern_str("__del__"), ()).map(drop)
}

/// RustPython calls `del` once in an object's life; a wrapper that lives on needs it again.
fn clear_finalized(wrapper: &PyObject) {
    /// Where the collector's bits lie in the pinned version: behind the count and the vtable.
    const GC_BITS: usize = 2 * size_of::<usize>();
    const FINALIZED: u8 = 1 << 1;
    let bits = wrapper.as_raw().cast::<u8>().wrapping_add(GC_BITS).cast::<AtomicU8>();
    // SAFETY: RustPython is pinned to 0.6.0, whose objects start with two words and then this atomic byte.
    unsafe { (*bits).fetch_and(!FINALIZED, Relaxed) };
}
