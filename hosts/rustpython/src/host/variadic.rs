//! More arguments than `argtypes` names, for foreign functions: CPython converts the others as it does without `argtypes`
//! (`printf`); RustPython's `_ctypes` refuses them.

use std::sync::OnceLock;

use rustpython::vm::builtins::{PyModule, PyTuple, PyType};
use rustpython::vm::function::FuncArgs;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

type Call = fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult;

static HOST: OnceLock<Call> = OnceLock::new();

/// Let the class of foreign functions take them; before the program derives classes from it.
pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let class: PyObjectRef = module.get_attr("CFuncPtr", vm)?;
    if let Some(class) = class.downcast_ref::<PyType>()
        && let Some(host) = class.slots().call.load()
        && HOST.set(host).is_ok()
    {
        class.slots().call.store(Some(call));
        super::descriptors::rewrap(class, "__call__", host as usize, call as Call as usize, vm);
    }
    Ok(())
}

fn call(function: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let host = HOST.get().expect("stored before this function was");
    let given = args.clone();
    // The host refuses before it calls anything.
    let error = match host(function, args, vm) {
        Err(error) if error.fast_isinstance(vm.ctx.exceptions.type_error) && says_mismatch(error.as_object(), vm) => {
            error
        }
        result => return result,
    };
    let types = function.get_attr("argtypes", vm)?;
    match types.downcast_ref::<PyTuple>() {
        Some(types) if types.as_slice().len() < given.args.len() => call_with_more(function, types, given, vm),
        _ => Err(error),
    }
}

fn says_mismatch(error: &PyObject, vm: &VirtualMachine) -> bool {
    error.str(vm).is_ok_and(|text| text.as_bytes() == b"argument amount mismatch")
}

/// The arguments that have types are converted by them; a function without any at the same address takes them all.
fn call_with_more(function: &PyObject, types: &Py<PyTuple>, given: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let mut values = Vec::with_capacity(given.args.len());
    for (index, value) in given.args.iter().enumerate() {
        values.push(match types.as_slice().get(index) {
            Some(class) => vm.call_method(class, "from_param", (value.clone(),))?,
            None => value.clone(),
        });
    }
    // A foreign function's memory holds its address; the host's `cast` gives that of the memory.
    let pointer = vm.import("ctypes", 0)?.get_attr("c_void_p", vm)?;
    let address = vm.call_method(&pointer, "from_buffer", (function.to_owned(),))?.get_attr("value", vm)?;
    let bare = function.class().as_object().call((address,), vm)?;
    // None says here that the class's own is not replaced, or that there is no result, which nobody looks at then.
    let restype = function.get_attr("restype", vm)?;
    if !vm.is_none(&restype) {
        bare.set_attr("restype", restype, vm)?;
    }
    if let Ok(check) = function.get_attr("errcheck", vm)
        && !vm.is_none(&check)
    {
        bare.set_attr("errcheck", check, vm)?;
    }
    bare.call(FuncArgs::from(values), vm)
}
