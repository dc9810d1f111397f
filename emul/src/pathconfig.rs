//! Where the program and its modules are, as wide strings (`Python/pathconfig.c` in CPython): old programs set these before they
//! start the interpreter, and may ask for them afterwards. Setting them tells nobody but who asks here.

use std::collections::HashSet;
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use capi_macros::capi;
use libc::wchar_t;

use crate::cross;
use crate::host::{HostObj, Kind, host};
use crate::lifetime::Guard;
use crate::unicodeobject::chars;

/// The answers: NULL, or a string that is never freed, since C may have kept it.
#[derive(Clone, Copy)]
struct PathConfig {
    program_name: Text,
    program_full_path: Text,
    prefix: Text,
    exec_prefix: Text,
    module_search_path: Text,
    home: Text,
}

/// A wide string or NULL, as an address.
type Text = usize;

static CONFIG: Mutex<Option<PathConfig>> = Mutex::new(None);
static SEARCH_PATH: OnceLock<Vec<String>> = OnceLock::new();
static KEPT: Mutex<Option<HashSet<&'static [u32]>>> = Mutex::new(None);

/// The host says where it looks for modules, before the program changes `sys.path`.
pub fn set_module_search_path(folders: Vec<String>) {
    let _ = SEARCH_PATH.set(folders);
}

fn keep(text: &[u32]) -> Text {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    let with_nul: Vec<u32> = text.iter().copied().chain([0]).collect();
    if let Some(found) = kept.get(&with_nul[..]) {
        return found.as_ptr() as Text;
    }
    let text: &'static [u32] = with_nul.leak();
    kept.insert(text);
    text.as_ptr() as Text
}

/// What a str of the host says, letter for letter; 0 for what is none.
fn wide(text: Option<HostObj>) -> Text {
    let Some(text) = text.filter(|text| host().kind(text.as_ref()) == Kind::Str) else { return 0 };
    let mirror = cross::to_c(text.as_ref());
    keep(&chars(mirror.as_ptr()).iter().collect::<Vec<u32>>())
}

fn sys_text(name: &str) -> Text {
    wide(host().sys_attr(name))
}

/// The first of `sys.orig_argv`.
fn program_name() -> Text {
    let argv = host().sys_attr("orig_argv").filter(|argv| host().kind(argv.as_ref()) == Kind::List);
    wide(argv.and_then(|argv| host().items(argv.as_ref()).into_iter().next()))
}

fn of_interpreter() -> PathConfig {
    let text = |text: &str| keep(&text.chars().map(u32::from).collect::<Vec<u32>>());
    let home = std::env::var("PYTHONHOME").ok().filter(|home| !home.is_empty());
    PathConfig {
        program_name: program_name(),
        program_full_path: sys_text("executable"),
        prefix: sys_text("prefix"),
        exec_prefix: sys_text("exec_prefix"),
        module_search_path: SEARCH_PATH.get().map_or(0, |folders| text(&folders.join(":"))),
        home: home.map_or(0, |home| text(&home)),
    }
}

fn config() -> MutexGuard<'static, Option<PathConfig>> {
    let locked = || CONFIG.lock().unwrap_or_else(PoisonError::into_inner);
    if locked().is_none() && crate::host::is_installed() {
        // Asked without our own lock: the host is asked with the extension lock held.
        let found = {
            let _held = Guard::hold();
            of_interpreter()
        };
        locked().get_or_insert(found);
    }
    locked()
}

fn answer(field: impl FnOnce(&PathConfig) -> Text) -> *mut wchar_t {
    config().as_ref().map_or(null_mut(), |config| field(config) as *mut wchar_t)
}

fn change(set: impl FnOnce(&mut PathConfig)) {
    if let Some(config) = config().as_mut() {
        set(config);
    }
}

/// # Safety
/// `text` is NULL or a NUL-terminated wide string.
unsafe fn copy(text: *const wchar_t) -> Text {
    if text.is_null() {
        return 0;
    }
    // SAFETY: the caller's contract; a wchar_t has 32 bits here.
    unsafe {
        let length = (0..).take_while(|&index| *text.add(index) != 0).count();
        keep(std::slice::from_raw_parts(text.cast(), length))
    }
}

/// # Safety
/// As for [`copy`]. An empty string is none.
unsafe fn copy_filled(text: *const wchar_t) -> Text {
    // SAFETY: the caller's contract.
    unsafe { if text.is_null() || *text == 0 { 0 } else { copy(text) } }
}

/// `sys.prefix` as it was at start.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetPrefix() -> *mut wchar_t {
    answer(|config| config.prefix)
}

/// `sys.exec_prefix` as it was at start.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetExecPrefix() -> *mut wchar_t {
    answer(|config| config.exec_prefix)
}

/// The folders of modules that the interpreter started with, or what `Py_SetPath` was given.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetPath() -> *mut wchar_t {
    answer(|config| config.module_search_path)
}

/// The path of the program.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetProgramFullPath() -> *mut wchar_t {
    answer(|config| config.program_full_path)
}

/// The program's name, as it was called or as `Py_SetProgramName` said.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetProgramName() -> *mut wchar_t {
    answer(|config| config.program_name)
}

/// `PYTHONHOME`, or what `Py_SetPythonHome` was given; NULL for neither.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetPythonHome() -> *mut wchar_t {
    answer(|config| config.home)
}

/// Say where modules are; NULL forgets all that is known here.
#[capi(raw)]
pub unsafe extern "C" fn Py_SetPath(path: *const wchar_t) {
    // SAFETY: C passes NULL or a NUL-terminated wide string.
    let path = unsafe { copy(path) };
    let empty = keep(&[]);
    change(|config| {
        *config = if path == 0 {
            PathConfig {
                program_name: 0,
                program_full_path: 0,
                prefix: 0,
                exec_prefix: 0,
                module_search_path: 0,
                home: 0,
            }
        } else {
            PathConfig { prefix: empty, exec_prefix: empty, module_search_path: path, ..*config }
        }
    });
}

/// Say the program's name.
#[capi(raw)]
pub unsafe extern "C" fn Py_SetProgramName(name: *const wchar_t) {
    // SAFETY: as above.
    let name = unsafe { copy_filled(name) };
    change(|config| config.program_name = name);
}

/// Say where the library is.
#[capi(raw)]
pub unsafe extern "C" fn Py_SetPythonHome(home: *const wchar_t) {
    // SAFETY: as above.
    let home = unsafe { copy_filled(home) };
    change(|config| config.home = home);
}
