//! The door from `_imp` to the loader of the C API.

use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine};

/// Make the module that `spec` describes: the `PyInit_` call, and its result or its definition made a module.
pub(crate) fn create_dynamic(spec: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let name = spec.get_attr("name", vm)?.str(vm)?;
    Err(vm.new_import_error("extension modules are not connected yet", name))
}

/// Run the `Py_mod_exec` slots of a module made in several phases.
pub(crate) fn exec_dynamic(_module: PyObjectRef, _vm: &VirtualMachine) -> PyResult<i32> {
    Ok(0)
}
