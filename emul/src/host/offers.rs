//! What a host can do that others cannot, and hands over when it is installed. The layer does without what is not offered.

use object_mirror::object::PyObject;

use super::{CountingHost, HostObj, HostRef, HostResult};
#[allow(unused_imports, reason = "the pages name them")]
use super::{GcHooks, Headers, Host};

/// What a host can do that others cannot: the layer does without where it is `None`.
#[derive(Clone, Copy)]
pub struct Offers {
    /// What the layer's collector of cycles asks of a host that counts references. A host that traces collects both sides itself,
    /// with [`crate::marking`].
    pub counting: Option<&'static dyn CountingProtocol>,
    /// Where objects keep their mirrors, if they have a word for it. Otherwise the layer has a map, by [`GcHooks::identity`].
    pub headers: Option<&'static dyn Headers>,
    /// How lists have their items in their mirrors. Otherwise the layer keeps both sides in step by comparing.
    pub list_storage: Option<&'static dyn ListStorage>,
    /// What the host tells of changes. Otherwise `PyDict_Watch`, `PyType_Watch` and their like raise NotImplementedError.
    pub tools: Option<&'static dyn ToolProtocol>,
    /// `sys.monitoring`. Otherwise `PyMonitoring_EnterScope` raises NotImplementedError.
    pub monitoring: Option<&'static dyn MonitoringProtocol>,
    /// Interpreters beside the program's own. Otherwise `Py_NewInterpreter` returns NULL.
    pub interpreters: Option<&'static dyn InterpreterProtocol>,
}

impl Offers {
    /// Nothing but [`Host`].
    pub const NONE: Self =
        Self { counting: None, headers: None, list_storage: None, tools: None, monitoring: None, interpreters: None };
}

/// What the layer's own collector ([`crate::cycles`]) asks of a host that counts references, beyond its counts. Objects are
/// named by identity: a scan looks at many that nobody holds for it.
pub trait CountingProtocol: CountingHost {
    /// Stop all other threads of the host: nothing may change while a scan looks.
    fn stop_threads(&self);
    /// Let them run again.
    fn resume_threads(&self);
    /// A strong reference to the object, unless it is ending already.
    fn pin(&self, identity: usize) -> Option<HostObj>;
    /// Whether another thread of the host may be running. *Leaf.*
    fn has_other_threads(&self) -> bool;
    /// How many of these dead objects `gc.collect()` would count.
    fn count_found(&self, identities: &[usize]) -> usize;
    /// The object became a wrapper: the host's own collector must leave it alone from now on. Its mirror is told whether its
    /// finaliser ran ([`crate::lifetime::begin_finalizer`]), and the host tells of its end in any case.
    fn adopt(&self, identity: usize);
    /// Of how many tracked objects made since the last collection a collection is due; `None`: never.
    fn collection_threshold(&self) -> Option<usize>;
}

/// Objects that C watches all of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each variant says what they are")]
pub enum Watched {
    Functions,
    Codes,
}

/// What tools written in C ask of a host: watchers of dicts, types, functions and code. See [`Offers::tools`].
pub trait ToolProtocol: Sync {
    /// From now on, or no more, call [`crate::watchers::dict_changes`] for the watcher in `place` before each change of the
    /// dict, whoever makes it.
    fn watch_dict(&self, dict: HostRef, place: usize, watched: bool) -> HostResult<()>;
    /// From now on, or no more, call [`crate::watchers::function_changes`] or [`crate::watchers::code_changes`] for what
    /// happens to each of them. `false`: the host cannot tell. *Leaf.*
    fn watch_all(&self, what: Watched, watched: bool) -> bool;
    /// A number that is another one after each change of the class or of one it derives from; 0 from such a change until
    /// something is looked up in the class again. *Leaf.* Whoever has it runs such changes in
    /// [`crate::watchers::around_class_change`].
    fn class_version(&self, class: HostRef) -> u32;
    /// The same, with a new number instead of 0, which says here that the numbers have run out.
    fn assign_class_version(&self, class: HostRef) -> HostResult<u32>;
}

/// What C functions that report events for other languages ask (`PyMonitoring_*`). See [`Offers::monitoring`].
pub trait MonitoringProtocol: Sync {
    /// What `sys.monitoring` has on now. *Leaf.*
    fn monitored(&self) -> HostResult<Monitored>;
    /// The callback that a tool registered for an event, by their numbers (the event's is CPython's). *Leaf.*
    fn monitoring_callback(&self, tool: usize, event: usize) -> Option<HostObj>;
}

/// Of a host whose lists can have their items in the array of their mirror (`ob_item`), which both sides then read and write: a
/// list that has crossed is never copied or compared again. The host reaches the items through [`crate::lists`]. The link of
/// such a list does not hold it: the host tells [`crate::lifetime::wrapper_died`] when it dies, as of an instance of a C type.
/// All *leaf*.
pub trait ListStorage: Sync {
    /// A new list of the class `list`, whose items are those of the mirror.
    fn list_over(&self, mirror: *mut PyObject) -> HostObj;
    /// From now on the list's items are those of the mirror. `false`, and nothing has changed: they are not the `items` any
    /// more, which the mirror is about to get.
    fn move_items(&self, list: HostRef, mirror: *mut PyObject, items: &[HostObj]) -> bool;
    /// The mirror ends, perhaps after its list: a list that is there still is empty from now on, and its own.
    fn leave_mirror(&self, list: HostRef);
}

/// What an interpreter beside the program's may do: `PyInterpreterConfig`, with its names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "CPython's documentation of PyInterpreterConfig says what they are")]
pub struct InterpreterConfig {
    pub use_main_obmalloc: bool,
    pub allow_fork: bool,
    pub allow_exec: bool,
    pub allow_threads: bool,
    pub allow_daemon_threads: bool,
    pub check_multi_interp_extensions: bool,
    pub own_gil: bool,
}

/// Interpreters beside the program's own, each with modules, a `sys` and a `__main__` of its own; classes may be shared. The
/// numbers are those of [`super::RuntimeProtocol::attached`], the program's own is 0. See [`Offers::interpreters`].
pub trait InterpreterProtocol: Sync {
    /// Start one, from the interpreter that this thread is attached to, and tell of it ([`crate::subinterpreters::started`]); its
    /// number. Why it could not, otherwise.
    fn start(&self, config: InterpreterConfig) -> Result<i64, String>;
    /// What the interpreter that this thread is attached to may do.
    fn config(&self) -> InterpreterConfig;
    /// Attach this thread, which is detached and was never attached to that interpreter, or left it for good.
    fn enter(&self, interpreter: i64);
    /// Undo [`InterpreterProtocol::enter`]: the thread leaves the interpreter, which it is attached to, for good.
    fn leave(&self, interpreter: i64);
    /// End the interpreter that this thread is attached to: its threads are waited for, the calls that wait in it are made
    /// ([`crate::finish_pending_calls`]), its exit functions run. The thread is detached then.
    fn end(&self, interpreter: i64);
    /// Whether the interpreter runs a program: one at a time does. *Leaf.*
    fn is_running(&self, interpreter: i64) -> bool;
    /// Say whether it does. *Leaf.*
    fn set_running(&self, interpreter: i64, running: bool);
    /// Say whether the interpreter ends with the last reference to its number. *Leaf.*
    fn require_id_references(&self, interpreter: i64, required: bool);
}

/// The state of `sys.monitoring`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Monitored {
    /// Another number after each change.
    pub version: u64,
    /// The events that each tool has on everywhere: a bit each, with CPython's numbers.
    pub events: [u32; 8],
}
