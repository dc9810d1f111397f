//! Functions written in Python that C code has replaced (`PyFunction_SetVectorcall`).
//!
//! RustPython calls functions by their class's slots, or, once a place in the code has called one often, by a shortcut past
//! them. A replaced function gets its own code back without the mark that shortcuts ask for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use emul::host::NativeCall;
use rustpython::vm::builtins::PyWeak;
use rustpython::vm::function::FuncArgs;
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{handle, handles, returned};

/// `CO_OPTIMIZED`: what has it may be called without asking its class.
const OPTIMIZED: i32 = 1;

struct Replaced {
    function: PyRef<PyWeak>,
    call: Arc<NativeCall>,
}

/// By the function's address; the weak reference says whether it is still that function's.
static REPLACED: Mutex<Option<HashMap<usize, Replaced>>> = Mutex::new(None);

fn replaced() -> MutexGuard<'static, Option<HashMap<usize, Replaced>>> {
    REPLACED.lock().unwrap_or_else(PoisonError::into_inner)
}

type Call = fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult;
type VectorCall = fn(&PyObject, Vec<PyObjectRef>, usize, Option<&[PyObjectRef]>, &VirtualMachine) -> PyResult;

/// What the slots held before the first function was replaced.
static BEFORE: OnceLock<(Call, VectorCall)> = OnceLock::new();

/// Call `call` instead of the function's code.
pub(crate) fn set(function: &PyObject, call: NativeCall, vm: &VirtualMachine) -> PyResult<()> {
    install(vm);
    let code = function.get_attr("__code__", vm)?;
    let flags: i32 = code.get_attr("co_flags", vm)?.try_into_value(vm)?;
    let flags: PyObjectRef = vm.ctx.new_int(flags & !OPTIMIZED).into();
    let replace = code.get_attr("replace", vm)?;
    let name: PyObjectRef = vm.ctx.new_str("co_flags").into();
    let code = replace.vectorcall(vec![flags], 0, Some(&[name]), vm)?;
    function.set_attr("__code__", code, vm)?;
    let entry = Replaced { function: function.downgrade(None, vm)?, call: Arc::new(call) };
    let mut replaced = replaced();
    let all = replaced.get_or_insert_default();
    let gone = all.extract_if(|_, entry| entry.function.upgrade().is_none());
    let mut dropped: Vec<Replaced> = gone.map(|(_, entry)| entry).collect();
    dropped.extend(all.insert(function.get_id(), entry));
    // What they hold may run code when it goes: not with the lock held.
    drop(replaced);
    drop(dropped);
    Ok(())
}

fn install(vm: &VirtualMachine) {
    let slots = vm.ctx.types.function_type.slots();
    if let (Some(call), Some(vectorcall)) = (slots.call.load(), slots.vectorcall.load())
        && BEFORE.set((call, vectorcall)).is_ok()
    {
        slots.call.store(Some(call_function));
        slots.vectorcall.store(Some(vectorcall_function));
    }
}

/// What to call instead of the function's code, if anything.
fn instead(function: &PyObject) -> Option<Arc<NativeCall>> {
    let replaced = replaced();
    let entry = replaced.as_ref()?.get(&function.get_id())?;
    let call = entry.function.upgrade().map(|_| Arc::clone(&entry.call));
    drop(replaced);
    call
}

fn call_function(function: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(call) = instead(function) else {
        return (BEFORE.get().expect("stored before this function was").0)(function, args, vm);
    };
    let mut values = vec![function.to_owned()];
    values.extend(args.args);
    let mut names: Vec<PyObjectRef> = Vec::new();
    for (name, value) in args.kwargs {
        names.push(vm.ctx.new_str(name).into());
        values.push(value);
    }
    returned(call(handles(&values), handles(&names)), vm)
}

fn vectorcall_function(
    function: &PyObject,
    args: Vec<PyObjectRef>,
    nargs: usize,
    names: Option<&[PyObjectRef]>,
    vm: &VirtualMachine,
) -> PyResult {
    let Some(call) = instead(function) else {
        return (BEFORE.get().expect("stored before this function was").1)(function, args, nargs, names, vm);
    };
    let mut values = vec![handle(function)];
    values.extend(handles(&args));
    let names = names.unwrap_or_default();
    values.truncate(1 + nargs + names.len());
    returned(call(&values, handles(names)), vm)
}
