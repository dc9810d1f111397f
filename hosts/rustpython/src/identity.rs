//! Which Python we say we are: CPython 3.13, to C and to Python code alike.
//!
//! RustPython calls itself 3.14, `rustpython`, free-threaded. Installers read exactly these names to choose a wheel, so each of
//! them is set here, before the first line of Python runs (see `import_hook`, which calls [`install`] while importlib boots).
//! `docs/identity.md` lists what stays the host's own.

use std::ffi::OsString;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rustpython::vm::builtins::{PyDictRef, PyTuple};
use rustpython::vm::function::FuncArgs;
use rustpython::vm::stdlib::sys::sys::PyVersionInfo;
use rustpython::vm::{AsObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, class::StaticType};

/// `sys.version_info[:3]`.
pub const VERSION: (u8, u8, u8) = (3, 13, 0);
/// `sys.version_info[:2]`, as it stands in folder names.
pub const SHORT_VERSION: &str = "3.13";
/// `sys.version_info[:3]`, as it stands in texts.
pub const FULL_VERSION: &str = "3.13.0";
/// `PY_VERSION_HEX` of 3.13.0 final.
pub const VERSION_HEX: u32 = 0x030D_00F0;
/// Ours, not `cpython-313`: both write `.pyc` files beside the source, and the formats differ.
pub const CACHE_TAG: &str = "pierglass-313";
/// `PYTHON_API_VERSION`.
const API_VERSION: u32 = 1013;

/// The multiarch triple of this build (`x86_64-linux-gnu`).
pub const MULTIARCH: &str = env!("PIERGLASS_MULTIARCH");
/// RustPython's own version, for texts.
pub const HOST_VERSION: &str = env!("PIERGLASS_HOST_VERSION");

/// The suffixes of extension modules, the most specific first.
#[must_use]
pub fn extension_suffixes() -> [String; 3] {
    [format!(".cpython-313-{MULTIARCH}.so"), ".abi3.so".to_owned(), ".so".to_owned()]
}

/// `sys.version`: CPython's form, which `platform` parses, with the host named where CPython names its build.
#[must_use]
pub fn version_text() -> String {
    format!(
        "{FULL_VERSION} (pierglass {} on RustPython {HOST_VERSION}, {}) [{}]",
        env!("CARGO_PKG_VERSION"),
        env!("PIERGLASS_BUILD_DATE"),
        env!("PIERGLASS_COMPILER"),
    )
}

/// What only the command line knows and `Settings` has no field for.
#[derive(Debug, Default)]
pub(crate) struct FromCommandLine {
    /// `sys.argv`: the host's own is of UTF-8 alone.
    pub(crate) argv: Vec<OsString>,
    /// `sys.orig_argv`.
    pub(crate) orig_argv: Vec<OsString>,
    /// `sys.pycache_prefix`.
    pub(crate) pycache_prefix: Option<String>,
}

pub(crate) static FROM_COMMAND_LINE: OnceLock<FromCommandLine> = OnceLock::new();

const HOOKS: [(&str, &str); 4] = [
    ("displayhook", "__displayhook__"),
    ("excepthook", "__excepthook__"),
    ("unraisablehook", "__unraisablehook__"),
    ("breakpointhook", "__breakpointhook__"),
];

/// Give `sys` CPython 3.13's identity.
pub(crate) fn install(vm: &VirtualMachine) -> PyResult<()> {
    let version_info = version_info(vm)?;
    set(vm, "version_info", version_info.clone())?;
    set(vm, "hexversion", vm.ctx.new_int(VERSION_HEX))?;
    set(vm, "version", vm.ctx.new_str(version_text()))?;
    set(vm, "api_version", vm.ctx.new_int(API_VERSION))?;
    set(vm, "abiflags", vm.ctx.new_str(""))?;
    set(vm, "implementation", implementation(vm, version_info)?)?;
    set(vm, "_is_gil_enabled", vm.new_function("_is_gil_enabled", || true))?;
    set(vm, "getrefcount", vm.new_function("getrefcount", getrefcount))?;
    let theirs = vm.sys_module.get_attr("addaudithook", vm)?;
    let addaudithook = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        AUDITED.store(true, Relaxed);
        theirs.call(args, vm)
    };
    set(vm, "addaudithook", vm.new_function("addaudithook", addaudithook))?;
    // The host's own built-in modules are of its library, which it does not say of all.
    let (library, builtin) =
        (vm.sys_module.get_attr("stdlib_module_names", vm)?, vm.sys_module.get_attr("builtin_module_names", vm)?);
    set(vm, "stdlib_module_names", vm.call_method(&library, "union", (builtin,))?)?;
    // The host makes each function twice; programs ask with `is` whether a hook was replaced.
    for (hook, original) in HOOKS {
        set(vm, hook, vm.sys_module.get_attr(original, vm)?)?;
    }
    // 3.13's flag, which the host's struct lacks; as an attribute of its class it is read alike.
    let flags = vm.sys_module.get_attr("flags", vm)?;
    flags.class().set_attr(vm.ctx.intern_str("gil"), vm.ctx.new_int(1).into());
    let Some(given) = FROM_COMMAND_LINE.get() else {
        return Ok(());
    };
    set_arguments(vm, &given.argv, &given.orig_argv)?;
    if let Some(prefix) = &given.pycache_prefix {
        set(vm, "pycache_prefix", vm.ctx.new_str(prefix.as_str()))?;
    }
    Ok(())
}

/// Set `sys.argv` and `sys.orig_argv`.
pub(crate) fn set_arguments(vm: &VirtualMachine, argv: &[OsString], orig_argv: &[OsString]) -> PyResult<()> {
    for (name, args) in [("argv", argv), ("orig_argv", orig_argv)] {
        let args = args.iter().map(|arg| vm.fsdecode(arg).into()).collect();
        set(vm, name, vm.ctx.new_list(args))?;
    }
    Ok(())
}

/// Whether there may be audit hooks: the host keeps them to itself, and none ever goes.
static AUDITED: AtomicBool = AtomicBool::new(false);

/// Whether somebody may hear of audit events.
pub(crate) fn is_audited() -> bool {
    AUDITED.load(Relaxed)
}

/// `sys.getrefcount`: the host's count, without the reference by which a mirror that C has done with is still found.
fn getrefcount(object: PyObjectRef) -> usize {
    object.strong_count() - usize::from(emul::lifetime::is_only_remembered(crate::host::handle(&object)))
}

fn set(vm: &VirtualMachine, name: &'static str, value: impl Into<PyObjectRef>) -> PyResult<()> {
    vm.sys_module.set_attr(name, value, vm)
}

fn version_info(vm: &VirtualMachine) -> PyResult {
    let (major, minor, micro) = VERSION;
    let fields = vec![
        vm.ctx.new_int(major).into(),
        vm.ctx.new_int(minor).into(),
        vm.ctx.new_int(micro).into(),
        vm.ctx.new_str("final").into(),
        vm.ctx.new_int(0).into(),
    ];
    // The class forbids instances made by Python code, so the tuple payload is given the class directly.
    let class = PyVersionInfo::static_type().to_owned();
    Ok(PyTuple::new_unchecked(fields.into_boxed_slice()).into_ref_with_type(vm, class)?.into())
}

/// `_sysconfig.config_vars()`.
pub(crate) fn config_vars(vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let [suffix, ..] = extension_suffixes();
    let vars = vm.ctx.new_dict();
    vars.set_item("SOABI", vm.ctx.new_str(format!("cpython-313-{MULTIARCH}")).into(), vm)?;
    vars.set_item("EXT_SUFFIX", vm.ctx.new_str(suffix).into(), vm)?;
    vars.set_item("Py_GIL_DISABLED", vm.ctx.new_int(0).into(), vm)?;
    vars.set_item("WITH_DOC_STRINGS", vm.ctx.new_int(1).into(), vm)?;
    vars.set_item("Py_DEBUG", vm.ctx.new_int(0).into(), vm)?;
    Ok(vars)
}

/// `sys.implementation`, with CPython 3.13's attributes and no others.
fn implementation(vm: &VirtualMachine, version_info: PyObjectRef) -> PyResult {
    let namespace = vm.ctx.types.namespace_type.as_object().call((), vm)?;
    let attributes: PyDictRef = namespace.get_attr("__dict__", vm)?.try_into_value(vm)?;
    attributes.set_item("name", vm.ctx.new_str("cpython").into(), vm)?;
    attributes.set_item("cache_tag", vm.ctx.new_str(CACHE_TAG).into(), vm)?;
    attributes.set_item("version", version_info, vm)?;
    attributes.set_item("hexversion", vm.ctx.new_int(VERSION_HEX).into(), vm)?;
    attributes.set_item("_multiarch", vm.ctx.new_str(MULTIARCH).into(), vm)?;
    Ok(namespace)
}
