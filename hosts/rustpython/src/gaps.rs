//! Functions of the standard library that CPython has on this platform and RustPython's modules lack.
//!
//! Only those that packages with extension modules ask for, and that the system's library answers directly. Each does what
//! CPython's does. `docs/identity.md` says what stays missing.

use std::mem;
use std::sync::OnceLock;

use rustpython::vm::builtins::{PyInt, PyList, PyModule, PyModuleDef, PySet, PyTuple, PyType};
use rustpython::vm::function::{ArgIterable, FuncArgs, OptionalOption};
use rustpython::vm::types::PyTypeFlags;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use crate::{collector, ctypes_calls, import_hook, marshal_types, struct_packing, subinterpreters};

/// A module with gaps.
pub(crate) struct Gap {
    pub(crate) module: &'static str,
    /// The host's own definition.
    pub(crate) host: OnceLock<&'static PyModuleDef>,
    fill: fn(&VirtualMachine, &Py<PyModule>) -> PyResult<()>,
}

pub(crate) static MODULES: [Gap; 9] = [
    Gap { module: "_ctypes", host: OnceLock::new(), fill: ctypes_calls::fill },
    Gap { module: "_functools", host: OnceLock::new(), fill: functools },
    Gap { module: "_interpreters", host: OnceLock::new(), fill: subinterpreters::fill },
    Gap { module: "_posixsubprocess", host: OnceLock::new(), fill: posixsubprocess },
    Gap { module: "_struct", host: OnceLock::new(), fill: struct_packing::fill },
    Gap { module: "gc", host: OnceLock::new(), fill: collector::fill },
    Gap { module: "marshal", host: OnceLock::new(), fill: marshal_types::fill },
    Gap { module: "posix", host: OnceLock::new(), fill: posix },
    Gap { module: "resource", host: OnceLock::new(), fill: resource },
];

/// Fill the module by the host's definition, then its gaps.
pub(crate) fn exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let name = module.name.map_or("", |name| name.as_str());
    let gap = MODULES.iter().find(|gap| gap.module == name).expect("only modules with gaps run this");
    import_hook::exec_host(&gap.host, vm, module)?;
    (gap.fill)(vm, module)
}

/// CPython says of a cached function that it may be called with its instance instead of being bound first.
fn functools(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let class = module.get_attr("_lru_cache_wrapper", vm)?;
    if let Some(class) = class.downcast_ref::<PyType>() {
        class.slots().flags.insert(PyTypeFlags::METHOD_DESCRIPTOR);
    }
    Ok(())
}

/// CPython's `fork_exec` takes any sequence of programs to try; the host's takes what it can iterate over.
fn posixsubprocess(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let host: PyObjectRef = module.get_attr("fork_exec", vm)?;
    let fork_exec = move |mut args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        if let Some(programs) = args.args.get_mut(1) {
            *programs = items_by_index(programs, vm)?;
        }
        host.call(args, vm)
    };
    module.set_attr("fork_exec", vm.new_function("fork_exec", fork_exec), vm)
}

/// The items of a sequence, by its length and its indices.
fn items_by_index(sequence: &PyObject, vm: &VirtualMachine) -> PyResult {
    if sequence.downcastable::<PyList>() || sequence.downcastable::<PyTuple>() {
        return Ok(sequence.to_owned());
    }
    let len = sequence.length(vm)?;
    if len >= isize::MAX as usize / size_of::<usize>() {
        return Err(vm.new_memory_error(""));
    }
    let class = sequence.class();
    if class.get_attr(vm.ctx.intern_str("__getitem__")).is_none() {
        return Err(vm.new_type_error(format!("'{}' object does not support indexing", class.name())));
    }
    let items =
        (0..len).map(|index| sequence.get_item(vm.ctx.new_int(index).as_object(), vm)).collect::<PyResult<Vec<_>>>()?;
    Ok(vm.ctx.new_tuple(items).into())
}

fn posix(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    module.set_attr("sched_getaffinity", vm.new_function("sched_getaffinity", sched_getaffinity), vm)?;
    module.set_attr("sched_setaffinity", vm.new_function("sched_setaffinity", sched_setaffinity), vm)
}

fn resource(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    module.set_attr("RLIMIT_OFILE", vm.ctx.new_int(libc::RLIMIT_NOFILE), vm)?;
    module.set_attr("prlimit", vm.new_function("prlimit", prlimit), vm)
}

/// The most processors that a set is made for: far more than Linux supports.
const MOST_PROCESSORS: usize = 1 << 16;
const BITS: usize = libc::c_ulong::BITS as usize;

/// `os.sched_getaffinity(pid)`: the numbers of the processors that a process may use.
fn sched_getaffinity(pid: libc::pid_t, vm: &VirtualMachine) -> PyResult<PyRef<PySet>> {
    let mut mask: Vec<libc::c_ulong> = vec![0; 1024 / BITS];
    loop {
        // SAFETY: the kernel writes at most as many bytes as the vector has.
        let status = unsafe { libc::sched_getaffinity(pid, mem::size_of_val(&mask[..]), mask.as_mut_ptr().cast()) };
        if status == 0 {
            break;
        }
        let error = vm.new_last_errno_error();
        // EINVAL: the kernel knows more processors than the mask has bits.
        if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINVAL) || mask.len() * BITS >= MOST_PROCESSORS
        {
            return Err(error);
        }
        mask.resize(mask.len() * 2, 0);
    }
    let set = PySet::default().into_ref(&vm.ctx);
    for number in (0..mask.len() * BITS).filter(|number| mask[number / BITS] >> (number % BITS) & 1 == 1) {
        set.add(vm.ctx.new_int(number).into(), vm)?;
    }
    Ok(set)
}

/// `os.sched_setaffinity(pid, mask)`.
fn sched_setaffinity(pid: libc::pid_t, processors: ArgIterable<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let mut mask: Vec<libc::c_ulong> = vec![0; 1024 / BITS];
    for item in processors.iter(vm)? {
        let item = item?;
        let Ok(number) = item.clone().downcast::<PyInt>() else {
            let class = item.class().name().to_string();
            return Err(
                vm.new_type_error(format!("expected an iterator of ints, but iterator yielded <class '{class}'>"))
            );
        };
        let number = number.try_to_primitive::<i64>(vm).unwrap_or(i64::MAX);
        if number < 0 {
            return Err(vm.new_value_error("negative CPU number"));
        }
        let Some(number) = usize::try_from(number).ok().filter(|&number| number < MOST_PROCESSORS) else {
            return Err(vm.new_overflow_error("CPU number too large"));
        };
        if number / BITS >= mask.len() {
            mask.resize(number / BITS + 1, 0);
        }
        mask[number / BITS] |= 1 << (number % BITS);
    }
    // SAFETY: the kernel reads as many bytes as the vector has.
    let status = unsafe { libc::sched_setaffinity(pid, mem::size_of_val(&mask[..]), mask.as_ptr().cast()) };
    if status == 0 { Ok(()) } else { Err(vm.new_last_errno_error()) }
}

/// The number of kinds of limits that Linux has.
const RLIM_NLIMITS: i32 = 16;

/// `resource.prlimit(pid, resource, limits=None)`: set, if asked, and return the former limits.
fn prlimit(
    pid: libc::pid_t,
    resource: i32,
    limits: OptionalOption<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<(libc::rlim_t, libc::rlim_t)> {
    if !(0..RLIM_NLIMITS).contains(&resource) {
        return Err(vm.new_value_error("invalid resource specified"));
    }
    let new = limits.flatten().map(|limits| limits_of(limits, vm)).transpose()?;
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both structs live over the call; the new one may be NULL.
    if unsafe { libc::prlimit(pid, resource.cast_unsigned(), new, &raw mut old) } == 0 {
        return Ok((old.rlim_cur, old.rlim_max));
    }
    if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL) {
        return Err(vm.new_value_error("current limit exceeds maximum limit"));
    }
    Err(vm.new_last_errno_error())
}

/// Two numbers; the host's `RLIM_INFINITY` is the largest unsigned one, CPython's is -1: both are understood.
fn limits_of(limits: PyObjectRef, vm: &VirtualMachine) -> PyResult<libc::rlimit> {
    let limits: Vec<PyObjectRef> = limits.try_to_value(vm)?;
    let [soft, hard] = limits.as_slice() else {
        return Err(vm.new_value_error("expected a tuple of 2 integers"));
    };
    let limit = |number: &PyObjectRef| {
        let number = number.try_index(vm)?;
        number.try_to_primitive::<i64>(vm).map(i64::cast_unsigned).or_else(|_| number.try_to_primitive(vm))
    };
    Ok(libc::rlimit { rlim_cur: limit(soft)?, rlim_max: limit(hard)? })
}
