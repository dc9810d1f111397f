//! Modules written in Rust, and small ones in Python that come with the program. A module that is neither here nor a `.py` file
//! on `sys.path` raises ModuleNotFoundError.

mod gc;
mod imp;
mod itertools;
mod math;
mod mmap;
mod opcodes;
mod operator;
pub(crate) mod posix;
mod random;
pub(crate) mod reduce;
mod regex;
pub(crate) mod signals;
pub(crate) mod structs;
mod syntax_tree;
pub(crate) mod sys;
mod system;
pub(crate) mod thread;
mod tokens;
mod unicode;

pub(crate) use syntax_tree::parse as syntax_tree;

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
    &crate::coroutine::MODULE,
    &imp::MODULE,
    &itertools::MODULE,
    &math::MODULE,
    &mmap::MODULE,
    &opcodes::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &posix::ERRNO,
    &random::MODULE,
    &reduce::MODULE,
    &regex::MODULE,
    &signals::MODULE,
    &structs::MODULE,
    &thread::MODULE,
    &tokens::MODULE,
    &unicode::MODULE,
    &system::ATEXIT,
    &system::CODECS,
    &gc::GC,
    &system::PIERGLASS,
    &system::TIME,
    &system::TYPES,
    &system::WEAKREF,
];

/// A table of numbers of libc with their names.
macro_rules! numbers {
    ($table:ident: $($name:ident)*) => { const $table: &[(&str, i32)] = &[$((stringify!($name), libc::$name)),*]; };
}
use numbers;

/// Numbers as a module's attributes.
fn add_numbers(vm: &mut Vm, dict: H, numbers: &[(&str, i32)]) -> R<()> {
    for (name, value) in numbers {
        let mark = vm.mark();
        let value = vm.int(i64::from(*value))?;
        vm.dict_set_str(dict, name, value)?;
        vm.cut(mark);
    }
    Ok(())
}

/// A module in Python that comes with the program.
struct Frozen {
    name: &'static str,
    source: &'static str,
    /// The library's module of this name comes first where there is a library.
    stand_in: bool,
}

macro_rules! frozen {
    ($($name:literal $file:literal $($stand_in:ident)?;)*) => {
        &[$(Frozen {
            name: $name,
            source: include_str!(concat!("python/", $file)),
            stand_in: frozen!(@$($stand_in)?),
        }),*]
    };
    (@stand_in) => { true };
    (@) => { false };
}

static PYTHON: &[Frozen] = frozen! {
    "_ast" "_ast.py";
    "_async" "_async.py";
    "_codecs" "_codecs.py";
    "_collections" "_collections.py";
    "_contextvars" "_contextvars.py";
    "_generics" "_generics.py";
    "_groups" "_groups.py";
    "_importing" "_importing.py";
    "_posix_text" "_posix_text.py";
    "_random" "_random.py";
    "_reduce" "_reduce.py";
    "_signal" "_signal.py";
    "_struct" "_struct.py";
    "_structseq" "_structseq.py";
    "_sys" "_sys.py";
    "_thread" "_thread.py";
    "_tokenize" "_tokenize.py";
    "_typing" "_typing.py";
    "_weakref" "_weakref.py";
    "abc" "abc.py";
    "annotationlib" "annotationlib.py";
    "array" "array.py";
    "collections" "collections.py" stand_in;
    "contextlib" "contextlib.py" stand_in;
    "contextvars" "contextvars.py" stand_in;
    "functools" "functools.py" stand_in;
    "importlib" "importlib/__init__.py";
    "importlib._bootstrap" "importlib/_bootstrap.py";
    "importlib._bootstrap_external" "importlib/_bootstrap_external.py";
    "importlib.abc" "importlib/abc.py";
    "importlib.machinery" "importlib/machinery.py";
    "importlib.util" "importlib/util.py";
    "io" "io.py";
    "itertools" "itertools.py";
    "marshal" "marshal.py";
    "mmap" "mmap.py";
    "operator" "operator.py";
    "posix" "posix.py";
    "re" "re.py";
    "struct" "struct.py";
    "time" "time.py";
    "traceback" "traceback.py";
    "types" "types.py" stand_in;
    "unicodedata" "unicodedata.py";
    "weakref" "weakref.py" stand_in;
};

/// The names of all of them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let python = PYTHON.iter().filter(|frozen| !frozen.stand_in).map(|frozen| frozen.name);
    ["builtins", "sys"].into_iter().chain(NATIVE.iter().map(|native| native.name)).chain(python)
}

/// Whether the library has the module.
fn in_library(vm: &Vm, name: &str) -> bool {
    let file = name.replace('.', "/");
    let found = |folder: &std::path::PathBuf| {
        folder.join(&file).with_extension("py").is_file() || folder.join(&file).join("__init__.py").is_file()
    };
    vm.library.as_ref().is_some_and(found)
}

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
    let Some(frozen) = PYTHON.iter().find(|frozen| frozen.name == name) else { return Ok(None) };
    if frozen.stand_in && in_library(vm, name) {
        return Ok(None);
    }
    let source = frozen.source;
    let code = vm.compile(source, &format!("<frozen {name}>"), Mode::Exec)?;
    let module = vm.new_module(name)?;
    let dict = vm.instance_dict(module)?;
    let is_package = PYTHON.iter().any(|other| other.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
    let package = if is_package { name } else { name.rsplit_once('.').map_or("", |(package, _)| package) };
    let package = vm.str(package)?;
    vm.dict_set(dict, n::__package__, package)?;
    if is_package {
        let nothing = vm.to_list(k::EMPTY_TUPLE)?;
        vm.dict_set(dict, n::__path__, nothing)?;
    }
    let builtins = vm.dict_get(k::MODULES, n::builtins)?.unwrap_or(k::NONE);
    vm.dict_set(dict, n::__builtins__, builtins)?;
    // The modules of a package find it by name.
    let key = vm.intern(name)?;
    vm.dict_set(k::MODULES, key, module)?;
    if let Err(raised) = vm.run_code(code, dict, None) {
        let pending = vm.take_pending();
        vm.dict_remove(k::MODULES, key)?;
        let word = vm.get(pending);
        vm.set(k::PENDING, word);
        return Err(raised);
    }
    for (_, class, full_name) in STATIC.iter().filter(|(module, ..)| *module == name) {
        mark_static(vm, dict, class, full_name)?;
    }
    Ok(Some(module))
}

/// Classes in Python that are static types of CPython's: module, class, and the type's own name.
static STATIC: &[(&str, &str, &str)] = &[
    ("_collections", "OrderedDict", "collections.OrderedDict"),
    ("_contextvars", "Context", "_contextvars.Context"),
    ("_contextvars", "ContextVar", "_contextvars.ContextVar"),
    ("_contextvars", "Token", "_contextvars.Token"),
    ("_weakref", "ProxyType", "weakref.ProxyType"),
    ("array", "array", "array.array"),
    ("mmap", "mmap", "mmap.mmap"),
    ("_weakref", "CallableProxyType", "weakref.CallableProxyType"),
];

fn mark_static(vm: &mut Vm, dict: H, class: &str, full_name: &'static str) -> R<()> {
    let name = vm.intern(class)?;
    let Some(found) = vm.dict_get(dict, name)? else { return Ok(()) };
    if let crate::object::Body::Type(data) = vm.body_mut(found) {
        data.name = full_name.into();
        data.flags |= crate::object::TYPE_STATIC;
    }
    Ok(())
}
