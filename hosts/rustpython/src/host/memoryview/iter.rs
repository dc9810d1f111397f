//! `memory_iterator` over a memory view of ours.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustpython::vm::builtins::PyType;
use rustpython::vm::object::{MaybeTraverse, TraverseFn};
use rustpython::vm::protocol::PyIterReturn;
use rustpython::vm::{Context, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine};

use super::{Open, items, slots, view};

struct Iterator {
    /// A memory view of ours, with one axis.
    view: PyObjectRef,
    /// What comes next; past the end for good once it was there.
    next: AtomicUsize,
}

impl fmt::Debug for Iterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory_iterator")
    }
}

impl MaybeTraverse for Iterator {
    const HAS_TRAVERSE: bool = true;

    fn try_traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(&self.view);
    }
}

impl PyPayload for Iterator {
    fn class(ctx: &Context) -> &'static Py<PyType> {
        ctx.types.memoryviewiterator_type
    }
}

type IterFunc = fn(PyObjectRef, &VirtualMachine) -> PyResult;
type IterNextFunc = fn(&PyObject, &VirtualMachine) -> PyResult<PyIterReturn>;
static HOST: OnceLock<(IterFunc, IterNextFunc)> = OnceLock::new();

fn host() -> (IterFunc, IterNextFunc) {
    *HOST.get().expect("stored before the slots were")
}

pub(super) fn install(vm: &VirtualMachine) {
    let (class, iterator) = (vm.ctx.types.memoryview_type, vm.ctx.types.memoryviewiterator_type);
    let (Some(iter_slot), Some(next_slot)) = (class.slots().iter.load(), iterator.slots().iternext.load()) else {
        return;
    };
    if HOST.set((iter_slot, next_slot)).is_err() {
        return;
    }
    class.slots().iter.store(Some(iter));
    iterator.slots().iternext.store(Some(next));
    for (class, name) in [(class, "__iter__"), (iterator, "__next__")] {
        class.attributes().remove(vm.ctx.intern_str(name));
        rustpython::vm::class::add_operators(class, &vm.ctx, &[]);
    }
}

fn iter(object: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let open = Open::new(&object, vm)?;
    match open.ndim() {
        0 => return Err(vm.new_type_error("invalid indexing of 0-dim memory")),
        1 => items::single(&open.format, vm)?,
        _ => return Err(vm.new_not_implemented_error("multi-dimensional sub-views are not implemented")),
    };
    let is_ours = matches!(open, Open::Ours(_));
    drop(open);
    if !is_ours {
        return (host().0)(object, vm);
    }
    Ok(Iterator { view: object, next: AtomicUsize::new(0) }.into_ref(&vm.ctx).into())
}

fn next(object: &PyObject, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
    let Some(iterator) = object.downcast_ref::<Iterator>() else { return (host().1)(object, vm) };
    let view = view::of(&iterator.view).expect("made for these alone");
    let index = iterator.next.load(Ordering::Relaxed);
    if index as isize >= view.layout.shape[0] {
        return Ok(PyIterReturn::StopIteration(None));
    }
    let item = slots::item(view, index as isize, vm)?;
    iterator.next.store(index + 1, Ordering::Relaxed);
    Ok(PyIterReturn::Return(item))
}
