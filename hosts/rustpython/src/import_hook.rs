//! Extension modules through the normal import system.
//!
//! `importlib` asks the built-in module `_imp` which suffixes extension modules have and how to make and run one. RustPython's
//! answers are 'none' and 'not at all'. We wrap its module definition: right after `_imp` is made, and before importlib reads it,
//! the answers are replaced. So `EXTENSION_SUFFIXES`, `FileFinder` and `ExtensionFileLoader` come out as CPython's without
//! anything to rebuild afterwards, in subinterpreters too.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustpython::vm::builtins::{PyModule, PyModuleDef, PyModuleSlots};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::function::OptionalArg;
use rustpython::vm::{Py, PyObjectRef, PyResult, VirtualMachine};

use crate::{gaps, identity, loader_glue};

static HOST_IMP: OnceLock<&'static PyModuleDef> = OnceLock::new();
static HOST_SYSCONFIG: OnceLock<&'static PyModuleDef> = OnceLock::new();

/// Built-in stubs of RustPython that hide real modules: the build's variables (ours are a Python file of the library) and
/// CPython's own test module.
const STUBS: [&str; 2] = ["_sysconfigdata", "_testinternalcapi"];

/// Put our `_imp` in place of the host's. Runs as an interpreter's init hook, before any module exists.
pub(crate) fn install(vm: &mut VirtualMachine) {
    let state = PyRc::get_mut(&mut vm.state).expect("an init hook has the state to itself");
    wrap(&mut state.module_defs, "_imp", &HOST_IMP, exec_imp);
    wrap(&mut state.module_defs, "_sysconfig", &HOST_SYSCONFIG, exec_sysconfig);
    for gap in &gaps::MODULES {
        wrap(&mut state.module_defs, gap.module, &gap.host, gaps::exec);
    }
    state.module_defs.retain(|name, _| !STUBS.iter().any(|stub| name.starts_with(stub)));
}

/// Put a definition like the host's in its place, but run by `exec`.
fn wrap(
    defs: &mut BTreeMap<&'static str, &'static PyModuleDef>,
    name: &'static str,
    host: &OnceLock<&'static PyModuleDef>,
    exec: fn(&VirtualMachine, &Py<PyModule>) -> PyResult<()>,
) {
    let host = *host.get_or_init(|| defs[name]);
    let ours = PyModuleDef {
        name: host.name,
        doc: host.doc,
        methods: host.methods,
        slots: PyModuleSlots { create: host.slots.create, exec: Some(exec) },
    };
    // Module definitions live as long as the process, here as in the host.
    defs.insert(name, Box::leak(Box::new(ours)));
}

pub(crate) fn exec_host(
    host: &OnceLock<&'static PyModuleDef>,
    vm: &VirtualMachine,
    module: &Py<PyModule>,
) -> PyResult<()> {
    match host.get().and_then(|host| host.slots.exec) {
        Some(exec) => exec(vm, module),
        None => Ok(()),
    }
}

/// The build's variables where 3.13 also keeps the few that decide about wheels.
fn exec_sysconfig(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    exec_host(&HOST_SYSCONFIG, vm, module)?;
    module.set_attr("config_vars", vm.new_function("config_vars", identity::config_vars), vm)
}

fn exec_imp(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    exec_host(&HOST_IMP, vm, module)?;
    // The earliest moment at which `sys` is complete and no Python code has run.
    identity::install(vm)?;
    let check = vm.new_function("_override_multi_interp_extensions_check", crate::host::override_check);
    module.set_attr("_override_multi_interp_extensions_check", check, vm)?;
    module.set_attr("extension_suffixes", vm.new_function("extension_suffixes", extension_suffixes), vm)?;
    module.set_attr("create_dynamic", vm.new_function("create_dynamic", create_dynamic), vm)?;
    module.set_attr("exec_dynamic", vm.new_function("exec_dynamic", loader_glue::exec_dynamic), vm)
}

fn extension_suffixes(vm: &VirtualMachine) -> Vec<PyObjectRef> {
    identity::extension_suffixes().into_iter().map(|suffix| vm.ctx.new_str(suffix).into()).collect()
}

/// `_imp.create_dynamic(spec, file=None)`; CPython ignores the file too where it has dlopen.
fn create_dynamic(spec: PyObjectRef, _file: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    loader_glue::create_dynamic(spec, vm)
}
