//! The door from `_imp` to the loader of the C API.

use rustpython::vm::builtins::PyStr;
use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine};

use crate::host::{handle, raised, returned};

/// An attribute of the spec that C reads as UTF-8: the module's `what`.
fn text(spec: &PyObjectRef, attribute: &'static str, what: &str, vm: &VirtualMachine) -> PyResult<String> {
    let value = spec.get_attr(attribute, vm)?;
    let value = value.downcast::<PyStr>().map_err(|_| vm.new_type_error(format!("module {what} must be a string")))?;
    if value.contains_nuls() {
        return Err(vm.new_value_error("embedded null character"));
    }
    Ok(value.try_as_utf8(vm)?.as_str().to_owned())
}

/// Make the module that `spec` describes: the `PyInit_` call, and its result or its definition made a module.
pub(crate) fn create_dynamic(spec: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let (name, path) = (text(&spec, "name", "name", vm)?, text(&spec, "origin", "filename", vm)?);
    returned(emul::loader::create(&name, &path, handle(&spec)), vm)
}

/// Run the `Py_mod_exec` slots of a module made in several phases.
pub(crate) fn exec_dynamic(module: PyObjectRef, vm: &VirtualMachine) -> PyResult<i32> {
    emul::loader::exec(handle(&module)).map(|()| 0).map_err(|error| raised(error, vm))
}
