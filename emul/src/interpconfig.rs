//! `cpython/pylifecycle.h`: interpreters that C starts, and what they may do.

use std::ffi::{CStr, CString, c_int, c_long};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::pystate::{PyInterpreterState, PyThreadState};

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, InterpreterConfig, Kind, host};
use crate::initconfig::{self, PyStatus, failed};
use crate::pyerrors::{self, text_of};
use crate::pystate::{self, interpreters, made};
use crate::statics::{self, exception};
use crate::{lock, pylifecycle};

/// `PyInterpreterConfig`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct PyInterpreterConfig {
    use_main_obmalloc: c_int,
    allow_fork: c_int,
    allow_exec: c_int,
    allow_threads: c_int,
    allow_daemon_threads: c_int,
    check_multi_interp_extensions: c_int,
    gil: c_int,
}

/// The values of `gil`: `PyInterpreterConfig_SHARED_GIL` and `PyInterpreterConfig_OWN_GIL`; 0 leaves it open.
const SHARED_GIL: c_int = 1;
const OWN_GIL: c_int = 2;

/// `_PyInterpreterConfig_LEGACY_INIT`.
const LEGACY: PyInterpreterConfig = PyInterpreterConfig {
    use_main_obmalloc: 1,
    allow_fork: 1,
    allow_exec: 1,
    allow_threads: 1,
    allow_daemon_threads: 1,
    check_multi_interp_extensions: 0,
    gil: SHARED_GIL,
};

impl PyInterpreterConfig {
    /// What CPython makes of it; what it says of one that cannot be.
    fn checked(self) -> std::result::Result<InterpreterConfig, &'static CStr> {
        if self.use_main_obmalloc == 0 && self.check_multi_interp_extensions == 0 {
            return Err(c"per-interpreter obmalloc does not support single-phase init extension modules");
        }
        if !(0..=OWN_GIL).contains(&self.gil) {
            return Err(c"invalid interpreter config 'gil' value");
        }
        Ok(InterpreterConfig {
            use_main_obmalloc: self.use_main_obmalloc != 0,
            allow_fork: self.allow_fork != 0,
            allow_exec: self.allow_exec != 0,
            allow_threads: self.allow_threads != 0,
            allow_daemon_threads: self.allow_daemon_threads != 0,
            check_multi_interp_extensions: self.check_multi_interp_extensions != 0,
            own_gil: self.gil == OWN_GIL,
        })
    }

    /// The fields that are flags, by their names.
    fn flags(&mut self) -> [(&'static str, &mut c_int); 6] {
        [
            ("use_main_obmalloc", &mut self.use_main_obmalloc),
            ("allow_fork", &mut self.allow_fork),
            ("allow_exec", &mut self.allow_exec),
            ("allow_threads", &mut self.allow_threads),
            ("allow_daemon_threads", &mut self.allow_daemon_threads),
            ("check_multi_interp_extensions", &mut self.check_multi_interp_extensions),
        ]
    }
}

/// The names of the values of `gil`, in their order.
const GILS: [&str; 3] = ["default", "shared", "own"];

/// Start another interpreter: its thread state is the current one then.
#[capi(raw)]
pub unsafe extern "C" fn Py_NewInterpreterFromConfig(
    tstate_p: *mut *mut PyThreadState,
    config: *const PyInterpreterConfig,
) -> PyStatus {
    // SAFETY: C passes a place for a thread state, and a configuration. One without a thread state comes to the main interpreter.
    unsafe {
        *tstate_p = null_mut();
        let config = match (*config).checked() {
            Ok(config) => config,
            Err(message) => return failed(c"init_interp_settings", message.as_ptr()),
        };
        if !lock::is_held() {
            pystate::PyEval_AcquireLock();
        }
        match interpreters::start(config) {
            Ok(tstate) => *tstate_p = tstate,
            // A status is words that nobody frees.
            Err(message) => {
                let message = CString::new(message).unwrap_or_default().into_raw();
                return failed(c"Py_NewInterpreterFromConfig", message);
            }
        }
        initconfig::PyStatus_Ok()
    }
}

/// As `Py_NewInterpreterFromConfig`, with all that the main interpreter may do. NULL on a host that starts none, and where one could
/// not be started: CPython ends the program there.
#[capi(raw)]
pub unsafe extern "C" fn Py_NewInterpreter() -> *mut PyThreadState {
    let mut tstate = null_mut();
    // SAFETY: both are places of ours. Nobody is there to be told what went wrong.
    let _ = unsafe { Py_NewInterpreterFromConfig(&raw mut tstate, &LEGACY) };
    tstate
}

/// The configuration as a dict: flags, and the name of its lock.
#[capi]
fn _PyInterpreterConfig_AsDict(cx: Cx<'_>, config: *mut PyInterpreterConfig) -> Result<New> {
    // SAFETY: C passes a configuration.
    let mut config = unsafe { *config };
    let gil = usize::try_from(config.gil).ok().and_then(|gil| GILS.get(gil));
    let gil = gil.ok_or_else(|| cx.value_error("invalid interpreter config 'gil' value"))?;
    let dict = host().new_dict();
    let set = |name: &str, value: HostObj| {
        let name = cx.str(name);
        cx.call(|h| h.dict_set(dict.as_ref(), name.as_ref(), value.as_ref()))
    };
    for (name, flag) in config.flags() {
        set(name, host().singleton(if *flag == 0 { Kind::False } else { Kind::True }))?;
    }
    set("gil", cx.str(gil))?;
    Ok(cx.to_c(dict))
}

/// Fill the configuration from a dict, which has all of it and no more.
#[capi]
fn _PyInterpreterConfig_InitFromDict(cx: Cx<'_>, config: *mut PyInterpreterConfig, dict: Obj<'_>) -> Result<()> {
    // SAFETY: C passes memory for a configuration, of which everything is set.
    unsafe { *config = from_dict(cx, LEGACY, dict, false)? };
    Ok(())
}

/// Change what the dict has.
#[capi]
fn _PyInterpreterConfig_UpdateFromDict(cx: Cx<'_>, config: *mut PyInterpreterConfig, dict: Obj<'_>) -> Result<()> {
    // SAFETY: C passes a configuration.
    unsafe { *config = from_dict(cx, *config, dict, true)? };
    Ok(())
}

fn from_dict(cx: Cx<'_>, before: PyInterpreterConfig, dict: Obj<'_>, some: bool) -> Result<PyInterpreterConfig> {
    let mut config = before;
    let dict = dict.give(cx)?;
    // What is left of it in the end is too much.
    let rest = cx.call_function("builtins", "dict", &[dict.as_ref()])?;
    let take = |name: &str| -> Result<Option<New>> {
        let key = cx.str(name);
        if cx.call(|h| h.dict_get(rest.as_ref(), key.as_ref()))?.is_none() {
            return if some { Ok(None) } else { Err(cx.value_error(format!("missing config key: {name}"))) };
        }
        cx.call_method(rest.as_ref(), "pop", &[key.as_ref()]).map(|value| Some(cx.to_c(value)))
    };
    let wrong_type = |name: &str| cx.type_error(format!("invalid config type: {name}"));
    for (name, flag) in config.flags() {
        let Some(value) = take(name)? else { continue };
        *flag = match value.as_ptr() {
            value if std::ptr::eq(value, statics::true_()) => 1,
            value if std::ptr::eq(value, statics::false_()) => 0,
            _ => return Err(wrong_type(name)),
        };
    }
    if let Some(value) = take("gil")? {
        if !value.obj().type_has(object_mirror::object::Py_TPFLAGS_UNICODE_SUBCLASS) {
            return Err(wrong_type("gil"));
        }
        let value = text_of(value.obj().give(cx)?.as_ref());
        let place = GILS.iter().position(|&gil| gil == value);
        let place =
            place.ok_or_else(|| cx.value_error(format!("unsupported interpreter config .gil value '{value}'")))?;
        config.gil = place as c_int;
    }
    let many = cx.call(|h| h.length(rest.as_ref()))?;
    if many == 0 {
        return Ok(config);
    }
    let repr = text_of(cx.call_function("builtins", "repr", &[rest.as_ref()])?.as_ref());
    let items = if many == 1 { "item" } else { "items" };
    Err(cx.value_error(format!("config dict has {many} extra {items} ({repr})")))
}

/// Fill the configuration with what the interpreter was started with.
#[capi]
fn _PyInterpreterConfig_InitFromState(config: *mut PyInterpreterConfig, interp: *mut PyInterpreterState) -> Result<()> {
    let told = interpreters::config(interp);
    let gil = if told.own_gil { OWN_GIL } else { SHARED_GIL };
    // SAFETY: C passes memory for a configuration.
    unsafe {
        *config = PyInterpreterConfig {
            use_main_obmalloc: told.use_main_obmalloc.into(),
            allow_fork: told.allow_fork.into(),
            allow_exec: told.allow_exec.into(),
            allow_threads: told.allow_threads.into(),
            allow_daemon_threads: told.allow_daemon_threads.into(),
            check_multi_interp_extensions: told.check_multi_interp_extensions.into(),
            gil,
        };
    }
    Ok(())
}

/// As `Py_NewInterpreterFromConfig`, with an exception where it cannot be. Where C asks for both thread states the new one is
/// current then, otherwise the caller's is still.
#[capi(raw)]
pub unsafe extern "C" fn _PyXI_NewInterpreter(
    config: *const PyInterpreterConfig,
    maybe_whence: *mut c_long,
    p_tstate: *mut *mut PyThreadState,
    p_save_tstate: *mut *mut PyThreadState,
) -> *mut PyInterpreterState {
    /// `_PyInterpreterState_WHENCE_XI`.
    const WHENCE_XI: c_long = 4;
    // SAFETY: C passes a configuration, and NULL or places for words; this thread's state is live.
    unsafe {
        let save = pystate::thread_state();
        let mut tstate = null_mut();
        let said = Py_NewInterpreterFromConfig(&raw mut tstate, config);
        if tstate.is_null() {
            initconfig::_PyErr_SetFromPyStatus(said);
            let cause = pyerrors::PyErr_GetRaisedException();
            let message = c"sub-interpreter creation failed".as_ptr();
            pyerrors::PyErr_SetString(exception!(PyExc_InterpreterError).cast(), message);
            pyerrors::handled::_PyErr_ChainExceptions1(cause);
            return null_mut();
        }
        if let Some(whence) = maybe_whence.as_mut() {
            *whence = WHENCE_XI;
        }
        if let (Some(place), Some(saved)) = (p_tstate.as_mut(), p_save_tstate.as_mut()) {
            (*place, *saved) = (tstate, save);
        } else {
            made::PyThreadState_Swap(save);
        }
        (*tstate).interp
    }
}

/// End an interpreter; the thread state that C saved is current then, or the caller's.
#[capi(raw)]
pub unsafe extern "C" fn _PyXI_EndInterpreter(
    interp: *mut PyInterpreterState,
    tstate: *mut PyThreadState,
    p_save_tstate: *mut *mut PyThreadState,
) {
    // SAFETY: C passes a live interpreter, NULL or a state of it, and NULL or the place of another state; this thread's is live.
    unsafe {
        let current = pystate::thread_state();
        let tstate = match tstate.is_null() {
            false => tstate,
            true if std::ptr::eq((*current).interp, interp) => current,
            true => made::PyThreadState_New(interp),
        };
        let before = if std::ptr::eq(tstate, current) { null_mut() } else { made::PyThreadState_Swap(tstate) };
        pylifecycle::Py_EndInterpreter(tstate);
        made::PyThreadState_Swap(p_save_tstate.as_ref().copied().unwrap_or(before));
    }
}
