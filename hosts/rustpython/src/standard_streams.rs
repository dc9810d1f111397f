//! The standard streams, where CPython's differ from the host's: closed ones are `None`, and their encoding may be given.

use rustpython::vm::function::{FuncArgs, ItemDoc, KwArgs, PyMethodDef, PyMethodFlags};
use rustpython::vm::stdlib::builtins;
use rustpython::vm::{PyResult, VirtualMachine};

use crate::options::StdioEncoding;
use crate::process_start;

const NAMES: [(&str, &str); 3] = [("stdin", "__stdin__"), ("stdout", "__stdout__"), ("stderr", "__stderr__")];

/// What CPython does for closed descriptors: no stream, and the next file that is opened may take the number.
pub(crate) fn close_again(vm: &VirtualMachine) -> PyResult<()> {
    for (descriptor, (name, original)) in (0..).zip(NAMES) {
        if !process_start::was_closed(descriptor) {
            continue;
        }
        for name in [name, original] {
            vm.sys_module.set_attr(name, vm.ctx.none(), vm)?;
        }
        // SAFETY: it is the null device of Rust's runtime; no stream uses it any more.
        unsafe { libc::close(descriptor) };
    }
    Ok(())
}

/// Give the streams the encoding and the error handler of `PYTHONIOENCODING`.
pub(crate) fn set_encoding(vm: &VirtualMachine, given: &StdioEncoding) -> PyResult<()> {
    if *given == StdioEncoding::default() {
        return Ok(());
    }
    let encoding = match &given.encoding {
        Some(encoding) => {
            let lookup = vm.import("codecs", 0)?.get_attr("lookup", vm)?;
            Some(lookup.call((encoding.as_str(),), vm)?.get_attr("name", vm)?)
        }
        None => None,
    };
    let errors = given.errors.as_deref().unwrap_or("strict");
    for (name, _) in NAMES {
        let stream = vm.sys_module.get_attr(name, vm)?;
        let errors = if name == "stderr" { "backslashreplace" } else { errors };
        let mut options = vec![("errors".to_owned(), vm.ctx.new_str(errors).into())];
        options.extend(encoding.iter().map(|encoding| ("encoding".to_owned(), encoding.clone())));
        let options: KwArgs = options.into_iter().collect();
        stream.get_attr("reconfigure", vm)?.call(FuncArgs::new(vec![], options), vm)?;
    }
    Ok(())
}

/// Replace `print` by one that, as CPython's, prints nowhere where `sys.stdout` is None: the host's would fail.
pub(crate) fn install_print(vm: &VirtualMachine) -> PyResult<()> {
    const DOC: &str = "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n--\n\n\
        Prints the values to a stream, or to sys.stdout by default.";
    static PRINT: PyMethodDef =
        PyMethodDef::new_const("print", print, PyMethodFlags::empty(), ItemDoc::static_text(DOC));
    let function = PRINT.to_function().with_module(vm.ctx.intern_str("builtins"));
    let function = function.with_module_object(vm.builtins.to_owned().into()).into_ref(&vm.ctx);
    vm.builtins.set_attr("print", function, vm)
}

fn print(args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let file = args.kwargs.get("file").filter(|file| !vm.is_none(file));
    if file.is_none() && vm.sys_module.get_attr("stdout", vm).is_ok_and(|stdout| vm.is_none(&stdout)) {
        return Ok(());
    }
    let (objects, options) = args.bind(vm)?;
    builtins::print(objects, options, vm)
}
