//! `_struct`: what is packed into a buffer overwrites padding too, and what does not fit its format raises `struct.error`.
//!
//! RustPython's `pack_into` leaves the bytes between aligned items as they were; CPython's clears them. A value of the wrong
//! type raises TypeError in RustPython where its conversion does; in CPython it is the format that is not met.

use rustpython::vm::buffer::new_struct_error;
use rustpython::vm::builtins::descriptor::PyMethodDescriptor;
use rustpython::vm::builtins::{PyBaseExceptionRef, PyByteArray, PyBytes, PyModule, PyStr, PyType};
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

/// Put the functions and methods of the module before the host's.
pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let (pack, pack_into) = (module.get_attr("pack", vm)?, module.get_attr("pack_into", vm)?);
    let host_pack = pack.clone();
    let function = move |args: FuncArgs, vm: &VirtualMachine| packed(&host_pack, args, vm);
    module.set_attr("pack", vm.new_function("pack", function), vm)?;

    let (host_pack, host_into) = (pack, pack_into.clone());
    let function = move |mut args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        if args.args.len() < 3 || !args.kwargs.is_empty() {
            return host_into.call(args, vm);
        }
        let place: Vec<PyObjectRef> = args.args.drain(1..3).collect();
        let data = packed(&host_pack, args, vm)?;
        put(&host_into, &data, place, vm)
    };
    module.set_attr("pack_into", vm.new_function("pack_into", function), vm)?;

    let class = module.get_attr("Struct", vm)?;
    let Some(class) = class.downcast_ref::<PyType>() else { return Ok(()) };
    // The module's classes live as long as the process.
    let class: &'static Py<PyType> = Box::leak(Box::new(class.to_owned()));
    let name = vm.ctx.intern_str("pack");
    let Some(host_pack) = class.get_direct_attr(name) else { return Ok(()) };
    let before = host_pack.clone();
    let method = move |args: FuncArgs, vm: &VirtualMachine| packed(&before, args, vm);
    set_method(class, "pack", &host_pack, method, vm);
    let Some(host_method) = class.get_direct_attr(vm.ctx.intern_str("pack_into")) else { return Ok(()) };
    let before = host_method.clone();
    let method = move |mut args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        if args.args.len() < 3 || !args.kwargs.is_empty() {
            return before.call(args, vm);
        }
        let place: Vec<PyObjectRef> = args.args.drain(1..3).collect();
        let data = packed(&host_pack, args, vm)?;
        put(&pack_into, &data, place, vm)
    };
    set_method(class, "pack_into", &host_method, method, vm);
    Ok(())
}

fn set_method<F>(class: &'static Py<PyType>, name: &'static str, host: &PyObject, call: F, vm: &VirtualMachine)
where
    F: Fn(FuncArgs, &VirtualMachine) -> PyResult + Send + Sync + 'static,
{
    let doc = host.downcast_ref::<PyMethodDescriptor>().map_or(ItemDoc::NONE, |host| host.method.item_doc());
    let def = vm.ctx.new_method_def(name, call, PyMethodFlags::METHOD, doc);
    class.set_attr(vm.ctx.intern_str(name), def.build_method(class, vm).into());
}

/// Write packed bytes to a place: a buffer and an offset.
fn put(host_into: &PyObject, data: &PyObject, place: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let format = vm.ctx.new_str(format!("{}s", data.length(vm)?));
    let mut args: Vec<PyObjectRef> = vec![format.into()];
    args.extend(place);
    args.push(data.to_owned());
    host_into.call(FuncArgs::from(args), vm)
}

/// `pack(format, *values)`, or `Struct.pack(self, *values)`.
fn packed(host_pack: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let given = args.args.clone();
    host_pack.call(args, vm).map_err(|error| match given.split_first() {
        Some((format, values)) if error.fast_isinstance(vm.ctx.exceptions.type_error) => {
            unmet(format, values, vm).unwrap_or(error)
        }
        _ => error,
    })
}

/// The error of the first value whose type its format does not take.
fn unmet(format: &PyObject, values: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyBaseExceptionRef> {
    let is_plain = format.downcastable::<PyStr>() || format.downcastable::<PyBytes>();
    let format = if is_plain { format.to_owned() } else { format.get_attr("format", vm).ok()? };
    let format = match format.downcast_ref::<PyStr>() {
        Some(format) => format.to_string_lossy().into_owned(),
        None => String::from_utf8_lossy(format.downcast_ref::<PyBytes>()?.as_bytes()).into_owned(),
    };
    let mut values = values.iter();
    let mut repeat = None;
    for code in format.bytes() {
        match code {
            b'0'..=b'9' => {
                repeat = Some(repeat.unwrap_or(0_usize).saturating_mul(10).saturating_add(usize::from(code - b'0')));
                continue;
            }
            b'x' | b' ' | b'\t' | b'\n' | b'\r' | b'@' | b'=' | b'<' | b'>' | b'!' => {}
            b's' | b'p' => {
                let value = values.next()?;
                if !value.downcastable::<PyBytes>() && !value.downcastable::<PyByteArray>() {
                    let code = char::from(code);
                    return Some(new_struct_error(vm, format!("argument for '{code}' must be a bytes object")));
                }
            }
            _ => {
                for value in values.by_ref().take(repeat.unwrap_or(1)) {
                    if let Some(message) = refused(code, value) {
                        return Some(new_struct_error(vm, message));
                    }
                }
            }
        }
        repeat = None;
    }
    None
}

fn refused(code: u8, value: &PyObject) -> Option<&'static str> {
    match code {
        b'c' if !value.downcastable::<PyBytes>() => Some("char format requires a bytes object of length 1"),
        b'e' | b'f' | b'd' if !is_real(value) => Some("required argument is not a float"),
        _ => None,
    }
}

/// Whether the value converts to a float.
fn is_real(value: &PyObject) -> bool {
    let slots = &value.class().slots().as_number;
    slots.float.load().is_some() || slots.index.load().is_some()
}
