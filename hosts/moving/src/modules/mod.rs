//! Modules written in Rust, and small ones in Python that come with the program. A module that is neither here nor a `.py` file
//! on `sys.path` raises ModuleNotFoundError.

mod itertools;
mod math;
mod operator;
mod regex;
pub(crate) mod sys;
mod system;

use crate::builtins::add_functions;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::vm::{NativeDef, R, Vm};
use rustpython_compiler::core::Mode;

/// What a module in Rust holds.
pub(crate) struct Native {
    pub(crate) name: &'static str,
    pub(crate) functions: &'static [NativeDef],
    pub(crate) classes: &'static [(&'static str, H)],
    /// Adds what is neither.
    pub(crate) more: Option<fn(&mut Vm, H) -> R<()>>,
}

static NATIVE: &[&Native] = &[
    &itertools::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &regex::MODULE,
    &system::ATEXIT,
    &system::GC,
    &system::TIME,
    &system::TYPES,
    &system::WEAKREF,
];

/// Modules in Python: name and source.
static PYTHON: &[(&str, &str)] = &[
    ("abc", include_str!("python/abc.py")),
    ("collections", include_str!("python/collections.py")),
    ("contextlib", include_str!("python/contextlib.py")),
    ("functools", include_str!("python/functools.py")),
    ("io", include_str!("python/io.py")),
    ("itertools", include_str!("python/itertools.py")),
    ("operator", include_str!("python/operator.py")),
    ("re", include_str!("python/re.py")),
    ("types", include_str!("python/types.py")),
    ("weakref", include_str!("python/weakref.py")),
];

/// The module `name`, if it is one of ours.
pub(crate) fn make(vm: &mut Vm, name: &str) -> R<Option<H>> {
    if let Some(native) = NATIVE.iter().find(|native| native.name == name) {
        let module = vm.new_module(name)?;
        let dict = vm.instance_dict(module)?;
        add_functions(vm, module, dict, native.functions)?;
        for (name, class) in native.classes {
            vm.dict_set_str(dict, name, *class)?;
        }
        if let Some(more) = native.more {
            more(vm, dict)?;
        }
        return Ok(Some(module));
    }
    let Some((_, source)) = PYTHON.iter().find(|(other, _)| *other == name) else { return Ok(None) };
    let code = vm.compile(source, &format!("<frozen {name}>"), Mode::Exec)?;
    let module = vm.new_module(name)?;
    let dict = vm.instance_dict(module)?;
    let builtins = vm.dict_get(k::MODULES, n::builtins)?.unwrap_or(k::NONE);
    vm.dict_set(dict, n::__builtins__, builtins)?;
    vm.run_code(code, dict, None)?;
    for (_, class) in STATIC.iter().filter(|(module, _)| *module == name) {
        mark_static(vm, dict, name, class)?;
    }
    Ok(Some(module))
}

/// Classes in Python that are static types of CPython's.
static STATIC: &[(&str, &str)] = &[("weakref", "ProxyType"), ("weakref", "CallableProxyType")];

fn mark_static(vm: &mut Vm, dict: H, module: &str, class: &str) -> R<()> {
    let name = vm.intern(class)?;
    let Some(found) = vm.dict_get(dict, name)? else { return Ok(()) };
    if let crate::object::Body::Type(data) = vm.body_mut(found) {
        data.name = format!("{module}.{class}").into();
        data.flags |= crate::object::TYPE_STATIC;
    }
    Ok(())
}
