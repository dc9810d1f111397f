//! Errors, modules, threads, collections, buffers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use emul::host::{CMemory, HostBuffer, HostObj, HostRef, HostResult, RuntimeProtocol};
use rustpython::vm::builtins::{PyBaseException, PyDict, PyType};
use rustpython::vm::compiler::Mode;
use rustpython::vm::protocol::{BufferFlags, PyBuffer};
use rustpython::vm::scope::Scope;
use rustpython::vm::vm::thread::{self, CurrentVmAttachState, SavedThreadState, ThreadedVirtualMachine};
use rustpython::vm::{AsObject, Py, PyObjectRef, PyRef, VirtualMachine};

use super::{RustPythonHost, get, own, owned, result, with};

type MakeVm = Box<dyn Fn() -> ThreadedVirtualMachine + Send + Sync>;
static MAKE_VM: OnceLock<MakeVm> = OnceLock::new();
static SAVED: Mutex<Option<HashMap<usize, Saved>>> = Mutex::new(None);

struct Saved(SavedThreadState);
// SAFETY: the state goes back to the thread that saved it; the map only keeps it meanwhile.
unsafe impl Send for Saved {}

struct SharedVm(*const VirtualMachine);
// SAFETY: the main VM lives until the interpreter is finalised; only `new_thread` is called on it.
unsafe impl Send for SharedVm {}
// SAFETY: as above.
unsafe impl Sync for SharedVm {}

/// Remember the main VM: foreign threads get theirs from it.
pub(crate) fn remember_vm(vm: &VirtualMachine) {
    let shared = SharedVm(vm);
    let _ = MAKE_VM.set(Box::new(move || {
        let shared = &shared;
        // SAFETY: foreign threads call only while the interpreter runs.
        unsafe { (*shared.0).new_thread() }
    }));
}

fn exception(object: HostRef) -> Option<PyRef<PyBaseException>> {
    get(object).to_owned().downcast().ok()
}

impl RuntimeProtocol for RustPythonHost {
    fn handled_exception(&self) -> Option<HostObj> {
        with(|vm| vm.current_exception().map(own))
    }

    fn set_handled_exception(&self, handled: Option<HostRef>) {
        with(|vm| vm.set_exception(handled.and_then(exception)));
    }

    fn unraisable(&self, error: HostObj, message: Option<&str>, object: Option<HostRef>) {
        with(|vm| {
            let object = object.map_or_else(|| vm.ctx.none(), |object| get(object).to_owned());
            vm.run_unraisable(super::raised(error, vm), message.map(str::to_owned), object);
        });
    }

    fn print_exception(&self, error: HostObj) {
        with(|vm| vm.print_exception(&super::raised(error, vm)));
    }

    fn import(&self, name: &str) -> HostResult<HostObj> {
        with(|vm| {
            let name = vm.ctx.new_str(name);
            result(vm.import(&name, 0))?;
            let modules = result(vm.sys_module.get_attr("modules", vm))?;
            owned(modules.get_item(name.as_object(), vm))
        })
    }

    fn sys_attr(&self, name: &str) -> Option<HostObj> {
        with(|vm| vm.sys_module.get_attr(vm.ctx.intern_str(name), vm).ok().map(own))
    }

    fn current_globals(&self) -> Option<HostObj> {
        with(|vm| vm.current_frame().map(|_| own(vm.current_globals())))
    }

    fn add_traceback(&self, error: HostRef, file: &str, function: &str, line: i32) {
        with(|vm| {
            // A frame that never runs: code of that name and place, raising where the traceback shall point.
            let source = format!("{}raise __pierglass_error__", "\n".repeat(usize::try_from(line).unwrap_or(1).saturating_sub(1)));
            let Ok(code) = vm.compile(&source, Mode::Exec, file.to_owned()) else { return };
            let globals = vm.ctx.new_dict();
            let _ = globals.set_item("__pierglass_error__", get(error).to_owned(), vm);
            let code: PyObjectRef = code.into();
            let renamed = vm.call_method(&code, "replace", rustpython::vm::function::FuncArgs::new(
                Vec::<PyObjectRef>::new(),
                [("co_name".to_owned(), PyObjectRef::from(vm.ctx.new_str(function)))].into_iter().collect::<rustpython::vm::function::KwArgs>(),
            ));
            let code = renamed.unwrap_or(code);
            let Ok(code) = code.downcast::<rustpython::vm::builtins::PyCode>() else { return };
            let _ = vm.run_code_obj(code, Scope::with_builtins(None, globals, vm));
        });
    }

    fn blocking(&self, body: &mut dyn FnMut()) {
        with(|vm| vm.allow_threads(body));
    }

    fn detach(&self) -> usize {
        let key = thread_key();
        let state = Saved(thread::save_current_thread());
        SAVED.lock().expect("no panic under this lock").get_or_insert_default().insert(key, state);
        key
    }

    fn attach(&self, key: usize) {
        let state = SAVED.lock().expect("no panic under this lock").as_mut().and_then(|saved| saved.remove(&key));
        if let Some(Saved(state)) = state {
            thread::restore_current_thread(state);
        }
    }

    fn adopt_thread(&self) -> Option<usize> {
        let make = MAKE_VM.get()?;
        (thread::attach_current_thread(make) == CurrentVmAttachState::Attached).then_some(1)
    }

    fn leave_thread(&self, _state: usize) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
    }

    fn is_attached(&self) -> bool {
        thread::current_vm_is_set()
    }

    fn check_signals(&self) -> HostResult<()> {
        with(|vm| result(vm.check_signals()))
    }

    fn recursion_limit_reached(&self) -> bool {
        with(|vm| vm.with_recursion("", || Ok(())).is_err())
    }

    fn collect(&self) -> usize {
        with(|vm| {
            let collected = vm.import("gc", 0).and_then(|gc| vm.call_method(&gc, "collect", ()));
            collected.ok().and_then(|count| count.try_into_value::<usize>(vm).ok()).unwrap_or(0)
        })
    }

    fn set_collecting(&self, enabled: bool) -> bool {
        let was = self.is_collecting();
        with(|vm| {
            if let Ok(gc) = vm.import("gc", 0) {
                let _ = vm.call_method(&gc, if enabled { "enable" } else { "disable" }, ());
            }
        });
        was
    }

    fn is_collecting(&self) -> bool {
        with(|vm| {
            let enabled = vm.import("gc", 0).and_then(|gc| vm.call_method(&gc, "isenabled", ()));
            enabled.is_ok_and(|enabled| enabled.is(&vm.ctx.true_value))
        })
    }

    fn buffer(&self, object: HostRef, writable: bool) -> HostResult<Box<dyn HostBuffer>> {
        let flags = if writable { BufferFlags::FULL } else { BufferFlags::FULL_RO };
        let buffer = with(|vm| result(PyBuffer::from_object(vm, get(object), flags)))?;
        Ok(Box::new(Exported(buffer)))
    }

    fn new_memoryview(&self, memory: CMemory) -> HostResult<HostObj> {
        with(|vm| {
            // SAFETY: C keeps the memory until `release`, which the copy below makes unnecessary to wait for.
            let bytes = unsafe { std::slice::from_raw_parts(memory.buf, memory.len) }.to_vec();
            (memory.release)();
            let bytes: PyObjectRef = vm.ctx.new_bytes(bytes).into();
            owned(rustpython::vm::builtins::PyMemoryView::from_object(&bytes, vm).map(|view| rustpython::vm::PyPayload::into_ref(view, &vm.ctx)))
        })
    }

    fn run_source(&self, source: &str, file: &str, eval: bool, globals: HostRef, locals: HostRef) -> HostResult<HostObj> {
        with(|vm| {
            let mode = if eval { Mode::Eval } else { Mode::Exec };
            let code = vm.compile(source, mode, file.to_owned()).map_err(|error| own(error.into_pyexception(vm, Some(source))))?;
            let globals = get(globals).to_owned().downcast::<PyDict>().map_err(|_| own(vm.new_type_error("globals must be a dict")))?;
            let locals = rustpython::vm::function::ArgMapping::from_dict_exact(
                get(locals).to_owned().downcast::<PyDict>().map_err(|_| own(vm.new_type_error("locals must be a mapping")))?,
            );
            owned(vm.run_code_obj(code, Scope::with_builtins(Some(locals), globals, vm)))
        })
    }
}

fn thread_key() -> usize {
    thread_local! {
        static KEY: RefCell<Box<u8>> = RefCell::new(Box::new(0));
    }
    KEY.with_borrow(|key| std::ptr::from_ref::<u8>(key) as usize)
}

/// A host object's buffer, held open.
struct Exported(PyBuffer);

impl HostBuffer for Exported {
    fn memory(&self) -> (*mut u8, usize, bool) {
        let bytes = self.0.obj_bytes();
        let start = bytes.as_ptr().wrapping_offset(self.0.desc.offset);
        (start.cast_mut(), self.0.desc.len, self.0.desc.readonly)
    }

    fn layout(&self) -> (String, usize, Vec<isize>, Vec<isize>) {
        let desc = &self.0.desc;
        let shape = desc.dim_desc.iter().map(|dim| dim.0 as isize).collect();
        let strides = desc.dim_desc.iter().map(|dim| dim.1).collect();
        (desc.format.to_string(), desc.itemsize, shape, strides)
    }
}

/// Let instances of a C type export their buffers to the host.
pub(super) fn export_buffers(_class: &Py<PyType>) {}

