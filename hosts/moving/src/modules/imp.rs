//! `_imp`: extension modules for `modules/python/_importing.py`.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};

/// An attribute of a spec that must be a str.
fn text_of(vm: &mut Vm, spec: H, field: &str) -> R<String> {
    let name = vm.intern(field)?;
    let value = vm.getattr(spec, name)?;
    match vm.text(value).map(|text| text.as_str().map(str::to_owned)) {
        Some(Ok(text)) => Ok(text),
        Some(Err(_)) => {
            // Raises the UnicodeEncodeError that encoding the text does.
            let encode = vm.intern("encode")?;
            vm.call_method(value, encode, &[])?;
            Err(vm.value_error("a name that is no UTF-8"))
        }
        None => {
            let what = if field == "name" { "name" } else { "filename" };
            Err(vm.type_error(format!("module {what} must be a string")))
        }
    }
}

fn create_dynamic(vm: &mut Vm, args: Args) -> R<H> {
    let spec = args.h(0);
    let (name, path) = (text_of(vm, spec, "name")?, text_of(vm, spec, "origin")?);
    crate::host::load_extension(vm, &name, &path, spec)
}

fn exec_dynamic(vm: &mut Vm, args: Args) -> R<H> {
    crate::host::exec_dynamic(vm, args.h(0))?;
    vm.int(0)
}

fn extension_suffixes(vm: &mut Vm, _: Args) -> R<H> {
    let start = vm.mark();
    for suffix in crate::host::suffixes() {
        vm.str(suffix)?;
    }
    vm.list_since(start)
}

fn is_file(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    Ok(vm.bool(path.is_file()))
}

fn read_source(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    match std::fs::read_to_string(path) {
        Ok(source) => vm.str(source),
        Err(error) => Err(vm.raise_os(&error, Some(args.h(0)))),
    }
}

fn current_folder(vm: &mut Vm, _: Args) -> R<H> {
    match std::env::current_dir() {
        Ok(path) => vm.path_str(path.as_os_str()),
        Err(error) => Err(vm.raise_os(&error, None)),
    }
}

fn import_now(vm: &mut Vm, args: Args) -> R<H> {
    let name = vm.string(args.h(0));
    vm.import_dotted(&name)
}

fn no(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::FALSE)
}

fn nothing(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

static FUNCTIONS: [NativeDef; 12] = [
    def("create_dynamic", "spec file=", create_dynamic),
    def("exec_dynamic", "mod", exec_dynamic),
    def("extension_suffixes", "", extension_suffixes),
    def("is_file", "path", is_file),
    def("read_source", "path", read_source),
    def("current_folder", "", current_folder),
    def("import_now", "name", import_now),
    def("is_frozen", "name", no),
    def("is_frozen_package", "name", no),
    def("lock_held", "", no),
    def("acquire_lock", "", nothing),
    def("release_lock", "", nothing),
];

pub(super) static MODULE: Native = Native { name: "_imp", functions: &FUNCTIONS, classes: &[], more: None };
