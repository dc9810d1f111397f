//! The payload of wrappers: what a host object holds of the mirror whose state is in C, and how such a wrapper ends.
//!
//! A wrapper whose last host reference goes has three ways to end. While C still holds the mirror, the wrapper is *kept*:
//! the link takes a reference to it, and it lives on with its identity, dict and weak references. Otherwise a `__del__` of
//! a class made in Python runs, once, and may revive it. Otherwise it dies, and tells the layer, which ends the mirror.
//! All of this happens in RustPython's `del` slot; the payload's own `Drop` is the last step.

use std::collections::BTreeSet;
use std::ptr::NonNull;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicUsize, Ordering::Relaxed};

use emul::lifetime;
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::PyType;
use rustpython::vm::function::{ItemDoc, PyMethodFlags};
use rustpython::vm::object::{MaybeTraverse, TraverseFn};
use rustpython::vm::vm::thread;
use rustpython::vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, gc_state,
};

use super::{ctx, handle, own, types};

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
            // SAFETY: the wrapper holds the mirror by the share.
            unsafe { emul::slots::class_replaced(self.mirror(), super::handle(wrapper.class().as_object())) };
        }
    }

    /// A new wrapper of `class`.
    ///
    /// RustPython's collector never looks at it: it could not see what C holds. Cycles through wrappers are the layer's to
    /// find (`emul::cycles`); to RustPython what a wrapper holds is held from outside.
    pub(super) fn wrap(mirror: *mut Mirror, class: PyRef<PyType>) -> PyObjectRef {
        let class_id = AtomicUsize::new(class.get_id());
        PyRef::new_ref(Self { mirror: AtomicPtr::new(mirror), class: class_id }, class, None).into()
    }
}

impl PyPayload for CInstance {
    const NEW_REF_UNTRACKED: bool = true;

    fn class(ctx: &Context) -> &'static Py<PyType> {
        ctx.types.object_type
    }
}

/// The payload itself refers to no host object: what its mirror refers to is C's business.
impl MaybeTraverse for CInstance {
    const HAS_TRAVERSE: bool = false;

    fn try_traverse(&self, _visit: &mut TraverseFn<'_>) {}
}

impl Drop for CInstance {
    fn drop(&mut self) {
        // Without an interpreter a destructor could not run: the process is at its end, and the mirror ends with it.
        if thread::current_vm_is_set() {
            lifetime::wrapper_died(self.mirror());
        }
    }
}

/// Wrappers whose `__del__` has run but which did not die of it.
static FINALIZED: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// Have the wrappers of `class` end as the layer needs. To be done again when `__del__` is defined in the class or a base.
pub(super) fn arm(class: &Py<PyType>) {
    let slots = class.slots();
    let native = !has_python_finaliser(class);
    slots.del_needed.store(Some(if native { needed_by_layer } else { needed_by_class }));
    slots.del.store(Some(finalize));
}

/// Whether [`arm`] was done and not undone since: RustPython replaces the slot when `__del__` is set.
pub(super) fn is_armed(class: &Py<PyType>) -> bool {
    let ours: fn(&PyObject, &VirtualMachine) -> PyResult<()> = finalize;
    class.slots().del.load().is_some_and(|del| std::ptr::fn_addr_eq(del, ours))
}

/// The class is about to be empty: RustPython would not find the name of whose finaliser it calls, and panic.
pub(super) fn disarm(class: &Py<PyType>) {
    if is_armed(class) {
        class.slots().del.store(None);
    }
}

/// The `__del__` that classes of C types have: RustPython wants the name of whose finaliser it calls, and
/// `super().__del__()` must find one.
pub(super) fn layer_finaliser() -> PyObjectRef {
    static FINALISER: std::sync::OnceLock<PyObjectRef> = std::sync::OnceLock::new();
    let make = || {
        super::with(|vm| {
            let doc = ItemDoc::NONE;
            let def = vm.ctx.new_method_def("__del__", call_c_finaliser, PyMethodFlags::METHOD, doc);
            def.build_method(vm.ctx.types.object_type, vm).into()
        })
    };
    FINALISER.get_or_init(make).clone()
}

/// `super().__del__()`: C's finaliser, whether it ran before or not.
fn call_c_finaliser(wrapper: PyObjectRef) {
    if let Some(mirror) = mirror_of(&wrapper) {
        // SAFETY: the wrapper holds the mirror by the share.
        unsafe { lifetime::call_finalizer(mirror) };
    }
}

/// Whether a class made in Python defines the `__del__` that `class` has: C's own are `tp_finalize`.
fn has_python_finaliser(class: &Py<PyType>) -> bool {
    let name = ctx().intern_str("__del__");
    let of_python = |class: &Py<PyType>| {
        let found = class.get_direct_attr(name)?;
        Some(!types::is_c_class(class) && !found.is(&layer_finaliser()))
    };
    class.mro_map_collect(of_python).into_iter().flatten().next().unwrap_or(false)
}

/// The mirror of a wrapper: its payload's, or the one linked by identity to an instance of a C type over a builtin.
pub(super) fn mirror_of(wrapper: &PyObject) -> Option<*mut Mirror> {
    match wrapper.downcast_ref::<CInstance>() {
        Some(instance) => Some(instance.mirror()),
        None => lifetime::mirror_of(super::handle(wrapper)),
    }
}

fn needed_by_layer(wrapper: &PyObject) -> bool {
    if wrapper.strong_count() != 0 {
        return false;
    }
    let Some(instance) = wrapper.downcast_ref::<CInstance>() else { return true };
    // SAFETY: the wrapper holds the mirror by the share. Read without the lock: nobody but C code that already has a
    // reference could take another one now, and the finaliser looks again with the lock held.
    let held = unsafe { (&raw const (*instance.mirror()).ob_refcnt).read_volatile() > 1 };
    // SAFETY: the same.
    held || unsafe { lifetime::wants_finalizer(instance.mirror()) }
}

fn needed_by_class(_wrapper: &PyObject) -> bool {
    true
}

fn finalize(wrapper: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let address = wrapper.as_raw() as usize;
    if keep(wrapper) {
        return Ok(());
    }
    let done = match run_finaliser(wrapper, vm) {
        Some(done) => done,
        None => Ok(()),
    };
    if lives_on(wrapper, vm) || forget_weakly(wrapper, vm) && lives_on(wrapper, vm) {
        clear_finalized(wrapper);
        return done;
    }
    finalized().remove(&address);
    if !wrapper.downcastable::<CInstance>() {
        lifetime::instance_ends(handle(wrapper));
        guard_depth(wrapper);
    }
    done
}

/// Whether the wrapper lives on after its finaliser.
fn lives_on(wrapper: &PyObject, vm: &VirtualMachine) -> bool {
    let own_mirror = wrapper.downcast_ref::<CInstance>().map(|instance| instance.mirror());
    // Two references are the caller's.
    let is_revived = || wrapper.strong_count() > 2;
    let keep = || own(wrapper.to_owned()).into_word();
    let fate = lifetime::fate(handle(wrapper), own_mirror, keep, is_revived);
    if fate == lifetime::Fate::Revived && vm.state.thread_count.load() > 0 {
        // Another thread may have it, and give it to C alone before the caller gives up its two: they must not be the last.
        lifetime::let_go_later(own(wrapper.to_owned()));
    }
    fate != lifetime::Fate::Dies
}

/// Have the weak references to a wrapper that dies forget it, as C's destructor does in CPython: another thread could get one
/// from them until RustPython's own turn for that, after which nobody would look. Whether there were any.
fn forget_weakly(wrapper: &PyObject, vm: &VirtualMachine) -> bool {
    if wrapper.weak_count().is_none_or(|count| count == 0) {
        return false;
    }
    for (reference, callback) in wrapper.gc_clear_weakrefs_collect_callbacks() {
        super::cycles::call_weakly(reference, callback, vm);
    }
    true
}

/// RustPython ends what it tracks a bounded number of levels deep, and the rest in turn; what it does not track it takes to have
/// nothing inside. An object over a builtin, which the layer's collector looked at in its life, is the host's alone again by now.
fn guard_depth(object: &PyObject) {
    if !object.is_gc_tracked() && object.gc_has_clear() {
        // SAFETY: a live object that is in no list; it leaves it as the host ends it, or is the host's if it lives on.
        unsafe { gc_state::gc_state().track_object(NonNull::from(object), gc_state::current_owner()) };
    }
}

/// Run the wrapper's finaliser, once in its life, its class's or its mirror's: `None` if it has none left to run.
fn run_finaliser(wrapper: &PyObject, vm: &VirtualMachine) -> Option<PyResult<()>> {
    let mirror = mirror_of(wrapper);
    if !has_python_finaliser(wrapper.class()) {
        // SAFETY: the wrapper holds the mirror by the share.
        return mirror.filter(|&mirror| unsafe { lifetime::finalize(mirror) }).map(|_| Ok(()));
    }
    let first = match mirror {
        Some(mirror) => lifetime::begin_finalizer(mirror),
        None => finalized().insert(wrapper.as_raw() as usize),
    };
    first.then(|| vm.call_special_method(wrapper, vm.ctx.intern_str("__del__"), ()).map(drop))
}

/// An object of a class over a builtin got its mirror, which knows from now on whether a finaliser ran: it may have revived the
/// object before.
pub(super) fn adopted(object: &PyObject) {
    let ran = object.gc_finalized() | finalized().remove(&(object.as_raw() as usize));
    if !ran {
        return;
    }
    if has_python_finaliser(object.class()) {
        mirror_of(object).map(lifetime::begin_finalizer);
    }
    clear_finalized(object);
}

/// The collector found the object dead: run its finaliser, once in its life; whether it ran.
pub(super) fn finalize_dead(object: &PyObject, vm: &VirtualMachine) -> bool {
    if !is_armed(object.class()) {
        let runs = object.class().slots().del.load().is_some() && !object.gc_finalized();
        object.try_call_finalizer();
        return runs;
    }
    let Some(done) = run_finaliser(object, vm) else { return false };
    if let Err(error) = done {
        let finaliser = object.class().get_attr(vm.ctx.intern_str("__del__")).unwrap_or_else(|| vm.ctx.none());
        let message = finaliser.repr(vm).ok().map(|text| format!("Exception ignored while calling deallocator {text}"));
        vm.run_unraisable(error, message, finaliser);
    }
    true
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

/// RustPython calls `del` once in an object's life; a wrapper that lives on needs it again.
fn clear_finalized(wrapper: &PyObject) {
    /// Where the collector's bits lie in the pinned version: behind the count and the vtable.
    const GC_BITS: usize = 2 * size_of::<usize>();
    const FINALIZED: u8 = 1 << 1;
    let bits = wrapper.as_raw().cast::<u8>().wrapping_add(GC_BITS).cast::<AtomicU8>();
    // SAFETY: RustPython is pinned to 0.6.0, whose objects start with two words and then this atomic byte.
    unsafe { (*bits).fetch_and(!FINALIZED, Relaxed) };
}
