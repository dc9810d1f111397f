//! CPython 3.13's C API over an abstract host interpreter.
//!
//! One file per header family, named like CPython's: who knows `Include/` knows this crate. A function is declared once,
//! with `#[capi]`; [`host`] is what an interpreter implements; [`boundary`] is the door between C and our code; [`cross`]
//! turns host objects into mirrors and back.
#![allow(non_snake_case, non_upper_case_globals, reason = "CPython's names, letter for letter")]

pub mod boundary;
pub mod cross;
pub mod cycles;
mod holes;
pub mod host;
mod laid_out;
pub mod lifetime;
pub mod lists;
pub mod loader;
pub mod lock;
pub mod methodobject;
pub mod slots;
pub mod stats;
pub mod watchers;

mod abstract_;
mod biased;
mod boolobject;
mod buffer;
mod bytearrayobject;
mod bytesobject;
mod cellobject;
mod ceval;
mod classobject;
mod code;
mod codecs;
mod codeextra;
mod complexobject;
mod context;
mod critical_section;
mod datetime;
mod descrobject;
mod dictobject;
mod docstrings;
mod dump;
mod exposed;
mod fatal;
mod fileobject;
mod fileutils;
mod floatobject;
pub mod foreign;
mod frameobject;
pub mod freed;
mod funcobject;
mod instancedict;
mod interactive;
#[rustfmt::skip] // written by `cargo xtask api`
#[path = "gen/mod.rs"]
mod gen_;
mod genericaliasobject;
mod genobject;
mod hashtable;
mod heaptype;
mod host_functions;
mod import;
mod in_c;
mod initconfig;
mod interpconfig;
mod iterobject;
mod lending;
mod listobject;
mod longobject;
pub mod marking;
mod marshal;
mod memdebug;
mod memoryobject;
mod missing;
mod moduleobject;
mod monitoring;
mod namespaceobject;
mod objimpl;
mod osmodule;
pub mod pathconfig;
mod perfmap;
mod pycapsule;
mod pyctype;
mod pydebug;
mod pyerrors;
mod pyhash;
mod pylifecycle;
mod pylock;
mod pymem;
mod pystate;
mod pystrcmp;
mod pystrtod;
mod pythonrun;
mod pythread;
mod pytime;
mod readline;
mod reftracer;
mod run_main;
mod runtime;
mod setobject;
mod sizes;
mod sliceobject;
mod socketmodule;
mod special;
mod statement;
mod statics;
mod structmember;
mod structmodule;
mod structseq;
pub mod subinterpreters;
pub mod suggestions;
mod sysmodule;
#[cfg(feature = "tally")]
mod tally;
mod traceback;
mod tupleobject;
mod typeobject;
mod unicodeobject;
mod waiting;
mod warnings;
mod weakrefobject;
mod wrapperdescr;

pub use docstrings::{split_doc, type_doc, type_signature, undecodable};

/// Make the layer ready for C code: the statics filled and linked. Once, after [`host::install`].
pub fn init() {
    #[cfg(feature = "tally")]
    tally::begin();
    let _held = lock::hold();
    ceval::note_main_thread();
    statics::init();
    code::init();
    frameobject::init();
    memoryobject::init();
    methodobject::init();
    host_functions::init();
    classobject::init();
    pycapsule::init();
    pydebug::init();
}

/// Put the debug hooks before the memory allocators, as `PyMem_SetupDebugHooks` does: once, before any C code runs.
pub fn set_up_memory_debugging() {
    memdebug::set_up();
}

/// Whether CPython exports `name`, we lack it, and it has no way to report that: data, or a function without an error channel.
pub(crate) fn missing_without_error_channel(name: &str) -> bool {
    gen_::missing::NO_ERROR_CHANNEL.binary_search(&name).is_ok()
}

/// Whether C asked for calls that any thread may make: to be asked now and then, between two instructions, by each thread that runs
/// Python code, which then [makes them](run_pending_calls). A load.
#[inline]
pub fn calls_wait() -> bool {
    ceval::calls_wait()
}

/// Make the calls that C asked for and this thread may make: see [`host::RuntimeProtocol::call_soon`].
pub fn run_pending_calls() -> host::HostResult<()> {
    ceval::run_pending_calls()
}

/// Make what waits of these when the interpreter that this thread is in ends, and what they ask for: after its threads, and before what
/// `atexit` knows.
pub fn finish_pending_calls() {
    ceval::finish_pending_calls();
}

/// The error that a thread raises for an exception from another thread: see [`host::RuntimeProtocol::interrupt`].
pub fn interruption(exception: host::HostObj) -> host::HostObj {
    pystate::interruption(exception)
}

/// After `fork`, in the child.
pub fn after_fork_in_child() {
    ceval::note_main_thread();
    pystate::interpreters::forked();
    lock::renew_after_fork();
}
