//! Extension modules through the normal import system.
//!
//! `importlib` asks the built-in module `_imp` which suffixes extension modules have and how to make and run one. RustPython's
//! answers are 'none' and 'not at all'. We wrap its module definition: right after `_imp` is made, and before importlib reads it,
//! the answers are replaced. So `EXTENSION_SUFFIXES`, `FileFinder` and `ExtensionFileLoader` come out as CPython's without
//! anything to rebuild afterwards, in subinterpreters too.

use std::sync::OnceLock;

use rustpython::vm::builtins::{PyModule, PyModuleDef, PyModuleSlots};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::function::OptionalArg;
use rustpython::vm::{Py, PyObjectRef, PyResult, VirtualMachine};

use crate::{identity, loader_glue};

static HOST_IMP: OnceLock<&'static PyModuleDef> = OnceLock::new();

/// Built-in stubs of RustPython that hide real modules: the build's variables (ours are a Python file of the library) and
/// CPython's own test module.
const STUBS: [&str; 2] = ["_sysconfigdata", "_testinternalcapi"];

/// Put our `_imp` in place of the host's. Runs as an interpreter's init hook, before any module exists.
pub(crate) fn install(vm: &mut VirtualMachine) {
    let state = PyRc::get_mut(&mut vm.state).expect("an init hook has the state to itself");
    let host = *HOST_IMP.get_or_init(|| state.module_defs["_imp"]);
    let ours: &'static PyModuleDef = Box::leak(Box::new(PyModuleDef {
        name: host.name,
        doc: host.doc,
        methods: host.methods,
        slots: PyModuleSlots {
            create: host.slots.create,
            exec: Some(exec_imp),
        },
    }));
    state.module_defs.insert("_imp", ours);
    state
        .module_defs
        .retain(|name, _| !STUBS.iter().any(|stub| name.starts_with(stub)));
}

fn exec_imp(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    if let Some(exec) = HOST_IMP.get().and_then(|host| host.slots.exec) {
        exec(vm, module)?;
    }
    // The earliest moment at which `sys` is complete and no Python code has run.
    identity::install(vm)?;
    module.set_attr(
        "extension_suffixes",
        vm.new_function("extension_suffixes", extension_suffixes),
        vm,
    )?;
    module.set_attr(
        "create_dynamic",
        vm.new_function("create_dynamic", create_dynamic),
        vm,
    )?;
    module.set_attr(
        "exec_dynamic",
        vm.new_function("exec_dynamic", loader_glue::exec_dynamic),
        vm,
    )
}

fn extension_suffixes(vm: &VirtualMachine) -> Vec<PyObjectRef> {
    identity::extension_suffixes()
        .into_iter()
        .map(|suffix| vm.ctx.new_str(suffix).into())
        .collect()
}

/// `_imp.create_dynamic(spec, file=None)`; CPython ignores the file too where it has dlopen.
fn create_dynamic(
    spec: PyObjectRef,
    _file: OptionalArg<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult {
    loader_glue::create_dynamic(spec, vm)
}
