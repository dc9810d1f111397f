//! `_ctypes`: calls of functions that take or return `PyObject *`, belong to Python's own API, or take more than was declared.
//!
//! To RustPython's `ctypes` a `py_object` is the address of its own object, which no C code understands; it does not ask whether
//! a function of `PyDLL` left an error; and it refuses arguments beyond those that `argtypes` names, by which variadic functions
//! are called, and an array for a pointer to its items. Such calls are made here: the arguments are turned into what the host's
//! call passes on as it is, objects into the addresses of their mirrors, and the host calls the address without `argtypes`.

use std::sync::OnceLock;

use emul::foreign::Foreign;
use rustpython::vm::builtins::{PyInt, PyModule, PyStr, PyType};
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use crate::host::{handle, raised, take};

type Call = fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult;

/// How the host calls a foreign function.
static HOST_CALL: OnceLock<Call> = OnceLock::new();

/// `FUNCFLAG_PYTHONAPI`: a function of Python's own API, which runs with the lock held and may set an error.
const PYTHON_API: i32 = 4;

/// No function lies here: such an address is NULL, or the number of one that the host has itself (`ctypes.cast` and its like).
const FIRST_PAGE: usize = 4096;

/// Put our call before the host's.
pub(crate) fn fill(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let class = module.get_attr("CFuncPtr", vm)?;
    let Ok(class) = class.downcast::<PyType>() else { return Ok(()) };
    if let Some(host) = class.slots().call.load()
        && HOST_CALL.set(host).is_ok()
    {
        // The module's classes live as long as the process.
        let class: &'static Py<PyType> = Box::leak(Box::new(class));
        let method = vm.ctx.new_method_def("__call__", call_method, PyMethodFlags::METHOD, ItemDoc::NONE);
        // Derived classes are called by what they find under this name.
        class.set_attr(vm.ctx.intern_str("__call__"), method.build_method(class, vm).into());
        class.slots().call.store(Some(call));
    }
    Ok(())
}

fn call_method(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if args.args.is_empty() {
        return Err(vm.new_type_error("unbound method CFuncPtr.__call__() needs an argument"));
    }
    let function = args.args.remove(0);
    call(&function, args, vm)
}

/// What a foreign function says of itself.
struct Declared {
    flags: i32,
    /// `argtypes`, or those of its class; none where neither has been set.
    arguments: Option<Vec<PyObjectRef>>,
    result: PyObjectRef,
}

impl Declared {
    fn of(function: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        // What `CFUNCTYPE` was told lies in the class. The host gives an empty tuple, or None, for what was not set.
        let of_class = |name| function.class().get_attr(vm.ctx.intern_str(name)).filter(|found| !vm.is_none(found));
        let mut arguments: Vec<PyObjectRef> = function.get_attr("argtypes", vm)?.try_to_value(vm)?;
        let mut is_known = !arguments.is_empty();
        if let Some(declared) = of_class("_argtypes_").filter(|_| !is_known) {
            (arguments, is_known) = (declared.try_to_value(vm)?, true);
        }
        let result = function.get_attr("restype", vm)?;
        let result = if vm.is_none(&result) { of_class("_restype_").unwrap_or(result) } else { result };
        let flags = function.get_attr("_flags_", vm)?.try_to_value(vm)?;
        Ok(Self { flags, arguments: is_known.then_some(arguments), result })
    }

    fn is_api(&self) -> bool {
        self.flags & PYTHON_API != 0
    }

    fn expected(&self) -> &[PyObjectRef] {
        self.arguments.as_deref().unwrap_or_default()
    }

    /// Whether the call is one of those that the host makes as C expects.
    fn is_the_hosts(&self, args: &FuncArgs, vm: &VirtualMachine) -> bool {
        let expected = self.expected();
        if !args.kwargs.is_empty() || args.args.len() < expected.len() {
            // Keywords and defaults are for parameters with flags.
            return true;
        }
        let is_plain = |(at, argument): (usize, &PyObjectRef)| match expected.get(at) {
            Some(class) => !is_object_class(class, vm) && !is_array_for(class, argument, vm),
            None => self.arguments.is_none() && !is_object_class(argument.class().as_object(), vm),
        };
        !self.is_api() && !is_object_class(&self.result, vm) && args.args.iter().enumerate().all(is_plain)
    }
}

/// `py_object`, or a class derived from it.
fn is_object_class(class: &PyObject, vm: &VirtualMachine) -> bool {
    let Some(class) = class.downcast_ref::<PyType>() else { return false };
    let code = class.get_attr(vm.ctx.intern_str("_type_"));
    code.is_some_and(|code| code.downcast_ref::<PyStr>().is_some_and(|code| code.as_bytes() == b"O"))
}

/// Whether `argument` is an array of what the class `pointer` points to.
fn is_array_for(pointer: &PyObject, argument: &PyObject, vm: &VirtualMachine) -> bool {
    let items = vm.ctx.intern_str("_type_");
    let is_array = argument.class().get_attr(vm.ctx.intern_str("_length_")).is_some();
    let points_to = pointer.downcast_ref::<PyType>().and_then(|class| class.get_attr(items));
    is_array
        && pointer.downcast_ref::<PyType>().is_some_and(|class| class.get_attr(vm.ctx.intern_str("contents")).is_some())
        && points_to.is_some_and(|wanted| argument.class().get_attr(items).is_some_and(|items| items.is(&wanted)))
}

fn call(function: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let host = HOST_CALL.get().expect("stored before this was");
    if address(function, vm)? < FIRST_PAGE {
        return of_the_host(function, args, vm);
    }
    let declared = Declared::of(function, vm)?;
    if declared.is_the_hosts(&args, vm) {
        return host(function, args, vm);
    }
    let given = vm.ctx.new_tuple(args.args);
    let arguments = given.iter().enumerate().map(|(at, argument)| {
        let class = declared.expected().get(at);
        Argument::new(class.map(PyObjectRef::as_object), argument, vm)
    });
    let result = made(function, &declared, arguments.collect::<PyResult<_>>()?, vm)?;
    let check = function.get_attr("errcheck", vm)?;
    if vm.is_none(&check) { Ok(result) } else { check.call((result, function.to_owned(), given), vm) }
}

/// Call a function that the host has itself: `cast`, `string_at` and their like. It takes a foreign function for a pointer to where
/// its address lies, and casts nothing to one.
fn of_the_host(function: &PyObject, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let host = HOST_CALL.get().expect("stored before this was");
    let functions = vm.import("_ctypes", 0)?.get_attr("CFuncPtr", vm)?;
    let pointer = ctypes("c_void_p", vm)?;
    for argument in &mut args.args {
        if argument.is_instance(&functions, vm)? {
            *argument = pointer.call((address(argument, vm)?,), vm)?;
        }
    }
    let wanted = match args.args.get(2) {
        Some(class) if class.downcastable::<PyType>() && class.is_subclass(&functions, vm)? => class.clone(),
        _ => return host(function, args, vm),
    };
    args.args[2] = pointer;
    let at = host(function, args, vm)?.get_attr("value", vm)?;
    wanted.call((if vm.is_none(&at) { vm.ctx.new_int(0).into() } else { at },), vm)
}

/// An argument that has been converted.
enum Argument {
    /// What the host's call takes as it is.
    Plain(PyObjectRef),
    /// An object, of which C gets the mirror; none is NULL.
    Object(Option<PyObjectRef>),
}

impl Argument {
    /// The argument for a parameter of this class, or for one that has not been declared.
    fn new(class: Option<&PyObject>, argument: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        match class {
            Some(class) if is_object_class(class, vm) => {
                if is_object_class(argument.class().as_object(), vm) {
                    return Ok(Self::Object(held(argument, vm)?));
                }
                Ok(Self::Object(Some(argument.to_owned())))
            }
            Some(class) if is_array_for(class, argument, vm) => Ok(Self::Plain(argument.to_owned())),
            Some(class) => {
                let convert = class.get_attr("from_param", vm)?;
                let converted: PyObjectRef = convert.call((argument.to_owned(),), vm)?;
                Self::undeclared(&converted, vm)
            }
            None => Self::undeclared(argument, vm),
        }
    }

    fn undeclared(argument: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        if is_object_class(argument.class().as_object(), vm) {
            return Ok(Self::Object(held(argument, vm)?));
        }
        let class = if argument.downcastable::<PyInt>() {
            "c_int"
        } else if argument.downcastable::<PyStr>() {
            "c_wchar_p"
        } else {
            return match vm.get_attribute_opt(argument, vm.ctx.intern_str("_as_parameter_"))? {
                Some(other) if !other.is(argument) => Self::undeclared(&other, vm),
                _ => Ok(Self::Plain(argument.to_owned())),
            };
        };
        Ok(Self::Plain(ctypes(class, vm)?.call((argument.to_owned(),), vm)?))
    }
}

/// What a `py_object` holds; none where that is NULL.
fn held(object: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    match object.get_attr("value", vm) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.class().is(vm.ctx.exceptions.value_error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn ctypes(name: &'static str, vm: &VirtualMachine) -> PyResult {
    vm.import("ctypes", 0)?.get_attr(name, vm)
}

/// Call the function's address, with arguments that need no conversion.
fn made(function: &PyObject, declared: &Declared, arguments: Vec<Argument>, vm: &VirtualMachine) -> PyResult {
    let host = HOST_CALL.get().expect("stored before this was");
    let (pointer, returns_object) = (ctypes("c_void_p", vm)?, is_object_class(&declared.result, vm));
    let plain = undeclared(function, declared.flags, vm)?;
    plain.set_attr("restype", if returns_object { pointer.clone() } else { declared.result.clone() }, vm)?;
    let objects = arguments.iter().any(|argument| matches!(argument, Argument::Object(_)));
    let mut foreign = (declared.is_api() || objects || returns_object).then(Foreign::enter);
    let mut values = Vec::with_capacity(arguments.len());
    for argument in &arguments {
        values.push(match argument {
            Argument::Plain(value) => value.clone(),
            Argument::Object(None) => vm.ctx.none(),
            Argument::Object(Some(object)) => {
                let address = foreign.as_mut().map_or(0, |foreign| foreign.lend(handle(object)));
                pointer.call((address,), vm)?
            }
        });
    }
    let result = host(&plain, FuncArgs::from(values), vm)?;
    let Some(foreign) = foreign else { return Ok(result) };
    if let Some(error) = declared.is_api().then(|| foreign.error()).flatten() {
        return Err(raised(error, vm));
    }
    if !returns_object {
        return Ok(result);
    }
    if vm.is_none(&result) {
        return Err(vm.new_value_error("PyObject is NULL"));
    }
    // SAFETY: `restype` says that the function returns a new reference.
    unsafe { foreign.take(result.try_to_value(vm)?) }.map(take).map_err(|error| raised(error, vm))
}

/// A foreign function at the same address that says nothing of its arguments.
fn undeclared(function: &PyObject, flags: i32, vm: &VirtualMachine) -> PyResult {
    undeclared_class(flags, vm)?.call((address(function, vm)?,), vm)
}

fn address(function: &PyObject, vm: &VirtualMachine) -> PyResult<usize> {
    function.try_bytes_like(vm, |bytes| {
        let word: Option<[u8; size_of::<usize>()]> = bytes.first_chunk().copied();
        word.map_or(0, usize::from_ne_bytes)
    })
}

/// The class of such functions, made once for each set of flags.
fn undeclared_class(flags: i32, vm: &VirtualMachine) -> PyResult {
    let module = vm.import("_ctypes", 0)?;
    let name = vm.ctx.intern_str(format!("_undeclared_{flags}"));
    if let Some(class) = vm.get_attribute_opt(&module, name)? {
        return Ok(class);
    }
    let base = module.get_attr("CFuncPtr", vm)?;
    let members = vm.ctx.new_dict();
    members.set_item("_flags_", vm.ctx.new_int(flags).into(), vm)?;
    members.set_item("_restype_", ctypes("c_int", vm)?, vm)?;
    let bases = vm.ctx.new_tuple(vec![base.clone()]);
    let class = base.class().as_object().call((name.to_owned(), bases, members), vm)?;
    module.set_attr(name, class.clone(), vm)?;
    Ok(class)
}
