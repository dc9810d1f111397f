//! What the layer's cycle collector asks of RustPython: counts, referents, and the steps of an object's end.

use std::collections::HashSet;
use std::mem;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

use emul::host::{CountingHost, CountingProtocol, EndingProtocol, HostObj, HostRef};
use rustpython::vm::builtins::descriptor::PyMemberDescriptor;
use rustpython::vm::builtins::{PyBytes, PyFloat, PyFrozenSet, PyInt, PyNone, PyStr, PyType, PyWeak};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::vm::{PyGlobalState, runtime, thread};
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyRef, VirtualMachine, gc_state};

use super::payload::{self, CInstance};
use super::{RustPythonHost, ctx, get, object, own, with};

impl CountingHost for RustPythonHost {
    fn count(&self, identity: usize) -> isize {
        // An immortal object's count is far past any real one: something outside always holds it.
        object(identity).strong_count() as isize
    }

    fn traverse(&self, identity: usize, visit: &mut dyn FnMut(usize)) {
        let mut referents = Vec::new();
        // SAFETY: the scan runs with the world stopped, and looks at live objects.
        unsafe { object(identity).gc_extend_referent_ptrs(&mut referents) };
        for referent in &referents {
            visit(referent.as_ptr() as usize);
        }
        if referents.is_empty()
            && let Some(unseen) = bound_to(object(identity)).or_else(|| class_of_member(object(identity)))
        {
            visit(unseen);
        }
        dict_of_view(object(identity)).into_iter().for_each(&mut *visit);
        let frozen = object(identity).downcast_ref::<PyFrozenSet>().map(|set| set.elements());
        frozen.iter().flatten().for_each(|element| visit(element.get_id()));
    }

    fn is_ending(&self, identity: usize) -> bool {
        object(identity).strong_count() == 0
    }

    fn has_references(&self, identity: usize) -> bool {
        let object = object(identity);
        !(object.is_immortal()
            || object.downcastable::<PyStr>()
            || object.downcastable::<PyInt>()
            || object.downcastable::<PyFloat>()
            || object.downcastable::<PyBytes>()
            || object.downcastable::<PyNone>())
            || object.dict().is_some()
    }
}

/// What a builtin method is bound to. RustPython does not look into these: without this, one that its self keeps would
/// never be found.
fn bound_to(object: &PyObject) -> Option<usize> {
    /// Where the reference lies in the pinned version's payload: behind the definition.
    const SELF: usize = size_of::<usize>();
    if !object.class().is(ctx().types.builtin_function_or_method_type) {
        return None;
    }
    let offset = rustpython::vm::object::payload_offset::<CInstance>() + SELF;
    let field = object.as_raw().cast::<u8>().wrapping_add(offset).cast::<usize>();
    // SAFETY: RustPython is pinned to 0.6.0, whose builtin functions and methods start, by `repr(C)`, with the definition's
    // address and this optional reference. The world stands still.
    let owner = unsafe { *field };
    (owner != 0).then_some(owner)
}

/// The dict of a view, which RustPython does not look into either.
fn dict_of_view(object: &PyObject) -> Option<usize> {
    let types = &ctx().types;
    if ![types.dict_keys_type, types.dict_values_type, types.dict_items_type]
        .iter()
        .any(|&class| object.class().is(class))
    {
        return None;
    }
    let offset = rustpython::vm::object::payload_offset::<CInstance>();
    let field = object.as_raw().cast::<u8>().wrapping_add(offset).cast::<usize>();
    // SAFETY: RustPython is pinned to 0.6.0, whose views are this one reference. The world stands still.
    Some(unsafe { *field })
}

/// The class of a slot's descriptor, which RustPython does not look into either.
fn class_of_member(object: &PyObject) -> Option<usize> {
    let member = object.downcast_ref::<PyMemberDescriptor>()?;
    Some(member.common.typ.get_id())
}

/// Tell the callback of a weak reference that its object dies.
pub(super) fn call_weakly(reference: PyRef<PyWeak>, callback: PyObjectRef, vm: &VirtualMachine) {
    if let Err(error) = callback.call((reference,), vm) {
        vm.run_unraisable(error, Some("weakref callback".to_owned()), callback);
    }
}

impl EndingProtocol for RustPythonHost {
    fn clear_weak_references(&self, dead: &[HostRef]) {
        let ending: HashSet<usize> = dead.iter().map(|object| object.word()).collect();
        let mut callbacks = Vec::new();
        for &object in dead {
            callbacks.extend(get(object).gc_clear_weakrefs_collect_callbacks());
        }
        with(|vm| {
            for (reference, callback) in callbacks {
                if ending.contains(&(reference.as_object().as_raw() as usize)) {
                    continue;
                }
                call_weakly(reference, callback, vm);
            }
        });
    }

    fn forget_weak_references(&self, object: HostRef) {
        drop(get(object).gc_clear_weakrefs_collect_callbacks());
    }

    fn finalize(&self, object: HostRef) -> bool {
        with(|vm| payload::finalize_dead(get(object), vm))
    }

    fn is_finalized(&self, object: HostRef) -> bool {
        get(object).gc_finalized()
    }

    fn clear(&self, object: HostRef) {
        let object = get(object);
        if let Some(class) = object.downcast_ref::<PyType>() {
            payload::disarm(class);
        }
        if object.gc_has_clear() {
            // SAFETY: nothing outside the dead refers to it.
            drop(unsafe { object.gc_clear() });
        }
    }
}

/// The interpreters whose threads are stopped: all of them, since their objects are one graph, in the order in which RustPython's own
/// collector stops them. One that is just being made is not among them: it runs no code of the program's yet.
fn stopped() -> MutexGuard<'static, Vec<PyRc<PyGlobalState>>> {
    static STOPPED: Mutex<Vec<PyRc<PyGlobalState>>> = Mutex::new(Vec::new());
    STOPPED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CountingProtocol for RustPythonHost {
    fn stop_threads(&self) {
        let states = runtime::live_interpreter_states();
        for state in &states {
            state.stop_the_world.stop_the_world(state);
        }
        *stopped() = states;
    }

    fn resume_threads(&self) {
        // The last reference to an interpreter that has ended goes when all run again.
        let states = mem::take(&mut *stopped());
        for state in states.iter().rev() {
            state.stop_the_world.start_the_world(state);
        }
    }

    fn pin(&self, identity: usize) -> Option<HostObj> {
        object(identity).try_to_owned().map(own)
    }

    fn has_other_threads(&self) -> bool {
        thread::current_vm_is_set() && with(|vm| vm.state.thread_count.load() > 0)
    }

    fn count_found(&self, identities: &[usize]) -> usize {
        let dicts = identities.iter().filter_map(|&identity| object(identity).dict());
        let dicts: HashSet<usize> = dicts.map(|dict| dict.as_object().as_raw() as usize).collect();
        identities.iter().filter(|&identity| object(*identity).is_gc_tracked() && !dicts.contains(identity)).count()
    }

    fn adopt(&self, identity: usize) {
        if object(identity).is_gc_tracked() {
            // SAFETY: a live object that is tracked.
            unsafe { gc_state::gc_state().untrack_object(NonNull::from(object(identity))) };
        }
        payload::adopted(object(identity));
    }

    fn collection_threshold(&self) -> Option<usize> {
        with(|vm| {
            let gc = &vm.state.gc;
            let threshold = gc.get_threshold().0 as usize;
            (gc.is_enabled() && threshold > 0).then_some(threshold)
        })
    }
}
