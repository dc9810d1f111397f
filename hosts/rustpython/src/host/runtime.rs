//! Errors, modules, threads, collections, source code.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::OsString;
use std::mem;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Mutex, OnceLock, PoisonError};

use emul::host::{CMemory, CommandLine, HostBuffer, HostObj, HostRef, HostResult, RuntimeProtocol};
use rustpython::vm::builtins::{
    PyBaseException, PyBaseExceptionRef, PyByteArray, PyCode, PyMemoryView, PyStr, PyTraceback,
};
use rustpython::vm::compiler::Mode;
use rustpython::vm::protocol::{BufferFlags, PyBuffer};
use rustpython::vm::signal::user_signal_channel;
use rustpython::vm::vm::thread::{
    self, CurrentFrameSlot, CurrentVmAttachState, SavedThreadState, ThreadSlot, ThreadState, ThreadedVirtualMachine,
};
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine, frame};

use super::buffer::Exported;
use super::values::terminated;
use super::{
    HOST, RustPythonHost, fork, get, interpreters, interrupt, memoryview, own, owned, raised, result, soon, with,
};
use crate::{ending, run};

/// An interpreter thread that never runs: threads of C's get theirs from it.
static PARENT: OnceLock<Parent> = OnceLock::new();

struct Parent(ThreadedVirtualMachine);
// SAFETY: RustPython makes these to be moved to other threads; `PARENT_IN_USE` lets one use it at a time.
unsafe impl Send for Parent {}
// SAFETY: the same.
unsafe impl Sync for Parent {}

/// Not a mutex, which a child could not free that the fork's other threads have left locked.
static PARENT_IN_USE: AtomicBool = AtomicBool::new(false);

/// Counts forks: a child's thread slot is a new one.
static FORKS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// This thread's slot in the interpreter, which mirrors the exception being handled; and at which fork it was found.
    static SLOT: RefCell<Option<(u32, CurrentFrameSlot)>> = const { RefCell::new(None) };
}

/// Remember the main interpreter.
pub(super) fn remember_vm(vm: &VirtualMachine) {
    let _ = PARENT.set(Parent(vm.new_thread()));
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Relaxed);
        PARENT_IN_USE.store(false, Release);
        soon::forked();
        emul::after_fork_in_child();
    }
    // SAFETY: the handler touches atomics and the layer's lock, which nobody else can hold in a child.
    unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
}

/// Let C ask for calls on the main thread.
pub(crate) fn take_calls(vm: &mut VirtualMachine) {
    let (sender, receiver) = user_signal_channel();
    vm.set_user_signal_channel(receiver);
    soon::asks(sender);
}

thread_local! {
    /// Whether this thread, which has an interpreter's thread, is detached from it.
    static DETACHED: Cell<bool> = const { Cell::new(false) };
    /// What [`put_away`] has for `attach`.
    static PUT_AWAY: Cell<Option<SavedThreadState>> = const { Cell::new(None) };
}

/// This thread enters another interpreter: the one that it detached from when there was no other steps aside.
pub(super) fn put_away() {
    if DETACHED.get() {
        HOST.attach(0);
        PUT_AWAY.set(Some(thread::save_current_thread()));
    }
}

/// Change the state of this thread by hand: `save_current_thread` and its counterpart borrow the slot, which may be borrowed already.
/// The host drops a handled exception with it borrowed, and what ends with that may call C.
fn leave(slot: &ThreadSlot, from: ThreadState, to: ThreadState) -> bool {
    slot.state.compare_exchange(from as i32, to as i32, AcqRel, Acquire).is_ok()
}

fn new_thread() -> Option<ThreadedVirtualMachine> {
    let parent = PARENT.get()?;
    while PARENT_IN_USE.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
        std::thread::yield_now();
    }
    let made = parent.0.run(VirtualMachine::new_thread);
    PARENT_IN_USE.store(false, Release);
    Some(made)
}

/// What a thread's `threading.local` objects hold is dropped when the thread ends, after its interpreter is gone: what
/// RustPython needs for dropping must end later, that is, be there earlier.
fn outlive_thread_locals(vm: &VirtualMachine) {
    thread_local!(static DONE: Cell<bool> = const { Cell::new(false) });
    if DONE.replace(true) {
        return;
    }
    let held = vm.ctx.new_dict();
    let list = vm.ctx.new_list(vec![held.clone().into()]);
    // An insertion of a str cannot fail.
    let _ = held.set_item("list", list.into(), vm);
    held.clear();
}

/// The exception that `sys.exception()` shows: the innermost handled one, in an outer frame too.
fn handled() -> Option<PyBaseExceptionRef> {
    if interpreters::are_many() {
        return thread::current_thread_slot()?.exception.deref().map(ToOwned::to_owned);
    }
    SLOT.with_borrow_mut(|cached| {
        let forks = FORKS.load(Relaxed);
        if cached.as_ref().is_none_or(|(found_at, _)| *found_at != forks) {
            *cached = thread::current_thread_slot().map(|slot| (forks, slot));
        }
        let (_, slot) = cached.as_ref()?;
        slot.exception.deref().map(ToOwned::to_owned)
    })
}

fn exception(object: HostRef) -> Option<PyBaseExceptionRef> {
    get(object).to_owned().downcast::<PyBaseException>().ok()
}

impl RuntimeProtocol for RustPythonHost {
    fn handled_exception(&self) -> Option<HostObj> {
        handled().map(own)
    }

    fn set_handled_exception(&self, handled: Option<HostRef>) -> Option<HostObj> {
        with(|vm| {
            let before = vm.current_exception();
            vm.set_exception(handled.and_then(exception));
            before.map(own)
        })
    }

    fn enter_context(&self, context: HostRef) -> HostResult<()> {
        let context = get(context).to_owned();
        with(|vm| {
            // Running nothing in it makes the host check that no `run` is under way, and number the context for this place.
            let nothing = vm.ctx.types.dict_type.to_owned();
            let entered = vm.context_stack.borrow().iter().any(|other| other.is(&context));
            if entered {
                let repr = context.repr(vm).map_err(own)?;
                let message = format!("cannot enter context: {repr} is already entered");
                return Err(own(vm.new_runtime_error(message)));
            }
            result(vm.call_method(&context, "run", (nothing,)))?;
            vm.context_stack.borrow_mut().push(context);
            Ok(())
        })
    }

    fn exit_context(&self, context: HostRef) -> HostResult<()> {
        let context = get(context);
        with(|vm| {
            let entered = vm.context_stack.borrow().iter().any(|other| other.is(context));
            let popped = vm.context_stack.borrow_mut().pop_if(|other| other.is(context));
            if popped.is_some() {
                return Ok(());
            }
            let message = if entered {
                "cannot exit context: thread state references a different context object".to_owned()
            } else {
                format!("cannot exit context: {} has not been entered", context.repr(vm).map_err(own)?)
            };
            Err(own(vm.new_runtime_error(message)))
        })
    }

    fn unraisable(&self, error: HostObj, message: Option<&str>, object: Option<HostRef>) {
        with(|vm| {
            let object = object.map_or_else(|| vm.ctx.none(), |object| get(object).to_owned());
            let error = raised(error, vm);
            if call_unraisable_hook(&error, message, &object, vm).is_none() {
                vm.run_unraisable(error, message.map(str::to_owned), object);
            }
        });
    }

    fn import(&self, name: &str) -> HostResult<HostObj> {
        with(|vm| owned(import(name, vm)))
    }

    fn sys_attr(&self, name: &str) -> Option<HostObj> {
        with(|vm| vm.sys_module.get_attr(vm.ctx.intern_str(name), vm).ok().map(own))
    }

    fn is_audited(&self) -> bool {
        crate::identity::is_audited()
    }

    fn current_globals(&self) -> Option<HostObj> {
        frame::current_globals().map(own)
    }

    fn add_traceback(&self, error: HostRef, file: &str, function: &str, line: i32) {
        let Some(error) = exception(error) else { return };
        with(|vm| {
            // A place that cannot be shown is no reason to lose the error.
            let _ = add_traceback(&error, file, function, line, vm);
        });
    }

    fn blocking(&self, body: &mut dyn FnMut()) {
        with(|vm| vm.allow_threads(body));
    }

    fn detach(&self) -> usize {
        if interpreters::are_many() {
            return Box::into_raw(Box::new(thread::save_current_thread())) as usize;
        }
        DETACHED.set(true);
        let slot = thread::current_thread_slot().expect("an attached thread has its slot");
        with(|vm| {
            leave(&slot, ThreadState::Attached, ThreadState::Detached);
            // Attached once more and left again by the host itself, which counts the thread out of what waits for all.
            thread::attach_for_callback(vm, || ());
        });
        0
    }

    fn attach(&self, state: usize) {
        if state != 0 {
            // SAFETY: the word is `detach`'s, given back once.
            return thread::restore_current_thread(*unsafe { Box::from_raw(state as *mut SavedThreadState) });
        }
        if let Some(saved) = PUT_AWAY.take() {
            return thread::restore_current_thread(saved);
        }
        let slot = thread::current_thread_slot().expect("a thread that was attached has its slot");
        with(|vm| {
            while !leave(&slot, ThreadState::Detached, ThreadState::Attached) {
                // Waits as long as the world is stopped.
                thread::attach_for_callback(vm, || ());
            }
            // As in `detach`: counts the thread in.
            thread::allow_threads(vm, || ());
        });
        DETACHED.set(false);
    }

    fn adopt_thread(&self) -> Option<usize> {
        if thread::current_vm_is_set() {
            return None;
        }
        let vm = new_thread()?;
        if thread::attach_current_thread(move || vm) != CurrentVmAttachState::Attached {
            return None;
        }
        with(outlive_thread_locals);
        Some(1)
    }

    fn leave_thread(&self, _state: usize) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
    }

    fn attached(&self) -> Option<i64> {
        (thread::current_vm_is_set() && !DETACHED.get()).then(|| with(|vm| vm.state.interpreter_id))
    }

    fn before_fork(&self) {
        with(fork::before);
    }

    fn after_fork(&self, in_child: bool) {
        with(if in_child { fork::after_in_child } else { fork::after_in_parent });
    }

    fn call_soon(&self) {
        soon::ask();
    }

    fn command_line(&self, args: &[OsString]) -> HostResult<CommandLine> {
        Ok(run::command_line(args))
    }

    fn end_interpreter(&self) -> HostResult<bool> {
        if !ending::is_main_thread() {
            let words = "Py_FinalizeEx: RustPython's interpreter is ended by its main thread alone";
            return Err(with(|vm| own(vm.new_runtime_error(words))));
        }
        // The frames on this thread's stack keep what they have, for ever; what C still may reach finds an interpreter's thread.
        mem::forget(thread::save_current_thread());
        self.adopt_thread();
        // SAFETY: the main thread, which has just changed its interpreter thread; nothing below goes on, the caller says.
        Ok(unsafe { ending::end() })
    }

    fn is_finalizing(&self) -> bool {
        ending::is_finalizing()
    }

    fn check_signals(&self) -> HostResult<()> {
        with(|vm| result(vm.check_signals()))
    }

    fn interrupt(&self, thread: u64, exception: Option<HostRef>) -> HostResult<bool> {
        with(|vm| result(interrupt::interrupt(thread, exception.map(|exception| get(exception).to_owned()), vm)))
    }

    fn recursion_limit_reached(&self) -> bool {
        with(|vm| vm.with_recursion("", || Ok(())).is_err())
    }

    fn buffer(&self, object: HostRef, flags: i32) -> HostResult<Box<dyn HostBuffer>> {
        let object = get(object);
        if let Some(held) = with(|vm| memoryview::held(object, flags, vm).map(result)) {
            return held;
        }
        let viewed = object.downcast_ref::<PyMemoryView>().map_or(object, |view| view.viewed_object());
        if let Some(array) = viewed.downcast_ref::<PyByteArray>() {
            terminated(array);
        }
        let flags = BufferFlags::from_bits_retain(flags.cast_unsigned());
        let buffer = with(|vm| result(PyBuffer::from_object(vm, object, flags)))?;
        let is_wrapped = !buffer.obj.is(object) && !object.downcastable::<PyMemoryView>();
        Ok(Box::new(Exported { buffer, is_wrapped }))
    }

    fn new_memoryview(&self, memory: CMemory) -> HostResult<HostObj> {
        with(|vm| owned(memoryview::of_c(memory, vm)))
    }

    fn run_source(
        &self,
        source: &str,
        file: &str,
        eval: bool,
        globals: HostRef,
        locals: HostRef,
    ) -> HostResult<HostObj> {
        with(|vm| owned(run_source(source, file, eval, [get(globals), get(locals)], vm)))
    }
}

/// `importlib.import_module`: the named module, not the package it is in.
fn import(name: &str, vm: &VirtualMachine) -> PyResult {
    let name = vm.ctx.new_str(name);
    vm.import(&name, 0)?;
    vm.sys_module.get_attr("modules", vm)?.get_item(&*name, vm)
}

fn run_source(
    source: &str,
    file: &str,
    eval: bool,
    [globals, locals]: [&PyObject; 2],
    vm: &VirtualMachine,
) -> PyResult {
    let mode = if eval { Mode::Eval } else { Mode::Exec };
    let code = vm.compile(source, mode, file.to_owned()).map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let run = vm.builtins.get_attr(if eval { "eval" } else { "exec" }, vm)?;
    run.call((code, globals.to_owned(), locals.to_owned()), vm)
}

/// One more entry on the traceback, as a frame of that name and place would add.
fn add_traceback(
    error: &PyBaseExceptionRef,
    file: &str,
    function: &str,
    line: i32,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let frame = frame_of(file, function, vm)?;
    let next = error.traceback().map_or_else(|| vm.ctx.none(), PyObjectRef::from);
    // No instruction: who shows the traceback then takes the line from the entry, not from the frame's code.
    let entry = vm.ctx.types.traceback_type.as_object().call((next, frame, -1, line.max(1)), vm)?;
    error.set_traceback(entry.downcast::<PyTraceback>().ok());
    Ok(())
}

/// Call a `sys.unraisablehook` of the program's; what it raises itself is printed. `None` at the interpreter's end, when modules
/// are gone.
fn call_unraisable_hook(
    error: &PyBaseExceptionRef,
    message: Option<&str>,
    object: &PyObject,
    vm: &VirtualMachine,
) -> Option<()> {
    if vm.state.finalizing.load(Relaxed) {
        return None;
    }
    let sys = vm.import("sys", 0).ok()?;
    let attribute = |name: &'static str| sys.get_attr(name, vm).ok();
    let default = attribute("__unraisablehook__");
    let is_own = |hook: &PyObjectRef| !vm.is_none(hook) && default.as_ref().is_none_or(|default| !hook.is(default));
    let Some(hook) = attribute("unraisablehook").filter(is_own) else {
        // Nobody is left to tell if this fails.
        let _ = print_unraisable(error, message, object, vm);
        return Some(());
    };
    let fields: [(&'static str, PyObjectRef); 5] = [
        ("exc_type", error.class().to_owned().into()),
        ("exc_value", error.clone().into()),
        ("exc_traceback", error.traceback().map_or_else(|| vm.ctx.none(), PyObjectRef::from)),
        ("err_msg", message.map_or_else(|| vm.ctx.none(), |message| vm.ctx.new_str(message).into())),
        ("object", object.to_owned()),
    ];
    // The host keeps its own class of these to itself.
    let (names, values): (Vec<PyObjectRef>, Vec<PyObjectRef>) =
        fields.into_iter().map(|(name, value)| (vm.ctx.new_str(name).into(), value)).unzip();
    let namespace = vm.import("types", 0).ok()?.get_attr("SimpleNamespace", vm).ok()?;
    let described = namespace.vectorcall(values, 0, Some(&names), vm).ok()?;
    if let Err(failure) = hook.call((described,), vm) {
        // Nobody is left to tell that this failed too.
        let _ = print_unraisable(&failure, Some("Exception ignored in sys.unraisablehook"), &hook, vm);
    }
    Some(())
}

/// What CPython does where the program has no hook of its own: RustPython's default shows no traceback.
fn print_unraisable(
    error: &PyBaseExceptionRef,
    message: Option<&str>,
    object: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let stderr = vm.import("sys", 0)?.get_attr("stderr", vm)?;
    if vm.is_none(&stderr) {
        return Ok(());
    }
    let heading = match (message, vm.is_none(object)) {
        (None, true) => None,
        (Some(message), true) => Some(format!("{message}:\n")),
        (message, false) => {
            let object = object.repr(vm).map_or_else(|_| "<object repr() failed>".to_owned(), |text| text.to_string());
            Some(format!("{}: {object}\n", message.unwrap_or("Exception ignored in")))
        }
    };
    if let Some(heading) = heading {
        vm.call_method(&stderr, "write", (heading,))?;
    }
    if let Some(traceback) = error.traceback() {
        vm.call_method(&stderr, "write", ("Traceback (most recent call last):\n",))?;
        vm.import("traceback", 0)?.get_attr("print_tb", vm)?.call((traceback, vm.ctx.none(), stderr.clone()), vm)?;
    }
    vm.call_method(&stderr, "write", (in_a_line(error, vm),))?;
    vm.call_method(&stderr, "flush", ())?;
    Ok(())
}

/// The last line that is told of an error.
fn in_a_line(error: &PyBaseExceptionRef, vm: &VirtualMachine) -> String {
    let text = |object: PyResult| object.ok()?.downcast_ref::<PyStr>().map(|text| text.to_string_lossy().into_owned());
    let class = error.class().as_object();
    let module = match text(class.get_attr("__module__", vm)) {
        Some(module) if module == "builtins" || module == "__main__" => String::new(),
        Some(module) => format!("{module}."),
        None => "<unknown>.".to_owned(),
    };
    let name = text(class.get_attr("__qualname__", vm)).unwrap_or_else(|| "<unknown>".to_owned());
    let text = text(error.as_object().str(vm).map(Into::into)).unwrap_or_else(|| "<exception str() failed>".to_owned());
    format!("{module}{name}: {text}\n")
}

/// How many places of C code are remembered with their frames.
const FRAMES: usize = 4096;

/// A frame that a function of that name in that file left behind.
fn frame_of(file: &str, function: &str, vm: &VirtualMachine) -> PyResult {
    static KNOWN: Mutex<Option<HashMap<(String, String), PyObjectRef>>> = Mutex::new(None);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (file.to_owned(), function.to_owned());
    if let Some(frame) = known().as_ref().and_then(|known| known.get(&key)) {
        return Ok(frame.clone());
    }
    let frame = make_frame(file, function, vm)?;
    let mut known = known();
    let frames = known.get_or_insert_default();
    if frames.len() < FRAMES {
        frames.insert(key, frame.clone());
    }
    Ok(frame)
}

fn make_frame(file: &str, function: &str, vm: &VirtualMachine) -> PyResult {
    let code: PyRef<PyCode> = vm
        .compile("raise RuntimeError", Mode::Exec, file.to_owned())
        .map_err(|error| error.into_pyexception(vm, None))?;
    let replace = PyObjectRef::from(code).get_attr("replace", vm)?;
    let name: PyObjectRef = vm.ctx.new_str(function).into();
    let names = [vm.ctx.new_str("co_name").into(), vm.ctx.new_str("co_qualname").into()];
    let code = replace.vectorcall(vec![name.clone(), name], 0, Some(&names), vm)?;
    let code =
        code.downcast::<PyCode>().map_err(|_| vm.new_system_error("a code object replaced by something else"))?;
    let Err(error) = vm.run_code_obj(code, vm.new_scope_with_builtins()) else {
        return Err(vm.new_system_error("a frame that did not raise"));
    };
    let last = error.traceback().and_then(|traceback| traceback.iter().last());
    last.map(|entry| entry.frame.clone().into()).ok_or_else(|| vm.new_system_error("an error without a traceback"))
}
