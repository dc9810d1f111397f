//! `marshal`: what is of a class derived from one that can be written cannot be written itself, wherever it lies.
//!
//! RustPython looks at the outermost object alone, and takes a str of a derived class even there.

use std::collections::HashSet;

use rustpython::vm::builtins::{PyDict, PyModule, PyType};
use rustpython::vm::function::FuncArgs;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

/// Put the functions of the module before the host's.
pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let host_dumps = module.get_attr("dumps", vm)?;
    let dumps = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let value = args.args.first().cloned();
        // Whoever listens hears of it first.
        let written = host_dumps.call(args, vm)?;
        check(value, vm)?;
        Ok(written)
    };
    module.set_attr("dumps", vm.new_function("dumps", dumps), vm)?;
    let host_dump = module.get_attr("dump", vm)?;
    let dump = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        check(args.args.first().cloned(), vm)?;
        host_dump.call(args, vm)
    };
    module.set_attr("dump", vm.new_function("dump", dump), vm)
}

fn check(value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let types = &vm.ctx.types;
    let containers = [types.tuple_type, types.list_type, types.set_type, types.frozenset_type];
    let mut waiting: Vec<PyObjectRef> = value.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(object) = waiting.pop() {
        if is_of_derived_class(&object, vm) {
            return Err(vm.new_value_error("unmarshallable object"));
        }
        let class = object.class();
        let dict = object.downcast_ref::<PyDict>();
        let is_container = dict.is_some() || containers.iter().any(|container| class.is(*container));
        if !is_container || !seen.insert(object.get_id()) {
            continue;
        }
        match dict {
            Some(dict) => waiting.extend(dict.into_iter().flat_map(|(key, value)| [key, value])),
            None => waiting.extend(object.try_to_value::<Vec<PyObjectRef>>(vm)?),
        }
    }
    Ok(())
}

fn is_of_derived_class(object: &PyObject, vm: &VirtualMachine) -> bool {
    let (class, types) = (object.class(), &vm.ctx.types);
    let is_derived = |base: &Py<PyType>| !class.is(base) && class.fast_issubclass(base);
    let written = [
        types.int_type,
        types.float_type,
        types.complex_type,
        types.str_type,
        types.tuple_type,
        types.list_type,
        types.dict_type,
        types.set_type,
        types.frozenset_type,
    ];
    !class.is(types.bool_type) && written.into_iter().any(is_derived)
}
