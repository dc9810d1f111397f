//! `cpython/pydebug.h`: the flags of the command line as data, from before `sys.flags`.

use std::ffi::{c_char, c_int};

use capi_macros::{capi, capi_data};

use crate::host::host;

/// `-b`: warn when bytes are compared with text.
#[capi_data]
pub static mut Py_BytesWarningFlag: c_int = 0;
/// `-d`.
#[capi_data]
pub static mut Py_DebugFlag: c_int = 0;
/// `-B`: write no `.pyc` files.
#[capi_data]
pub static mut Py_DontWriteBytecodeFlag: c_int = 0;
/// Whether the hashes of text differ from run to run.
#[capi_data]
pub static mut Py_HashRandomizationFlag: c_int = 0;
/// `-E`: do not look at the environment.
#[capi_data]
pub static mut Py_IgnoreEnvironmentFlag: c_int = 0;
/// `-i`: interactive after the script.
#[capi_data]
pub static mut Py_InspectFlag: c_int = 0;
/// Whether the program is interactive.
#[capi_data]
pub static mut Py_InteractiveFlag: c_int = 0;
/// `-I`: isolated from the user's environment.
#[capi_data]
pub static mut Py_IsolatedFlag: c_int = 0;
/// `-S`: do not import `site`.
#[capi_data]
pub static mut Py_NoSiteFlag: c_int = 0;
/// `-s`: without the user's folder of packages.
#[capi_data]
pub static mut Py_NoUserSiteDirectory: c_int = 0;
/// `-O`.
#[capi_data]
pub static mut Py_OptimizeFlag: c_int = 0;
/// `-q`.
#[capi_data]
pub static mut Py_QuietFlag: c_int = 0;
/// `-v`.
#[capi_data]
pub static mut Py_VerboseFlag: c_int = 0;
/// Whether the program is frozen: it is not.
#[capi_data]
pub static mut Py_FrozenFlag: c_int = 0;

/// Bring the flags to what `sys.flags` says. C writes to them as well: this is done before any of its code runs.
pub(crate) fn init() {
    let Some(flags) = host().sys_attr("flags") else { return };
    let read = |name: &str| {
        let name = host().new_str(name.as_bytes());
        let value = host().get_attr(flags.as_ref(), name.as_ref()).ok()?;
        c_int::try_from(host().int_value(value.as_ref())?).ok()
    };
    let flags = [
        (&raw mut Py_BytesWarningFlag, "bytes_warning"),
        (&raw mut Py_DebugFlag, "debug"),
        (&raw mut Py_DontWriteBytecodeFlag, "dont_write_bytecode"),
        (&raw mut Py_HashRandomizationFlag, "hash_randomization"),
        (&raw mut Py_IgnoreEnvironmentFlag, "ignore_environment"),
        (&raw mut Py_InspectFlag, "inspect"),
        (&raw mut Py_InteractiveFlag, "interactive"),
        (&raw mut Py_IsolatedFlag, "isolated"),
        (&raw mut Py_NoSiteFlag, "no_site"),
        (&raw mut Py_NoUserSiteDirectory, "no_user_site"),
        (&raw mut Py_OptimizeFlag, "optimize"),
        (&raw mut Py_QuietFlag, "quiet"),
        (&raw mut Py_VerboseFlag, "verbose"),
    ];
    for (flag, name) in flags {
        // SAFETY: the extension lock is held, and no C code runs yet.
        unsafe { *flag = read(name).unwrap_or(0) };
    }
}

/// A variable of the environment; NULL for none, and for all where the environment is not to be looked at.
#[capi(raw)]
pub unsafe extern "C" fn Py_GETENV(name: *const c_char) -> *mut c_char {
    // SAFETY: C passes text that ends with NUL, and the flag is an int that it may write itself.
    unsafe {
        if Py_IgnoreEnvironmentFlag != 0 {
            return std::ptr::null_mut();
        }
        libc::getenv(name)
    }
}
