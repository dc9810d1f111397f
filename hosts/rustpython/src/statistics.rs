//! The built-in module `pierglass`: what the layer counts, for programs that run on it.

use rustpython::vm::builtins::{PyDictRef, PyModule, PyModuleDef, PyModuleSlots};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::{Py, PyResult, VirtualMachine};

/// Make `import pierglass` work. Runs as an interpreter's init hook.
pub(crate) fn install(vm: &mut VirtualMachine) {
    let def: &'static PyModuleDef = Box::leak(Box::new(PyModuleDef {
        name: vm.ctx.intern_str("pierglass"),
        doc: Some(vm.ctx.intern_str("What the emulation layer of CPython's C API counts.")),
        methods: &[],
        slots: PyModuleSlots { create: None, exec: Some(exec) },
    }));
    let state = PyRc::get_mut(&mut vm.state).expect("an init hook has the state to itself");
    state.module_defs.insert("pierglass", def);
}

fn exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    module.set_attr("stats", vm.new_function("stats", stats), vm)
}

/// `pierglass.stats()`: a name and a number for each thing that is counted.
fn stats(vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let dict = vm.ctx.new_dict();
    for (name, number) in emul::stats::stats().named() {
        dict.set_item(name, vm.ctx.new_int(number).into(), vm)?;
    }
    Ok(dict)
}
