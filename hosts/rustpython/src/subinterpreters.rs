//! `_interpreters`: interpreters that Python code makes, goes to and ends. The host's functions do it; the layer of the C API is told.

use std::sync::atomic::Ordering::Acquire;

use rustpython::vm::builtins::{PyBaseException, PyBaseExceptionRef, PyModule};
use rustpython::vm::common::wtf8::Wtf8;
use rustpython::vm::function::FuncArgs;
use rustpython::vm::vm::runtime;
use rustpython::vm::{Py, PyObjectRef, PyResult, VirtualMachine};

use crate::host;

pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let error = module.get_attr("InterpreterError", vm)?;
    wrap(vm, module, "create", move |create, args, vm| {
        let made = create.call(args, vm)?;
        let number = made.try_to_value(vm)?;
        host::introduce(number).map_err(|why| not_made(&error, why, vm))?;
        count_id_references(number);
        Ok(made)
    })?;
    for name in ["exec", "run_string", "run_func", "call", "set___main___attrs"] {
        wrap(vm, module, name, visit)?;
    }
    for name in ["incref", "decref", "destroy"] {
        wrap(vm, module, name, refer)?;
    }
    Ok(())
}

/// Put a function that is given the host's own in its place.
fn wrap(
    vm: &VirtualMachine,
    module: &Py<PyModule>,
    name: &'static str,
    ours: impl Fn(&PyObjectRef, FuncArgs, &VirtualMachine) -> PyResult + Send + Sync + 'static,
) -> PyResult<()> {
    let host = module.get_attr(name, vm)?;
    let function = move |args: FuncArgs, vm: &VirtualMachine| ours(&host, args, vm);
    module.set_attr(name, vm.new_function(name, function), vm)
}

/// CPython's error for an interpreter that could not be made ready.
fn not_made(error: &PyObjectRef, why: String, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error.call(("interpreter creation failed",), vm).map(|error| error.downcast::<PyBaseException>()) {
        Ok(Ok(raised)) => {
            raised.set_context(Some(vm.new_runtime_error(why)));
            raised
        }
        Ok(Err(_)) => vm.new_runtime_error(why),
        Err(raised) => raised,
    }
}

/// Code of another interpreter runs on this thread.
fn visit(function: &PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    match number(&mut args, vm) {
        Some(number) => emul::subinterpreters::visit(number, || function.call(args, vm)),
        None => function.call(args, vm),
    }
}

/// The number of references to an interpreter changes; perhaps the interpreter ends, on this thread.
fn refer(function: &PyObjectRef, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(number) = number(&mut args, vm) else { return function.call(args, vm) };
    let Some(state) = runtime::lookup_interpreter(number).filter(|_| runtime::is_owned_interpreter(number)) else {
        return function.call(args, vm);
    };
    let calls = host::finish_calls_at_end(&state, vm);
    let result = emul::subinterpreters::visit(number, || function.call(args, vm));
    if runtime::is_owned_interpreter(number) {
        host::goes_on(&state, &calls);
        count_id_references(number);
    } else {
        drop(state);
        host::ended(number);
    }
    result
}

fn count_id_references(number: i64) {
    if let Some(state) = runtime::lookup_interpreter(number) {
        let (count, required) = (state.id_refcount.load(Acquire), state.require_idref.load(Acquire));
        emul::subinterpreters::count_id_references(number, count, required);
    }
}

/// The number that the argument `id` says, which takes the argument's place: the host asks it again. The host knows what to say of
/// any other argument.
fn number(args: &mut FuncArgs, vm: &VirtualMachine) -> Option<i64> {
    let id = args.args.first_mut().or_else(|| args.kwargs.get_mut(Wtf8::new("id")))?;
    let number = id.try_index(vm).ok()?;
    *id = number.clone().into();
    number.try_to_primitive(vm).ok()
}
