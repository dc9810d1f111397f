//! Extension modules: which files are ones, and the door to the layer's loader.

use crate::heap::H;
use crate::host::calls::{done, returned};
use crate::host::{borrowed, threads};
use crate::vm::{R, Vm};

/// How the names of extension modules end, the most exact first.
pub(crate) const fn suffixes() -> [&'static str; 3] {
    #[cfg(target_arch = "aarch64")]
    return [".cpython-313-aarch64-linux-gnu.so", ".abi3.so", ".so"];
    #[cfg(not(target_arch = "aarch64"))]
    [".cpython-313-x86_64-linux-gnu.so", ".abi3.so", ".so"]
}

/// Make the module that `spec` describes: the `PyInit_` call, and its result or its definition made a module.
pub(crate) fn load_extension(vm: &mut Vm, name: &str, path: &str, spec: H) -> R<H> {
    threads::ensure_installed(vm);
    returned(vm, |_| emul::loader::create(name, path, borrowed(spec)))
}

/// Run the `Py_mod_exec` slots of a module made in several phases.
pub(crate) fn exec_dynamic(vm: &mut Vm, module: H) -> R<()> {
    done(vm, |_| emul::loader::exec(borrowed(module)))
}
