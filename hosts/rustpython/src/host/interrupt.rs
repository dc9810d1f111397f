//! Exceptions that one thread raises in another (`PyThreadState_SetAsyncExc`).
//!
//! RustPython's loop takes an error from outside in two places alone: from a signal's handler, which the main thread calls, and
//! from a callback of `sys.monitoring`, on any thread. So as long as an exception waits for a thread, the code on that thread's
//! stack tells a tool of ours of each instruction, and all code tells it that it starts or resumes, for what the thread calls
//! in the meantime. Of the calls that follow, the first on the thread itself raises.
//!
//! What is monitored is code, which other threads run too. They stand still while it changes. Code in which instructions are
//! monitored keeps what they were in a table, and a thread that stands still may just have read such an instruction and not yet
//! looked it up: so code that another thread is in the middle of stays as it is, and is tried again a little later.

use std::collections::HashSet;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustpython::vm::builtins::PyCode;
use rustpython::vm::frame::InterpreterFrame;
use rustpython::vm::function::FuncArgs;
use rustpython::vm::vm::thread::{self, CurrentFrameSlot};
use rustpython::vm::{AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{own, raised};

/// An exception that waits for its thread.
struct Waiting {
    ident: u64,
    /// The thread itself: its number may be another's after its end.
    slot: CurrentFrameSlot,
    exception: PyObjectRef,
}

/// What is monitored for the exceptions that wait.
struct Armed {
    tool: usize,
    codes: Vec<PyRef<PyCode>>,
    /// When to look next whether anything still waits.
    look: Instant,
    pause: Duration,
}

struct State {
    waiting: Vec<Waiting>,
    armed: Option<Armed>,
}

/// Not held where the thread may be told to stand still.
static STATE: Mutex<State> = Mutex::new(State { waiting: Vec::new(), armed: None });

/// `sys.monitoring.set_events`, and the callback.
static FUNCTIONS: OnceLock<(PyObjectRef, PyObjectRef)> = OnceLock::new();

/// Our tool's number: the first of these that is free. 3 and 4 have no use of their own.
const TOOLS: [usize; 6] = [4, 3, 5, 2, 1, 0];
const NAME: &str = "PyThreadState_SetAsyncExc";

const PY_START: usize = 0;
const PY_RESUME: usize = 1;
const INSTRUCTION: usize = 6;
const STARTS: u32 = 1 << PY_START | 1 << PY_RESUME;

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Have `exception` raised in a thread, in place of one that waits for it; or nothing. Whether there is such a thread.
pub(super) fn interrupt(ident: u64, exception: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<bool> {
    let Some(slot) = vm.state.thread_frames.lock().get(&ident).cloned() else { return Ok(false) };
    let raises = exception.is_some();
    if raises {
        reserve_tool(vm)?;
    }
    let replaced = {
        let waiting = &mut state().waiting;
        let replaced: Vec<Waiting> = waiting.extract_if(.., |waiting| waiting.ident == ident).collect();
        waiting.extend(exception.map(|exception| Waiting { ident, slot: slot.clone(), exception }));
        replaced
    };
    drop(replaced);
    if raises {
        monitor(&slot, vm)?;
    } else {
        tidy(vm)?;
    }
    Ok(true)
}

fn functions(vm: &VirtualMachine) -> PyResult<&'static (PyObjectRef, PyObjectRef)> {
    if let Some(functions) = FUNCTIONS.get() {
        return Ok(functions);
    }
    let monitoring = vm.sys_module.get_attr("monitoring", vm)?;
    let set_events = monitoring.get_attr("set_events", vm)?;
    let callback = vm.new_function("raise_in_thread", told);
    Ok(FUNCTIONS.get_or_init(|| (set_events, callback.into())))
}

/// Make a tool ours, unless one is.
fn reserve_tool(vm: &VirtualMachine) -> PyResult<()> {
    let (_, callback) = functions(vm)?;
    let mut state = state();
    let mut monitoring = vm.state.monitoring.lock();
    if state.armed.is_some() {
        return Ok(());
    }
    let Some(tool) = TOOLS.into_iter().find(|&tool| monitoring.tool_names[tool].is_none()) else {
        drop(monitoring);
        drop(state);
        return Err(vm.new_runtime_error(format!("{NAME} needs a tool of sys.monitoring, and all are in use")));
    };
    monitoring.tool_names[tool] = Some(NAME.to_owned());
    for event in [PY_START, PY_RESUME, INSTRUCTION] {
        monitoring.callbacks.insert((tool, event), callback.clone());
    }
    let look = Instant::now() + FIRST_PAUSE;
    state.armed = Some(Armed { tool, codes: Vec::new(), look, pause: FIRST_PAUSE });
    Ok(())
}

/// All other threads stand still.
struct Still<'a>(&'a VirtualMachine);

impl<'a> Still<'a> {
    fn begin(vm: &'a VirtualMachine) -> Self {
        vm.state.stop_the_world.stop_the_world(&vm.state);
        Self(vm)
    }

    /// The innermost frame of a thread, NULL where it runs no code.
    fn innermost(&self, slot: &CurrentFrameSlot) -> *const InterpreterFrame {
        slot.top_iframe.load(Relaxed) as *const InterpreterFrame
    }

    /// The code of that frame and those that called it.
    fn stack(&self, slot: &CurrentFrameSlot) -> impl Iterator<Item = PyRef<PyCode>> {
        let mut frame = self.innermost(slot);
        std::iter::from_fn(move || {
            // SAFETY: the thread stands still, or is this one, and its frames live as long as they are on its stack.
            let here = unsafe { frame.as_ref() }?;
            frame = here.previous();
            Some(here.code().to_owned())
        })
    }

    /// Bring the code on a thread's stack in step with what the tools listen to.
    fn renew(&self, slot: &CurrentFrameSlot, tool: usize, events: u32) -> PyResult<()> {
        let (set_events, _) = functions(self.0)?;
        // `set_events` does so for the stack that it finds as this thread's.
        let own = thread::set_current_frame_nosave(self.innermost(slot));
        let result = set_events.call((tool, events), self.0);
        let _ = thread::set_current_frame_nosave(own);
        result.map(drop)
    }
}

impl Drop for Still<'_> {
    fn drop(&mut self) {
        self.0.state.stop_the_world.start_the_world(&self.0.state);
    }
}

/// Monitor what the thread runs.
fn monitor(slot: &CurrentFrameSlot, vm: &VirtualMachine) -> PyResult<()> {
    let still = Still::begin(vm);
    let Some(tool) = state().armed.as_ref().map(|armed| armed.tool) else { return Ok(()) };
    let mut monitored: HashSet<usize> = HashSet::new();
    for code in still.stack(slot) {
        let id = code.get_id();
        if !monitored.insert(id) {
            continue;
        }
        vm.state.monitoring.lock().local_events.insert((tool, id), 1 << INSTRUCTION);
        if let Some(armed) = state().armed.as_mut()
            && armed.codes.iter().all(|known| known.get_id() != id)
        {
            armed.codes.push(code);
        }
    }
    still.renew(slot, tool, STARTS)
}

/// The callback: on each thread, for whatever code of its is monitored.
fn told(_: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let Some(slot) = thread::current_thread_slot() else { return Ok(()) };
    let (mine, look) = {
        let mut state = state();
        let place = state.waiting.iter().position(|waiting| Arc::ptr_eq(&waiting.slot, &slot));
        let mine = place.map(|place| state.waiting.swap_remove(place));
        (mine, state.armed.as_ref().is_some_and(|armed| armed.look <= Instant::now()))
    };
    if mine.is_some() || look {
        tidy(vm)?;
    }
    match mine {
        Some(waiting) => Err(raised(emul::interruption(own(waiting.exception)), vm)),
        None => Ok(()),
    }
}

/// Let go of exceptions whose threads have ended, and where none waits any more, monitor nothing.
fn tidy(vm: &VirtualMachine) -> PyResult<()> {
    let ended = take_ended(vm);
    let done = {
        let mut state = state();
        if let Some(armed) = state.armed.as_mut() {
            armed.pause = (armed.pause * 2).min(LONGEST_PAUSE);
            armed.look = Instant::now() + armed.pause;
        }
        state.waiting.is_empty() && state.armed.is_some()
    };
    drop(ended);
    if done { stop_monitoring(vm) } else { Ok(()) }
}

fn take_ended(vm: &VirtualMachine) -> Vec<Waiting> {
    let mut state = state();
    let threads = vm.state.thread_frames.lock();
    let lives = |waiting: &Waiting| threads.get(&waiting.ident).is_some_and(|slot| Arc::ptr_eq(slot, &waiting.slot));
    state.waiting.extract_if(.., |waiting| !lives(waiting)).collect()
}

/// Give the tool back, or as much of what it monitors as can be.
fn stop_monitoring(vm: &VirtualMachine) -> PyResult<()> {
    let this = thread::current_thread_slot();
    let still = Still::begin(vm);
    // Another thread may have come first, or have asked for more.
    let (tool, codes) = match &mut *state() {
        State { waiting, armed: Some(armed) } if waiting.is_empty() => (armed.tool, std::mem::take(&mut armed.codes)),
        _ => return Ok(()),
    };
    let threads: Vec<CurrentFrameSlot> = vm.state.thread_frames.lock().values().cloned().collect();
    let others = threads.iter().filter(|slot| this.as_ref().is_none_or(|this| !Arc::ptr_eq(this, slot)));
    let busy: HashSet<usize> = others.filter_map(|slot| still.stack(slot).next()).map(|code| code.get_id()).collect();
    let (kept, free): (Vec<_>, Vec<_>) = codes.into_iter().partition(|code| busy.contains(&code.get_id()));
    {
        let mut monitoring = vm.state.monitoring.lock();
        for code in &free {
            monitoring.local_events.remove(&(tool, code.get_id()));
        }
    }
    for slot in &threads {
        still.renew(slot, tool, 0)?;
    }
    if kept.is_empty() {
        state().armed = None;
        let mut monitoring = vm.state.monitoring.lock();
        monitoring.tool_names[tool] = None;
        for event in [PY_START, PY_RESUME, INSTRUCTION] {
            monitoring.callbacks.remove(&(tool, event));
        }
    } else if let Some(armed) = &mut state().armed {
        armed.codes = kept;
    }
    drop(still);
    drop(free);
    Ok(())
}
