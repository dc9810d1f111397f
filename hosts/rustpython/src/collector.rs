//! The functions of `gc` that must know of C's objects: the host's collector sees its own objects, the layer's sees cycles
//! through C.

use std::collections::HashSet;

use emul::{cycles, lifetime};
use rustpython::vm::builtins::{PyListRef, PyModule};
use rustpython::vm::function::{FuncArgs, OptionalArg, PosArgs};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::host::{mirror_of, references_of};

/// Replace what the host's module has.
pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    module.set_attr("collect", vm.new_function("collect", collect), vm)?;
    module.set_attr("is_tracked", vm.new_function("is_tracked", is_tracked), vm)?;
    module.set_attr("is_finalized", vm.new_function("is_finalized", is_finalized), vm)?;
    module.set_attr("get_objects", vm.new_function("get_objects", get_objects), vm)?;
    module.set_attr("get_referents", vm.new_function("get_referents", get_referents), vm)?;
    let host: PyObjectRef = module.get_attr("get_referrers", vm)?;
    let get_referrers = move |objects: FuncArgs, vm: &VirtualMachine| get_referrers(&host, objects, vm);
    module.set_attr("get_referrers", vm.new_function("get_referrers", get_referrers), vm)
}

/// `gc.collect(generation=2)`: the host's collection, then the layer's, between the callbacks.
fn collect(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<usize> {
    let given = args.take_positional_keyword("generation").map_or(Ok(2), |given| given.try_into_value::<i32>(vm))?;
    let generation = usize::try_from(given).ok().filter(|&generation| generation <= 2);
    let generation = generation.ok_or_else(|| vm.new_value_error("invalid generation"))?;
    tell(vm, "start", generation, 0)?;
    let gc = &vm.state.gc;
    let collected = gc.collect_force(generation).collected + cycles::collect();
    let saved: Vec<PyObjectRef> = gc.garbage.lock().drain(..).collect();
    gc.py_garbage.borrow_vec_mut().extend(saved);
    tell(vm, "stop", generation, collected)?;
    Ok(collected)
}

/// Call `gc.callbacks`.
fn tell(vm: &VirtualMachine, phase: &str, generation: usize, collected: usize) -> PyResult<()> {
    let callbacks: Vec<PyObjectRef> = vm.state.gc.py_callbacks.borrow_vec().to_vec();
    if callbacks.is_empty() {
        return Ok(());
    }
    let info = vm.ctx.new_dict();
    for (name, value) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
        info.set_item(name, vm.ctx.new_int(value).into(), vm)?;
    }
    for callback in callbacks {
        if let Err(error) = callback.call((vm.ctx.new_str(phase), info.clone()), vm) {
            vm.run_unraisable(error, None, callback);
        }
    }
    Ok(())
}

fn is_tracked(object: PyObjectRef) -> bool {
    // A wrapper is the layer's to look at, a class of C's the host's.
    object.is_gc_tracked() || mirror_of(&object).is_some_and(lifetime::is_tracked)
}

fn is_finalized(object: PyObjectRef) -> bool {
    mirror_of(&object).map_or_else(|| object.gc_finalized(), lifetime::is_finalized)
}

fn get_objects(generation: OptionalArg<Option<i32>>, vm: &VirtualMachine) -> PyResult<PyListRef> {
    let generation = generation.flatten();
    if let Some(wrong) = generation.filter(|generation| !(0..=2).contains(generation)) {
        return Err(vm.new_value_error(format!(
            "generation parameter must be less than the number of available generations (3), not {wrong}"
        )));
    }
    let mut objects = vm.state.gc.get_objects(generation);
    // The layer has one generation, and what is in it was young once.
    if generation.is_none_or(|generation| generation == 0) {
        objects.extend(references_of(cycles::tracked_wrappers()));
    }
    Ok(vm.ctx.new_list(objects))
}

/// What an object refers to, on both sides.
fn referents(object: &PyObject) -> Vec<PyObjectRef> {
    let mut found = object.gc_get_referents();
    if let Some(mirror) = mirror_of(object) {
        // SAFETY: the object keeps its mirror.
        found.extend(references_of(unsafe { cycles::referents(mirror) }));
    }
    found
}

fn get_referents(objects: PosArgs<PyObjectRef>, vm: &VirtualMachine) -> PyListRef {
    vm.ctx.new_list(objects.iter().flat_map(|object| referents(object)).collect())
}

fn get_referrers(host: &PyObject, objects: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let targets: HashSet<usize> = objects.args.iter().map(|object| object.get_id()).collect();
    let found = host.call(objects, vm)?;
    let wrappers = references_of(cycles::tracked_wrappers());
    let refer =
        wrappers.into_iter().filter(|wrapper| referents(wrapper).iter().any(|child| targets.contains(&child.get_id())));
    let all: Vec<PyObjectRef> = vm.extract_elements_with(&found, Ok)?.into_iter().chain(refer).collect();
    Ok(vm.ctx.new_list(all).into())
}
